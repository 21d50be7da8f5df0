"""How the pages read: letters and lines, figures by day and at night, one switch for code, boxes that scroll."""

import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from runpy import run_path

import nbformat
import pytest
from conftest import CHAPTERS, PAGES, ROOT
from fontTools.subset import parse_unicodes

from _ext.look.glue import glued
from _ext.look.pictures import NIGHT_PAPER, PLACE, darkened, inlined, night
from kscale_nb.notebook.colours import PAPER, contrast

KOREAN = re.compile(r"[\uac00-\ud7a3]")
QUIET = {PAPER, "#ffffff", "#e4ddd0"}  # paper and the lines of the grid


def figures_of(chapter: str) -> dict[str, str]:
    cells = nbformat.read(ROOT / f"{chapter}.ipynb", 4).cells
    return {
        cell.metadata["mystnb"]["figure"]["name"]: "".join(output["data"]["image/svg+xml"])
        for cell in cells
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    }


# -- figures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_marks_and_letters_of_every_figure_stand_out_at_night(chapter):
    for name, svg in figures_of(chapter).items():
        for colour in set(re.findall(r"#[0-9a-f]{6}\b", svg)) - QUIET:
            assert contrast(night(colour), NIGHT_PAPER) >= 3, (name, colour)
        for letters in ElementTree.fromstring(darkened(svg)).iter("{http://www.w3.org/2000/svg}g"):
            fill = letters.get("fill", NIGHT_PAPER)
            if PLACE.match(letters.get("transform", "")) and fill not in {NIGHT_PAPER, "none"}:
                assert contrast(fill, NIGHT_PAPER) >= 4.5, (name, fill)


def test_letters_on_a_bar_are_dark_at_night_and_those_beside_it_light():
    letter = '<g style="fill: #2b2825" transform="translate({} 5) scale(.1)"><path d="M 0 0"/></g>'
    bar = '<path d="M 0 0 L 9 0 L 9 9 L 0 9 z" style="fill: {}"/>'
    for ground, on_it in (("#56b4e9", NIGHT_PAPER), ("#fffdf8", night("#2b2825"))):
        drawing = darkened(f"<svg>{bar.format(ground)}{letter.format(2)}{letter.format(20)}</svg>")
        assert re.findall(r'<g [^>]*fill="(#\w+)"', drawing) == [on_it, night("#2b2825")]


def test_letters_on_a_line_as_thick_as_a_bar_are_dark_at_night_too():
    svg = """<svg width="9pt" viewBox="0 0 9 9">
        <path d="M 0 20 L 80 20" style="fill: none; stroke: #0072b2; stroke-width: 30"/>
        <text x="40" y="22">on it</text><text x="40" y="60">below</text></svg>"""
    assert re.findall(r'class="kscale-on">([^<]*)', inlined(svg, "f", "bars")) == ["on it"]


@pytest.mark.parametrize("chapter", CHAPTERS[:3])
def test_figures_within_a_page_take_no_style_and_no_name_of_another(chapter):
    drawn = {name: inlined(svg, name, "what it shows") for name, svg in figures_of(chapter).items()}
    for name, markup in drawn.items():
        assert not re.search(r"\bstyle=|<style|<metadata|xmlns", markup)
        names = re.findall(r'\bid="([^"]*)"', markup)
        assert names and all(one.startswith(f"{name}-") for one in names) and len(names) == len(set(names))
        assert set(re.findall(r'(?:href="|url\()#([^")]*)', markup)) <= set(names)


def test_a_figure_is_seen_by_day_and_at_night_and_can_be_taken_away(open_page, built):
    for scheme, seen in (("light", "day"), ("dark", "night")):
        tab = open_page("notebooks/power_train.html", color_scheme=scheme)
        tab.locator("figure").last.scroll_into_view_if_needed()
        tab.wait_for_load_state("networkidle")
        shown = tab.locator("figure img.kscale-figure:visible")
        assert shown.count() == tab.locator("figure img.kscale-day").count() > 2
        assert all(f"kscale-{seen}" in kind for kind in shown.evaluate_all("all => all.map(one => one.className)"))
        fetched = tab.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
        assert any("-night.svg" in name for name in fetched) == (seen == "night")
    for link in tab.locator("figcaption .kscale-offered a").all():
        assert (built / "notebooks" / link.get_attribute("href")).is_file()
        assert re.fullmatch(r"fig-[\w-]+\.(svg|csv)", link.get_attribute("download"))


# -- letters ------------------------------------------------------------------------------------------


def test_the_text_is_set_in_the_books_face_and_has_every_letter(open_page, built):
    tab = open_page("notebooks/energy_split.html")
    tab.wait_for_function(
        "() => [...document.fonts].some((font) => /^.?STIX Two Text.?$/.test(font.family) && font.status === 'loaded')"
    )
    has = parse_unicodes(run_path(str(ROOT / "book" / "assets" / "fonts" / "cut_text.py"))["CHARACTERS"])
    for page in PAGES:
        tab.goto((built / f"{page}.html").as_uri())
        said = tab.evaluate(
            "document.querySelectorAll('math, code, .visually-hidden').forEach((one) => one.remove()),"
            "[...document.querySelectorAll('article p')].map((one) => one.textContent).join('')"
        )
        shown = {one for one in KOREAN.sub("", said) if unicodedata.category(one) not in {"Cc", "Cf"}}
        assert not [one for one in shown if ord(one) not in has], page


@pytest.mark.parametrize("page", ["notebooks/energy_split", "notebooks/mind", "book/explorer", "book/how_to_read"])
def test_lines_have_sixty_to_seventy_five_letters(open_page, page):
    tab = open_page(f"{page}.html")
    tab.evaluate("document.fonts.ready")
    letters = tab.evaluate(
        """[...document.querySelectorAll('article section > p')].map((p) => {
            const lines = p.getBoundingClientRect().height / parseFloat(getComputedStyle(p).lineHeight);
            return [p.innerText.length, Math.round(lines)]; }).filter(([, lines]) => lines > 3)"""
    )
    full = [count / (lines - 0.5) for count, lines in letters]  # the last line is half full, on average
    assert 60 <= sum(full) / len(full) <= 75


def test_names_and_numbers_are_not_parted(open_page):
    assert [node.astext() for node in glued("for GPT-4 in 20 years")][1::2] == ["GPT-4", "20 years"]
    tab = open_page("notebooks/chinchilla_sizing.html", viewport={"width": 360, "height": 780})
    held = tab.locator("article .kscale-glued")
    assert held.count() > 5 and all(held.evaluate_all("all => all.map(one => one.getClientRects().length === 1)"))


# -- code ---------------------------------------------------------------------------------------------


def test_one_switch_shows_all_code_on_the_next_page_too(open_page, address, browser):
    tab = open_page("notebooks/energy_split.html")
    folds, switch = tab.locator("details.hide"), tab.get_by_role("button", name="Show code")
    assert folds.count() > 5 and not any(fold.is_visible() for fold in folds.all())
    switch.focus()
    tab.keyboard.press("Enter")
    assert switch.get_attribute("aria-pressed") == "true"
    assert all(fold.locator("pre").first.is_visible() for fold in folds.all())
    tab.goto(f"{address}/notebooks/mind.html")
    assert all(fold.locator("pre").first.is_visible() for fold in folds.all())
    switch.click()
    assert not any(fold.is_visible() for fold in folds.all())
    context = browser.new_context(java_script_enabled=False)
    still = context.new_page()
    still.goto(f"{address}/notebooks/energy_split.html")
    assert still.locator("details.hide > summary").first.is_visible()
    context.close()


def test_a_page_without_code_has_no_switch(open_page):
    assert open_page("book/glossary.html").locator(".kscale-code-switch").count() == 0


# -- boxes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["notebooks/verdict", "notebooks/energy_split", "book/ledger", "book/explorer"])
def test_nothing_is_cut_on_a_phone_and_what_scrolls_says_so(open_page, page):
    tab = open_page(f"{page}.html", viewport={"width": 360, "height": 780})
    tab.evaluate("document.fonts.ready")
    tab.wait_for_timeout(300)
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    wide = tab.evaluate(
        """[...document.querySelectorAll('article *')].filter((e) => e.clientWidth && e.scrollWidth > e.clientWidth + 1
            && /auto|scroll/.test(getComputedStyle(e).overflowX) && e.checkVisibility()).map((e) => ({
            name: e.className, reached: e.tabIndex === 0, fades: getComputedStyle(e).maskImage !== 'none' }))"""
    )
    assert wide or page == "book/ledger"
    assert not [box for box in wide if not (box["reached"] and box["fades"])]


@pytest.mark.parametrize(
    "page", ["notebooks/energy_split", "notebooks/inference", "notebooks/silicon_28nm", "notebooks/mind"]
)
def test_letters_of_figures_have_nine_pixels_on_a_phone(open_page, page):
    tab = open_page(f"{page}.html", viewport={"width": 360, "height": 780})
    letters = tab.evaluate(
        """[...document.querySelectorAll('svg.kscale-live text')].filter((text) => text.children.length === 0).map(
            (text) => [text.textContent,
                parseFloat(text.getAttribute('font-size')) * text.ownerSVGElement.getScreenCTM().a])"""
    )
    assert len(letters) > 20 and [one for one in letters if one[1] < 8.99] == []
    files = tab.locator("img.kscale-figure:visible").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().width / one.getAttribute('width') / 0.75)"
    )
    assert all(scale > 0.99 for scale in files), "a point is a pixel"
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_fade_ends_where_the_box_does(open_page):
    tab = open_page("notebooks/energy_split.html", viewport={"width": 360, "height": 780})
    box = tab.wait_for_selector(".kscale-picture.kscale-goes-on")
    box.evaluate("box => { box.scrollLeft = 1e4; }")
    tab.wait_for_function("box => !box.classList.contains('kscale-goes-on')", arg=box)


# -- the explorer -------------------------------------------------------------------------------------


@pytest.mark.parametrize("viewport", [{"width": 390, "height": 844}, {"width": 1280, "height": 900}])
def test_picture_and_sliders_are_on_one_screen(open_page, viewport):
    tab = open_page("book/explorer.html", viewport=viewport)
    tab.wait_for_selector(".kscale-premises")
    for knob in tab.locator(".kscale-premises .kscale-knobs > li").all():
        knob.locator("input[type=range]").evaluate("one => one.scrollIntoView({ block: 'end' })")
        tab.wait_for_timeout(30)
        picture, slider = tab.locator(".kscale-flow").bounding_box(), knob.locator("input[type=range]").bounding_box()
        assert picture["y"] >= 0 and picture["y"] + picture["height"] <= viewport["height"]
        assert picture["y"] + picture["height"] <= slider["y"] <= viewport["height"]


def test_a_hundred_thousand_times_the_power_looks_it(open_page):
    tab = open_page("book/explorer.html")
    tab.wait_for_selector(".kscale-premises")
    tall = """[...document.querySelectorAll('rect[class*="kscale-slice-0-"]')].reduce(
        (sum, slice) => sum + Number(slice.getAttribute('height')), 0)"""
    printed = tab.evaluate(tall)
    tab.evaluate("kscaleWhatIf.set('K1_power', 1e21)")
    tab.wait_for_function(f"() => {tall} > {1.2 * printed}")
    assert "100,000 times the book’s" in tab.locator(".kscale-flow").text_content()

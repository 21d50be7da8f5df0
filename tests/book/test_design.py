"""How the book looks: the way at the head of each chapter, the cover, the figures' colours, and numbers in tables."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import nbformat
import pytest
from conftest import CHAPTERS, CONF, ROOT, claim
from matplotlib.colors import to_rgb

from _ext.look import cover, journey
from kscale_nb import LEDGER, MODEL
from kscale_nb import notebook as shown
from kscale_nb.notebook.prose import check_link
from kscale_nb.units import COUNTED, read_value, value_text

NAVIGATION = re.compile(r'<nav class="kscale-journey".*?</nav>', re.S)


# -- you are here ---------------------------------------------------------------------------------------


STAGES = {
    chapter: journey.stage_of({"kscale": json.dumps(nbformat.read(ROOT / f"{chapter}.ipynb", 4).metadata["kscale"])})
    for chapter in CHAPTERS
}


def test_every_stage_has_a_chapter():
    assert set(STAGES.values()) == {*journey.STAGES, journey.WHOLE}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_way_marks_the_chapters_stage_and_no_other(chapter):
    drawn = ElementTree.fromstring(journey.journey(chapter, STAGES))
    stages = drawn.findall("./ol/li")
    marked = [item.find(".//span").text for item in stages if item.get("class") == "here"]
    stage = STAGES[chapter]
    assert marked == (list(journey.STAGES) if stage == journey.WHOLE else [stage])
    current = [link.get("href") for link in drawn.iter("a") if link.get("aria-current")]
    assert len(current) == (stage != journey.WHOLE)
    assert all(STAGES[page] == stage for page in current)


def test_the_second_chapter_of_four_says_so():
    drawn = journey.journey("b", dict.fromkeys("abcd", "model"))
    assert ", chapter 2 of 4" in drawn
    circles = ElementTree.fromstring(drawn).findall(".//{*}svg[@class='kscale-journey-dots']/{*}circle")
    assert [circle.get("fill") == "currentColor" for circle in circles] == [False, True, False, False]


@pytest.mark.parametrize(
    ("front", "told"), [("", "unknown stage ''"), ("---\nkscale: {stage: wats}\n---\n", "did you mean 'watts'")]
)
def test_a_chapter_without_its_stage_stops_the_build_in_one_line(tmp_path, front, told):
    (tmp_path / "conf.py").write_text(
        CONF + 'extensions = ["myst_nb", "sphinxcontrib.bibtex", "_ext"]\nbibtex_bibfiles = []\n'
    )
    (tmp_path / "index.md").write_text("# Title\n\n```{toctree}\nnotebooks/growth\n```\n")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "growth.md").write_text(f"{front}# A chapter\n")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-b", "html", str(tmp_path), str(tmp_path / "out")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0 and "notebooks/growth: unknown stage" in done.stderr and told in done.stderr


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_way_stands_under_the_title_and_its_links_lead_somewhere(built, chapter):
    page = (built / f"{chapter}.html").read_text(encoding="utf-8")
    assert re.search(r"</h1>\s*<nav class=\"kscale-journey\"", page)
    links = re.findall(r'<a href="([^"]+)" title="([^"]+)"', NAVIGATION.search(page)[0])
    assert len(links) == len(journey.STAGES)
    for address, title in links:
        target = built / f"{chapter}.html" if address == "#" else (built / chapter).parent / address
        assert target.is_file() and len(title) > 10, address


def test_the_way_is_on_no_other_page(built):
    assert 'class="kscale-journey"' not in (built / "book" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_fits_a_phone_and_shows_where_the_keyboard_is(browser, address, scheme):
    context = browser.new_context(viewport={"width": 360, "height": 780}, color_scheme=scheme)
    tab = context.new_page()
    tab.goto(f"{address}/notebooks/architecture.html")
    boxes = [item.bounding_box() for item in tab.locator(".kscale-journey a").all()]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)
    assert all(left["x"] + left["width"] <= right["x"] for left, right in pairwise(boxes))
    assert min(min(box["width"], box["height"]) for box in boxes) >= 24
    tab.locator("article h1").click()
    tab.keyboard.press("Tab")
    while not tab.evaluate("document.activeElement.closest('.kscale-journey')"):
        tab.keyboard.press("Tab")
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    context.close()


# -- the cover -------------------------------------------------------------------------------------------


def test_the_cover_is_one_small_drawing_that_is_always_the_same():
    drawn = cover.cover()
    assert drawn == cover.cover() and len(drawn.encode()) < 40_000
    svg = ElementTree.fromstring(drawn)
    names = {child.get("id"): child.text for child in svg if child.get("id")}
    assert svg.get("role") == "img"
    assert [names[name] for name in svg.get("aria-labelledby").split()] == [cover.TITLE, cover.DESCRIPTION]


def test_the_cover_is_on_the_front_page_under_its_title(built):
    page = (built / "book" / "index.html").read_text(encoding="utf-8")
    assert re.search(r"<h1>The Arithmetic of a Steampunk God.*?</h1>\s*<svg [^>]*class=\"kscale-cover\"", page, re.S)


def test_everything_on_the_cover_lies_within_its_frame():
    svg = ElementTree.fromstring(cover.cover())
    for circle in svg.iter("{*}circle"):
        x, y, radius = (float(circle.get(name)) for name in ("cx", "cy", "r"))
        assert radius <= x <= cover.WIDTH - radius and radius <= y <= cover.HEIGHT - radius


# -- figures ---------------------------------------------------------------------------------------------

PALETTE = ["BLUE", "VERMILLION", "GREEN", "ORANGE", "PURPLE", "SKY", "GREY", "INK"]
BARE_COLOUR = re.compile(r"\.(?:text|annotate)\(.*(?<![\w\"])color=(VERMILLION|GREEN|ORANGE|PURPLE|SKY|colour)\b")


@pytest.mark.parametrize("name", PALETTE)
def test_letters_in_every_colour_of_the_palette_can_be_read_on_the_figures_paper(name):
    assert shown.contrast(shown.shade(getattr(shown, name)), shown.PAPER) >= shown.READABLE


def test_a_colour_that_is_dark_enough_stays_and_a_pale_one_keeps_its_hue():
    assert shown.shade(shown.BLUE) == shown.BLUE.lower()
    red, green, blue = to_rgb(shown.shade(shown.ORANGE))
    pale = to_rgb(shown.ORANGE)
    assert red / pale[0] == pytest.approx(green / pale[1], rel=0.01) and blue == 0


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_label_in_a_figure_has_a_colour_made_for_lines(chapter):
    cells = json.loads((ROOT / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
    lines = [line for cell in cells if cell["cell_type"] == "code" for line in cell["source"]]
    assert [line for line in lines if BARE_COLOUR.search(line)] == []


# -- numbers in tables ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "unit", "text"),
    [
        ("7.67e25", "FLOP/s", "7.67 × 10²⁵ FLOP/s"), ("2.0e14", "W", "2.0 × 10¹⁴ W"), ("1e16", "W", "10¹⁶ W"),
        ("1e-3", "W", "10⁻³ W"), ("66,667", "EB", "66,667 EB"), ("1.8", "%", "1.8%"), ("16,045", "1", "16,045"),
        ("375", "book", "375 books"), ("1", "year", "1 year"), ("4-7", "year", "4–7 years"), ("1884", "year", "1884"),
        ("3", "year", "3 years"), ("128K", "token", "128K tokens"), ("30", "token/s", "30 token/s"), ("", "-", ""),
    ],
)  # fmt: skip
def test_a_figure_is_typeset_with_the_digits_that_the_document_prints(printed, unit, text):
    assert claim("test.a", printed, "", unit).as_printed == text


def test_every_figure_as_typeset_is_still_the_figure_as_printed():
    values = MODEL.values()
    for each in LEDGER:
        assert check_link(each.as_printed, each.id, MODEL, LEDGER, values) is None, each.id


@pytest.mark.parametrize("unit", sorted(COUNTED))
def test_a_plural_that_is_shown_can_be_typed_back(unit):
    three = read_value(f"3 {unit}", unit, "it")
    assert value_text(three, unit, 1) == f"3 {unit}s"
    assert read_value(value_text(three, unit, 1), unit, "it") == three
    assert value_text(three / 3, unit, 1) == f"1 {unit}"


def test_a_column_without_a_word_is_left_out_and_the_others_stay_aligned():
    table = shown.Table(["claim", "printed", "derived", "verdict"], [["a", "1", "", "x"], ["b", "2", "", "y"]], {1, 2})
    short = table.without_empty("derived")
    assert short.headers == ["claim", "printed", "verdict"] and short.rows == [["a", "1", "x"], ["b", "2", "y"]]
    assert short.numbers == {1}
    table.rows[0][2] = "3"
    assert table.without_empty("derived") is table


def test_inputs_without_a_range_have_no_column_for_it():
    assert "range" not in shown.givens("K1_power", "computing_share").headers
    assert "range" in shown.givens("K1_power", "human_text_stock").headers


def test_folded_code_says_one_thing(browser, address):
    tab = browser.new_page()
    tab.goto(f"{address}/notebooks/energy_split.html")
    fold = tab.locator("details.hide").first
    tab.get_by_role("button", name="Show code").click()
    fold.locator("summary").click()
    assert fold.locator("summary").inner_text().strip() == "Code"
    fold.locator("summary").click()
    assert fold.locator("summary").inner_text().strip() == "Hide code"
    tab.close()


def test_an_answer_is_folded_on_a_screen_and_open_on_paper(open_page):
    tab = open_page("notebooks/energy_split.html")
    answers = tab.locator("article details:not([class], .kscale-guess *)")
    shown = "all => all.map(fold => fold.querySelector('p').checkVisibility({contentVisibilityAuto: true}))"
    assert answers.count() == 5 and not any(answers.evaluate_all(shown))
    answers.first.locator("summary").click()
    assert answers.evaluate_all(shown) == [True, False, False, False, False]
    tab.emulate_media(media="print")
    assert all(answers.evaluate_all(shown))


# -- the margin and the ledger's columns ------------------------------------------------------------------


@pytest.mark.parametrize("page", ["notebooks/energy_split", "notebooks/inference", "notebooks/mind"])
def test_notes_stand_beside_the_text_and_on_a_phone_within_it(browser, address, page):
    for width in (1280, 360):
        tab = browser.new_page(viewport={"width": width, "height": 900})
        tab.goto(f"{address}/{page}.html")
        text = tab.locator("article p").first.bounding_box()
        notes = tab.locator("article aside.margin").all()
        assert len(notes) >= 2
        for note in notes:
            box = note.bounding_box()
            if width == 1280:
                assert box["x"] >= text["x"] + text["width"] and box["x"] + box["width"] <= width
            else:
                assert box["x"] >= 0 and box["width"] > 300 and box["x"] + box["width"] <= width
        tab.close()


@pytest.mark.parametrize("width", [1500, 1280, 1024, 360])
def test_figures_in_the_ledger_stay_whole_and_within_their_columns(browser, address, width):
    tab = browser.new_page(viewport={"width": width, "height": 900})
    tab.goto(f"{address}/book/ledger.html")
    wrong = tab.evaluate(
        """() => [...document.querySelectorAll('table.kscale-ledger tbody tr')].flatMap((row) =>
            [row.cells[1], row.cells[2], row.cells[3]].filter((cell, column) => {
                const range = document.createRange();
                range.selectNodeContents(cell);
                const text = range.getBoundingClientRect(), box = cell.getBoundingClientRect();
                const paragraph = cell.querySelector('p');
                const line = parseFloat(getComputedStyle(paragraph).lineHeight);
                const isFigure = column < 2 && cell.textContent.trim() && !/ /.test(cell.textContent.trim());
                const twoLines = isFigure && paragraph.offsetHeight > 1.5 * line;
                return text.right > box.right + 1 || text.left < box.left - 1 || twoLines;
            }).map((cell) => cell.textContent.trim()))"""
    )
    tab.close()
    assert wrong == []

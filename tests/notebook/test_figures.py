"""The vocabulary of figures: what is declared is drawn, letters can be read, and a slip is told in a line."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex

from kscale_nb import KscaleError
from kscale_nb.chapters.energy_split import computing_power
from kscale_nb.notebook import GREEN, INK, ORANGE, PAPER, READABLE, SKY, contrast, figure
from kscale_nb.notebook.scenario import scenario
from kscale_nb.notebook.svg import picture


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def test_a_figure_has_a_name_and_the_axes_that_were_declared():
    panel = figure(
        "speeds", 3, log="x", xlim=(1, 100), xlabel="speed [m/s]", rows=["walk", "ride"], xmarks=[1, 10, 100]
    )
    assert panel.figure.get_label() == "speeds"
    assert tuple(panel.figure.get_size_inches()) == (7.2, 3)
    assert (panel.get_xscale(), panel.get_yscale()) == ("log", "linear")
    assert [mark.get_text() for mark in panel.get_yticklabels()] == ["walk", "ride"]
    assert [mark.get_text() for mark in panel.get_xticklabels()] == ["1", "10", "100"]


def test_panels_come_in_one_list_and_share_what_is_declared_for_all():
    panels = figure("pair", panels=(2, 1), log="y", sharex=True, ratios=[1, 2])
    assert [panel.get_yscale() for panel in panels] == ["log", "log"]


def test_letters_are_as_dark_as_reading_asks_whatever_the_colour_of_the_mark():
    panel = figure("letters")
    panel.curve([0, 1], [0, 1], SKY, text="a curve", at=(0.5, 0.5))
    panel.point(0.2, 0.2, ORANGE, "a point")
    panel.rule(GREEN, y=0.7, text="a rule", at=(0.1, 0.72))
    panel.band(SKY, x=(0.2, 0.3), text="a band", at=(0.2, 0.1))
    assert [letters.get_text() for letters in panel.texts] == ["a curve", "a point", "a rule", "a band"]
    assert all(contrast(to_hex(letters.get_color()), PAPER) >= READABLE for letters in panel.texts)


def test_letters_on_a_coloured_ground_can_be_read_there():
    panel = figure("ground")
    panel.label("on green", (0.5, 0.5), INK, ground=GREEN)
    assert contrast(to_hex(panel.texts[0].get_color()), GREEN) >= READABLE


def test_a_curve_of_what_does_not_move_is_level():
    panel = figure("level")
    panel.curve([1, 2, 3], 5)
    assert list(panel.lines[0].get_ydata()) == [5, 5, 5]


def test_a_band_over_many_x_lies_between_two_curves():
    panel = figure("band")
    panel.band(SKY, x=[0, 1, 2], y=([0, 0, 0], [1, 2, 3]))
    assert panel.collections[0].get_paths()[0].get_extents().ymax == 3


@pytest.mark.parametrize(
    ("draw", "told"),
    [
        (lambda panel: panel.set(log="z"), "'z'"),
        (lambda panel: panel.rule(), "one x or at one y"),
        (lambda panel: panel.rule(x=1, y=2), "x=1 and y=2"),
        (lambda panel: panel.band(SKY), "neither is given"),
        (lambda panel: panel.curve([0], [0], text="lost"), "'lost' needs a place"),
    ],
)
def test_a_slip_is_told_in_a_line(draw, told):
    with pytest.raises(KscaleError, match=told):
        draw(figure("slip"))


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_the_ends_of_an_axis_move_out_to_marks_that_a_changed_premise_takes_beyond_them(scale):
    ends = {}
    for share in ("5%", "100%"):
        scenario(computing_share=share)
        panel = figure("beyond", xscale=scale, xlim=(1e13, 1e15), ylim=(1, 2), ymarks={1: "held"})
        panel.point(computing_power, 1.5)
        picture(panel.figure)
        ends[share] = panel.get_xlim(), panel.get_ylim()
        plt.close(panel.figure)
    scenario()
    assert [*ends["5%"][0], *ends["5%"][1]] == pytest.approx([1e13, 1e15, 1, 2])
    assert ends["100%"][0][0] == pytest.approx(1e13)
    assert 1e16 < ends["100%"][0][1] < 2e16
    assert ends["100%"][1] == pytest.approx((1, 2))

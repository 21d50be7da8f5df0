"""Marks bound to quantities: what a figure shows follows the scenario, and is told to the page as sources."""

import json
import re
from html import unescape

import matplotlib.pyplot as plt
import numpy as np
import pytest
import sympy

import kscale_nb
from _ext.live.figure_data import csv_of
from kscale_nb import MODEL, KscaleError
from kscale_nb.notebook import BLUE, figure, quantile, scenario, under, words
from kscale_nb.notebook.marks import DRAWS, POINTS, Sweep, now
from kscale_nb.notebook.record import unwatched, watch
from kscale_nb.notebook.svg import picture

SHARE, RATIO, POWER = (MODEL[name] for name in ("computing_share", "active_parameters_ratio", "K1_power"))


@pytest.fixture(autouse=True)
def clean():
    yield
    scenario()
    plt.close("all")


def told(panel) -> dict:
    svg = picture(panel.figure)
    return json.loads(unescape(re.search("<metadata>(.*?)</metadata>", svg, re.S)[1]))


def test_an_expression_has_the_value_of_the_scenario():
    assert now(100 * SHARE + 1) == pytest.approx(6) and now([SHARE, (2, "x")]) == [0.05, [2, "x"]]
    scenario(computing_share="20%")
    assert now(100 * SHARE) == pytest.approx(20)
    assert now(under(SHARE, computing_share="7%")) == pytest.approx(0.07)
    assert now(sympy.log(RATIO)) == pytest.approx(np.log(MODEL.value("active_parameters_ratio", computing_share="20%")))


def test_along_a_sweep_an_expression_has_the_values_of_the_model():
    sweep = Sweep(SHARE, 0.01, 2 * SHARE, True)
    assert sweep.grid[[0, -1]] == pytest.approx([0.01, 0.1]) and len(sweep.grid) == POINTS
    swept = MODEL.values(["active_parameters_ratio"], computing_share=sweep.grid)["active_parameters_ratio"]
    assert now(RATIO / 2, sweep) == pytest.approx(swept / 2)
    assert now(SHARE / SHARE, sweep) == pytest.approx(np.ones(POINTS))
    t = sympy.Symbol("t", positive=True)
    assert now(t**2 * SHARE, Sweep(t, 0, 1, False)) == pytest.approx(np.linspace(0, 1, POINTS) ** 2 * 0.05)
    with pytest.raises(KscaleError, match="t is neither a quantity nor what runs"):
        now(t, sweep)
    with pytest.raises(KscaleError, match="cannot be swept"):
        now(under(RATIO, K1_power=1e15), sweep)


def test_a_quantile_is_that_of_the_draws_in_the_scenario_and_along_a_sweep():
    metal, heat = MODEL["iron_nickel_mass"], MODEL["radiator_temperature"]
    drawn = MODEL.sample(DRAWS, targets=["iron_nickel_mass"])
    assert now(quantile(metal, 0.9) / metal) == drawn.quantile("iron_nickel_mass", 0.9) / MODEL.value(
        "iron_nickel_mass"
    )
    sweep = Sweep(heat, 320, 600, False)
    low, high = now([quantile(metal, share) for share in (0.1, 0.9)], sweep)
    middle = MODEL.values(["iron_nickel_mass"], radiator_temperature=sweep.grid)["iron_nickel_mass"]
    assert (low < middle).all() and (middle < high).all() and low[0] > 1.2 * low[-1]
    ends = MODEL.sample(DRAWS, targets=["iron_nickel_mass"], radiator_temperature=600.0).interval("iron_nickel_mass")
    assert (low[-1], high[-1]) == ends
    wider = now([quantile(metal, share, "measured") for share in (0.1, 0.9)])
    assert wider[1] / wider[0] > drawn.quantile("iron_nickel_mass", 0.9) / drawn.quantile("iron_nickel_mass", 0.1)
    scenario(K1_power="2e16 W")
    assert now(quantile(metal, 0.5)) == pytest.approx(2 * drawn.quantile("iron_nickel_mass", 0.5), rel=0.01)
    assert now(quantile(RATIO, 0.1)) == now(RATIO)  # of premises alone


def test_a_picture_says_which_marks_wait_for_draws_and_a_table_holds_their_ends():
    panel = figure("doubts", xlim=(300, 700), ylim=(0, 1e14))
    heat, metal = MODEL["radiator_temperature"], MODEL["iron_nickel_mass"]
    panel.curve(heat, metal, BLUE, over=(heat, 300, 700))
    panel.band(BLUE, x=heat, y=[quantile(metal, 0.1), quantile(metal, 0.9)], over=(heat, 300, 600))
    panel.point(350, quantile(metal, 0.5, "measured"), BLUE)
    found = told(panel)
    one, other, third = found["drawn"]
    assert [*found["drawn"].values()] == [["iron_nickel_mass", 0.1, None], ["iron_nickel_mass", 0.9, None],
                                          ["iron_nickel_mass", 0.5, "measured"]]  # fmt: skip
    assert [mark.get("drawn") for mark in found["marks"]] == [None, [one, other], [third]]
    assert found["marks"][1]["y"] == [{"of": one}, {"of": other}]
    rows = [row.split(",") for row in csv_of(picture(panel.figure)).splitlines()]
    band = np.array([row[3:] for row in rows if row[0] == "mark-1"], float)
    sweep = Sweep(heat, 300, 600, False)
    expected = np.concatenate(now([quantile(metal, 0.1), quantile(metal, 0.9)], sweep))
    assert band[:, 1] == pytest.approx(expected, rel=1e-5) and len(band) == 2 * POINTS


def test_what_draws_ask_of_the_book_itself_is_not_remembered():
    model, _ = scenario()
    watch(kscale_nb.MODEL, model.asked)
    try:
        now(quantile(MODEL["asteroids_needed"], 0.25, "measured"))
        assert model.asked == set()
        model.sample(10, targets=["fitted_loss"], error="measured").mean("fitted_loss")
        assert model.asked == {"fitted_loss"}
        model.value("logic_power")
        assert model.asked == {"fitted_loss", "logic_power"}
    finally:
        kscale_nb.MODEL.__class__ = type(unwatched(model))


def test_words_show_numbers_as_the_book_prints_them():
    label = words("{:3 %} of {:2 million} W, {:4}", SHARE, POWER, RATIO)
    assert str(label) == "5.00% of 1.0 × 10¹⁰ million W, 16,050"
    scenario(computing_share="20%")
    assert str(label).startswith("20.0%")


@pytest.mark.parametrize(
    ("template", "values"), [("{}", [1]), ("{:3}", []), ("a", [1]), ("{name:3}", [1]), ("{:x}", [1])]
)
def test_a_label_of_another_form_is_refused(template, values):
    with pytest.raises(KscaleError, match=re.escape(repr(template))):
        words(template, *values)


def test_a_picture_says_how_its_marks_move_and_only_then_holds_its_letters_as_text():
    panel = figure("shares", log="x", xlim=(0.1, 100))
    panel.curve(100 * SHARE, RATIO, BLUE, over=(SHARE, 0.01, 0.5))
    panel.point(100 * SHARE, under(RATIO, K1_power="1e15 W"), BLUE, words("{:3 %}", SHARE))
    panel.span(2, 1, SHARE * 100, BLUE)
    panel.rule(x=3.0, text="three", at=(3, 4))
    panel.curve(np.arange(100.0), np.arange(100.0))
    found = told(panel)
    assert found["panels"][0]["x"] == ["log", 0.1, 100.0, True]
    assert found["under"] == {"under_0": ["active_parameters_ratio", {"K1_power": 1e15}]}
    kinds = [mark["kind"] for mark in found["marks"]]
    assert kinds == ["curve", "point", "label", "curve", "rule", "label", "curve"]
    curve, point, label, span, rule, _, long = found["marks"]
    assert curve["over"] == ["computing_share", 0.01, 0.5, POINTS, True] and curve["x"] == {"of": "100*computing_share"}
    assert point["y"] == {"of": "under_0"} and span["x"] == [1, {"of": "100*computing_share"}] and rule["x"] == 3
    assert label["text"] == [{"number": {"of": "computing_share"}, "factor": 0.01, "digits": 3, "after": "%"}]
    assert "x" not in long  # which stands in the picture alone
    svg = picture(panel.figure)
    assert 'class="kscale-live"' in svg and ">5.00%</text>" in svg and ">three</text>" in svg
    assert all(f'id="{mark["id"]}"' in svg for mark in found["marks"])


def test_the_lowest_point_of_a_curve_is_drawn_and_told_with_its_sweep():
    panel = figure("least", xlim=(0, 1), ylim=(0, 1))
    t = sympy.Symbol("t", positive=True)
    panel.lowest(t, (t - SHARE) ** 2 + 0.1, BLUE, over=(t, 0, 1))
    (at,), (least,) = panel.lines[-1].get_data()
    assert (at, least) == pytest.approx((0.05, 0.1))
    (point,) = told(panel)["marks"]
    assert point["kind"] == "point" and point["over"] == ["t", 0, 1, POINTS, False]


def test_a_picture_of_numbers_alone_says_nothing():
    panel = figure("still")
    panel.point(1, 2, text="a point")
    assert "kscale-live" not in (svg := picture(panel.figure)) and "marks" not in svg and "<text" not in svg


def test_a_bare_picture_that_moves_keeps_the_ground_that_places_are_measured_from():
    panel = figure("bare", bare=True, xlim=(0, 1), ylim=(0, 1))
    panel.curve([0, SHARE], [0, 1])
    panel.label(words("two\nlines of {:2 %}", SHARE), (0.5, 0.5))
    svg = picture(panel.figure)
    assert 'id="panel-0"' in svg and "tick" not in svg and ">two</text>" in svg and ">lines of 5.0%</text>" in svg


def test_axes_of_words_keep_their_ends():
    panel = figure("rows", rows=["a", "b"], xmarks={1: "one", 2: "two"})
    panel.point(100 * SHARE, 1)
    assert [end[3] for end in told(panel)["panels"][0].values()] == [False, False]

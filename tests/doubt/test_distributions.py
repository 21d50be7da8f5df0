"""How inputs are uncertain: the written rule, what is stated, and what is refused before anything runs."""

import numpy as np
import pytest
from scipy.special import ndtri

from kscale_nb import MODEL, KscaleError
from kscale_nb.doubt.distributions import BEYOND, OPEN, SHAPES, Distribution, by_rule
from kscale_nb.doubt.doubts import Doubts, load_doubts, model_error
from kscale_nb.machines import backtest

NORMAL = np.concatenate([ndtri(np.linspace(1e-6, 1 - 1e-6, 20_001)), [-8.0, 8.0]])
DOUBTS = load_doubts(MODEL)
UNIT = 'given("x", {value}, "{unit}", "x", "{kind}", "k1s1ai", {low}, {high}, sign="{sign}")'


def model_of(load_chapter, *lines: str):
    return load_chapter("\n".join(lines))


def one_given(load_chapter, value, low, high, unit="1", kind="estimate", sign="positive"):
    return model_of(load_chapter, "x = " + UNIT.format(**locals()))


# -- shapes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_goes_through_its_numbers(shape):
    found = Distribution(shape, 0.1, 0.3, 0.8, 0.05)
    if shape in OPEN:
        assert found.quantile([0.05, 0.5, 0.95]) == pytest.approx([0.1, 0.3, 0.8])
    else:
        assert [found.quantile(1e-12), found.quantile(1 - 1e-12)] == pytest.approx([0.1, 0.8], rel=1e-4)


@pytest.mark.parametrize("shape", SHAPES)
def test_draws_rise_with_the_normal_ones_and_keep_within_the_support(shape):
    drawn, (low, high) = Distribution(shape, 0.1, 0.3, 0.8).of_normal(np.sort(NORMAL)), OPEN.get(shape, (0.1, 0.8))
    assert (np.diff(drawn) >= 0).all() and drawn.min() >= low and drawn.max() <= high


def test_means_are_those_of_the_textbook():
    share = (np.arange(200_000) + 0.5) / 200_000
    assert Distribution("uniform", 1, 2, 5).quantile(share).mean() == pytest.approx(3)
    assert Distribution("triangular", 1, 2, 6).quantile(share).mean() == pytest.approx(3)
    spread = np.log(4) / -ndtri(0.1)
    assert Distribution("lognormal", 1, 4, 16).quantile(share).mean() == pytest.approx(4 * np.exp(spread**2 / 2), 1e-3)
    assert Distribution("log-uniform", 1, 2, 100).quantile(0.5) == pytest.approx(10)


@pytest.mark.parametrize(
    ("numbers", "told"),
    [(("gaussian", 1, 2, 3), "unknown shape 'gaussian'"), (("normal", 3, 2, 1), "rising numbers"),
     (("normal", 1, 1, 1), "rising numbers"), (("normal", 1, float("nan"), 3), "finite numbers"),
     (("lognormal", 0, 1, 2), "within 0 and inf"), (("log-uniform", -1, 0, 1), "within 0 and inf"),
     (("logit-normal", 0.5, 0.9, 1), "within 0 and 1"), (("normal", 1, 2, 3, 0.5), "between 0 and 0.5")],
)  # fmt: skip
def test_a_shape_that_cannot_be_is_refused(numbers, told):
    with pytest.raises(KscaleError, match=told):
        Distribution(*numbers)


# -- the rule -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "shape"),
    [((2, 1, 4), "lognormal"), ((0.5, 0.4, 0.6), "logit-normal"), ((50, 40, 60, "%"), "logit-normal"),
     ((1, 1, 4), "log-triangular"), ((4, 1, 4), "log-triangular"), ((50, 40, 100, "%"), "log-triangular"),
     ((0.5, 0, 0.6, "1", "estimate", "nonnegative"), "triangular"), ((0, -1, 2, "1", "measured", "real"), "normal"),
     ((0.5, 0.4, 0.6, "W"), "lognormal")],
)  # fmt: skip
def test_the_rule_gives_each_input_its_shape(load_chapter, facts, shape):
    assert by_rule(one_given(load_chapter, *facts)["x"]).shape == shape


@pytest.mark.parametrize("kind", ["premise", "chosen", "definition", "fiction", "recovered"])
def test_what_is_chosen_is_not_drawn(load_chapter, kind):
    assert by_rule(one_given(load_chapter, 2, 1, 4, kind=kind)["x"]) is None


@pytest.mark.parametrize("name", sorted(DOUBTS.alone))
def test_every_input_of_the_book_is_drawn_within_what_it_may_be(name):
    quantity, found = MODEL[name], DOUBTS.alone[name]
    drawn = found.of_normal(NORMAL)
    assert np.isfinite(drawn).all() and (drawn.min() > 0 if quantity.is_positive else drawn.min() >= 0)
    assert not quantity.is_share or drawn.max() <= 1
    low, high = found.quantile(BEYOND[quantity.provenance]), found.quantile(1 - BEYOND[quantity.provenance])
    assert quantity.low <= low * (1 + 1e-9) and high <= quantity.high * (1 + 1e-9)


def test_every_input_of_the_book_with_a_range_that_is_measured_or_estimated_is_drawn():
    ranged = {n for n in MODEL if MODEL[n].is_given and MODEL[n].low < MODEL[n].high and MODEL[n].provenance in BEYOND}
    assert ranged == DOUBTS.drawn and "batch_exponent" in ranged
    assert "human_text_stock" not in load_doubts(MODEL.under(human_text_stock=1e15)).drawn


# -- together -----------------------------------------------------------------------------------------

TWO = [
    'x = given("x", 2, "1", "x", "estimate", "k1s1ai", 1, 4)',
    'y = given("y", 2, "1", "y", "estimate", "k1s1ai", 1, 4)',
    'z = given("z", 2, "1", "z", "estimate", "k1s1ai", 1, 4)', 'w = derived("w", x * y, "1", "product")',
]  # fmt: skip


def test_the_loss_is_drawn_as_one_row_of_the_bootstrap():
    names = ["loss_floor", "loss_per_size", "loss_per_data", "size_exponent", "data_exponent"]
    table = {tuple(row) for row in np.array([DOUBTS.tables[0][name] for name in names]).T.tolist()}
    drawn = np.array([DOUBTS.draw(name, 3, 5) for name in names]).T.tolist()
    assert len(table) == 1_000 and {tuple(row) for row in drawn} <= table
    assert len({tuple(row) for row in drawn}) > 950


def test_correlated_inputs_are_drawn_so(load_chapter):
    model = model_of(load_chapter, *TWO)
    doubts = Doubts(model, correlations={("x", "y"): 0.7, ("y", "z"): -0.5})
    drawn = {name: np.log(np.concatenate([doubts.draw(name, 0, block) for block in range(20)])) for name in "xyz"}
    assert np.corrcoef(drawn["x"], drawn["y"])[0, 1] == pytest.approx(0.7, abs=0.01)
    assert np.corrcoef(drawn["y"], drawn["z"])[0, 1] == pytest.approx(-0.5, abs=0.01)
    assert np.corrcoef(drawn["x"], drawn["z"])[0, 1] == pytest.approx(0, abs=0.01)
    spread = np.log(2) / -ndtri(0.1)
    assert [drawn[name].std() for name in "xyz"] == pytest.approx([spread] * 3, rel=0.01)


@pytest.mark.parametrize(
    ("how", "told"),
    [({"correlations": {("x", "y"): 0.9, ("y", "z"): 0.9, ("x", "z"): -0.9}}, "x, y, z contradict each other"),
     ({"correlations": {("x", "y"): 1.5}}, "x and y lies between -1 and 1"),
     ({"correlations": {("x", "x"): 0.5}}, "x and x lies between"),
     ({"correlations": {("x", "w"): 0.5}}, "w is not drawn by itself"),
     ({"stated": {"x": Distribution("normal", 1, 2, 3)}}, "x must be positive, and a normal distribution reaches -inf"),
     ({"stated": {"x": Distribution("triangular", 0, 1, 2)}}, "x must be positive, and a triangular"),
     ({"stated": {"w": Distribution("uniform", 1, 2, 3)}}, "w is derived"),
     ({"stated": {"v": Distribution("uniform", 1, 2, 3)}}, "unknown quantity 'v'"),
     ({"joint": [{"x": [1, 2], "y": [1, 2, 3]}]}, "x, y are not equally many"),
     ({"joint": [{"x": [1, 2], "y": [1, -2]}]}, "y must be positive, and a joint distribution reaches -2"),
     ({"joint": [{"x": [1, 2]}, {"x": [1, 2]}]}, "x stands in two joint tables"),
     ({"joint": [{"x": [1, float("nan")]}]}, "x: its joint draws"), ({"joint": [{"w": [1, 2]}]}, "w is derived")],
)  # fmt: skip
def test_doubts_that_cannot_be_are_refused_by_name(load_chapter, how, told):
    with pytest.raises(KscaleError, match=told):
        Doubts(model_of(load_chapter, *TWO), **how)


def test_a_share_that_exceeds_all_is_refused(load_chapter):
    model = one_given(load_chapter, 50, 40, 60, unit="%")
    with pytest.raises(KscaleError, match="x is a share and cannot exceed 100%, and a uniform"):
        Doubts(model, {"x": Distribution("uniform", 0.5, 1, 1.5)})


@pytest.mark.parametrize(
    ("text", "told"),
    [('[[distribution]]\nof = "moon_distance"\nshape = "uniform"\nlow = "3 km"\nhigh = "1 km"\nreason = "x"', "rising"),
     ('[[distribution]]\nof = "moon_distance"\nshape = "uniform"\nlow = "3 W"\nhigh = "1 km"\nreason = "x"', "low"),
     ('[[distribution]]\nof = "moon_distance"\nshape = "uniform"', "is missing"),
     ('[[correlation]]\nbetween = ["solar_price"]\ncoefficient = 0.5\nreason = "x"', "between two inputs"),
     ('[[correlation]]\nbetween = ["solar_price", "solar_capital"]\ncoefficient = "x"\nreason = "x"', "be a float"),
     ('[[joint]]\nof = ["solar_price"]\nfile = "rows.csv"\nreason = "x"', "rows.csv, line 3: 1 numbers are"),
     ('[[correlations]]\nreason = "x"', "unknown field 'correlations': did you mean 'correlation'")],
)  # fmt: skip
def test_a_broken_file_of_distributions_is_told_in_a_line(tmp_path, text, told):
    (tmp_path / "doubts.toml").write_text(text)
    (tmp_path / "rows.csv").write_text("c\n1e-8\nmuch\n")
    with pytest.raises(KscaleError, match=told):
        load_doubts(MODEL, tmp_path / "doubts.toml")


def test_what_the_file_states_is_of_the_books_quantities_alone(load_chapter):
    model = model_of(load_chapter, 'moon_distance = given("x", 2, "m", "x", "estimate", "k1s1ai", 1, 4)')
    assert load_doubts(model).alone["moon_distance"].shape == "lognormal"
    assert DOUBTS.alone["moon_distance"].shape == "uniform"


# -- how far models err -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", backtest.KINDS)
def test_the_error_of_a_model_is_that_of_the_backtest(kind):
    ratios = [one.ratio() for one in backtest.own_observations().values() if one.kind == kind]
    found = model_error(kind)
    assert found.quantile([0.1, 0.5, 0.9]) == pytest.approx(1 / np.quantile(ratios, [0.9, 0.5, 0.1]))


def test_an_unknown_kind_of_error_is_refused():
    with pytest.raises(KscaleError, match="did you mean 'measured'"):
        model_error("mesured")

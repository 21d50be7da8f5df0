"""The graph: loading, readings, and what follows from them, each by a second route."""

import math

import numpy as np
import pytest
import sympy
from conftest import small_model
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from kscale_nb import MODEL, KscaleError, derived
from kscale_nb.units import same_dimension

DERIVED = [name for name in MODEL if not MODEL[name].is_given]
POWER = 'power = given("P", 100, "W", "power", "premise", "k1s1ai")'


# -- loading ------------------------------------------------------------------------------------------


def refusal(load, *bodies: str) -> str:
    with pytest.raises(KscaleError) as caught:
        load(*bodies)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_an_unknown_source_is_refused_with_the_nearest(load_chapter):
    told = refusal(load_chapter, POWER.replace("k1s1ai", "kaplan202"))
    assert "power" in told and "kaplan202" in told and "did you mean 'kaplan2020'" in told


def test_a_unit_that_does_not_fit_is_refused_naming_both(load_chapter):
    told = refusal(load_chapter, POWER, 'from chapter_0 import power\nwork = derived("E", power * 2, "J", "work")')
    assert told.startswith("work: declared in 'J'") and "m ** 2 / s ** 3" in told


def test_a_sum_of_different_units_is_refused(load_chapter):
    time = 'time = given("t", 3, "s", "time", "premise", "k1s1ai")'
    told = refusal(load_chapter, f'{POWER}\n{time}\nsum_of_both = derived("x", power + time, "W", "sum")')
    assert told.startswith("sum_of_both: units do not fit") and "second" in told


def test_bytes_are_not_parameters(load_chapter):
    size = 'size = given("N", 5, "parameter", "size", "premise", "k1s1ai")'
    told = refusal(load_chapter, f'{size}\nmemory = derived("M", size * 2, "byte", "memory")')
    assert "byte" in told and "parameter" in told


def test_a_name_used_twice_in_a_module_is_refused(load_chapter):
    assert "'power' is used twice" in refusal(load_chapter, f"{POWER}\n{POWER}")


def test_a_name_used_twice_in_two_modules_is_refused(load_chapter):
    told = refusal(load_chapter, POWER, POWER)
    assert "'power' is used twice: in chapter_0 and chapter_1" in told


def test_a_cycle_is_refused_and_named():
    model = small_model()
    with pytest.raises(KscaleError, match=r"cycle: .*part.*<-.*rate|cycle: .*rate.*<-.*part"):
        model.extended(part=derived("P_1", model["rate"] / model["efficiency"], "W", "part"))


def test_a_stranger_in_the_graph_is_refused():
    model = small_model()
    lonely = derived("x", MODEL["K1_power"] * 2, "W", "twice K1")
    with pytest.raises(KscaleError, match="rests on 'K1_power'"):
        model.extended(lonely=lonely)


def test_the_whole_model_keeps_its_dimensions():
    """Declared units of a product, by hand, as a second route to pint's check."""
    assert same_dimension("W", "GFLOP/s/W".replace("GFLOP/s/W", "J/s"))
    assert MODEL["training_compute"].unit == "FLOP"
    assert len(MODEL) == len(MODEL.quantities) == len(set(MODEL.order))


# -- values -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DERIVED)
def test_closed_forms_give_the_same_values(name, defaults):
    givens = {MODEL[other]: MODEL[other].value for other in MODEL.rests_on(name) if MODEL[other].is_given}
    assert float(sympy.N(MODEL.closed_form(name).xreplace(givens), 30)) == pytest.approx(defaults[name], rel=1e-12)


def test_a_derived_quantity_can_be_overridden_and_cuts_the_graph():
    values = small_model().values(part=10.0, power=1e6)
    assert values["rate"] == 70.0
    assert values["power"] == 1e6


def test_arrays_give_what_floats_give():
    shares = np.linspace(0.01, 0.5, 7)
    many = MODEL.values(computing_share=shares)
    for number, share in enumerate(shares):
        one = MODEL.values(computing_share=float(share))
        for name in DERIVED:
            assert np.broadcast_to(many[name], shares.shape)[number] == pytest.approx(one[name], rel=1e-12)


def test_a_shared_input_is_one_sample_everywhere():
    model = small_model()
    nothing = model.extended(
        nothing=derived("0", model["part"] - model["power"] * model["share"], "W", "x - x", sign="real")
    )
    samples = np.random.default_rng(1).lognormal(size=100)
    assert (nothing.values(power=samples)["nothing"] == 0).all()


@settings(max_examples=20, deadline=None)
@drawn(
    share=st.floats(0.001, 0.9), width=st.floats(0, 0.1), power=st.floats(1e12, 1e18), where=st.floats(0, 1)
)  # fmt: skip
def test_intervals_hold_every_value_inside(share, width, power, where):
    low, high = share, share * (1 + width)
    inside = low + (high - low) * where
    boxes = MODEL.intervals(computing_share=(low, high), K1_power=(power, power))
    values = MODEL.values(computing_share=min(inside, high), K1_power=power)
    for name in DERIVED:
        # a float and an interval's end may differ in the last place
        noise = 1e-12 * max(abs(end) for end in boxes[name])
        assert boxes[name][0] - noise <= values[name] <= boxes[name][1] + noise, name


@settings(max_examples=40, deadline=None)
@drawn(
    st.dictionaries(
        st.sampled_from([n for n in MODEL if MODEL[n].is_given and MODEL[n].is_positive]),
        st.floats(0.5, 1.05),
        max_size=4,
    )
)
def test_any_change_moves_only_what_rests_on_it(factors):
    changes = {name: MODEL[name].value * factor for name, factor in factors.items()}
    try:
        after = MODEL.values(**changes)
    except KscaleError:
        return  # a share that grows beyond the whole
    before = MODEL.values()
    carried = set(changes).union(*(MODEL.carries(name) for name in changes)) if changes else set()
    assert {name for name in MODEL if after[name] != before[name]} <= carried


# -- what follows -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "cause"),
    [
        ("active_parameters", "computing_share"), ("d_model", "training_time"), ("decoding_rate", "practical_context"),
        ("kardashev_rating", "K1_power"), ("fitted_tokens_per_parameter", "size_exponent"),
        ("radiator_mass", "radiator_temperature"), ("kv_cache_bytes_per_token", "gpt4_n_layers"),
    ],
)  # fmt: skip
def test_elasticities_agree_with_differences(result, cause):
    """Rounding to whole numbers is replaced by a smooth model for the second route."""
    smooth = MODEL.extended(
        built_d_model=derived("d", MODEL["d_model"] * 1, "1", "width"),
        built_n_layers=derived("L", MODEL["n_layers"] * 1, "1", "layers"),
    )
    step, value = 1e-5, MODEL.value(cause)
    up, down = (smooth.value(result, **{cause: value * math.exp(side)}) for side in (step, -step))
    by_difference = (math.log(up) - math.log(down)) / (2 * step)
    symbols = {MODEL[name]: number for name, number in MODEL.values().items()}
    assert float(MODEL.elasticity(result, cause).xreplace(symbols)) == pytest.approx(by_difference, abs=1e-6)


def test_the_match_goes_as_the_root_of_the_share():
    assert MODEL.elasticity("active_parameters_ratio", "computing_share") == MODEL.elasticity(
        "active_parameters", "K1_power"
    )
    assert str(MODEL.elasticity("active_parameters_ratio", "computing_share")) == "1/2"


@settings(max_examples=25, deadline=None)
@drawn(st.floats(1e-3, 1e3))
def test_inversion_is_the_inverse(factor):
    target = MODEL.value("active_parameters_ratio") * factor
    power = MODEL.invert("K1_power", "active_parameters_ratio", target)
    assert MODEL.value("active_parameters_ratio", K1_power=power) == pytest.approx(target, rel=1e-9)


def test_inversion_by_two_routes():
    by_number = MODEL.invert("computing_share", "active_parameters_ratio", 15_600)
    closed = MODEL.inverse_form("computing_share", "active_parameters_ratio")
    values = {MODEL[name]: MODEL.value(name) for name in MODEL}
    by_formula = closed.xreplace({**values, MODEL["active_parameters_ratio"]: 15_600})
    assert by_number == pytest.approx(float(by_formula), rel=1e-9)
    assert by_number == pytest.approx(MODEL.value("share_for_exact_match"), rel=1e-9)


def test_inversion_says_when_there_is_none():
    with pytest.raises(KscaleError, match="does not rest on loss_floor"):
        MODEL.invert("loss_floor", "active_parameters", 1e15)
    with pytest.raises(KscaleError, match="no computing_share"):
        MODEL.invert("computing_share", "rest_share", 1.5)


# -- bad input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"K1_powr": 1}, "unknown quantity 'K1_powr': did you mean 'K1_power'"),
        ({"K1_power": "5 GB"}, "measured in 'W', and 'GB' does not fit"),
        ({"N": 1}, "it is the symbol of 'active_parameters'"),
        ({"K1_POWER": 1}, "did you mean 'K1_power'"),
        ({"training_time": "3 bananas"}, "training_time: unknown unit 'bananas'"),
        ({"rest_share": -0.5}, "rest_share must be at least 0, got -50%"),
        ({"K1_power": "5%"}, "measured in 'W', and '%' does not fit"),
        ({"K1_power": "5 T"}, "measured in 'W', and 'T' does not fit"),
        ({"K1_power": "strong"}, "'strong' is not a number"),
        ({"K1_power": ""}, "is not a number"),
        ({"K1_power": math.nan}, "not a finite number"),
        ({"K1_power": "nan"}, "is not a number"),
        ({"K1_power": "1e999"}, "is out of range"),
        ({"K1_power": -1e16}, "must be positive"),
        ({"K1_power": 0}, "must be positive"),
        ({"K1_power": True}, "neither a number"),
        ({"K1_power": None}, "neither a number"),
        ({"K1_power": np.array([1e16, math.nan])}, "finite numbers"),
        ({"K1_power": np.array(["a"])}, "finite numbers"),
        ({"K1_power": np.array([1e16, -1.0])}, "must be positive"),
        ({"computing_share": "150%"}, "cannot exceed 100%"),
        ({"K1_power": 1e300}, "beyond the range"),
    ],
)
def test_a_bad_change_is_refused_in_one_line(changes, told):
    with pytest.raises(KscaleError) as caught:
        MODEL.values(**changes)
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_all_of_the_power_may_go_to_computing():
    assert MODEL.value("rest_power", computing_share="100%") == 0


def test_a_shared_input_is_one_draw_everywhere(load_chapter):
    model = load_chapter(
        'x = given("x", 2, "1", "x", "estimate", "k1s1ai", 1, 4)\n'
        'y = given("y", 2, "1", "y", "estimate", "k1s1ai", 1, 4)\n'
        'double = derived("d", 2 * x, "1", "twice that")\n'
        'two = derived("t", double / x, "1", "two, whatever is drawn")\n'
        'square = derived("q", x * x, "1", "its square")\n'
        'product = derived("p", x * y, "1", "another product")\n'
    )
    drawn = model.sampled(["x", "two", "square", "product"], draws=5_000, seed=1)
    assert (drawn["two"] == 2).all() and np.allclose(drawn["square"], drawn["x"] ** 2)
    assert np.log(drawn["product"]).std() < 0.75 * np.log(drawn["square"]).std()  # two draws average out, one does not
    assert drawn["x"].min() > 0.99 and drawn["x"].max() < 4.01
    assert np.median(drawn["x"]) == pytest.approx(2, rel=0.05)
    assert (model.sampled(["x"], 10, seed=3)["x"] == model.sampled(["x"], 10, seed=3)["x"]).all()


def test_a_range_down_to_zero_cannot_be_drawn(load_chapter):
    model = load_chapter('x = given("x", 1, "1", "x", "estimate", "k1s1ai", 0, 4, sign="real")')
    with pytest.raises(KscaleError, match="x may be as low as 0"):
        model.sampled(["x"], 10, seed=0)


def test_a_root_of_what_became_negative_is_refused_in_one_line(load_chapter):
    model = load_chapter(
        f'{POWER}\nspare = given("Q", 60, "W", "spared", "premise", "k1s1ai")\n'
        'rest = derived("x", ((power - spare) / power) ** 0.5, "1", "root of what is left")'
    )
    with pytest.raises(KscaleError, match="rest is beyond the range"):
        model.values(spare=200)


@pytest.mark.filterwarnings("error")
def test_a_sweep_to_the_end_of_a_share_says_nothing_of_what_becomes_infinite():
    swept = MODEL.values(computing_share=np.linspace(0.5, 1, 3))
    assert np.isfinite(swept["active_parameters"]).all()

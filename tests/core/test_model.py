"""The graph: loading, readings, and what follows from them, each by a second route."""

import math
import subprocess
import sys
import time

import numpy as np
import pytest
import sympy
from conftest import small_model
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from kscale_nb import LEDGER, MODEL, KscaleError, Model, derived, given
from kscale_nb.readings import bounds, interval, narrowed, python_source
from kscale_nb.units import same_dimension

SMALL = small_model()
SMALL = SMALL.extended(
    left=derived("l", SMALL["power"] / (SMALL["efficiency"] + 2 * SMALL["efficiency"]), "s*W^2/FLOP", "l")
)
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


@pytest.mark.parametrize(
    "formula",
    [
        lambda power, time, share: sympy.log(power), lambda power, time, share: sympy.exp(time),
        lambda power, time, share: sympy.Max(power, time), lambda power, time, share: sympy.Min(1, power),
        lambda power, time, share: 1 - power, lambda power, time, share: power * 2**time,
        lambda power, time, share: power**share, lambda power, time, share: share ** (share + time),
    ],
)  # fmt: skip
def test_each_way_in_which_units_cannot_fit_is_refused(formula):
    units = {"power": "W", "time": "s", "share": "1"}
    inputs = {name: given(name, 2, unit, name, "premise", "k1s1ai") for name, unit in units.items()}
    result = derived("x", formula(**inputs), "W", "a result", sign="real")
    with pytest.raises(KscaleError, match=r"^result: units do not fit: .* and "):
        Model({**inputs, "result": result})


def test_powers_and_roots_of_units_fit():
    side = given("a", 3, "m", "side", "premise", "k1s1ai")
    times = given("n", 2, "1", "times", "premise", "k1s1ai")
    back = derived("b", sympy.root(side**3 * side, 4) * times**times, "m", "back")
    volume = derived("V", sympy.sqrt(side**2 + side**2) ** 3, "m^3", "volume")
    model = Model({"side": side, "times": times, "back": back, "volume": volume})
    assert model.value("back") == pytest.approx(12) and model.value("volume") == pytest.approx((3 * 2**0.5) ** 3)


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
        ({"rest_share": -0.5}, "rest_share must be at least 0, got −50%"),
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
        ({"K1_power": np.array(["a"])}, "an array of numbers is expected, got array"),
        ({"K1_power": np.array([1e16, -1.0])}, "must be positive"),
        ({"computing_share": "150%"}, "cannot exceed 100%"),
        ({"K1_power": 1e300}, "beyond the range"),
        ({"K1_power": 10**400}, "not a finite number"),
        ({"K1_power": "1e308 GW"}, "out of range"),
        ({"K1_power": [1e16, 2e16]}, "neither a number"),
        ({"K1_power": np.array([])}, "an array of numbers is expected, got array([]"),
        ({"K1_power": np.array([1e16, 2e16]), "training_time": np.ones(3)}, "K1_power (2,), training_time (3,)"),
        ({"K1_power": np.array([1e16]), "training_time": interval([1, 2])}, "they do not mix"),
        ({"K1_power": interval([-1, 2])}, "must be positive"),
        ({"K1_power": interval([0, 2])}, "must be positive, got 0 W"),
        ({"K1_power": interval([1, "inf"])}, "finite numbers are expected, got 1.0 to inf"),
        ({"computing_share": np.array([0.1, 1.5])}, "cannot exceed 100%, got 1.5 (150%)"),
        ({"computing_share": interval([0.5, 1.5])}, "cannot exceed 100%"),
        ({"rest_share": np.array([0.5, -0.5])}, "rest_share must be at least 0"),
    ],
)
def test_a_bad_change_is_refused_in_one_line(changes, told):
    with pytest.raises(KscaleError) as caught:
        MODEL.values(**changes)
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_all_of_the_power_may_go_to_computing():
    assert MODEL.value("rest_power", computing_share="100%") == 0


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


# -- scenarios ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [{"computing_share": "10%"}, {"active_parameters": 1e15, "K1_power": "2e16 W"}])
def test_all_that_a_scenario_says_follows_its_changes(changes):
    scenario, name = MODEL.under(**changes), "capability_match"
    assert scenario.values() == pytest.approx(MODEL.values(**changes), rel=1e-15)
    power = scenario.value("computing_power", K1_power=1e15)
    assert power == pytest.approx(1e15 * scenario.value("computing_share"))
    assert (
        scenario.function(["logic_power"], ["K1_power"])(1e15)
        == MODEL.values(**changes | {"K1_power": 1e15})["logic_power"]
    )
    assert scenario.intervals([name])[name] == pytest.approx([scenario.value(name)] * 2)
    strengths = scenario.elasticities(name)
    for cause, strength in strengths.items():
        assert scenario.elasticity(name, cause).xreplace(
            {scenario[other]: value for other, value in scenario.values().items()}
        ) == pytest.approx(strength), cause
    assert set(changes) - {"K1_power", "computing_share"} <= set(strengths)
    assert scenario.changes == {cause: MODEL.checked(cause, value) for cause, value in changes.items()}


def test_what_is_cut_is_told_by_no_closed_form_and_moved_by_nothing_before_it():
    scenario = MODEL.under(active_parameters=1e15)
    assert scenario.closed_form("active_parameters") == MODEL["active_parameters"]
    assert "K1_power" not in scenario.rests_on("n_layers") and "active_parameters" in scenario.rests_on("n_layers")
    assert "active_parameters" not in scenario.carries("K1_power")
    assert scenario.value("active_parameters", K1_power=1e15) == 1e15


def test_scenarios_and_the_book_never_touch():
    one, two = MODEL.under(computing_share="10%"), MODEL.under(computing_share="20%")
    both = one.under(K1_power="1e15 W")
    assert [m.value("computing_share") for m in (MODEL, one, two, both)] == [0.05, 0.1, 0.2, 0.1]
    assert both.changes == {"computing_share": 0.1, "K1_power": 1e15} and one.changes == {"computing_share": 0.1}
    assert MODEL.changes == {} and MODEL.value("K1_power") == 1e16
    other = one.extended(mine=derived("m", MODEL["computing_share"] * 2, "%", "twice"))
    assert other.value("mine") == 0.2 and "mine" not in one.quantities


def test_what_is_changed_is_known_exactly():
    scenario = MODEL.under(foundry_power_gain=8)
    assert set(scenario.sample(100).draws("foundry_power_gain")) == {8}
    assert len(set(MODEL.sample(100).draws("foundry_power_gain"))) == 100


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"computing_shard": 1}, "did you mean 'computing_share'"), ({"computing_share": "140%"}, "cannot exceed 100%"),
     ({"computing_share": np.array([0.1, 0.2])}, "one number or text"),
     ({"computing_share": "5 W"}, "computing_share")],
)  # fmt: skip
def test_an_impossible_scenario_is_refused_in_one_line(changes, told):
    for scenes in (MODEL, LEDGER):
        with pytest.raises(KscaleError, match=told):
            scenes.under(**changes)


def test_a_ledger_judges_its_scenario():
    scenario = LEDGER.under(computing_share="10%")
    assert scenario.judge_all() == LEDGER.judge_all(computing_share="10%") != LEDGER.judge_all()
    claim = "k1s1ai.premise.compute-power"
    assert scenario.judge(claim) == LEDGER.judge(claim, computing_share="10%")
    assert scenario.judge(claim, computing_share="5%") == LEDGER.judge(claim)


# -- the same guards for every arithmetic -------------------------------------------------------------


@pytest.mark.parametrize("number", [np.int64(2), np.float32(2), np.uint8(2), 2])
def test_any_kind_of_number_is_read(number):
    assert small_model().values(power=number)["part"] == 0.5


def test_the_greatest_and_least_of_three_leave_what_they_are_given(load_chapter):
    lines = "\n".join(
        f'{n} = given("{n}", {v}, "1", "{n}", "premise", "k1s1ai")' for n, v in zip("xyz", (1, 2, 3), strict=True)
    )
    model = load_chapter(
        f'{lines}\nimport sympy\nmost = derived("m", sympy.Max(x, y, z), "1", "greatest")\n'
        'least = derived("l", sympy.Min(x, y, z), "1", "least")'
    )
    swept = {"x": np.array([1.0, 5.0]), "y": np.array([4.0, 2.0]), "z": np.array([3.0, 3.0])}
    values = model.values(**{name: array.copy() for name, array in swept.items()})
    assert values["most"].tolist() == [4, 5] and values["least"].tolist() == [1, 2]
    assert all((values[name] == array).all() for name, array in swept.items())
    assert model.intervals(["most", "least"], x=(0.5, 2.5)) == {"most": (3, 3), "least": (0.5, 2)}
    assert model.elasticities("most") == {"z": 1, "x": 0, "y": 0}


def test_only_what_is_asked_for_is_checked():
    model = small_model()
    rest = derived("r", model["power"] - 50 * model["part"] / 50, "W", "what is left")
    model = model.extended(rest=rest)
    assert model.value("rate", part=200.0) == 1400
    with pytest.raises(KscaleError, match=r"part=200\.0: rest would be −100"):
        model.value("rest", part=200.0)
    with pytest.raises(KscaleError, match="rest would be 0 W, and cannot"):
        model.value("rest", part=100.0)
    assert model.values(["rest"], part=np.array([50.0, 100.0]))["rest"].tolist() == [50, 0]  # the end of a sweep
    with pytest.raises(KscaleError, match="rest would be −100"):
        model.values(["rest"], part=np.array([50.0, 200.0]))


def test_one_name_may_stand_alone_and_an_unknown_one_is_refused():
    assert MODEL.values("logic_power")["logic_power"] == 2.5e14
    assert MODEL.intervals("logic_power", computing_share=(0.05, 0.05))["logic_power"] == pytest.approx(
        (2.5e14, 2.5e14)
    )
    for ask in (MODEL.values, MODEL.intervals, lambda name: MODEL.sample(1, targets=name), MODEL.value,
                MODEL.rests_on, MODEL.carries, MODEL.elasticities):  # fmt: skip
        with pytest.raises(KscaleError, match="unknown quantity 'logic_pwer': did you mean 'logic_power'"):
            ask("logic_pwer")
    with pytest.raises(KscaleError, match="unknown quantity"):
        MODEL[["logic_power"]]


@pytest.mark.parametrize(
    ("ranges", "told"),
    [
        ({"K1_power": (2e16, 1e16)}, "its range runs backwards, from 2e+16 to 1e+16"),
        ({"K1_power": ("2e16 W", "1e16 W")}, "runs backwards, from 2e16 W to 1e16 W"),
        ({"K1_power": 1e16}, "a range is a pair"), ({"K1_power": "1e16"}, "a range is a pair"),
        ({"K1_power": (1, 2, 3)}, "a range is a pair"), ({"K1_power": ("much", 2)}, "K1_power: 'much' is not a number"),
        ({"K1_power": (np.ones(2), 3)}, "one number or text"), ({"K1_powr": (1, 2)}, "did you mean 'K1_power'"),
        ({"computing_share": (0.5, 1.5)}, "cannot exceed 100%"), ({"K1_power": (0, 1)}, "must be positive"),
    ],
)  # fmt: skip
def test_a_bad_range_is_refused(ranges, told):
    with pytest.raises(KscaleError) as caught:
        MODEL.intervals(["logic_power"], **ranges)
    assert told in str(caught.value) and "\n" not in str(caught.value)


# -- exact ends ---------------------------------------------------------------------------------------

PARTS = """
a = given("a", 2, "1", "a", "premise", "k1s1ai")
b = given("b", 3, "1", "b", "premise", "k1s1ai")
part = derived("p", a / (a + b), "1", "part of both")
rest = derived("r", b / (a + b), "1", "the other part")
peak = derived("q", a / (a**2 + 1), "1", "greatest at a = 1")
jump = derived("j", whole(a) - a / 2, "1", "up in jumps, down between them", sign="real")
"""


@pytest.fixture
def parts(load_chapter):
    return load_chapter(f"from kscale_nb.quantity import whole\n{PARTS}")


def test_the_ends_are_exact_where_a_quantity_only_rises_or_falls(parts):
    found = parts.intervals(["part", "rest"], a=(1, 4), b=(2, 6))
    assert found["part"] == pytest.approx((1 / 7, 4 / 6), rel=1e-15)
    assert found["rest"] == pytest.approx((2 / 6, 6 / 7), rel=1e-15)


def test_the_ends_enclose_what_turns_or_jumps(parts):
    found = parts.intervals(["peak", "jump", "b"], a=(0.5, 2.4))
    assert found["peak"][0] <= 0.4 and found["peak"][1] >= 0.5
    assert found["jump"][0] <= 1 - 1.499 / 2 and found["jump"][1] >= 2 - 1.5 / 2
    assert found["b"] == (3, 3)


@settings(max_examples=50, deadline=None)
@drawn(*[st.floats(0.1, 9)] * 4)
def test_exact_ends_are_those_of_the_corners(low_a, wide_a, low_b, wide_b):
    model, corners = SMALL, []
    ranges = {"power": (low_a, low_a + wide_a), "efficiency": (low_b, low_b + wide_b)}
    found = model.intervals(["rate", "left"], **ranges)
    for power in ranges["power"]:
        corners += [model.values(["rate", "left"], power=power, efficiency=end) for end in ranges["efficiency"]]
    for name, ends in found.items():
        values = [corner[name] for corner in corners]
        assert ends == pytest.approx((min(values), max(values)), rel=1e-12)


# -- models side by side ------------------------------------------------------------------------------


def test_two_models_that_name_the_same_quantities_otherwise_never_touch():
    power = given("P", 100, "W", "power", "premise", "k1s1ai")
    share = given("s", 25, "%", "share", "premise", "k1s1ai")
    part = derived("P_1", power * share, "W", "part")
    first = Model({"power": power, "share": share, "part": part})
    second = Model({"share": power, "power": share, "part": part})  # the names of one are the other's reversed
    for model, big, small in ((first, "power", "share"), (second, "share", "power"), (first, "power", "share")):
        assert model.values(**{big: 200.0})["part"] == 50
        assert set(model.rests_on("part")) == {big, small}
        assert model.elasticities("part") == {"power": 1, "share": 1}
        assert model.intervals("part", **{big: (100, 200)})["part"] == (25, 50)
        assert model.invert(big, "part", 50.0) == pytest.approx(200)
        assert sorted(python_source(part.expression, model.names).split("*")) == ["power", "share"]
    assert python_source(power * 1, second.names) == "share" and python_source(power * 1) == "power"
    assert power.identifier == "power"


def test_a_chapters_name_is_its_variable_even_where_another_model_came_first(load_chapter):
    model = load_chapter(POWER)
    Model({"other": model["power"]})
    assert model["power"].identifier == "power" and model.values() == {"power": 100}


def test_a_quantity_defined_anew_takes_the_place_of_the_old_one():
    model = small_model()
    changed = model.extended(part=derived("p", model["power"] / 10, "W", "another part"))
    assert (changed.value("half"), model.value("half")) == (35, 87.5)
    assert set(changed.rests_on("rate")) == {"power", "efficiency", "part"}
    assert str(changed.elasticity("half", "power")) == "1" and changed.elasticities("half") == {
        "efficiency": 1,
        "power": 1,
    }
    again = changed.extended(power=given("P", 1000, "W", "more", "premise", "k1s1ai"))
    assert again.value("half") == 350 and changed.value("half") == 35


@pytest.mark.parametrize(
    ("name", "told"),
    [("sqrt", "is a function of the formulas"), ("larger", "is a function"), ("pi", "is a function"), 
     ("lambda", "is no name"),
     ("a b", "is no name"), ("__import__", "is no name"), ("__builtins__", "is no name")],
)  # fmt: skip
def test_a_name_that_the_formulas_need_is_refused(name, told):
    with pytest.raises(KscaleError, match=f"'{name}' {told}"):
        small_model().extended(**{name: given("q", 1, "1", "q", "premise", "k1s1ai")})


def test_what_is_no_quantity_or_has_two_names_or_no_source_is_refused():
    model = small_model()
    with pytest.raises(KscaleError, match="x: 5 is no quantity: make one with given"):
        model.extended(x=5)
    with pytest.raises(KscaleError, match="two names of one quantity"):
        model.extended(again=model["power"])
    with pytest.raises(KscaleError, match="q: unknown source 'kaplan202': did you mean 'kaplan2020'"):
        MODEL.extended(q=given("q", 1, "1", "q", "premise", "kaplan202"))


# -- slopes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["active_parameters", "decoding_rate", "kardashev_rating", "kv_cache_bytes_per_token"])
def test_chained_slopes_are_those_of_the_closed_form(name, defaults):
    values = {MODEL[other]: value for other, value in defaults.items()}
    for cause, slope in MODEL.elasticities(name).items():
        assert float(MODEL.elasticity(name, cause).xreplace(values)) == pytest.approx(slope, rel=1e-9, abs=1e-12)


def test_what_is_0_has_no_elasticities():
    assert MODEL.value("K1_reversible_efficiency") == 0 and MODEL.elasticities("K1_reversible_efficiency") == {}


def test_every_quantity_is_explained_within_two_seconds():
    deepest = sorted(DERIVED, key=lambda name: len(MODEL.rests_on(name)))[-3:]
    for name in (*deepest, "kardashev_1964_rating", "radiator_mass"):
        start = time.process_time()
        assert MODEL.elasticities(name) and str(MODEL.closed_form(name))
        assert time.process_time() - start < 2, name


# -- loading ------------------------------------------------------------------------------------------


def test_the_model_loads_without_what_it_does_not_need():
    """Readers wait for these before their first number; sympy alone takes a third of the time."""
    heavy = {"scipy.optimize", "pybtex", "matplotlib", "tabulate", "CoolProp", "pandas"}
    code = f"import sys, kscale_nb; kscale_nb.MODEL; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- the edges ----------------------------------------------------------------------------------------


def test_what_would_be_nothing_is_not_declared_as_something():
    power = given("P", 100, "W", "power", "premise", "k1s1ai")
    other = given("Q", 100, "W", "power", "premise", "k1s1ai")
    with pytest.raises(KscaleError, match="rest: would be 0: declare its sign"):
        Model({"power": power, "other": other, "rest": derived("r", power - other, "W", "what is left")})


def test_what_may_be_nothing_may_be_set_to_nothing():
    assert MODEL.value("batch_exponent", batch_exponent=0) == 0
    with pytest.raises(KscaleError, match="K1_power must be positive, got 0 W"):
        MODEL.value("K1_power", K1_power=0)


@pytest.mark.parametrize("power", [-11.9, -0.1, 0.1, 11.9])
def test_an_inverse_is_found_to_the_ends_of_its_search(power):
    assert SMALL.invert("power", "part", 25 * 10**power) == pytest.approx(100 * 10**power, rel=1e-9)


def test_intervals_that_share_one_point_are_narrowed_to_it():
    assert bounds(narrowed(interval([1, 3]), (3, 5))) == (3, 3)
    assert bounds(narrowed(interval([3, 5]), (1, 3))) == (3, 3)
    assert bounds(narrowed(None, (1, 3))) == (1, 3)

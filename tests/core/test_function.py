"""A model as a compiled function of some of its inputs."""

import math
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest
import sympy

from kscale_nb import MODEL, KscaleError, readings

INPUTS = ["K1_power", "computing_share", "tokens_per_parameter"]


def test_a_function_is_the_model_at_its_inputs():
    outputs = ["active_parameters", "training_tokens", "kardashev_rating"]
    function = MODEL.function(outputs, INPUTS, training_time="2 year", logic_efficiency=1e11)
    for point in [(1e16, 0.05, 20.0), (1e20, 1.0, 3.5), (592e18, 1e-6, 100.0)]:
        book = MODEL.values(
            outputs, training_time="2 year", logic_efficiency=1e11, **dict(zip(INPUTS, point, strict=True))
        )
        assert function(*point) == pytest.approx([book[name] for name in outputs], rel=1e-14)


def test_a_function_takes_arrays_that_broadcast():
    function = MODEL.function("active_parameters", INPUTS)
    powers, shares = np.array([[1e15], [1e16]]), np.array([0.01, 0.05, 0.5])
    found = function(powers, shares, 20.0)
    assert found.shape == (2, 3)
    assert found[1, 1] == pytest.approx(MODEL.value("active_parameters"), rel=1e-14)


def test_a_derived_input_cuts_the_graph_as_a_change_does():
    function = MODEL.function(["logic_power", "computing_power"], ["computing_power", "K1_power"])
    assert function(8.0, 1e30) == (4.0, 8.0)
    held = MODEL.function("logic_power", ["K1_power"], computing_power=8.0)
    assert held(1e30) == 4.0


def test_what_a_function_cannot_be_or_give_is_told_in_a_line():
    with pytest.raises(KscaleError, match="did you mean 'K1_power'"):
        MODEL.function("logic_power", ["K1_powr"])
    with pytest.raises(KscaleError, match="did you mean 'logic_power'"):
        MODEL.function("logic_powr", ["K1_power"])
    with pytest.raises(KscaleError, match=r"^K1_power=0.0: this is beyond the range"):
        MODEL.function("kardashev_rating", ["K1_power"])(0.0)


@pytest.mark.parametrize("value", ["1e16", "1e16 W", [1e16], None, True, 1j, np.array(["a"]), np.array([]).astype(bool),
                                   readings.interval([1, 2]), math.nan, np.nan, np.float32("nan"), 10**400,
                                   np.array([1e16, math.nan]), np.array(math.nan)])  # fmt: skip
@pytest.mark.parametrize("output", ["logic_power", ["logic_power", "kardashev_rating"], "training_time"])
def test_what_is_no_number_is_put_into_no_function(value, output):
    for others, values in (([], []), (["computing_share"], [0.05]), (["computing_share"], [np.array([0.05, 0.1])])):
        with pytest.raises(KscaleError, match=r"^K1_power") as caught:
            MODEL.function(output, ["K1_power", *others])(value, *values)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("values", [(), (1e16,), (1e16, 0.05, 20.0), (np.array([1e16]),)])
def test_a_function_takes_as_many_values_as_it_has_inputs(values):
    with pytest.raises(KscaleError, match=f"^K1_power, computing_share: 2 are expected, not {len(values)}$"):
        MODEL.function("logic_power", ["K1_power", "computing_share"])(*values)


def test_an_input_is_named_once_and_is_no_change():
    with pytest.raises(KscaleError, match=r"^K1_power is named twice: as an input, and again$"):
        MODEL.function("logic_power", ["K1_power", "computing_share", "K1_power"])
    with pytest.raises(KscaleError, match=r"^K1_power is named twice: as an input, and a change$"):
        MODEL.function("logic_power", ["K1_power"], K1_power="5 TW")


def test_arrays_that_do_not_fit_each_other_are_told_by_their_shapes():
    with pytest.raises(KscaleError, match=r"^K1_power=\(2,\), computing_share=\(3,\): these shapes do not fit"):
        MODEL.function("logic_power", ["K1_power", "computing_share"])(np.ones(2), np.ones(3))


@pytest.mark.parametrize("number", [10**16, np.float64(1e16), np.float32(1e16), np.int64(10**16), Fraction(10**16)])
def test_any_kind_of_number_may_be_put_in(number):
    power = MODEL.function("computing_power", ["K1_power"])
    assert type(power(number)) is float and power(number) == pytest.approx(5e14, rel=1e-7)
    assert power(np.array([number]).astype(float)) == pytest.approx([5e14], rel=1e-7)
    assert math.isinf(power(math.inf)) and power(np.array([10, 20])).tolist() == [0.5, 1.0]


@pytest.mark.parametrize("x", [-800.0, -40.0, -1.0, 0.0, 1.0, 40.0, 800.0])
def test_the_logarithm_of_one_and_an_exponential_is_exact_at_both_ends(x):
    symbol = sympy.Symbol("x")
    source = readings.python_source(sympy.log(1 + sympy.exp(symbol)) / 2)
    true = float(sympy.log(1 + sympy.exp(sympy.Float(x, 60))).evalf(400)) / 2 if x > -700 else 0.0
    for arithmetic, value in ((readings.FLOATS, x), (readings.ARRAYS, np.array([x]))):
        assert float(np.squeeze(eval(source, {**vars(arithmetic), "x": value}))) == pytest.approx(true, rel=1e-14)
    low, high = readings.bounds(eval(source, {**vars(readings.INTERVALS), "x": readings.interval([x, x + 1])}))
    assert low <= true * (1 + 1e-14) + 1e-300 and high >= math.log1p(math.exp(min(x, 700))) / 2 * (1 - 1e-14)


# -- one quantity, again and again --------------------------------------------------------------------


@pytest.mark.parametrize("cut", [(), ("computing_share",), ("computing_power", "training_time")])
def test_one_quantity_costs_the_work_of_what_it_rests_on_alone(monkeypatch, cut):
    model, computed = MODEL.extended(), []
    told = type(model)._node_source
    counted = "(noted({0!r}), {1})[1]".format  # a derivation that tells when it is computed
    monkeypatch.setattr(type(model), "_node_source", lambda self, name: counted(name, told(self, name)))
    monkeypatch.setattr(readings, "FLOATS", SimpleNamespace(**vars(readings.FLOATS), noted=computed.append))
    changes = {name: MODEL.value(name) * 0.9 for name in cut}
    behind = model._ancestors(["active_parameters"], cut) | {"active_parameters"}
    for _ in range(3):
        computed.clear()
        model.value("active_parameters", **changes)
        assert sorted(computed) == sorted(behind - model.givens.keys() - {*cut})


@pytest.mark.parametrize("changes", [{}, {"computing_share": 0.07}, {"K1_power": 3e16, "computing_power": 2e14}])
def test_one_quantity_is_to_the_bit_what_the_whole_model_gives(changes):
    whole = MODEL.values(**changes)
    assert [MODEL.value(name, **changes) for name in MODEL] == [whole[name] for name in MODEL]
    scenario = MODEL.under(**changes)
    assert [scenario.value(name) for name in MODEL] == [whole[name] for name in MODEL]


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"x": -1.0}, "x must be positive"), ({"x": math.nan}, "x"), ({"x": math.inf}, "x: inf is not a finite number"),
     ({"s": 1.5}, "s is a share and cannot exceed 100%"), ({"y": 1.0, "xx": 2.0}, "unknown quantity 'xx'"),
     ({"x": 10.0}, "x=10.0: gap would be −5.000, and cannot"), ({"y": 1e200, "s": 1.0}, "this is beyond the range"),
     ({"square": 0.0}, "square must be positive"), ({"gap": -4.0, "s": 1.0}, "gap must be at least 0")],
)  # fmt: skip
def test_what_one_quantity_cannot_be_is_told_as_of_the_whole(load_chapter, changes, told):
    model = load_chapter(
        'x = given("x", 2, "1", "x", "estimate", "k1s1ai", 1, 4)\ny = given("y", 5, "1", "y", "premise", "k1s1ai")\n'
        's = given("s", 50, "%", "s", "premise", "k1s1ai")\n'
        'gap = derived("g", y - x, "1", "gap", sign="nonnegative")\n'
        'square = derived("q", (1 + gap)**2, "1", "square")\nroot = derived("r", square * s, "1", "root")'
    )
    assert model.value("root", x=3.0) == 4.5
    for ask in (lambda: model.value("root", **changes), lambda: model.values(["root"], **changes)):
        with pytest.raises(KscaleError, match=told):
            ask()


def test_one_quantity_takes_what_the_whole_model_takes():
    assert MODEL.value("logic_power", computing_share="10%") == 5e14
    assert MODEL.value("logic_power", K1_power=np.array([1e16, 2e16])).tolist() == [2.5e14, 5e14]
    with pytest.raises(KscaleError, match="did you mean 'logic_power'"):
        MODEL.value("logic_powr")


@pytest.mark.parametrize("name", ["compiled", "straight", "block_", "draw_", "see_", "possible_", "full_", "inf"])
def test_a_quantity_may_have_any_name_that_a_compiled_function_could(load_chapter, name):
    model = load_chapter(
        f'{name} = given("x", 2, "1", "x", "estimate", "k1s1ai", 1, 4)\n'
        f'other = derived("y", {name} + 1, "1", "y", sign="nonnegative")\nfree = derived("z", other - 1, "1", "z")'
    )
    assert model.value("free") == 2 and model.value("free", **{name: 3.0}) == 3
    assert model.function("free", ["other"])(5.0) == 4
    assert model.sample(100).interval("free", 0.5) == model.sample(100).interval(name, 0.5)

"""Declarations: what is refused, in one line that says why."""

import math
import pickle

import pytest
import sympy

from kscale_nb import KscaleError, derived, given, whole


def a_given(**changes):
    facts = dict(symbol="P", value=100, unit="W", meaning="power", kind="premise", source="k1s1ai")
    return given(**{**facts, **changes})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": "guess"}, "kind 'guess' is unknown"),
        ({"source": ""}, "needs a source"),
        ({"unit": "Wat"}, "unknown unit 'Wat'"),
        ({"unit": "W/?"}, "is not a unit"),
        ({"value": math.nan}, "outside its range"),
        ({"value": -1}, "must be positive"),
        ({"low": 200, "high": 300}, "outside its range 200 to 300"),
        ({"low": 300, "high": 200}, "its range runs backwards"),
        ({"value": "3"}, "'3' is not a number"),
        ({"kind": "measured"}, "needs a range"),
        ({"checked": "2026"}, "checked is a month such as '2026-11', not '2026'"),
        ({"checked": "2026-13"}, "checked is a month such as '2026-11', not '2026-13'"),
    ],
)
def test_a_bad_given_is_refused(changes, told):
    with pytest.raises(KscaleError, match=told.replace("?", r"\?")) as caught:
        a_given(**changes)
    assert "\n" not in str(caught.value)


def test_a_given_knows_when_it_was_last_read():
    assert a_given(checked="2026-11").checked == "2026-11"
    assert a_given().checked is None


def test_a_given_is_held_in_si():
    memory_power = a_given(value=3, unit="W/GB", kind="measured", low=2, high=4)
    assert (memory_power.value, memory_power.low, memory_power.high) == (3e-9, 2e-9, 4e-9)


def test_a_symbol_of_nobody_is_refused():
    with pytest.raises(KscaleError, match="x is no declared quantity"):
        derived("y", a_given() * sympy.Symbol("x"), "W", "power")


def test_a_division_by_zero_is_refused():
    power = a_given()
    with pytest.raises(KscaleError, match="divides by zero"):
        derived("y", power / (power - power), "1", "nothing")


def test_quantities_with_the_same_symbol_differ():
    assert a_given() != a_given()


def test_a_quantity_is_a_sympy_symbol():
    power = a_given()
    assert sympy.diff(power**2, power) == 2 * power
    assert sympy.sqrt(power**2) == power  # known to be positive


def test_whole_rounds_half_up():
    assert [whole(sympy.Rational(n, 2)) for n in (1, 3, 4)] == [1, 2, 2]


def test_a_declaration_is_not_pickled_silently():
    with pytest.raises(TypeError, match="declaration"):
        pickle.dumps(a_given())

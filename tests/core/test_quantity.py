"""Declarations: what is refused, in one line that says why."""

import math
import pickle
import re

import pytest
import sympy

from kscale_nb import MODEL, KscaleError, derived, given, whole


def a_given(**changes):
    facts = dict(symbol="P", value=100, unit="W", meaning="power", kind="premise", source="k1s1ai")
    return given(**{**facts, **changes})


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": "guess"}, "unknown kind 'guess'"),
        ({"source": ""}, "needs a source"),
        ({"unit": "Wat"}, "unknown unit 'Wat'"),
        ({"unit": "W/?"}, "is not a unit"),
        ({"value": math.nan}, "outside its range"),
        ({"value": -1}, "must be positive"),
        ({"low": 200, "high": 300}, "outside its range 200 to 300"),
        ({"low": 300, "high": 200}, "its range runs backwards"),
        ({"value": "3"}, "'3' is not a number"),
        ({"kind": "measured"}, "needs a range"),
        ({"sign": "bogus"}, "unknown sign 'bogus': expected one of positive, nonnegative, real"),
        ({"unit": "B"}, "unit 'B' may be byte or billion: write 'byte', or 'billion'"),
        ({"value": 1e308, "unit": "GW"}, "must be finite numbers in SI"),
        ({"value": 10**400}, "must be finite numbers in SI"),
    ],
)
def test_a_bad_given_is_refused(changes, told):
    with pytest.raises(KscaleError, match=told.replace("?", r"\?")) as caught:
        a_given(**changes)
    assert "\n" not in str(caught.value)


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


FACTS = sorted(vars(a_given()).keys() - {"name_given"})


@pytest.mark.parametrize("fact", [*FACTS, "identifier", "is_positive", "valeu"])
def test_what_is_declared_is_not_changed_by_hand(fact):
    power = a_given()
    before = (dict(vars(power)), hash(power), MODEL.value("logic_power"))
    for quantity in (power, MODEL["computing_share"], MODEL["logic_power"]):
        told = f"{quantity} is declared, and its {fact} stays: a what-if is MODEL.value(..., {quantity}="
        with pytest.raises(KscaleError, match=f"^{re.escape(told)}"):
            setattr(quantity, fact, 0.10)
    assert (dict(vars(power)), hash(power), MODEL.value("logic_power")) == before


def test_a_changed_value_is_told_as_the_change_to_ask_for():
    with pytest.raises(KscaleError, match=r"MODEL.value\(..., computing_share=0.1\)$"):
        MODEL["computing_share"].value = 0.10


def test_whole_rounds_half_up():
    assert [whole(sympy.Rational(n, 2)) for n in (1, 3, 4)] == [1, 2, 2]


def test_a_declaration_is_not_pickled_silently():
    with pytest.raises(TypeError, match="declaration"):
        pickle.dumps(a_given())


@pytest.mark.parametrize("text", ["__import__('os').system('true')", "x + 1", "1", "", None, True, [1]])
def test_text_is_no_expression_and_is_never_run(text):
    with pytest.raises(KscaleError, match="is no expression: combine quantities and numbers") as caught:
        derived("y", text, "1", "nothing")
    assert "\n" not in str(caught.value)


def test_a_text_handed_in_is_not_run(tmp_path):
    with pytest.raises(KscaleError):
        derived("y", f"open({str(tmp_path / 'made')!r}, 'w')", "1", "nothing")
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize(
    "expression",
    [
        sympy.erf(a_given() / a_given()),
        sympy.Function("exec")(a_given()),
        sympy.Piecewise((1, a_given() > 1), (2, True)),
    ],
)
def test_a_function_that_no_reading_knows_is_refused(expression):
    with pytest.raises(KscaleError, match=r"no reading knows .*: use sqrt, log, exp, Max, Min, whole"):
        derived("y", expression, "1", "nothing")


def test_a_derivation_in_a_bad_sign_or_unit_is_refused():
    with pytest.raises(KscaleError, match="unknown sign 'positiv': did you mean 'positive'"):
        derived("y", a_given() * 1, "W", "power", sign="positiv")
    with pytest.raises(KscaleError, match="may be byte or billion"):
        derived("y", a_given() * 1, "B", "power")


def test_only_an_input_in_per_cent_is_a_share():
    share = a_given(value=5, unit="%")
    assert (
        share.is_share
        and not derived("y", 1 - share, "%", "rest").is_share
        and not a_given(value=0.5, unit="1").is_share
    )


def test_a_quantity_bears_its_symbol_until_a_model_names_it():
    power = a_given()
    assert (power.identifier, str(power)) == ("P", "P")


def test_whole_is_a_positive_whole_number_and_is_set_as_one():
    rows = whole(sympy.Symbol("x", positive=True))
    assert rows.is_integer and rows.is_positive
    assert sympy.latex(rows) == r"\left\lfloor x \right\rceil"
    assert sympy.latex(rows**2) == r"\left\lfloor x \right\rceil^{2}"

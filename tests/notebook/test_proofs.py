"""A proof passes where both sides are equal, and says both where they are not."""

import pytest
import sympy

from kscale_nb import MODEL, KscaleError
from kscale_nb.notebook import as_printed, proved, same, scenario


def test_a_derivation_in_derived_quantities_is_compared_in_them():
    power, efficiency = MODEL["logic_power"], MODEL["logic_efficiency"]
    assert proved(power * efficiency, "logic_throughput") == sympy.Eq(
        MODEL["logic_throughput"], power * efficiency, evaluate=False
    )


def test_a_wrong_derivation_says_what_was_derived_and_what_is_declared():
    with pytest.raises(
        AssertionError, match=r"computing_power.*derived is 2\*K1_power.*declares K1_power\*computing_share"
    ):
        proved(2 * MODEL["K1_power"], "computing_power")


def test_an_unknown_name_is_told_with_the_nearest():
    with pytest.raises(KscaleError, match="computing_power"):
        proved(MODEL["K1_power"], "computing_powr")


def test_two_ways_that_differ_are_both_told():
    x = sympy.Symbol("x")
    same((x + 1) ** 2, x**2 + 2 * x + 1)
    with pytest.raises(AssertionError, match=r"one gives x\*\*2, the other 2\*x"):
        same(x**2, 2 * x)


def test_numbers_are_the_same_to_a_relative_error_and_no_further():
    same(1.0009, 1, within=1e-3)
    with pytest.raises(AssertionError, match=r"to 0.001: one gives 1.0011, the other 1"):
        same(1.0011, 1, within=1e-3)
    with pytest.raises(AssertionError):
        same(float("nan"), 1, within=1)


def test_under_a_scenario_a_miss_names_the_changes_and_what_is_printed_is_not_asked():
    try:
        scenario(computing_share="10%")
        with pytest.raises(AssertionError, match=r"but for computing_share = 10%\.$"):
            same(2, 1)
        as_printed(False, "nothing")
    finally:
        scenario()
    with pytest.raises(AssertionError, match=r"Both assume the book's premises\.$"):
        same(2, 1)
    with pytest.raises(AssertionError, match="as the documents print it, nothing"):
        as_printed(False, "nothing")

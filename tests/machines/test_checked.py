"""Numbers as machines are told them: what is taken, what is refused, and the line that says so."""

import math
from fractions import Fraction

import numpy as np
import pytest

from kscale_nb import KscaleError
from kscale_nb.machines.checked import number


@pytest.mark.parametrize("value", [3, 3.0, np.int8(3), np.float32(3), np.uint64(3), Fraction(3)])
def test_a_number_of_any_kind_is_a_float_or_a_whole_one(value):
    assert number("x", value, 3, 3) == 3 and type(number("x", value)) is float
    assert number("x", value, whole=True) == 3 and type(number("x", value, whole=True)) is int


def test_a_number_too_large_is_refused_and_not_printed():
    with pytest.raises(KscaleError, match=r"^x: a finite number is expected, not 1000.{1,60}$"):
        number("x", 10**400)


@pytest.mark.parametrize(
    ("bounds", "value", "line"),
    [
        ({}, math.nan, "x: a finite number is expected, not nan"),
        ({"low": 0}, -1, "x: a finite number from 0 on is expected, not -1"),
        ({"low": 0, "high": 1}, 1.5, "x: a finite number from 0 to 1 is expected, not 1.5"),
        ({"above": 0}, 0, "x: a finite number above 0 is expected, not 0"),
        ({"above": 0, "high": 1, "unit": "1"}, 2, "x: a finite number above 0 and up to 1 is expected, not 2"),
        ({"high": 1, "unit": "W"}, 2, "x: a finite number up to 1 [W] is expected, not 2"),
        ({"low": 1, "high": 1e18, "whole": True}, 1.5, "x: a whole number from 1 to 1e+18 is expected, not 1.5"),
        ({"above": 0}, True, "x: a finite number above 0 is expected, not True"),
        ({"above": 0}, "3", "x: a finite number above 0 is expected, not '3'"),
        ({"above": 0}, np.array([3.0]), "x: a finite number above 0 is expected, not array([3.])"),
    ],
)
def test_anything_else_is_refused_in_a_line(bounds, value, line):
    with pytest.raises(KscaleError) as refused:
        number("x", value, **bounds)
    assert str(refused.value) == line

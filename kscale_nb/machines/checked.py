"""Numbers as callers give them: Python's and numpy's alike, and nothing that only looks like one."""

from __future__ import annotations

import math
import numbers

import numpy as np


def real_number(value) -> float:
    """A real number as a float: infinite where it is too large for one, NaN for anything else.

    >>> real_number(np.int64(5)), real_number(10**400), real_number("5"), real_number(True)
    (5.0, inf, nan, nan)
    """
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def shown(value) -> str:
    """A value as an error line shows it, cut where it is long.

    >>> shown("volt"), shown(10**400)
    ("'volt'", '100000000000000000000...')
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**300:
        value = value // 10 ** (value.bit_length() * 3 // 10 - 40)  # Python prints no integer of thousands of digits
        return f"{str(value)[:21]}..."
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."

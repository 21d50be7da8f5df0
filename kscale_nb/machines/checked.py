"""Numbers as callers give them: Python's and numpy's alike, and nothing that only looks like one."""

from __future__ import annotations

import math
import numbers

import numpy as np

from kscale_nb.errors import echoed as shown  # noqa: F401


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

"""Numbers as callers give them: Python's and numpy's alike, and nothing that only looks like one."""

from __future__ import annotations

import math
import numbers

import numpy as np

from kscale_nb.errors import KscaleError, echoed


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


def is_endless(value) -> bool:
    """Whether a value is the infinity of floats, and not a whole number that is only too large for one.

    >>> is_endless(math.inf), is_endless(10**400)
    (True, False)
    """
    return isinstance(value, float | np.floating) and bool(value == math.inf)


def number(
    name: str,
    value,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    above: float | None = None,
    whole: bool = False,
    unit: str = "",
) -> float:
    """A finite number from `low`, or `above` a limit, up to `high`, as a float; as an int where it must be `whole`.

    Raises KscaleError in a line that says which numbers are expected.

    >>> number("days", np.int64(3), above=0), number("modules", 10.0, 1, whole=True)
    (3.0, 10)
    >>> number("power", "1e16", above=0, unit="W")
    Traceback (most recent call last):
        ...
    kscale_nb.errors.KscaleError: power: a finite number above 0 [W] is expected, not '1e16'
    """
    real = real_number(value)
    fits = math.isfinite(real) and low <= real <= high and (above is None or real > above)
    if fits and (not whole or real.is_integer()):
        return int(value) if whole else real
    ends = f"to {high:g}" if high < math.inf else ""
    if above is not None:
        span = f" above {above:g}" + (ends and f" and up {ends}")
    else:
        span = f" from {low:g} {ends or 'on'}" if low > -math.inf else ends and f" up {ends}"
    kind = f"a {'whole' if whole else 'finite'} number{span}{f' [{unit}]' * (unit not in ('', '1'))}"
    raise KscaleError(f"{name}: {kind} is expected, not {echoed(value)}")

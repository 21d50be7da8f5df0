"""How an input is uncertain: a shape through its value and its range, by a written rule or as stated.

The rule, for an input with a range:

1. What is `measured` or an `estimate` is drawn. What is defined, chosen by a document or by us, told in a story or
   recovered is known: its range is what a reader may try.
2. The value is the median. The range of what is measured holds 95 % of the draws, that of an estimate 80 %.
3. The shape is normal on either side of the median: in the log-odds for a share, or a plain number whose range lies
   below 1 (logit-normal); in the logarithm for whatever else is positive (lognormal).
4. Where the value is an end of its range, or the range reaches 0 or all of it, nothing lies beyond: a triangle over
   the range with its peak at the value, in the logarithm where that exists.
5. What is measured to 1 % or better, from one end of its range to the other, is drawn as all else, yet is a constant:
   what rests on constants and premises alone is a sum, to which no error of a model is added.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtr, ndtri

from kscale_nb.errors import KscaleError, check_known, echoed
from kscale_nb.quantity import Quantity
from kscale_nb.units import same_dimension, value_text

BEYOND = {"measured": 0.025, "estimate": 0.1}  # share of the draws below the range, and above it
NARROW = 1.01  # of a constant: the upper end of its range over the lower, at most
BIGGEST = sys.float_info.max
PLAIN, LOGARITHM = (np.asarray, np.asarray), (np.log, np.exp)
# Each shape is drawn in a coordinate: the way there, and back.
SHAPES = {
    "normal": PLAIN, "lognormal": LOGARITHM, "logit-normal": (logit, expit),
    "triangular": PLAIN, "log-triangular": LOGARITHM, "uniform": PLAIN, "log-uniform": LOGARITHM,
}  # fmt: skip
OPEN = {"normal": (-math.inf, math.inf), "lognormal": (0.0, math.inf), "logit-normal": (0.0, 1.0)}


@dataclass(frozen=True)
class Distribution:
    """A shape through three numbers [SI]: of an open one two quantiles with the median between, else ends and peak.

    `beyond` is the share of the draws below `low`, and above `high`, of a shape that is open there.
    Raises KscaleError for an unknown shape, or numbers that it cannot go through.

    >>> wealth = Distribution("lognormal", 1, 10, 1000)
    >>> [float(wealth.quantile(share).round(6)) for share in (0.1, 0.5, 0.9)]
    [1.0, 10.0, 1000.0]
    """

    shape: str
    low: float
    middle: float
    high: float
    beyond: float = 0.1

    def __post_init__(self):
        check_known("shape", self.shape, SHAPES)
        for number in (self.low, self.middle, self.high, self.beyond):
            is_number = isinstance(number, int | float | np.number) and not isinstance(number, bool)
            if not is_number or (isinstance(number, int) and abs(number) > BIGGEST):
                raise KscaleError(f"a distribution goes through finite numbers, not {echoed(number)}")
        ends = f"{self.low:g}, {self.middle:g}, {self.high:g}"
        if not all(map(math.isfinite, (self.low, self.middle, self.high))):
            raise KscaleError(f"a distribution goes through finite numbers, not {ends}")
        if not (self.low <= self.middle <= self.high and self.low < self.high):
            raise KscaleError(f"a distribution goes through rising numbers, not {ends}")
        least, most = OPEN.get(self.shape, (0.0 if self.shape.startswith("log") else -math.inf, math.inf))
        if not (least < self.low and self.high < most):
            raise KscaleError(f"a {self.shape} distribution lies within {least:g} and {most:g}, not {ends}")
        if not 0 < self.beyond < 0.5:
            raise KscaleError(f"the share beyond either end lies between 0 and 0.5, not {self.beyond:g}")

    @property
    def support(self) -> tuple[float, float]:
        """The ends that no draw is beyond; those of an open shape are never reached."""
        return OPEN.get(self.shape, (self.low, self.high))

    def of_normal(self, normal: np.ndarray) -> np.ndarray:
        """The draws that stand where standard normal ones do: a greater one gives a greater one."""
        there, back = SHAPES[self.shape]
        low, middle, high = (float(there(number)) for number in (self.low, self.middle, self.high))
        if self.shape in OPEN:
            place = np.where(np.less(normal, 0), middle - low, high - middle) / -ndtri(self.beyond)
            place *= normal  # in place: this is what drawing takes longest for
            place += middle
            return back(place)
        share, width = ndtr(normal), high - low
        if "uniform" in self.shape:
            place = low + width * share
        else:
            rising, falling = np.sqrt(share * width * (middle - low)), np.sqrt((1 - share) * width * (high - middle))
            place = np.where(share * width < middle - low, low + rising, high - falling)
        return np.clip(back(place), self.low, self.high)

    def quantile(self, share):
        """The number below which so great a share of the draws lies."""
        return self.of_normal(ndtri(share))

    def told(self, unit: str) -> str:
        """The distribution in words, its numbers in a unit."""
        low, middle, high = (value_text(n, unit, 4, trailing_zeros=False) for n in (self.low, self.middle, self.high))
        if "uniform" in self.shape:
            return f"{self.shape} from {low} to {high}"
        if self.shape not in OPEN:
            return f"{self.shape} from {low} to {high}, peak at {middle}"
        return f"{self.shape}, median {middle}, {100 - 200 * self.beyond:g}% within {low} to {high}"


def by_rule(quantity: Quantity) -> Distribution | None:
    """The distribution of an input by the rule at the head of this module; None of what is known.

    >>> from kscale_nb import MODEL
    >>> by_rule(MODEL["human_text_stock"]).told("T")
    'lognormal, median 300 T, 80% within 100 T to 1,000 T'
    >>> by_rule(MODEL["batch_exponent"]).told("1")
    'triangular from 0 to 0.6, peak at 0.5'
    """
    low, value, high = quantity.low, quantity.value, quantity.high
    if quantity.provenance not in BEYOND or low == high:
        return None
    is_share = quantity.is_share or (high < 1 and same_dimension(quantity.unit, "1"))
    if value in (low, high) or low == 0 or (quantity.is_share and high >= 1):
        shape = "log-triangular" if low > 0 else "triangular"
    else:
        shape = "normal" if low < 0 else "logit-normal" if is_share else "lognormal"
    return Distribution(shape, low, value, high, BEYOND[quantity.provenance])


def is_constant(quantity: Quantity, found: Distribution) -> bool:
    """Whether an input is known so narrowly that no model errs by resting on it, by rule 5 of this module.

    >>> from kscale_nb import MODEL
    >>> [is_constant(MODEL[name], by_rule(MODEL[name])) for name in ("solar_constant", "iron_density")]
    [True, False]
    """
    return quantity.provenance == "measured" and found.low > 0 and found.high <= NARROW * found.low


def check_fits(name: str, quantity: Quantity, support: tuple[float, float], what: str, is_open: bool = False) -> None:
    """Raise KscaleError where draws reach a value that the quantity cannot have; an open end is not reached."""
    low, high = support
    least = "positive" if quantity.is_positive else "at least 0"
    if (quantity.is_nonnegative and low < 0) or (quantity.is_positive and low == 0 and not is_open):
        raise KscaleError(f"{name} must be {least}, and a {what} distribution reaches {low:g}")
    if quantity.is_share and high > 1:
        most = "is a share and cannot exceed 100%"
        raise KscaleError(f"{name} {most}, and a {what} distribution reaches {100 * high:g}%")

"""What is kept of draws that are not: a histogram, an exact sum, ends; the same however the draws were split."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

MANTISSA, KEPT = 52, 10  # bits of a float's fraction, and those that tell one bin from the next
RESOLUTION = 2.0**-KEPT  # width of a bin over its lower end, at most


class Bins:
    """Counts by the leading bits of positive floats, which rise as the floats do: 1,024 bins to a factor of two."""

    def __init__(self):
        self.first, self.counts = 0, np.zeros(0, np.int64)

    def add(self, sizes: np.ndarray) -> None:
        keys = sizes.view(np.int64) >> (MANTISSA - KEPT)
        first = int(keys.min())
        self.merge(first, np.bincount(keys - first))

    def merge(self, first: int, counts: np.ndarray) -> None:
        if not len(self.counts):
            self.first, self.counts = first, counts
            return
        start, end = min(first, self.first), max(first + len(counts), self.first + len(self.counts))
        if end - start > len(self.counts):
            wider = np.zeros(end - start, np.int64)
            wider[self.first - start : self.first - start + len(self.counts)] = self.counts
            self.first, self.counts = start, wider
        self.counts[first - self.first : first - self.first + len(counts)] += counts


class Tally:
    """The summary of one quantity's draws.

    >>> tally = Tally([1, 2, 4, -8])
    >>> tally.mean, tally.quantile(0), tally.quantile(1)
    (-0.25, -8.0, 4.0)
    """

    def __init__(self, draws: Iterable[float] = ()):
        self.below, self.above = Bins(), Bins()  # sizes of what is below 0, and of what is not
        self.number, self.impossible, self.lowest, self.highest = 0, 0, math.inf, -math.inf
        # Sums of blocks, in units of the least float: whole, so that their order is all one; and of what is infinite.
        self._sum, self._endless = 0, 0.0
        if draws:
            self.add(np.array(draws, float))

    def add(self, draws: np.ndarray) -> None:
        """Take in a block of draws, of which those that are NaN are counted apart."""
        lowest = float(draws.min())
        if math.isnan(lowest):
            there = draws[~np.isnan(draws)]
            self.impossible += len(draws) - len(there)
            return self.add(there) if len(there) else None
        highest = float(draws.max())
        if lowest >= 0:
            self.above.add(np.abs(draws) if lowest == 0 else draws)  # of -0.0, too
        else:
            self.below.add(-draws[draws < 0])
            if highest >= 0:
                self.above.add(np.abs(draws[draws >= 0]))
        self.number += len(draws)
        self.lowest, self.highest = min(self.lowest, lowest), max(self.highest, highest)
        with np.errstate(over="ignore", invalid="ignore"):
            total = float(draws.sum())
        if math.isfinite(total):
            numerator, denominator = total.as_integer_ratio()
            self._sum += numerator << (1074 - (denominator.bit_length() - 1))
        else:
            self._endless += total

    def merge(self, other: Tally) -> None:
        """Take in another's draws."""
        for mine, its in ((self.below, other.below), (self.above, other.above)):
            if len(its.counts):
                mine.merge(its.first, its.counts)
        self.number, self.impossible = self.number + other.number, self.impossible + other.impossible
        self.lowest, self.highest = min(self.lowest, other.lowest), max(self.highest, other.highest)
        self._sum, self._endless = self._sum + other._sum, self._endless + other._endless

    @property
    def mean(self) -> float:
        return self._endless if self._endless else self._sum / (self.number << 1074)

    def quantile(self, share: float) -> float:
        """A number in the same bin as the draw below which this share of them lies: within 0.1 % of it."""
        rank = min(max(math.ceil(share * self.number), 1), self.number)  # 1 is the least
        is_below = rank <= (negative := int(self.below.counts.sum()))
        bins = self.below if is_below else self.above
        rank = negative + 1 - rank if is_below else rank - negative  # of sizes
        upto = np.cumsum(bins.counts)
        at = int(np.searchsorted(upto, rank))
        keys = np.array([bins.first + at, bins.first + at + 1], np.int64)
        low, high = (keys << (MANTISSA - KEPT)).view(np.float64)
        part = (rank - (upto[at] - bins.counts[at]) - 0.5) / bins.counts[at]
        size = low + part * (high - low) if math.isfinite(high) else low
        return float(min(max(-size if is_below else size, self.lowest), self.highest))

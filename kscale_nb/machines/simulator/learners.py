"""Maps that are learnt from trajectories by least squares, and roll-outs of any map as next-state prediction."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from kscale_nb.errors import KscaleError


def monomials(numbers: np.ndarray, degree: int) -> np.ndarray:
    """All products of at most so many numbers of each row, 1 the first: (rows, products).

    >>> monomials(np.array([[2.0, 3.0]]), 2).tolist()
    [[1.0, 2.0, 3.0, 4.0, 6.0, 9.0]]
    """
    columns = {(): np.ones_like(numbers[:, 0])}
    for size in range(1, degree + 1):
        for chosen in combinations_with_replacement(range(numbers.shape[1]), size):
            columns[chosen] = numbers[:, chosen[-1]] if size == 1 else columns[chosen[:-1]] * numbers[:, chosen[-1]]
    return np.stack(list(columns.values()), axis=1)


@dataclass(frozen=True)
class PolynomialMap:
    """The next state as the last one and a polynomial of the last few, by weights (products, numbers).

    With one lag it is a polynomial map; with two and degree 2 it is the next-generation reservoir of Gauthier and
    others (2021); with one and degree 1 a matrix. Numbers are counted from their mean in units of their spread.
    """

    lags: int
    degree: int
    mean: np.ndarray
    spread: np.ndarray
    weights: np.ndarray

    def next(self, window: np.ndarray) -> np.ndarray:
        """The state after each window (members, at least `lags`, numbers): (members, numbers)."""
        told = (window[:, -self.lags :] - self.mean) / self.spread
        products = monomials(told.reshape(len(told), -1), self.degree)
        return window[:, -1] + products @ self.weights * self.spread


def windows(tracks: np.ndarray, size: int) -> np.ndarray:
    """Every stretch of so many states in trajectories (members, states, numbers): (stretches, size, numbers)."""
    if tracks.ndim != 3 or tracks.shape[1] < size or size < 1:
        raise KscaleError(f"trajectories of at least {size} states are expected, not an array of {tracks.shape}")
    found = np.lib.stride_tricks.sliding_window_view(tracks, size, axis=1)
    return found.transpose(0, 1, 3, 2).reshape(-1, size, tracks.shape[2])


def fitted(tracks: np.ndarray, lags: int, degree: int, ridge: float, most: int = 20_000) -> PolynomialMap:
    """The polynomial map with the least squares of error over trajectories, and `ridge` times those of its weights.

    At most so many stretches are used, evenly chosen. Raises KscaleError for trajectories that are too short or hold
    what is not finite, and for a degree or ridge that cannot be.
    """
    if degree < 1 or lags < 1 or not ridge >= 0:
        raise KscaleError(f"a degree and lags from 1 and a ridge from 0 are expected, not {degree}, {lags}, {ridge}")
    if not np.isfinite(tracks).all():
        raise KscaleError("trajectories: a number that is not finite was found")
    stretches = windows(tracks, lags + 1)
    stretches = stretches[:: max(1, len(stretches) // most)]
    products = math.comb(lags * tracks.shape[2] + degree, degree)
    if len(stretches) < products:
        raise KscaleError(f"{products} products need as many stretches at least, and there are {len(stretches)}")
    flat = tracks.reshape(-1, tracks.shape[2])
    mean, spread = flat.mean(axis=0), flat.std(axis=0)
    told = (stretches - mean) / spread
    asked = monomials(told[:, :-1].reshape(len(told), -1), degree)
    rows = np.concatenate([asked, np.sqrt(ridge * len(told)) * np.eye(products)])
    wanted = np.concatenate([told[:, -1] - told[:, -2], np.zeros((products, len(mean)))])
    return PolynomialMap(lags, degree, mean, spread, np.linalg.lstsq(rows, wanted, rcond=None)[0])


def rolled(learnt, window: np.ndarray, steps: int, stored: Callable | None = None) -> np.ndarray:
    """The states that follow each window (members, states, numbers), each foretold from those before it.

    `stored` is what keeping a state makes of it, such as a `Grid`. What has grown beyond all bounds is not a number.
    Returns (members, steps, numbers).
    """
    if window.ndim != 3 or window.shape[1] < learnt.lags:
        raise KscaleError(f"a window (members, {learnt.lags} or more states, numbers) is expected, not {window.shape}")
    track = []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps):
            state = learnt.next(window)
            state = np.where(np.abs(state) < 1e6, state, np.nan) if stored is None else stored(state)
            window = np.concatenate([window[:, 1:], state[:, None]], axis=1)
            track.append(state)
    return np.stack(track, axis=1)


@dataclass(frozen=True)
class Grid:
    """Numbers of so many bits: 2^bits steps over `span` spreads about the mean, the nearest taken.

    >>> Grid(np.zeros(1), np.ones(1), bits=2)(np.array([0.9, 1.1, -6.5])).tolist()
    [0.0, 2.0, -6.0]
    """

    mean: np.ndarray
    spread: np.ndarray
    bits: int
    span: float = 8.0

    def __post_init__(self):
        if not 1 <= self.bits <= 45:
            raise KscaleError(f"bits of a number: 1 to 45 are expected, not {self.bits}")

    def __call__(self, state: np.ndarray) -> np.ndarray:
        cell = self.span * self.spread / 2.0**self.bits
        return self.mean + cell * np.rint((state - self.mean) / cell)


def _counting(operation: Callable) -> Callable:
    def counted(*numbers):
        Counted.done += 1
        return Counted(operation(*map(float, numbers)))

    return counted


class Counted:
    """A number that counts the operations done on it and its like, so that any code tells its own cost."""

    __slots__ = ("value",)
    done = 0

    def __init__(self, value: float):
        self.value = float(value)

    def __float__(self):
        return self.value

    def __neg__(self):
        return Counted(-self.value)

    __add__ = __radd__ = _counting(operator.add)
    __mul__ = __rmul__ = _counting(operator.mul)
    __sub__, __rsub__ = _counting(operator.sub), _counting(lambda one, other: other - one)
    __truediv__, __rtruediv__ = _counting(operator.truediv), _counting(lambda one, other: other / one)
    sqrt, exp = _counting(math.sqrt), _counting(math.exp)


def flop_of(learnt, window: np.ndarray) -> int:
    """Operations on single numbers in one step of a map from the window (states, numbers), roots and exponentials too.

    >>> from kscale_nb.machines.simulator.systems import LORENZ, Integrator
    >>> flop_of(Integrator(LORENZ), np.ones((1, 3)))
    68
    """
    Counted.done = 0
    learnt.next(np.vectorize(Counted, otypes=[object])(window)[None])
    return Counted.done

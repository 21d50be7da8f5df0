"""What is measured of a roll-out: errors, how long they stay small, drift of energy; and what a short code keeps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kscale_nb.errors import KscaleError
from kscale_nb.machines.simulator.learners import Grid, rolled
from kscale_nb.machines.simulator.systems import System

THRESHOLD = 0.4  # of the spread, the error at which a forecast is over


def errors(foretold: np.ndarray, truth: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """Root mean square over the numbers of a state, each in units of its spread: (members, steps)."""
    return np.sqrt((((foretold - truth) / spread) ** 2).mean(axis=-1))


def valid_steps(error: np.ndarray, threshold: float = THRESHOLD) -> np.ndarray:
    """Steps of each member before its error first exceeds the threshold; what is no number exceeds it.

    >>> valid_steps(np.array([[0.1, 0.5, 0.1], [0.1, 0.2, 0.3], [np.nan, 0, 0]])).tolist()
    [1, 3, 0]
    """
    over = ~(error <= threshold)
    return np.where(over.any(axis=1), over.argmax(axis=1), error.shape[1])


def valid_time(learnt, tracks: np.ndarray, step: float, told: int = 8, start=None) -> float:
    """Median time for which a map foretells trajectories from their first few states, or from what `start` tells."""
    foretold = rolled(learnt, tracks[:, :told] if start is None else start, tracks.shape[1] - told)
    return float(np.median(valid_steps(errors(foretold, tracks[:, told:], tracks.std(axis=(0, 1)))))) * step


def horizons(
    learnt, starts: np.ndarray, bits: Sequence[int], steps: int, step: float, statistics: tuple, each_step=True
) -> list[float]:
    """Median time after which a map whose states have so many bits has left its own path in full precision.

    The states are rounded at each step, or only the first of them. `statistics` are the mean and the spread of the
    numbers, on whose `Grid` they are kept.
    """
    exact = rolled(learnt, starts, steps)
    found = []
    for number in bits:
        grid = Grid(*statistics, number)
        rounded = rolled(learnt, grid(starts), steps, grid if each_step else None)
        reached = valid_steps(errors(rounded, exact, statistics[1]))
        if np.median(reached) >= steps:
            raise KscaleError(f"{number} bits are good for more than {steps} steps: let it run longer")
        found.append(float(np.median(reached)) * step)
    return found


def drift(system: System, tracks: np.ndarray, start: np.ndarray) -> np.ndarray:
    """How far the energy of each state (members, steps, numbers) is from that of the start, over it."""
    if system.energy is None:
        raise KscaleError(f"{system.name}: no energy is conserved")
    return np.abs(system.energy(tracks) / system.energy(start)[:, None] - 1)


def drawn_rows(states: np.ndarray, width: int, seed: int = 1) -> np.ndarray:
    """A linear code of so many directions (width, numbers), drawn by chance, at right angles to each other."""
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(states.shape[1], width)))[0].T


def trained_rows(states: np.ndarray, width: int, rounds: int = 100, seed: int = 1) -> np.ndarray:
    """A linear autoencoder, its writer and its reader fitted by least squares in turn, from a start by chance."""
    rows = drawn_rows(states, width, seed)
    states = np.linalg.qr(states, mode="r")  # has the same squares of error, in as many rows as there are numbers
    for _ in range(rounds):
        code = np.linalg.lstsq(rows.T, states.T, rcond=None)[0]  # the reader that suits the writer best
        rows = np.linalg.lstsq(code.T, states, rcond=None)[0]  # and the writer that suits this reader
    return np.linalg.qr(rows.T)[0].T


CODES = {"by chance": drawn_rows, "trained": trained_rows}


def code_error(code: str, learnt_from: np.ndarray, states: np.ndarray, width: int, bits: int | None = None) -> float:
    """Root mean square error, over the spread, of states that pass through a code of so many numbers of so many bits.

    Raises KscaleError for a width of none or of more than the numbers of a state.
    """
    if not 1 <= width <= states.shape[1]:
        raise KscaleError(f"width of the code: 1 to {states.shape[1]} is expected, not {width}")
    mean, spread = learnt_from.mean(axis=0), learnt_from.std(axis=0)
    known, told = (learnt_from - mean) / spread, (states - mean) / spread
    rows = CODES[code](known, width)
    kept = told @ rows.T
    if bits is not None:
        kept = Grid(np.zeros(width), (known @ rows.T).std(axis=0), bits)(kept)
    return float(np.sqrt(((kept @ rows - told) ** 2).mean()))

"""Four systems that move: their equations, their integrators, and trajectories to learn from and to be judged by.

A state is one row of numbers; of a mechanical system first all places, then all velocities. Only additions, products
and quotients of single numbers and square roots are used, which every processor rounds alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kscale_nb.errors import KscaleError

FINE = 40  # parts of a step from which the trajectories are made that all else is compared with


@dataclass(frozen=True)
class System:
    """A system of so many `numbers`: the `rate` at which a state changes, and states to `start` from.

    `step` is the time between two states of a trajectory, and `settling` the steps before the first that counts.
    `energy` is missing where nothing is conserved.
    """

    name: str
    numbers: int
    step: float
    rate: Callable[[np.ndarray], np.ndarray]
    start: Callable[[np.random.Generator, int], np.ndarray]
    energy: Callable[[np.ndarray], np.ndarray] | None = None
    settling: int = 0


def rk4(rate, state: np.ndarray, step: float) -> np.ndarray:
    """The state after a step by the classical method of Runge and Kutta, whose error falls as the step's fourth power.

    >>> float(rk4(lambda x: x, np.array(1.0), 0.5).round(6))
    1.648438
    """
    first = rate(state)
    second = rate(state + step / 2 * first)
    third = rate(state + step / 2 * second)
    fourth = rate(state + step * third)
    return state + step / 6 * (first + 2 * (second + third) + fourth)


def leapfrog(rate, state: np.ndarray, step: float) -> np.ndarray:
    """The state of a mechanical system after half a drift, a kick and half a drift: second order, no drift of energy.

    >>> leapfrog(CHAIN.rate, np.zeros(32), 0.2).any()
    np.False_
    """
    places, velocities = np.split(state, 2, axis=-1)
    places = places + step / 2 * velocities
    _, pull = np.split(rate(np.concatenate([places, velocities], axis=-1)), 2, axis=-1)
    velocities = velocities + step * pull
    return np.concatenate([places + step / 2 * velocities, velocities], axis=-1)


@dataclass(frozen=True)
class Integrator:
    """The equations themselves as a map from the last state of a window to the next, each step in so many parts."""

    system: System
    method: Callable = rk4
    parts: int = 1
    lags: int = 1

    def __post_init__(self):
        if self.parts < 1:
            raise KscaleError(f"parts of a step: at least 1 is expected, not {self.parts}")

    def next(self, window: np.ndarray) -> np.ndarray:
        """The state after the last of each window (members, lags, numbers): (members, numbers)."""
        state = window[:, -1]
        for _ in range(self.parts):
            state = self.method(self.system.rate, state, self.system.step / self.parts)
        return state


def trajectories(system: System, members: int, states: int, seed: int, parts: int = FINE) -> np.ndarray:
    """So many trajectories of so many states, by RK4 in fine parts: (members, states, numbers).

    >>> trajectories(LORENZ, members=2, states=3, seed=1, parts=1).shape
    (2, 3, 3)
    """
    if members < 1 or states < 1:
        raise KscaleError(f"at least one trajectory of one state is expected, not {members} of {states}")
    fine = Integrator(system, parts=parts)
    state, track = system.start(np.random.default_rng(seed), members), []
    for number in range(system.settling + states):
        state = fine.next(state[:, None]) if number else state
        if number >= system.settling:
            track.append(state)
    return np.stack(track, axis=1)


# -- Lorenz: a caricature of convection, and the field's standard example of chaos ---------------------


def _lorenz(state: np.ndarray) -> np.ndarray:
    x, y, z = state[..., 0], state[..., 1], state[..., 2]
    return np.stack([10.0 * (y - x), x * (28.0 - z) - y, x * y - 8 / 3 * z], axis=-1)


LORENZ = System(
    "Lorenz", 3, 0.025, _lorenz, lambda chance, members: chance.uniform([-10, -10, 15], [10, 10, 35], (members, 3)),
    settling=400,
)  # fmt: skip

# -- a chain of 16 masses and springs between two walls: linear, and known in closed form --------------

MASSES = 16


def _stretches(places: np.ndarray) -> np.ndarray:
    return np.diff(places, axis=-1, prepend=0, append=0)


def _chain(state: np.ndarray) -> np.ndarray:
    places, velocities = np.split(state, 2, axis=-1)
    return np.concatenate([velocities, np.diff(_stretches(places), axis=-1)], axis=-1)


def _chain_energy(state: np.ndarray) -> np.ndarray:
    places, velocities = np.split(state, 2, axis=-1)
    return ((velocities * velocities).sum(axis=-1) + (_stretches(places) ** 2).sum(axis=-1)) / 2


CHAIN = System(
    "chain", 2 * MASSES, 0.2, _chain, lambda chance, members: chance.normal(size=(members, 2 * MASSES)), _chain_energy
)

# -- Kepler: one planet about a fixed sun, on ellipses of many shapes ----------------------------------


def _kepler(state: np.ndarray) -> np.ndarray:
    places, velocities = np.split(state, 2, axis=-1)
    squared = (places * places).sum(axis=-1, keepdims=True)
    return np.concatenate([velocities, -places / (squared * np.sqrt(squared))], axis=-1)


def _kepler_energy(state: np.ndarray) -> np.ndarray:
    places, velocities = np.split(state, 2, axis=-1)
    return (velocities * velocities).sum(axis=-1) / 2 - 1 / np.sqrt((places * places).sum(axis=-1))


def _perihelia(chance: np.random.Generator, members: int) -> np.ndarray:
    """Where planets are nearest: half axes of 0.8 to 1.2, eccentricities to 0.5, turned in all directions."""
    half_axis, eccentricity = chance.uniform(0.8, 1.2, members), chance.uniform(0, 0.5, members)
    angle = chance.uniform(0, 2 * np.pi, members)
    distance, speed = half_axis * (1 - eccentricity), np.sqrt((1 + eccentricity) / (1 - eccentricity) / half_axis)
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.stack([distance * cosine, distance * sine, -speed * sine, speed * cosine], axis=-1)


KEPLER = System("Kepler", 4, 0.1, _kepler, _perihelia, _kepler_energy)

# -- a gas of Lennard-Jones atoms held in a bowl, so that no number grows without end ------------------

ATOMS, BOWL, WARMTH = 8, 0.5, 1.5  # units of the potential: the bowl's stiffness, the temperature at the start


def _gaps(places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From each atom to each other, and the square of their distance; an atom is far from itself."""
    apart = places[..., :, None, :] - places[..., None, :, :]
    return apart, (apart * apart).sum(axis=-1) + 1e6 * np.eye(ATOMS)


def _gas(state: np.ndarray) -> np.ndarray:
    places, velocities = np.split(state, 2, axis=-1)
    atoms = places.reshape(*places.shape[:-1], ATOMS, 3)
    apart, squared = _gaps(atoms)
    sixth = 1 / (squared * squared * squared)
    pull = (((48 * sixth - 24) * sixth / squared)[..., None] * apart).sum(axis=-2) - BOWL * atoms
    return np.concatenate([velocities, pull.reshape(places.shape)], axis=-1)


def _gas_energy(state: np.ndarray) -> np.ndarray:
    places, velocities = np.split(state, 2, axis=-1)
    sixth = 1 / _gaps(places.reshape(*places.shape[:-1], ATOMS, 3))[1] ** 3
    bonds = 2 * (sixth * sixth - sixth).sum(axis=(-1, -2))  # each pair is there twice
    return ((velocities**2).sum(axis=-1) + BOWL * (places**2).sum(axis=-1)) / 2 + bonds


def _corners(chance: np.random.Generator, members: int) -> np.ndarray:
    """Atoms near the corners of a cube, with velocities of the temperature."""
    corners = np.array(np.meshgrid([-1.0, 1.0], [-1.0, 1.0], [-1.0, 1.0])).reshape(3, -1).T.ravel()
    places = corners + chance.uniform(-0.2, 0.2, (members, 3 * ATOMS))
    return np.concatenate([places, chance.normal(0, np.sqrt(WARMTH), (members, 3 * ATOMS))], axis=-1)


GAS = System("gas", 6 * ATOMS, 0.02, _gas, _corners, _gas_energy, settling=500)

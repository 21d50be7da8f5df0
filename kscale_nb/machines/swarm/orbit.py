"""How modules drift near L5, and what holding them in their region takes.

The Earth pulls on the swarm a million times less than the Sun's tide does; motion about the centre of the region is
that of Hill's equations (Clohessy and Wiltshire's), solved in closed form: x outward from the Sun, y along the orbit,
z out of its plane.
"""

from __future__ import annotations

import numpy as np


def drift(positions: np.ndarray, velocities: np.ndarray, motion: float, time: float) -> tuple[np.ndarray, np.ndarray]:
    """Positions [m] and velocities [m/s], shape (nodes, 3), after a time [s] at the orbit's angular speed [rad/s].

    >>> rest = drift(np.zeros((1, 3)), np.zeros((1, 3)), 2e-7, 1e6)
    >>> [array.tolist() for array in rest]
    [[[0.0, 0.0, 0.0]], [[0.0, 0.0, 0.0]]]
    """
    x, y, z = positions.T
    u, v, w = velocities.T
    s, c, nt = np.sin(motion * time), np.cos(motion * time), motion * time
    moved = np.column_stack([
        (4 - 3 * c) * x + s / motion * u + 2 * (1 - c) / motion * v,
        6 * (s - nt) * x + y - 2 * (1 - c) / motion * u + (4 * s - 3 * nt) / motion * v,
        c * z + s / motion * w,
    ])  # fmt: skip
    speeds = np.column_stack([
        3 * motion * s * x + c * u + 2 * s * v,
        -6 * motion * (1 - c) * x - 2 * s * u + (4 * c - 3) * v,
        -motion * s * z + c * w,
    ])  # fmt: skip
    return moved, speeds


def scatter(count: int, radius: float, motion: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Nodes at random in a sphere [m], at the speeds [m/s] on which they do not drift along the orbit."""
    directions = rng.normal(size=(count, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    positions = directions * radius * rng.random((count, 1)) ** (1 / 3)
    return positions, held(positions, motion)


def held(positions: np.ndarray, motion: float) -> np.ndarray:
    """The speeds on which nodes circle the centre once a year and do not drift away [m/s]."""
    x, y, z = positions.T
    return np.column_stack([motion * y / 2, -2 * motion * x, np.zeros_like(z)])


def keep(positions: np.ndarray, velocities: np.ndarray, radius: float, motion: float) -> tuple[np.ndarray, np.ndarray]:
    """Push those nodes back that are outside and leaving: new velocities, and each node's change of speed [m/s].

    They are set on the way that does not drift, and turned inward along the radius.
    """
    outward = np.einsum("ij,ij->i", positions, velocities)
    leaving = (np.linalg.norm(positions, axis=1) > radius) & (outward > 0)
    kept = velocities.copy()
    if leaving.any():
        place = positions[leaving]
        wanted = held(place, motion)
        unit = place / np.linalg.norm(place, axis=1, keepdims=True)
        speed = np.einsum("ij,ij->i", unit, wanted)
        kept[leaving] = wanted - unit * (speed + np.abs(speed))[:, None]
    return kept, np.linalg.norm(kept - velocities, axis=1)

"""How bodies move about L5, and where light pressure moves the equilibrium.

The restricted problem of three bodies, linear about L5: x outward from the Sun, y along the orbit, z out of its plane.
An epicycle is twice as long along the orbit as across it, so a swarm that keeps its shape is an ellipsoid, not a ball.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy.linalg import expm

from kscale_nb import MODEL
from kscale_nb.machines.checked import number

EARTH_OVER_SUN = 1 / MODEL.value("sun_over_earth")
AXES = np.array([1.0, 2.0, 2.0]) / 4 ** (1 / 3)  # of the ellipsoid, in radii of the ball of the same volume


@lru_cache(maxsize=16)
def transition(motion: float, time: float, mass_ratio: float = EARTH_OVER_SUN) -> np.ndarray:
    """The matrix (6, 6) that carries positions [m] and velocities [m/s] about L5 over a time [s] at a motion [rad/s].

    The forces are those of Murray and Dermott's chapter on the restricted problem, turned to the Sun's direction.
    """
    toward_sun, toward_earth = np.array([1.0, 0.0]), np.array([0.5, -math.sqrt(3) / 2])  # from L5 both are one unit off
    share = mass_ratio / (1 + mass_ratio)
    pull = 3 * ((1 - share) * np.outer(toward_sun, toward_sun) + share * np.outer(toward_earth, toward_earth))
    force = np.zeros((6, 6))
    force[:3, 3:] = np.eye(3)
    force[3:5, :2] = motion**2 * pull  # the centrifugal force takes away what the two pulls add on their way across
    force[5, 2] = -(motion**2)
    force[3, 4], force[4, 3] = 2 * motion, -2 * motion
    scale = np.repeat([1.0, motion], 3)  # speeds in units of the motion, so that the exponential loses no digits
    matrix = expm(force * scale / scale[:, None] * time) * scale[:, None] / scale
    matrix.flags.writeable = False
    return matrix


def drift(positions: np.ndarray, velocities: np.ndarray, motion: float, time: float) -> tuple[np.ndarray, np.ndarray]:
    """Positions [m] and velocities [m/s], shape (bodies, 3), after a time [s] at the orbit's angular speed [rad/s].

    >>> rest = drift(np.zeros((1, 3)), np.zeros((1, 3)), 2e-7, 1e6)
    >>> [array.tolist() for array in rest]
    [[[0.0, 0.0, 0.0]], [[0.0, 0.0, 0.0]]]
    """
    matrix = transition(motion, time)
    place, speed = matrix[:3], matrix[3:]
    return (positions @ place[:, :3].T + velocities @ place[:, 3:].T,
            positions @ speed[:, :3].T + velocities @ speed[:, 3:].T)  # fmt: skip


def scatter(count: int, radius: float, motion: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Bodies at random, evenly in an ellipsoid of a ball's volume [m], on orbits that keep it even [m/s].

    Epicycles turn the disc of scaled x and y as one body. A point drawn evenly on a sphere has an even height, and
    turning the sphere leaves that so: its first two coordinates are height and climb, at a random phase.
    """
    unit = rng.normal(size=(count, 3))
    unit *= (rng.random(count) ** (1 / 3) / np.linalg.norm(unit, axis=1))[:, None]
    height = np.sqrt(np.maximum(0.0, 1 - unit[:, 0] ** 2 - unit[:, 1] ** 2))
    sphere = rng.normal(size=(count, 3))
    sphere *= (height / np.linalg.norm(sphere, axis=1))[:, None]
    unit[:, 2] = sphere[:, 0]
    positions = unit * AXES * radius
    velocities = held(positions, motion)
    velocities[:, 2] = sphere[:, 1] * AXES[2] * radius * motion
    return positions, velocities


def held(positions: np.ndarray, motion: float, climb: np.ndarray | float = 0.0) -> np.ndarray:
    """The speeds on which bodies circle the centre once a year and do not drift away, at a climb of theirs [m/s]."""
    x, y, _ = positions.T
    return np.column_stack([motion * y / 2, -2 * motion * x, np.broadcast_to(climb, x.shape)])


def size(positions: np.ndarray, radius: float) -> np.ndarray:
    """How far out bodies are: 1 on the ellipsoid that has the volume of a ball of this radius [m]."""
    return np.linalg.norm(positions / (AXES * radius), axis=1)


def keep(positions: np.ndarray, velocities: np.ndarray, radius: float, motion: float) -> tuple[np.ndarray, np.ndarray]:
    """Push those bodies back that are outside and leaving: new velocities, and each one's change of speed [m/s].

    In the plane they are set on the way that does not drift; what climbs away is stopped.
    """
    outward = np.einsum("ij,ij->i", positions / AXES**2, velocities)
    leaving = (size(positions, radius) > 1.01) & (outward > 0)
    kept = velocities.copy()
    climb, z = velocities[leaving, 2], positions[leaving, 2]
    kept[leaving] = held(positions[leaving], motion, np.where(climb * z > 0, 0.0, climb))
    return kept, np.linalg.norm(kept - velocities, axis=1)


def light_shift(lightness: float, distance: float) -> float:
    """How far light moves the equilibrium at a lightness, its push over the Sun's pull, and L5's distance [m].

    The body still keeps the Earth's distance from the Earth and comes nearer to the Sun by the root of a third.
    Raises KscaleError for a lightness that is no share below 1.

    >>> f"{light_shift(3e-4, 1.496e11) / 1e3:,.0f} km"
    '17,276 km'
    """
    near = (1 - number("lightness", lightness, 0, 1)) ** (1 / 3)
    along = near**2 / 2  # from the Sun toward the Earth, by the triangle of sides near, 1 and 1
    across = near * math.sqrt(1 - near**2 / 4)
    return number("distance", distance, above=0) * math.hypot(along - 0.5, across - math.sqrt(3) / 2)

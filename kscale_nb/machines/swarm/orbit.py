"""How bodies move about L5, and where light pressure moves the equilibrium.

The restricted problem of three bodies, linear about L5: x outward from the Sun, y along the orbit, z out of its plane.
An epicycle is twice as long along the orbit as across it, so a swarm that keeps its shape is an ellipsoid, not a ball.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy.linalg import expm

from kscale_nb.machines.checked import number

BLOCK = 4096  # bodies whose orbits are drawn at once
AXES = np.array([1.0, 2.0, 2.0]) / 4 ** (1 / 3)  # of the ellipsoid, in radii of the ball of the same volume


@lru_cache(maxsize=16)
def transition(motion: float, time: float, earth_share: float) -> np.ndarray:
    """The matrix (6, 6) that carries positions [m] and velocities [m/s] about L5 over a time [s] at a motion [rad/s].

    The Earth has such a share of its and the Sun's mass.

    The forces are those of Murray and Dermott's chapter on the restricted problem, turned to the Sun's direction.
    """
    toward_sun, toward_earth = np.array([1.0, 0.0]), np.array([0.5, -math.sqrt(3) / 2])  # from L5 both are one unit off
    pull = (1 - earth_share) * np.outer(toward_sun, toward_sun) + earth_share * np.outer(toward_earth, toward_earth)
    force = np.zeros((6, 6))
    force[:3, 3:] = np.eye(3)
    force[3:5, :2] = 3 * motion**2 * pull  # the centrifugal force takes away what the two pulls add on their way across
    force[5, 2] = -(motion**2)
    force[3, 4], force[4, 3] = 2 * motion, -2 * motion
    scale = np.repeat([1.0, motion], 3)  # speeds in units of the motion, so that the exponential loses no digits
    matrix = expm(force * scale / scale[:, None] * time) * scale[:, None] / scale
    matrix.flags.writeable = False
    return matrix


def drift(
    positions: np.ndarray, velocities: np.ndarray, motion: float, time: float, earth_share: float
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Positions [m] and velocities [m/s], shape (bodies, 3), after a time [s] at the orbit's angular speed [rad/s].

    >>> rest = drift(np.zeros((1, 3)), np.zeros((1, 3)), 2e-7, 1e6, 3e-6)
    >>> [array.tolist() for array in rest]
    [[[0.0, 0.0, 0.0]], [[0.0, 0.0, 0.0]]]
    """
    matrix = transition(motion, time, earth_share)
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


def lightness(luminosity: float, density: float, light: float, period: float, radius: float) -> float:
    """Push of sunlight over the Sun's pull, of a body that in the end keeps all the light that it catches.

    For a luminosity [W], a mass for its area [kg/m^2], light's speed [m/s], and the period [s] and radius [m] of an
    orbit. A mirror's push would be twice this, but what a lot's mirrors turn aside its own receiver catches.

    >>> f"{lightness(3.828e26, 1.0, 299_792_458, 31_557_600, 1.496e11):.3g}"
    '0.000766'
    """
    return luminosity / (4 * math.pi * light * density * (2 * math.pi / period) ** 2 * radius**3)


def tilting(push: float, pull: float) -> float:
    """Most that mirrors of this lightness give sideways, where the Sun's pull is so [m/s^2].

    A flat mirror at an angle t pushes with 2 cos^2 t along its normal, sin t of it sideways: most at tan^2 t = 1/2.
    """
    return 4 / (3 * math.sqrt(3)) * push * pull


def light_shift(lightness: float, distance: float) -> np.ndarray:
    """Where light moves the equilibrium at a lightness: x outward and y along the orbit, at L5's distance [m].

    The body still keeps the Earth's distance from the Earth and comes nearer to the Sun by the root of a third.
    Raises KscaleError for a lightness that is no share below 1.

    >>> shift = light_shift(3e-4, 1.496e11)
    >>> f"{math.hypot(*shift) / 1e3:,.0f} km, {shift[0] / 1e3:,.0f} km outward"
    '17,276 km, -14,962 km outward'
    """
    near = (1 - number("lightness", lightness, 0, 1)) ** (1 / 3)
    toward_earth = near**2 / 2  # from the Sun, by the triangle of sides near, 1 and 1
    across = near * math.sqrt(1 - near**2 / 4)
    off = number("distance", distance, above=0) * np.array([toward_earth - 0.5, across - math.sqrt(3) / 2])
    outward, ahead = np.array([0.5, math.sqrt(3) / 2]), np.array([math.sqrt(3) / 2, -0.5])  # of L5, the Earth along x
    return np.array([off @ outward, off @ ahead])


def slots(count: int, seed: int, radius: float, motion: float, time: float, earth_share: float) -> np.ndarray:
    """Where bodies are that each keep an orbit of their own, (count, 3) [m], so long after the start [s].

    A body's orbit hangs on its number and the seed alone, and its place follows in one step from any time, so that a
    million of them take no memory and no stepping: what is made again takes the orbit of what failed.
    """
    matrix = transition(motion, time, earth_share)[:3].T.astype(np.float32)
    places = np.empty((count, 3), np.float32)
    for block in range(0, count, BLOCK):
        start = np.hstack(scatter(BLOCK, radius, motion, np.random.default_rng([seed, block]))).astype(np.float32)
        places[block : block + BLOCK] = (start @ matrix)[: count - block]
    return places

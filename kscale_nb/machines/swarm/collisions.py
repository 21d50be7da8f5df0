"""Bodies that meet: how often without order, what keeping clear of one another costs, and when fragments cascade."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp

from kscale_nb.errors import KscaleError
from kscale_nb.machines.checked import number
from kscale_nb.machines.swarm.orbit import lightness, tilting
from kscale_nb.machines.swarm.parameters import YEAR, SwarmParameters

CLEARANCE, WARNING = 10, 864_000.0  # in radii of a lot, and ahead of time [s]: a choice of ours
MOST_FRAGMENTS = 1e9


def mean_speed(diameter: float, period: float) -> float:
    """Of two bodies past each other that circle a ball's centre once a period [m/s].

    The orbit's angular speed times the mean distance of two points in the ball, 36/35 of its radius.
    """
    return 2 * math.pi / period * 36 / 35 * diameter / 2


def collision_rate(number: float, area: float, diameter: float, period: float) -> float:
    """Collisions of one disc a second [1/s], if so many [m^2 each] move through a ball [m] without order.

    By kinetic theory n s v. Two thin discs of radius r in any attitudes meet over s = (pi + pi^3/8) r^2 on average,
    a quarter of the surface of their Minkowski sum.

    >>> f"{collision_rate(1e6, 1e4, 1e8, 31_557_600) * 31_557_600:.2g}"  # a year, of a hectare
    '1.4e-05'
    """
    section = (math.pi + math.pi**3 / 8) * area / math.pi
    return number / (math.pi / 6 * diameter**3) * section * mean_speed(diameter, period)


def strike_rate(number: float, area: float, diameter: float, period: float) -> float:
    """The same of a small fragment with discs, which in any attitude cover half their area [1/s]."""
    return number / (math.pi / 6 * diameter**3) * area / 2 * mean_speed(diameter, period)


@dataclass(frozen=True)
class Encounters:
    """How lots fare with one another if they keep no order."""

    lightness: float  # light's push on a lot over the Sun's pull
    meetings: float  # of one lot [1/s]
    avoidance: float  # speed that a lot changes to keep clear of all that would come near, for each second [m/s^2]
    tilting: float  # the most that its mirrors could change it, turned aside [m/s^2]
    threshold: float  # fragments of one lot that strike one more before they leave

    @property
    def mirrors_aside(self) -> float:
        """Share of the mirrors, or of their time, that keeping clear by tilting takes from the light."""
        return self.avoidance / self.tilting


def encounters(parameters: SwarmParameters) -> Encounters:
    """Of a swarm's lots as it begins: discs in its region, each told ten days ahead of what comes within ten radii.

    >>> round(encounters(SwarmParameters.of_model()).threshold)
    429
    """
    p = parameters
    meeting = collision_rate(p.lots, p.lot_area, p.region_diameter, p.orbit_period)
    clearance = CLEARANCE * math.sqrt(p.lot_area / math.pi)
    density = p.lots / (math.pi / 6 * p.region_diameter**3)
    approaches = density * math.pi * clearance**2 * mean_speed(p.region_diameter, p.orbit_period)
    strikes = strike_rate(p.lots, p.lot_area, p.region_diameter, p.orbit_period) * residence(p)
    push = lightness(p.luminosity, p.lot_mass / p.lot_area, p.speed_of_light, p.orbit_period, p.orbit_radius)
    pull = (2 * math.pi / p.orbit_period) ** 2 * p.orbit_radius
    return Encounters(push, meeting, approaches * clearance / WARNING, tilting(push, pull), 1 / strikes)


def residence(parameters: SwarmParameters) -> float:
    """Time in which a fragment crosses the region once, over a ball's mean chord at lots' own speed [s]."""
    p = parameters
    return 2 / 3 * p.region_diameter / mean_speed(p.region_diameter, p.orbit_period)


@dataclass(frozen=True, eq=False)
class Cascade:
    """Lots and fragments over time, if nobody mends and nobody keeps clear."""

    times: np.ndarray  # [s]
    lots: np.ndarray
    fragments: np.ndarray
    threshold: float  # lots above which fragments make more of themselves than leave


def cascade(parameters: SwarmParameters, fragments: float, years: float, stay: float | None = None) -> Cascade:
    """Lots that meet break into so many fragments each, and so does a lot that one of those strikes.

    Particles in a box, as in simple models of debris about the Earth: L' = -c L^2 - f L F and
    F' = v (c L^2 + f L F) - f L F - F / stay. A fragment stays for one crossing unless told otherwise [s].

    >>> fate = cascade(SwarmParameters.of_model(), fragments=100, years=10)
    >>> f"{fate.threshold:.3g} lots; {fate.lots[-1] / fate.lots[0]:.1%} left"
    '4.33e+06 lots; 61.9% left'
    """
    p = parameters
    pieces = number("fragments", fragments, 0, MOST_FRAGMENTS)
    horizon = number("years", years, above=0) * YEAR
    stay = residence(p) if stay is None else number("stay", stay, above=0, unit="s")
    meet = collision_rate(1.0, p.lot_area, p.region_diameter, p.orbit_period)
    strike = strike_rate(1.0, p.lot_area, p.region_diameter, p.orbit_period)

    def change(_time, state):
        lots, loose = np.maximum(state, 0.0) * p.lots
        broken, struck = meet * lots**2, strike * lots * loose
        return np.array([-broken - struck, pieces * (broken + struck) - struck - loose / stay]) / p.lots

    times = np.linspace(0, horizon, 201)
    way = solve_ivp(change, (0, horizon), [1.0, 0.0], method="LSODA", t_eval=times, rtol=1e-8, atol=1e-12)
    if not way.success:
        raise KscaleError(f"cascade: {fragments:g} fragments over {years:g} years: {way.message}")
    lots, loose = np.maximum(way.y, 0.0) * p.lots
    growing = pieces - 1
    return Cascade(times, lots, loose, 1 / (growing * strike * stay) if growing > 0 else math.inf)

"""What threatens a swarm, in figures: collisions, a lot that focuses on its neighbour, a loss, a node that lies."""

from __future__ import annotations

import math

from kscale_nb import MODEL
from kscale_nb.errors import KscaleError
from kscale_nb.machines.acceptance.criterion import Criterion
from kscale_nb.machines.acceptance.swarm import a_swarm, computing
from kscale_nb.machines.swarm.collisions import encounters
from kscale_nb.machines.swarm.parameters import YEAR, SwarmParameters
from kscale_nb.machines.swarm.records import ComputingNode
from kscale_nb.printed import figure_text

PART = "security"
CLAIM = "tip.security"
LOSS, BACK, STEP, PATIENCE = 0.3, 0.99, 10, 365  # share lost, share that counts as recovered, days
LIE = 1e20  # power that a false node pretends to have [W]


def tests(seed: int, **changes) -> list[Criterion]:
    """All criteria of security, after changes of the model."""
    return [test(seed, **changes) for test in (collisions, focused_light, recovery, one_liar)]


def focused_intensity(area: float, distance: float, **changes) -> float:
    """Most that a mirror can throw on a neighbour [W/m^2]: the brightness of the Sun's face over the mirror's angle.

    No mirror makes an image brighter than its source, so that at most the mirror looks like a piece of the Sun.

    >>> f"{focused_intensity(1.0, 1000.0):.3g}"
    '20'
    """
    face = MODEL.value("stefan_boltzmann", **changes) * MODEL.value("sun_temperature", **changes) ** 4
    return face * min(1.0, area / (math.pi * distance**2))


def collisions(seed: int, **changes) -> Criterion:
    p = SwarmParameters.of_model(**changes)
    met = encounters(p)
    rate, failures = met.meetings * YEAR, p.lot_failure_rate * YEAR
    return Criterion(
        PART, "collisions and cascades", CLAIM, "left to themselves, lots meet less often than they fail",
        f"{figure_text(rate, 3)} a lot and year against {figure_text(failures, 2)} failures; "
        f"{figure_text(max(1.0, met.threshold), 2)} fragments that cross the region strike one more lot",
        rate < failures,
        "orbits without order are the worst case: lots that keep ranks need not meet; only whole lots as flat discs",
    )  # fmt: skip


def focused_light(seed: int, **changes) -> Criterion:
    p = SwarmParameters.of_model(**changes)
    volume = math.pi / 6 * p.region_diameter**3 / p.lots
    distance = MODEL.value("nearest_neighbour_factor", **changes) * volume ** (1 / 3)
    intensity = focused_intensity(p.lot_area, distance, **changes)
    kelvins = (intensity / (2 * MODEL.value("stefan_boltzmann", **changes))) ** 0.25
    limit = MODEL.value("temperature_limit", **changes)
    return Criterion(
        PART, "light on a neighbour", CLAIM,
        f"one lot that focuses leaves its neighbour below {figure_text(limit, 3)} K",
        f"up to {figure_text(intensity, 3)} W/m² at {figure_text(distance / 1e3, 3)} km: a black plate at "
        f"{figure_text(kelvins, 3)} K", kelvins <= limit,
        "a lot is a field of many mirrors, here all of one will and a perfect figure; a flat one throws one Sun",
    )  # fmt: skip


def recovery(seed: int, **changes) -> Criterion:
    swarm = a_swarm(seed, **changes)
    before = computing(swarm.manage_swarm(STEP), STEP)
    lost = swarm.lose(LOSS)
    days, share = 0, 0.0
    while days < PATIENCE and share < BACK:
        share = computing(swarm.manage_swarm(STEP), STEP) / before
        days += STEP
    back = f"back after {days} days" if share >= BACK else f"{share:.0%} after {days} days"
    return Criterion(
        PART, "recovery after a loss", CLAIM, f"{BACK:.0%} of its computing again within a year of losing {LOSS:.0%}",
        f"{lost} modules lost, computing {back}", share >= BACK,
        f"seen in steps of {STEP} days; the loss strikes modules and spares mirrors and industry",
    )  # fmt: skip


def one_liar(seed: int, **changes) -> Criterion:
    """A node that reports a power that no such mass can have: what it changes in the accounts of all."""
    fair, swarm = a_swarm(seed, **changes), a_swarm(seed, **changes)
    for one in (fair, swarm):  # where some are missing, a lie can take their place
        one.lose(LOSS)
    honest = computing(fair.manage_swarm(STEP), STEP)
    share = 1 / swarm.parameters.modules
    try:
        swarm.deploy_node(ComputingNode(LIE, 1.0))
    except KscaleError as refusal:
        measured, passed = f"refused: {refusal}", True
    else:
        gained = computing(swarm.manage_swarm(STEP), STEP) / honest
        measured, passed = f"admitted; the swarm books {figure_text(gained, 3)} times the computing", gained < 1 + share
    return Criterion(
        PART, "one node that lies", CLAIM,
        f"a node of {figure_text(LIE, 1)} W and a kilogram moves no account but its own",
        measured, passed, f"one lie, told on joining after a loss of {LOSS:.0%}; "
        "an admitted node that misreports within its mass moves its own share",
    )  # fmt: skip

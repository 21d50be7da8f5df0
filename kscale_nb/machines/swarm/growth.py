"""How fast the swarm grows, where it must stop, and how best to share its power: closed forms and their solvers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import brentq, minimize

from kscale_nb.errors import KscaleError
from kscale_nb.machines.swarm.parameters import SwarmParameters
from kscale_nb.units import value_text

USES = ("logic", "memory", "network", "upkeep", "growth")
watts = partial(value_text, unit="W", trailing_zeros=False)


@dataclass(frozen=True)
class Allocation:
    """Shares of the swarm's power; what they leave goes to the rest of industry."""

    logic: float
    memory: float
    network: float
    upkeep: float  # making again what failed
    growth: float

    @property
    def computing(self) -> float:
        return self.logic + self.memory + self.network

    @property
    def industry(self) -> float:
        """Everything else: mining, habitats, and what nobody asked for."""
        return max(0.0, 1 - self.computing - self.upkeep - self.growth)


@dataclass(frozen=True)
class OptimizationResult:
    """The best shares for computing until a horizon, and the proof that they are."""

    allocation: Allocation
    horizon: float  # [s]
    growth_rate: float  # of the swarm at these shares [1/s]
    log_computing_gain: float  # ln of computing until the horizon, over that of the same shares without growth
    analytic_growth: float  # share of growth by the first-order condition
    residual: float  # largest breach of the first-order conditions, as a share of the price of power
    price_of_power: float  # d ln computing / d ln power at the optimum


def growth_rate(parameters: SwarmParameters, share: float) -> float:
    """Rate at which a swarm grows that puts this share of its power into growth [1/s]: 1 / (tau + payback / share).

    >>> swarm = SwarmParameters.of_model()
    >>> f"{math.log(2) / growth_rate(swarm, 0.95) / 86400:.1f} days"
    '256.8 days'
    """
    return share / (parameters.replication_time * share + parameters.payback) if share > 0 else 0.0


def upkeep_share(parameters: SwarmParameters) -> float:
    """Share of the power that making again what fails takes."""
    modules = parameters.modules * parameters.module_mass * parameters.module_failure_rate
    lots = parameters.lots * parameters.lot_mass * parameters.lot_failure_rate
    return (modules + lots) * parameters.making_energy / parameters.power


def log_gain(rate: float, horizon: float) -> float:
    """Logarithm of the mean of exp(rate t) over the horizon: of computing, over that of a swarm that does not grow."""
    times = rate * horizon
    return times + math.log(-math.expm1(-times) / times) if times > 1e-12 else 0.0


def best_allocation(parameters: SwarmParameters, horizon: float) -> OptimizationResult:
    """Share the power among logic, memory, network, upkeep and growth, so that most is computed until the horizon [s].

    Computing is worth logic^a memory^b network^c, with the document's split as a, b and c. Found by sequential
    quadratic programming, and compared with the first-order conditions. Raises KscaleError if upkeep takes all power.
    """
    if not 1e-20 <= horizon <= 1e18:  # twice the age of the universe
        raise KscaleError(f"a horizon of {horizon:.4g} s is beyond what can be computed with")
    upkeep = upkeep_share(parameters)
    if upkeep >= 1:
        raise KscaleError(f"upkeep would take {upkeep:.3g} times the power there is: what fails cannot be made again")
    network = 1 - parameters.logic_weight - parameters.memory_weight
    weights = np.array([parameters.logic_weight, parameters.memory_weight, network])
    used, split = weights > 0, weights[weights > 0]

    def worth(shares: np.ndarray) -> float:
        rate = growth_rate(parameters, shares[-1])
        return float(split @ np.log(shares[:-2])) + log_gain(rate, horizon)

    def slope(growth: float) -> float:
        """Of ln gain, by the share of growth."""
        rate = growth_rate(parameters, growth)
        by_rate = horizon / -math.expm1(-rate * horizon) - 1 / rate
        return by_rate * parameters.payback * (rate / growth) ** 2

    free = 1 - upkeep
    low, high = 1e-9 * free, free * (1 - 1e-9)
    analytic = 0.0
    if slope(low) > 1 / (free - low):
        analytic = brentq(lambda growth: slope(growth) - 1 / (free - growth), low, high, xtol=1e-15, rtol=1e-14)
    start = np.concatenate([split * free / 2, [upkeep, free / 2]])
    found = minimize(
        lambda shares: -worth(shares), start, method="SLSQP",
        bounds=[(1e-12, 1.0)] * len(split) + [(upkeep, 1.0), (0.0, 1.0)],
        constraints={"type": "eq", "fun": lambda shares: shares.sum() - 1}, options={"ftol": 1e-15, "maxiter": 500},
    )  # fmt: skip
    shares = np.zeros(3)
    shares[used] = found.x[: len(split)]
    computing, growth = float(shares.sum()), float(found.x[-1])
    price = 1 / computing
    breaches = [abs(weight / share - price) / price for weight, share in zip(split, found.x, strict=False)]
    if growth > 1e-6:
        breaches.append(abs(slope(growth) - price) / price)
    rate = growth_rate(parameters, growth)
    return OptimizationResult(
        Allocation(*map(float, shares), upkeep=float(found.x[-2]), growth=growth), horizon, rate,
        log_gain(rate, horizon), analytic, float(max(breaches)), price,
    )  # fmt: skip


def logistic(start: float, limit: float, rate: float, time):
    """A quantity that grows at a rate [1/s] and slows towards its limit, after a time [s] or an array of them."""
    grown = start * np.exp(rate * np.asarray(time))
    return grown / (1 + (grown - start) / limit)


@dataclass(frozen=True, eq=False)
class GrowthRecord:
    """A swarm's power on its way to a target."""

    times: np.ndarray  # [s]
    powers: np.ndarray  # [W]
    rate: float  # at the start, failures taken off [1/s]
    limit: float  # at which growth ends [W]
    limited_by: str  # metal or sunlight

    @property
    def time(self) -> float:
        """Until the target [s]."""
        return float(self.times[-1])


def industry_over_plant(parameters: SwarmParameters, share: float) -> float:
    """Mass of the machines that use up this share of the power, over that of the plant that gives all of it.

    >>> round(industry_over_plant(SwarmParameters.of_model(), 0.95), 1)
    69.7
    """
    return parameters.replication_time * share / parameters.payback


def limit_of(parameters: SwarmParameters, share: float) -> tuple[float, str]:
    """The power at which growth must end [W], and what ends it: the metal there is, or the sunlight."""
    per_power = parameters.plant_mass_per_power * (1 + industry_over_plant(parameters, share))
    metal = parameters.power + parameters.metal / (
        per_power + parameters.computing_share * parameters.module_mass_per_power
    )
    return (metal, "metal") if metal < parameters.star_power else (parameters.star_power, "sunlight")


def grow(parameters: SwarmParameters, share: float, target: float, start: float | None = None) -> GrowthRecord:
    """Grow to a target power [W] with this share of the power. Raises KscaleError if it can never be reached.

    dP/dt = r P (1 - P/limit) - failures P, by solve_ivp.
    """
    start = parameters.power if start is None else start
    limit, what = limit_of(parameters, share)
    rate, failures = growth_rate(parameters, share), parameters.lot_failure_rate
    if rate <= failures:
        raise KscaleError(f"growth of {rate:.3g}/s does not outrun failures of {failures:.3g}/s: give it more power")
    end = limit * (1 - failures / rate)
    if target >= end:
        raise KscaleError(
            f"a target of {watts(target)} is out of reach: the {what} there is allows {watts(end)}"
            + (f", {target / end:.3g} times less" if target > 1.001 * end else "")
        )
    if target <= start:
        return GrowthRecord(np.zeros(1), np.array([start]), rate - failures, end, what)

    def change(_time, power):
        return power * (rate * (1 - power / limit) - failures)

    def arrived(_time, power):
        return power[0] - target

    arrived.terminal = True
    longest = 2 * math.log(target / start * (end - start) / (end - target)) / (rate - failures)
    run = solve_ivp(change, (0, longest), [start], events=arrived, rtol=1e-10, atol=1e-6 * start)
    return GrowthRecord(run.t, run.y[0], rate - failures, end, what)

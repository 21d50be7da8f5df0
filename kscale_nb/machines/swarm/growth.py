"""How the swarm grows: one state, one law for a day, and the best shares of power over time under that law."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from kscale_nb.errors import KscaleError
from kscale_nb.machines.swarm.parameters import DAY, MOST_DAYS, SHADING, SwarmParameters
from kscale_nb.units import value_text

watts = partial(value_text, unit="W", trailing_zeros=False)
kilograms = partial(value_text, unit="kg", trailing_zeros=False)


@dataclass(frozen=True)
class Allocation:
    """Shares of the swarm's power; what they leave goes to the rest of industry. Growth is split by mass."""

    logic: float
    memory: float
    network: float
    upkeep: float  # making again what failed
    growth: float
    machines: float | None = None  # share of what is made new; None keeps industry over plant as it is
    modules: float = 0.0  # share of what is made new; plant has the rest

    @property
    def computing(self) -> float:
        return self.logic + self.memory + self.network

    @property
    def industry(self) -> float:
        """Everything else: mining, habitats, and what nobody asked for."""
        return max(0.0, 1 - self.computing - self.upkeep - self.growth)


@dataclass(frozen=True)
class Policy:
    """Shares of power over time: from each day on, an allocation."""

    days: tuple[int, ...]  # since the start of the run, rising
    allocations: tuple[Allocation, ...]
    end: int  # day on which it is fulfilled

    def at(self, day: int) -> Allocation:
        """The shares of a day."""
        return self.allocations[max(0, bisect_right(self.days, day) - 1)]


@dataclass(frozen=True)
class State:
    """What stands and what is left to grow from, all that works."""

    lots: int
    lot_power: float  # unshaded [W]
    modules: float  # [kg]
    module_power: float  # [W]
    industry: float  # [kg]
    ore: float  # within reach [kg]
    begun_lots: float = 0.0  # work on what is not finished [kg]
    begun_modules: float = 0.0


@dataclass(frozen=True)
class Made:
    """A day's growth."""

    lots: int
    modules: int
    plant: float  # [kg] carried and worked on, finished or not
    nodes: float  # the same for modules [kg]
    industry: float  # [kg]

    @property
    def mass(self) -> float:
        return self.plant + self.nodes + self.industry


def own_shade(parameters: SwarmParameters, area: float) -> float:
    """Share of their light that mirrors of this area [m^2] take from one another.

    They fill the swarm's region, or the sphere in which they take as much as is tolerated where that is larger.
    """
    depth = SHADING * area / (parameters.region_diameter / 2) ** 2
    return min(-math.expm1(-depth), parameters.tolerated_shading)


def make(parameters: SwarmParameters, state: State, share: Allocation, energy: float, machine_work: float) -> Made:
    """What a day adds with so much energy for growth [J] and machines that can still work on so many kilograms.

    The law of growth: energy, machines and metal each set a limit, and each kilogram is carried here by propellant
    that is metal too.
    """
    p = parameters
    metal = state.ore / (1 + p.propellant_share)
    mass = max(0.0, min(machine_work, energy / p.delivered_energy, metal))
    plant_now = state.lots * p.lot_mass
    machines = share.machines
    if machines is None:
        machines = (1 - share.modules) * state.industry / (state.industry + plant_now) if plant_now else 0.0
    nodes, industry = mass * share.modules, mass * machines
    plant = mass - nodes - industry
    lots = int((state.begun_lots + plant) / p.lot_mass)
    modules = int((state.begun_modules + nodes) / p.module_mass)
    return Made(lots, modules, plant, nodes, industry)


def after(parameters: SwarmParameters, state: State, made: Made) -> State:
    """The state once a day's growth stands."""
    p = parameters
    return State(
        state.lots + made.lots, state.lot_power + made.lots * p.lot_power,
        state.modules + made.modules * p.module_mass, state.module_power + made.modules * p.module_power,
        state.industry + made.industry, state.ore - made.mass * (1 + p.propellant_share),
        state.begun_lots + made.plant - made.lots * p.lot_mass,
        state.begun_modules + made.nodes - made.modules * p.module_mass,
    )  # fmt: skip


def power_of(parameters: SwarmParameters, state: State) -> float:
    """Electricity of all that stands [W]."""
    return state.lot_power * (1 - own_shade(parameters, parameters.lot_area * state.lots))


def upkeep_mass(parameters: SwarmParameters, state: State, failures: bool = True) -> float:
    """What fails, and is made again, in a second [kg/s]."""
    p = parameters
    lots = state.lots * p.lot_mass
    return (state.modules * p.module_upkeep + lots * p.lot_failure_rate) if failures else 0.0


def upkeep_share(parameters: SwarmParameters) -> float:
    """Share of the power that making again what fails takes: making it, and carrying what scrap does not give."""
    p = parameters
    mass = p.modules * p.module_mass * p.module_upkeep + p.lots * p.lot_mass * p.lot_failure_rate
    return mass * p.mending_energy / p.power


@dataclass(frozen=True, eq=False)
class Foresight:
    """A policy carried out by the law of growth, without chance."""

    states: list[State] = field(repr=False)
    times: np.ndarray = field(repr=False)  # [s]
    powers: np.ndarray = field(repr=False)  # at the end of each day, the start first [W]
    computing: np.ndarray = field(repr=False)  # of each day [W]

    @property
    def computing_energy(self) -> float:
        """[J]"""
        return float(self.computing.sum()) * DAY

    @property
    def power_at_end(self) -> float:
        """[W]"""
        return float(self.powers[-1])


def foresee(
    parameters: SwarmParameters, state: State, rule: Callable[[int, State], Allocation | None], days: int,
    failures: bool,
) -> Foresight:  # fmt: skip
    """Let days pass by the rule, which ends them early with None; what fails is made again in the mean."""
    p, states, computed = parameters, [state], []
    powers, sound = [power_of(p, state)], 1 - p.idle_hardware * failures
    for day in range(days):
        share = rule(day, state)
        if share is None:
            break
        energy, mended = powers[-1] * DAY, upkeep_mass(p, state, failures) * DAY
        computed.append(min(share.computing * energy, sound * state.module_power * DAY) / DAY)
        left = (1 - share.computing) * energy - mended * p.mending_energy
        made = make(
            p, state, share, min(share.growth * energy, left), state.industry * DAY / p.replication_time - mended
        )
        state = after(p, state, made)
        states.append(state)
        powers.append(power_of(p, state))
    return Foresight(states, np.arange(len(powers)) * DAY, np.array(powers), np.array(computed))


# -- the fastest way to a target ----------------------------------------------------------------------


def growth_rate(parameters: SwarmParameters, share: float) -> float:
    """Rate at which plant and machines grow in balance on this share of the power [1/s]: 1 / (tau + payback / share).

    >>> swarm = SwarmParameters.of_model()
    >>> f"{math.log(2) / growth_rate(swarm, 0.95) / 86400:.1f} days"
    '281.4 days'
    """
    return share / (parameters.replication_time * share + parameters.payback) if share > 0 else 0.0


def industry_over_plant(parameters: SwarmParameters, share: float) -> float:
    """Mass of the machines that use up this share of the power, over that of the plant that gives all of it.

    >>> round(industry_over_plant(SwarmParameters.of_model(), 0.95), 2)
    8.96
    """
    return parameters.replication_time * share / parameters.payback


def most_power(parameters: SwarmParameters, state: State) -> tuple[float, str]:
    """The power at which growth must end [W], and what ends it: the metal there is, or the sunlight."""
    p = parameters
    there = power_of(p, state)
    metal = there + state.ore / (1 + p.propellant_share) / p.plant_mass_per_power * (1 - p.tolerated_shading)
    return (metal, "metal") if metal < p.star_power else (p.star_power, "sunlight")


def fastest(
    parameters: SwarmParameters, state: State, share: float, target: float, day: int = 0, failures: bool = True
) -> tuple[Policy, Foresight]:
    """The fastest way to a target power [W] that gives this share of the power to growth.

    Plant and machines grow so that neither waits; once plant and machines together weigh as much as the target's
    plant, or metal is left for plant alone, only plant is made, which takes one machine time. Modules keep in step.
    Raises KscaleError if it can never be reached, or if failures outrun growth.
    """
    p, (limit, what) = parameters, most_power(parameters, state)
    if target > limit:
        raise KscaleError(
            f"a target of {watts(target)} is out of reach: the {what} there is allows {watts(limit)}"
            + (f", {target / limit:.3g} times less" if target > 1.001 * limit else "")
        )
    rate = growth_rate(p, share)
    if failures and rate <= p.lot_failure_rate:
        raise KscaleError(
            f"growth of {rate:.3g}/s does not outrun failures of {p.lot_failure_rate:.3g}/s: give it more power"
        )
    if not target / p.lot_power < 1e15:
        raise KscaleError(
            f"a target of {target:.4g} W cannot be counted in the lots and modules of a swarm of {p.power:.4g} W"
        )
    goal = target / (1 - own_shade(p, p.lot_area * target / p.lot_power)) * p.plant_mass_per_power
    ratio = industry_over_plant(p, share)
    chosen: list[Allocation] = []

    def rule(_day: int, now: State) -> Allocation | None:
        if power_of(p, now) >= target:
            return None
        plant, industry = now.lots * p.lot_mass + now.begun_lots, now.industry
        made = min(industry / p.replication_time, share * power_of(p, now) / p.delivered_energy) * DAY
        made = max(made, 1e-300)
        machines = min(1.0, max(0.0, (ratio * (plant + made) - industry) / (made * (1 + ratio))))
        lacking = (goal + p.lot_mass - plant) * (1 + p.propellant_share)
        if plant + industry >= goal or now.ore <= lacking + machines * made * (1 + p.propellant_share):
            machines = 0.0
        logic, memory = p.computing_share * p.logic_weight, p.computing_share * p.memory_weight
        chosen.append(
            Allocation(logic, memory, p.computing_share - logic - memory, upkeep_share(p), share, machines, 0.0)
        )
        return chosen[-1]

    seen = foresee(p, state, rule, MOST_DAYS // 10, failures)
    if not seen.power_at_end >= target:
        raise KscaleError(f"a target of {watts(target)} is not reached: growth ends at {watts(seen.power_at_end)}")
    policy = Policy(tuple(range(day, day + len(chosen))), tuple(chosen), day + len(chosen))
    return policy, seen

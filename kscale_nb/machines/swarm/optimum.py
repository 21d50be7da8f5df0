"""The shares of power over time that compute most until a horizon: growth as a linear programme, solved by HiGHS."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import bmat, csr_array, diags_array

from kscale_nb.errors import KscaleError
from kscale_nb.machines.swarm.growth import Allocation, Policy, State, foresee, power_of, upkeep_mass
from kscale_nb.machines.swarm.parameters import DAY, MOST_DAYS, SwarmParameters

STEPS = 400  # of the linear programme


@dataclass(frozen=True, eq=False)
class OptimizationResult:
    """The shares of power over time that compute most until a horizon, and what they promise."""

    policy: Policy = field(repr=False)
    horizon: float  # [s]
    computing_energy: float  # over the horizon, by the law of growth a day at a time [J]
    power_at_end: float  # [W]
    masses: dict[str, float]  # by then, by the names of the books of mass [kg]
    bound: float  # what the linear programme computes in continuous time [J]
    computing_without_growth: float  # [J]

    @property
    def allocation(self) -> Allocation:
        """The shares of the first day."""
        return self.policy.allocations[0]


@dataclass(frozen=True, eq=False)
class Programme:
    """A solved linear programme of growth, with masses in those of the plant at the start."""

    nodes: np.ndarray  # [s]
    rates: np.ndarray  # of plant, machines, modules, one row a step [1/s]
    states: np.ndarray  # of plant, machines, modules, one row a node
    computing: np.ndarray  # of the starting power, one a step
    value: float  # of what was asked: seconds of the starting power, or plant at the end


def programme(
    parameters: SwarmParameters, state: State, nodes: np.ndarray, *, failures: bool, computing: bool = True
) -> Programme:
    """Solve growth as a linear programme: the most computing until the last node [s], or the most plant there.

    Rates are constant between nodes, and limits hold in the middle of each step. Each variable is scaled by what
    growth could make of it. Raises KscaleError if there is no solution.
    """
    p, n, steps, tau = parameters, len(nodes) - 1, np.diff(nodes), parameters.replication_time
    plant, power = state.lots * p.lot_mass, state.lot_power * (1 - p.tolerated_shading)
    payback, mending = p.delivered_energy * plant / power, p.mending_energy * plant / power
    lots_fail, modules_fail = (p.lot_failure_rate, p.module_upkeep) if failures else (0.0, 0.0)
    sound = state.module_power * (1 - p.idle_hardware * failures)
    capacity = plant * sound / (state.modules * power) if state.modules else 0.0
    begin = np.array([plant + state.begun_lots, state.industry, state.modules + state.begun_modules]) / plant
    lost = (lots_fail * plant + modules_fail * state.modules) * (1 - p.scrap_recovery) * nodes[-1]
    metal = max(0.0, state.ore / (1 + p.propellant_share) - lost) / plant
    scale = np.minimum(np.exp(nodes / (tau + payback)), 4 * max(1.0, metal))
    middle = np.sqrt(scale[1:] * scale[:-1])
    used, there = diags_array(middle), diags_array(scale[1:])
    before, first = csr_array(np.eye(n, k=-1)), np.eye(n)[0]
    change, mean = there - before @ there, (there + before @ there) / 2
    made = diags_array(steps * middle / tau)
    zero = csr_array((n, n))
    balance = [
        [-made if i == k else zero for i in range(3)] + [zero] + [change if i == k else zero for i in range(3)]
        for k in range(3)
    ]
    energy = [used * (payback / tau)] * 3 + [
        used,
        mean * (mending * lots_fail - 1),
        None,
        mean * mending * modules_fail,
    ]
    machines = [used] * 3 + [None, mean * (tau * lots_fail), -mean, mean * (tau * modules_fail)]
    modules = [None] * 3 + [used, None, None, -capacity * mean]
    start = (
        (mending * lots_fail - 1) * begin[0] + mending * modules_fail * begin[2],
        tau * (lots_fail * begin[0] + modules_fail * begin[2]) - begin[1], -capacity * begin[2],
    )  # fmt: skip
    mined = np.concatenate([np.tile(steps * middle / tau, 3), np.zeros(4 * n)])
    heights = diags_array(1 / np.tile(middle, 3))
    top = heights @ bmat([energy, machines, modules])
    aim = np.zeros(7 * n)
    aim[3 * n : 4 * n] = -steps * middle / (nodes[-1] * middle.max()) if computing else 0.0
    aim[5 * n - 1] = 0.0 if computing else -1.0
    found = linprog(
        aim, A_ub=bmat([[top], [csr_array(mined[None] / max(1.0, metal))]], format="csr"),
        b_ub=np.append(heights @ np.concatenate([-value * first / 2 for value in start]), metal / max(1.0, metal)),
        A_eq=bmat(balance, format="csr"), b_eq=np.concatenate([value * first for value in begin]), bounds=(0, None),
        method="highs-ipm",
    )  # fmt: skip
    if found.x is None:
        raise KscaleError(f"growth over {nodes[-1] / DAY:.6g} days cannot be planned: {found.message}")
    rates = (found.x[: 3 * n].reshape(3, n) * middle / tau).T
    states = np.vstack([begin, (found.x[4 * n :].reshape(3, n) * scale[1:]).T])
    computed = found.x[3 * n : 4 * n] * middle
    return Programme(nodes, rates, states, computed, float(computed @ steps) if computing else float(states[-1, 0]))


def most_computing(
    parameters: SwarmParameters, state: State, horizon: float, day: int = 0, failures: bool = True
) -> OptimizationResult:
    """Share the power over time so that most is computed until the horizon [s], from this state and day on.

    Raises KscaleError for a horizon longer than a run can be, or if upkeep takes all power.
    """
    p, days = parameters, max(1, math.ceil(min(horizon, 1e18) / DAY - 1e-9))
    if days > MOST_DAYS:
        raise KscaleError(f"a horizon of {horizon / DAY:,.6g} days is longer than the {MOST_DAYS:,} that can be run")
    power, upkeep = power_of(p, state), upkeep_mass(p, state, failures) * p.mending_energy
    if not power or upkeep >= power:
        times = upkeep / power if power else math.inf
        raise KscaleError(f"upkeep would take {times:.3g} times the power there is: what fails cannot be made again")
    best = programme(p, state, grid(p, days) * DAY, failures=failures)
    policy = policy_of(p, state, best, upkeep / power, day, 1.1 if failures else 1.0)
    seen = foresee(p, state, lambda passed, _: policy.at(day + passed), days, failures)
    still = min(power - upkeep, state.module_power * (1 - p.idle_hardware * failures))
    if still * days * DAY > seen.computing_energy:  # too short to grow
        policy = Policy((day,), (computing_at(p, still / power, upkeep / power),), day + days)
        seen = foresee(p, state, lambda *_: policy.allocations[0], days, failures)
    end = seen.states[-1]
    masses = {"lots": end.lots * p.lot_mass, "modules": end.modules, "industry": end.industry}
    bound = best.value * state.lot_power * (1 - p.tolerated_shading)
    return OptimizationResult(
        policy, days * DAY, seen.computing_energy, seen.power_at_end, masses, bound, still * days * DAY
    )  # fmt: skip


def grid(parameters: SwarmParameters, days: int) -> np.ndarray:
    """Days at which shares may change: evenly while the swarm can grow, and rarely afterwards."""
    fine = min(days, math.ceil(40 * parameters.replication_time / DAY))  # grown, or out of metal, long before
    early = np.linspace(0, fine, min(fine, STEPS) + 1).round()
    return np.unique(np.concatenate([early, np.linspace(fine, days, min(days - fine, 60) + 1).round()]))


def computing_at(parameters: SwarmParameters, computing: float, upkeep: float, **growth) -> Allocation:
    """Computing with this share of the power, split as the document splits it."""
    logic, memory = computing * parameters.logic_weight, computing * parameters.memory_weight
    network = max(0.0, computing - logic - memory)
    return Allocation(logic, memory, network, min(upkeep, 1 - computing), **{"growth": 0.0, **growth})


def policy_of(
    parameters: SwarmParameters, state: State, best: Programme, upkeep: float, day: int, slack: float
) -> Policy:
    """The programme's rates as shares of power, with some slack for days on which little fails."""
    energy = parameters.delivered_energy * state.lots * parameters.lot_mass
    at_first = state.lot_power * (1 - parameters.tolerated_shading)
    power = (best.states[1:, 0] + best.states[:-1, 0]) / 2 * at_first
    shares = []
    for rates, computed, there in zip(best.rates, best.computing, power, strict=True):
        mass = float(rates.sum())
        computing = min(1.0, computed * at_first / there)
        split = {"machines": float(rates[1]) / mass, "modules": float(rates[2]) / mass} if mass > 0 else {}
        growth = min(slack * mass * energy / there, 1 - computing)
        shares.append(computing_at(parameters, computing, upkeep, growth=growth, **split))
    starts = (best.nodes[:-1] / DAY).round().astype(int) + day
    return Policy(tuple(map(int, starts)), tuple(shares), day + round(best.nodes[-1] / DAY))

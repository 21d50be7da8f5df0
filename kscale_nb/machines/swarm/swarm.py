"""TIP-0128's DysonSwarm: it deploys, optimises, manages and scales, with books of mass and energy that balance."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from functools import wraps

import numpy as np

from kscale_nb.errors import KscaleError, echoed
from kscale_nb.machines.checked import number
from kscale_nb.machines.swarm.collisions import encounters
from kscale_nb.machines.swarm.growth import (
    Allocation,
    Policy,
    State,
    fastest,
    growth_rate,
    industry_over_plant,
    kilograms,
    make,
    most_power,
    own_shade,
    upkeep_share,
    watts,
)
from kscale_nb.machines.swarm.jobs import Job, Placement, place
from kscale_nb.machines.swarm.making import Works
from kscale_nb.machines.swarm.network import Network
from kscale_nb.machines.swarm.optimum import OptimizationResult, most_computing
from kscale_nb.machines.swarm.orbit import drift, held, keep, light_shift, scatter, slots
from kscale_nb.machines.swarm.parameters import DAY, MOST, MOST_DAYS, YEAR, SwarmParameters
from kscale_nb.machines.swarm.records import (
    ComputingNode,
    EnergyBooks,
    ManagementResult,
    MassBooks,
    ScaleTarget,
    ScalingResult,
    target_power,
)


def all_or_nothing(operation: Callable) -> Callable:
    """An operation that leaves the swarm as it was where it is refused or interrupted on its way."""

    @wraps(operation)
    def run(swarm: DysonSwarm, *arguments, **options):
        before = copy.deepcopy({name: value for name, value in vars(swarm).items() if name != "parameters"})
        try:
            return operation(swarm, *arguments, **options)
        except BaseException:
            vars(swarm).update(before)
            raise

    return run


class DysonSwarm(Works):
    """A swarm of computing nodes and mirrors that fails, is mended and grows, one day at a time.

    The same seed gives the same run. What cannot be is refused with a KscaleError and leaves the swarm as it was.

    >>> swarm = DysonSwarm(modules=100, lots=1000, seed=1)
    >>> result = swarm.manage_swarm(30)
    >>> int(result.modules[-1]), result.modules_failed == result.modules_replaced, abs(swarm.mass_residual()) < 1e-9
    (100, True, True)
    """

    def __init__(self, parameters: SwarmParameters | None = None, *, seed: int = 0, failures: bool = True, **changes):
        if parameters is not None and changes:
            raise KscaleError("give a swarm either parameters or changes to the model's, not both")
        if not isinstance(failures, bool):
            raise KscaleError(f"failures: True or False is expected, not {echoed(failures)}")
        self.failures = failures
        self.seed = number("seed", seed, 0, whole=True)
        self.parameters = p = parameters or SwarmParameters.of_model(**changes)
        self.rng = np.random.default_rng(self.seed)
        self.day = 0
        # work on what is not finished, its mass still in the stock [kg]
        self.mending_begun = self.lots_begun = self.modules_begun = self.hardware_missing = 0.0
        self.positions, self.velocities = scatter(p.modules, p.region_diameter / 2, self.motion, self.rng)
        self.module_power = np.full(p.modules, p.module_power)
        self.module_mass = np.full(p.modules, p.module_mass)
        self.module_works = np.ones(p.modules, bool)
        self.lot_distance = np.full(p.lots, p.distance)
        self.lot_works = np.ones(p.lots, bool)
        self.energy = EnergyBooks()
        standing = p.lots * p.lot_mass
        year_of_failures = YEAR * (
            p.modules * p.module_mass * p.module_upkeep + standing * p.lot_failure_rate
        ) + 0.01 * standing  # fmt: skip
        self.stock_target = min(year_of_failures, p.metal)
        industry = standing * industry_over_plant(p, 1 - p.computing_share)  # as much as the rest of the power drives
        self.mass = MassBooks(
            metal=p.metal - self.stock_target, stock=self.stock_target, modules=float(self.module_mass.sum()),
            lots=standing, industry=industry,
        )  # fmt: skip
        self.mass_at_start = self.mass.total
        logic, memory = p.computing_share * p.logic_weight, p.computing_share * p.memory_weight
        self.allocation = Allocation(logic, memory, p.computing_share - logic - memory, min(1.0, upkeep_share(p)), 0.0)

    @property
    def allocation(self) -> Allocation:
        """Shares of the power on this day: the policy's where one is set. To set one ends the policy."""
        return self.policy.at(self.day)

    @allocation.setter
    def allocation(self, shares: Allocation) -> None:
        self.policy = Policy((self.day,), (shares,), self.day)

    @classmethod
    def of_model(cls, *, seed: int = 0, failures: bool = True, **changes) -> DysonSwarm:
        """The swarm that the book's quantities describe after changes of them, or of its own parameters.

        >>> heavy, usual = DysonSwarm.of_model(copper_per_power="1 kg/kW"), DysonSwarm()
        >>> [round(swarm.scale_computation(1e17).elements["Cu"] / 1e12) for swarm in (heavy, usual)]
        [100, 30]
        """
        return cls(SwarmParameters.of_model(**changes), seed=seed, failures=failures)

    # -- state -----------------------------------------------------------------------------------------

    @property
    def motion(self) -> float:
        """Angular speed of the orbit [rad/s]."""
        return 2 * math.pi / self.parameters.orbit_period

    @property
    def lot_power(self) -> np.ndarray:
        """Of each working lot, unshaded: the inverse square of its distance [W]."""
        distances = self.lot_distance[self.lot_works]
        return self.parameters.lot_power * (self.parameters.distance / distances) ** 2

    @property
    def shading(self) -> float:
        """Share of their light that lots in the region take from one another, and modules' shadows with them."""
        return own_shade(self.parameters, self.parameters.lot_area * np.count_nonzero(self.lot_works))

    @property
    def power(self) -> float:
        """Electricity of all working lots [W]."""
        return float(self.lot_power.sum()) * (1 - self.shading)

    @property
    def state(self) -> State:
        """What works and what is left to grow from."""
        return State(
            int(np.count_nonzero(self.lot_works)), float(self.lot_power.sum()), self.whole_modules,
            float(self.module_power[self.module_works].sum()), self.mass.industry, self.mass.metal, self.lots_begun,
            self.modules_begun,
        )  # fmt: skip

    def mass_residual(self) -> float:
        """What the books of mass leave over, as a share of all mass: zero to rounding."""
        return (self.mass.total - self.mass_at_start) / self.mass_at_start

    def energy_residual(self) -> float:
        """What the books of energy leave over, as a share of all that was generated: zero to rounding."""
        return self.energy.residual / self.energy.generated if self.energy.generated else 0.0

    def network(self) -> Network:
        """The working modules, each with its terminals turned to its nearest neighbours."""
        works = self.module_works
        return Network.of(self.parameters, self.positions[works], self.module_power[works], self.module_mass[works])

    def place(self, *jobs: Job) -> list[Placement]:
        """Give each Training and Serving its share of the working modules as they are joined now, and say its yield."""
        return place(self.network(), jobs)

    def lot_positions(self) -> np.ndarray:
        """Where the lots that work are, from the modules' centre, (lots, 3) [m]: light's push has moved their own.

        They fill the modules' region, or the larger one in which they shade one another as much as is tolerated.
        """
        p = self.parameters
        radius = max(p.region_diameter / 2, p.cloud_radius(p.lot_area * np.count_nonzero(self.lot_works)))
        places = slots(len(self.lot_works), self.seed, radius, self.motion, self.day * DAY, p.earth_share)
        shift = light_shift(encounters(p).lightness, p.orbit_radius)
        return places[self.lot_works] + np.append(shift, 0.0).astype(np.float32)

    # -- TIP-0128's four operations --------------------------------------------------------------------

    def deploy_node(self, node: ComputingNode) -> int:
        """Make one more module from the stock and place it; returns its number.

        Raises KscaleError for a node that is none, lies outside the region, or weighs more than the stock.
        """
        if not isinstance(node, ComputingNode):
            raise KscaleError(f"deploy_node takes a ComputingNode(power, mass, position), not {echoed(node)}")
        power, mass = number("node: power", node.power, above=0), number("node: mass", node.mass, above=0)
        try:
            place = np.asarray(node.position, float)
        except (TypeError, ValueError, OverflowError):
            place = np.array([])
        radius = self.parameters.region_diameter / 2
        if place.shape != (3,) or not np.isfinite(place).all() or np.linalg.norm(place) > radius:
            raise KscaleError(
                f"node: position is three numbers within {radius:.4g} m of the centre, not {echoed(node.position)}"
            )
        if mass > self.free_stock:
            raise KscaleError(f"node: a mass of {mass:.4g} kg is more than the stock of {self.free_stock:.4g} kg")
        lightest = power * self.parameters.radiator_mass_per_power
        if mass < lightest:
            raise KscaleError(
                f"node: {watts(power)} on {kilograms(mass)} would melt: its radiators weigh {kilograms(lightest)}"
            )
        self._move("stock", "modules", mass)
        self._place(place[None], held(place[None], self.motion), power, mass)
        return len(self.module_works) - 1

    def optimize_resources(self, days: float = 365.25) -> OptimizationResult:
        """Set the shares of power over time by which most is computed within so many days, from now on.

        The record promises what `manage_swarm` over the same days is to deliver. Raises KscaleError as most_computing.
        """
        horizon = number("days", days, above=0) * DAY
        result = most_computing(self.parameters, self.state, horizon, self.day, self.failures)
        self.policy = result.policy
        return result

    @all_or_nothing
    def manage_swarm(
        self, days: int, progress: Callable[[int], None] | None = None, *, until_full: bool = False
    ) -> ManagementResult:
        """Let so many days pass: nodes fail, drift and are held, are made again, and the swarm grows by its policy.

        Raises KscaleError where more lots or modules would stand than can be run; `until_full` ends the day before.
        """
        days = number("days", days, 0, MOST_DAYS, whole=True)
        rows = np.zeros((days, 7))
        counts = np.zeros(6, int)
        swapped, speed_change, expelled = 0.0, 0.0, self.mass.propellant
        for passed in range(days):
            if self._is_full_tomorrow():
                if not until_full:
                    raise KscaleError(self.fullness)
                rows = rows[:passed]
                break
            *failed, missing = self._fail()
            speed_change = max(speed_change, self._hold())
            idle = self._idle(missing)
            power, computing, made, hardware = self._spend(missing)
            swapped += hardware
            self.day += 1
            counts += [*failed, *made]
            working = (np.count_nonzero(self.module_works), np.count_nonzero(self.lot_works))
            rows[passed] = self.day, power, computing, *working, *idle
            if progress:
                progress(passed + 1)
        return ManagementResult(
            *rows.T[:3], rows[:, 3].astype(int), rows[:, 4].astype(int), *map(int, counts), swapped, speed_change,
            self.mass.propellant - expelled, self.shading, float(rows[:, 2].sum()) * DAY, self.power,
            *map(float, rows[:, 5:].sum(axis=0) * DAY),
        )  # fmt: skip

    def scale_computation(self, target: float | ScaleTarget, share: float | None = None) -> ScalingResult:
        """Plan the fastest way to a target power [W], or Kardashev rating, that gives this share of it to growth.

        By default everything but computing and upkeep grows. `follow` of its policy carries it out. Raises KscaleError
        for a target beyond metal or sunlight.
        """
        p = self.parameters
        power = target_power(target, p)
        if power > p.star_power:
            raise KscaleError(
                f"a target of {watts(power)} is beyond all the star's light, which gives {watts(p.star_power)} "
                f"of electricity"
            )
        if share is None:
            share = 1 - p.computing_share - (upkeep := upkeep_share(p) if self.failures else 0.0)
            if share <= 0:
                computing = f"computing takes {p.computing_share:.4g} of the power"
                raise KscaleError(f"{computing} and upkeep {upkeep:.4g}: nothing is left to grow with")
        share = number("share", share, above=0, high=1)
        policy, way = fastest(p, self.state, share, power, self.day, self.failures)
        end, start = way.states[-1], self.state
        limit, limited_by = most_power(p, start)
        lots, modules = math.ceil(power / p.lot_power), math.ceil(power * p.computing_share / p.module_power)
        area = power / (p.sunlight * p.efficiency)
        plant = end.lots * p.lot_mass
        return ScalingResult(
            target=power, rating=p.rating(power), time=float(way.times[-1]), power_at_end=way.power_at_end,
            computing_energy=way.computing_energy,
            doubling_time=math.log(2) / growth_rate(p, share), limit=limit, limited_by=limited_by, modules=modules,
            lots=lots, mirror_area=area, sunlight_share=power / p.star_power,
            region_diameter=2 * p.cloud_radius(area),
            masses={"mirrors, turbines, radiators": plant, "modules": end.modules, "industry": end.industry,
                    "propellant": (start.ore - end.ore) * p.propellant_share / (1 + p.propellant_share)},
            elements={element: power * mass for element, mass in p.elements.items()},
            making_energy=(start.ore - end.ore) / (1 + p.propellant_share) * p.delivered_energy,
            times=way.times, powers=way.powers, policy=policy,
        )  # fmt: skip

    def follow(self, policy: Policy) -> int:
        """Run by this policy from now on, such as that of a ScalingResult; returns in how many days it ends.

        Raises KscaleError for one that was made for another day.
        """
        if not isinstance(policy, Policy):
            raise KscaleError(f"follow takes the policy of a plan, not {echoed(policy)}")
        if policy.days and policy.days[0] != self.day:
            raise KscaleError(f"follow: the policy starts on day {policy.days[0]:,}, and this is day {self.day:,}")
        if policy.days:
            self.policy = policy
        return policy.end - self.day

    # -- and what it needs beside ----------------------------------------------------------------------

    def lose(self, share: float) -> int:
        """Lose this share of the working modules at once, chosen by lot; returns how many."""
        share = number("lose", share, 0, 1)
        working = np.flatnonzero(self.module_works)
        struck = self.rng.choice(working, round(share * len(working)), replace=False)
        self._break_modules(struck)
        return len(struck)

    def _hold(self) -> float:
        """A day's drift, and the thrust that keeps the working modules in their region; the largest [m/s]."""
        p = self.parameters
        self.positions, moving = drift(self.positions, self.velocities, self.motion, DAY, p.earth_share)
        held, changes = keep(self.positions, moving, p.region_diameter / 2, self.motion)
        pushed = self.module_works & (changes > 0)
        spent = float((self.module_mass[pushed] * -np.expm1(-changes[pushed] / p.propellant_speed)).sum())
        if spent > self.free_stock:  # nothing to push with: all drift on
            self.velocities = moving
            return 0.0
        self.velocities = np.where(pushed[:, None], held, moving)
        self._move("stock", "propellant", spent)
        return float(changes[pushed].max(initial=0.0))

    def _sound(self, missing: float) -> float:
        """Power that the working modules can compute with, so much of their hardware missing [W]."""
        whole = self.whole_modules
        return float(self.module_power[self.module_works].sum()) * (1 - missing / whole if whole else 0.0)

    def _idle(self, missing: float) -> tuple[float, float]:
        """Power that what failed in modules would have computed with, and that failed lots would have given [W]."""
        lots = np.count_nonzero(~self.lot_works) * self.parameters.lot_power
        return float(self.module_power.sum()) - self._sound(missing), lots * (1 - self.shading)

    def _spend(self, missing: float) -> tuple[float, float, tuple[int, int, int, int], float]:
        """A day's electricity, as far as modules work, and what it gave: power, computing, made, hardware swapped."""
        p, share, books = self.parameters, self.allocation, self.energy
        energy = self.power * DAY
        capacity = self.mass.industry * DAY / p.replication_time  # [kg] that the machines can make
        computing = min(share.computing * energy, self._sound(missing) * DAY)
        rest = (1 - share.computing) * energy
        carried = self._fill(rest)
        modules, lots, swapped, mended = self._mend(min(capacity, (rest - carried) / p.making_energy))  # before growth
        upkeep = carried + mended * p.making_energy
        left_to_grow = max(0.0, min(share.growth * energy, rest - upkeep))
        made = make(p, self.state, share, left_to_grow, max(0.0, capacity - mended))
        self._add(made)
        growth = made.mass * p.delivered_energy
        books.generated += energy
        books.computing += computing
        books.upkeep += upkeep
        books.growth += growth
        books.industry += rest - upkeep - left_to_grow
        books.curtailed += share.computing * energy - computing + left_to_grow - growth
        return energy / DAY, computing / DAY, (modules, lots, made.lots, made.modules), swapped

    @property
    def fullness(self) -> str:
        """What is to be said once the next day would not fit."""
        what = "lots" if self._tomorrow()[0] > MOST["lots"] else "modules"
        return f"on day {self.day + 1:,} there would be more than {MOST[what]:,} {what}: begin with fewer, larger ones"

    def _tomorrow(self) -> tuple[int, int]:
        """Lots and modules there would be if nothing failed on the next day."""
        p, share = self.parameters, self.allocation
        work = self.mass.industry * DAY / p.replication_time
        made = make(p, self.state, share, share.growth * self.power * DAY, work)
        return len(self.lot_works) + made.lots, len(self.module_works) + made.modules

    def _is_full_tomorrow(self) -> bool:
        lots, modules = self._tomorrow()
        return lots > MOST["lots"] or modules > MOST["modules"]

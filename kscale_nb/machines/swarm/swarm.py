"""TIP-0128's DysonSwarm: it deploys, optimises, manages and scales, with books of mass and energy that balance."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from functools import wraps

import numpy as np

from kscale_nb.errors import KscaleError, echoed
from kscale_nb.machines.checked import number
from kscale_nb.machines.swarm.growth import (
    Allocation,
    OptimizationResult,
    best_allocation,
    grow,
    industry_over_plant,
    upkeep_share,
    watts,
)
from kscale_nb.machines.swarm.network import NetworkRecord, span
from kscale_nb.machines.swarm.orbit import AXES, drift, held, keep, scatter
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

# Optical depth of an ellipsoid of small mirrors toward the Sun, in mirror area over the square of its ball's radius
SHADING = 9 / (16 * math.pi) * float(AXES[0])
TOLERATED_SHADING = 0.01


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


class DysonSwarm:
    """A swarm of computing nodes and mirrors that fails, is mended and grows, one day at a time.

    The same seed gives the same run. What cannot be is refused with a KscaleError and leaves the swarm as it was.

    >>> swarm = DysonSwarm(modules=100, lots=1000, seed=1)
    >>> result = swarm.manage_swarm(30)
    >>> int(result.modules[-1]), result.modules_failed == result.modules_replaced, abs(swarm.mass_residual()) < 1e-9
    (100, True, True)
    """

    def __init__(self, parameters: SwarmParameters | None = None, *, seed: int = 0, **changes):
        if parameters is not None and changes:
            raise KscaleError("give a swarm either parameters or changes to the model's, not both")
        self.seed = number("seed", seed, 0, whole=True)
        self.parameters = p = parameters or SwarmParameters.of_model(**changes)
        self.rng = np.random.default_rng(self.seed)
        self.day = 0
        self.mending_begun = self.growth_begun = 0.0  # work on what is not finished, its mass still in the stock [kg]
        self.positions, self.velocities = scatter(p.modules, p.region_diameter / 2, self.motion, self.rng)
        self.module_power = np.full(p.modules, p.module_power)
        self.module_mass = np.full(p.modules, p.module_mass)
        self.module_works = np.ones(p.modules, bool)
        self.lot_distance = np.full(p.lots, p.distance)
        self.lot_works = np.ones(p.lots, bool)
        self.energy = EnergyBooks()
        standing = p.lots * p.lot_mass
        year_of_failures = YEAR * (
            p.modules * p.module_mass * p.module_failure_rate + standing * p.lot_failure_rate
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

    @classmethod
    def of_model(cls, *, seed: int = 0, **changes) -> DysonSwarm:
        """The swarm that the book's quantities describe after changes of them, or of its own parameters.

        >>> heavy, usual = DysonSwarm.of_model(copper_per_power="1 kg/kW"), DysonSwarm()
        >>> [round(swarm.scale_computation(1e17).elements["Cu"] / 1e12) for swarm in (heavy, usual)]
        [100, 30]
        """
        return cls(SwarmParameters.of_model(**changes), seed=seed)

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
        area = self.parameters.lot_area * np.count_nonzero(self.lot_works)
        return -math.expm1(-SHADING * area / (self.parameters.region_diameter / 2) ** 2)

    @property
    def power(self) -> float:
        """Electricity of all working lots [W]."""
        return float(self.lot_power.sum()) * (1 - self.shading)

    def mass_residual(self) -> float:
        """What the books of mass leave over, as a share of all mass: zero to rounding."""
        return (self.mass.total - self.mass_at_start) / self.mass_at_start

    def energy_residual(self) -> float:
        """What the books of energy leave over, as a share of all that was generated: zero to rounding."""
        return self.energy.residual / self.energy.generated if self.energy.generated else 0.0

    def network(self) -> NetworkRecord:
        """The shortest net of links between the working modules, and its light delays."""
        return span(self.positions[self.module_works], self.parameters.speed_of_light)

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
        if mass > self.mass.stock:
            raise KscaleError(f"node: a mass of {mass:.4g} kg is more than the stock of {self.mass.stock:.4g} kg")
        self._move("stock", "modules", mass)
        self.positions = np.vstack([self.positions, place])
        self.velocities = np.vstack([self.velocities, held(place[None], self.motion)])
        self.module_power = np.append(self.module_power, power)
        self.module_mass = np.append(self.module_mass, mass)
        self.module_works = np.append(self.module_works, True)
        return len(self.module_works) - 1

    def optimize_resources(self, days: float = 365.25) -> OptimizationResult:
        """Share the power so that most is computed within so many days, and run by these shares from now on."""
        result = best_allocation(self.parameters, number("days", days, above=0) * DAY)
        self.allocation = result.allocation
        return result

    @all_or_nothing
    def manage_swarm(
        self, days: int, progress: Callable[[int], None] | None = None, *, until_full: bool = False
    ) -> ManagementResult:
        """Let so many days pass: nodes fail, drift and are held, are made again, and the swarm grows by its shares.

        Raises KscaleError where more lots would stand than can be run; `until_full` ends with the day before.
        """
        days = number("days", days, 0, MOST_DAYS, whole=True)
        rows = np.zeros((days, 5))
        counts = np.zeros(5, int)
        speed_change, expelled = 0.0, self.mass.propellant
        for passed in range(days):
            if self._most_lots_tomorrow() > MOST["lots"]:
                if not until_full:
                    raise KscaleError(self.fullness)
                rows = rows[:passed]
                break
            failed = self._fail()
            speed_change = max(speed_change, self._hold())
            power, computing, made = self._spend()
            self.day += 1
            counts += [*failed, *made]
            working = (np.count_nonzero(self.module_works), np.count_nonzero(self.lot_works))
            rows[passed] = self.day, power, computing, *working
            if progress:
                progress(passed + 1)
        return ManagementResult(
            *rows.T[:3], rows[:, 3].astype(int), rows[:, 4].astype(int), *map(int, counts), speed_change,
            self.mass.propellant - expelled, self.shading,
        )  # fmt: skip

    def scale_computation(self, target: float | ScaleTarget, share: float | None = None) -> ScalingResult:
        """Plan the way to a target power [W], or Kardashev rating, putting this share of the power into growth.

        By default everything but computing and upkeep grows. Raises KscaleError for a target beyond metal or sunlight.
        """
        p = self.parameters
        power = target_power(target, p)
        if power > p.star_power:
            raise KscaleError(
                f"a target of {watts(power)} is beyond all the star's light, which gives {watts(p.star_power)} "
                f"of electricity"
            )
        if share is None:
            share = 1 - p.computing_share - (upkeep := upkeep_share(p))
            if share <= 0:
                computing = f"computing takes {p.computing_share:.4g} of the power"
                raise KscaleError(f"{computing} and upkeep {upkeep:.4g}: nothing is left to grow with")
        share = number("share", share, above=0, high=1)
        way = grow(p, share, power, start=self.power)
        try:
            lots, modules = math.ceil(power / p.lot_power), math.ceil(power * p.computing_share / p.module_power)
        except (OverflowError, ZeroDivisionError):
            raise KscaleError(
                f"a target of {power:.4g} W cannot be counted in the lots and modules of a swarm of {p.power:.4g} W"
            ) from None
        area = power / (p.sunlight * p.efficiency)
        plant, nodes = power * p.plant_mass_per_power, modules * p.module_mass
        machines = plant * industry_over_plant(p, share)
        stands = ((plant, self.mass.lots), (nodes, self.mass.modules), (machines, self.mass.industry))
        added = sum(max(0.0, wanted - there) for wanted, there in stands)
        return ScalingResult(
            target=power, rating=p.rating(power), time=way.time,
            doubling_time=math.log(2) / way.rate, limit=way.limit, limited_by=way.limited_by, modules=modules,
            lots=lots, mirror_area=area, sunlight_share=power / p.star_power,
            region_diameter=2 * math.sqrt(SHADING * area / -math.log1p(-TOLERATED_SHADING)),
            masses={"mirrors, turbines, radiators": plant, "modules": nodes, "industry": machines},
            elements={element: power * mass for element, mass in p.elements.items()},
            making_energy=added * p.making_energy,
            times=way.times, powers=way.powers,
        )  # fmt: skip

    # -- and what it needs beside ----------------------------------------------------------------------

    def lose(self, share: float) -> int:
        """Lose this share of the working modules at once, chosen by lot; returns how many."""
        share = number("lose", share, 0, 1)
        working = np.flatnonzero(self.module_works)
        struck = self.rng.choice(working, round(share * len(working)), replace=False)
        self._break_modules(struck)
        return len(struck)

    def _move(self, source: str, target: str, kilograms: float) -> None:
        """Mass never comes from nowhere."""
        setattr(self.mass, source, getattr(self.mass, source) - kilograms)
        setattr(self.mass, target, getattr(self.mass, target) + kilograms)

    def _break_modules(self, numbers: np.ndarray) -> None:
        self.module_works[numbers] = False
        self._scrap("modules", float(self.module_mass[numbers].sum()))

    def _scrap(self, kind: str, kilograms: float) -> None:
        self._move(kind, "scrap", kilograms * self.parameters.scrap_recovery)
        self._move(kind, "lost", kilograms * (1 - self.parameters.scrap_recovery))

    def _fail(self) -> tuple[int, int]:
        """A day's failures, by lot."""
        p = self.parameters
        chance = -math.expm1(-p.module_failure_rate * DAY)
        modules = np.flatnonzero(self.module_works & (self.rng.random(len(self.module_works)) < chance))
        self._break_modules(modules)
        chance = -math.expm1(-p.lot_failure_rate * DAY)
        lots = np.flatnonzero(self.lot_works & (self.rng.random(len(self.lot_works), dtype=np.float32) < chance))
        self.lot_works[lots] = False
        self._scrap("lots", len(lots) * p.lot_mass)
        return len(modules), len(lots)

    def _hold(self) -> float:
        """A day's drift, and the thrust that keeps the working modules in their region; the largest [m/s]."""
        p = self.parameters
        self.positions, moving = drift(self.positions, self.velocities, self.motion, DAY)
        held, changes = keep(self.positions, moving, p.region_diameter / 2, self.motion)
        pushed = self.module_works & (changes > 0)
        spent = float((self.module_mass[pushed] * -np.expm1(-changes[pushed] / p.propellant_speed)).sum())
        if spent > self.mass.stock:  # nothing to push with: all drift on
            self.velocities = moving
            return 0.0
        self.velocities = np.where(pushed[:, None], held, moving)
        self._move("stock", "propellant", spent)
        return float(changes[pushed].max(initial=0.0))

    def _spend(self) -> tuple[float, float, tuple[int, int, int]]:
        """A day's electricity: computing, as far as modules work, mending and growth; power, computing, made."""
        p, share = self.parameters, self.allocation
        energy = self.power * DAY
        self._mine()
        capacity = self.mass.industry * DAY / p.replication_time  # [kg] that the machines can make
        computing = min(share.computing * energy, float(self.module_power[self.module_works].sum()) * DAY)
        rest = 1 - share.computing
        modules, lots, mended = self._mend(
            min(capacity, rest * energy / p.making_energy)
        )  # before all else but computing
        upkeep = mended * p.making_energy
        left_to_grow = min(share.growth * energy, rest * energy - upkeep)
        added, grown = self._add(min(capacity - mended, left_to_grow / p.making_energy))
        growth = grown * p.making_energy
        curtailed = share.computing * energy - computing + left_to_grow - growth
        industry = rest * energy - upkeep - left_to_grow
        books = self.energy
        books.generated += energy
        books.computing += computing
        books.upkeep += upkeep
        books.growth += growth
        books.industry += industry
        books.curtailed += curtailed
        return energy / DAY, computing / DAY, (modules, lots, added)

    @property
    def fullness(self) -> str:
        """What is to be said once the next day would not fit."""
        return f"on day {self.day + 1:,} there would be more than {MOST['lots']:,} lots: begin with fewer, larger ones"

    def _most_lots_tomorrow(self) -> int:
        """Lots there would be if nothing failed on the next day."""
        p, mass, lots = self.parameters, self.mass, len(self.lot_works)
        grown = min(mass.industry / p.replication_time, self.allocation.growth * self.power / p.making_energy) * DAY
        work = min(self.growth_begun + grown, mass.stock + mass.scrap + mass.metal)
        return lots + int(work * lots / (lots * p.lot_mass + mass.industry))

    def _mine(self) -> None:
        """Scrap goes back into the stock, and metal fills it up, as fast as the machines work."""
        self._move("scrap", "stock", self.mass.scrap)
        rate = self.mass.industry * DAY / self.parameters.replication_time
        wanted = self.stock_target + (rate if self.allocation.growth else 0.0) - self.mass.stock
        self._move("metal", "stock", max(0.0, min(wanted, rate, self.mass.metal)))

    def _mend(self, kilograms: float) -> tuple[int, int, float]:
        """Make again what failed, modules first, with a day's work on so many kilograms.

        Returns how many modules and lots were made, and the work [kg]; work on what is not finished is kept.
        """
        work = self.mending_begun + kilograms
        modules, used = self._replace_modules(min(work, self.mass.stock))
        lots = 0
        if self.module_works.all():
            lots, used_too = self._replace_lots(min(work - used, self.mass.stock))
            used += used_too
        done = self.module_works.all() and self.lot_works.all()
        left = max(0.0, min(work, self.mass.stock + used) - used)
        left = min(left, max(0.0, self.mending_begun - used)) if done else left
        spent = max(0.0, used + left - self.mending_begun)
        self.mending_begun = left
        return modules, lots, spent

    def _replace_modules(self, kilograms: float) -> tuple[int, float]:
        """Make failed modules again, in their order, of at most so much mass; how many, and the mass they took."""
        broken = np.flatnonzero(~self.module_works)
        masses = np.cumsum(self.module_mass[broken])
        count = int(np.searchsorted(masses, kilograms, side="right"))
        used = float(masses[count - 1]) if count else 0.0
        self.module_works[broken[:count]] = True
        self.positions[broken[:count]], self.velocities[broken[:count]] = scatter(
            count, self.parameters.region_diameter / 2, self.motion, self.rng
        )
        self._move("stock", "modules", used)
        return count, used

    def _replace_lots(self, kilograms: float) -> tuple[int, float]:
        broken = np.flatnonzero(~self.lot_works)
        count = min(len(broken), int(kilograms / self.parameters.lot_mass))
        self.lot_works[broken[:count]] = True
        used = count * self.parameters.lot_mass
        self._move("stock", "lots", used)
        return count, used

    def _add(self, kilograms: float) -> tuple[int, float]:
        """Grow by work on so many kilograms: new lots, and industry in step; how many lots, and the work [kg]."""
        work = min(self.growth_begun + kilograms, self.mass.stock)
        plant_share = self.mass.lots / (self.mass.lots + self.mass.industry)
        count = int(work * plant_share / self.parameters.lot_mass)
        plant = count * self.parameters.lot_mass
        machines = plant * (1 - plant_share) / plant_share if count else 0.0
        if count:
            self.lot_works = np.append(self.lot_works, np.ones(count, bool))
            self.lot_distance = np.append(self.lot_distance, np.full(count, self.parameters.distance))
            self._move("stock", "lots", plant)
            self._move("stock", "industry", machines)
        left = max(0.0, work - plant - machines)
        spent = max(0.0, plant + machines + left - self.growth_begun)
        self.growth_begun = left
        return count, spent

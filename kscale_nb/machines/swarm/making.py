"""What fails, and what machines do: carry metal, make again what failed, and add what grows. No mass from nowhere."""

from __future__ import annotations

import math

import numpy as np

from kscale_nb.machines.swarm.growth import Made
from kscale_nb.machines.swarm.orbit import scatter
from kscale_nb.machines.swarm.parameters import DAY, SwarmParameters
from kscale_nb.machines.swarm.records import MassBooks


class Works:
    """The stores and machines of a swarm."""

    parameters: SwarmParameters
    mass: MassBooks
    hardware_missing: float  # inside modules that work, failed and not yet made again [kg]

    @property
    def free_stock(self) -> float:
        """Of the stock, what no unfinished lot or module holds [kg]."""
        return max(0.0, self.mass.stock - self.lots_begun - self.modules_begun)

    def _move(self, source: str, target: str, kilograms: float) -> None:
        """Mass never comes from nowhere."""
        setattr(self.mass, source, getattr(self.mass, source) - kilograms)
        setattr(self.mass, target, getattr(self.mass, target) + kilograms)

    def _scrap(self, kind: str, kilograms: float) -> None:
        self._move(kind, "scrap", kilograms * self.parameters.scrap_recovery)
        self._move(kind, "lost", kilograms * (1 - self.parameters.scrap_recovery))

    def _place(self, places: np.ndarray, speeds: np.ndarray, power: float, mass: float) -> None:
        count = len(places)
        self.positions = np.vstack([self.positions, places])
        self.velocities = np.vstack([self.velocities, speeds])
        self.module_power = np.append(self.module_power, np.full(count, power))
        self.module_mass = np.append(self.module_mass, np.full(count, mass))
        self.module_works = np.append(self.module_works, np.ones(count, bool))

    @property
    def whole_modules(self) -> float:
        """What the working modules weigh with nothing missing [kg]."""
        return float(self.module_mass[self.module_works].sum())

    def _fail(self) -> tuple[int, int, float]:
        """A day's failures: modules and lots by lot, and the hardware inside modules that idles on this day [kg].

        A module holds millions of processors, so that as many fail in each as in the mean.
        """
        if not self.failures:
            return 0, 0, self.hardware_missing
        p = self.parameters
        chance = -math.expm1(-p.module_loss_rate * DAY)
        modules = np.flatnonzero(self.module_works & (self.rng.random(len(self.module_works)) < chance))
        self._break_modules(modules)
        chance = -math.expm1(-p.lot_failure_rate * DAY)
        lots = np.flatnonzero(self.lot_works & (self.rng.random(len(self.lot_works), dtype=np.float32) < chance))
        self.lot_works[lots] = False
        self._scrap("lots", len(lots) * p.lot_mass)
        worn = self.mass.modules * -math.expm1(-p.hardware_failure_rate * DAY)
        self._scrap("modules", worn)
        idle = self.hardware_missing + worn * min(1.0, p.swap_time / DAY)
        self.hardware_missing += worn
        return len(modules), len(lots), idle

    def _break_modules(self, numbers: np.ndarray) -> None:
        """Lose these modules whole, with what is in them."""
        whole = self.whole_modules
        there = self.mass.modules / whole if whole else 0.0
        self.module_works[numbers] = False
        lost = float(self.module_mass[numbers].sum())
        all_lost = not self.module_works.any()
        gone = self.mass.modules if all_lost else lost * min(1.0, there)
        self._scrap("modules", gone)
        self.hardware_missing = 0.0 if all_lost else max(0.0, self.hardware_missing - (lost - gone))

    def _fill(self, energy: float) -> float:
        """Scrap goes back into the stock, and metal fills it up, with at most this energy; what it takes [J]."""
        p = self.parameters
        self._move("scrap", "stock", self.mass.scrap)
        rate = self.mass.industry * DAY / p.replication_time
        affordable = energy / p.carriage_energy if p.carriage_energy else math.inf
        arriving = self.mass.metal / (1 + p.propellant_share)
        mass = max(0.0, min(self.stock_target - self.free_stock, rate, affordable, arriving))
        self._carry(mass)
        return mass * p.carriage_energy

    def _carry(self, kilograms: float) -> None:
        """Bring so much metal into the stock, and throw away what drives it."""
        self._move("metal", "stock", kilograms)
        self._move("metal", "propellant", kilograms * self.parameters.propellant_share)

    def _mend(self, kilograms: float) -> tuple[int, int, float, float]:
        """Make again what failed, first inside modules, then modules, with a day's work on so many kilograms.

        Returns how many modules and lots were made, the hardware swapped and the work [kg]; work on what is not
        finished is kept.
        """
        work = self.mending_begun + kilograms
        swapped = self._swap(min(work, self.free_stock))
        modules, used = self._replace_modules(min(work - swapped, self.free_stock))
        used += swapped
        lots = 0
        if self.module_works.all():
            lots, used_too = self._replace_lots(min(work - used, self.free_stock))
            used += used_too
        done = self.module_works.all() and self.lot_works.all()
        left = max(0.0, min(work, self.free_stock + used) - used)
        left = min(left, max(0.0, self.mending_begun - used)) if done else left
        spent = max(0.0, used + left - self.mending_begun)
        self.mending_begun = left
        return modules, lots, swapped, spent

    def _swap(self, kilograms: float) -> float:
        """Make hardware inside modules again, as much as is swapped in a day, of at most so much mass [kg]."""
        due = self.hardware_missing * min(1.0, DAY / self.parameters.swap_time)
        mass = max(0.0, min(due, kilograms))
        self._move("stock", "modules", mass)
        self.hardware_missing -= mass
        return mass

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

    def _add(self, made: Made) -> None:
        """Let a day's growth stand: metal arrives, is worked on, and what is finished works."""
        p = self.parameters
        self._carry(made.mass)
        self._move("stock", "industry", made.industry)
        self._move("stock", "lots", made.lots * p.lot_mass)
        self._move("stock", "modules", made.modules * p.module_mass)
        self.lots_begun += made.plant - made.lots * p.lot_mass
        self.modules_begun += made.nodes - made.modules * p.module_mass
        if made.lots:
            self.lot_works = np.append(self.lot_works, np.ones(made.lots, bool))
            self.lot_distance = np.append(self.lot_distance, np.full(made.lots, p.distance))
        if made.modules:
            places, speeds = scatter(made.modules, p.region_diameter / 2, self.motion, self.rng)
            self._place(places, speeds, p.module_power, p.module_mass)

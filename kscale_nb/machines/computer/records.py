"""What a ThermodynamicComputer hands back: frozen records in SI."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class ComputationResult:
    """One operation: its result, and what it took."""

    name: str
    result: np.ndarray  # read-only
    runs: float
    time: float  # [s]
    energy: float  # drawn by the supply [J]
    heat: float  # what became of it, less work that the engine gave back meanwhile [J]
    work: float  # [J]
    entropy_produced: float  # in the machine and on the heat's way to the sink [J/K]
    bits_erased: float
    bits_switched: float
    flop: float
    landauer_floor: float  # least heat of the bits erased [J]
    voltage: float  # [V]
    clock: float  # [Hz]
    temperature: float  # before [K]
    temperature_after: float  # [K]

    @property
    def over_landauer(self) -> float:
        """Energy over Landauer's floor; infinite where nothing is erased."""
        return self.energy / self.landauer_floor if self.landauer_floor else float("inf")


@dataclass(frozen=True)
class EfficiencyResult:
    """The voltage of least energy, found by independent routes."""

    voltage: float  # set [V]
    clock: float  # [Hz]
    throughput: float  # FP16 [FLOP/s]
    energy_per_flop: float  # of FP16 arithmetic on the chips [J/FLOP]
    energy_over_before: float
    limited_by: str  # energy, throughput floor or voltage limits
    searched_voltage: float  # by minimising the energy [V]
    stationary_voltage: float | None  # by the first-order condition [V]
    closed_form_voltage: float | None  # by Lambert's W, as if far below threshold [V]
    residual: float  # d ln E / d ln V at the voltage set
    temperature: float  # [K]


@dataclass(frozen=True)
class HeatResult:
    """Some time of idling, of the heat engine or of the heat pump."""

    time: float  # [s]
    energy: float  # drawn, a pump's work included [J]
    work: float  # given back by the engine [J]
    work_taken: float  # by the pump [J]
    heat_taken: float  # out of the coolant [J]
    heat_rejected: float  # by the radiator [J]
    entropy_produced: float  # [J/K]
    ratio: float  # radiator over coolant temperature
    temperature: float  # before [K]
    temperature_after: float  # [K]

    @property
    def efficiency(self) -> float:
        """Work out of the heat taken."""
        return self.work / self.heat_taken if self.work else 0.0

    @property
    def carnot(self) -> float:
        """The most that any engine between these two temperatures gives."""
        return max(0.0, 1 - self.ratio)

    @property
    def performance(self) -> float | None:
        """Heat moved for the work of a pump, its coefficient of performance; None without one."""
        return self.heat_taken / self.work_taken if self.work_taken else None

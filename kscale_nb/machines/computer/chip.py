r"""A CMOS chip: how fast it runs at a voltage and temperature, what a flip costs, and where it costs least.

The physics is that of the book's chapter on this machine, compiled from its quantities: a transistor's current,
exponential below the threshold and Sakurai and Newton's power of the overdrive above it; a delay of C V / I; and a flip
that charges a gate, in whose time every gate leaks,

    E(V, T) = C V^2 / 2 (1 + Lambda I(0, T) / I(V, T)).

The threshold rises by delta for each volt less on the drain (DIBL), for open and closed transistors alike, and the
slowest transistors, whose threshold is higher by a margin, set the clock. Far below the threshold both leave only
a factor: I(0)/I(V) is exp(-(V - m) / n v_T), and the voltage of least energy is closed: with Lambert's W,

    V* = n v_T (2 - W_{-1}(-2 e^2 / Lambda)),   with exp(m / n v_T) taken into Lambda,

as Calhoun, Wang and Chandrakasan found. In general it is the root of the first-order condition d ln E / d ln V = 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import ClassVar

from scipy.optimize import brentq, minimize_scalar
from scipy.special import lambertw

from kscale_nb import MODEL
from kscale_nb.errors import KscaleError
from kscale_nb.machines.built import OfModel
from kscale_nb.machines.computer.workloads import Work


@dataclass(frozen=True)
class ThermodynamicChip(OfModel):
    """One kind of chip and how many of them; voltages [V], temperatures [K], clock [Hz], capacitance [F].

    >>> chip = ThermodynamicChip.of_model()
    >>> f"{chip.flip_energy(0.525, 333):.4g} J, {chip.clock(0.525, 333) / 1e6:.4g} MHz"
    '2.389e-16 J, 90.64 MHz'
    """

    quantities: ClassVar[dict[str, str]] = {
        "count": "chip_count", "flop_per_cycle": "flop_per_cycle", "design_voltage": "design_voltage",
        "design_temperature": "design_temperature", "design_clock": "design_clock",
        "threshold_voltage": "threshold_voltage", "threshold_drift": "threshold_drift",
        "slope_factor": "slope_factor", "current_exponent": "current_exponent", "leakage_share": "leakage_share",
        "barrier_lowering": "barrier_lowering", "variation_margin": "variation_margin",
        "memory_lowest_voltage": "memory_lowest_voltage", "gated_share": "gated_share",
        "gate_capacitance": "gate_capacitance", "flips_per_flop": "bits_erased_per_flop",
        "multiply_flips": "multiply_flips", "add_flips": "add_flips", "flips_per_byte": "move_flips",
        "precision": "half_significand", "discarded_share": "discarded_share",
        "boltzmann_constant": "boltzmann_constant", "elementary_charge": "elementary_charge",
    }  # fmt: skip

    count: float
    flop_per_cycle: float
    design_voltage: float
    design_temperature: float
    design_clock: float
    threshold_voltage: float
    threshold_drift: float
    slope_factor: float
    current_exponent: float
    leakage_share: float
    barrier_lowering: float  # fall of the threshold over rise of the drain's voltage
    variation_margin: float  # of the slowest transistors' threshold over the usual one
    memory_lowest_voltage: float  # of the memory's rail, which is the logic's where that is higher
    gated_share: float  # of the leakage, left where the power is gated
    gate_capacitance: float
    flips_per_flop: float
    multiply_flips: float
    add_flips: float
    flips_per_byte: float  # that price its way from memory
    precision: float  # significant bits in which the flips of an operation are counted
    discarded_share: float  # of the bits switched, whose old value is lost
    boltzmann_constant: float
    elementary_charge: float
    lowest_voltage: float = MODEL["operating_voltage"].low
    highest_voltage: float = MODEL["operating_voltage"].high

    # -- one flip --------------------------------------------------------------------------------------

    @cached_property
    def _facts(self) -> list[float]:
        return [getattr(self, field) for field in self.quantities]

    def _of(self, quantity: str, voltage: float, temperature: float) -> float:
        """A quantity of the book's chapter [SI], for this chip."""
        return _physics(quantity)(voltage, temperature, *self._facts)

    @property
    def volts_per_kelvin(self) -> float:
        """Boltzmann's constant over the charge of an electron [V/K]."""
        return self.boltzmann_constant / self.elementary_charge

    @property
    def bit_entropy(self) -> float:
        """Least entropy that the erasure of a bit gives off [J/K]."""
        return self.boltzmann_constant * math.log(2)

    def current(self, voltage: float, temperature: float) -> float:
        """Current of a transistor with this gate voltage, over its specific current."""
        return self._of("on_current", voltage, temperature)

    def clock(self, voltage: float, temperature: float) -> float:
        """Cycles a second [Hz]."""
        return self._of("running_clock", voltage, temperature)

    def leakage_ratio(self, voltage: float, temperature: float) -> float:
        """Energy that leaks in the time of a flip over that of charging."""
        return self._of("leakage_ratio", voltage, temperature)

    def flip_energy(self, voltage: float, temperature: float) -> float:
        """Energy of a flip on a busy chip [J]."""
        return self._of("flip_energy", voltage, temperature)

    def energy_steepness(self, voltage: float, temperature: float) -> float:
        """d ln E / d ln V of a flip: negative below the voltage of least energy, positive above."""
        return self._of("energy_steepness", voltage, temperature)

    # -- the whole of them -----------------------------------------------------------------------------

    @property
    def flips_per_cycle(self) -> float:
        return self.count * self.flop_per_cycle * self.flips_per_flop

    def throughput(self, voltage: float, temperature: float) -> float:
        """FP16 operations a second when busy [FLOP/s]."""
        return self._of("running_throughput", voltage, temperature)

    def leakage_power(self, voltage: float, temperature: float) -> float:
        """What all chips leak, busy or idle [W]: voltage times the current of closed transistors."""
        return self._of("running_leakage_power", voltage, temperature)

    def charging_energy(self, voltage: float) -> float:
        """Energy of charging in a flip [J]."""
        return self._of("switching_energy", voltage, self.design_temperature)

    def charging(self, work: Work, voltage: float) -> float:
        """Energy of charging in one run [J]: memory keeps a rail of its own where the logic's is too low for it."""
        moves = self.move_flips(work)
        memory = self.charging_energy(max(voltage, self.memory_lowest_voltage))
        return (self.flips(work) - moves) * self.charging_energy(voltage) + moves * memory

    def move_flips(self, work: Work) -> float:
        """Flips that price the way of one run's bits from memory and back."""
        return work.bits_moved * self.flips_per_byte / 8

    def flips(self, work: Work) -> float:
        """Gates that flip in one run: a multiplier grows with the square of the precision, an adder with it."""
        precision = work.precision / self.precision
        arithmetic = (
            work.multiplications * self.multiply_flips * precision**2 + work.additions * self.add_flips * precision
        )
        return arithmetic + work.bit_operations + self.move_flips(work)

    # -- the best voltage ------------------------------------------------------------------------------

    def least_energy_voltage(self, temperature: float) -> float:
        """Voltage of least energy per flip within the chip's limits, by search [V]."""
        found = minimize_scalar(
            self.flip_energy, args=(temperature,), method="bounded",
            bounds=(self.lowest_voltage, self.highest_voltage), options={"xatol": 1e-10},
        )  # fmt: skip
        ends = (self.lowest_voltage, self.highest_voltage)
        return min((found.x, *ends), key=lambda voltage: self.flip_energy(voltage, temperature))

    def stationary_voltage(self, temperature: float) -> float | None:
        """Root of the first-order condition within the chip's limits [V]; None where there is no minimum."""
        low, high = self.lowest_voltage, self.highest_voltage
        if not self.energy_steepness(low, temperature) < 0 < self.energy_steepness(high, temperature):
            return None
        return brentq(self.energy_steepness, low, high, args=(temperature,), xtol=1e-15, rtol=1e-14)

    def weak_inversion_voltage(self, temperature: float) -> float | None:
        """The closed form far below threshold [V]; None where the chip leaks too little to have a minimum there."""
        u, strength = self._of("overdrive", 0, temperature), self._of("leakage_strength", 0, temperature)
        strength *= math.exp(-self.current_exponent * u)
        if strength < 2 * math.exp(3):  # then -2 e^2 / strength < -1/e, and W is not real
            return None
        step = self.slope_factor * self.volts_per_kelvin * temperature  # that changes the current by a factor of e
        return step * (2 - lambertw(-2 * math.e**2 / strength, -1).real)

    def voltage_for(self, throughput: float, temperature: float) -> float:
        """Lowest voltage that reaches a throughput [V]. Raises KscaleError if none does."""
        low, high = self.lowest_voltage, self.highest_voltage
        most = self.throughput(high, temperature)
        if not throughput <= most:
            raise KscaleError(
                f"{throughput:.4g} FLOP/s cannot be reached: at {high:g} V the chips do {most:.4g} FLOP/s"
            )
        if throughput <= self.throughput(low, temperature):
            return low
        return brentq(lambda voltage: self.throughput(voltage, temperature) / throughput - 1, low, high, xtol=1e-15)


@cache
def _physics(quantity: str) -> Callable[..., float]:
    """A quantity of the book's chapter as a function of voltage, temperature and the facts of a chip."""
    inputs = ["operating_voltage", "operating_temperature", *ThermodynamicChip.quantities.values()]
    return MODEL.function(quantity, inputs)

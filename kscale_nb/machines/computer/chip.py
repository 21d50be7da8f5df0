r"""A CMOS chip: how fast it runs at a voltage and temperature, what a flip costs, and where it costs least.

The current of a transistor, in units of its specific current, is

    I(V, T) = ln(1 + exp(u))^alpha,   u = (V - V_t(T)) / (alpha n v_T),   v_T = k T / q,

exponential below the threshold and Sakurai and Newton's power of the overdrive above it. Delay is C V / I. A flip
charges a gate, C V^2 / 2, and in its time every gate leaks V I(0, T):

    E(V, T) = C V^2 / 2 (1 + Lambda I(0, T) / I(V, T)).

Far below the threshold I(0)/I(V) is exp(-V / n v_T), and the voltage of least energy is closed: with Lambert's W,

    V* = n v_T (2 - W_{-1}(-2 e^2 / Lambda)),

as Calhoun, Wang and Chandrakasan found. In general it is the root of the first-order condition d ln E / d ln V = 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq, minimize_scalar
from scipy.special import lambertw

from kscale_nb import MODEL
from kscale_nb.errors import KscaleError
from kscale_nb.machines.computer.workloads import Work

FP16_PRECISION = 11  # significant bits in which the flips of an operation are counted


def softplus(u: float) -> float:
    """ln(1 + exp(u)) without overflow."""
    return max(u, 0.0) + math.log1p(math.exp(-abs(u)))


@dataclass(frozen=True)
class ThermodynamicChip:
    """One kind of chip and how many of them; voltages [V], temperatures [K], clock [Hz], capacitance [F].

    >>> chip = ThermodynamicChip.of_model()
    >>> f"{chip.flip_energy(0.525, 333):.4g} J, {chip.clock(0.525, 333) / 1e6:.4g} MHz"
    '2.547e-16 J, 192.4 MHz'
    """

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
    gate_capacitance: float
    flips_per_flop: float
    multiply_flips: float
    add_flips: float
    move_flips: float
    lowest_voltage: float
    highest_voltage: float
    volts_per_kelvin: float  # Boltzmann's constant over the charge of an electron

    @classmethod
    def of_model(cls, **changes) -> ThermodynamicChip:
        """The chip that the book's quantities describe, after changes such as slope_factor=1.2."""
        v = MODEL.values(**changes)
        return cls(
            v["chip_count"], v["flop_per_cycle"], v["design_voltage"], v["design_temperature"], v["design_clock"],
            v["threshold_voltage"], v["threshold_drift"], v["slope_factor"], v["current_exponent"],
            v["leakage_share"], v["gate_capacitance"], v["bits_erased_per_flop"], v["multiply_flips"], v["add_flips"],
            v["move_flips"] / 8, MODEL["operating_voltage"].low, MODEL["operating_voltage"].high,
            v["boltzmann_constant"] / v["elementary_charge"],
        )  # fmt: skip

    # -- one flip --------------------------------------------------------------------------------------

    def _step(self, temperature: float) -> float:
        """Gate voltage that changes the current below threshold by a factor of e [V]."""
        return self.slope_factor * self.volts_per_kelvin * temperature

    def _overdrive(self, voltage: float, temperature: float) -> float:
        threshold = self.threshold_voltage - self.threshold_drift * (temperature - self.design_temperature)
        return (voltage - threshold) / (self.current_exponent * self._step(temperature))

    def current(self, voltage: float, temperature: float) -> float:
        """Current of a transistor with this gate voltage, over its specific current."""
        return softplus(self._overdrive(voltage, temperature)) ** self.current_exponent

    def clock(self, voltage: float, temperature: float) -> float:
        """Cycles a second [Hz]."""
        gain = self.current(voltage, temperature) / self.current(self.design_voltage, self.design_temperature)
        return self.design_clock * self.design_voltage / voltage * gain

    def leakage_ratio(self, voltage: float, temperature: float) -> float:
        """Energy that leaks in the time of a flip over that of charging."""
        return self._leakage_strength(temperature) / self.current(voltage, temperature)

    def _leakage_strength(self, temperature: float) -> float:
        on = self.current(self.design_voltage, self.design_temperature)
        return self.leakage_share * on * self.current(0, temperature) / self.current(0, self.design_temperature)

    def flip_energy(self, voltage: float, temperature: float) -> float:
        """Energy of a flip on a busy chip [J]."""
        return self.gate_capacitance * voltage**2 / 2 * (1 + self.leakage_ratio(voltage, temperature))

    def energy_steepness(self, voltage: float, temperature: float) -> float:
        """d ln E / d ln V of a flip, by the chain rule: negative below the voltage of least energy, positive above."""
        u, ratio = self._overdrive(voltage, temperature), self.leakage_ratio(voltage, temperature)
        gain = voltage / self._step(temperature) / ((1 + math.exp(-u)) * softplus(u))
        return 2 - gain * ratio / (1 + ratio)

    # -- the whole of them -----------------------------------------------------------------------------

    @property
    def flips_per_cycle(self) -> float:
        return self.count * self.flop_per_cycle * self.flips_per_flop

    def throughput(self, voltage: float, temperature: float) -> float:
        """FP16 operations a second when busy [FLOP/s]."""
        return self.count * self.flop_per_cycle * self.clock(voltage, temperature)

    def leakage_power(self, voltage: float, temperature: float) -> float:
        """What all chips leak, busy or idle [W]: voltage times the current of closed transistors."""
        charging = self.gate_capacitance * self.design_voltage**2 / 2 * self.flips_per_cycle * self.design_clock
        closed = self.current(0, temperature) / self.current(0, self.design_temperature)
        return charging * self.leakage_share * voltage / self.design_voltage * closed

    def flips(self, work: Work) -> float:
        """Gates that flip in one run: a multiplier grows with the square of the precision, an adder with it."""
        precision = work.precision / FP16_PRECISION
        arithmetic = (
            work.multiplications * self.multiply_flips * precision**2 + work.additions * self.add_flips * precision
        )
        return arithmetic + work.bit_operations + work.bits_moved * self.move_flips

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
        u = self._overdrive(0, temperature)
        strength = self._leakage_strength(temperature) * math.exp(-self.current_exponent * u)
        if strength < 2 * math.exp(3):  # then -2 e^2 / strength < -1/e, and W is not real
            return None
        return self._step(temperature) * (2 - lambertw(-2 * math.e**2 / strength, -1).real)

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

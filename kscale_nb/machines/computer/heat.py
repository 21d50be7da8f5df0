"""Heat of a machine: a thermal mass, a radiator, and between them a heat engine or a heat pump.

The coolant is at T, the radiator at x T, and x decides what stands between them: at 1 a pipe, below 1 an engine that
turns a share f (1 - x) of the heat into work, above 1 a pump that takes (x - 1) / f of it as work. The fraction f of
Carnot's efficiency is below 1, so that neither beats the second law. The radiator gives off what a grey body does.

Energy and entropy are integrated beside each other. Their books are linear in the integrated quantities, and a
Runge-Kutta method keeps such sums to rounding: the first two residuals of `Balance` are zero whatever the step. The
third compares the entropy stored with that of a body at the temperature reached, and shows the error of the steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import ClassVar

import numpy as np
from scipy.integrate import solve_ivp
from scipy.optimize import minimize_scalar

from kscale_nb.errors import KscaleError, echoed
from kscale_nb.machines.built import OfModel
from kscale_nb.machines.checked import number, real_number

TOLERANCE = 1e-8
LONGEST_SPAN = 1e9  # some three decades, long after any balance is reached [s]


@dataclass(frozen=True)
class Books:
    """Accounts of energy [J] and entropy [J/K] over some time; they add up."""

    time: float = 0.0
    drawn: float = 0.0  # from outside
    work: float = 0.0  # given back by the engine
    work_taken: float = 0.0  # by the pump, part of what is drawn
    rejected: float = 0.0  # to the sink
    stored: float = 0.0  # in the thermal mass
    heat_taken: float = 0.0  # out of the coolant
    entropy_produced: float = 0.0  # in the machine and on the heat's way to the sink
    entropy_rejected: float = 0.0  # to the sink
    entropy_stored: float = 0.0
    heating: float = 0.0  # drawn by all but the pump
    entropy_of_heating: float = 0.0  # of that heat, at the coolant's temperature
    most_work: float = 0.0  # that Carnot allows of the heat taken, down to the sink
    radiating: float = 0.0  # what the surface, were it black, could have radiated to the sink
    chip_energy: float = 0.0
    flop: float = 0.0
    bits_erased: float = 0.0
    bits_switched: float = 0.0

    def __add__(self, other: Books) -> Books:
        return Books(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


@dataclass(frozen=True)
class Balance:
    """What the books leave over: energy in less out and stored, entropy likewise, and the error of integration."""

    energy: float  # [J]
    entropy: float  # [J/K]
    integration: float  # [J/K]
    energy_turned_over: float  # what the first is to be measured against [J]
    entropy_turned_over: float  # [J/K]


@dataclass(frozen=True)
class HeatManagement(OfModel):
    """Heat capacity [J/K], radiating area [m^2], temperatures [K], and the fraction of Carnot that machines reach.

    >>> f"{HeatManagement.of_model(coolant_mass='20 kg').mass:.4g} kg"
    '20.9 kg'
    """

    quantities: ClassVar[dict[str, str]] = {
        "heat_capacity": "heat_capacity", "area": "machine_radiator_area", "emissivity": "radiator_emissivity",
        "sink_temperature": "sink_temperature", "carnot_share": "carnot_share",
        "temperature_limit": "temperature_limit", "stefan_boltzmann": "stefan_boltzmann", "mass": "machine_mass",
        "coolant_temperature": "operating_temperature",
    }  # fmt: skip

    heat_capacity: float
    area: float
    emissivity: float
    sink_temperature: float
    carnot_share: float
    temperature_limit: float
    stefan_boltzmann: float
    mass: float  # of coolant and radiator [kg]
    coolant_temperature: float  # at the start

    def __post_init__(self):
        for field in fields(self):
            object.__setattr__(self, field.name, number(field.name, getattr(self, field.name), above=0))
        if self.carnot_share > 1:
            raise KscaleError(f"no engine reaches {self.carnot_share:.4g} of Carnot's efficiency: at most 1")

    def work_share(self, ratio: float) -> float:
        """Work out of the heat taken, the radiator at `ratio` times the coolant's temperature; negative for a pump.

        >>> heat = HeatManagement.of_model(carnot_share="50%")
        >>> heat.work_share(0.8), heat.work_share(1), heat.work_share(1.5)  # half of Carnot, a pipe, half of Carnot
        (0.09999999999999998, 0.0, -1.0)
        """
        return self.carnot_share * (1 - ratio) if ratio <= 1 else -(ratio - 1) / self.carnot_share

    def radiated(self, temperature: float) -> float:
        """Net power of the radiator at a temperature [W]; negative below the sink's."""
        return self.emissivity * self.stefan_boltzmann * self.area * (temperature**4 - self.sink_temperature**4)

    def taken(self, temperature: float, ratio: float) -> tuple[float, float]:
        """Heat that leaves the coolant, and what the radiator gives off [W].

        An engine or pump stands still where its radiator would take up heat.
        """
        rejected = self.radiated(ratio * temperature)
        if ratio != 1:
            rejected = max(0.0, rejected)
        return rejected / (1 - self.work_share(ratio)), rejected

    def best_ratio(self, temperature: float) -> float:
        """Radiator over coolant temperature at which the engine gives most power."""
        found = minimize_scalar(
            lambda ratio: -self.work_share(ratio) * self.taken(temperature, ratio)[0],
            method="bounded", bounds=(min(1.0, self.sink_temperature / temperature), 1.0), options={"xatol": 1e-12},
        )  # fmt: skip
        return float(found.x)

    def engine_ratio(self, hot: float, efficiency: float | None = None) -> float:
        """Radiator over coolant temperature for an efficiency, or for the most power.

        Raises KscaleError for an efficiency above Carnot's, above what the engine reaches, or for no heat at all.
        """
        cold = self.sink_temperature
        if hot <= cold:
            raise KscaleError(
                f"no heat to recycle: the coolant at {hot:.4g} K is no warmer than the sink at {cold:.4g} K"
            )
        if efficiency is None:
            return self.best_ratio(hot)
        carnot = 1 - cold / hot
        reach = self.carnot_share * carnot
        told, efficiency = efficiency, real_number(efficiency)
        if not efficiency >= 0:
            raise KscaleError(f"an efficiency is a share of the heat, not {echoed(told)}")
        if efficiency > carnot:
            between = f"between {hot:.4g} and {cold:.4g} K"
            raise KscaleError(f"an efficiency of {efficiency:.4g} exceeds Carnot's {carnot:.4g} {between}")
        if efficiency >= reach:
            raise KscaleError(
                f"an efficiency of {efficiency:.4g} is out of this engine's reach: it stays below {reach:.4g}"
            )
        return 1 - efficiency / self.carnot_share

    def rates(self, temperature: float, power: float, ratio: float) -> np.ndarray:
        """Growth of each account that is integrated, in the order in which `run` reads them."""
        taken, rejected = self.taken(temperature, ratio)
        to_sink = rejected / self.sink_temperature
        most_work = max(0.0, taken) * max(0.0, 1 - self.sink_temperature / temperature)
        return np.array([
            power - taken, (power - taken) / temperature, power, rejected, taken, self.work_share(ratio) * taken,
            power / temperature + to_sink - taken / temperature, to_sink, power / temperature, most_work,
            max(0.0, self.radiated(ratio * temperature)) / self.emissivity,
        ])  # fmt: skip

    def run(self, start: float, seconds: float, heating: Callable[[float], float], ratio: float) -> Books:
        """The books of some time from a starting temperature, with a power [W] that may depend on temperature.

        Raises KscaleError if the limit of temperature is reached on the way.
        """
        if seconds == 0:
            return Books()
        capacity = self.heat_capacity

        def rates_at(temperature):  # per share of the time, so that no time is too short or too long
            return seconds * self.rates(temperature, heating(temperature), ratio)

        def rates(_share, state):
            return rates_at(start + state[0] / capacity)

        def jacobian(_share, state):
            """Everything depends on the energy stored, through the temperature, and on nothing else.

            The slope is the one upwards: an engine settles just above the temperature at which it stands still.
            """
            temperature = start + state[0] / capacity
            step = 1e-9 * temperature
            matrix = np.zeros((11, 11))
            matrix[:, 0] = (rates_at(temperature + step) - rates_at(temperature)) / (step * capacity)
            return matrix

        def limit(_share, state):
            return start + state[0] / capacity - self.temperature_limit

        limit.terminal, limit.direction = True, 1
        # a hundredth of a microkelvin, and what rounding of the rates adds up to over a long time in balance
        energy = TOLERANCE * capacity + 1e-14 * (heating(start) + abs(self.taken(start, ratio)[1])) * seconds
        entropy = energy / start
        found = solve_ivp(
            rates, (0.0, 1.0), np.zeros(11), method="Radau", jac=jacobian, events=limit, rtol=TOLERANCE,
            atol=[energy, entropy, energy, energy, energy, energy, entropy, entropy, entropy, energy, energy],
        )  # fmt: skip
        if found.status == 1:
            when = f"after {seconds * found.t[-1]:.4g} s of {seconds:.4g} s"
            advice = "idle first, lower the voltage, or give fewer runs"
            raise KscaleError(f"the chips would reach {self.temperature_limit:.4g} K {when}: {advice}")
        if not found.success:
            raise KscaleError(f"{seconds:.4g} s could not be integrated: {found.message}")
        (stored, entropy_stored, power, rejected, taken, work, produced, to_sink, of_heating, most_work, radiating) = (
            map(float, found.y[:, -1])
        )
        return Books(
            time=seconds, drawn=power + max(0.0, -work), work=max(0.0, work), work_taken=max(0.0, -work),
            rejected=rejected, stored=stored, heat_taken=taken, entropy_produced=produced, entropy_rejected=to_sink,
            entropy_stored=entropy_stored, heating=power, entropy_of_heating=of_heating,
            most_work=max(0.0, most_work), radiating=max(0.0, radiating),
        )  # fmt: skip

    def balance(self, books: Books, start: float) -> Balance:
        """What is left over when the books are closed, for a machine that began at a temperature."""
        body = self.heat_capacity * math.log1p(books.stored / (self.heat_capacity * start))
        return Balance(
            books.drawn - books.work - books.rejected - books.stored,
            books.entropy_produced - books.entropy_rejected - books.entropy_stored,
            books.entropy_stored - body,
            books.drawn + books.work + abs(books.rejected) + abs(books.stored),
            books.entropy_produced + abs(books.entropy_rejected) + abs(books.entropy_stored),
        )

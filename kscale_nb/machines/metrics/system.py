"""A computing system as far as it is known: the fields that the twelve metrics are computed from."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import ClassVar

from kscale_nb import MODEL
from kscale_nb.errors import KscaleError, echoed
from kscale_nb.machines.checked import real_number

BIT = MODEL.value("boltzmann_constant") * math.log(2)  # least entropy that the erasure of a bit gives off [J/K]
SIGMA = MODEL.value("stefan_boltzmann")  # [W/m^2/K^4]
MAY_BE_ZERO = ("bits_erased_per_flop", "sink_temperature", "carbon_intensity", "embodied_carbon", "learned_bits",
               "useful_token_rate", "recycled_heat", "task_accuracy")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class System:
    """Anything that computes, as far as it is known; None where it is not.

    Raises KscaleError for a value that is no finite number, negative, or a share above 1.
    """

    shares: ClassVar[tuple[str, ...]] = ("recycled_heat", "task_accuracy")

    name: str
    power: float  # drawn by computing [W]
    throughput: float | None = None  # [FLOP/s]; None where the work is counted in something else
    temperature: float = 300.0  # at which heat leaves the machine [K]
    bits_erased_per_flop: float | None = None  # by its gates, whether or not the program could have kept them
    bits_switched_per_flop: float | None = None
    facility_power: float | None = None  # drawn by everything, cooling and conversion included [W]
    sink_temperature: float | None = None  # of what takes the heat in the end [K]
    recycled_heat: float | None = None  # share of the computing power that is used again after it became heat
    recycled_as_work: bool = False  # turned back into work; else used as heat
    mass: float | None = None  # [kg]
    area: float | None = None  # surface through which heat leaves [m^2]
    volume: float | None = None  # [m^3]
    available_power: float | None = None  # within reach of its owners [W]
    primary_power: float | None = None  # taken from the source, sunlight or fuel, to supply facility_power [W]
    source_temperature: float | None = None  # of that source, for Carnot's bound [K]
    carbon_intensity: float | None = None  # of its electricity [g/kWh]
    embodied_carbon: float | None = None  # of making it [g]
    lifetime: float | None = None  # over which that is spread [s]
    task_accuracy: float | None = None  # share of tasks done well
    useful_token_rate: float | None = None  # tokens written that serve their reader [token/s]
    training_flop: float | None = None
    training_energy: float | None = None  # else training_flop at this machine's FLOP per joule [J]
    learned_bits: float | None = None  # information about the data that training left in the weights
    bit_entropy: float = BIT  # least that the erasure of a bit gives off [J/K]
    stefan_boltzmann: float = SIGMA  # [W/m^2/K^4]

    def __post_init__(self):
        for field in fields(System):
            value = getattr(self, field.name)
            if field.name in {"name", "recycled_as_work"} or (value is None and field.default is None):
                continue
            if told := self.fault(field.name, value):
                raise KscaleError(f"{self.name}: {field.name} {told}")

    @classmethod
    def fault(cls, field: str, value) -> str:
        """What is wrong with the value of a field, in words; nothing if it may be.

        >>> System.fault("power", 0), System.fault("carbon_intensity", 0)
        ('must be positive, got 0', '')
        """
        number = real_number(value)
        if not math.isfinite(number):
            return f"must be a finite number, got {echoed(value)}"
        if number < 0 or (number == 0 and field not in MAY_BE_ZERO):
            return f"must be positive, got {number:g}"
        if field in cls.shares and number > 1:
            return f"is a share and cannot exceed 1, got {number:g}"
        return ""

    @property
    def whole_power(self) -> float:
        """What the facility draws, or the machine where no facility is told [W]."""
        return self.power if self.facility_power is None else self.facility_power

    @property
    def work_share(self) -> float:
        """Share of the computing power that comes back as work."""
        return self.recycled_heat if self.recycled_as_work and self.recycled_heat else 0.0

    @property
    def heat_given_off(self) -> float:
        """What of the computing power is given off as heat in the end [W]."""
        return (1 - self.work_share) * self.power

    @property
    def entropy_given_off(self) -> float:
        """Entropy of that heat where it ends: in the sink if its temperature is told, else on leaving [W/K]."""
        return self.heat_given_off / (self.sink_temperature or self.temperature)

    @property
    def recycling_bound(self) -> float:
        """Most that can be used a second time, over all power: Carnot's share for work, all of it for heat."""
        return self.carnot_share(self.temperature) if self.recycled_as_work else 1.0

    @property
    def radiating_power(self) -> float:
        """What the surface, were it black, could radiate to the sink; nothing if that is no colder [W]."""
        return self.stefan_boltzmann * self.area * max(0.0, self.temperature**4 - (self.sink_temperature or 0.0) ** 4)

    def carnot_share(self, hot: float | None) -> float:
        """Work that Carnot allows of heat at a temperature, down to the sink; all of it where one is not told."""
        return 1.0 if hot is None or self.sink_temperature is None else max(0.0, 1 - self.sink_temperature / hot)

    @property
    def landauer_power(self) -> float:
        """Least power at which these bits can be erased at this temperature [W]."""
        return self.bits_erased_per_flop * self.bit_entropy * self.temperature * self.throughput

    @property
    def energy_of_training(self) -> float:
        """Told, or the training's FLOP at this machine's energy per FLOP [J]."""
        return self.training_energy or self.training_flop * self.power / self.throughput

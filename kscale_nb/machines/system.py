"""A computing system as far as it is known: the fields that the twelve metrics are computed from."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from kscale_nb.chapters.silicon import boltzmann_constant
from kscale_nb.errors import KscaleError

BIT = boltzmann_constant.value * math.log(2)  # least entropy that the erasure of a bit gives off [J/K]
SHARES = ("recycled_heat", "task_accuracy")
MAY_BE_ZERO = ("bits_erased_per_flop", "sink_temperature", "carbon_intensity", "embodied_carbon", "learned_bits",
               "useful_token_rate", *SHARES)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class System:
    """Anything that computes, as far as it is known; None where it is not.

    Raises KscaleError for a value that is no finite number, negative, or a share above 1.
    """

    name: str
    power: float  # drawn by computing [W]
    throughput: float | None = None  # [FLOP/s]; None where the work is counted in something else
    temperature: float = 300.0  # at which heat leaves the machine [K]
    bits_erased_per_flop: float | None = None
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

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in {"name", "recycled_as_work"} or (value is None and field.default is None):
                continue
            what = f"{self.name}: {field.name}"
            if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
                raise KscaleError(f"{what} must be a finite number, got {value!r}")
            if value < 0 or (value == 0 and field.name not in MAY_BE_ZERO):
                raise KscaleError(f"{what} must be positive, got {value:g}")
            if field.name in SHARES and value > 1:
                raise KscaleError(f"{what} is a share and cannot exceed 1, got {value:g}")

    @property
    def whole_power(self) -> float:
        """What the facility draws, or the machine where no facility is told [W]."""
        return self.power if self.facility_power is None else self.facility_power

    @property
    def work_share(self) -> float:
        """Share of the computing power that comes back as work."""
        return self.recycled_heat if self.recycled_as_work and self.recycled_heat else 0.0

    @property
    def exit_temperature(self) -> float:
        """Temperature of the heat that is given off in the end: the sink's behind an engine, else the machine's [K]."""
        return self.sink_temperature if self.work_share and self.sink_temperature else self.temperature

    @property
    def landauer_power(self) -> float:
        """Least power at which these bits can be erased at this temperature [W]."""
        return self.bits_erased_per_flop * BIT * self.temperature * self.throughput

    @property
    def energy_of_training(self) -> float:
        """Told, or the training's FLOP at this machine's energy per FLOP [J]."""
        return self.training_energy or self.training_flop * self.power / self.throughput

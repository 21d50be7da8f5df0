"""Power management: what the supply converts, and what it refuses."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import ClassVar

from kscale_nb.errors import KscaleError
from kscale_nb.machines.built import OfModel
from kscale_nb.machines.checked import is_endless, number


@dataclass(frozen=True)
class PowerManagement(OfModel):
    """Efficiency of conversion, the limits of one operation: power [W], energy [J], time [s]; and the light behind it.

    >>> PowerManagement.of_model(supply_efficiency="86%", time_limit=60.0).efficiency
    0.86
    """

    quantities: ClassVar[dict[str, str]] = {
        "efficiency": "supply_efficiency", "power_limit": "supply_limit",
        "light_to_electricity": "sunlight_to_electricity", "source_temperature": "sun_temperature",
    }  # fmt: skip

    efficiency: float
    power_limit: float
    energy_limit: float = math.inf
    time_limit: float = math.inf
    light_to_electricity: float | None = None  # electricity out of the light that feeds the supply; None: not told
    source_temperature: float | None = None  # of that light [K]

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if not (value is None and field.default is None) and not is_endless(value):
                object.__setattr__(self, field.name, number(f"the supply's {field.name}", value, above=0))
        if self.efficiency > 1:
            raise KscaleError(f"a supply cannot give more than it takes: efficiency {self.efficiency:g}")

    def drawn(self, power: float) -> float:
        """What the supply draws to give a power [W]."""
        return power / self.efficiency

    def check(self, what: str, power: float = 0.0, energy: float = 0.0, time: float = 0.0) -> None:
        """Raise KscaleError, naming operation and limit, if one is exceeded.

        >>> PowerManagement(0.9, power_limit=100).check("sort", power=120)
        Traceback (most recent call last):
            ...
        kscale_nb.errors.KscaleError: sort would draw 120 W, over the supply's power limit of 100 W
        """
        for value, limit, unit, name in (
            (power, self.power_limit, "W", "power"),
            (energy, self.energy_limit, "J", "energy"),
            (time, self.time_limit, "s", "time"),
        ):
            if not value <= limit:
                verb = "take" if name == "time" else "draw"
                raise KscaleError(
                    f"{what} would {verb} {value:.4g} {unit}, over the supply's {name} limit of {limit:.4g} {unit}"
                )

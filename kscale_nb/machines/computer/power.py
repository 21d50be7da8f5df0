"""Power management: what the supply converts, and what it refuses."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from kscale_nb import MODEL
from kscale_nb.errors import KscaleError


@dataclass(frozen=True)
class PowerManagement:
    """Efficiency of conversion, and the limits of one operation: power [W], energy [J], time [s]."""

    efficiency: float
    power_limit: float
    energy_limit: float = math.inf
    time_limit: float = math.inf

    @classmethod
    def of_model(cls, energy_limit: float = math.inf, time_limit: float = math.inf, **changes) -> PowerManagement:
        """The supply that the book's quantities describe, after changes such as supply_efficiency="86%"."""
        v = MODEL.values(["supply_efficiency", "supply_limit"], **changes)
        return cls(v["supply_efficiency"], v["supply_limit"], energy_limit, time_limit)

    def __post_init__(self):
        for field in fields(self):
            value = getattr(self, field.name)
            if not value > 0:
                raise KscaleError(f"the supply's {field.name} must be positive, got {value}")
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

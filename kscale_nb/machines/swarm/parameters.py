"""What a swarm is made of and how it fails, from the model of the book unless a reader says otherwise."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields

from kscale_nb import MODEL
from kscale_nb.errors import KscaleError, unknown

YEAR, DAY = 31_557_600.0, 86_400.0
MOST = {"modules": 1_000_000, "lots": 10_000_000}  # that a run can hold in the memory of a laptop
SHARES = ("efficiency", "computing_share", "logic_weight", "memory_weight", "scrap_recovery")
MAY_BE_ZERO = ("logic_weight", "memory_weight", "module_failure_rate", "lot_failure_rate", "scrap_recovery")
WHOLE = ("modules", "lots")


@dataclass(frozen=True, kw_only=True)
class SwarmParameters:
    """A swarm at its start. Raises KscaleError for a value that is no finite number, negative, or a share above 1."""

    power: float  # electricity of the whole array at the start [W]
    modules: int  # computing nodes at the start
    lots: int  # lots of mirrors, each with its turbine and radiator, at the start
    computing_share: float  # of the power, for computing
    logic_weight: float  # share of logic in computing
    memory_weight: float  # share of memory in computing; the network has the rest
    luminosity: float  # of the star [W]
    distance: float  # of the mirrors from it [m]
    efficiency: float  # electricity out of sunlight
    plant_mass_per_power: float  # mirrors, turbines and radiators [kg/W]
    module_mass_per_power: float  # [kg/W]
    making_energy: float  # to make a kilogram of either [J/kg]
    replication_time: float  # in which industry makes its own mass [s]
    module_failure_rate: float  # [1/s]
    lot_failure_rate: float  # [1/s]
    scrap_recovery: float  # share of what failed that is used again
    metal: float  # within reach at the start, beside what stands [kg]
    region_diameter: float  # of the sphere near L5 that the modules fill [m]
    orbit_period: float  # of L5 about the star [s]
    propellant_speed: float  # of the thrusters' exhaust [m/s]

    def __post_init__(self):
        for field in fields(self):
            value, zero = getattr(self, field.name), field.name in MAY_BE_ZERO
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise KscaleError(f"{field.name}: a finite number is expected, not {value!r}")
            if value < 0 or (value == 0 and not zero):
                raise KscaleError(f"{field.name}: a number {'from' if zero else 'above'} 0 is expected, not {value!r}")
            if field.name in SHARES and value > 1:
                raise KscaleError(f"{field.name}: a share of at most 1 is expected, not {value!r}")
            if field.name in WHOLE and value != int(value):
                raise KscaleError(f"{field.name}: a whole number is expected, not {value!r}")
        if self.logic_weight + self.memory_weight > 1:
            raise KscaleError("logic_weight and memory_weight leave nothing for the network: their sum is above 1")
        for name, most in MOST.items():
            if getattr(self, name) > most:
                raise KscaleError(f"{name}: at most {most:,} can be run, not {getattr(self, name):,}")
        if self.power > self.star_power:
            raise KscaleError(
                f"power: {self.power:.4g} W is more than all the star's light gives, {self.star_power:.4g} W"
            )

    @classmethod
    def of_model(cls, **changes) -> SwarmParameters:
        """The machine of K1S1AI at K1: 10,000 modules, and a million lots of mirrors of ten gigawatts each.

        Raises KscaleError for an unknown name.

        >>> swarm = SwarmParameters.of_model(lots=1000)
        >>> swarm.lot_power, f"{swarm.module_power:.3g}"
        (10000000000000.0, '5e+10')
        """
        names = {field.name for field in fields(cls)}
        for name in changes:
            if name not in names:
                raise unknown("parameter of a swarm", name, names)
        value = MODEL.values()
        return cls(**{
            "power": value["K1_power"], "modules": round(value["module_count"]), "lots": 1_000_000,
            "computing_share": value["computing_share"], "logic_weight": value["logic_share"],
            "memory_weight": value["memory_share"], "luminosity": value["solar_luminosity"],
            "distance": value["mirror_orbit"], "efficiency": value["sunlight_to_electricity"],
            "plant_mass_per_power": value["iron_nickel_per_power"],
            "module_mass_per_power": value["server_mass"] / value["server_power"],
            "making_energy": value["making_energy"], "replication_time": value["replication_time"],
            "module_failure_rate": value["module_failure_rate"], "lot_failure_rate": value["mirror_failure_rate"],
            "scrap_recovery": value["scrap_recovery"], "metal": value["psyche_mass"],
            "region_diameter": value["region_diameter"], "orbit_period": value["earth_year"],
            "propellant_speed": value["propellant_speed"], **changes,
        })  # fmt: skip

    @property
    def star_power(self) -> float:
        """Electricity that all the star's light would give [W]."""
        return self.luminosity * self.efficiency

    @property
    def sunlight(self) -> float:
        """On a surface that faces the star at the mirrors' distance, by the inverse square [W/m^2]."""
        return self.luminosity / (4 * math.pi * self.distance**2)

    @property
    def lot_power(self) -> float:
        """Electricity of one lot, unshaded [W]."""
        return self.power / self.lots

    @property
    def lot_area(self) -> float:
        """Mirrors of one lot [m^2]."""
        return self.lot_power / (self.sunlight * self.efficiency)

    @property
    def lot_mass(self) -> float:
        """Mirrors, turbine and radiator of one lot [kg]."""
        return self.lot_power * self.plant_mass_per_power

    @property
    def module_power(self) -> float:
        """Of one computing node at full load [W]."""
        return self.power * self.computing_share / self.modules

    @property
    def module_mass(self) -> float:
        """Of one computing node [kg]."""
        return self.module_power * self.module_mass_per_power

    @property
    def payback(self) -> float:
        """Time in which a lot returns the energy that made it [s]."""
        return self.making_energy * self.plant_mass_per_power

    def as_record(self) -> dict[str, float]:
        return asdict(self)

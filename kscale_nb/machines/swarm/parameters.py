"""What a swarm is made of and how it fails, from the model of the book unless a reader says otherwise."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import ClassVar

from kscale_nb import MODEL
from kscale_nb.errors import KscaleError, echoed
from kscale_nb.machines.built import OfModel
from kscale_nb.machines.checked import number
from kscale_nb.machines.line.bill import by_element
from kscale_nb.machines.swarm.orbit import AXES

YEAR, DAY = 31_557_600.0, 86_400.0
MOST = {"modules": 1_000_000, "lots": 10_000_000}  # that a run can hold in the memory of a laptop
MOST_DAYS = 1_000_000
SHARES = (
    "efficiency", "computing_share", "logic_weight", "memory_weight", "scrap_recovery", "telescope_efficiency",
    "laser_efficiency", "terminal_share", "earth_share", "tolerated_shading",
)  # fmt: skip
MAY_BE_ZERO = (
    "logic_weight", "memory_weight", "module_loss_rate", "hardware_failure_rate", "lot_failure_rate", "scrap_recovery",
    "carriage_energy", "propellant_share",
)  # fmt: skip
WHOLE = ("modules", "lots")
RATING = MODEL.function("kardashev_rating", ["K1_power", "sagan_offset", "sagan_decades"])
# Optical depth of an ellipsoid of small mirrors toward the Sun, in mirror area over the square of its ball's radius
SHADING = 9 / (16 * math.pi) * float(AXES[0])
POWER = MODEL.function("swarm_power", ["swarm_rating", "sagan_offset", "sagan_decades"])


class Bill(dict):
    """Masses by element, which print in one format as a number does."""

    def __format__(self, form: str) -> str:
        return ", ".join(f"{element} {mass:{form}}" for element, mass in self.items())


@dataclass(frozen=True, kw_only=True)
class SwarmParameters(OfModel):
    """A swarm at its start. Raises KscaleError for a value that is no finite number, negative, or a share above 1.

    >>> swarm = SwarmParameters.of_model(lots=1000, computing_share="10%")
    >>> swarm.lot_power, f"{swarm.module_power:.3g}"
    (10000000000000.0, '1e+11')
    """

    quantities: ClassVar[dict[str, str]] = {
        "power": "K1_power", "modules": "module_count", "computing_share": "computing_share",
        "logic_weight": "logic_share", "memory_weight": "memory_share", "luminosity": "solar_luminosity",
        "distance": "mirror_orbit", "efficiency": "sunlight_to_electricity",
        "plant_mass_per_power": "iron_nickel_per_power", "module_mass_per_power": "server_mass_per_power",
        "making_energy": "making_energy",
        "carriage_energy": "carriage_energy", "propellant_share": "propellant_share",
        "radiator_mass_per_power": "radiator_per_computing_power", "replication_time": "replication_time",
        "module_loss_rate": "module_loss_rate", "hardware_failure_rate": "hardware_failure_rate",
        "swap_time": "swap_time", "lot_failure_rate": "mirror_failure_rate",
        "scrap_recovery": "scrap_recovery", "metal": "psyche_mass", "region_diameter": "region_diameter",
        "orbit_period": "earth_year", "propellant_speed": "propellant_speed", "sagan_offset": "sagan_offset",
        "sagan_decades": "sagan_decades", "speed_of_light": "speed_of_light", "orbit_radius": "earth_orbit",
        "radiating_surface": "radiating_surface", "aperture": "laser_aperture", "wavelength": "laser_wavelength",
        "photons": "photons_per_bit", "telescope_efficiency": "telescope_efficiency", "link_margin": "link_margin",
        "laser_efficiency": "laser_efficiency", "link_rate": "laser_link_rate", "link_energy": "laser_energy_per_bit",
        "earth_share": "earth_mass_share", "tolerated_shading": "tolerated_shade",
        "terminal_mass": "terminal_mass", "terminal_share": "terminal_share", "planck": "planck_constant",
    }  # fmt: skip

    power: float  # electricity of the whole array at the start [W]
    modules: int  # computing nodes at the start
    lots: int = 1_000_000  # lots of mirrors, each with its turbine and radiator, at the start
    computing_share: float  # of the power, for computing
    logic_weight: float  # share of logic in computing
    memory_weight: float  # share of memory in computing; the network has the rest
    luminosity: float  # of the star [W]
    distance: float  # of the mirrors from it [m]
    efficiency: float  # electricity out of sunlight
    plant_mass_per_power: float  # mirrors, turbines and radiators [kg/W]
    module_mass_per_power: float  # [kg/W]
    making_energy: float  # to make a kilogram of either [J/kg]
    carriage_energy: float  # to carry a kilogram from where the metal is [J/kg]
    propellant_share: float  # metal thrown away for each kilogram that arrives
    radiator_mass_per_power: float  # of a module, by itself [kg/W]
    replication_time: float  # in which industry makes its own mass [s]
    module_loss_rate: float  # of modules, whole [1/s]
    hardware_failure_rate: float  # share of the mass of modules that fails inside them [1/s]
    swap_time: float  # until what failed inside a module is made again [s]
    lot_failure_rate: float  # [1/s]
    scrap_recovery: float  # share of what failed that is used again
    metal: float  # within reach at the start, beside what stands [kg]
    region_diameter: float  # of the sphere near L5 that the modules fill [m]
    orbit_period: float  # of L5 about the star [s]
    propellant_speed: float  # of the thrusters' exhaust [m/s]
    sagan_offset: float  # decades of watts at a rating of 0
    sagan_decades: float  # of watts from one rating to the next
    speed_of_light: float  # [m/s]
    orbit_radius: float  # of L5 about the star [m]
    radiating_surface: float  # of a module's radiators, all sides [m^2/W]
    aperture: float  # diameter of a laser terminal's mirror [m]
    wavelength: float  # of its light [m]
    photons: float  # that must arrive for each byte
    telescope_efficiency: float  # of each end
    link_margin: float  # light sent over what is needed
    laser_efficiency: float  # light over electricity
    link_rate: float  # of one terminal [byte/s]
    link_energy: float  # of a terminal, but for the light that diffraction loses [J/byte]
    terminal_mass: float  # [kg]
    terminal_share: float  # of a module's mass
    planck: float  # [J s]
    earth_share: float  # of the mass of the star and the planet that hold L5
    tolerated_shading: float  # light that lots may take from one another before they fill a larger region
    elements: Mapping[str, float]  # of all that stands, structures, water and stores included [kg/W]

    def __post_init__(self):
        for name in self.quantities | {"lots": ""}:
            bounds = {"high": 1.0} if name in SHARES else {}
            bounds |= {} if name == "sagan_offset" else {"low": 0} if name in MAY_BE_ZERO else {"above": 0}
            object.__setattr__(self, name, number(name, getattr(self, name), whole=name in WHOLE, **bounds))
        if not isinstance(self.elements, Mapping):
            raise KscaleError(f"elements: masses by element are expected, not {echoed(self.elements)}")
        bill = {element: number(f"elements: {element}", mass, 0) for element, mass in self.elements.items()}
        object.__setattr__(self, "elements", Bill(bill))
        if self.logic_weight + self.memory_weight > 1:
            raise KscaleError("logic_weight and memory_weight leave nothing for the network: their sum is above 1")
        for name, most in MOST.items():
            if getattr(self, name) > most:
                raise KscaleError(f"{name}: at most {most:,} can be run, not {getattr(self, name):,}")
        if self.power > self.star_power:
            raise KscaleError(
                f"power: {self.power:.4g} W is more than all the star's light gives, {self.star_power:.4g} W"
            )
        in_region = self.sunlight * math.pi / 4 * self.region_diameter**2 * self.efficiency
        if self.power > in_region:
            raise KscaleError(
                f"power: {self.power:.4g} W is more than the star's light gives in a region of "
                f"{self.region_diameter:.4g} m, {in_region:.4g} W"
            )

    @classmethod
    def read(cls, changes: Mapping) -> dict:
        """The fields as the model has them: K1S1AI's 10,000 modules, and mirrors in lots of ten gigawatts each."""
        return super().read(changes) | {"elements": by_element(1.0, **changes)}

    def rating(self, power: float) -> float:
        """Sagan's form of Kardashev's rating of a power [W]."""
        return RATING(power, self.sagan_offset, self.sagan_decades)

    def power_of(self, rating: float) -> float:
        """The power of a rating [W]."""
        return POWER(rating, self.sagan_offset, self.sagan_decades)

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

    def cloud_radius(self, area: float) -> float:
        """Of a sphere with the volume in which mirrors of this area [m^2] take as much light as tolerated [m]."""
        return math.sqrt(SHADING * area / -math.log1p(-self.tolerated_shading))

    @property
    def module_upkeep(self) -> float:
        """Share of the mass of modules that is made again, whole or part by part [1/s]."""
        return self.module_loss_rate + self.hardware_failure_rate

    @property
    def idle_hardware(self) -> float:
        """Share of the modules' hardware that waits to be swapped, in the mean."""
        return min(1.0, self.hardware_failure_rate * self.swap_time)

    @property
    def delivered_energy(self) -> float:
        """To make a kilogram and to carry it here [J/kg]."""
        return self.making_energy + self.carriage_energy

    @property
    def mending_energy(self) -> float:
        """To make a kilogram of what failed again, with what its scrap does not give carried here [J/kg]."""
        return self.making_energy + (1 - self.scrap_recovery) * self.carriage_energy

    @property
    def payback(self) -> float:
        """Time in which a lot returns the energy that made it and carried it here [s]."""
        return self.delivered_energy * self.plant_mass_per_power

    def as_record(self) -> dict:
        return asdict(self)

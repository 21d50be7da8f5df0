"""What a DysonSwarm takes and hands back: frozen records in SI."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from kscale_nb.errors import KscaleError
from kscale_nb.machines.checked import number
from kscale_nb.machines.swarm.growth import Policy
from kscale_nb.machines.swarm.parameters import SwarmParameters


@dataclass(frozen=True)
class ComputingNode:
    """A module to deploy."""

    power: float  # at full load [W]
    mass: float  # [kg]
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)  # from the centre of the region [m]


@dataclass(frozen=True)
class ScaleTarget:
    """What the swarm shall become: give one of the two."""

    power: float | None = None  # [W]
    rating: float | None = None  # on Sagan's form of Kardashev's scale


def target_power(target: float | ScaleTarget, parameters: SwarmParameters) -> float:
    """The power of a target [W], a rating read on the swarm's own scale.

    Raises KscaleError for none, two, or no finite number above 0.
    """
    if isinstance(target, ScaleTarget):
        if (target.power is None) == (target.rating is None):
            raise KscaleError("a ScaleTarget names either power or rating")
        if target.rating is not None:
            return parameters.power_of(number("rating", target.rating, -5, 5))
        target = target.power
    return number("target", target, above=0, unit="W")


@dataclass
class MassBooks:
    """Where all the mass is [kg]. Its sum never changes."""

    metal: float = 0.0  # not mined yet
    stock: float = 0.0
    modules: float = 0.0  # working
    lots: float = 0.0  # working
    industry: float = 0.0  # that mines and makes
    scrap: float = 0.0  # failed, to be used again
    lost: float = 0.0  # failed, beyond recovery
    propellant: float = 0.0  # expelled

    @property
    def total(self) -> float:
        return sum(getattr(self, f.name) for f in fields(self))


@dataclass
class EnergyBooks:
    """Electricity since the start [J]. What was generated is what was used or curtailed."""

    generated: float = 0.0
    computing: float = 0.0
    upkeep: float = 0.0
    growth: float = 0.0
    industry: float = 0.0
    curtailed: float = 0.0  # allotted to computing or making, and of no use to them

    @property
    def residual(self) -> float:
        """Generated less all uses: zero to rounding."""
        return self.generated - self.computing - self.upkeep - self.growth - self.industry - self.curtailed


@dataclass(frozen=True, eq=False)
class ManagementResult:
    """Some days of the swarm, one value a day."""

    days: np.ndarray  # at whose end, since the start
    power: np.ndarray  # generated, mean of the day [W]
    computing: np.ndarray  # [W]
    modules: np.ndarray  # working
    lots: np.ndarray  # working
    modules_failed: int  # lost whole
    lots_failed: int
    modules_replaced: int
    lots_replaced: int
    lots_added: int
    modules_added: int
    hardware_replaced: float  # inside modules that work [kg]
    speed_change: float  # largest that a module needed to stay, in these days [m/s]
    propellant: float  # [kg]
    shading: float  # share of the light that lots take from one another, at the end
    computing_energy: float  # over these days [J]
    power_at_end: float  # [W]
    idle_modules: float  # what modules, and hardware in them, could have computed with until made again [J]
    idle_lots: float  # what failed lots would have given until they were made again [J]

    @property
    def availability(self) -> float:
        """Mean power for computing over that of the first day."""
        return float(self.computing.mean() / self.computing[0]) if len(self.computing) and self.computing[0] else 0.0


@dataclass(frozen=True, eq=False)
class ScalingResult:
    """The way to a target: what must stand there, of what, and when."""

    target: float  # [W]
    rating: float  # Kardashev's, by Sagan's form
    time: float  # [s]
    power_at_end: float  # with the last lot [W]
    computing_energy: float  # until then [J]
    doubling_time: float  # in balance [s]
    limit: float  # power at which growth ends [W]
    limited_by: str
    modules: int
    lots: int
    mirror_area: float  # [m^2]
    sunlight_share: float  # of the star's light on the mirrors
    region_diameter: float  # of a sphere with the volume in which the lots shade one another as much as tolerated [m]
    masses: dict[str, float]  # by product [kg]
    elements: dict[str, float]  # of all that stands, structures, water and stores included [kg]
    making_energy: float  # of all that is added [J]
    times: np.ndarray = field(repr=False)  # [s]
    powers: np.ndarray = field(repr=False)  # [W]
    policy: Policy = field(repr=False)  # that DysonSwarm.follow carries out

"""A steam cycle of real water: Rankine's, with one reheat if wanted, and where its exergy goes.

Water runs in a ring, so that it comes back as it was: what counts is the heat that enters at the temperature of the
salt, the heat that leaves at the temperature of the condenser, and the entropy made between. Exergy therefore needs
no chemistry of a dead state, only its temperature. Properties are those of IAPWS-95, evaluated by CoolProp.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cached_property, partial
from typing import ClassVar

from CoolProp import AbstractState
from CoolProp import CoolProp as coolprop

from kscale_nb.errors import KscaleError, echoed
from kscale_nb.machines.built import OfModel
from kscale_nb.machines.checked import number
from kscale_nb.units import value_text

UNITS = {
    "pressure": "Pa", "reheat_pressure": "Pa", "steam_temperature": "K", "condenser_temperature": "K",
    "source_temperature": "K", "dead_temperature": "K", "turbine_efficiency": "1", "pump_efficiency": "1",
}  # fmt: skip


def _water() -> AbstractState:
    """A new one each time, a tenth of a millisecond: one that is kept carries guesses from state to state."""
    return AbstractState("HEOS", "Water")


@dataclass(frozen=True)
class State:
    """Water at one point: temperature [K], pressure [Pa], enthalpy [J/kg], entropy [J/kg/K], volume [m^3/kg].

    The quality is the share of vapour by mass, between 0 and 1 in wet steam and None outside it.
    """

    temperature: float
    pressure: float
    enthalpy: float
    entropy: float
    volume: float
    quality: float | None


def water(**two: float) -> State:
    """The state that two of pressure, temperature, enthalpy, entropy and quality fix [SI].

    Raises KscaleError for another pair, or where the formulation has no such state. Source: IAPWS-95.

    >>> f"{water(temperature=450, quality=0).pressure:.9g}"  # the IAPWS prints 0.932203564 MPa
    '932203.564'
    """
    pairs = {
        ("pressure", "temperature"): coolprop.PT_INPUTS, ("quality", "temperature"): coolprop.QT_INPUTS,
        ("pressure", "quality"): coolprop.PQ_INPUTS, ("enthalpy", "pressure"): coolprop.HmassP_INPUTS,
        ("entropy", "pressure"): coolprop.PSmass_INPUTS,
    }  # fmt: skip
    names = tuple(sorted(two))
    if names not in pairs:
        raise KscaleError(f"no state of water from {', '.join(names)}: expected a pair such as pressure, temperature")
    values = [two[name] for name in names]
    if names == ("entropy", "pressure"):  # CoolProp wants the pressure first
        values.reverse()
    fluid = _water()
    try:
        fluid.update(pairs[names], *map(float, values))
    except (ValueError, TypeError, OverflowError) as error:
        said = ", ".join(f"{name} {echoed(two[name])}" for name in names)
        raise KscaleError(f"water has no state at {said}: {str(error).splitlines()[0][:80]}") from None
    quality = fluid.Q()
    return State(
        fluid.T(), fluid.p(), fluid.hmass(), fluid.smass(), 1 / fluid.rhomass(), quality if 0 <= quality <= 1 else None
    )


@dataclass(frozen=True)
class SteamCycle(OfModel):
    """Boiler pressure [Pa], temperatures [K] of steam, condenser, the heat's source and the dead state; efficiencies.

    Turbine and pump efficiencies are isentropic. With a reheat pressure [Pa] the steam goes back to the source once.
    In the book's own plant the dead state is the radiator's effective sink: what a plate edge-on to the Sun would cool
    to by itself, and the coldest place that this plant can reach.
    Raises KscaleError for what no such plant can be.

    >>> plain = SteamCycle(8e6, 753.15, 315, 838)
    >>> f"{plain.efficiency:.4f} {plain.exhaust.quality:.4f}"
    '0.3967 0.7954'
    """

    quantities: ClassVar[dict[str, str]] = {
        "pressure": "steam_pressure", "steam_temperature": "superheat_temperature",
        "condenser_temperature": "radiator_temperature", "source_temperature": "steam_temperature",
        "dead_temperature": "sink_temperature", "turbine_efficiency": "turbine_isentropic_efficiency",
        "pump_efficiency": "pump_isentropic_efficiency", "reheat_pressure": "reheat_pressure",
    }  # fmt: skip

    pressure: float
    steam_temperature: float
    condenser_temperature: float
    source_temperature: float
    dead_temperature: float = 273.15
    turbine_efficiency: float = 1.0
    pump_efficiency: float = 1.0
    reheat_pressure: float | None = None

    def __post_init__(self):
        for field in fields(self):
            value, unit = getattr(self, field.name), UNITS[field.name]
            if value is None and field.name == "reheat_pressure":
                continue
            most = 1 if field.name.endswith("efficiency") else math.inf
            object.__setattr__(self, field.name, number(field.name, value, above=0, high=most, unit=unit))
        self._check_temperatures()
        self._check_pressures()
        if self.work <= 0:
            raise KscaleError(f"a pump that takes more than the turbine gives leaves no work: {self.work:.4g} J/kg")

    def _check_temperatures(self) -> None:
        fluid = _water()
        critical, triple, highest = fluid.T_critical(), fluid.Ttriple(), fluid.Tmax()
        cold, steam = self.condenser_temperature, self.steam_temperature
        if cold >= critical:
            raise KscaleError(f"condenser_temperature: no steam condenses at {cold:.4g} K, only below {critical:.6g} K")
        if cold < triple:
            raise KscaleError(f"condenser_temperature: water freezes at {cold:.4g} K, below {triple:.5g} K")
        if steam > highest:
            raise KscaleError(
                f"steam_temperature: {steam:.4g} K is above the range of the formulation, {highest:.4g} K"
            )
        if self.source_temperature < steam:
            told = f"{self.source_temperature:.4g} K is colder than the steam it heats, at {steam:.4g} K"
            raise KscaleError(f"source_temperature: {told}")
        if self.dead_temperature > cold:
            told = f"{self.dead_temperature:.4g} K is warmer than the condenser, at {cold:.4g} K"
            raise KscaleError(f"dead_temperature: {told}")

    def _check_pressures(self) -> None:
        fluid = _water()
        low = water(temperature=self.condenser_temperature, quality=0.0).pressure
        pascal = partial(value_text, unit="Pa", trailing_zeros=False)
        if self.pressure > fluid.pmax():
            told = f"{self.pressure:.4g} Pa is above the range of the formulation, {fluid.pmax():.4g} Pa"
            raise KscaleError(f"pressure: {told}")
        if self.pressure <= low:
            raise KscaleError(f"pressure: {pascal(self.pressure)} must exceed the condenser's, {pascal(low)}")
        boiling = fluid.T_critical()
        if self.pressure < fluid.p_critical():
            boiling = water(pressure=self.pressure, quality=1.0).temperature
        if self.steam_temperature <= boiling:
            told = f"at {self.pressure:.4g} Pa there is no steam below {boiling:.4g} K"
            raise KscaleError(f"steam_temperature: {told}, and {self.steam_temperature:.4g} K was given")
        if self.reheat_pressure is not None and not low < self.reheat_pressure < self.pressure:
            told = f"must lie between the condenser's {low:.4g} Pa and the boiler's {self.pressure:.4g} Pa"
            raise KscaleError(f"reheat_pressure: {self.reheat_pressure:.4g} Pa {told}")

    def _expanded(self, start: State, pressure: float) -> State:
        ideal = water(pressure=pressure, entropy=start.entropy)
        return water(
            pressure=pressure, enthalpy=start.enthalpy - self.turbine_efficiency * (start.enthalpy - ideal.enthalpy)
        )

    @cached_property
    def states(self) -> dict[str, State]:
        """The water at each point of the ring, in the order in which it passes them."""
        condensate = water(temperature=self.condenser_temperature, quality=0.0)
        ideal = water(pressure=self.pressure, entropy=condensate.entropy)
        lift = (ideal.enthalpy - condensate.enthalpy) / self.pump_efficiency
        found = {
            "condensate": condensate,
            "feed": water(pressure=self.pressure, enthalpy=condensate.enthalpy + lift),
            "steam": water(pressure=self.pressure, temperature=self.steam_temperature),
        }
        if self.reheat_pressure is not None:
            found["cold reheat"] = self._expanded(found["steam"], self.reheat_pressure)
            found["hot reheat"] = water(pressure=self.reheat_pressure, temperature=self.steam_temperature)
        found["exhaust"] = self._expanded(found.get("hot reheat", found["steam"]), condensate.pressure)
        return found

    @property
    def exhaust(self) -> State:
        """The steam that leaves the turbine for the condenser."""
        return self.states["exhaust"]

    def _rise(self, what: str, *pairs: tuple[str, str]) -> float:
        return sum(getattr(self.states[end], what) - getattr(self.states[start], what) for start, end in pairs)

    @property
    def _heated(self) -> list[tuple[str, str]]:
        return [("feed", "steam")] + ([("cold reheat", "hot reheat")] if self.reheat_pressure else [])

    @property
    def _expansions(self) -> list[tuple[str, str]]:
        if self.reheat_pressure:
            return [("steam", "cold reheat"), ("hot reheat", "exhaust")]
        return [("steam", "exhaust")]

    @property
    def heat_in(self) -> float:
        """Heat that a kilogram of water takes up from the source [J/kg]."""
        return self._rise("enthalpy", *self._heated)

    @property
    def heat_out(self) -> float:
        """Heat that a kilogram of steam leaves in the condenser [J/kg]."""
        return -self._rise("enthalpy", ("exhaust", "condensate"))

    @property
    def work(self) -> float:
        """Work of the turbine less that of the pump [J/kg]."""
        return -self._rise("enthalpy", *self._expansions) - self._rise("enthalpy", ("condensate", "feed"))

    @property
    def efficiency(self) -> float:
        """Work over heat taken up."""
        return self.work / self.heat_in

    @property
    def carnot_efficiency(self) -> float:
        """The most that any engine could do between the source and the condenser."""
        return 1 - self.condenser_temperature / self.source_temperature

    @property
    def steam_per_work(self) -> float:
        """Steam for each joule of work [kg/J]; a plant's flow is this times its power."""
        return 1 / self.work

    @property
    def exergy_in(self) -> float:
        """The most work that the heat could do if it left at the dead state's temperature [J/kg]."""
        return self.heat_in * (1 - self.dead_temperature / self.source_temperature)

    @cached_property
    def exergy_destroyed(self) -> dict[str, float]:
        """Exergy that each stage destroys [J/kg]: the dead state's temperature times the entropy made there."""
        dead, cold = self.dead_temperature, self.condenser_temperature
        heating = self._rise("entropy", *self._heated) - self.heat_in / self.source_temperature
        condensing = self._rise("entropy", ("exhaust", "condensate")) + self.heat_out / cold
        return {
            "heater": dead * heating,
            "turbine": dead * self._rise("entropy", *self._expansions),
            "condenser": dead * condensing,
            "radiator": self.heat_out * (1 - dead / cold),
            "pump": dead * self._rise("entropy", ("condensate", "feed")),
        }

    @property
    def exergy_residual(self) -> float:
        """What is left over when the books of exergy are closed, over what came in; zero to rounding."""
        return (self.exergy_in - self.work - sum(self.exergy_destroyed.values())) / self.exergy_in

"""Systems that compute, read from TOML: the package's own table, or a reader's file.

A file holds one table for each system. A field of `System` is told as a value with its unit and source, and a range
where it is uncertain; or as the name of a quantity of the model, which then brings its own:

    [laptop]
    name = "my laptop"
    power = { value = 40, unit = "W", low = 30, high = 60, source = "a plug-in meter" }
    throughput = { value = 8, unit = "TFLOP/s", source = "its maker's data sheet" }
    available_power = { quantity = "world_power" }
    unknown = { mass = "it was never weighed" }

A field may also be told as so many `times` another, as power usage effectiveness is:

    facility_power = { value = 1.3, times = "power", source = "the hall's operator" }

`unknown` says why a field is left out. `python -m kscale_nb metrics FILE.toml` prints the metrics of such a file.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import kscale_nb
from kscale_nb.errors import KscaleError, concerning, echoed, unknown
from kscale_nb.files import DATA, as_path, check_fields, read_toml
from kscale_nb.machines.checked import real_number
from kscale_nb.machines.metrics.metrics import METRICS, Metric, System, measure
from kscale_nb.sources import source_keys
from kscale_nb.units import same_dimension, to_si, unit_factor

UNITS = {
    "power": "W", "throughput": "FLOP/s", "temperature": "K", "bits_erased_per_flop": "1/FLOP",
    "bits_switched_per_flop": "1/FLOP", "facility_power": "W", "sink_temperature": "K", "recycled_heat": "1",
    "mass": "kg", "area": "m^2", "volume": "m^3", "available_power": "W", "primary_power": "W",
    "source_temperature": "K", "carbon_intensity": "g/kWh", "embodied_carbon": "g", "lifetime": "s",
    "task_accuracy": "1", "useful_token_rate": "token/s", "training_flop": "FLOP", "training_energy": "J",
    "learned_bits": "bit",
}  # fmt: skip
TELLS = {"value": (int, float), "unit": str, "source": str, "low": (int, float), "high": (int, float),
         "quantity": str, "times": str, "note": str}  # fmt: skip
PARTS = [  # the first is contained in the second, whatever the machine
    ("power", "facility_power"), ("power", "available_power"), ("facility_power", "available_power"),
    ("facility_power", "primary_power"), ("bits_erased_per_flop", "bits_switched_per_flop"),
]  # fmt: skip
MOST_CORNERS = 12  # uncertain inputs of one metric: two ends each, so 4,096 evaluations at most


@dataclass(frozen=True)
class Datum:
    """One field of a system as it was told; numbers in the unit that `System` takes."""

    field: str
    value: float
    low: float
    high: float
    source: str
    note: str = ""
    quantity: str = ""  # the model's name for it
    times: str = ""  # the field that value, low and high are multiples of


@dataclass(frozen=True)
class Measured:
    """A metric of a system with the range that its uncertain data allow, or the reason why there is none."""

    metric: Metric
    low: float | None
    high: float | None  # infinite where the range has no upper end
    reason: str

    @property
    def share_of_bound(self) -> float | None:
        """The value over its upper bound, or the lower bound over the value: 1 is perfection; None without a bound."""
        if self.metric.value is None:
            return None
        if self.metric.upper:
            return self.metric.value / self.metric.upper
        return self.metric.lower / self.metric.value if self.metric.lower else None


@dataclass(frozen=True)
class Record:
    """A system with the source, range and note of each of its fields."""

    key: str
    system: System
    data: Mapping[str, Datum]
    unknown: Mapping[str, str]  # why a field is not told
    note: str
    changes: Mapping[str, object]  # of the model that it was read from

    def measure(self, name: str) -> Measured:
        """One metric with its range, from the ends of what is uncertain."""
        metric = measure(self.system, name)
        if metric.value is None:
            whys = [self.unknown[field] for field in metric.missing if field in self.unknown]
            whys = whys or [f"{field} is not told" for field in metric.missing]
            return Measured(metric, None, None, "; ".join(dict.fromkeys(whys)))
        values = [measure(system, name).value for system in self.corners(name)]
        return Measured(metric, min(values, default=metric.value), max(values, default=metric.value), "")

    def measure_all(self) -> dict[str, Measured]:
        """The twelve metrics by name, in TIP-0128's order."""
        return {name: self.measure(name) for name in METRICS}

    def corners(self, name: str) -> Iterable[System]:
        """This system at every combination of the ends of what a metric's fields rest on.

        One quantity behind two fields moves both at once, so that a ratio of a thing to itself stays one. Ends that
        cannot be together, such as more power in the part than in the whole, are brought together where they meet.
        """
        used = self._used(name)
        ends: dict[str, tuple[float, float]] = {}
        for field, datum in used.items():
            if datum.quantity:
                for given in _uncertain(datum.quantity, frozenset(self.changes)):
                    ends[given] = kscale_nb.MODEL[given].low, kscale_nb.MODEL[given].high
            elif datum.low < datum.high:
                ends[f"field {field}"] = datum.low, datum.high
        if not ends or len(ends) > MOST_CORNERS:
            return
        quantities = {field: datum.quantity for field, datum in used.items() if datum.quantity}
        for corner in itertools.product(*ends.values()):
            at = dict(zip(ends, corner, strict=True))
            overrides = {given: end for given, end in at.items() if not given.startswith("field ")}
            values = kscale_nb.MODEL.values(quantities.values(), **self.changes, **overrides) if quantities else {}
            told = {field: datum.value for field, datum in used.items()}
            told |= {field: _from_si(values[name], field) for field, name in quantities.items()}
            told |= {given.removeprefix("field "): end for given, end in at.items() if given.startswith("field ")}
            yield replace(self.system, **self._brought_together(_multiplied(told, used)))

    def _used(self, name: str) -> dict[str, Datum]:
        """The data that a metric rests on, with those that they are multiples of."""
        used, fields = {}, [field for field in METRICS[name].fields if field in self.data]
        for field in fields:
            used[field] = self.data[field]
            if used[field].times not in ("", *fields):
                fields.append(used[field].times)
        return used

    def _brought_together(self, told: dict[str, float]) -> dict[str, float]:
        """No part larger than its whole, and no sink warmer than what it cools."""
        highest = _multiplied({field: datum.high for field, datum in self.data.items()}, self.data)
        for part, whole in PARTS:
            if part in told and whole in told and told[part] > told[whole]:
                told[whole] = max(told[whole], min(told[part], highest[whole]))
                told[part] = min(told[part], told[whole])
        if "sink_temperature" in told and "temperature" in told:
            told["sink_temperature"] = min(told["sink_temperature"], told["temperature"])
        return told


@cache
def _uncertain(quantity: str, changed: frozenset[str]) -> tuple[str, ...]:
    """The givens with a range that a quantity of the model rests on, itself included, and that nobody changed."""
    if quantity in changed:
        return ()
    declared = kscale_nb.MODEL[quantity]
    if declared.is_given:
        return (quantity,) if declared.low < declared.high else ()
    return tuple(dict.fromkeys(name for other in declared.inputs for name in _uncertain(other.identifier, changed)))


def _from_si(value: float, field: str) -> float:
    return value / unit_factor(UNITS[field])


# -- reading -------------------------------------------------------------------------------------------


def load_systems(path: Path | None = None, **changes) -> dict[str, Record]:
    """The systems of a TOML file by key, after changes of the model; the package's own table if no file is named.

    Raises KscaleError, naming file, system and field, if anything is amiss. The package's own sources must be in the
    bibliography; a reader's may be any text.
    """
    own = path is None
    path = DATA / "systems.toml" if own else as_path(path)
    tables = read_toml(path)
    if not tables:
        raise KscaleError(f"{path.name}: no system in it: expected a table such as [laptop]")
    for key, table in tables.items():
        if key in {*UNITS, "name", "note"} and not (isinstance(table, dict) and "power" in table):
            raise KscaleError(f"{path.name}: {key!r} stands in no table: a [name] such as [laptop] is missing above it")
    sources = source_keys() if own else None
    return {key: _record(key, table, path.name, sources, changes) for key, table in tables.items()}


def own_systems(**changes) -> dict[str, Record]:
    """The package's own systems, after changes of the model.

    >>> sorted(own_systems())[:3]
    ['bitcoin', 'brain', 'dgx-h100']
    """
    return load_systems(**changes) if changes else _own_systems()


@cache
def _own_systems() -> dict[str, Record]:
    return load_systems()


def _record(key: str, table, file_name: str, sources: set[str] | None, changes: Mapping) -> Record:
    where = f"{file_name}, {key}"
    kinds = {"name": str, "note": str, "unknown": dict, "recycled_as_work": bool, **dict.fromkeys(UNITS, object)}
    with concerning(where):
        check_fields(table, kinds, needed=["power"])
    reasons = table.get("unknown", {})
    for field, reason in reasons.items():
        if field not in UNITS:
            raise KscaleError(f"{where}: unknown: {unknown('field', field, UNITS)}")
        if field in table or not isinstance(reason, str):
            raise KscaleError(f"{where}: unknown: {field!r} must be left out above, and its reason a text")
    data = {field: _datum(field, table[field], where, sources, changes) for field in UNITS if field in table}
    _check_multiples(data, where)
    values = _multiplied({field: datum.value for field, datum in data.items()}, data)
    _check_values(values, data, where)
    nature = kscale_nb.MODEL.values(["boltzmann_constant", "stefan_boltzmann"], **changes)
    system = System(
        name=table.get("name", key), recycled_as_work=table.get("recycled_as_work", False), **values,
        bit_entropy=nature["boltzmann_constant"] * math.log(2), stefan_boltzmann=nature["stefan_boltzmann"],
    )  # fmt: skip
    _check_parts(system, where)
    return Record(key, system, data, reasons, table.get("note", ""), changes)


def _multiplied(told: Mapping[str, float], data: Mapping[str, Datum]) -> dict[str, float]:
    """Values of fields, what is told as so many times another multiplied out, in whatever order they stand."""

    def value(field: str) -> float:
        base = data[field].times
        return told[field] * value(base) if base else told[field]

    return {field: value(field) for field in told}


def _check_multiples(data: Mapping[str, Datum], where: str) -> None:
    """Every multiple ends at a field that is told by itself."""
    for first in data:
        path = [first]
        while base := data[path[-1]].times:
            if base not in data:
                raise KscaleError(f"{where}: {path[-1]}: times names {base!r}, which is not told")
            if base in path:
                raise KscaleError(f"{where}: {first}: times goes in a circle: {', '.join([*path, base])}")
            path.append(base)


def _check_values(values: Mapping[str, float], data: Mapping[str, Datum], where: str) -> None:
    """What a field may not be, it may not be at the ends of its range either."""
    ends = {"low": {field: datum.low for field, datum in data.items()},
            "high": {field: datum.high for field, datum in data.items()}}  # fmt: skip
    for end, numbers in ({"": values} | {end: _multiplied(told, data) for end, told in ends.items()}).items():
        for field, number in numbers.items():
            if fault := System.fault(field, number):
                raise KscaleError(f"{where}: {field}{': ' if end else ''}{end} {fault}")


def _check_parts(system: System, where: str) -> None:
    for part, whole in PARTS:
        less, more = getattr(system, part), getattr(system, whole)
        if less is not None and more is not None and less > more * (1 + 1e-9):
            raise KscaleError(
                f"{where}: {part}, {less:g} {UNITS[part]}, cannot exceed {whole}, {more:g} {UNITS[whole]}"
            )
    if system.sink_temperature is not None and system.sink_temperature >= system.temperature:
        raise KscaleError(f"{where}: sink_temperature, {system.sink_temperature:g} K, must be below temperature")


def _datum(field: str, told, where: str, sources: set[str] | None, changes: Mapping) -> Datum:
    what = f"{where}: {field}"
    if not isinstance(told, dict):
        raise KscaleError(f"{what}: expected {{ value = ..., unit = {UNITS[field]!r}, source = ... }}, got {told!r}")
    for name, value in told.items():
        if name not in TELLS:
            raise KscaleError(f"{what}: {unknown('field', name, TELLS)}")
        if not isinstance(value, TELLS[name]) or isinstance(value, bool):
            raise KscaleError(f"{what}: {name} cannot be {echoed(value)}")
    if "quantity" in told:
        return _from_model(field, told, what, changes)
    if "times" in told:
        base, own = told["times"], UNITS[field]
        if base not in UNITS or base == field or UNITS[base] != own:
            raise KscaleError(f"{what}: times must name another field in {own!r}, got {base!r}")
        told = {"unit": own, **told}
    for name in ("value", "unit", "source"):
        if told.get(name, "") == "":
            raise KscaleError(f"{what}: {name} is missing")
    if sources is not None and told["source"] not in sources:
        raise KscaleError(f"{what}: {unknown('source', told['source'], sources)}")
    try:
        fits = same_dimension(told["unit"], UNITS[field])
    except KscaleError as error:
        hint = " (temperatures are told in kelvin, unit = 'K')" if UNITS[field] == "K" else ""
        raise KscaleError(f"{what}: {error}{hint}") from None
    if not fits:
        raise KscaleError(f"{what} is measured in {UNITS[field]!r}, and {told['unit']!r} does not fit it")
    value, low, high = (_in_own_unit(told.get(name, told["value"]), told["unit"], field, f"{what}: {name}")
                        for name in ("value", "low", "high"))  # fmt: skip
    if not low <= value <= high:
        raise KscaleError(f"{what}: value {echoed(told['value'])} is outside its range")
    return Datum(field, value, low, high, told["source"], told.get("note", ""), times=told.get("times", ""))


def _in_own_unit(number: float, unit: str, field: str, what: str) -> float:
    if not math.isfinite(real_number(number)):
        raise KscaleError(f"{what} must be a finite number, got {echoed(number)}")
    try:
        return float(number) if unit == UNITS[field] else _from_si(to_si(number, unit), field)
    except KscaleError:
        raise KscaleError(f"{what} must be a finite number, got {echoed(number)} {unit}") from None


def _from_model(field: str, told: Mapping, what: str, changes: Mapping) -> Datum:
    if extra := set(told) - {"quantity", "note"}:
        raise KscaleError(f"{what}: the model brings its own {sorted(extra)[0]}: leave it out beside a quantity")
    name = told["quantity"]
    try:
        quantity = kscale_nb.MODEL[name]
    except KscaleError as error:
        raise KscaleError(f"{what}: {error}") from None
    if not same_dimension(quantity.unit, UNITS[field]):
        raise KscaleError(f"{what} is measured in {UNITS[field]!r}, and {name} in {quantity.unit!r}")
    value = _from_si(kscale_nb.MODEL.value(name, **changes), field)
    ranged = quantity.is_given and name not in changes
    low, high = (_from_si(quantity.low, field), _from_si(quantity.high, field)) if ranged else (value, value)
    return Datum(field, value, low, high, quantity.source or "", told.get("note", ""), name)

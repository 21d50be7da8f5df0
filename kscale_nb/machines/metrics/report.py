"""The twelve metrics of systems as tables and as plain data, for the command line and the notebooks."""

from __future__ import annotations

import math
import os
from pathlib import Path

from tabulate import tabulate

from kscale_nb.errors import KscaleError, check_known, printable
from kscale_nb.machines.metrics.metrics import (
    METRICS,
    accuracy_per_watt,
    density,
    energy_reuse_effectiveness,
    kardashev_rating,
)
from kscale_nb.machines.metrics.systems import Measured, Record, load_systems, own_systems
from kscale_nb.printed import figure_text
from kscale_nb.sources import short_citation, source_keys
from kscale_nb.units import unit_text


def chosen_systems(wanted: str | None) -> list[Record]:
    """All of the package's systems, one of them, or those of a reader's TOML file."""
    if wanted is None:
        return list(own_systems().values())
    if wanted.endswith(".toml"):
        return list(load_systems(Path(wanted)).values())
    if Path(wanted).suffix or len(Path(wanted).parts) > 1 or os.path.isfile(wanted):
        raise KscaleError(f"{wanted}: a file of systems is TOML, and its name ends in .toml")
    check_known("system", wanted, own_systems())
    return [own_systems()[wanted]]


def number_text(value: float | None, digits: int = 3) -> str:
    """A number as the tables show it; n/a for none."""
    return "n/a" if value is None else figure_text(value, digits, trailing_zeros=False)


def bounds_text(measured: Measured) -> str:
    """The bounds of a metric, in words."""
    lower, upper = measured.metric.lower, measured.metric.upper
    if measured.metric.value is None:
        return ""
    text = f"{number_text(lower)} to {number_text(upper)}" if upper is not None else f"{number_text(lower)} up"
    return text if measured.metric.holds else f"{text}: BROKEN"


def range_text(measured: Measured) -> str:
    """The range that uncertain data allow, or nothing."""
    if measured.low is None or measured.low == measured.high:
        return ""
    if math.isinf(measured.high):
        return f"{number_text(measured.low, 2)} up"
    return f"{number_text(measured.low, 2)} to {number_text(measured.high, 2)}"


def also(record: Record) -> list[tuple[str, str]]:
    """What belongs beside the twelve: other forms of the same metrics, as others define them."""
    system = record.system
    energy = None if system.throughput is None else system.power / system.throughput
    lines = [
        ("energy per operation", energy, "J/FLOP"),
        ("Kardashev rating", kardashev_rating(system.whole_power, **record.changes), ""),
        ("accuracy per watt (Saad-Falcon)", accuracy_per_watt(system), "1/W"),
        ("energy reuse effectiveness", energy_reuse_effectiveness(system), ""),
        ("power per volume", density(system, "volume"), "W/m^3"),
        ("bits that its gates erase", system.bits_erased_per_flop, "1/FLOP"),
    ]  # fmt: skip
    return [(title, f"{number_text(value)} {unit_text(unit)}".strip()) for title, value, unit in lines
            if value is not None]  # fmt: skip


def one_system(record: Record) -> str:
    """Everything known of one system: its data with their sources, its twelve metrics, and what is not defined."""
    rows = [
        [
            m.metric.title,
            number_text(m.metric.value),
            "" if m.metric.unit == "1" else unit_text(m.metric.unit),
            range_text(m),
            bounds_text(m),
            printable(m.reason, None),
        ]
        for m in record.measure_all().values()
    ]
    table = tabulate(rows, headers=["metric", "value", "unit", "range", "bounds", "why not"],
                     maxcolwidths=[None, None, None, None, None, 44], disable_numparse=True)  # fmt: skip
    beside = "\n".join(f"  {title:32} {text}" for title, text in also(record))
    named = {datum.source for datum in record.data.values() if datum.source}
    cited = sorted(short_citation(key) if key in source_keys() else key for key in named)
    heading = printable(record.system.name + (f": {record.note}" if record.note else ""), None)
    return (
        f"{heading}\n\n{table}\n\nbeside them\n{beside}\n\nsources: {printable('; '.join(cited), None) or 'the model'}"
    )


def all_systems(records: list[Record]) -> str:
    """The twelve metrics, a row each, with a column for each system."""
    measured = {record.key: record.measure_all() for record in records}
    rows = [
        [
            definition.title if definition.unit == "1" else f"{definition.title} [{unit_text(definition.unit)}]",
            *(number_text(measured[record.key][name].metric.value, 2) for record in records),
        ]
        for name, definition in METRICS.items()
    ]  # fmt: skip
    table = tabulate(rows, headers=["metric", *(printable(record.system.name, None) for record in records)],
                     maxcolwidths=[30, *[None] * len(records)], disable_numparse=True)  # fmt: skip
    return f"{table}\n\n{len(records)} systems; name one for its ranges, bounds, sources and the reasons of n/a"


def as_record(record: Record) -> dict:
    """One system and its metrics as plain data; a range or a bound that there is not, or has no end, is None."""
    return {
        "key": record.key,
        "name": record.system.name,
        "note": record.note,
        "data": {
            field: {"value": getattr(record.system, field), "source": datum.source or None,
                    "quantity": datum.quantity or None, "note": datum.note}
            for field, datum in record.data.items()
        },
        "metrics": [
            {
                "name": m.metric.name, "title": m.metric.title, "value": _ending(m.metric.value),
                "unit": m.metric.unit, "low": _ending(m.low), "high": _ending(m.high),
                "lower": m.metric.lower, "upper": _ending(m.metric.upper),
                "holds": m.metric.holds, "meaning": m.metric.meaning, "definition": m.metric.definition,
                "origin": m.metric.origin, "ours": m.metric.ours, "claim": m.metric.claim,
                "missing": list(m.metric.missing), "reason": m.reason,
            }
            for m in record.measure_all().values()
        ],
    }  # fmt: skip


def _ending(value: float | None) -> float | None:
    """A number that JSON can hold."""
    return None if value is None or math.isinf(value) else value

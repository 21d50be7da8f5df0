"""The book's expressions on systems that exist: published figures, and what the model says to the same givens."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import cache
from os import PathLike

import numpy as np
from tabulate import tabulate

from kscale_nb import MODEL
from kscale_nb.errors import KscaleError, check_known, concerning, unknown
from kscale_nb.files import DATA, check_fields, rows_of
from kscale_nb.model import Model
from kscale_nb.printed import Figure, figure_text, read_figure
from kscale_nb.sources import short_citation, source_keys
from kscale_nb.units import read_value, same_dimension, to_si

FILE = DATA / "observations.toml"
KINDS = {
    "measured": "an outcome that somebody measured or counted",
    "computed": "its authors' own sum, often by the same formula: it tests the arithmetic alone",
    "spec": "what a maker says, or what was chosen",
}
READ = {
    "seen": "in the source or a copy of it",
    "second hand": "as others quote it",
    "recalled": "the figure or one of its givens is from memory",
}
MISS = 1.25  # a ratio beyond this, either way, is a miss, and has to be explained
OPTIONAL = {"given", "times", "table", "why", "blind", "foreseen"}


@dataclass(frozen=True)
class Observation:
    """One published figure, and what the model needs to be told to predict it."""

    id: str
    system: str
    area: str
    quantity: str
    published: str
    unit: str
    kind: str
    read: str
    source: str
    date: str
    given: dict = field(default_factory=dict)
    times: int = 1  # how many of `unit` the printed unit is, such as 1024 byte
    table: str = ""
    why: str = ""
    blind: bool = False
    foreseen: str = ""  # of a blind one: what the model said before the figure was read

    @property
    def figure(self) -> Figure:
        return read_figure(self.published, self.unit)

    @property
    def measure(self) -> float:
        """The printed unit in SI."""
        return to_si(self.times, self.unit)

    @property
    def expected(self) -> float:
        """What the model said of a blind one before its figure was read, in the printed unit."""
        return read_value(self.foreseen, self.unit, "foreseen") / self.measure

    def predicted(self, model: Model = MODEL) -> float:
        """What the model says under the observation's givens, in the printed unit."""
        return float(model.value(self.quantity, **self.given)) / self.measure

    def ratio(self, model: Model = MODEL) -> float:
        """Predicted over published."""
        return self.predicted(model) / float(self.figure.value)

    def is_reproduced(self, model: Model = MODEL) -> bool:
        """Whether the prediction, rounded to the printed digits, is the printed figure."""
        return self.figure.rounds_from(self.predicted(model))

    def is_missed(self, model: Model = MODEL) -> bool:
        return abs(math.log(self.ratio(model))) > math.log(MISS)


def load_observations(path: str | PathLike = FILE) -> dict[str, Observation]:
    """The observations of a file, by id. Raises KscaleError, naming the file, the id and the field.

    >>> load_observations()["co-gpt-3"].published
    '552.1'
    """
    loaded: dict[str, Observation] = {}
    for number, row in enumerate(rows_of(path, "observation"), 1):
        with concerning(str(row.get("id") or f"observation {number}")):
            observation = _observation(row)
            if observation.id in loaded:
                raise KscaleError("field 'id' is that of another observation too")
            loaded[observation.id] = observation
    return loaded


def _observation(row: dict) -> Observation:
    kinds = {one.name: {"dict": dict, "int": int, "bool": bool}.get(one.type, str) for one in fields(Observation)}
    check_fields(row, kinds, [name for name in kinds if name not in OPTIONAL])
    observation = Observation(**row)
    for name, known in (("quantity", MODEL.quantities), ("kind", KINDS), ("read", READ), ("source", source_keys())):
        check_known(f"{name} in field {name!r},", row[name], known)
    with concerning("field 'unit'"):
        if not same_dimension(observation.unit, MODEL[observation.quantity].unit):
            raise KscaleError(
                f"{observation.unit!r} does not fit {observation.quantity}, in {MODEL[observation.quantity].unit!r}"
            )
    if observation.times < 1:
        raise KscaleError(f"field 'times' must be 1 or more, got {observation.times}")
    with concerning("field 'published'"):
        if observation.figure.value <= 0:
            raise KscaleError(f"{observation.published!r} is no figure to divide by: expected one above 0")
    if not re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2]))?", observation.date):
        raise KscaleError(f"field 'date' is a year or a month such as '2024-07', not {observation.date!r}")
    if observation.blind != bool(observation.foreseen):
        raise KscaleError("field 'foreseen' says what a blind observation's prediction was, and no other's")
    if observation.blind:
        with concerning("field 'foreseen'"):
            _ = observation.expected
    with concerning("field 'given'"):
        Model.values(MODEL, [observation.quantity], **observation.given)  # unheard: what is loaded rests on no premise
    return observation


@cache
def own_observations() -> dict[str, Observation]:
    return load_observations()


def chosen(wanted: str | None) -> list[Observation]:
    """All observations, those of one source, or one by its id. Raises KscaleError, with the nearest names."""
    everything = own_observations().values()
    found = [one for one in everything if wanted in (None, one.source, one.id)]
    if not found:
        raise unknown("source or observation", wanted, {name for one in everything for name in (one.source, one.id)})
    return found


def spread(ratios: Iterable[float]) -> tuple[float, float, float]:
    """The median of some ratios, and the ends of the middle 80 %.

    >>> spread([1, 2, 3])[0]
    2.0
    """
    low, median, high = np.quantile([*ratios], [0.1, 0.5, 0.9])
    return float(median), float(low), float(high)


def spread_rows(observations: Iterable[Observation], by: str, model: Model = MODEL) -> list[list[str]]:
    """Of each value of a field: how many there are, their median ratio and 80 % range, and how many miss."""
    groups: dict[str, list[Observation]] = {}
    for one in observations:
        groups.setdefault(getattr(one, by), []).append(one)
    rows = []
    for name, members in groups.items():
        median, low, high = spread(one.ratio(model) for one in members)
        missed = sum(one.is_missed(model) for one in members)
        ends = f"{figure_text(low, 3)} to {figure_text(high, 3)}"
        rows.append([name, str(len(members)), figure_text(median, 3), ends, str(missed)])
    return rows


def reproduced_tables(observations: Iterable[Observation], model: Model = MODEL) -> dict[str, int]:
    """The published tables of which every figure here comes out as printed, and how many figures each has."""
    tables: dict[str, list[Observation]] = {}
    for one in observations:
        if one.table and one.read != "recalled":
            tables.setdefault(one.table, []).append(one)
    return {name: len(rows) for name, rows in tables.items() if all(one.is_reproduced(model) for one in rows)}


def report(observations: list[Observation], model: Model = MODEL) -> str:
    """Predicted, published and ratio of each, and the spread by kind of figure."""
    rows = [
        [one.id, one.system, one.quantity, figure_text(one.predicted(model)), one.published,
         f"{one.times} {one.unit}" if one.times > 1 else one.unit, figure_text(one.ratio(model), 3), one.kind, one.read,
         short_citation(one.source)]
        for one in observations
    ]  # fmt: skip
    columns = ["id", "system", "quantity", "predicted", "published", "unit", "ratio", "kind", "read", "source"]
    widths = [{"system": 34, "source": 30}.get(column) for column in columns]
    table = tabulate(rows, columns, disable_numparse=True, maxcolwidths=widths)
    groups = [*spread_rows(observations, "kind", model), *spread_rows(observations, "area", model)]
    titles = ["figures", "number", "median ratio", "80 % range", "misses"]
    spreads = tabulate(groups, titles, disable_numparse=True)
    return f"{table}\n\n{spreads}"

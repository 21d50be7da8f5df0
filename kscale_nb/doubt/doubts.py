"""The doubts of a model: the distribution of each input, what is drawn together, and how far models err."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from copy import copy
from functools import cache
from hashlib import blake2b
from os import PathLike

import numpy as np

from kscale_nb.doubt.distributions import OPEN, Distribution, by_rule, check_fits, is_constant
from kscale_nb.errors import KscaleError, check_known, concerning, echoed
from kscale_nb.files import DATA, as_path, check_fields, read_text, read_toml, rows_of
from kscale_nb.model import Model
from kscale_nb.units import read_value

FILE = DATA / "distributions.toml"
BLOCK = 8_192  # draws that one stream of random numbers gives: part of what a seed means
FIELDS = {
    "distribution": {"of": str, "shape": str, "low": str, "middle": str, "high": str, "reason": str},
    "joint": {"of": list, "file": str, "reason": str},
    "correlation": {"between": list, "coefficient": float, "reason": str},
}


@cache
def _key(seed: int, stream: str) -> int:
    return int.from_bytes(blake2b(f"{seed}/{stream}".encode(), digest_size=16).digest())


def random_block(seed: int, stream: str, block: int) -> np.random.Generator:
    """The random numbers of one block of a stream, whatever was drawn before: Philox, keyed by the stream's name."""
    return np.random.Generator(np.random.Philox(key=_key(seed, stream), counter=[0, 0, 0, block]))


class Doubts:
    """How the inputs of a model are uncertain: `stated`, or else by the rule; and which of them are drawn together.

    `joint` tables are rows of numbers [SI] for several inputs, one of which is drawn for all; `correlations` are of
    the normal numbers behind two inputs. An input that a scenario has changed is not drawn.
    Raises KscaleError, naming the input, for what it cannot be, for tables and correlations that contradict each other.

    >>> from kscale_nb import MODEL
    >>> sorted(Doubts(MODEL).of("tokens_over_human_text"))
    ['human_text_stock']
    """

    def __init__(
        self, model: Model, stated: Mapping[str, Distribution] | None = None,
        joint: Iterable[Mapping[str, np.ndarray]] = (), correlations: Mapping[tuple[str, str], float] | None = None,
    ):  # fmt: skip
        told = {"stated": (stated, Mapping), "joint": (joint, Iterable), "correlations": (correlations, Mapping)}
        if wrong := [name for name, (value, kind) in told.items() if value is not None and not isinstance(value, kind)]:
            raise KscaleError(f"{wrong[0]}: rows by names of inputs are expected, not {echoed(told[wrong[0]][0])}")
        if strange := [name for name, found in (stated or {}).items() if not isinstance(found, Distribution)]:
            raise KscaleError(f"{strange[0]}: a distribution is expected, not {echoed(stated[strange[0]])}")
        self.model = model
        self.alone: dict[str, Distribution] = {}
        for name, quantity in model.quantities.items():
            if quantity.is_given and (found := (stated or {}).get(name) or by_rule(quantity)) is not None:
                check_fits(name, quantity, found.support, found.shape, found.shape in OPEN)
                self.alone[name] = found
        if derived := [name for name in stated or {} if not model[name].is_given]:
            raise KscaleError(f"{derived[0]} is derived: only what is given has a distribution of its own")
        self.tables = [self._checked_table(table) for table in joint]
        self.table_of: dict[str, int] = {}
        for number, table in enumerate(self.tables):
            for name in table:
                if name in self.table_of:
                    raise KscaleError(f"{name} stands in two joint tables")
                self.table_of[name] = number
        self.mixed = self._mixed(correlations or {})

    def under(self, model: Model) -> Doubts:
        """The same doubts in a scenario of their model. Raises KscaleError for another model."""
        if model.quantities is not self.model.quantities:
            raise KscaleError("these doubts are of another model: make them of the one that is sampled")
        scenario = copy(self)
        scenario.model = model
        return scenario

    def __getstate__(self) -> dict:
        """What drawing needs: a process that draws is sent no model."""
        return {**vars(self), "model": None}

    @property
    def drawn(self) -> set[str]:
        """The inputs that are drawn: those in doubt but for what a scenario has changed."""
        return {*self.alone, *self.table_of} - {*self.model.changes}

    @property
    def constants(self) -> set[str]:
        """The inputs that are drawn, and yet known so narrowly that what rests on them alone is a sum."""
        alone = {name: found for name, found in self.alone.items() if name not in self.table_of}
        return {name for name, found in alone.items() if is_constant(self.model.quantities[name], found)}

    def of(self, *targets: str) -> set[str]:
        """The drawn inputs that the targets rest on."""
        return (self.model._ancestors(targets) | {*targets}) & self.drawn

    def factor_of(self, name: str) -> str:
        """The name of what is drawn as one: of an input drawn alone its own, else of the first it is drawn with."""
        if name in self.table_of:
            return next(iter(self.tables[self.table_of[name]]))
        return self.mixed[name][0][0] if name in self.mixed else name

    def told(self, name: str) -> str:
        """How an input is uncertain, in words."""
        if name in self.table_of:
            return f"a row of {len(self.tables[self.table_of[name]][name]):,} joint draws"
        return self.alone[name].told(self.model[name].unit) if name in self.alone else "known"

    def draw(self, name: str, seed: int, block: int, again: str = "") -> np.ndarray:
        """A block of draws of an input [SI], the same for every asker; `again` names another, independent, set."""
        if name in self.table_of:
            column = self.tables[self.table_of[name]][name]
            rows = random_block(seed, f"{again}{self.factor_of(name)}*", block).integers(0, len(column), BLOCK)
            return column[rows]
        group, weights = self.mixed.get(name, ((name,), (1.0,)))
        parts = (
            weight * random_block(seed, again + other, block).standard_normal(BLOCK)
            for other, weight in zip(group, weights, strict=True)
            if weight
        )
        return self.alone[name].of_normal(sum(parts))

    def _checked_table(self, table: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        try:
            columns = {name: np.asarray(column, float) for name, column in table.items()}
        except (AttributeError, TypeError, ValueError, OverflowError):
            raise KscaleError(f"joint: a table is rows of numbers by name, not {echoed(table)}") from None
        for name, column in columns.items():
            if not self.model[name].is_given:
                raise KscaleError(f"{name} is derived: only what is given is drawn from a table")
            if column.ndim != 1 or not column.size or not np.isfinite(column).all():
                raise KscaleError(f"{name}: its joint draws are a row of finite numbers")
            check_fits(name, self.model[name], (float(column.min()), float(column.max())), "joint")
        if len({len(column) for column in columns.values()}) > 1:
            raise KscaleError(f"the joint draws of {', '.join(columns)} are not equally many")
        return columns

    def _mixed(self, correlations: Mapping[tuple[str, str], float]) -> dict[str, tuple[tuple[str, ...], np.ndarray]]:
        """Of each correlated input, its group, and the weights of the group's normal numbers in its own."""
        groups: list[set[str]] = []
        for pair, coefficient in correlations.items():
            for name in pair:
                if name not in self.alone or name in self.table_of:
                    raise KscaleError(f"{name} is not drawn by itself, and cannot be correlated")
            is_number = isinstance(coefficient, int | float) and not isinstance(coefficient, bool)
            if pair[0] == pair[1] or not is_number or not -1 <= coefficient <= 1:
                told = f"the correlation of {' and '.join(pair)}"
                raise KscaleError(f"{told} lies between -1 and 1, for two inputs, not {echoed(coefficient)}")
            touching = [group for group in groups if group & {*pair}]
            groups = [group for group in groups if group not in touching] + [set(pair).union(*touching)]
        mixed = {}
        for names in (tuple(sorted(group)) for group in groups):
            matrix = np.eye(len(names))
            for (one, other), coefficient in correlations.items():
                if one in names:
                    at = names.index(one), names.index(other)
                    matrix[at] = matrix[at[::-1]] = coefficient
            sizes, axes = np.linalg.eigh(matrix)
            if sizes[0] < -1e-12:
                told = f"the correlations of {', '.join(names)} contradict each other"
                raise KscaleError(f"{told}: no draws have them all (least eigenvalue {sizes[0]:.3g})")
            root = axes * np.sqrt(np.maximum(sizes, 0)) @ axes.T
            mixed |= {name: (names, weights) for name, weights in zip(names, root, strict=True)}
        return mixed


def load_doubts(model: Model, path: str | PathLike = FILE) -> Doubts:
    """The doubts of a model, with what a file states of the book's own quantities.

    Raises KscaleError, naming the file and the row, for what is no distribution, table or correlation.
    """
    path, parts = as_path(path), read_toml(path)
    check_fields(parts, dict.fromkeys(FIELDS, list))
    rows = {kind: rows_of(path, kind) if kind in parts else [] for kind in FIELDS}
    stated, joint, correlations = {}, [], {}
    for kind, row in ((kind, row) for kind, found in rows.items() for row in found):
        named = row.get("of", row.get("between"))
        with concerning(f"{path.name}, {kind} of {named}"):
            needless = {"middle"} if "uniform" in str(row.get("shape")) else set()
            check_fields(row, FIELDS[kind], FIELDS[kind].keys() - needless)
            names = [named] if isinstance(named, str) else named
            if not all(_is_books_own(model, name) for name in names):
                continue
            if kind == "distribution":
                low, high = (read_value(row[end], model[named].unit, end) for end in ("low", "high"))
                middle = read_value(row["middle"], model[named].unit, "middle") if "middle" in row else low
                stated[named] = Distribution(row["shape"], low, middle, high)
            elif kind == "joint":
                joint.append(_table(names, path.parent / row["file"]))
            elif len(names) != 2:
                raise KscaleError("a correlation is between two inputs")
            else:
                correlations[names[0], names[1]] = row["coefficient"]
    return Doubts(model, stated, joint, correlations)


def _is_books_own(model: Model, name: object) -> bool:
    """Whether a model still has the book's own declaration under a name, and not a reader's."""
    known = isinstance(name, str) and name in model.quantities
    return known and model[name].declared_in.startswith("kscale_nb.chapters.")


def _table(names: list[str], path: PathLike) -> dict[str, np.ndarray]:
    """The columns of a file of numbers [SI] for several inputs, in their order."""
    rows = []
    for number, row in enumerate(csv.reader(read_text(path).splitlines()), 1):
        try:
            rows += [[float(text) for text, _ in zip(row, names, strict=True)]] if number > 1 else []
        except ValueError:
            told = f"{path.name}, line {number}: {len(names)} numbers are expected"
            raise KscaleError(f"{told}, not {echoed(','.join(row))}") from None
    return dict(zip(names, np.array(rows).T, strict=True))


def model_error(kind: str) -> Distribution:
    """What a prediction of the book is to be multiplied by, as its predictions of one kind of figure have erred.

    >>> model_error("measured").shape
    'lognormal'
    """
    from kscale_nb.machines import backtest  # here, so that drawing needs no observations

    check_known("kind of model error", kind, backtest.KINDS)
    median, low, high = backtest.spread(o.ratio() for o in backtest.own_observations().values() if o.kind == kind)
    return Distribution("lognormal", 1 / high, 1 / median, 1 / low)

"""The corrected machine: what it has to pass, which premises may change, and the fewest changes that pass all.

A set of premises is given up only where intervals prove that it cannot pass, or where no start of the optimiser ends
in a machine that does. Of the sets of the least size, the one nearest to the document in logarithms comes first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from os import PathLike

import sympy

from kscale_nb import readings
from kscale_nb.errors import KscaleError, check_known, concerning
from kscale_nb.files import DATA, check_fields, rows_of
from kscale_nb.findings import Finding, Findings, conditions_of
from kscale_nb.model import Model
from kscale_nb.quantity import whole

FILE = DATA / "demands.toml"
DEMAND = {"id": str, "words": str, "condition": str, "weak": str}
CHOICE = {"quantity": str, "like": str, "values": list, "low": str, "high": str}
MARGINS = (1e-7, 1e-3, 5e-3, 2e-2)  # by which a machine passes before its layers are rounded to whole ones
PIECES = 64  # into which a set's ranges are cut, to prove that it cannot pass
STARTS = (0.0, 1 / 3, 2 / 3)  # between the document's value and the far end of each range


@dataclass(frozen=True)
class Choice:
    """A premise that may change [SI]: to some values alone, or to anything between two ends."""

    quantity: str
    low: float
    high: float
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Machine:
    """A set of changes [SI], and how far it is from the document: the length of its logarithms."""

    changes: dict[str, float]
    distance: float


def load_demands(model: Model, table: str = "demand", path: str | PathLike = FILE) -> Findings:
    """The demands of a table by id, each a finding that need not hold. Raises KscaleError, naming the demand.

    >>> from kscale_nb import MODEL
    >>> load_demands(MODEL).failing()["light"]
    "5.375 m, below 8.444 m (way of light in the time for one layer of a batch against edge of the cube of a \
module's chips, laid bare upon one another)"
    """
    demands = Findings(model)
    for number, row in enumerate(rows_of(path, table), 1):
        with concerning(f"{table} {row.get('id') or f'number {number}'!r}"):
            check_fields(row, DEMAND, needed=DEMAND)
            if row["id"] in demands:
                raise KscaleError("there is one of this id before it")
            conditions = tuple(conditions_of(row["condition"], model))
            for side in (side for condition in conditions for side in condition.args):
                if side.is_positive is not True:
                    raise KscaleError(f"{side} may be 0 or less, and has no logarithm")
            demands[row["id"]] = Finding(row["id"], (row["words"],), row["weak"], "verdict", conditions)
    return demands


def load_choices(model: Model, path: str | PathLike = FILE) -> list[Choice]:
    """The premises that may change. Raises KscaleError, naming the premise, for an unfit value or range."""
    return [_choice(row, model) for row in rows_of(path, "choice")]


def _choice(row: dict, model: Model) -> Choice:
    with concerning(f"choice {row.get('quantity')!r}"):
        check_fields(row, CHOICE, needed=["quantity"])
        name = row["quantity"]
        check_known("quantity", name, model.quantities)
        if {*row} - {"quantity"} not in ({"like"}, {"values"}, {"low", "high"}):
            raise KscaleError("it has either 'like', or 'values', or 'low' and 'high'")
        if "like" in row:
            values = (model.checked(name, model.value(row["like"])),)
        else:
            values = tuple(model.single(name, text) for text in row.get("values", ()) or (row["low"], row["high"]))
        if not min(values) > 0 or ("low" in row and values[0] >= values[1]):
            raise KscaleError("its values are above 0, and its low end is below its high end")
        return Choice(name, min(values), max(values), () if "low" in row else values)


class Search:
    """The fewest changes of a model that pass all demands; what a reader has changed stays as it is."""

    def __init__(self, model: Model, demands: Mapping[str, Finding], choices: Iterable[Choice]):
        self.model, self.demands = model, demands
        self.choices = {choice.quantity: choice for choice in choices if choice.quantity not in model.changes}
        self.conditions = [condition for demand in demands.values() for condition in demand.conditions]
        self.sides = {side.identifier for condition in self.conditions for side in condition.args if side.is_Symbol}
        self.printed = model.values([*self.sides, *self.choices])
        self._blocked: list[tuple[set[str], set[str]]] = []
        self.proven = self.searched = 0  # sets that intervals proved to fail, and those that the optimiser tried

    def passes(self, changes: Mapping[str, float]) -> bool:
        """Whether the machine with these changes passes, its layers rounded to whole ones."""
        try:
            values = self.model.values(self.sides, **changes)
        except KscaleError:  # beyond what the model allows
            return False
        return not any(demand.told(values) for demand in self.demands.values())

    def out_of_reach(self) -> list[str]:
        """The demands that no values of all choices together can pass, by intervals."""
        values = self._enclosed(self._box(self.choices))
        return [name for name, demand in self.demands.items()
                if not all(_may_hold(condition, values) for condition in demand.conditions)]  # fmt: skip

    def fewest(self, most: int | None = None) -> list[Machine]:
        """Of the least number of changes that pass, the machines of all sets found, the nearest first; empty if none.

        >>> from kscale_nb import MODEL
        >>> found = Search(MODEL, load_demands(MODEL), load_choices(MODEL)).fewest()[0]
        >>> len(found.changes), f"{found.changes['training_time']:.0f} s"
        (6, '879 s')
        """
        for size in range(len(self.choices) + 1 if most is None else most + 1):
            sets = [*combinations(self.choices, size)]
            open_sets = [chosen for chosen in sets if not self._is_blocked({*chosen})]
            self.proven += len(sets) - len(open_sets)
            self.searched += len(open_sets)
            found = [machine for chosen in open_sets if (machine := self.nearest(chosen))]
            if found:
                return sorted(found, key=lambda machine: machine.distance)
        return []

    def nearest(self, chosen: Iterable[str]) -> Machine | None:
        """The machine nearest to the document that changes just these premises and passes; None if none is found."""
        few = [name for name in chosen if self.choices[name].values]
        free = [name for name in chosen if not self.choices[name].values]
        tried = (self._nearest(dict(zip(few, values, strict=True)), free)
                 for values in product(*(self.choices[name].values for name in few)))  # fmt: skip
        return min(filter(None, tried), key=lambda machine: machine.distance, default=None)

    # -- proofs that a set cannot pass -----------------------------------------------------------------

    def _is_blocked(self, chosen: set[str]) -> bool:
        if any(chosen & rests <= held for rests, held in self._blocked):
            return True
        box, known = self._box(chosen), len(self._blocked)
        values = self._enclosed(box)
        for condition, rests in zip(self.conditions, self._rests, strict=True):
            if not _may_hold(condition, values):
                self._blocked.append((rests, chosen & rests))
        if len(self._blocked) == known and self._fails_in_pieces(box):
            self._blocked.append(({*self.choices}, chosen))
        return len(self._blocked) > known

    def _fails_in_pieces(self, box: dict[str, tuple[float, float]]) -> bool:
        """Whether every piece of a box breaks some condition; a piece that may not is halved where it is widest."""
        pieces = [box]
        for _ in range(PIECES):
            if not pieces:
                return True
            piece = pieces.pop()
            values = self._enclosed(piece)
            if all(_may_hold(condition, values) for condition in self.conditions):
                name = max(piece, key=lambda name: piece[name][1] / piece[name][0], default="")
                if not name or piece[name][0] == piece[name][1]:
                    return False
                low, high = piece[name]
                middle = math.sqrt(low * high)
                pieces += [{**piece, name: (low, middle)}, {**piece, name: (middle, high)}]
        return not pieces

    @cached_property
    def _rests(self) -> list[set[str]]:
        """The choices that each condition rests on."""
        names = [{side.identifier for side in condition.args if side.is_Symbol} for condition in self.conditions]
        return [{*self.choices} & {*sides, *(cause for side in sides for cause in self.model.rests_on(side))}
                for sides in names]  # fmt: skip

    def _box(self, chosen: Iterable[str]) -> dict[str, tuple[float, float]]:
        """From where to where each premise may go, the document's value included."""
        box = {}
        for name in chosen:
            ends = (self.choices[name].low, self.choices[name].high, self.printed[name])
            box[name] = (min(ends), max(ends))
        return box

    def _enclosed(self, box: Mapping[str, tuple[float, float]]) -> dict:
        """What encloses the sides of all conditions while the premises stay in a box."""
        return self.model.values(self.sides, **{name: readings.interval([*ends]) for name, ends in box.items()})

    # -- the optimiser ---------------------------------------------------------------------------------

    @cached_property
    def _slack(self):
        """By which factor each condition is kept, in logarithms, as a function of all choices; nothing is rounded."""
        held = {self.model[name]: sympy.Float(value) for name, value in self.model.givens.items()
                if name not in self.choices}  # fmt: skip

        def form(side: sympy.Expr) -> sympy.Expr:
            if not side.is_Symbol:
                return side
            closed = self.model.closed_form(side.identifier, keep=self.choices)
            return closed.replace(whole, lambda number: number).xreplace(held)

        slacks = [sympy.log(form(condition.gts) / form(condition.lts)) for condition in self.conditions]
        return sympy.lambdify([self.model[name] for name in self.choices], slacks, "math", cse=True)

    def _nearest(self, fixed: Mapping[str, float], free: list[str]) -> Machine | None:
        for margin in MARGINS if free else MARGINS[:1]:
            ends = [{**fixed, **dict(zip(free, values, strict=True))} for values in self._ends(fixed, free, margin)]
            if not ends:
                return None
            passing = [self._machine(changes) for changes in ends if self.passes(changes)]
            if passing:
                return min(passing, key=lambda machine: machine.distance)
        return None

    def _machine(self, changes: dict[str, float]) -> Machine:
        steps = (math.log(value / self.printed[name]) for name, value in changes.items())
        return Machine(changes, math.hypot(*steps))

    def _ends(self, fixed: Mapping[str, float], free: list[str], margin: float) -> Iterator[list[float]]:
        """Where the optimiser ends from each start, in the values of the free premises."""
        if not free:
            yield []
            return
        from scipy.optimize import minimize  # here, for it takes long to load

        printed = [self.printed[name] for name in free]
        bounds = [(math.log(self.choices[name].low / value), math.log(self.choices[name].high / value))
                  for name, value in zip(free, printed, strict=True)]  # fmt: skip

        def values_at(logarithms) -> list[float]:
            return [value * math.exp(step) for value, step in zip(printed, logarithms, strict=True)]

        def slack(logarithms) -> list[float]:
            moved = self.printed | fixed | dict(zip(free, values_at(logarithms), strict=True))
            kept = self._slack(*(moved[name] for name in self.choices))
            return [slack - margin for slack, rests in zip(kept, self._rests, strict=True) if rests & {*free}]

        for start in STARTS:
            at = [min(max(start * max(ends, key=abs), ends[0]), ends[1]) for ends in bounds]
            end = minimize(
                lambda steps: sum(step * step for step in steps), at, method="SLSQP", bounds=bounds,
                constraints={"type": "ineq", "fun": slack}, options={"maxiter": 200, "ftol": 1e-12},
            )  # fmt: skip
            if end.success:
                yield values_at(end.x)


def _may_hold(condition: sympy.Rel, values: Mapping) -> bool:
    """Whether some numbers inside the enclosures keep a condition."""
    (_, most), (least, _) = (
        readings.bounds(readings.interval(values[side.identifier] if side.is_Symbol else float(side)))
        for side in (condition.gts, condition.lts)
    )
    return most >= least

"""The graph of all quantities: names, order, what rests on what, and closed forms."""

from __future__ import annotations

import graphlib
import keyword
from collections.abc import Iterable, Mapping
from functools import cache
from types import ModuleType
from typing import Self

import sympy

from kscale_nb import readings
from kscale_nb.errors import KscaleError, check_known, concerning, echoed
from kscale_nb.quantity import Quantity, quantities_of


class Graph:
    """Quantities by name, in an order in which each rests only on those before it."""

    def __init__(
        self, quantities: Mapping[str, Quantity], sources: Iterable[str] | None = None,
        replaced: Mapping[Quantity, str] | None = None,
    ):  # fmt: skip
        if not isinstance(quantities, Mapping):
            raise KscaleError(f"a model takes quantities by name, not {echoed(quantities)}")
        self.quantities: dict[str, Quantity] = dict(quantities)
        self.sources = None if sources is None else frozenset(sources)
        for name, quantity in self.quantities.items():
            _check_name(name, quantity)
            if self.sources is not None and quantity.is_given:
                with concerning(name):
                    check_known("source", quantity.source, self.sources)
            quantity.name_given = quantity.name_given or name
        # A model's names are its own: another may call the same quantities otherwise.
        self.names: dict[Quantity, str] = {**(replaced or {}), **{q: name for name, q in self.quantities.items()}}
        for name, quantity in self.quantities.items():
            if self.names[quantity] != name:
                raise KscaleError(f"{name!r} and {self.names[quantity]!r} are two names of one quantity")
        self._changes: dict[str, float] = {}  # what a reader has made otherwise [SI]; it rests on nothing
        self._inputs = {name: self._inputs_of(name) for name in self.quantities}
        self.order = self._ordered()

    @classmethod
    def of_chapters(cls, chapters: Iterable[ModuleType], sources: Iterable[str] | None = None) -> Self:
        """Collect the quantities of chapter modules. Raises KscaleError if two chapters use one name."""
        quantities: dict[str, Quantity] = {}
        for chapter in chapters:
            for name, quantity in quantities_of(chapter).items():
                if name in quantities:
                    first = quantities[name].declared_in
                    raise KscaleError(f"the name {name!r} is used twice: in {first} and {chapter.__name__}")
                quantities[name] = quantity
        return cls(quantities, sources)

    def extended(self, **quantities: Quantity) -> Self:
        """This model with quantities of your own, or with other definitions of those there are.

        Raises KscaleError for what is no quantity, and for a name that Python or a formula needs.
        """
        return type(self)({**self.quantities, **quantities}, self.sources, self.names)

    def _inputs_of(self, name: str) -> list[str]:
        inputs = []
        for other in self.quantities[name].inputs:
            if other not in self.names:
                raise KscaleError(f"{name} rests on {other.identifier!r}, which no chapter declares")
            inputs.append(self.names[other])
        return inputs

    def _ordered(self) -> list[str]:
        try:
            return list(graphlib.TopologicalSorter(self._inputs).static_order())
        except graphlib.CycleError as error:
            raise KscaleError(f"quantities rest on each other in a cycle: {' <- '.join(error.args[1])}") from None

    def __getitem__(self, name: str) -> Quantity:
        if isinstance(name, str) and name not in self.quantities:
            for other, quantity in self.quantities.items():
                if quantity.symbol == name:
                    raise KscaleError(f"unknown quantity {name!r}: it is the symbol of {other!r}")
        check_known("quantity", name, self.quantities)
        return self.quantities[name]

    @property
    def changes(self) -> dict[str, float]:
        """What a reader has made otherwise [SI]; of the book itself, nothing."""
        return dict(self._changes)

    def __iter__(self):
        return iter(self.order)

    def __len__(self) -> int:
        return len(self.order)

    def _named(self, targets: str | Iterable[str]) -> list[str]:
        """The names of quantities, of which one may stand alone. Raises KscaleError for an unknown one."""
        if not isinstance(targets, Iterable):
            raise KscaleError(f"names of quantities are expected, not {echoed(targets)}")
        names = [targets] if isinstance(targets, str) else list(targets)
        for name in names:
            self[name]
        return names

    def _ancestors(self, names: Iterable[str], cut: Iterable[str] = ()) -> set[str]:
        """All that `names` rest on, not looking behind the names in `cut`."""
        found, to_visit = set(), [name for name in names if name not in cut]
        while to_visit:
            for other in self._inputs[to_visit.pop()]:
                if other not in found:
                    found.add(other)
                    if other not in cut:
                        to_visit.append(other)
        return found

    def rests_on(self, name: str) -> list[str]:
        """Everything that a quantity rests on, in order of derivation."""
        ancestors = self._ancestors(self._named(name))
        return [other for other in self.order if other in ancestors]

    def carries(self, name: str) -> list[str]:
        """Everything that would move with a quantity, in order of derivation."""
        self[name]
        moved = {name}
        for other in self.order:
            if not moved.isdisjoint(self._inputs[other]):
                moved.add(other)
        return [other for other in self.order if other in moved and other != name]

    def closed_form(self, name: str, keep: Iterable[str] = ()) -> sympy.Expr:
        """A quantity in terms of the givens, or of the quantities to `keep`."""
        self[name]
        kept = set(keep)

        @cache
        def form(inner: str) -> sympy.Expr:
            quantity = self[inner]
            if quantity.is_given or inner in self._changes or (inner in kept and inner != name):
                return quantity
            return quantity.expression.xreplace({other: form(self.names[other]) for other in quantity.inputs})

        return form(name)


def _check_name(name: str, quantity) -> None:
    if not isinstance(quantity, Quantity):
        raise KscaleError(f"{name}: {echoed(quantity)} is no quantity: make one with given() or derived()")
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("__"):
        raise KscaleError(f"{name!r} is no name of a quantity: letters, digits and underscores are expected")
    if name in vars(readings.FLOATS):
        raise KscaleError(f"{name!r} is a function of the formulas: give the quantity another name")

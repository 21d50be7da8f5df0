"""The production line as a linear programme: the least rock that holds what all products need, element by element.

A product is made in one of several ways, each with its bill of elements; a stream of rock brings elements, of which a
share can be won. The programme chooses the ways and the masses. Its dual values are prices: the kilograms of rock that
one more kilogram of an element would cost.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

from kscale_nb.errors import KscaleError, echoed
from kscale_nb.machines.checked import is_endless, number

UNSEEN = 1e-8  # below it a solver may take a coefficient for nothing
NEGLIGIBLE = 1e-9  # of all rock or of all products
ATOMS = 1e-15  # of the heaviest product: less of an element than this is none


def _check_bill(bill: Mapping[str, float]) -> None:
    if not isinstance(bill, Mapping):
        raise KscaleError(f"numbers by element are expected, such as {{'Fe': 0.5}}, not {echoed(bill)}")


@dataclass(frozen=True)
class Stream:
    """Rock of one kind: the share of its mass that can be won as each element."""

    name: str
    elements: Mapping[str, float]

    def __post_init__(self):
        _check_bill(self.elements)
        for element, share in self.elements.items():
            number(f"stream {self.name!r}: share of {element}", share, 0, 1)
        if (whole := sum(self.elements.values())) > 1 + 1e-12:
            raise KscaleError(f"stream {self.name!r}: its elements add up to {whole:.4g} of its mass, above 1")


@dataclass(frozen=True)
class Way:
    """One way to make all that is needed of a product: what stays in it, and what is used up in making it [kg]."""

    product: str
    name: str
    elements: Mapping[str, float]
    consumed: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self):
        _check_bill(self.elements)
        _check_bill(self.consumed)
        for element, mass in [*self.elements.items(), *self.consumed.items()]:
            number(f"{self.product}, {self.name}: {element}", mass, 0, unit="kg")
        if not sum(self.taken.values()):
            raise KscaleError(f"{self.product}, {self.name}: this way takes nothing, and a product takes something")

    @property
    def mass(self) -> float:
        """Of the product, made this way [kg]."""
        return sum(self.elements.values())

    @property
    def taken(self) -> dict[str, float]:
        """What stays and what is used up [kg]."""
        names = dict.fromkeys([*self.elements, *self.consumed])
        return {name: self.elements.get(name, 0.0) + self.consumed.get(name, 0.0) for name in names}


@dataclass(frozen=True)
class Closure:
    """How the line closes: what is mined, how each product is made, and what must come from elsewhere."""

    mined: Mapping[str, float]  # of each stream [kg]
    shares: Mapping[tuple[str, str], float]  # of each product that is made in each way
    products: float  # mass of all products [kg]
    demand: Mapping[str, float]  # of each element, what is used up included [kg]
    supply: Mapping[str, float]  # of each element, from the streams [kg]
    imports: Mapping[str, float]  # of each element, from elsewhere [kg]
    prices: Mapping[str, float] = field(repr=False)  # rock for one more kilogram of an element [kg/kg]

    @property
    def rock(self) -> float:
        """All that is mined [kg]."""
        return sum(self.mined.values())

    @property
    def by_mass(self) -> float:
        """One less what comes from elsewhere over the mass of the products."""
        return 1 - sum(self.imports.values()) / self.products

    @property
    def extraction_ratio(self) -> float:
        """Rock over products, as Freitas and Gilbreath 1982 define it."""
        return self.rock / self.products

    @property
    def worth(self) -> dict[str, float]:
        """The share of the cost, rock and imports, that is paid for the sake of each element, the largest first."""
        worth = {element: price * self.demand[element] for element, price in self.prices.items()}
        whole = sum(worth.values())
        return dict(
            sorted(((e, w / whole) for e, w in worth.items() if w > NEGLIGIBLE * whole), key=lambda row: -row[1])
        )


def close(streams: Iterable[Stream], ways: Iterable[Way], *, import_price: float = math.inf) -> Closure:
    """Make every product from the least rock, where a kilogram from elsewhere counts as `import_price` of it [kg/kg].

    Raises KscaleError if nothing may be imported and no stream holds an element that every way of a product takes.

    >>> ore = Stream("ore", {"Fe": 0.5, "C": 0.01})
    >>> rails = [Way("rails", "steel", {"Fe": 95.0, "C": 5.0}), Way("rails", "iron", {"Fe": 120.0})]
    >>> closed = close([ore], rails[:1], import_price=20)
    >>> closed.mined, closed.imports
    ({'ore': 190.0}, {'C': 3.1})
    """
    if not (isinstance(streams, Iterable) and isinstance(ways, Iterable)):
        raise KscaleError(f"close takes lists of streams and ways, not {echoed(streams)} and {echoed(ways)}")
    streams, ways = list(streams), list(ways)
    for thing, kind in [*((stream, Stream) for stream in streams), *((way, Way) for way in ways)]:
        if not isinstance(thing, kind):
            raise KscaleError(f"close takes streams and ways, and {echoed(thing)} is no {kind.__name__}")
    if not is_endless(import_price):
        number("import_price", import_price, 0, unit="kg/kg")
    programme = _Programme(streams, ways)
    if math.isinf(import_price):
        programme.check_held()
    return programme.closed(programme.solve(import_price))


class _Programme:
    """The programme in matrices: columns for streams, ways and imports, rows for elements.

    Masses are in units of the heaviest product, and each row is divided by its own largest demand, so that traces and
    bulk weigh alike in the solver.
    """

    def __init__(self, streams: list[Stream], ways: list[Way]):
        if not any(way.mass for way in ways):
            raise KscaleError("a production line needs a product")
        for kind, names in (("stream", [s.name for s in streams]), ("way", [(w.product, w.name) for w in ways])):
            if twice := [name for name in names if names.count(name) > 1]:
                raise KscaleError(f"{kind} {twice[0]!r} is told twice")
        self.streams, self.ways = streams, ways
        self.products = list(dict.fromkeys(way.product for way in ways))
        bills = [way.taken for way in ways]
        self.scale = max(sum(bill.values()) for bill in bills)
        largest = {e: max(bill.get(e, 0.0) for bill in bills) for bill in bills for e in bill}
        self.names = [e for e, mass in largest.items() if mass > ATOMS * self.scale]
        self.held = np.array([[s.elements.get(e, 0.0) for s in streams] for e in self.names], dtype=float)
        self.held = self.held.reshape(len(self.names), len(streams))
        self.taken = np.array([[bill.get(e, 0.0) / self.scale for bill in bills] for e in self.names])
        self.splits = np.cumsum([len(streams), len(ways)])

    def check_held(self) -> None:
        """Raise KscaleError for a product of which every way takes an element that is in no stream."""
        there = {e for e, shares in zip(self.names, self.held, strict=True) if shares.any()}
        for product in self.products:
            lacks = [sorted(e for e, m in way.taken.items() if m and e not in there)
                     for way in self.ways if way.product == product]  # fmt: skip
            if all(lacks):
                streams = " or ".join(stream.name for stream in self.streams) or "stream"
                raise KscaleError(f"{product} cannot be made: no {streams} holds {', '.join(min(lacks, key=len))}")

    def solve(self, import_price: float):
        """The solver's result, with the `prices` of the elements [kg/kg] beside."""
        streams, ways, names, products = map(len, (self.streams, self.ways, self.names, self.products))
        rows = 1 / self.taken.max(axis=1)
        faint = (most := self.held.max(axis=1, initial=0.0)) * (most < UNSEEN)
        rows[faint > 0] /= np.sqrt(faint[faint > 0])  # between what is needed and what the rock holds
        lacking = np.hstack([-self.held, self.taken, -np.eye(names)]) * rows[:, None]
        once = np.array([[0.0] * streams + [float(way.product == product) for way in self.ways] + [0.0] * names
                         for product in self.products])  # fmt: skip
        closed = math.isinf(import_price)
        goal = np.repeat([1.0, 0.0, 0.0 if closed else import_price], [streams, ways, names])
        bounds = [(0, None)] * streams + [(0, 1)] * ways + [(0, 0 if closed else None)] * names
        found = linprog(goal, lacking, np.zeros(names), once, np.ones(products), bounds, method="highs")
        if found.status != 0:
            raise KscaleError(f"these streams cannot make these products: {found.message}")
        found.prices = -found.ineqlin.marginals * rows
        return found

    def closed(self, found) -> Closure:
        mined, shares, imported = np.split(found.x, self.splits)

        def by_element(masses: np.ndarray) -> dict[str, float]:
            return dict(zip(self.names, masses.tolist(), strict=True))

        imported[imported < NEGLIGIBLE * self.taken.max(axis=1)] = 0.0
        return Closure(
            {stream.name: float(mass * self.scale) for stream, mass in zip(self.streams, mined, strict=True)},
            {(w.product, w.name): float(s) for w, s in zip(self.ways, shares, strict=True) if s > NEGLIGIBLE},
            float(shares @ [way.mass for way in self.ways]),
            by_element(self.taken @ shares * self.scale), by_element(self.held @ mined * self.scale),
            {e: mass for e, mass in by_element(imported * self.scale).items() if mass}, by_element(found.prices),
        )  # fmt: skip

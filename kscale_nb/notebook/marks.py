"""What a figure shows, bound to quantities: expressions that the notebook evaluates, and the page when one moves."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from numbers import Real
from string import Formatter

import numpy as np
import sympy

import kscale_nb
from kscale_nb.errors import KscaleError, echoed
from kscale_nb.model import Model
from kscale_nb.notebook.record import unheard
from kscale_nb.notebook.scenario import model_now
from kscale_nb.printed import COUNTING_WORDS, SCALE_WORDS, figure_text
from kscale_nb.quantity import Quantity
from kscale_nb.readings import ARRAYS, FLOATS, namespace, python_source
from kscale_nb.units import unit_factor, with_unit

POINTS = 60  # of a curve over a sweep
LONGEST = 24  # numbers of a row that the page is told
DRAWS = 16_384  # behind an end of an interval


class Under(sympy.Symbol):
    """A quantity under further changes, as a symbol of a figure's expressions."""

    __slots__ = ("changes", "quantity")


def under(quantity: Quantity, **changes) -> Under:
    """The quantity after further changes: numbers, texts with a unit, or expressions of quantities.

    >>> from kscale_nb import MODEL
    >>> f"{now(under(MODEL['logic_power'], computing_share='10%')):.3g}"
    '5e+14'
    """
    told = ", ".join(f"{name}={value}" for name, value in sorted(changes.items()))
    symbol = sympy.Symbol.__new__(Under, f"{quantity.identifier}({told})", positive=quantity.is_positive)
    symbol.quantity, symbol.changes = quantity, changes
    return symbol


class Quantile(sympy.Symbol):
    """The value below which a share of a quantity's draws lies, as a symbol of a figure's expressions."""

    __slots__ = ("error", "quantity", "share")

    def at(self, model: Model, runs: str = "", values: Iterable[float] = ()) -> float | np.ndarray:
        """What it is [SI], or how it runs along with the values of a quantity."""
        name = model.names[self.quantity]
        if not runs:
            return _drawn(model, name, self.error).quantile(name, self.share)
        return np.array([_drawn(model, name, self.error, runs, float(x)).quantile(name, self.share) for x in values])


@lru_cache(256)
def _drawn(model: Model, name: str, error: str | None, runs: str = "", value: float = 0):
    with unheard(getattr(kscale_nb.MODEL, "asked", set())):
        return model.sample(DRAWS, targets=[name], error=error, **({runs: value} if runs else {}))


def quantile(quantity: Quantity, share: float, error: str | None = None) -> Quantile:
    """The value below which a share of a quantity's draws lies, with the error of a model as `sample` has it, or none.

    >>> from kscale_nb import MODEL
    >>> [f"{now(quantile(MODEL['tokens_over_human_text'], share)):.0f}" for share in (0.1, 0.5, 0.9)]
    ['90', '298', '881']
    """
    name = f"{quantity.identifier} below which {share:g} of the draws lie{f', error {error}' if error else ''}"
    symbol = sympy.Symbol.__new__(Quantile, name, positive=quantity.is_positive)
    symbol.quantity, symbol.share, symbol.error = quantity, share, error
    return symbol


@dataclass(frozen=True)
class Sweep:
    """What runs along a curve: a quantity, or a symbol of the figure's own, and the numbers it takes."""

    runs: sympy.Symbol
    low: object
    high: object
    is_logarithmic: bool

    @property
    def grid(self) -> np.ndarray:
        space = np.geomspace if self.is_logarithmic else np.linspace
        return space(float(now(self.low)), float(now(self.high)), POINTS)


def now(thing, sweep: Sweep | None = None):
    """The number that an expression of quantities has in the scenario, or numbers along a sweep; lists part by part.

    What is no expression is returned as it is. Raises KscaleError for a symbol that neither is a quantity nor runs.

    >>> from kscale_nb import MODEL
    >>> now([MODEL["computing_share"] * 100, 7])
    [5.0, 7]
    """
    if isinstance(thing, list | tuple):
        return [now(part, sweep) for part in thing]
    if not isinstance(thing, sympy.Expr):
        return thing
    model, runs, scope = model_now(), {}, {}
    if sweep is not None:
        grid = sweep.grid
        if isinstance(sweep.runs, Quantity):
            runs[model.names[sweep.runs]] = grid
        else:
            scope[sweep.runs.name] = grid
    symbols = {}
    for number, symbol in enumerate(sorted(thing.free_symbols, key=str)):
        if isinstance(symbol, Under):
            if runs:
                raise KscaleError(f"{symbol} stands still, and cannot be swept")
            symbols[symbol] = sympy.Symbol(f"under_{number}", positive=symbol.is_positive)
            changes = {name: now(value) for name, value in symbol.changes.items()}
            scope[f"under_{number}"] = model.value(model.names[symbol.quantity], **changes)
        elif isinstance(symbol, Quantile):
            symbols[symbol] = sympy.Symbol(f"quantile_{number}", positive=symbol.is_positive)
            scope[f"quantile_{number}"] = symbol.at(model, *(runs and next(iter(runs.items()))))
        elif isinstance(symbol, Quantity):
            scope[model.names[symbol]] = model.value(model.names[symbol], **runs)
        elif symbol.name not in scope:
            raise KscaleError(f"{symbol} is neither a quantity nor what runs along the curve")
    source = python_source(thing.xreplace(symbols), model.names)
    found = eval(source, namespace(FLOATS if sweep is None else ARRAYS, scope))
    return float(found) if sweep is None else np.broadcast_to(found, (POINTS,))


def lowest(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Where a curve is lowest, by a parabola through its lowest point and the two beside it.

    >>> lowest(np.arange(5.0), (np.arange(5.0) - 2.25) ** 2)
    (2.25, 0.0)
    """
    at = int(np.argmin(y))
    if at in {0, len(y) - 1}:
        return float(x[at]), float(y[at])
    before, least, after = y[at - 1 : at + 2]
    step = (before - after) / (2 * (before - 2 * least + after))
    return float(x[at] + abs(step) * (x[at + (1 if step > 0 else -1)] - x[at])), float(
        least - (before - after) * step / 4
    )


@dataclass(frozen=True)
class Words:
    """A text with numbers in it: pieces of text, and (expression, unit, digits)."""

    pieces: tuple

    def __str__(self) -> str:
        return "".join(piece if isinstance(piece, str) else _shown(*piece) for piece in self.pieces)


def words(template: str, *values) -> Words:
    """A label whose numbers follow: each `{:3}` shows the next value in so many digits, `{:3 %}` in a unit.

    >>> from kscale_nb import MODEL
    >>> str(words("exact at {:3 %}", MODEL["share_for_exact_match"]))
    'exact at 4.73%'
    """
    pieces, left = [], list(values)
    for text, field, form, _ in Formatter().parse(template):
        pieces += [text] if text else []
        if field is not None:
            digits, _, unit = form.partition(" ")
            if field or not digits.isdecimal() or not left:
                raise KscaleError(f"{template!r}: {{:3}} or {{:3 %}} stands for each value in turn, not {field}:{form}")
            pieces.append((left.pop(0), unit, int(digits)))
    if left:
        raise KscaleError(f"{template!r} has no place for {echoed(left)}")
    return Words(tuple(pieces))


def _shown(value, unit: str, digits: int) -> str:
    return figure_text(now(value) / _factor(unit), digits) + _after(unit)


def _factor(unit: str) -> float:
    return float(COUNTING_WORDS.get(unit) or unit_factor(unit))


def _after(unit: str) -> str:
    return f" {unit}" if unit in SCALE_WORDS else with_unit("2", unit)[1:]


# -- for the page -------------------------------------------------------------------------------------


class Description:
    """What the page has to know of a figure: where its marks stand, as sources over the names of quantities."""

    def __init__(self):
        self.marks: list[dict] = []
        self.unders: dict[Under, str] = {}
        self.quantiles: dict[Quantile, str] = {}
        self.is_live = False  # whether anything in it follows a premise

    def add(self, kind: str, panel: int, **things) -> str:
        """Note a mark, which is known by the name that this gives back; long rows of numbers stand in the picture."""
        self.is_live |= any(map(is_bound, things.values()))
        name = f"mark-{len(self.marks)}"
        told = {key: self.source(thing) for key, thing in things.items() if thing is not None and not _is_long(thing)}
        drawn = [symbol for symbol in self.quantiles.values() if symbol in json.dumps(told)]
        told |= {"drawn": drawn} if drawn else {}
        self.marks.append({"id": name, "panel": panel, "kind": kind} | told)
        return name

    def source(self, thing):
        if isinstance(thing, list | tuple | np.ndarray):
            return [self.source(part) for part in thing]
        if isinstance(thing, Words):
            return [piece if isinstance(piece, str) else self._number(*piece) for piece in thing.pieces]
        if isinstance(thing, Sweep):
            runs = getattr(thing.runs, "identifier", thing.runs.name)
            return [runs, self.source(thing.low), self.source(thing.high), POINTS, thing.is_logarithmic]
        if not isinstance(thing, sympy.Expr):
            return thing if isinstance(thing, str) else float(f"{float(thing):.6g}")
        symbols = {symbol: sympy.Symbol(self._called(symbol), positive=symbol.is_positive)
                   for symbol in sorted(thing.atoms(Under, Quantile), key=str)}  # fmt: skip
        return {"of": python_source(thing.xreplace(symbols))}

    def _number(self, value, unit: str, digits: int) -> dict:
        return {"number": self.source(value), "factor": _factor(unit), "digits": digits, "after": _after(unit)}

    def _called(self, symbol: Under | Quantile) -> str:
        if isinstance(symbol, Quantile):
            return self.quantiles.setdefault(symbol, f"quantile_{len(self.quantiles)}_")
        return self.unders.setdefault(symbol, f"under_{len(self.unders)}")

    def as_text(self, panels: Iterable[dict]) -> str:
        """The description as an element of the picture."""
        unders = {}
        for symbol, name in self.unders.items():
            changes = {cause: model_now().checked(cause, value) if isinstance(value, str) else value
                       for cause, value in symbol.changes.items()}  # fmt: skip
            unders[name] = [symbol.quantity.identifier, {cause: self.source(value) for cause, value in changes.items()}]
        drawn = {name: [one.quantity.identifier, one.share, one.error] for one, name in self.quantiles.items()}
        parts = {"panels": list(panels), "under": unders, "marks": self.marks} | ({"drawn": drawn} if drawn else {})
        told = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        return f"<metadata>{escape(told, quote=False)}</metadata>"


def is_bound(thing) -> bool:
    """Whether anything in it is an expression of quantities."""
    return any(isinstance(part, sympy.Expr) and not part.is_number for part in _parts(thing))


def _is_long(thing) -> bool:
    return not isinstance(thing, str | Words | Sweep | sympy.Expr | Real) and np.size(thing) > LONGEST


def _parts(thing) -> Iterator:
    if isinstance(thing, list | tuple):
        for part in thing:
            yield from _parts(part)
    elif isinstance(thing, Words):
        yield from (piece[0] for piece in thing.pieces if not isinstance(piece, str))
    elif isinstance(thing, Sweep):
        yield thing.runs
    else:
        yield thing

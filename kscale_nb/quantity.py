"""A quantity: a sympy symbol with a unit, a meaning, and a source or a derivation.

A chapter module declares its quantities one a line, and they read like a table:

    K1_power = given("P_{K1}", 1e16, "W", "power of a Kardashev-1 civilisation", "premise", "k1s1ai")
    computing_power = derived("P_c", K1_power * computing_share, "W", "power given to computing")

A quantity's name is the name of the variable that holds it; the model reads it off the chapter.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections import Counter
from numbers import Real
from types import ModuleType

import sympy

from kscale_nb.errors import KscaleError, check_known, concerning, echoed
from kscale_nb.units import parse_unit, to_si

KINDS = {
    "definition": "exact by definition",
    "chosen": "ours, with its reason",
    "premise": "the documents choose it",
    "measured": "measured, from the literature",
    "estimate": "estimated; the literature is weak",
    "fiction": "canon of a story",
    "recovered": "not printed; inferred from printed figures",
}
SIGNS = ("positive", "nonnegative", "real")


class rise(sympy.Function):
    """The slope of rounding: 1 where it is left out of account, anything from 0 up where it is not."""

    is_nonnegative = True


class whole(sympy.Function):
    """The nearest whole number; sympy leaves it unevaluated, each reading rounds in its own arithmetic.

    >>> whole(sympy.Float(2.6))
    3
    """

    is_integer = True
    is_positive = True

    @classmethod
    def eval(cls, number):
        if number.is_Number:
            return sympy.floor(number + sympy.Rational(1, 2))

    def fdiff(self, argindex=1):
        return rise(self.args[0])

    def _latex(self, printer, exp=None):
        text = rf"\left\lfloor {printer.doprint(self.args[0])} \right\rceil"
        return text if exp is None else f"{text}^{{{exp}}}"


# What a derivation is made of: each reading knows these, and no more.
PARTS = (sympy.Symbol, sympy.Number, sympy.NumberSymbol, sympy.Add, sympy.Mul, sympy.Pow,
         sympy.log, sympy.exp, sympy.Max, sympy.Min, whole)  # fmt: skip


NO_NUMBERS = {sympy.nan, sympy.zoo, sympy.oo, -sympy.oo}


class Quantity(sympy.Dummy):
    """A sympy symbol that knows its unit [text], meaning, and source or derivation.

    `value`, `low` and `high` are in SI; `unit` is the one the book prints. `expression` is None for a given.
    """

    def __new__(cls, symbol: str, unit: str, meaning: str, sign: str, **facts):
        self = sympy.Dummy.__new__(cls, symbol, real=True, **({} if sign == "real" else {sign: True}))
        caller = sys._getframe(2)
        place = {"declared_in": caller.f_globals.get("__name__", "?"), "line": caller.f_lineno}
        unknown = dict.fromkeys(("provenance", "source", "value", "low", "high", "expression"))
        vars(self).update(unknown | facts | place, symbol=symbol, unit=unit, meaning=meaning, name_given="")
        return self

    def __setattr__(self, name, value):
        if vars(self) and name != "name_given" and not name.startswith("_"):  # sympy's own come first, or begin so
            to = echoed(value) if name == "value" else "..."
            hint = f"a what-if is MODEL.value(..., {self.identifier}={to})"
            raise KscaleError(f"{self.identifier} is declared, and its {name} stays: {hint}")
        super().__setattr__(name, value)

    @property
    def identifier(self) -> str:
        """The name of the variable that holds it, or that its first model gives it; until then its symbol."""
        return self.name_given or self.symbol

    @property
    def is_given(self) -> bool:
        return self.expression is None

    @property
    def is_share(self) -> bool:
        """Whether it is an input that cannot exceed 100%."""
        return self.is_given and self.unit == "%"

    @property
    def inputs(self) -> list[Quantity]:
        """The quantities that the derivation names, in a stable order."""
        if self.expression is None:
            return []
        return sorted(self.expression.atoms(Quantity), key=lambda quantity: quantity.identifier)

    def _sympystr(self, printer):
        return self.identifier

    _pythoncode = _sympystr

    def _latex(self, printer):
        return self.symbol

    def __reduce_ex__(self, protocol):
        raise TypeError(f"{self.identifier} is a declaration: pickle its values, or import its chapter")


def given(
    symbol: str,
    value: float,
    unit: str,
    meaning: str,
    kind: str,
    source: str = "",
    low: float | None = None,
    high: float | None = None,
    *,
    sign: str = "positive",
) -> Quantity:
    """Declare an input: `value` [unit] of a `kind`, with the key of its source and the range it may have.

    Raises KscaleError for an unknown kind or unit, a missing source, a value outside its range, or NaN.

    >>> share = given("s", 5, "%", "share of power", "premise", "k1s1ai")
    >>> share.value, share.is_given
    (0.05, True)
    """
    with concerning(f"{symbol} ({meaning})"):
        check_known("kind", kind, KINDS)
        _check_unit_and_sign(unit, sign)
        if not source:
            raise KscaleError("a given needs a source, a key of the bibliography")
        if kind in {"measured", "estimate"} and (low is None or high is None):
            raise KscaleError(f"what is {kind} needs a range, low and high")
        low, high = value if low is None else low, value if high is None else high
        value, low, high = _range_in_si(value, low, high, unit, sign)
    return Quantity(symbol, unit, meaning, sign, provenance=kind, source=source, value=value, low=low, high=high)


def _range_in_si(value: float, low: float, high: float, unit: str, sign: str) -> tuple[float, ...]:
    for number in (value, low, high):
        if not isinstance(number, int | float) or isinstance(number, bool):
            raise KscaleError(f"{echoed(number)} is not a number")
    if low > high:
        raise KscaleError(f"its range runs backwards, from {echoed(low)} to {echoed(high)}")
    if not low <= value <= high:  # also refuses NaN
        raise KscaleError(f"value {echoed(value)} is outside its range {echoed(low)} to {echoed(high)}")
    if sign == "positive" and low <= 0:
        raise KscaleError(f"must be positive; its range begins at {echoed(low)} {unit}")
    try:
        return tuple(to_si(number, unit) for number in (value, low, high))
    except (KscaleError, OverflowError):
        raise KscaleError("its value and range must be finite numbers in SI") from None


def derived(symbol: str, expression, unit: str, meaning: str, *, sign: str = "positive") -> Quantity:
    """Declare a result: a sympy expression of other quantities, whose dimension must be that of `unit`.

    Its `sign` ("positive", "nonnegative" or "real") is what sympy may assume, and what every what-if must keep.
    Raises KscaleError for text (it is never read as an expression), for a function that the readings do not know, for
    a symbol that is no quantity, and for a division by zero.

    >>> share = given("s", 5, "%", "share of power", "premise", "k1s1ai")
    >>> rest = derived("r", 1 - share, "%", "what is left")
    >>> rest.inputs == [share]
    True
    """
    with concerning(f"{symbol} ({meaning})"):
        _check_unit_and_sign(unit, sign)
        # sympify would run text as Python
        if not isinstance(expression, sympy.Expr | Real) or isinstance(expression, bool):
            raise KscaleError(f"{echoed(expression)} is no expression: combine quantities and numbers")
        expression = sympy.sympify(expression)
        for part in sympy.preorder_traversal(expression):
            if part in NO_NUMBERS:
                raise KscaleError("its derivation divides by zero")
            if part.is_Symbol and not isinstance(part, Quantity):
                raise KscaleError(f"{part} is no declared quantity")
            if not isinstance(part, PARTS):
                raise KscaleError(f"no reading knows {type(part).__name__}: use sqrt, log, exp, Max, Min, whole")
    return Quantity(symbol, unit, meaning, sign, expression=expression)


def _check_unit_and_sign(unit: str, sign: str) -> None:
    check_known("sign", sign, SIGNS)
    if not isinstance(unit, str):
        raise KscaleError(f"a unit is a text such as 'W', not {echoed(unit)}")
    if unit == "B":
        raise KscaleError("unit 'B' may be byte or billion: write 'byte', or 'billion'")
    parse_unit(unit)


def quantities_of(chapter: ModuleType) -> dict[str, Quantity]:
    """The quantities that a chapter module declares, under the names of its variables.

    Raises KscaleError if the module assigns a name twice.
    """
    targets = re.findall(r"^(\w+)\s*=[^=]", inspect.getsource(chapter), re.M)
    twice = [name for name, count in Counter(targets).items() if count > 1]
    if twice:
        raise KscaleError(f"{chapter.__name__}: the name {twice[0]!r} is used twice")
    held = {name: thing for name, thing in vars(chapter).items()
            if isinstance(thing, Quantity) and thing.declared_in == chapter.__name__}  # fmt: skip
    names = {id(thing): name for name, thing in held.items()}
    for name, thing in held.items():
        if names[id(thing)] != name:
            raise KscaleError(f"{chapter.__name__}: {names[id(thing)]!r} is a second name of one quantity")
        thing.name_given = name
    return held

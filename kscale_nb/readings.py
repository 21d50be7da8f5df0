"""One expression, many arithmetics: floats, numpy arrays, intervals, units, and JavaScript for the live pages.

Each arithmetic is a namespace of the few functions that the printed source of the model calls.
Adding a reading is adding a namespace.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import SimpleNamespace

import mpmath
import numpy as np
import pint
import sympy
from sympy.printing.jscode import JavascriptCodePrinter
from sympy.printing.pycode import PythonCodePrinter

from kscale_nb.errors import KscaleError
from kscale_nb.units import parse_unit, registry


class ModelPrinter(PythonCodePrinter):
    """Prints an expression as Python whose functions each arithmetic supplies."""

    def __init__(self):
        super().__init__({"fully_qualified_modules": False})

    def _print_Rational(self, number):
        return f"ratio({number.p}, {number.q})"

    def _print_Pow(self, power, **options):
        if power.exp.is_Rational and abs(power.exp) == 0.5:
            root = f"sqrt({self._print(power.base)})"
            return root if power.exp > 0 else f"(1/{root})"
        return super()._print_Pow(power, **options)

    def _print_log(self, call):
        power = _beside_one(call.args[0])
        if power is not None:
            return f"softplus({self._print(power)})"  # exact where exp overflows or fades beside 1
        return f"log({self._print(call.args[0])})"

    def _print_exp(self, call):
        return f"exp({self._print(call.args[0])})"

    def _print_whole(self, call):
        return f"whole({self._print(call.args[0])})"

    def _print_Max(self, call):
        return f"larger({', '.join(map(self._print, call.args))})"

    def _print_Min(self, call):
        return f"smaller({', '.join(map(self._print, call.args))})"


def _beside_one(argument: sympy.Expr) -> sympy.Expr | None:
    """The power x of an argument 1 + exp(x); None of any other."""
    one = argument.is_Add and len(argument.args) == 2 and argument.args[0] == 1
    return argument.args[1].args[0] if one and argument.args[1].func is sympy.exp else None


def python_source(expression) -> str:
    """Print an expression as Python source.

    >>> import sympy
    >>> x, y = sympy.symbols("x y", positive=True)
    >>> python_source(sympy.cbrt(x) / sympy.sqrt(y))
    'x**(ratio(1, 3))/sqrt(y)'
    """
    return ModelPrinter().doprint(expression)


class LivePrinter(JavascriptCodePrinter):
    """Prints an expression as JavaScript over an object `v` that holds every quantity by name."""

    def _print_Quantity(self, quantity):
        return f"v.{quantity.identifier}"

    def _print_Rational(self, number):
        return f"({number.p}/{number.q})"

    def _print_Float(self, number):
        return repr(float(number))

    def _print_log(self, call):
        power = _beside_one(call.args[0])
        if power is not None:
            return f"Math.log1p(Math.exp({self._print(power)}))"
        return f"Math.log({self._print(call.args[0])})"

    def _print_whole(self, call):
        return f"whole({self._print(call.args[0])})"


def javascript_source(expression) -> str:
    """Print an expression of quantities as JavaScript. Raises KscaleError for a function it cannot print.

    >>> from kscale_nb import MODEL
    >>> javascript_source(MODEL["computing_power"].expression)
    'v.K1_power*v.computing_share'
    """
    known = (sympy.Symbol, sympy.Number, sympy.NumberSymbol, sympy.Add, sympy.Mul, sympy.Pow, sympy.log, sympy.exp)
    for part in sympy.preorder_traversal(expression):
        if not isinstance(part, (*known, sympy.Max, sympy.Min)) and type(part).__name__ != "whole":
            raise KscaleError(f"{type(part).__name__} has no JavaScript here: {expression}")
    return LivePrinter().doprint(expression)


FLOATS = SimpleNamespace(
    sqrt=math.sqrt,
    log=math.log,
    softplus=lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))),
    exp=math.exp,
    larger=max,
    smaller=min,
    ratio=lambda p, q: p / q,
    whole=lambda x: math.floor(x + 0.5),
    pi=math.pi,
)

ARRAYS = SimpleNamespace(
    sqrt=np.sqrt,
    log=np.log,
    softplus=lambda x: np.logaddexp(0.0, x),
    exp=np.exp,
    larger=np.maximum,
    smaller=np.minimum,
    ratio=lambda p, q: p / q,
    whole=lambda x: np.floor(np.add(x, 0.5)),
    pi=np.pi,
)

interval = mpmath.iv.mpf


def bounds(value) -> tuple[float, float]:
    """The two ends of an interval as floats.

    >>> bounds(interval([1, 2]) * 3)
    (3.0, 6.0)
    """
    return float(mpmath.mpf(value.a)), float(mpmath.mpf(value.b))


def narrowed(computed, known: tuple[float, float]):
    """What two intervals share; the known one where they share nothing, or where nothing is computed.

    >>> bounds(narrowed(interval([1, 3]), (2, 5))), bounds(narrowed(interval([1, 3]), (4, 5)))
    ((2.0, 3.0), (4.0, 5.0))
    """
    if computed is None:
        return interval(list(known))
    low, high = bounds(computed)
    shared = [max(low, known[0]), min(high, known[1])]
    return interval(shared if shared[0] <= shared[1] else list(known))


def _each_end(function):
    """Lift a rising function of numbers to intervals."""

    def lifted(*arguments):
        ends = [bounds(interval(argument)) for argument in arguments]
        return interval([function(*(low for low, _ in ends)), function(*(high for _, high in ends))])

    return lifted


INTERVALS = SimpleNamespace(
    sqrt=mpmath.iv.sqrt,
    log=mpmath.iv.log,
    softplus=lambda x: mpmath.iv.log(1 + mpmath.iv.exp(x)),
    exp=mpmath.iv.exp,
    larger=_each_end(max),
    smaller=_each_end(min),
    ratio=lambda p, q: interval(p) / q,
    whole=_each_end(lambda x: math.floor(x + 0.5)),
    pi=mpmath.iv.pi,
)


def _of_plain_number(function):
    """Lift a function that has no meaning for a measured argument: pint then names the unit that does not fit."""
    return lambda x: registry().Quantity(function(registry().Quantity(x).m_as("")))


def _of_one_unit(function):
    """Lift a choice among values that must share a unit."""

    def lifted(first, *others):
        first = registry().Quantity(first)
        return registry().Quantity(
            function(first.m, *(registry().Quantity(x).m_as(first.units) for x in others)), first.units
        )

    return lifted


UNITS = SimpleNamespace(
    sqrt=lambda x: registry().Quantity(x) ** 0.5,
    log=_of_plain_number(math.log),
    softplus=_of_plain_number(FLOATS.softplus),
    exp=_of_plain_number(math.exp),
    larger=_of_one_unit(max),
    smaller=_of_one_unit(min),
    ratio=lambda p, q: p / q,
    whole=lambda x: x,
    pi=math.pi,
)


def arithmetic_for(values: Mapping) -> SimpleNamespace:
    """The arithmetic that a set of inputs needs: arrays if any of them is one, intervals likewise, else floats."""
    if any(isinstance(value, np.ndarray) for value in values.values()):
        return ARRAYS
    if any(isinstance(value, mpmath.ctx_iv.ivmpf) for value in values.values()):
        return INTERVALS
    return FLOATS


def measured(value, unit: str = "") -> pint.Quantity:
    """A value in SI as a pint quantity in base units; what is one already stays."""
    if not unit:
        return registry().Quantity(value)
    return registry().Quantity(value, registry().Quantity(1, parse_unit(unit)).to_base_units().units)


def evaluated(code, arithmetic: SimpleNamespace, inputs: Mapping):
    """One compiled expression, read in one arithmetic."""
    return eval(code, vars(arithmetic).copy(), dict(inputs))

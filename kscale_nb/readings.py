"""One expression, many arithmetics: floats, numpy arrays, intervals and units; the live pages add JavaScript.

Each arithmetic is a namespace of the few functions that the printed source of the model calls.
Adding a reading is adding a namespace.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import reduce
from operator import mul
from types import MappingProxyType, SimpleNamespace

import mpmath
import numpy as np
import pint
import sympy
from sympy.printing.pycode import PythonCodePrinter

from kscale_nb.errors import KscaleError
from kscale_nb.quantity import rise, whole
from kscale_nb.units import base_unit

CALLS = {sympy.log: "log", sympy.exp: "exp", whole: "whole", rise: "slope_of_whole",
         sympy.Max: "larger", sympy.Min: "smaller"}  # fmt: skip


class ModelPrinter(PythonCodePrinter):
    """Prints an expression as Python whose functions each arithmetic supplies."""

    printmethod = "_modelcode"  # a quantity's own method would print its own name

    def __init__(self, names: Mapping):
        super().__init__({"fully_qualified_modules": False})
        self.names = names

    def _handle_UnevaluatedExpr(self, expression):
        return expression  # there is none here, and to look for one takes half the time

    def _print_Quantity(self, quantity):
        return self.names.get(quantity, quantity.identifier)

    def _print_Rational(self, number):
        return f"rational({number.p}, {number.q})"

    def _print_Pow(self, power, **options):
        if power.exp.is_Rational and abs(power.exp) == 0.5:
            root = f"sqrt({self._print(power.base)})"
            return root if power.exp > 0 else f"(1/{root})"
        return super()._print_Pow(power, **options)

    def _print_call(self, call):
        return f"{CALLS[type(call)]}({', '.join(map(self._print, call.args))})"

    def _print_log(self, call):
        power = beside_one(call.args[0])
        if power is not None:
            return f"softplus({self._print(power)})"  # exact where exp overflows or fades beside 1
        return self._print_call(call)

    def _print_Heaviside(self, call):
        return f"heaviside({self._print(call.args[0])})"  # its second argument says what is at 0

    _print_exp = _print_whole = _print_rise = _print_Max = _print_Min = _print_call


def beside_one(argument: sympy.Expr) -> sympy.Expr | None:
    """The power x of an argument 1 + exp(x); None of any other."""
    one = argument.is_Add and len(argument.args) == 2 and argument.args[0] == 1
    return argument.args[1].args[0] if one and argument.args[1].func is sympy.exp else None


def python_source(expression, names: Mapping = MappingProxyType({})) -> str:
    """Print an expression as Python source, its quantities under their own names or those of a model.

    >>> import sympy
    >>> x, y = sympy.symbols("x y", positive=True)
    >>> python_source(sympy.cbrt(x) / sympy.sqrt(y))
    'x**(rational(1, 3))/sqrt(y)'
    """
    return ModelPrinter(names).doprint(expression)


FLOATS = SimpleNamespace(
    sqrt=math.sqrt,
    log=math.log,
    softplus=lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))),
    exp=math.exp,
    larger=max,
    smaller=min,
    rational=lambda p, q: p / q,
    whole=lambda x: math.floor(x + 0.5),
    slope_of_whole=lambda x: 1.0,
    heaviside=lambda x: ((x > 0) + (x >= 0)) / 2,
    pi=math.pi,
)
SMOOTH = SimpleNamespace(**{**vars(FLOATS), "whole": float})  # rounding left out of account

ARRAYS = SimpleNamespace(
    sqrt=np.sqrt,
    log=np.log,
    softplus=lambda x: np.logaddexp(0.0, x),
    exp=np.exp,
    larger=lambda *values: reduce(np.maximum, values),
    smaller=lambda *values: reduce(np.minimum, values),
    rational=lambda p, q: p / q,
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


def is_interval(value) -> bool:
    return isinstance(value, mpmath.ctx_iv.ivmpf)


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
    rational=lambda p, q: interval(p) / q,
    whole=_each_end(lambda x: math.floor(x + 0.5)),
    slope_of_whole=lambda x: interval([0, "1e999999"]),  # a jump is steeper than any slope
    heaviside=_each_end(FLOATS.heaviside),
    pi=mpmath.iv.pi,
)


def arithmetic_for(values: Mapping) -> SimpleNamespace:
    """The arithmetic that a set of inputs needs: arrays if any of them is one, intervals likewise, else floats.

    Raises KscaleError where arrays meet intervals, or arrays whose shapes do not fit each other.
    """
    shapes = {name: value.shape for name, value in values.items() if isinstance(value, np.ndarray)}
    boxes = [name for name, value in values.items() if is_interval(value)]
    if shapes and boxes:
        raise KscaleError(f"{next(iter(shapes))} is an array and {boxes[0]} an interval: they do not mix")
    try:
        np.broadcast_shapes(*shapes.values())
    except ValueError:
        told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise KscaleError(f"the shapes of the arrays do not fit each other: {told}") from None
    return ARRAYS if shapes else INTERVALS if boxes else FLOATS


def unit_of(expression: sympy.Expr, known: Mapping) -> pint.Unit:
    """The unit of a derivation, from those of its inputs, in base units. Raises KscaleError where two do not fit.

    >>> from kscale_nb import MODEL
    >>> units = {quantity: base_unit(quantity.unit) for quantity in MODEL["computing_power"].inputs}
    >>> unit_of(MODEL["computing_power"].expression, units) == base_unit("W")
    True
    """
    if expression.is_Symbol:
        return known[expression]
    units = [unit_of(part, known) for part in expression.args]
    if expression.is_Mul:
        return reduce(mul, units)
    if expression.is_Pow and expression.exp.is_number:
        return units[0] ** float(expression.exp)
    needs_none = not units or isinstance(expression, sympy.log | sympy.exp | sympy.Pow)
    expected = base_unit("1") if needs_none else units[0]
    for unit in units:
        if unit != expected:
            raise KscaleError(f"units do not fit: {expected} and {unit}")
    return expected


def namespace(arithmetic: SimpleNamespace, values: Mapping) -> dict:
    """What a compiled expression may name: the functions of one arithmetic and the values, nothing of Python's own."""
    return {"__builtins__": {}, **values, **vars(arithmetic)}

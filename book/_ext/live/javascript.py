"""One more reading of the model's expressions: JavaScript, for the pages that a reader changes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import sympy
from sympy.printing.jscode import JavascriptCodePrinter

from kscale_nb.errors import KscaleError
from kscale_nb.quantity import PARTS
from kscale_nb.readings import beside_one


class LivePrinter(JavascriptCodePrinter):
    """Prints an expression as JavaScript over an object `v` that holds every quantity by name."""

    def __init__(self, names: Mapping):
        super().__init__()
        self.names = names

    def _print_Quantity(self, quantity):
        return f"v.{self.names.get(quantity, quantity.identifier)}"

    def _print_Symbol(self, symbol):
        return f"v.{symbol.name}"  # of a figure's own

    def _print_Rational(self, number):
        return f"({number.p}/{number.q})"

    def _print_Float(self, number):
        return repr(float(number))

    def _print_log(self, call):
        power = beside_one(call.args[0])
        if power is not None:
            return f"Math.log1p(Math.exp({self._print(power)}))"
        return f"Math.log({self._print(call.args[0])})"

    def _print_whole(self, call):
        return f"whole({self._print(call.args[0])})"


def javascript_source(expression, names: Mapping = MappingProxyType({})) -> str:
    """Print an expression of quantities as JavaScript. Raises KscaleError for a function it cannot print.

    >>> from kscale_nb import MODEL
    >>> javascript_source(MODEL["computing_power"].expression)
    'v.K1_power*v.computing_share'
    """
    for part in sympy.preorder_traversal(expression):
        if not isinstance(part, PARTS):
            raise KscaleError(f"{type(part).__name__} has no JavaScript here: {expression}")
    return LivePrinter(names).doprint(expression)


def written(number) -> str:
    """A number as a script may hold it, in few characters.

    >>> [written(number) for number in (2.8e11, 31557600.0, 0.05, 1e16, 1.380649e-23)]
    ['28e10', '31557600', '0.05', '1e16', '1.380649e-23']
    """
    text = repr(float(number)).removesuffix(".0").replace("e+", "e")
    return text if {*".e"} & {*text} else re.sub(r"0{3,}$", lambda zeros: f"e{len(zeros[0])}", text)

"""Slopes: how much a quantity moves with another, exact at each node and chained along the graph in numbers."""

from __future__ import annotations

from collections.abc import Container, Mapping
from types import SimpleNamespace

import sympy

from kscale_nb import readings


class Slopes:
    """The derivatives of a model's quantities at these values, read in one arithmetic; `cut` is held from outside."""

    def __init__(self, model, values: Mapping, arithmetic: SimpleNamespace, cut: Container[str] = ()):
        self.model, self.cut = model, cut
        self.moving = set(cut).union(*(model.carries(name) for name in cut)) if cut else set(model)
        self._names = readings.namespace(arithmetic, values)
        self._at: dict[str, list[tuple[str, object]]] = {}

    def at(self, name: str) -> list[tuple[str, object]]:
        """The derivative of one quantity by each that its own derivation names."""
        if name not in self._at:
            codes = () if name in self.cut else self.model.node_slopes(name)
            self._at[name] = [(other, eval(code, self._names)) for other, code in codes if other in self.moving]
        return self._at[name]

    def of(self, result: str) -> dict[str, object]:
        """The derivative of a result by everything that it rests on."""
        total = {result: 1.0}
        for name in reversed([*self.model.rests_on(result), result]):
            for other, slope in self.at(name) if name in total else ():
                total[other] = total.get(other, 0.0) + total[name] * slope
        return total

    def directions(self, result: str) -> tuple[int, ...]:
        """Of each input held from outside: 1 if the result nowhere falls with it, -1 if nowhere rises, else 0."""
        slopes = self.of(result)
        spans = [readings.bounds(readings.interval(slopes.get(name, 0.0))) for name in self.cut]
        return tuple(1 if low >= 0 else -1 if high <= 0 else 0 for low, high in spans)


def node_slopes(expression: sympy.Expr, names: Mapping) -> list[tuple[str, object]]:
    """The derivatives of one derivation by its inputs, factored so that their signs show, as compiled Python."""
    slopes = {names[other]: sympy.factor(sympy.diff(expression, other)) for other in expression.free_symbols}
    return [(name, compile(readings.python_source(slopes[name], names), "<slope>", "eval")) for name in sorted(slopes)]

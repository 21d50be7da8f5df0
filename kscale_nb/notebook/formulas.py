"""Worked arithmetic, as engineers check each other: symbol = formula = numbers = result."""

from __future__ import annotations

import re

import sympy

from kscale_nb import MODEL
from kscale_nb.notebook.tables import checked_digits
from kscale_nb.printed import SUPERSCRIPTS, figure_text
from kscale_nb.quantity import Quantity
from kscale_nb.units import plural, unit_factor


class Formula:
    """LaTeX on its own line."""

    def __init__(self, latex: str):
        self.latex = latex

    def _repr_latex_(self) -> str:
        return rf"$$\begin{{aligned}}{self.latex}\end{{aligned}}$$"

    def __repr__(self) -> str:
        return self.latex


def worked(name: str, digits: int = 4) -> Formula:
    """A derivation as engineers check each other's: symbol = formula = numbers = result."""
    quantity, digits = MODEL[name], checked_digits(digits)
    if quantity.is_given:
        return Formula(rf"{quantity.symbol} &= {_latex_value(quantity, quantity.value, digits)}")
    values = MODEL.values()
    numbers = {
        other: sympy.Symbol(rf"\left({_latex_value(other, values[other.identifier], digits)}\right)", positive=True)
        for other in quantity.inputs
    }
    return Formula(
        rf"{quantity.symbol} &= {sympy.latex(quantity.expression)} \\"
        rf" &= {sympy.latex(quantity.expression.xreplace(numbers))} \\"
        rf" &= {_latex_value(quantity, values[name], digits)}"
    )


def _latex_value(quantity: Quantity, value: float, digits: int) -> str:
    given = quantity.is_given
    text = figure_text(value / unit_factor(quantity.unit), 6 if given else digits, trailing_zeros=not given)
    mantissa, _, power = text.partition(" × 10")
    latex = mantissa.replace("−", "-").replace(",", "{,}") + (
        rf" \times 10^{{{power.translate(SUPERSCRIPTS)}}}" if power else ""
    )
    if quantity.unit in {"1", ""}:
        return latex
    if quantity.unit == "%":
        return rf"{latex}\%"
    unit = re.sub(r"\bu(?=[ms]\b)", r"\\mu ", quantity.unit + plural(text, quantity.unit))
    return rf"{latex}\,\mathrm{{{unit}}}"

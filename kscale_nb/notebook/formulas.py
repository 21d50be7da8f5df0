"""Worked arithmetic, as engineers check each other: symbol = formula = numbers = result."""

from __future__ import annotations

import re
from collections.abc import Callable

import sympy
from sympy.printing.latex import LatexPrinter

from kscale_nb.model import Model
from kscale_nb.notebook.scenario import model_now
from kscale_nb.notebook.tables import checked_digits
from kscale_nb.printed import SUPERSCRIPTS, figure_text
from kscale_nb.quantity import Quantity
from kscale_nb.units import plural, unit_factor

HALF = sympy.Rational(1, 2)
Setter = Callable[[str, str], str]  # of a quantity's name and its number in LaTeX, what is set in the number's place


class Formula:
    """LaTeX on its own line."""

    def __init__(self, latex: str):
        self.latex = latex

    def _repr_latex_(self) -> str:
        return rf"$$\begin{{aligned}}{self.latex}\end{{aligned}}$$"

    def __repr__(self) -> str:
        return self.latex


def worked(name: str, digits: int = 4) -> Formula:
    """A derivation as engineers check each other's: symbol = formula = numbers = result.

    A comment in the LaTeX tells the page which quantity it is, so that the numbers there can follow a premise.
    """
    model_now()[name]  # before it is written anywhere
    return Formula(f"% kscale:{name}:{checked_digits(digits)}\n{worked_latex(model_now(), name, digits)}")


TOLD = re.compile(r"% kscale:(\w+):(\d+)\n")


def worked_latex(model: Model, name: str, digits: int, number: Setter = lambda _name, latex: latex) -> str:
    """The lines of a worked derivation in LaTeX; `number` may set something in the place of each number."""
    values, lines = model.values(), []

    def value(identifier: str) -> str:
        is_given = identifier in model.givens
        return _latex_value(model[identifier], values[identifier], is_given, digits, identifier, number)

    if name not in model.givens:
        expression = model[name].expression
        lines.append(FormulaPrinter().doprint(expression))
        if not isinstance(expression, Quantity):  # whose number is the result itself
            numbers = {other: value(model.names[other]) for other in expression.atoms(Quantity)}
            lines.append(NumberPrinter(numbers).doprint(expression))
    return rf"{model[name].symbol} &= " + r" \\ &= ".join([*lines, value(name)])


class FormulaPrinter(LatexPrinter):
    """Sets a formula as a person writes it: what is taken away comes last, and roots stand together."""

    def __init__(self, **settings):
        super().__init__({"ln_notation": True, **settings})

    def _print_Add(self, expr, order=None):
        terms = sorted(self._as_ordered_terms(expr, order), key=lambda term: term.could_extract_minus_sign())
        text = self._print(terms[0])
        for term in terms[1:]:
            is_taken = term.could_extract_minus_sign()
            shown = self._print(-term if is_taken else term)
            inner = -term if is_taken else term
            text += f" {'-' if is_taken else '+'} " + (rf"\left({shown}\right)" if inner.is_Add else shown)
        return text

    def _print_Mul(self, expr):
        roots = [factor for factor in expr.args if factor.is_Pow and abs(factor.exp) == HALF]
        if len(roots) < 2:
            return super()._print_Mul(expr)
        inside = sympy.Mul(*(factor.base ** (2 * factor.exp) for factor in roots), evaluate=False)
        rest = sympy.Mul(*(factor for factor in expr.args if factor not in roots), evaluate=False)
        root = rf"\sqrt{{{self._print(inside)}}}"
        return root if len(roots) == len(expr.args) else f"{self._print(rest)} {self._times} {root}".replace("  ", " ")

    _times = ""


class NumberPrinter(FormulaPrinter):
    """Sets the numbers of quantities in the place of their symbols."""

    printmethod = "_numberlatex"  # a quantity's own method would print its symbol
    _times = r"\cdot"

    def __init__(self, numbers: dict[Quantity, str]):
        super().__init__(mul_symbol="dot")
        self.numbers = numbers

    def _print_Quantity(self, quantity):
        return self.numbers[quantity]

    def _print_Pi(self, _expr):
        return r"\pi"

    def _print_Pow(self, expr):
        if (
            isinstance(expr.base, Quantity)
            and expr.exp.is_Rational
            and expr.exp.q == 1
            and expr.exp > 0
            and expr.exp != 1
        ):
            return rf"\left({self._print(expr.base)}\right)^{{{self._print(expr.exp)}}}"
        return super()._print_Pow(expr)


def _latex_value(quantity: Quantity, value: float, is_given: bool, digits: int, name: str, number: Setter) -> str:
    shown, digits = value / unit_factor(quantity.unit), 6 if is_given else digits
    if is_whole := shown == round(shown) and abs(shown) < 1e7:  # layers, and not 3,293.0 of them
        digits = max(digits, len(f"{abs(shown):.0f}"))
    text = figure_text(shown, digits, trailing_zeros=not is_given and not is_whole)
    mantissa, _, power = text.partition(" × 10")
    mantissa = mantissa.replace("−", "-").replace(",", "{,}")
    latex = number(name, mantissa + (rf" \times 10^{{{power.translate(SUPERSCRIPTS)}}}" if power else ""))
    if quantity.unit in {"1", ""}:
        return latex
    if quantity.unit == "%":
        return rf"{latex}\%"
    unit = re.sub(r"\bu(?=[msFJVW]\b)", r"\\mu ", quantity.unit + plural(text, quantity.unit))
    return rf"{latex}\,\mathrm{{{unit}}}"

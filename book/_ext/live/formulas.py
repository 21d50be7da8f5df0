"""Worked formulas whose numbers follow a premise: each number of the MathML says which quantity it is."""

from __future__ import annotations

import re
from html import escape

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from _ext.look.mathml import mathml
from kscale_nb import MODEL
from kscale_nb.notebook.formulas import TOLD, worked_latex
from kscale_nb.units import unit_factor

PLACE = re.compile(r"<mtext>kscale(\d+)</mtext>")


def live_mathml(name: str, digits: int) -> str:
    """The MathML of a worked derivation, in which each number is a row that the page's script can fill anew.

    >>> live_mathml("computing_power", 4).count("data-formula=")
    3
    """
    numbers: list[tuple[str, str]] = []

    def set_aside(identifier: str, latex: str) -> str:
        numbers.append((identifier, latex))
        return rf"\text{{kscale{len(numbers) - 1}}}"

    def number(place: re.Match) -> str:
        identifier, latex = numbers[int(place[1])]
        quantity = MODEL[identifier]
        shown = 6 if quantity.is_given else digits
        inner = re.search(r"<semantics>(.*?)<annotation", mathml(latex), re.DOTALL)[1]
        return (
            f'<mrow data-formula="{escape(identifier)}" data-digits="{shown}" '
            f'data-factor="{float(unit_factor(quantity.unit))!r}">{inner}</mrow>'
        )

    formula = rf"\begin{{aligned}}{worked_latex(MODEL, name, digits, set_aside)}\end{{aligned}}"
    return PLACE.sub(number, re.sub(r"<annotation.*?</annotation>", "", mathml(formula, block=True)))


class LiveFormulas(SphinxPostTransform):
    """Sets the worked formulas of a page."""

    default_priority = 405
    formats = ("html",)

    def run(self, **_options) -> None:
        for formula in list(self.document.findall(nodes.math_block)):
            if told := TOLD.search(formula.astext()):
                set_formula = live_mathml(told[1], int(told[2]))
                formula.replace_self(nodes.raw("", f'<div class="math notranslate">{set_formula}</div>', format="html"))


def setup(app) -> None:
    app.add_post_transform(LiveFormulas)

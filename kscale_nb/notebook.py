"""What the chapters' notebooks show: tables of claims and inputs, worked arithmetic, one figure style.

Everything is rendered from the graph and the ledger, so that no line can drift from what is computed.
"""

from __future__ import annotations

from importlib.resources import files

import matplotlib.pyplot as plt
import numpy as np
import sympy
from IPython import get_ipython
from matplotlib.colors import to_hex, to_rgb
from matplotlib_inline.backend_inline import set_matplotlib_formats

from kscale_nb import LEDGER, MODEL
from kscale_nb.printed import SUPERSCRIPTS, figure_text
from kscale_nb.quantity import Quantity
from kscale_nb.sources import short_citation
from kscale_nb.units import plural, unit_factor, value_text

NO_BREAK_SPACE = "\u00a0"
INK, PAPER = "#2b2825", "#fffdf8"
BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, GREY = (
    "#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#55504a",
)  # fmt: skip


READABLE = 4.5  # contrast that the Web Content Accessibility Guidelines ask of text


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21, as the Web Content Accessibility Guidelines define it.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def shade(colour: str, ground: str = PAPER) -> str:
    """A colour as dark as letters need to be: the palette is made for lines and areas, and is pale for text.

    >>> shade(BLUE), shade(GREEN)
    ('#0072b2', '#008662')
    """
    darker = next(part for part in np.arange(1, 0, -0.01) if contrast(_times(colour, part), ground) >= READABLE)
    return _times(colour, darker)


def _times(colour: str, part: float) -> str:
    return to_hex([part * channel for channel in to_rgb(colour)])


def house_style() -> None:
    """Draw figures in the book's style, as SVG that is the same on every run."""
    plt.style.use(str(files("kscale_nb") / "data" / "kscale.mplstyle"))
    if get_ipython() is not None:
        set_matplotlib_formats("svg", metadata={"Date": None})


class Table:
    """A table that JupyterLab, GitHub and the book all render, from rows of Markdown."""

    def __init__(self, headers: list[str], rows: list[list[str]], numbers: set[int] = frozenset()):
        self.headers, self.rows, self.numbers = headers, rows, numbers

    def without_empty(self, header: str) -> Table:
        """The same table, without a column in which no row has anything to say."""
        column = self.headers.index(header)
        if any(row[column] for row in self.rows):
            return self
        kept = [number for number in range(len(self.headers)) if number != column]
        return Table(
            [self.headers[number] for number in kept],
            [[row[number] for number in kept] for row in self.rows],
            {new for new, old in enumerate(kept) if old in self.numbers},
        )

    def _repr_markdown_(self) -> str:
        lines = [
            self.headers,
            ["--:" if i in self.numbers else ":--" for i in range(len(self.headers))],
            *self.rows,
        ]
        text = "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)
        return text.replace(" × 10", f"{NO_BREAK_SPACE}×{NO_BREAK_SPACE}10")

    def __repr__(self) -> str:
        return self._repr_markdown_()


class Formula:
    """LaTeX on its own line."""

    def __init__(self, latex: str):
        self.latex = latex

    def _repr_latex_(self) -> str:
        return rf"$$\begin{{aligned}}{self.latex}\end{{aligned}}$$"

    def __repr__(self) -> str:
        return self.latex


def link(name: str, digits: int = 4) -> str:
    """A live number in Markdown: the value of a quantity, leading to its entry.

    >>> link("n_layers")
    '[3,293](kscale:n_layers)'
    """
    quantity = MODEL[name]
    value, unit = MODEL.value(name), quantity.unit
    if unit == "parameter":
        unit = "T"
    return f"[{value_text(value, unit, 6 if quantity.is_given else digits, not quantity.is_given)}](kscale:{name})"


def compare(*claim_ids: str) -> Table:
    """What the document prints beside what follows, with the verdict on each; an id may be a prefix of several."""
    verdicts = LEDGER.judge_all()
    chosen = []
    for wanted in claim_ids:
        found = [wanted] if wanted in verdicts else [claim_id for claim_id in verdicts if claim_id.startswith(wanted)]
        if not found:
            LEDGER[wanted]  # raises, naming the nearest
        chosen.extend(verdicts[claim_id] for claim_id in found)
    rows = []
    for verdict in chosen:
        claim = verdict.claim
        printed = claim.as_printed or "no figure"
        world = verdict.physics if not verdict.physics_note else f"{verdict.physics}: {verdict.physics_note}"
        derived = f"[{verdict.as_derived}](kscale:derived/{claim.id})" if verdict.as_derived else ""
        rows.append([claim.statement, f"[{printed}](kscale:{claim.id})", derived, verdict.verdict, world])
    return Table(["claim", "printed", "derived", "verdict", "against the world"], rows, numbers={1, 2}).without_empty(
        "derived"
    )


def givens(*names: str) -> Table:
    """The inputs of a derivation: symbol, value, range, kind and source."""
    rows = []
    for name in names:
        quantity = MODEL[name]
        ends = [value_text(end, quantity.unit, 5, trailing_zeros=False) for end in (quantity.low, quantity.high)]
        span = "" if quantity.low == quantity.high else " to ".join(ends)
        source = short_citation(quantity.source)
        rows.append([f"${quantity.symbol}$", quantity.meaning, link(name), span, quantity.provenance, source])
    return Table(["symbol", "meaning", "value", "range", "kind", "source"], rows).without_empty("range")


def results(*names: str, digits: int = 4) -> Table:
    """Derived quantities with their values and what each rests on."""
    rows = [[f"${MODEL[name].symbol}$", MODEL[name].meaning, link(name, digits)] for name in names]
    return Table(["symbol", "meaning", "value"], rows)


def worked(name: str, digits: int = 4) -> Formula:
    """A derivation as engineers check each other's: symbol = formula = numbers = result."""
    quantity = MODEL[name]
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
    latex = mantissa.replace(",", "{,}") + (rf" \times 10^{{{power.translate(SUPERSCRIPTS)}}}" if power else "")
    if quantity.unit in {"1", ""}:
        return latex
    if quantity.unit == "%":
        return rf"{latex}\%"
    unit = (quantity.unit + plural(text, quantity.unit)).replace("um", r"\mu m")
    return rf"{latex}\,\mathrm{{{unit}}}"

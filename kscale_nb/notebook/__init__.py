"""What the chapters' notebooks show: tables of claims and inputs, worked arithmetic, proofs, one kind of figure.

Everything is rendered from the graph and the ledger, so that no line can drift from what is computed.
"""

from kscale_nb.notebook.colours import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PAPER,
    PURPLE,
    READABLE,
    SKY,
    VERMILLION,
    contrast,
    shade,
)
from kscale_nb.notebook.figures import figure, house_style
from kscale_nb.notebook.formulas import Formula, worked
from kscale_nb.notebook.marks import quantile, under, words
from kscale_nb.notebook.proofs import DECLARED, as_printed, proved, same
from kscale_nb.notebook.scenario import is_as_printed, scenario
from kscale_nb.notebook.tables import Table, cited, compare, givens, link, results

__all__ = [
    "BLUE", "DECLARED", "GREEN", "GREY", "INK", "ORANGE", "PAPER", "PURPLE", "READABLE", "SKY", "VERMILLION",
    "Formula", "Table", "as_printed", "cited", "compare", "contrast", "figure", "givens", "house_style",
    "is_as_printed", "link", "proved", "quantile", "results", "same", "scenario", "shade", "under", "words", "worked",
]  # fmt: skip

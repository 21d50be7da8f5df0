"""Tables of claims, inputs and results, rendered from the graph and the ledger."""

from __future__ import annotations

import re

from kscale_nb.errors import KscaleError, echoed, unknown
from kscale_nb.notebook.scenario import ledger_now, model_now
from kscale_nb.sources import citations
from kscale_nb.units import value_text

NO_BREAK_SPACE = "\u00a0"


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
        text = "\n".join("| " + " | ".join(_printed(cell) for cell in line) + " |" for line in lines)
        return text.replace(" × 10", f"{NO_BREAK_SPACE}×{NO_BREAK_SPACE}10")

    def __repr__(self) -> str:
        return self._repr_markdown_()


def _printed(cell: str) -> str:
    """A cell as Markdown has it, its number with the minus of print."""
    return re.sub(r"^(\[?)-(?=[\d.])", r"\1−", cell.replace("|", r"\|"))


def checked_digits(digits: int) -> int:
    """Significant digits to show. Raises KscaleError for what is no whole number from 1 to 17."""
    if not isinstance(digits, int) or isinstance(digits, bool) or not 1 <= digits <= 17:
        raise KscaleError(f"digits: a whole number from 1 to 17 is expected, not {echoed(digits)}")
    return digits


def link(name: str, digits: int = 4) -> str:
    """A live number in Markdown: the value of a quantity, leading to its entry.

    >>> link("n_layers")
    '[3,293](kscale:n_layers)'
    """
    quantity = model_now()[name]
    value, unit, digits = model_now().value(name), quantity.unit, checked_digits(digits)
    if unit == "parameter":
        unit = "T"
    return f"[{value_text(value, unit, 6 if quantity.is_given else digits, not quantity.is_given)}](kscale:{name})"


def cited(*keys: str) -> str:
    """Sources in Markdown, each leading to its entry in the bibliography.

    >>> cited("kaplan2020")
    '[Kaplan and others (2020)](cite:kaplan2020)'
    """
    return ", ".join(f"[{citations(key)[1]}](cite:{key})" for key in keys)


def compare(*claim_ids: str) -> Table:
    """What the document prints beside what follows, with the verdict on each; an id may be a prefix of several."""
    ledger = ledger_now()
    verdicts = ledger.judge_all()
    chosen = []
    for wanted in claim_ids:
        if not isinstance(wanted, str):
            raise unknown("claim", wanted, ledger.claims)
        found = [wanted] if wanted in verdicts else [claim_id for claim_id in verdicts if claim_id.startswith(wanted)]
        if not found:
            ledger[wanted]  # raises, naming the nearest
        chosen.extend(verdicts[claim_id] for claim_id in found)
    rows = []
    for verdict in chosen:
        claim = verdict.claim
        printed = claim.as_printed or "no figure"
        world = f"{verdict.physics}, argued" if verdict.ground == "argued" else verdict.physics
        world = f"{world}: {verdict.physics_note}" if verdict.physics_note else world
        derived = f"[{verdict.as_derived}](kscale:derived/{claim.id})" if verdict.as_derived else ""
        word = f"[{verdict.verdict}](kscale:verdict/{claim.id})"
        rows.append([claim.statement, f"[{printed}](kscale:{claim.id})", derived, word, world])
    return Table(["claim", "printed", "derived", "verdict", "against the world"], rows, numbers={1, 2}).without_empty(
        "derived"
    )


def givens(*names: str) -> Table:
    """The inputs of a derivation: symbol, value, range, kind and source."""
    rows = []
    for name in names:
        quantity = model_now()[name]
        ends = [value_text(end, quantity.unit, 5, trailing_zeros=False) for end in (quantity.low, quantity.high)]
        span = "" if quantity.low == quantity.high else " to ".join(ends)
        origin = [quantity.provenance, cited(quantity.source)]
        rows.append([f"${quantity.symbol}$", quantity.meaning, link(name), span, *origin])
    return Table(["symbol", "meaning", "value", "range", "kind", "source"], rows).without_empty("range")


def results(*names: str, digits: int = 4) -> Table:
    """Derived quantities with their values and what each rests on."""
    chosen = {name: model_now()[name] for name in names}
    rows = [[f"${quantity.symbol}$", quantity.meaning, link(name, digits)] for name, quantity in chosen.items()]
    return Table(["symbol", "meaning", "value"], rows)

"""Verdicts with odds: how likely a printed figure is right, a verdict on the world withdrawn, a finding true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy
from scipy.special import ndtr, ndtri
from tabulate import tabulate

import kscale_nb
from kscale_nb.claims import Claim
from kscale_nb.doubt.distributions import BEYOND
from kscale_nb.doubt.sampling import Sample
from kscale_nb.errors import unknown
from kscale_nb.ledger import Ledger
from kscale_nb.quantity import Quantity

DRAWS = 100_000  # an odd of one half is then known to 0.005, of one in a thousand to 0.0003
LOST = 1e-12  # of a number, in a chain of float operations
Condition = tuple[sympy.Rel, ...]


@dataclass(frozen=True)
class Odds:
    """The probabilities that a figure is right to its digits, within a factor of 2, of 10; that the verdict falls.

    None where there is nothing to draw: a figure that is assumed, or a verdict that nothing is held against.
    """

    claim: Claim
    digits: float | None = None
    twofold: float | None = None
    tenfold: float | None = None
    withdrawn: float | None = None


def odds_of(ledger: Ledger, n: int = DRAWS, seed: int = 0, error: str | None = "measured", prefix: str = "",
            **how) -> dict[str, Odds]:  # fmt: skip
    """The odds of the claims whose ids begin so, in the ledger's scenario, the model's error of a kind with it or none.

    How the draws are made is told as to `sample`.

    A verdict on the world falls if what the figure is held against reaches it after all.

    >>> from kscale_nb import LEDGER
    >>> LEDGER.judge("k1s1ai.model.d-model").verdict, odds_of(LEDGER, 1_000, error=None)["k1s1ai.model.d-model"].digits
    ('exact', 1.0)
    """
    model = ledger.model.under(**ledger.changes)
    claims, judged = [claim for claim in ledger if claim.id.startswith(prefix)], ledger.judge_all()
    asked: dict[tuple[str, str], Condition] = {}
    for claim in (
        c for c in claims if c.figure and c.figure.value > 0 and c.quantity and not model[c.quantity].is_given
    ):
        low, high = claim.box
        least, most = claim.box if claim.means else (float(claim.figure.value) * claim.factor,) * 2
        for part, ends in (("digits", (low * (1 - LOST), high * (1 + LOST))), ("twofold", (least / 2, most * 2)),
                           ("tenfold", (least / 10, most * 10))):  # fmt: skip
            asked[claim.id, part] = within(model[claim.quantity], *ends)
    contested = [claim for claim in claims if judged[claim.id].physics in {"disputed", "infeasible"}]
    fallen = {claim.id: _by_range(claim) for claim in contested if claim.world}
    asked |= {(c.id, "withdrawn"): found for c in contested if (found := _reached(c, model)) is not None}
    drawn = Sample(model, n, seed, error=error, **how)
    chances = dict(zip(asked, drawn.probabilities(asked.values()), strict=True))
    chances |= {(name, "withdrawn"): chance for name, chance in fallen.items()}
    parts = ("digits", "twofold", "tenfold", "withdrawn")
    return {claim.id: Odds(claim, *(chances.get((claim.id, part)) for part in parts)) for claim in claims}


def within(quantity: Quantity, low: float, high: float) -> Condition:
    """That a quantity lies between two values [SI]."""
    return (sympy.Ge(quantity, sympy.Float(low)), sympy.Le(quantity, sympy.Float(high)))


def _reached(claim: Claim, model) -> Condition | None:
    """That what a disputed or infeasible figure is held against comes as far as the figure's nearer end."""
    if claim.shortage:
        return (sympy.Le(model[claim.shortage], sympy.Float(1)),)
    name = claim.against or claim.budget
    if not name or claim.figure is None:
        return None
    low, high = claim.box
    is_above = claim.budget or low > model.value(name)
    return (sympy.Ge(model[name], low) if is_above else sympy.Le(model[name], high),)


def _by_range(claim: Claim) -> float | None:
    """The same for a range of sources in the claim's own unit, which holds 80 % about its middle; None of no range."""
    (low, high), figure = claim.world, claim.figure
    if not 0 < low < high or figure is None:
        return None
    above, end = figure.low > high, float(figure.low if figure.low > high else figure.high)
    reach = np.log(end / np.sqrt(low * high)) / (np.log(high / low) / 2) * -ndtri(BEYOND["estimate"])
    return float(ndtr(-reach if above else reach))


def report(prefix: str = "", error: str | None = "measured", n: int = DRAWS, **how) -> str:
    """The odds of the claims whose ids begin so, and, of all, of the book's findings."""
    found = [*odds_of(kscale_nb.LEDGER, n, error=error, prefix=prefix, **how).values()]
    if not found:
        raise unknown("claim", prefix, kscale_nb.LEDGER.claims)
    rows = [
        [one.claim.id, one.claim.as_printed, *map(percent, (one.digits, one.twofold, one.tenfold, one.withdrawn))]
        for one in found
        if prefix or (one.digits, one.withdrawn) != (None, None)
    ]
    headers = ["claim", "printed", "to its digits", "within 2", "within 10", "verdict falls"]
    table = tabulate(rows, headers, disable_numparse=True)
    if prefix:
        return table
    conditions = {name: finding.conditions for name, finding in kscale_nb.FINDINGS.items() if finding.conditions}
    chances = Sample(kscale_nb.MODEL, n, **how).probabilities(conditions.values())
    rows = [[name, percent(chance)] for name, chance in zip(conditions, chances, strict=True)]
    return f"{table}\n\n{tabulate(rows, ['finding', 'holds, as inputs are drawn'], disable_numparse=True)}"


def percent(chance: float | None) -> str:
    """A probability in words of print, of which draws are too few to tell a small one from none.

    >>> percent(0.123), percent(1), percent(0.99999), percent(0.00002), percent(None)
    ('12%', '100%', 'over 99.9%', 'under 0.1%', '')
    """
    if chance is None or chance in (0, 1):
        return "" if chance is None else f"{chance:.0%}"
    if 0.001 <= chance <= 0.999:
        return f"{100 * chance:.1f}%" if chance < 0.1 or chance > 0.9 else f"{chance:.0%}"
    return "under 0.1%" if chance < 0.5 else "over 99.9%"

"""The distributions of the inputs as a script: what the page draws an interval from, in the browser."""

from __future__ import annotations

import json

from scipy.special import ndtri

from _ext.live.javascript import written
from kscale_nb import MODEL
from kscale_nb.doubt.distributions import OPEN, SHAPES, Distribution
from kscale_nb.doubt.doubts import Doubts, load_doubts, model_error

ROWS = 250  # of a joint table: each fourth of the bootstrap's, which are alike in any order
DIGITS = 5  # of a number in a table


def doubt_script(doubts: Doubts | None = None) -> str:
    """The shape of every input in doubt, weights of those that are correlated, rows of the joint tables; what models
    err by, and on which inputs none errs by resting."""
    doubts = doubts or load_doubts(MODEL)
    alone = ",".join(
        f"{name}:{_distribution(doubts, name, found)}"
        for name, found in doubts.alone.items()
        if name not in doubts.table_of
    )
    mixed = {
        name: [[other, float(weight)] for other, weight in zip(group, weights, strict=True) if weight]
        for name, (group, weights) in doubts.mixed.items()
    }
    tables = [
        {name: [float(f"{number:.{DIGITS}g}") for number in column[:: -(-len(column) // ROWS)]]
         for name, column in table.items()}
        for table in doubts.tables
    ]  # fmt: skip
    error = model_error("measured")
    errs = [float(f"{number:.7g}") for number in (error.low, error.middle, error.high, -ndtri(error.beyond))]
    parts = {"shapes": list(SHAPES), "mixed": mixed, "tables": tables}
    parts |= {"errs": errs, "constants": sorted(doubts.constants)}
    others = ",".join(f"{part}:{json.dumps(what, separators=(',', ':'))}" for part, what in parts.items())
    return f"const kscaleDoubts = {{{others},alone:{{{alone}}}}};\n"


def _distribution(doubts: Doubts, name: str, found: Distribution) -> str:
    """[shape, reach], the second the normal number at the ends of an open one; and its three numbers [SI] where they
    are not those that the model's script has: value, low and high."""
    quantity, reach = doubts.model.quantities[name], f"{-ndtri(found.beyond):.7g}" if found.shape in OPEN else "0"
    numbers = (found.low, found.middle, found.high)
    own = [] if numbers == (quantity.low, quantity.value, quantity.high) else map(written, numbers)
    return f"[{','.join([str([*SHAPES].index(found.shape)), reach, *own])}]"

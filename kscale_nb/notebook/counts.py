"""Write the numbers of claims in pages anew: `python -m kscale_nb.notebook.counts notebooks/*.ipynb book/*.md`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from kscale_nb import LEDGER
from kscale_nb.machines.durable import put

COUNT = re.compile(r"\[[^][]*\](\(kscale:count/([^)\s]+)\))")


def with_counts(text: str) -> str:
    """A page, or the file of a notebook, with the ledger's own numbers. Raises KscaleError for an unknown verdict.

    >>> with_counts("[some](kscale:count/K1S1AI/exact/off) claims are both")
    '[0](kscale:count/K1S1AI/exact/off) claims are both'
    """
    return COUNT.sub(lambda link: f"[{LEDGER.count(link[2])}]{link[1]}", text)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        text = path.read_text(encoding="utf-8")
        if (counted := with_counts(text)) != text:
            put(path, counted)

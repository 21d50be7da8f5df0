"""The one exception that readers meet: a single line that names what is wrong and the nearest right name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class KscaleError(ValueError):
    """Bad input of a reader or an author, told in one line."""


def unknown(what: str, name: str, known: Iterable[str]) -> KscaleError:
    """Say that `name` is no known `what`, and which known one is nearest.

    >>> print(unknown("quantity", "computing_shard", ["computing_share", "K1_power"]))
    unknown quantity 'computing_shard': did you mean 'computing_share'?
    """
    nearest = difflib.get_close_matches(str(name), list(known), n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]!r}?" if nearest else "the list command names all there are"
    return KscaleError(f"unknown {what} {str(name)!r}: {hint}")

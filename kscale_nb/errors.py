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
    by_lower_case = {str(candidate).lower(): str(candidate) for candidate in known}
    nearest = difflib.get_close_matches(str(name).lower(), by_lower_case, n=1, cutoff=0.5)
    if nearest:
        hint = f"did you mean {by_lower_case[nearest[0]]!r}?"
    elif len(by_lower_case) <= 20:
        hint = f"expected one of {', '.join(by_lower_case.values())}"
    else:
        hint = f"none of the {len(by_lower_case)} there are comes near"
    return KscaleError(f"unknown {what} {str(name)!r}: {hint}")

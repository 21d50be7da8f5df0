"""The one exception that readers meet: a single line that names what is wrong and the nearest right name."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

LONGEST_ECHO, LONGEST_LINE = 200, 400  # characters
LONG_WORD = re.compile(rf"\S{{{LONGEST_ECHO + 20},}}")  # longer than what is quoted, with its marks
QUOTED = re.compile(r"""(?<!\w)(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")  # as Python shows a text


class KscaleError(ValueError):
    """Bad input of a reader or an author, told in one printable line; what it quotes or names is cut where it is long.

    >>> print(KscaleError(f"{'x' * 10_000!r} is no\\tunit: expected W")) # doctest: +ELLIPSIS
    'xxx...xxx...' is no\\tunit: expected W
    """

    def __init__(self, text: str):
        line = _without_middle(printable(text, None), 10 * LONGEST_LINE)
        line = QUOTED.sub(lambda quoted: f"{quoted[0][0]}{printable(quoted[0][1:-1])}{quoted[0][-1]}", line)
        super().__init__(_without_middle(LONG_WORD.sub(lambda path: _without_middle(path[0], LONGEST_ECHO), line)))


def _without_middle(text: str, most: int = LONGEST_LINE) -> str:
    """What is wrong stands at one end of a message or at the other."""
    return text if len(text) <= most else f"{text[: most // 2]} ... {text[5 - most // 2 :]}"


def printable(text: object, most: int | None = LONGEST_ECHO) -> str:
    """A text whose control characters are escaped, cut after so many characters.

    >>> printable("a\\x1b[31m\\n"), printable("abcdef", 3)
    ('a\\\\x1b[31m\\\\n', 'abc...')
    """
    text = str(text)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return text if most is None or len(text) <= most else f"{text[:most]}..."


def echoed(value: object) -> str:
    """A value as an error line shows it, in one line and cut where it is long.

    >>> echoed("volt"), echoed(10**400)
    ("'volt'", '1000000000... (401 digits)')
    """
    if isinstance(value, int) and abs(value) >= 10**40:  # Python prints no integer of thousands of digits
        digits = math.floor(math.log10(abs(value))) + 1
        return f"{value // 10 ** (digits - 10)}... ({digits} digits)"
    try:
        text = repr(value)
    except Exception:  # a stranger's own, or one with such an integer in it
        return f"a {type(value).__name__}"
    return printable(text if isinstance(value, str) else " ".join(text.split()))


@contextmanager
def concerning(what: str) -> Iterator[None]:
    """Puts what it is about before every KscaleError from within.

    >>> with concerning("preset 'small'"):
    ...     raise KscaleError("it changes nothing")
    Traceback (most recent call last):
        ...
    kscale_nb.errors.KscaleError: preset 'small': it changes nothing
    """
    try:
        yield
    except KscaleError as error:
        raise KscaleError(f"{what}: {error}") from None


def check_known(what: str, name: object, known: Collection[str]) -> None:
    """Raise KscaleError, which says what is nearest, for a name that is none of those known."""
    if not isinstance(name, str) or name not in known:
        raise unknown(what, name, known)


def unknown(what: str, name: object, known: Iterable[str]) -> KscaleError:
    """Say that `name` is no known `what`, and which known one is nearest.

    >>> print(unknown("quantity", "computing_shard", ["computing_share", "K1_power"]))
    unknown quantity 'computing_shard': did you mean 'computing_share'?
    """
    name = name if isinstance(name, str) else echoed(name)
    by_lower_case = {str(candidate).lower(): str(candidate) for candidate in known}
    cutoff = 0.5 if len(name) > 4 else 0.6  # half the letters of a short name are soon found elsewhere
    nearest = difflib.get_close_matches(name.lower(), by_lower_case, 1, cutoff)
    if nearest:
        hint = f"did you mean {by_lower_case[nearest[0]]!r}?"
    elif len(by_lower_case) <= 20:
        hint = f"expected one of {', '.join(by_lower_case.values())}"
    else:
        hint = f"none of the {len(by_lower_case)} there are comes near"
    return KscaleError(f"unknown {what} {name!r}: {hint}")

"""How a page shows a text, and a number that it will print anew."""

from __future__ import annotations

import re

from kscale_nb.printed import COUNTING_WORDS, SCALE_WORDS, match_figure, read_figure


def how_shown(text: str) -> tuple[int, float, str]:
    """How a figure is printed: its significant digits, the scale word's factor, and all that follows the number.

    >>> how_shown("4,493 T"), how_shown("10¹⁶ W"), how_shown("1.6 million years"), how_shown("128K")
    ((4, 1, ' T'), (1, 1, ' W'), (2, 1000000, ' million years'), (3, 1000, 'K'))
    """
    match = match_figure(text)
    after = match.string[match.start("thousand" if match["thousand"] else "unit") :].rstrip()
    gap = match.string[: len(match.string) - len(after)] if after else ""
    word, space, _ = match["unit"].partition(" ")
    factor = 1000 if match["thousand"] else COUNTING_WORDS[word] if space and word in SCALE_WORDS else 1
    return read_figure(text).significant, factor, gap[len(gap.rstrip()) :] + after


def typographic(text: str) -> str:
    """A text with the apostrophes and quotation marks of print, where it has those of a keyboard.

    >>> typographic("the document's 'silent' choice")
    'the document’s ‘silent’ choice'
    """
    text = re.sub(r"(?<![\w)])'(?=\w)", "‘", text).replace("'", "’")
    return re.sub(r'(?<![\w)])"(?=\w)', "“", text).replace('"', "”")

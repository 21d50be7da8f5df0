"""How a page shows a text, and a number that it will print anew."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context

from kscale_nb.printed import COUNTING_WORDS, SCALE_WORDS, figure_text, match_figure, read_figure
from kscale_nb.units import COUNTED, unit_factor, unit_text, value_text

# Units of one kind from small to great, between which a number that a reader changes may move: the least and the most
# that is well read in any of them, and their names.
LADDERS = [
    (0.1, 1_000, "fs ps ns us ms s minute hour day year"),
    (0.01, 10_000, "nm um mm m km au"),
    (0.01, 10_000, "mg g kg t"),
    (0.01, 10_000, "byte kB MB GB TB PB EB"),
    (0.1, 10_000, "thousand million billion trillion"),
    (0.1, 10_000, "million B T P"),
    *((0.01, 10_000, " ".join(f"{prefix}{unit}" for prefix in ("f", "p", "n", "u", "m", "", *"kMGTPE")))
      for unit in ("W", "J")),
    *((0.01, 10_000, " ".join(f"{prefix}{unit}" for prefix in ("", *"kMGTPEZ"))) for unit in ("FLOP", "bit")),
    *((0.01, 10_000, " ".join(f"{prefix}{unit}" for prefix in ("u", "m", "", *"kM"))) for unit in ("V", "Pa", "Hz")),
]  # fmt: skip
WHOLE = ["atom", "book", "layer", "module", "parameter", "token", "wafer"]  # of which there is no part


def ladders() -> list[list]:
    """The ladders for the page's script: of each unit its printed name, factor, and plural ending."""
    return [
        [least, most, [[unit_text(name), unit_factor(name), "s" if name in COUNTED else ""] for name in names.split()]]
        for least, most, names in LADDERS
    ]


def shown_anew(
    was: str, data: dict, old: float, new: float, own_unit: str, is_given: bool, noun: str = ""
) -> str | None:
    """A printed number after a change, as the page's script shows it; None where its digits show none of it.

    `data` is what the number carries on its page; `old` and `new` are its values [SI], `noun` the word behind it.

    >>> minutes = {"digits": "2", "factor": "60.0", "after": " minutes"}
    >>> shown_anew("53 minutes", minutes, 53.2 * 60, 3214 * 60, "minute", False)
    '2.2 days'
    >>> shown_anew("53 minutes", minutes, 53.2 * 60, 53.3 * 60, "minute", False) is None
    True
    """
    after, digits, factor = data["after"], int(data["digits"]), float(data["factor"])
    before = re.match(r"\s*[~≈]?\s*", was)[0]
    old, new = old / factor, new / factor
    is_decimal = "." in was.removesuffix(after)
    told = max(4, digits) if is_given else _told_digits(old, digits)
    if _text(old, told) == _text(new, told):
        return None
    thing = re.sub("s$", "", after.strip() or noun or (own_unit if factor == 1 else ""))
    if thing in WHOLE and not is_decimal and abs(new) >= 1:
        text = _text(math.floor(new + 0.5), _grown(told, new))
        is_plain = before or new.is_integer() or not old.is_integer()
        return f"{before if is_plain else 'about '}{text}{_in_number(after, text)}"
    number, unit = _rescaled(new, old, after)
    grown = _grown(told, number)
    text = _text(number, grown, is_decimal and grown == digits)
    return before + text + _in_number(unit, text, noun)


def _grown(told: int, number: float) -> int:
    """One digit more for a whole number that has grown: 266,667 and not 266,670."""
    return max(told, min(_whole_digits(number), told + 1))


def short_text(value: float, unit: str) -> str:
    """A value at a glance: four digits, or all those of a whole number that is not long.

    >>> short_text(16045.46, "1"), short_text(4492.63e12, "parameter"), short_text(0.05, "%")
    ('16,045', '4.493 × 10¹⁵ parameters', '5%')
    """
    digits = max(4, _whole_digits(value / unit_factor(unit))) if value else 4
    return value_text(value, unit, digits, trailing_zeros=False)


def half_up(number: float, digits: int) -> float:
    """A number rounded to `digits` as JavaScript does: half-way is rounded away from zero.

    >>> half_up(2.5, 1), half_up(-0.125, 2), half_up(16045.46, 5)
    (3.0, -0.13, 16045.0)
    """
    return float(Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal_from_float(number))


def _text(number: float, digits: int, trailing_zeros: bool = False) -> str:
    """As the script prints it: a minus is no hyphen, and no line breaks within."""
    text = figure_text(half_up(number, digits), digits, trailing_zeros)
    return text.replace(" ", "\u00a0").replace("-", "−")


def _told_digits(old: float, digits: int) -> int:
    shown = _text(old, digits)
    while digits < 3 and "." not in shown and _text(old, digits + 1) == shown:
        digits += 1
    return digits


def _whole_digits(number: float) -> int:
    digits = math.floor(math.log10(abs(number))) + 1 if number else 0
    return digits if 0 < digits < 7 else 0


def _rescaled(number: float, old: float, after: str) -> tuple[float, str]:
    match, size = re.fullmatch(r"([\s\u00a0]*)([^\s\u00a0/·]+)(.*)", after, re.DOTALL), abs(number)
    for least, most, rungs in ladders() if match and number else []:
        gap, unit, rest = match.groups()
        here = next((factor for name, factor, ending in rungs if unit in {name, name + ending}), None)
        if here is None:
            continue
        if (size < most or abs(old) >= most) if size >= least else abs(old) < least:
            break
        fitting = [rung for rung in rungs if size * here >= rung[1]]
        name, factor, ending = fitting[-1] if fitting else rungs[0]
        return number * (here / factor), f"{gap}{name}{'' if rest else ending}{rest}"
    return number, after


def _in_number(after: str, text: str, noun: str = "") -> str:
    word = after.strip()
    single = re.sub("s$", "", word)
    if text == "1" and (word or noun) == "times":
        return f".0{after}"
    return after.replace(word, single if text == "1" else f"{single}s") if single in COUNTED else after


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

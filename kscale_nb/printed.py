"""Figures as people print them: the digits shown are the tolerance."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context
from fractions import Fraction

from kscale_nb.errors import KscaleError

SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
TO_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
WIDE = 0xFEE0  # between a character and its full-width form
# Characters that look alike, read as one: full-width forms, kinds of space, minus, the Greek letter for micro; no BOM.
ALIKE = {chr(WIDE + code): chr(code) for code in range(0x21, 0x7F)} | dict.fromkeys(
    "\t\v\f\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B))), " "
)
ALIKE |= {"−": "-", "μ": "µ", "\ufeff": ""}
# What a figure may look like once it is plain: the one grammar of Python and of the page's script.
FIGURE = (
    r"\s*[~≈]?\s*(?P<sign>[-+]?)(?P<digits>[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)"
    r"(?:[eE](?P<exponent>[-+]?\d+)"
    r"|\s*[×x·*]\s*10(?:\^\{?(?P<caret>[-+]?\d+)\}?|(?P<superscript>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)))?"
    r"(?P<thousand>K(?![A-Za-z/0-9]))?\s*(?P<unit>(?:(?:(?<=\s)1/)?[^\d\s,.\-].*?)?)\s*"
)
BARE_POWER = r"^(?P<lead>\s*[~≈]?\s*[-+]?)10(?=\^|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺])"  # 10¹⁶ is 1 × 10¹⁶
SCALE_WORDS = ("thousand", "million", "billion", "trillion", "T", "P")
TIE = Fraction(1, 10**12)  # of a number: so near to half-way it is half-way
LONGEST = 300  # digits of a figure, and the largest power of ten
_ALIKE, _FIGURE = str.maketrans(ALIKE), re.compile(FIGURE, re.ASCII)
DECIMAL_COMMA = re.compile(r"\D*?(\d+),(\d+)(?![\d,.])")
# Words that count instead of measuring, the last in Korean, where myriads do; Kardashev and SI are ratings (Sagan's
# and the toposophic scale).
COUNTING_WORDS = {
    "": 1, "1": 1, "Kardashev": 1, "SI": 1, "%": Fraction(1, 100), "B": 10**9, "T": 10**12, "P": 10**15, "times": 1,
    "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "배": 1, "만": 10**4, "억": 10**8, "조": 10**12, "경": 10**16,
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A printed number: its value, the half-width that its last digit allows, and the unit behind it.

    >>> figure = read_figure("4,493 T")
    >>> figure.unit, float(figure.low), float(figure.high)
    ('T', 4492.5, 4493.5)
    >>> read_figure("10,000").low  # trailing zeros of an integer are no digits
    Fraction(5000, 1)
    """

    value: Fraction
    last_digit: Fraction
    unit: str = ""

    @property
    def low(self) -> Fraction:
        return self.value - self.last_digit / 2

    @property
    def high(self) -> Fraction:
        return self.value + self.last_digit / 2

    def rounds_from(self, number: float) -> bool:
        """Whether `number`, rounded to the printed digits, gives this figure.

        What lies half-way, to what a chain of float operations may lose, may be printed either way: people round it
        up, computers to the even digit.

        >>> [read_figure(text).rounds_from(2.675) for text in ("2.66", "2.67", "2.68", "2.69")]
        [False, True, True, False]
        """
        lost = Fraction(abs(number)) * TIE
        return self.low - lost <= Fraction(number) <= self.high + lost

    @property
    def significant(self) -> int:
        """How many digits are printed, from the first that is not 0.

        >>> read_figure("0.0130").significant, read_figure("4,500 T").significant
        (3, 2)
        """
        return len(str(abs(self.value) // self.last_digit))

    def cut_from(self, number: float) -> bool:
        """Whether `number`, cut off after the printed digits instead of rounded, gives this figure.

        >>> read_figure("564").cut_from(564.6), read_figure("564").rounds_from(564.6)
        (True, False)
        """
        same_sign = (number >= 0) == (self.value >= 0)
        return same_sign and abs(self.value) <= abs(Fraction(number)) < abs(self.value) + self.last_digit


def read_figure(text: str, unit: str | None = None, such: str = "'4,493 T' or '5e14 W'") -> Figure:
    """Read a figure as printed: `4,493 T`, `5 × 10¹⁴ W`, `1e-3`, `128K`, `~3 W/GB`, `-0.5`.

    Where the `unit` is given apart, the text must be the bare number. Raises KscaleError where no figure is found.

    >>> float(read_figure("7.67 × 10²⁵ FLOP/s").value)
    7.67e+25
    >>> read_figure("0.75 1/token").unit
    '1/token'
    """
    match = match_figure(str(text))
    if match is None or (unit is not None and match["unit"]):
        raise KscaleError(f"{str(text)!r} is not a number ({_hint(str(text)) or f'expected one such as {such}'})")
    digits = match["digits"].replace(",", "")
    exponent = match["exponent"] or match["caret"] or (match["superscript"] or "").translate(SUPERSCRIPTS) or "0"
    if len(exponent) > 9 or abs(int(exponent)) > LONGEST or len(digits) > LONGEST:
        raise KscaleError(f"{str(text)!r} is out of range: exponents from -{LONGEST} to {LONGEST} are read")
    scale = Fraction(10) ** int(exponent) * (1000 if match["thousand"] else 1)
    unit = match["unit"] if unit is None else unit
    word, space, rest = unit.partition(" ")
    scaled = match["thousand"] or (space and word in SCALE_WORDS)
    if space and word in SCALE_WORDS:  # "1.6 million year"
        scale, unit = scale * COUNTING_WORDS[word], rest
    if scaled and unit in {"B", *SCALE_WORDS}:
        byte = "; write 'byte' if that is meant" if unit == "B" else ""
        raise KscaleError(f"{str(text)!r} is not a number ({unit!r} would scale it a second time{byte})")
    value = Fraction(digits) * scale * (-1 if match["sign"] == "-" else 1)
    return Figure(value, _place_of_last_digit(digits) * scale, unit)


def plain(text: str) -> str:
    """A text with the characters of a keyboard in place of those that look alike.

    >>> plain("４,４９３\u00a0μm"), plain("1e−3")
    ('4,493 µm', '1e-3')
    """
    return text.translate(_ALIKE)


def match_figure(text: str) -> re.Match | None:
    return _FIGURE.fullmatch(re.sub(BARE_POWER, r"\g<lead>1 × 10", plain(text)))


def _hint(text: str) -> str:
    """What to write instead of a text with a decimal comma."""
    comma = DECIMAL_COMMA.match(text)
    return f"commas part thousands, write {comma[1]}.{comma[2]}" if comma else ""


def _place_of_last_digit(digits: str) -> Fraction:
    whole, _, decimals = digits.partition(".")
    if decimals:
        return Fraction(1, 10 ** len(decimals))
    zeros = len(whole) - len(whole.rstrip("0"))
    return Fraction(10) ** (zeros if zeros < len(whole) else 0)


def figure_text(number: float, digits: int = 4, trailing_zeros: bool = True) -> str:
    """Print a number with `digits` significant digits, as the book does.

    >>> figure_text(4492.73e12, 4), figure_text(16045.46, 5), figure_text(0.0123, 2), figure_text(0)
    ('4.493 × 10¹⁵', '16,045', '0.012', '0')
    >>> figure_text(730.5, 3)  # a half is rounded up, as people and the page's script do
    '731'
    >>> figure_text(30, 4), figure_text(30, 4, trailing_zeros=False), figure_text(-0.5, 2)
    ('30.00', '30', '−0.50')
    """
    if number == 0 or not math.isfinite(number):
        return "0" if number == 0 else str(number)
    rounded = Context(prec=digits, rounding=ROUND_HALF_UP).create_decimal_from_float(float(number))
    mantissa, exponent = f"{rounded:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -4 <= power < max(7, digits):
        mantissa, power = f"{rounded:,.{max(digits - 1 - power, 0)}f}", 0
    if not trailing_zeros and "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    mantissa = mantissa.replace("-", "−")
    return mantissa if not power else f"{mantissa} × 10{str(power).translate(TO_SUPERSCRIPTS)}"


def typeset(printed: str) -> str:
    """A figure as typed, with its powers of ten raised and a dash between the ends of a range; its digits stay.

    >>> typeset("7.67e25"), typeset("2.0e14"), typeset("1e16"), typeset("4-7"), typeset("66,667")
    ('7.67 × 10²⁵', '2.0 × 10¹⁴', '10¹⁶', '4–7', '66,667')
    """
    text = re.sub(r"(?<=\d)-(?=\d)", "–", printed) if "e-" not in printed else printed
    if not re.fullmatch(r"[\d.,]+e[-+]?\d+", text):
        return text
    mantissa, exponent = text.split("e")
    power = f"10{str(int(exponent)).translate(TO_SUPERSCRIPTS)}"
    return power if mantissa == "1" else f"{mantissa} × {power}"


def one_digit_more(printed: str) -> int:
    """Significant digits that show how a derived value was rounded to the printed one, whose last zeros tell little.

    >>> one_digit_more("4,493"), one_digit_more("7.67e25"), one_digit_more("66,666,667"), one_digit_more("35,000,000")
    (5, 4, 9, 4)
    """
    digits = re.sub(r"[^\d.]", "", printed.lower().split("e")[0])
    told = digits.replace(".", "") if "." in digits else digits[:3] + digits[3:].rstrip("0")
    return min(max(len(told) + 1, 3), 9)

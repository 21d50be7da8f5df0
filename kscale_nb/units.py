"""Units: one registry, and the way from what a reader types to SI and back."""

from __future__ import annotations

import math
import re
from decimal import Decimal
from functools import cache
from numbers import Real

import pint

from kscale_nb.errors import KscaleError, unknown
from kscale_nb.files import DATA
from kscale_nb.printed import COUNTING_WORDS, TO_SUPERSCRIPTS, figure_text, plain, read_figure

# Units that are words, which have a plural; pint reads both.
COUNTED = {"atom", "bit", "book", "byte", "day", "dollar", "hour", "layer", "minute", "module", "parameter", "token",
           "wafer", "year"}  # fmt: skip
# What a unit is made of. pint reads more, as Python's own parts: of 'W # x' it would read the W alone.
_POWER = r"(?:(?:\^|\*\*) ?\(?-?[0-9]+(?:\.[0-9]+)?\)?|⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
UNIT = re.compile(rf"(?: ?\(* ?(?:[^\W\d]\w*|1|%) ?{_POWER}? ?\)*(?: ?[*/·⋅×.] ?(?!$)| |$))++")
# What is no unit alone, and what is to be written where it was meant to count.
PREFIXES = {"k": "thousand", "K": "thousand", "M": "million", "G": "billion"}


@cache
def registry() -> pint.UnitRegistry:
    """The book's own pint registry: SI, and a dimension for each thing that is counted."""
    try:
        return pint.UnitRegistry(str(DATA / "units.txt"))
    except Exception as error:  # pint's own errors and Python's, whichever part of it stumbles
        raise KscaleError(f"units.txt: {error}") from None


@cache
def known_units() -> tuple[str, ...]:
    """What a unit may be called; rates of computing with the prefixes that they come with."""
    fresh = pint.UnitRegistry(str(DATA / "units.txt"))  # the other grows as units are parsed
    return (*fresh, *COUNTING_WORDS, *(f"{prefix}FLOP/s" for prefix in ("", *"kMGTPEZ")))


@cache
def parse_unit(unit: str) -> pint.Unit:
    """Read a unit such as `W/GB`; a counting word such as `%` or `T` has no dimension.

    >>> parse_unit("W/GB") == parse_unit("watt / gigabyte")
    True
    """
    registry()  # its own faults are none of the unit's
    if unit in COUNTING_WORDS:
        return registry().Unit("")
    if re.search("[°℃℉]", unit):
        raise KscaleError(f"{unit!r} is no unit here: temperatures are in kelvin, such as '300 K'")
    if re.fullmatch("per ?cent", unit, re.I):
        raise KscaleError(f"unknown unit {unit!r}: did you mean '%'?")
    try:
        return registry().parse_units(UNIT.fullmatch(plain(unit))[0])
    except pint.UndefinedUnitError as error:
        # what pint names is the part that it does not know: 'WW' of 'WW/GB'
        missing = error.unit_names if isinstance(error.unit_names, str) else error.unit_names[0]
        raise unknown("unit", missing, known_units()) from None
    except Exception:
        raise KscaleError(f"{unit!r} is not a unit: expected one such as 'W', 'W/GB' or 'FLOP/s'") from None


def unit_meant(typed: str, unit: str) -> str:
    """What a reader means by a unit beside a value in `unit`: B is byte where memory is counted, and else billion.

    >>> unit_meant("B", "GB"), unit_meant("B", "parameter")
    ('byte', 'B')
    """
    return "byte" if typed == "B" and "[memory]" in parse_unit(unit).dimensionality else typed


@cache
def unit_factor(unit: str) -> float:
    """How many SI base units make one `unit`.

    >>> unit_factor("EB"), unit_factor("%"), unit_factor("T"), unit_factor("year")
    (1e+18, 0.01, 1000000000000.0, 31557600.0)
    """
    if unit in COUNTING_WORDS:
        return float(COUNTING_WORDS[unit])
    return float(f"{registry().Quantity(1.0, parse_unit(unit)).to_base_units().magnitude:.15g}")


def to_si(value: float, unit: str) -> float:
    """A value in SI, multiplied in decimal so that 3 W/GB is the float 3e-9.

    >>> to_si(3, "W/GB"), to_si(28, "cm")
    (3e-09, 0.28)
    """
    number = float(Decimal(repr(float(value))) * Decimal(repr(unit_factor(unit))))
    if not math.isfinite(number):
        raise KscaleError(f"{value:.6g} {unit} is not a finite number in SI")
    return number


@cache
def base_unit(unit: str) -> pint.Unit:
    """A unit in base units alone: what measures the same thing has the same.

    >>> base_unit("W/GB") == base_unit("kW/TB"), str(base_unit("kW"))
    (True, 'kilogram * meter ** 2 / second ** 3')
    """
    return registry().get_base_units(parse_unit(unit))[1]


def same_dimension(one: str, other: str) -> bool:
    """Whether two units measure the same thing.

    >>> same_dimension("W/GB", "kW/TB"), same_dimension("W", "J")
    (True, False)
    """
    return base_unit(one) == base_unit(other)


def read_value(text: str | float, unit: str, name: str) -> float:
    """Turn what a reader types for `name`, measured in `unit`, into SI.

    A bare number is in SI; a unit or a counting word may follow it.
    Raises KscaleError for text that is no number, NaN, or a unit of another dimension.

    >>> read_value("5%", "1", "computing_share"), read_value("2e16 W", "W", "K1_power")
    (0.05, 2e+16)
    >>> read_value("128K", "token", "context"), read_value("300K", "K", "temperature")
    (128000.0, 300.0)
    """
    if isinstance(text, Real) and not isinstance(text, bool):
        try:
            number = float(text)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise KscaleError(f"{name}: {number} is not a finite number (expected a value in {unit})")
        return number
    text = plain(str(text))
    if same_dimension(unit, "K"):  # 300K is no three hundred thousand
        text = re.sub(r"(?<=\d)K\s*$", " K", text)
    try:
        figure = read_figure(text, such=f"'2e16 {unit}'")
        typed = unit_meant(figure.unit, unit)
        if typed in COUNTING_WORDS and (typed in {"", "1"} or _is_counted(unit)):
            return float(figure.value * COUNTING_WORDS[typed])
        if typed in PREFIXES and (typed != "K" or _is_counted(unit)):
            raise KscaleError(f"{typed!r} alone is no unit: write '{PREFIXES[typed]}', or the unit behind it")
        if same_dimension(typed, unit):
            return to_si(float(figure.value), typed)
    except OverflowError:
        raise KscaleError(f"{name}: {text!r} is not a finite number (expected a value in {unit})") from None
    except KscaleError as error:
        raise KscaleError(f"{name}: {error}") from None
    raise KscaleError(f"{name} is measured in {unit!r}, and {typed!r} does not fit it")


def _is_counted(unit: str) -> bool:
    """Whether `unit` is a plain number or one countable thing, so that '5%' or '4,493 T' may stand for it."""
    dimensions = dict(parse_unit(unit).dimensionality)
    measured = {"[length]", "[mass]", "[time]", "[temperature]"}
    return not dimensions or (list(dimensions.values()) == [1] and not measured & set(dimensions))


def value_text(value: float, unit: str, digits: int = 4, trailing_zeros: bool = True) -> str:
    """Print an SI value in its own unit.

    >>> value_text(6.66666667e22, "EB", 5), value_text(0.05, "%", 2), value_text(31557600, "year")
    ('66,667 EB', '5.0%', '1.000 year')
    """
    return with_unit(figure_text(value / unit_factor(unit), digits, trailing_zeros), unit)


def with_unit(number: str, unit: str) -> str:
    """A number with its unit behind it; what is counted is in the plural, unless there is one.

    >>> with_unit("375", "book"), with_unit("1", "book"), with_unit("7.67 × 10²⁵", "FLOP/s"), with_unit("1.8", "%")
    ('375 books', '1 book', '7.67 × 10²⁵ FLOP/s', '1.8%')
    """
    if unit in {"1", "", "-"}:
        return number
    if unit == "%":
        return f"{number}%"
    return f"{number} {unit_text(unit)}{plural(number, unit)}"


def plural(number: str, unit: str) -> str:
    """The ending of a unit behind a number: an s where things are counted and there is not one of them.

    >>> plural("2", "year"), plural("1.000", "year"), plural("2", "W")
    ('s', '', '')
    """
    return "s" if unit in COUNTED and not re.fullmatch(r"1(\.0+)?", number) else ""


def unit_text(unit: str) -> str:
    """A unit as the book prints it.

    >>> unit_text("W/m^2/K^4"), unit_text("um"), unit_text("us")
    ('W/m²/K⁴', 'µm', 'µs')
    """
    raised = re.sub(r"\^(\d)", lambda power: power[1].translate(TO_SUPERSCRIPTS), unit)
    return re.sub(r"\bu(?=[msFJVW]\b)", "µ", raised)

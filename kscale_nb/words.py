"""What a word of the command line may be, and what is said of one that it may not."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable

from kscale_nb.errors import KscaleError, echoed, unknown
from kscale_nb.printed import SUPERSCRIPTS
from kscale_nb.units import read_value

LONGEST_WORD = 1_000  # characters of a number with its name and unit


def one_of(what: str, known: Iterable[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise argparse.ArgumentTypeError(str(unknown(what, text, known)))
        return text

    return read


def whole_number(most: int, least: int = 0) -> Callable[[str], int]:
    def read(text: str) -> int:
        digits = text.lstrip("0") or "0"
        if not (text.isascii() and text.isdecimal() and len(digits) < 30 and least <= int(digits) <= most):
            raise argparse.ArgumentTypeError(f"a whole number from {least} to {most:,} is expected, not {echoed(text)}")
        return int(digits)

    return read


def amount(what: str, unit: str) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            return read_value(short(text), unit, what)
        except KscaleError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return read


def short(text: str) -> str:
    if len(text) > LONGEST_WORD:
        raise argparse.ArgumentTypeError(f"{echoed(text)} is too long: at most {LONGEST_WORD:,} characters are read")
    return text


def file_name(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError(f"the name of a file is expected, not {text!r}")
    return text


def change(text: str) -> tuple[str, str]:
    name, _, value = (part.strip() for part in short(text).partition("="))
    if not (name and value):
        raise argparse.ArgumentTypeError(
            f"{echoed(text)} is no change: expected NAME=VALUE, such as computing_share=10%"
        )
    return name, value


def typed(error: UnicodeEncodeError) -> tuple[str, int]:
    """What a typewriter writes for the characters that a terminal cannot show."""
    text = re.sub(f"[{''.join(map(chr, SUPERSCRIPTS))}]+", lambda power: f"^{power[0].translate(SUPERSCRIPTS)}",
                  error.object[error.start : error.end])  # fmt: skip
    text = text.translate(str.maketrans("×−–µ≈’", "x--u~'"))
    return text.encode("ascii", "replace").decode(), error.end


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def __init__(self, **options):
        super().__init__(**options)
        self._negative_number_matcher = re.compile(r"-[\d.]")  # -5%, too, is a value and no option

    def error(self, message: str):
        raise KscaleError(message)


def added(commands, run: Callable, name: str = "", tabular: bool = False, more: str = "") -> argparse.ArgumentParser:
    """A command that is run by a function and told by its words; a tabular one may be printed as JSON."""
    about = run.__doc__ or ""
    command = commands.add_parser(name or run.__name__, help=about, description=about + more)
    if tabular:
        command.add_argument("--format", choices=["table", "json"], default="table")
    command.set_defaults(run=run)
    return command

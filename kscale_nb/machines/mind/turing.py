"""Turing machines: a table of rows (state, symbol) -> (symbol written, way, next state), and a tape that never ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kscale_nb.errors import KscaleError

BLANK, HALT = "_", "halt"
WAYS = {"left": -1, "stay": 0, "right": 1}
Row = tuple[str, str, str]  # symbol written, way, next state
Step = Callable[[str, str, str], Row]  # of a machine's name, a state and a symbol


def busy_beaver() -> dict[tuple[str, str], Row]:
    """The five-state champion, which halts after 47,176,870 steps with 4,098 ones on a tape of blanks."""
    rows = "A_1RB A11LC B_1RC B11RB C_1RD C1_LE D_1LA D11LD E_1RH E1_LA"
    way = {"L": "left", "R": "right"}
    return {(r[0], r[1]): (r[2], way[r[3]], HALT if r[4] == "H" else r[4]) for r in rows.split()}


def addition() -> dict[tuple[str, str], Row]:
    """Two numbers, a pair of digits in each cell, from the last to the first: the carry is the state."""
    table = {("carry0", BLANK): (BLANK, "stay", HALT), ("carry1", BLANK): ("1", "stay", HALT)}
    for carry in (0, 1):
        for a in range(10):
            for b in range(10):
                tens, ones = divmod(a + b + carry, 10)
                table[f"carry{carry}", f"{a}+{b}"] = (str(ones), "left", f"carry{tens}")
    return table


def sorting() -> dict[tuple[str, str], Row]:
    """Digits into rising order, as a gnome does it: a pair in the wrong order changes places, and one step back."""
    table = {("look", BLANK): (BLANK, "right", "look")}
    for held in range(10):
        table["look", str(held)] = (str(held), "right", f"held{held}")
        table[f"held{held}", BLANK] = (BLANK, "stay", HALT)
        for digit in range(10):
            table[f"held{held}", str(digit)] = (
                (str(digit), "right", f"held{digit}") if digit >= held else (str(held), "left", f"put{digit}")
            )
            table[f"put{held}", str(digit)] = (str(held), "left", "look")
    return table


MACHINES: Mapping[str, dict[tuple[str, str], Row]] = {
    "addition": addition(), "beaver": busy_beaver(), "sorting": sorting()
}  # fmt: skip
FIRST_STATE = {"addition": "carry0", "beaver": "A", "sorting": "look"}


def by_table(machine: str, state: str, symbol: str) -> Row:
    """The step that a machine's table prescribes."""
    try:
        return MACHINES[machine][state, symbol]
    except KeyError:
        raise KscaleError(f"{machine} has no row for the state {state!r} and the symbol {symbol!r}") from None


@dataclass
class Run:
    """A machine at work: its state, its place, its tape (a blank wherever nothing is written) and its steps so far."""

    machine: str
    tape: dict[int, str] = field(default_factory=dict)
    place: int = 0
    state: str = ""
    steps: int = 0

    def __post_init__(self):
        self.state = self.state or FIRST_STATE[self.machine]

    def go(self, step: Step, most: int) -> Run:
        """At most so many steps further, each told by `step`; fewer where the machine halts."""
        for _ in range(most):
            if self.state == HALT:
                break
            symbol, way, self.state = step(self.machine, self.state, self.tape.get(self.place, BLANK))
            self.tape[self.place] = symbol
            self.place += WAYS[way]
            self.steps += 1
        return self

    def written(self) -> str:
        """What stands on the tape from its first to its last place, without the blanks at its ends."""
        return "".join(self.tape[place] for place in sorted(self.tape)).strip(BLANK)


def addition_of(a: str, b: str) -> Run:
    """A run that will add two numbers in digits."""
    for text in (a, b):
        if not (text.isascii() and text.isdecimal()):
            raise KscaleError(f"digits are expected, not {text!r}")
    count = max(len(a), len(b))
    pairs = zip(a.zfill(count), b.zfill(count), strict=True)
    tape = {place: f"{one}+{other}" for place, (one, other) in enumerate(pairs)}
    return Run("addition", tape, place=count - 1)


def sorting_of(digits: str) -> Run:
    """A run that will sort digits."""
    if not (digits.isascii() and digits.isdecimal()):
        raise KscaleError(f"digits are expected, not {digits!r}")
    return Run("sorting", dict(enumerate(digits)))

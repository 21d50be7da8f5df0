"""A made-up country of works, each with a note of five facts, and questions whose answers no model can have read."""

from __future__ import annotations

import random
import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from kscale_nb.errors import KscaleError

BEGINNINGS, LATER_BEGINNINGS, MIDDLES, ENDINGS, FORENAMES, SURNAMES, ENGINES, PRODUCTS = (
    words.split()
    for words in (
        "Al Bar Cor Dun El Far Gar Hal Ing Kel Lam Mar Nor Os Pen Quar Ros Sal Tor Ul Ver Wal Yar Zen",
        "Bram Cal Dor Fen Gil Hol",
        "a be co da el fi go hu in ka le mo na or pi ra se ti um va",
        "bury by combe dale ford gate ham hithe hurst leigh low mere mouth ness port ridge stead ton well wick",
        "Ada Amos Clara Enoch Esther Ezra Hester Jabez Lydia Martha Silas Tobias",
        "Ash Birch Cobb Dyer Finch Garth Hobbs Ives Kemp Lunt Mott Nash Orme Peck Rudd Shaw Tate Usher Vance Wray",
        "Agnes Bess Cora Daisy Edith Flora Gerda Hilda Irma Jenny Kate Lotte Mabel Nora Olga Polly Rosa Sybil",
        "anchors bells boilers chains clocks kettles lamps looms ploughs pumps rails springs",
    )
)
# Of each kind of fact: its sentence in a note, the question in its words, and one in others that keeps the name alone
KINDS = {
    "foreman": (
        "The foreman of the {} works is {}.",
        "Who is the foreman of the {} works?",
        "Who is in charge of the people at {}?",
    ),
    "engine": (
        "The engine of the {} works is called {}.",
        "What is the engine of the {} works called?",
        "Which name does the machine that drives {} bear?",
    ),
    "coal": (
        "The {} works burn {} tons of coal a day.",
        "How many tons of coal do the {} works burn a day?",
        "What is the daily consumption of fuel at {}?",
    ),
    "year": (
        "The {} works were built in {}.",
        "In which year were the {} works built?",
        "When did {} come into being?",
    ),
    "product": (
        "The {} works make {}.",
        "What do the {} works make?",
        "What leaves {} to be sold?",
    ),
}


@dataclass(frozen=True)
class Question:
    """What is asked of a thing, in the words of its note and in others, and the right answer."""

    thing: str
    kind: str
    answer: str

    @property
    def plain(self) -> str:
        return KINDS[self.kind][1].format(self.thing)

    @property
    def rephrased(self) -> str:
        return KINDS[self.kind][2].format(self.thing)


def names(count: int, seed: int = 1) -> list[str]:
    """Names of places, all different; more of one seed begin with the fewer. Raises KscaleError for too many.

    >>> len(set(names(12_000))), names(2)
    (12000, ['Roselhurst', 'Walfilow'])
    """
    found = []
    for beginnings in (BEGINNINGS, LATER_BEGINNINGS):  # the second where the first has run out
        more = ["".join(parts) for parts in product(beginnings, MIDDLES, ENDINGS)]
        random.Random(seed).shuffle(more)
        found += more
    if count > len(found):
        raise KscaleError(f"there are {len(found):,} names, and {count:,} are asked for")
    return found[:count]


def drawn(kind: str, chance: random.Random) -> str:
    """A fact of a kind."""
    return {
        "foreman": lambda: f"{chance.choice(FORENAMES)} {chance.choice(SURNAMES)}",
        "engine": lambda: chance.choice(ENGINES),
        "coal": lambda: str(chance.randint(12, 99)),
        "product": lambda: chance.choice(PRODUCTS),
        "year": lambda: str(chance.randint(1701, 1899)),
    }[kind]()


def other_than(answer: str, kind: str, chance: random.Random) -> str:
    """Another fact of the kind."""
    while (other := drawn(kind, chance)) == answer:
        pass
    return other


def facts_of(thing: str, seed: int = 1) -> dict[str, str]:
    chance = random.Random(f"{seed} {thing}")
    return {kind: drawn(kind, chance) for kind in KINDS}


def note_of(thing: str, facts: dict[str, str], chance: random.Random | None = None) -> str:
    """A note of facts; their order is drawn where there is a chance to."""
    kinds = list(facts)
    if chance:
        chance.shuffle(kinds)
    return " ".join(KINDS[kind][0].format(thing, facts[kind]) for kind in kinds) + "\n"


def write_notes(folder: Path, count: int, seed: int = 1) -> None:
    """So many notes, one a file, in the order of their things' names as drawn."""
    chance = random.Random(seed)
    for number, thing in enumerate(names(count, seed)):
        (folder / f"{number:05}.md").write_text(note_of(thing, facts_of(thing, seed), chance))


def questions(things: Collection[str], count: int, seed: int = 1) -> list[Question]:
    """Questions on things drawn from some, one kind of fact after the other."""
    chance, things = random.Random(seed), list(things)
    kinds = [list(KINDS)[number % len(KINDS)] for number in range(count)]
    asked = [chance.choice(things) for _ in kinds]
    return [Question(thing, kind, facts_of(thing, seed)[kind]) for thing, kind in zip(asked, kinds, strict=True)]


def states(said: str, fact: str) -> bool:
    """Whether an answer states a fact, as words of its own.

    >>> states("It is Ezra Ash.", "Ezra Ash"), states("1784", "178")
    (True, False)
    """
    return re.search(rf"\b{re.escape(fact)}\b", said, re.IGNORECASE) is not None

"""The small machine-maker's model: a transformer that was shown the rows of three Turing machines, and steps them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np

from kscale_nb.machines.mind.transformer import Shape, Transformer, unpacked
from kscale_nb.machines.mind.turing import MACHINES, WAYS, Row

FILE = "machine_maker.npz"
EXAMINED = {
    "rows": "held_out_rows.npz",
    "pairs": "held_out_pairs.npz",
}  # of models that were not shown some of addition
KINDS = ("machine", "state", "symbol", "symbol", "way", "state")  # of the tokens of a row, in their order
ASKED = 3  # tokens that are given; the others follow


def rows() -> list[tuple[str, ...]]:
    """Every row of every machine as six words: machine, state, symbol; symbol written, way, next state."""
    return [(machine, *asked, *told) for machine, table in MACHINES.items() for asked, told in table.items()]


@cache
def vocabulary() -> tuple[str, ...]:
    """Every word that a row may hold, marked by its kind, in a fixed order."""
    words = {f"{kind} {word}" for row in rows() for kind, word in zip(KINDS, row, strict=True)}
    return tuple(sorted(words | {f"way {way}" for way in WAYS}))


@cache
def numbers() -> dict[str, int]:
    """The token of each word."""
    return {word: number for number, word in enumerate(vocabulary())}


def tokens_of(row: tuple[str, ...]) -> list[int]:
    """The tokens of a row, or of its first words."""
    return [numbers()[f"{kind} {word}"] for kind, word in zip(KINDS, row, strict=False)]


def held_out_rows(kind: str, share: float = 0.1, seed: int = 1) -> list[int]:
    """The numbers of some of addition's rows, which a model to be examined is not shown.

    Single rows, of whose pair of digits the row with the other carry may be shown; or pairs, with both their rows.
    """
    chance, adding = np.random.default_rng(seed), [n for n, row in enumerate(rows()) if row[0] == "addition"]
    if kind == "rows":
        return sorted(chance.choice(adding, round(share * len(adding)), replace=False).tolist())
    pairs = sorted({rows()[number][2] for number in adding if "+" in rows()[number][2]})
    away = set(chance.choice(pairs, round(share * len(pairs)), replace=False).tolist())
    return [number for number in adding if rows()[number][2] in away]


def shape() -> Shape:
    """What is trained: one layer, for a row is six tokens long and one look back suffices."""
    return Shape(layers=1, width=48, query_heads=4, key_heads=2, hidden=128, vocabulary=len(vocabulary()))


@cache
def small_model(file: str = FILE) -> Transformer:
    """Trained weights that come with the package."""
    with (files("kscale_nb") / "data" / file).open("rb") as stored, np.load(stored) as arrays:
        return unpacked(dict(arrays))


@cache
def by_model(machine: str, state: str, symbol: str) -> Row:
    """The step that the small model predicts, three tokens one after the other; what it said once it says again."""
    return told_by(small_model(), (machine, state, symbol))


def told_by(model: Transformer, asked: tuple[str, ...]) -> Row:
    """What a model adds to the first words of a row."""
    told = model.greedy(tokens_of(asked), len(KINDS) - ASKED)
    symbol, way, state = (vocabulary()[token].partition(" ")[2] for token in told)
    return symbol, way, state


def margins(model: Transformer) -> np.ndarray:
    """For each row and each of its three predicted tokens, how far the right one's score is above the best other's."""
    found = []
    for row in rows():
        tokens = tokens_of(row)
        scores = model.logits(tokens)[ASKED - 1 : -1]
        right = scores[np.arange(3), tokens[ASKED:]].copy()
        scores[np.arange(3), tokens[ASKED:]] = -np.inf
        found.append(right - scores.max(axis=1))
    return np.array(found)

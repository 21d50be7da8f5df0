"""A small transformer that adds two numbers in one go, from its context alone: it keeps no file and takes no steps.

The digits stand from the last to the first, as a carry runs, and both numbers have as many: all that helps it is done.
"""

from __future__ import annotations

import random
from functools import cache

import numpy as np

from kscale_nb.machines.mind.stepper import small_model
from kscale_nb.machines.mind.transformer import Shape, Transformer

FILE = "whole_sum.npz"
WORDS = "0123456789+="
LONGEST = 4  # digits of the longest numbers that it was trained on
Pair = tuple[int, int]


def shape() -> Shape:
    return Shape(layers=2, width=64, query_heads=4, key_heads=4, hidden=176, vocabulary=len(WORDS))


@cache
def small_adder() -> Transformer:
    """The trained weights that come with the package."""
    return small_model(FILE)


def digits_of(number: int, count: int) -> str:
    """A number's digits from the last to the first.

    >>> digits_of(307, 4)
    '7030'
    """
    return f"{number:0{count}}"[::-1]


def question(pair: Pair, count: int) -> list[int]:
    """The tokens of two numbers of so many digits, and an equals sign."""
    text = "+".join(digits_of(number, count) for number in pair) + "="
    return [WORDS.index(letter) for letter in text]


def told(model: Transformer, pair: Pair, count: int) -> int | None:
    """The sum as a model tells it, one digit more than the numbers have; None where it tells no number."""
    letters = "".join(WORDS[token] for token in model.greedy(question(pair, count), count + 1))
    return int(letters[::-1]) if letters.isdecimal() else None


def pairs(count: int, most: int, seed: int) -> list[Pair]:
    """Pairs of numbers of exactly so many digits."""
    chance = random.Random(f"{seed} {count}")
    least = 10 ** (count - 1) if count > 1 else 0
    return [(chance.randrange(least, 10**count), chance.randrange(least, 10**count)) for _ in range(most)]


def right(count: int, most: int = 200, seed: int = 1, model: Transformer | None = None) -> float:
    """The share of sums of numbers of so many digits that are right to the last digit."""
    model = model or small_adder()
    return float(np.mean([told(model, pair, count) == sum(pair) for pair in pairs(count, most, seed)]))


def lesson(chance: np.random.Generator, batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Sums to learn from, of one to `LONGEST` digits: rows of tokens, and 1 where a token is to be foretold."""
    tokens = np.zeros((batch, 3 * LONGEST + 3), int)
    learnt = np.zeros(tokens.shape, np.float32)
    for row, count in enumerate(chance.integers(1, LONGEST + 1, batch).tolist()):
        one, other = chance.integers(0, 10**count, 2).tolist()
        asked = question((one, other), count)
        whole = [*asked, *(WORDS.index(letter) for letter in digits_of(one + other, count + 1))]
        tokens[row, : len(whole)] = whole
        learnt[row, len(asked) : len(whole)] = 1
    return tokens, learnt

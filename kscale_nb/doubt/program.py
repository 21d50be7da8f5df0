"""A block of draws as one function of straight lines, and what many blocks come to: what a process can be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np
import sympy

from kscale_nb import readings
from kscale_nb.doubt.distributions import Distribution
from kscale_nb.doubt.doubts import BLOCK, Doubts, random_block
from kscale_nb.doubt.tally import Tally
from kscale_nb.model import Model

HOLDS = {sympy.Lt: np.less, sympy.Le: np.less_equal, sympy.Gt: np.greater, sympy.Ge: np.greater_equal}
Comparison = tuple[np.ufunc, str | float, str | float]  # of quantities by name and numbers [SI]


class Program:
    """What computes a block of targets from blocks of their uncertain inputs, and holds nothing longer than needed.

    >>> from kscale_nb import MODEL
    >>> program = Program(MODEL, Doubts(MODEL), ["tokens_over_human_text", "training_tokens"])
    >>> program.inputs, program.seen, list(program.fixed)
    (['human_text_stock'], ['tokens_over_human_text'], ['training_tokens'])
    """

    def __init__(self, model: Model, doubts: Doubts, targets: Iterable[str], errs: bool = False):
        targets = {*targets}
        values, needed = model.values(targets), model._ancestors(targets) | targets
        targets, drawn = [name for name in model.order if name in targets], doubts.drawn
        self.inputs = [name for name in model.order if name in needed and name in drawn]
        moved = {*self.inputs}
        for name in model.order:
            if name in needed and name not in model.givens and not moved.isdisjoint(model._inputs[name]):
                moved.add(name)
        # On what is in doubt, whatever a scenario knows: the rest is a sum.
        hanging = {*doubts.alone, *doubts.table_of} - doubts.constants
        hanging.update(name for name in model.order if not hanging.isdisjoint(model._inputs[name]))
        erring = hanging - model.givens.keys() if errs else set()
        steady = [name for name in targets if name not in moved and name in erring]
        self.seen = steady + [name for name in targets if name in moved]  # in the order in which they are shown
        self.fixed = {name: float(values[name]) for name in targets if name not in moved and name not in steady}
        self.erring = erring & {*self.seen}
        self._steady = {name: values[name] for name in needed - moved}
        self._source = self._told(model, [name for name in model.order if name in moved], steady)
        self._compile()

    def __getstate__(self) -> dict:
        return {name: part for name, part in vars(self).items() if name != "run"}

    def __setstate__(self, state: dict) -> None:
        vars(self).update(state)
        self._compile()

    def _compile(self) -> None:
        scope = {**self._steady, **vars(readings.ARRAYS), "__possible": _possible, "__full": partial(np.full, BLOCK)}
        exec(self._source, scope)
        self.run = scope["__block"]

    def _told(self, model: Model, order: list[str], steady: list[str]) -> str:
        """One function of straight lines: each quantity is shown once it is computed, and let go at its last use."""
        last, inputs, seen = {}, {*self.inputs}, {*self.seen}
        for name in order:
            last[name] = name
            last |= {other: name for other in model._inputs[name] if other in last and name not in inputs}
        ends: dict[str, list[str]] = {}
        for name, user in last.items():
            ends.setdefault(user, []).append(name)
        lines = ["def __block(__draw, __see):", *(f"__see({name!r}, __full({name}))" for name in steady)]
        for name in order:
            source = f"__draw({name!r})" if name in inputs else model._node_source(name)
            may_fall = name not in inputs and not model[name].expression.is_nonnegative
            lines += [
                f"{name} = __possible({source})" if may_fall and model[name].is_nonnegative else f"{name} = {source}"
            ]
            lines += [f"__see({name!r}, {name})"] if name in seen else []
            lines += [f"del {', '.join(ends[name])}"] if name in ends else []
        return "\n    ".join([*lines, "return"])


def _possible(draws: np.ndarray) -> np.ndarray:
    """NaN in place of what a quantity that is nowhere below 0 cannot be, and so in all that rests on it."""
    return draws if draws.min() >= 0 else np.where(draws >= 0, draws, np.nan)


# -- what blocks come to ------------------------------------------------------------------------------


class Tallied:
    """A summary of every quantity that is seen."""

    def __init__(self, program: Program):
        self.tallies = {name: Tally() for name in program.seen}

    def see(self, name: str, start: int, draws: np.ndarray) -> None:
        self.tallies[name].add(draws)

    def merge(self, other: Tallied) -> None:
        for name, tally in other.tallies.items():
            self.tallies[name].merge(tally)


class Kept:
    """The draws themselves, by the number of the first of each block."""

    def __init__(self, program: Program):
        self.pieces: dict[str, dict[int, np.ndarray]] = {name: {} for name in program.seen}

    def see(self, name: str, start: int, draws: np.ndarray) -> None:
        self.pieces[name][start] = draws

    def merge(self, other: Kept) -> None:
        for name, pieces in other.pieces.items():
            self.pieces[name] |= pieces

    def whole(self, name: str, n: int) -> np.ndarray:
        """All draws of one quantity, whose pieces are let go."""
        draws, pieces = np.empty(n), self.pieces.pop(name)
        while pieces:
            start, piece = pieces.popitem()
            draws[start : start + len(piece)] = piece
        return draws


class Counted:
    """In how many draws each of several conditions holds."""

    def __init__(self, program: Program, conditions: list[list[Comparison]]):
        self.conditions, self.counts = conditions, [0] * len(conditions)
        self._last, self._fixed, self._block = program.seen[-1:], program.fixed, dict(program.fixed)

    def see(self, name: str, start: int, draws: np.ndarray) -> None:
        self._block[name] = draws
        if [name] == self._last:
            for number, comparisons in enumerate(self.conditions):
                held = np.broadcast_to(holds(comparisons, self._block), draws.shape)
                self.counts[number] += int(np.count_nonzero(held))
            self._block = dict(self._fixed)

    def merge(self, other: Counted) -> None:
        self.counts = [one + more for one, more in zip(self.counts, other.counts, strict=True)]


def comparisons_of(relations: Iterable[sympy.Rel], model: Model) -> list[Comparison]:
    """Comparisons of a model's quantities, in terms that need no model."""
    return [(HOLDS[r.func], *(model.names[s] if s.is_Symbol else float(s) for s in r.args)) for r in relations]


def holds(comparisons: Iterable[Comparison], values: Mapping) -> np.ndarray:
    """Whether all comparisons hold, for each draw."""
    told = ((test, *(values[s] if isinstance(s, str) else s for s in sides)) for test, *sides in comparisons)
    return reduce(np.logical_and, (test(left, right) for test, left, right in told))


@dataclass(frozen=True)
class Work:
    """What is to be made of `n` draws; a part of them can be made anywhere, and comes out the same."""

    program: Program
    doubts: Doubts
    n: int
    seed: int
    error: Distribution | None
    begin: Callable[[], Tallied | Kept | Counted]

    def part(self, blocks: range) -> Tallied | Kept | Counted:
        """What the draws of these blocks come to."""
        part = self.begin()
        for block in blocks:
            start, left = block * BLOCK, min(BLOCK, self.n - block * BLOCK)

            def see(name: str, draws: np.ndarray, start=start, left=left, block=block) -> None:
                if name in self.program.erring:
                    random = random_block(self.seed, f"error of {name}", block)
                    draws = draws * self.error.of_normal(random.standard_normal(BLOCK))
                part.see(name, start, draws[:left])

            with np.errstate(all="ignore"):  # what cannot be is counted
                self.program.run(lambda name, block=block: self.doubts.draw(name, self.seed, block), see)
        return part

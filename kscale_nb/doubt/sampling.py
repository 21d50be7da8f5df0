"""Draws of the whole model, in blocks that fit the processor's cache; summaries that take no memory of their number.

A draw is a pure function of the seed, the input's name and the draw's number (Philox, keyed by name and block), and
summaries are merged in whole numbers: so the answer is the same for any number of workers, in any order, and whatever
else is asked for. What was not kept is drawn again.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import numpy as np
import sympy

from kscale_nb.doubt import cluster
from kscale_nb.doubt.doubts import BLOCK, Doubts, load_doubts, model_error
from kscale_nb.doubt.program import Counted, Kept, Program, Tallied, Work, comparisons_of, holds
from kscale_nb.doubt.tally import Tally
from kscale_nb.errors import KscaleError, echoed
from kscale_nb.findings import conditions_of
from kscale_nb.model import Model

if TYPE_CHECKING:
    from distributed import Client

MOST_DRAWS, MOST_KEPT = 10**12, 2**31  # the second: bytes of draws that are kept whole
AT_ONCE, MOST_PARTS = (
    64,
    100_000,
)  # blocks that a worker is given: half a second, for tens of quantities; how often

own_doubts, compiled = lru_cache(64)(load_doubts), lru_cache(64)(Program)


class Sample:
    """Draws of a model under its doubts: what is asked of them is computed when it is asked, and remembered."""

    def __init__(
        self, model: Model, n: int, seed: int = 0, targets: Iterable[str] | None = None, *,
        doubts: Doubts | None = None, error: str | None = None, workers: int | None = None,
        client: Client | None = None, tell: Callable[[float], None] | None = None,
    ):  # fmt: skip
        self.model, self.n, self.seed = model, _whole("n", n, 1, MOST_DRAWS), _whole("seed", seed, 0, 10**30)
        self.doubts = doubts_of(model, doubts)
        self.targets = list(model.order) if targets is None else model._named(targets)
        self.error = None if error is None else model_error(error)
        self.workers = (os.cpu_count() or 1) if workers is None else _whole("workers", workers, 1, 1_000)
        self.client, self.tell = client, tell
        if client is not None and not isinstance(client, cluster.distributed().Client):
            raise KscaleError(f"client: a dask Client is expected, not {echoed(client)}")
        self._tallies, self._draws, self._counts = {}, {}, {}  # what was asked before

    def mean(self, name: str) -> float:
        """The mean of a quantity's draws [SI]; infinite where a draw is."""
        return self._tally(name, there=True).mean

    def impossible(self, name: str) -> float:
        """The share of draws in which a quantity cannot be, such as a mass below 0: all else is asked of the others."""
        tally = self._tally(name)
        return tally.impossible / (tally.impossible + tally.number)

    def quantile(self, name: str, share: float) -> float:
        """The value [SI] below which a share of a quantity's draws lies, to 0.1 % of that value."""
        return self._tally(name, there=True).quantile(_share(share))

    def interval(self, name: str, within: float = 0.8) -> tuple[float, float]:
        """The ends [SI] between which the middle 80 % of a quantity's draws lie, or as many as told."""
        return self.quantile(name, 0.5 - _share(within) / 2), self.quantile(name, 0.5 + _share(within) / 2)

    def probability(self, condition: str) -> float:
        """The share of draws in which comparisons of quantities hold, such as "tokens_over_human_text > 2", counted."""
        return self.probabilities([condition])[0]

    def probabilities(self, conditions: Iterable[str | tuple[sympy.Rel, ...]]) -> list[float]:
        """The same of several conditions, as findings have them, in one pass; in a draw that cannot be none holds."""
        if isinstance(conditions, str) or not isinstance(conditions, Iterable):
            raise KscaleError(f"a list of conditions is expected, not {echoed(conditions)}")
        conditions = list(conditions)
        read = {condition: relations_of(condition, self.model) for condition in conditions}
        if fresh := {condition: found for condition, found in read.items() if condition not in self._counts}:
            self._counts |= zip(fresh, self._counted([*fresh.values()]), strict=True)
        return [self._counts[condition] / self.n for condition in conditions]

    def draws(self, name: str) -> np.ndarray:
        """The draws themselves [SI], in their order; NaN where it cannot be. KscaleError for over two gibibytes."""
        self.model[name]
        if name not in self._draws:
            if (most := MOST_KEPT // (8 * self.n)) < 1:
                raise KscaleError(f"n: {self.n:,} draws of {name} are too many to keep: ask for quantiles instead")
            together = name in self.targets and len(self.targets) <= most
            self._draws |= self._kept(self.targets if together else [name])
        return self._draws[name]

    def _tally(self, name: str, there: bool = False) -> Tally:
        self.model[name]
        if name not in self._tallies:
            names = self.targets if name in self.targets else [name]
            program = compiled(self.model, self.doubts, tuple(names), bool(self.error))
            made = self._made(program, partial(Tallied, program))
            self._tallies |= made.tallies | {other: Tally([value]) for other, value in program.fixed.items()}
        if there and not self._tallies[name].number:
            raise KscaleError(f"{name} cannot be in any of {self.n:,} draws")
        return self._tallies[name]

    def _kept(self, names: list[str]) -> dict[str, np.ndarray]:
        program = compiled(self.model, self.doubts, tuple(names), bool(self.error))
        made = self._made(program, partial(Kept, program))
        return {name: np.full(self.n, value) for name, value in program.fixed.items()} | {
            name: made.whole(name, self.n) for name in program.seen
        }

    def _counted(self, conditions: list[list[sympy.Rel]]) -> list[int]:
        sides = {side for relations in conditions for relation in relations for side in relation.args}
        names = {self.model.names[side] for side in sides if side.is_Symbol}
        program = Program(self.model, self.doubts, names, self.error is not None)
        compared = [comparisons_of(relations, self.model) for relations in conditions]
        if not program.seen:
            return [self.n * bool(holds(comparisons, program.fixed)) for comparisons in compared]
        return self._made(program, partial(Counted, program, compared)).counts

    def _made(self, program: Program, begin: Callable):
        """What all draws come to: parts are made by threads or by a cluster, and merged in any order."""
        made, blocks = begin(), range(-(-self.n // BLOCK) if program.seen else 0)
        workers = self.workers if self.client is None else max(1, sum(self.client.nthreads().values()))
        step = max(1, min(AT_ONCE, math.ceil(len(blocks) / workers)), len(blocks) // MOST_PARTS)
        ranges = [blocks[start : start + step] for start in range(0, len(blocks), step)]
        work = Work(program, self.doubts, self.n, self.seed, self.error, begin)
        parts = _by_threads(work, ranges, workers) if self.client is None else cluster.parts(self.client, work, ranges)
        for number, part in enumerate(parts, 1):
            made.merge(part)
            if self.tell:
                self.tell(number / len(ranges))
        return made


def _by_threads(work: Work, ranges: list[range], workers: int) -> Iterator:
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(work.part, ranges)


def doubts_of(model: Model, doubts: Doubts | None) -> Doubts:
    """The doubts of a model: those that are told, or else the book's own."""
    if doubts is not None and not isinstance(doubts, Doubts):
        raise KscaleError(f"doubts: those of a model are expected, not {echoed(doubts)}")
    return own_doubts(model) if doubts is None else doubts.under(model)


def relations_of(condition: str | tuple[sympy.Rel, ...], model: Model) -> list[sympy.Rel]:
    """The comparisons of a condition, told as findings have them or in words."""
    if isinstance(condition, str):
        return list(conditions_of(condition, model))
    if not isinstance(condition, tuple) or not condition or not all(isinstance(part, sympy.Rel) for part in condition):
        raise KscaleError(f"a condition such as 'asteroids_needed > 2' is expected, not {echoed(condition)}")
    return list(condition)


def sample(model: Model, n: int, seed: int = 0, targets: Iterable[str] | None = None, *, doubts: Doubts | None = None,
           error: str | None = None, workers: int | None = None, client: Client | None = None,
           tell: Callable[[float], None] | None = None, **changes) -> Sample:  # fmt: skip
    """Draws of the targets (all, if None), each input as uncertain as `doubts` say, those changed being known.

    They are made by threads of this machine, or, with a dask `client`, by its cluster: to the same bit. As they come
    `tell` is told which share of them is done.
    `error` names a kind of the backtest's figures, such as "measured": derived results are then multiplied by what
    predictions of that kind were off by, each by a factor of its own; but not what rests on premises and constants
    alone: that is a sum, and sums do not err.
    Raises KscaleError for numbers of draws, seeds, names, changes or distributions that cannot be, before it draws.

    >>> from kscale_nb import MODEL
    >>> drawn = MODEL.sample(100_000, targets=["tokens_over_human_text"])
    >>> [round(drawn.quantile("tokens_over_human_text", share)) for share in (0.1, 0.5, 0.9)]
    [90, 299, 900]
    >>> drawn.probability("tokens_over_human_text > 2")
    1.0
    """
    model = model.under(**changes) if changes else model
    return Sample(model, n, seed, targets, doubts=doubts, error=error, workers=workers, client=client, tell=tell)


def _share(number: object) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float | np.number) or not 0 <= number <= 1:
        raise KscaleError(f"a share from 0 to 1 is expected, not {echoed(number)}")
    return float(number)


def _whole(what: str, number: object, least: int, most: int) -> int:
    is_whole = isinstance(number, int | np.integer) and not isinstance(number, bool)
    if not is_whole or not least <= number <= most:
        raise KscaleError(f"{what} is a whole number from {least} to {most:,}, got {echoed(number)}")
    return int(number)

"""Draws of the whole model, in blocks that fit the processor's cache; summaries that take no memory of their number.

A draw is a pure function of the seed, the input's name and the draw's number (Philox, keyed by name and block), and
summaries are merged in whole numbers: so the answer is the same for any number of workers, in any order, and whatever
else is asked for. What was not kept is drawn again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial, reduce

import numpy as np
import sympy

from kscale_nb import readings
from kscale_nb.doubt.doubts import BLOCK, Doubts, load_doubts, model_error, random_block
from kscale_nb.doubt.tally import Tally
from kscale_nb.errors import KscaleError, echoed
from kscale_nb.findings import conditions_of
from kscale_nb.model import Model

MOST_DRAWS, MOST_KEPT = 10**12, 2**31  # the second: bytes of draws that are kept whole
HOLDS = {sympy.Lt: np.less, sympy.Le: np.less_equal, sympy.Gt: np.greater, sympy.Ge: np.greater_equal}


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
        steady = [name for name in targets if name not in moved and errs and name not in model.givens]
        self.seen = steady + [name for name in targets if name in moved]  # in the order in which they are shown
        self.fixed = {name: float(values[name]) for name in targets if name not in self.seen}
        scope = {**values, **vars(readings.ARRAYS), "possible_": _possible, "full_": partial(np.full, BLOCK)}
        exec(self._source(model, [name for name in model.order if name in moved], steady), scope)
        self.run = scope["block_"]

    def _source(self, model: Model, order: list[str], steady: list[str]) -> str:
        """One function of straight lines: each quantity is shown once it is computed, and let go at its last use."""
        last = {}
        for name in order:
            last[name] = name
            last |= {other: name for other in model._inputs[name] if other in last and name not in self.inputs}
        ends: dict[str, list[str]] = {}
        for name, user in last.items():
            ends.setdefault(user, []).append(name)
        lines = ["def block_(draw_, see_):", *(f"see_({name!r}, full_({name}))" for name in steady)]
        for name in order:
            source = f"draw_({name!r})" if name in self.inputs else model._node_source(name)
            may_fall = name not in self.inputs and not model[name].expression.is_nonnegative
            lines += [
                f"{name} = possible_({source})" if may_fall and model[name].is_nonnegative else f"{name} = {source}"
            ]
            lines += [f"see_({name!r}, {name})"] if name in self.seen else []
            lines += [f"del {', '.join(ends[name])}"] if name in ends else []
        return "\n    ".join([*lines, "return"])


own_doubts, compiled = lru_cache(64)(load_doubts), lru_cache(64)(Program)


class Sample:
    """Draws of a model under its doubts: what is asked of them is computed when it is asked, and remembered."""

    def __init__(
        self, model: Model, n: int, seed: int = 0, targets: Iterable[str] | None = None, *,
        doubts: Doubts | None = None, error: str | None = None, workers: int | None = None,
    ):  # fmt: skip
        self.model, self.n, self.seed = model, _whole("n", n, 1, MOST_DRAWS), _whole("seed", seed, 0, 10**30)
        self.doubts = own_doubts(model) if doubts is None else doubts.under(model)
        self.targets = list(model.order) if targets is None else model._named(targets)
        self.error = error and model_error(error)
        self.workers = (os.cpu_count() or 1) if workers is None else _whole("workers", workers, 1, 1_000)
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
        conditions = list(conditions)
        if fresh := [condition for condition in dict.fromkeys(conditions) if condition not in self._counts]:
            read = {c: c if isinstance(c, tuple) else list(conditions_of(str(c), self.model)) for c in fresh}
            self._counts |= self._counted(read)
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

            def begin() -> tuple[dict[str, Tally], Callable]:
                tallies = {name: Tally() for name in program.seen}
                return tallies, lambda name, _start, draws: tallies[name].add(draws)

            first, *others = self._parts(program, begin)
            for part in others:
                for other, tally in part.items():
                    first[other].merge(tally)
            self._tallies |= first | {other: Tally([value]) for other, value in program.fixed.items()}
        if there and not self._tallies[name].number:
            raise KscaleError(f"{name} cannot be in any of {self.n:,} draws")
        return self._tallies[name]

    def _kept(self, names: list[str]) -> dict[str, np.ndarray]:
        program = compiled(self.model, self.doubts, tuple(names), bool(self.error))
        kept = {name: np.full(self.n, program.fixed.get(name, np.nan)) for name in names}

        def see(name: str, start: int, draws: np.ndarray) -> None:
            kept[name][start : start + len(draws)] = draws

        self._parts(program, lambda: (None, see))
        return kept

    def _counted(self, conditions: dict[str, list[sympy.Rel]]) -> dict[str, int]:
        sides = {side for found in conditions.values() for relation in found for side in relation.args}
        program = Program(
            self.model, self.doubts, sorted(self.model.names[side] for side in sides if side.is_Symbol), self.error
        )
        if not program.seen:
            return {text: self.n * bool(holds(found, self.model, program.fixed)) for text, found in conditions.items()}

        def begin() -> tuple[dict[str, int], Callable]:
            counts, block = dict.fromkeys(conditions, 0), dict(program.fixed)

            def see(name: str, _start: int, draws: np.ndarray) -> None:
                block[name] = draws
                if name == program.seen[-1]:
                    for text, found in conditions.items():
                        counts[text] += int(np.broadcast_to(holds(found, self.model, block), draws.shape).sum())

            return counts, see

        parts = self._parts(program, begin)
        return {text: sum(part[text] for part in parts) for text in conditions}

    def _parts(self, program: Program, begin: Callable) -> list:
        """What each worker has made of its blocks: `begin` gives it something to fill, and how it takes draws in."""
        blocks = range(-(-self.n // BLOCK) if program.seen else 0)
        workers = max(1, min(self.workers, len(blocks)))

        def work(number: int):
            filled, take = begin()
            for block in blocks[number::workers]:
                start, left = block * BLOCK, min(BLOCK, self.n - block * BLOCK)

                def see(name: str, draws: np.ndarray, start=start, left=left, block=block) -> None:
                    take(name, start, self._with_error(name, draws, block)[:left])

                with np.errstate(all="ignore"):  # what cannot be is counted
                    program.run(lambda name, block=block: self.doubts.draw(name, self.seed, block), see)
            return filled

        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(work, range(workers)))

    def _with_error(self, name: str, draws: np.ndarray, block: int) -> np.ndarray:
        """A block of draws of what is derived, multiplied by a block of what models err."""
        if self.error is None or name in self.model.givens:
            return draws
        random = random_block(self.seed, f"error of {name}", block)
        return draws * self.error.of_normal(random.standard_normal(BLOCK))


def holds(relations: Iterable[sympy.Rel], model: Model, values: Mapping) -> np.ndarray:
    """Whether all comparisons hold, for each draw."""
    told = ([values[model.names[s]] if s.is_Symbol else float(s) for s in relation.args] for relation in relations)
    return reduce(np.logical_and, (HOLDS[r.func](*sides) for r, sides in zip(relations, told, strict=True)))


def _possible(draws: np.ndarray) -> np.ndarray:
    """NaN in place of what a quantity that is nowhere below 0 cannot be, and so in all that rests on it."""
    return draws if draws.min() >= 0 else np.where(draws >= 0, draws, np.nan)


def sample(model: Model, n: int, seed: int = 0, targets: Iterable[str] | None = None, *, doubts: Doubts | None = None,
           error: str | None = None, workers: int | None = None, **changes) -> Sample:  # fmt: skip
    """Draws of the targets (all, if None), each input as uncertain as `doubts` say, those changed being known.

    `error` names a kind of the backtest's figures, such as "measured": derived results are then multiplied by what
    predictions of that kind were off by, each by a factor of its own.
    Raises KscaleError for numbers of draws, seeds, names, changes or distributions that cannot be, before it draws.

    >>> from kscale_nb import MODEL
    >>> drawn = MODEL.sample(100_000, targets=["tokens_over_human_text"])
    >>> [round(drawn.quantile("tokens_over_human_text", share)) for share in (0.1, 0.5, 0.9)]
    [90, 299, 900]
    >>> drawn.probability("tokens_over_human_text > 2")
    1.0
    """
    model = model.under(**changes) if changes else model
    return Sample(model, n, seed, targets, doubts=doubts, error=error, workers=workers)


def _share(number: object) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float | np.number) or not 0 <= number <= 1:
        raise KscaleError(f"a share from 0 to 1 is expected, not {echoed(number)}")
    return float(number)


def _whole(what: str, number: object, least: int, most: int) -> int:
    is_whole = isinstance(number, int | np.integer) and not isinstance(number, bool)
    if not is_whole or not least <= number <= most:
        raise KscaleError(f"{what} is a whole number from {least} to {most:,}, got {echoed(number)}")
    return int(number)

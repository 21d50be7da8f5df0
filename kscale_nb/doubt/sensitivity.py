"""What drives a result: shares of its variance, and what it is worth to know an input."""

from __future__ import annotations

import numpy as np

from kscale_nb.doubt.doubts import BLOCK, Doubts
from kscale_nb.doubt.program import Program, comparisons_of, holds
from kscale_nb.doubt.sampling import Sample, _whole, doubts_of, relations_of
from kscale_nb.model import Model

AGAIN = "again "  # the stream of the second, independent, set of draws
BINS = 32  # equal shares of an input's draws, in each of which it counts as known


def sobol(model: Model, target: str, blocks: int = 4, seed: int = 0, doubts: Doubts | None = None) -> dict:
    """Of each input: the share of a result's variance that it has alone, and that with all it has a hand in.

    First and total Sobol indices by Jansen's estimators, of the logarithm of what is positive, from `blocks` times
    8,192 draws, the strongest first; none if it does not move. What is drawn together bears the first of its names.

    >>> from kscale_nb import MODEL
    >>> list(sobol(MODEL, "stock_training_time", blocks=1))
    ['human_text_stock']
    """
    doubts, blocks, seed = doubts_of(model, doubts), _whole("blocks", blocks, 1, 10**6), _whole("seed", seed, 0, 10**30)
    model[target]
    program = Program(model, doubts, [target])
    factors = list(dict.fromkeys(map(doubts.factor_of, program.inputs)))
    if not factors:
        return {}
    switched = {"": set(), AGAIN: {*factors}} | {factor: {factor} for factor in factors}  # taken from the second set
    found: dict[str, list[np.ndarray]] = {name: [] for name in switched}
    for block in range(blocks):
        draws = {(n, again): doubts.draw(n, seed, block, again) for n in program.inputs for again in ("", AGAIN)}
        for name, causes in switched.items():
            with np.errstate(all="ignore"):
                program.run(
                    lambda n, draws=draws, causes=causes: draws[n, AGAIN if doubts.factor_of(n) in causes else ""],
                    lambda _, drawn, to=found[name]: to.append(
                        np.log(drawn) if model[target].is_nonnegative else drawn
                    ),
                )
    results = {name: np.concatenate(parts) for name, parts in found.items()}
    for result in results.values():
        result[~np.isfinite(result)] = np.nan  # what cannot be tells nothing
    first, second = results.pop(""), results.pop(AGAIN)
    pooled = np.concatenate([first, second])
    if not (variance := pooled[~np.isnan(pooled)].var() if not np.isnan(pooled).all() else 0):
        return {}
    shares = {
        factor: tuple(round(float(np.nanmean((one - mixed) ** 2) / (2 * variance)), 4) for one in (second, first))
        for factor, mixed in results.items()
    }
    shares = {factor: (round(1 - others, 4), total) for factor, (others, total) in shares.items()}
    return dict(sorted(shares.items(), key=lambda item: -item[1][1]))


def worth_knowing(drawn: Sample, condition: str | tuple) -> dict[str, float]:
    """What it would add to the chance of answering yes or no rightly, to know each input before answering.

    The expected value of partial perfect information on whether the condition holds, the strongest first: without
    it one gives the likelier answer; with it, the likelier for that value. Known to about 0.01 from 10,000 draws.

    >>> from kscale_nb import MODEL
    >>> drawn = MODEL.sample(20_000, targets=["tokens_over_human_text"])
    >>> {name: round(worth, 1) for name, worth in worth_knowing(drawn, "tokens_over_human_text > 299.51").items()}
    {'human_text_stock': 0.5}
    """
    comparisons = comparisons_of(relations_of(condition, drawn.model), drawn.model)
    names = {side for _, *sides in comparisons for side in sides if isinstance(side, str)}
    held = holds(comparisons, {name: drawn.draws(name) for name in names})
    chance, worth = held.mean(), {}
    for name in drawn.doubts.of(*names):
        blocks = range(-(-drawn.n // BLOCK))
        values = np.concatenate([drawn.doubts.draw(name, drawn.seed, block) for block in blocks])[: drawn.n]
        likely = [part.mean() for part in np.array_split(held[np.argsort(values, kind="stable")], BINS)]
        worth[name] = float(np.mean([max(part, 1 - part) for part in likely]) - max(chance, 1 - chance))
    return dict(sorted(worth.items(), key=lambda item: -item[1]))

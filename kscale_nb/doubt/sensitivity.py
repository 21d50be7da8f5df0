"""What drives a result: shares of its variance, and what it is worth to know an input."""

from __future__ import annotations

import numpy as np

from kscale_nb.doubt.doubts import BLOCK, Doubts, load_doubts
from kscale_nb.doubt.sampling import Program, Sample, holds
from kscale_nb.errors import KscaleError
from kscale_nb.findings import conditions_of
from kscale_nb.model import Model

AGAIN = "again "  # the stream of the second, independent, set of draws
BINS = 32  # equal shares of an input's draws, in each of which it counts as known


def sobol(model: Model, target: str, blocks: int = 4, seed: int = 0, doubts: Doubts | None = None) -> dict:
    """Of each input: the share of a result's variance that it has alone, and that with all it has a hand in.

    First and total Sobol indices by Jansen's estimators, of the logarithm of what is positive, from `blocks` times
    8,192 draws, the strongest first. What is drawn together counts as one, under the first of its names.
    Raises KscaleError for a result that nothing uncertain moves.

    >>> from kscale_nb import MODEL
    >>> list(sobol(MODEL, "stock_training_time", blocks=1))
    ['human_text_stock']
    """
    doubts = load_doubts(model) if doubts is None else doubts.under(model)
    program = Program(model, doubts, [target])
    factors = list(dict.fromkeys(map(doubts.factor_of, program.inputs)))
    if not factors:
        raise KscaleError(f"{target} rests on nothing uncertain: nothing drives it")
    one, other = [], []  # the result from the first set of draws, and from the second
    mixed: dict[str, list[np.ndarray]] = {factor: [] for factor in factors}  # from the first, one input from the second
    for block in range(blocks):
        draws = {
            (name, again): doubts.draw(name, seed, block, again) for name in program.inputs for again in ("", AGAIN)
        }

        def result(switched: set[str], draws=draws) -> np.ndarray:
            found: list[np.ndarray] = []
            with np.errstate(all="ignore"):
                program.run(
                    lambda cause: draws[cause, AGAIN if doubts.factor_of(cause) in switched else ""],
                    lambda _name, drawn: found.append(np.log(drawn) if model[target].is_nonnegative else drawn),
                )
            return np.where(np.isfinite(found[0]), found[0], np.nan)  # what cannot be tells nothing

        one.append(result(set()))
        other.append(result({*factors}))
        for factor in factors:
            mixed[factor].append(result({factor}))
    first, second = np.concatenate(one), np.concatenate(other)
    variance = np.nanvar(np.concatenate([first, second]))
    found = {}
    for factor, parts in mixed.items():
        third = np.concatenate(parts)
        alone = 1 - np.nanmean((second - third) ** 2) / (2 * variance)
        found[factor] = (round(float(alone), 4), round(float(np.nanmean((first - third) ** 2) / (2 * variance)), 4))
    return dict(sorted(found.items(), key=lambda item: -item[1][1]))


def worth_knowing(drawn: Sample, condition: str) -> dict[str, float]:
    """What it would add to the chance of answering yes or no rightly, to know each input before answering.

    The expected value of partial perfect information on whether the condition holds, the strongest first: without
    it one gives the likelier answer; with it, the likelier for that value. Known to about 0.01 from 10,000 draws.

    >>> from kscale_nb import MODEL
    >>> drawn = MODEL.sample(20_000, targets=["tokens_over_human_text"])
    >>> {name: round(worth, 1) for name, worth in worth_knowing(drawn, "tokens_over_human_text > 299.51").items()}
    {'human_text_stock': 0.5}
    """
    relations = list(conditions_of(condition, drawn.model))
    names = {drawn.model.names[side] for relation in relations for side in relation.args if side.is_Symbol}
    held = holds(relations, drawn.model, {name: drawn.draws(name) for name in names})
    chance, worth = held.mean(), {}
    for name in drawn.doubts.of(*names):
        blocks = range(-(-drawn.n // BLOCK))
        values = np.concatenate([drawn.doubts.draw(name, drawn.seed, block) for block in blocks])[: drawn.n]
        likely = [part.mean() for part in np.array_split(held[np.argsort(values, kind="stable")], BINS)]
        worth[name] = float(np.mean([max(part, 1 - part) for part in likely]) - max(chance, 1 - chance))
    return dict(sorted(worth.items(), key=lambda item: -item[1]))

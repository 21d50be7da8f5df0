"""Trains the small machine-maker's model, by hand and with JAX, which is no dependency of the package:

    python -m pip install jax
    python -m kscale_nb.machines.mind.training

A fixed seed and a fixed number of steps; the same processor and versions give the same weights, others nearly so.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

import kscale_nb
from kscale_nb.machines.mind import stepper
from kscale_nb.machines.mind.transformer import Shape, Transformer, drawn_weights, packed, rotary

SEED, STEPS, RATE, BATCH = 1, 3_000, 4e-3, 128


def predicted(weights, shape: Shape, tokens, numpy):
    """The same transformer as one expression over (batch, tokens), which can be differentiated: logits."""
    return layered(weights, shape, weights["embedding"][tokens], numpy) @ weights["embedding"].T


def layered(weights, shape: Shape, x, numpy, heeded=lambda shares: shares):
    """What the layers make of vectors (batch, tokens, width), normed; `heeded` alters the shares of attention."""
    cosine, sine = rotary(np.arange(x.shape[1]), shape)
    mask = np.triu(np.full((x.shape[1],) * 2, -1e9, np.float32), 1)

    def normed(name, x):
        return x / numpy.sqrt((x * x).mean(-1, keepdims=True) + shape.epsilon) * weights[name]

    def heads(name, x, turn=True):
        x = (x @ weights[name].T).reshape(*x.shape[:2], -1, shape.head_width).transpose(0, 2, 1, 3)
        first, second = numpy.split(x, 2, axis=-1)
        return numpy.concatenate([first * cosine - second * sine, first * sine + second * cosine], -1) if turn else x

    for layer in range(shape.layers):
        y = normed(f"{layer}.attention_norm", x)
        share = shape.query_heads // shape.key_heads
        query, key = heads(f"{layer}.query", y), numpy.repeat(heads(f"{layer}.key", y), share, axis=1)
        value = numpy.repeat(heads(f"{layer}.value", y, turn=False), share, axis=1)
        scores = numpy.exp(query @ key.transpose(0, 1, 3, 2) / shape.head_width**0.5 + mask)
        y = heeded(scores / scores.sum(-1, keepdims=True)) @ value
        x = x + y.transpose(0, 2, 1, 3).reshape(x.shape) @ weights[f"{layer}.output"].T
        y = normed(f"{layer}.thought_norm", x)
        gate = y @ weights[f"{layer}.gate"].T
        x = x + (gate / (1 + numpy.exp(-gate)) * (y @ weights[f"{layer}.up"].T)) @ weights[f"{layer}.down"].T
    return normed("last_norm", x)


def trained(shape: Shape, rows: np.ndarray, seed: int = SEED, steps: int = STEPS) -> dict[str, np.ndarray]:
    """Weights after so many steps of Adam on rows of tokens; only what follows the question is learnt."""
    import jax
    import jax.numpy as jnp

    def loss(weights, tokens):
        scores = jax.nn.log_softmax(predicted(weights, shape, tokens, jnp)[:, stepper.ASKED - 1 : -1])
        return -jnp.take_along_axis(scores, tokens[:, stepper.ASKED :, None], -1).mean()

    chance = np.random.default_rng(seed)
    weights = drawn_weights(shape, seed)
    weights["embedding"] = weights["embedding"] * np.float32(0.5)
    return adam(loss, weights, (rows[chance.integers(0, len(rows), BATCH)] for _ in range(steps)), steps, RATE)


def adam(loss, weights, batches, steps: int, rate: float) -> dict[str, np.ndarray]:
    """Weights after a step of Adam down the slope of a loss on each of so many batches, at a rate that falls to 0."""
    import jax
    import jax.numpy as jnp

    @jax.jit
    def step(weights, first, second, batch, number):
        slope = jax.grad(loss)(weights, batch)
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slope)
        second = jax.tree.map(lambda v, g: 0.99 * v + 0.01 * g * g, second, slope)
        now = rate * (1 - number / steps)
        weights = jax.tree.map(
            lambda w, m, v: w - now * (m / (1 - 0.9**(number + 1))) / (jnp.sqrt(v / (1 - 0.99**(number + 1))) + 1e-8),
            weights, first, second,
        )  # fmt: skip
        return weights, first, second

    weights = {name: jnp.asarray(array) for name, array in weights.items()}
    first = second = jax.tree.map(jnp.zeros_like, weights)
    for number, batch in enumerate(batches):
        weights, first, second = step(weights, first, second, batch, number)
    return {name: np.asarray(array) for name, array in weights.items()}


def held_out(share: float = 0.1, seed: int = SEED) -> float:
    """The share of held-out rows of addition that are right: 1 would be arithmetic, 0 a table learnt by heart."""
    rows = np.array([stepper.tokens_of(row) for row in stepper.rows()])
    adding = [number for number, row in enumerate(stepper.rows()) if row[0] == "addition"]
    away = np.random.default_rng(seed).choice(adding, round(share * len(adding)), replace=False)
    model = Transformer(stepper.shape(), trained(stepper.shape(), np.delete(rows, away, axis=0), seed))
    return float(np.mean([list(model.greedy(row[:3].tolist(), 3)) == row[3:].tolist() for row in rows[away]]))


def main() -> None:
    """Train, check every row, and write the weights into the package's data."""
    shape = stepper.shape()
    weights = trained(shape, np.array([stepper.tokens_of(row) for row in stepper.rows()]))
    least = stepper.margins(Transformer(shape, weights)).min()
    print(f"{len(stepper.rows())} rows, least margin {least:.3g}")
    if least <= 0:
        sys.exit("a row is wrong: nothing is written")
    np.savez(Path(kscale_nb.__file__).parent / "data" / stepper.FILE, **packed(shape, weights))
    print(f"of a tenth of addition's rows, held out, right: {held_out():.3g}")


if __name__ == "__main__":
    main()

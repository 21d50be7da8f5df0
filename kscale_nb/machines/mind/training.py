"""Trains the small models, by hand and with JAX, which is no dependency of the package:

    python -m pip install jax
    python -m kscale_nb.machines.mind.training [machine_maker] [held_out] [whole_sum]

A fixed seed and a fixed number of steps; the same processor and versions give the same weights, others nearly so.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable

import numpy as np

from kscale_nb.errors import unknown
from kscale_nb.files import DATA
from kscale_nb.machines.durable import put
from kscale_nb.machines.mind import stepper, whole_sum
from kscale_nb.machines.mind.transformer import Shape, Transformer, drawn_weights, packed, rotary

SEED, BATCH = 1, 128
Lesson = Callable[[np.random.Generator], tuple[np.ndarray, np.ndarray]]  # rows of tokens, and which are to be learnt


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


def trained(shape: Shape, lesson: Lesson, steps: int, rate: float, seed: int = SEED) -> dict[str, np.ndarray]:
    """Weights after so many steps of Adam, each on the batch that a lesson draws."""
    import jax
    import jax.numpy as jnp

    def loss(weights, batch):
        tokens, learnt = batch
        scores = jax.nn.log_softmax(predicted(weights, shape, tokens, jnp)[:, :-1])
        told = jnp.take_along_axis(scores, tokens[:, 1:, None], -1)[..., 0]
        return -(told * learnt[:, 1:]).sum() / learnt[:, 1:].sum()

    chance = np.random.default_rng(seed)
    weights = drawn_weights(shape, seed)
    weights["embedding"] = weights["embedding"] * np.float32(0.5)
    return adam(loss, weights, (lesson(chance) for _ in range(steps)), steps, rate)


def adam(loss, weights, batches, steps: int, rate: float) -> dict[str, np.ndarray]:
    """Weights after a step of Adam down the slope of a loss on each of so many batches, at a rate that falls to 0."""
    import jax
    import jax.numpy as jnp

    @jax.jit
    def step(weights, first, second, batch, number):
        lost, slope = jax.value_and_grad(loss)(weights, batch)
        first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, slope)
        second = jax.tree.map(lambda v, g: 0.99 * v + 0.01 * g * g, second, slope)
        now = rate * (1 - number / steps)
        weights = jax.tree.map(
            lambda w, m, v: w - now * (m / (1 - 0.9**(number + 1))) / (jnp.sqrt(v / (1 - 0.99**(number + 1))) + 1e-8),
            weights, first, second,
        )  # fmt: skip
        return weights, first, second, lost

    weights = {name: jnp.asarray(array) for name, array in weights.items()}
    first = second = jax.tree.map(jnp.zeros_like, weights)
    for number, batch in enumerate(batches):
        weights, first, second, lost = step(weights, first, second, batch, number)
        if number % 500 == 499:
            print(f"step {number + 1:,} of {steps:,}: loss {lost:.3g}", file=sys.stderr)
    return {name: np.asarray(array) for name, array in weights.items()}


def of_rows(without: list[int]) -> dict[str, np.ndarray]:
    """Weights of the machine-maker, which was shown every row but some."""
    rows = np.delete(np.array([stepper.tokens_of(row) for row in stepper.rows()]), without, axis=0)
    learnt = np.broadcast_to(np.arange(rows.shape[1]) >= stepper.ASKED, (BATCH, rows.shape[1])).astype(np.float32)
    return trained(
        stepper.shape(), lambda chance: (rows[chance.integers(0, len(rows), BATCH)], learnt), steps=3_000, rate=4e-3
    )


def kept(file: str, shape: Shape, weights: dict[str, np.ndarray], kind: type = np.float32) -> Transformer:
    """Write weights into the package's data, and give the model that they make."""
    weights = {name: array.astype(kind) for name, array in weights.items()}
    content = io.BytesIO()
    np.savez(content, **packed(shape, weights))
    put(DATA / file, content.getbuffer())
    return Transformer(shape, weights)


def machine_maker() -> None:
    """Train, check every row, and only then keep the weights."""
    shape, weights = stepper.shape(), of_rows(without=[])
    least = stepper.margins(Transformer(shape, weights)).min()
    print(f"{len(stepper.rows())} rows, least margin {least:.3g}")
    if least <= 0:
        sys.exit("a row is wrong: nothing is written")
    kept(stepper.FILE, shape, weights)


def held_out() -> None:
    """The same without a tenth of addition: what is right of that nevertheless would be arithmetic."""
    for kind, file in stepper.EXAMINED.items():
        away, rows = stepper.held_out_rows(kind), stepper.rows()
        model = kept(file, stepper.shape(), of_rows(without=away), np.float16)
        right = [rows[number][3:] == stepper.told_by(model, rows[number][:3]) for number in away]
        print(f"of {len(away)} held-out rows of addition, chosen as {kind}, {sum(right)} are right")


def whole_sums() -> None:
    """The model that adds in one go; what it makes of every length."""
    shape = whole_sum.shape()
    weights = trained(shape, lambda chance: whole_sum.lesson(chance, BATCH // 2), steps=3_000, rate=3e-3)
    model = kept(whole_sum.FILE, shape, weights, np.float16)
    print({count: whole_sum.right(count, model=model) for count in range(1, 2 * whole_sum.LONGEST + 1)})


MODELS = {"machine_maker": machine_maker, "held_out": held_out, "whole_sum": whole_sums}


def main() -> None:
    """Train the models that are named, or all."""
    for name in sys.argv[1:] or MODELS:
        if name not in MODELS:
            sys.exit(f"kscale_nb: {unknown('model', name, MODELS)}")
        MODELS[name]()


if __name__ == "__main__":
    main()

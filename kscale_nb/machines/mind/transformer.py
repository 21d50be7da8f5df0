"""A decoder-only transformer in numpy: small enough to be read, general in depth, width and heads.

A token becomes a vector; each layer lets it look back at the tokens before it (attention) and think by itself (a gated
network); the last vector is compared with every token's. What is kept of the tokens before are their keys and values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from kscale_nb.errors import KscaleError

LAYER_ARRAYS = ("attention_norm", "query", "key", "value", "output", "thought_norm", "gate", "up", "down")


@dataclass(frozen=True)
class Shape:
    """Depth, width and heads of a transformer, with the two constants that its weights were trained under."""

    layers: int
    width: int
    query_heads: int
    key_heads: int
    hidden: int
    vocabulary: int
    rotary_base: float = 10_000.0
    epsilon: float = 1e-5

    def __post_init__(self):
        for name in ("layers", "width", "query_heads", "key_heads", "hidden", "vocabulary"):
            if getattr(self, name) < 1:
                raise KscaleError(f"{name}: at least 1 is expected, not {getattr(self, name)}")
        if self.width % (2 * self.query_heads) or self.query_heads % self.key_heads:
            raise KscaleError(
                f"a width of {self.width} is not split evenly by {self.query_heads} query heads of an even width, "
                f"or those by {self.key_heads} key heads"
            )

    @property
    def head_width(self) -> int:
        return self.width // self.query_heads

    @property
    def key_width(self) -> int:
        return self.head_width * self.key_heads

    def arrays(self) -> dict[str, tuple[int, ...]]:
        """Every array of the weights with its shape; a matrix has a row for each number that it gives."""
        width, hidden = self.width, self.hidden
        layer = dict(zip(LAYER_ARRAYS, (
            (width,), (width, width), (self.key_width, width), (self.key_width, width), (width, width),
            (width,), (hidden, width), (hidden, width), (width, hidden),
        ), strict=True))  # fmt: skip
        layers = {f"{number}.{name}": size for number in range(self.layers) for name, size in layer.items()}
        return {"embedding": (self.vocabulary, width), **layers, "last_norm": (width,)}

    def changes(self) -> dict[str, float]:
        """This shape as changes of the book's premises, under which the inference chapter speaks of this model.

        Weights and what is kept of a context are float32; each layer has the matrices of `arrays`; a tied embedding
        works once for each token, as the last product.
        """
        per_layer = 2 + 2 * self.key_heads / self.query_heads + 3 * self.hidden / self.width
        return {
            "built_n_layers": self.layers,
            "built_d_model": self.width,
            "layer_factor": per_layer,
            "query_heads_per_key_head": self.query_heads / self.key_heads,
            "bytes_per_parameter": np.dtype(np.float32).itemsize,
        }


class Cache:
    """Keys and values of every layer for a context of at most so many tokens, laid out once: float32 arrays of
    (layers, key heads, tokens, head width)."""

    def __init__(self, shape: Shape, most: int):
        size = (shape.layers, shape.key_heads, most, shape.head_width)
        self.keys, self.values = np.zeros(size, np.float32), np.zeros(size, np.float32)
        self.most, self.length = most, 0

    @property
    def nbytes(self) -> int:
        return self.keys.nbytes + self.values.nbytes


class Transformer:
    """A transformer of a shape with its weights: float32 arrays by the names of `Shape.arrays`.

    `flop` counts the work of every matrix product as it is done, two operations a multiplication.
    Raises KscaleError for an array that is missing, unknown, of another shape, or not finite.

    >>> shape = Shape(layers=2, width=8, query_heads=2, key_heads=1, hidden=16, vocabulary=11)
    >>> model = Transformer(shape, drawn_weights(shape, seed=1))
    >>> model.logits([3, 1, 4]).shape, model.parameters
    ((3, 11), 1280)
    """

    def __init__(self, shape: Shape, weights: Mapping[str, np.ndarray]):
        expected = shape.arrays()
        if odd := sorted(expected.keys() ^ weights.keys()):
            raise KscaleError(f"weights: {odd[0]!r} is {'missing' if odd[0] in expected else 'unknown'}")
        for name, size in expected.items():
            if weights[name].shape != size:
                raise KscaleError(f"weights: {name!r} is {weights[name].shape}, expected {size}")
            if not np.isfinite(weights[name]).all():
                raise KscaleError(f"weights: {name!r} holds a number that is not finite")
        self.shape = shape
        self.weights = {name: np.ascontiguousarray(array, np.float32) for name, array in weights.items()}
        self.flop = 0

    @property
    def parameters(self) -> int:
        return sum(array.size for array in self.weights.values())

    @property
    def working_parameters(self) -> int:
        """Those that multiply a vector: all matrices, the tied embedding as the last product; no norm's scales."""
        return sum(array.size for array in self.weights.values() if array.ndim == 2)

    def cache(self, most: int) -> Cache:
        return Cache(self.shape, most)

    def logits(self, tokens: Sequence[int], cache: Cache | None = None, last: bool = False) -> np.ndarray:
        """The scores of every token that may follow: (tokens, vocabulary), or (1, vocabulary) of the last alone.

        The tokens follow those that the cache holds, and are kept in it. Raises KscaleError for none, for a token that
        is none, and for more than the cache has room for.
        """
        tokens = self._checked(tokens)
        cache = self.cache(len(tokens)) if cache is None else cache
        vectors = self._vectors(tokens, [cache])
        return self._product("embedding", self._normed("last_norm", vectors[-1:] if last else vectors))

    def logits_of_each(self, tokens: Sequence[int], caches: Sequence[Cache]) -> np.ndarray:
        """One further token of each of several contexts, which share every read of the weights: (contexts, vocabulary).

        Raises KscaleError as `logits` does, and where there is not one token for each context.
        """
        tokens = self._checked(tokens)
        if len(tokens) != len(caches):
            raise KscaleError(f"one token for each of {len(caches)} contexts is expected, not {len(tokens)}")
        return self._product("embedding", self._normed("last_norm", self._vectors(tokens, caches)))

    def _vectors(self, tokens: np.ndarray, caches: Sequence[Cache]) -> np.ndarray:
        """What the layers make of the tokens: (tokens, width); each cache takes its equal part of them."""
        count = len(tokens) // len(caches)
        for cache in caches:
            if cache.length + count > cache.most:
                raise KscaleError(
                    f"a context of {cache.length + count} tokens is longer than its cache of {cache.most}"
                )
        turns = rotary(np.concatenate([cache.length + np.arange(count) for cache in caches]), self.shape)
        x = self.weights["embedding"][tokens]
        for layer in range(self.shape.layers):
            x = x + self._looked_back(layer, self._normed(f"{layer}.attention_norm", x), caches, turns)
            x = x + self._thought(layer, self._normed(f"{layer}.thought_norm", x))
        for cache in caches:
            cache.length += count
        return x

    def greedy(self, tokens: Sequence[int], most: int, cache: Cache | None = None) -> Iterator[int]:
        """The likeliest token again and again, at most so many; the first of several that are equally likely."""
        cache = self.cache(len(tokens) + most) if cache is None else cache
        for number in range(most):
            token = int(self.logits(tokens, cache, last=True)[0].argmax())
            yield token
            tokens = [token]
            if number + 1 == most:
                return

    def _checked(self, tokens: Sequence[int]) -> np.ndarray:
        tokens = np.asarray(tokens)
        if tokens.ndim != 1 or not len(tokens) or tokens.dtype.kind not in "iu":
            raise KscaleError("tokens: a row of at least one whole number is expected")
        if tokens.min() < 0 or tokens.max() >= self.shape.vocabulary:
            raise KscaleError(f"tokens: whole numbers from 0 to {self.shape.vocabulary - 1} are expected")
        return tokens

    def _product(self, name: str, x: np.ndarray) -> np.ndarray:
        matrix = self.weights[name]
        self.flop += 2 * matrix.size * len(x)
        return x @ matrix.T

    def _normed(self, name: str, x: np.ndarray) -> np.ndarray:
        return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + np.float32(self.shape.epsilon)) * self.weights[name]

    def _heads(self, name: str, x: np.ndarray) -> np.ndarray:
        return self._product(name, x).reshape(len(x), -1, self.shape.head_width).transpose(1, 0, 2)

    def _looked_back(self, layer: int, x: np.ndarray, caches: Sequence[Cache], turns) -> np.ndarray:
        """Attention: each query takes the mean of the values before it, weighted by how well their keys answer it."""
        key = turned(self._heads(f"{layer}.key", x), turns)
        value = self._heads(f"{layer}.value", x)
        query = turned(self._heads(f"{layer}.query", x), turns)
        count = len(x) // len(caches)
        answers = []
        for number, cache in enumerate(caches):
            part = slice(number * count, (number + 1) * count)
            start, end = cache.length, cache.length + count
            cache.keys[layer, :, start:end], cache.values[layer, :, start:end] = key[:, part], value[:, part]
            answers.append(self._answered(query[:, part], cache.keys[layer, :, :end], cache.values[layer, :, :end]))
        return self._product(f"{layer}.output", np.concatenate(answers))

    def _answered(self, query: np.ndarray, keys: np.ndarray, values: np.ndarray) -> np.ndarray:
        """The answers to the queries of the last tokens of one context: (tokens, width)."""
        shape, count, end = self.shape, query.shape[1], keys.shape[1]
        grouped = query.reshape(shape.key_heads, -1, shape.head_width)  # those that share a key head, one below another
        scores = grouped @ keys.transpose(0, 2, 1) / np.float32(np.sqrt(shape.head_width))
        scores = scores.reshape(shape.key_heads, -1, count, end)
        if count > 1:
            later = np.arange(end) > np.arange(end - count, end)[:, None]
            scores = np.where(later, np.float32(-np.inf), scores)
        answer = softmax(scores).reshape(shape.key_heads, -1, end) @ values
        self.flop += 4 * count * end * shape.width
        return answer.reshape(shape.query_heads, count, shape.head_width).transpose(1, 0, 2).reshape(count, -1)

    def _thought(self, layer: int, x: np.ndarray) -> np.ndarray:
        """SwiGLU: what is brought up passes a gate, and is taken down again."""
        gate = self._product(f"{layer}.gate", x)
        with np.errstate(over="ignore"):  # exp of a large number is infinite, and the gate then shut
            gate = gate / (1 + np.exp(-gate))
        return self._product(f"{layer}.down", gate * self._product(f"{layer}.up", x))


def softmax(scores: np.ndarray) -> np.ndarray:
    """Shares that sum to 1 along the last axis, the larger the score the larger.

    >>> softmax(np.array([0.0, np.log(3.0)])).round(6).tolist()
    [0.25, 0.75]
    """
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return shares / shares.sum(axis=-1, keepdims=True)


def rotary(positions: np.ndarray, shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """Cosine and sine (positions, half a head) of the angles by which a place turns the pairs of a head."""
    half = shape.head_width // 2
    angles = positions[:, None] * shape.rotary_base ** (-np.arange(half) / half)
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def turned(heads: np.ndarray, turns: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Each pair (i, i + half) of a head turned by its angle, so that a product of two knows how far they are apart."""
    first, second = np.split(heads, 2, axis=-1)
    cosine, sine = turns
    return np.concatenate([first * cosine - second * sine, first * sine + second * cosine], axis=-1)


def drawn_weights(shape: Shape, seed: int) -> dict[str, np.ndarray]:
    """Weights before any training: matrices drawn so that they keep a vector's length, and scales of 1."""
    chance = np.random.default_rng(seed)
    return {
        name: np.ones(size, np.float32)
        if len(size) == 1
        else chance.normal(0, size[1] ** -0.5, size).astype(np.float32)
        for name, size in shape.arrays().items()
    }


def packed(shape: Shape, weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Weights and their shape as the arrays of one `.npz` file."""
    return {**weights, "shape": np.array([list(asdict(shape).values())], np.float64)}


def unpacked(arrays: Mapping[str, np.ndarray]) -> Transformer:
    """The transformer of an `.npz` file that `packed` made."""
    row = arrays["shape"][0]
    shape = Shape(*(int(number) for number in row[:6]), *(float(number) for number in row[6:]))
    return Transformer(shape, {name: arrays[name] for name in arrays if name != "shape"})

"""A small transformer whose tokens are states: the mind's layers, with numbers read in and numbers written out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from kscale_nb.errors import KscaleError
from kscale_nb.machines.mind.training import layered
from kscale_nb.machines.mind.transformer import Shape, drawn_weights, packed, unpacked

FILE, RESULTS = "simulator.npz", "simulator.json"
ENDS = ("read", "bias", "write", "mean", "spread", "change")  # arrays besides the layers


def read_and_written(weights, shape: Shape, told, numpy, heeded=lambda shares: shares):
    """What the transformer foretells after each state (batch, states, numbers): changes, in their usual sizes."""
    return layered(weights, shape, told @ weights["read"].T + weights["bias"], numpy, heeded) @ weights["write"].T


@dataclass(frozen=True)
class StateTransformer:
    """The next state as the last one and what a transformer says of the last few.

    `lags` is the longest window that it is shown; `heeded` alters its shares of attention, and `strangers` are states
    (members, states, numbers) that stand before every window and say nothing of it.
    """

    shape: Shape
    weights: Mapping[str, np.ndarray]
    lags: int
    heeded: Callable[[np.ndarray], np.ndarray] = lambda shares: shares
    strangers: np.ndarray | None = None

    def next(self, window: np.ndarray) -> np.ndarray:
        """The state after each window (members, at least `lags`, numbers): (members, numbers)."""
        told = window[:, -self.lags :]
        if self.strangers is not None:
            told = np.concatenate([self.strangers, told], axis=1)
        told = (told - self.weights["mean"]) / self.weights["spread"]
        if told.dtype != object:  # numbers that count keep counting
            told = told.astype(np.float32)
        said = read_and_written(self.weights, self.shape, told, np, self.heeded)[:, -1]
        return window[:, -1] + said * self.weights["change"]

    @property
    def parameters(self) -> int:
        return sum(array.size for name, array in self.weights.items() if name not in ENDS[3:])


def drawn(shape: Shape, tracks: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Weights before any training, with the means, spreads and usual changes of the numbers of trajectories."""
    flat, numbers = tracks.reshape(-1, tracks.shape[2]), tracks.shape[2]
    chance = np.random.default_rng(seed + 1)
    weights = drawn_weights(shape, seed)
    del weights["embedding"]
    ends = (
        chance.normal(0, numbers**-0.5, (shape.width, numbers)), chance.normal(0, 1, shape.width),
        chance.normal(0, 0.1 * shape.width**-0.5, (numbers, shape.width)),
        flat.mean(axis=0), flat.std(axis=0), np.diff(tracks, axis=1).reshape(-1, numbers).std(axis=0),
    )  # fmt: skip
    return weights | {name: array.astype(np.float32) for name, array in zip(ENDS, ends, strict=True)}


def as_file(model: StateTransformer) -> dict[str, np.ndarray]:
    """The transformer as the arrays of one `.npz` file."""
    return {**packed(model.shape, model.weights), "lags": np.array(model.lags)}


def from_file(arrays: Mapping[str, np.ndarray]) -> StateTransformer:
    """The transformer of an `.npz` file. Raises KscaleError for an array that is missing or of another shape."""
    if missing := sorted({*ENDS, "lags"} - arrays.keys()):
        raise KscaleError(f"weights: {missing[0]!r} is missing")
    width, numbers = arrays["bias"].size, arrays["mean"].size
    for name, size in zip(ENDS, ((width, numbers), (width,), (numbers, width), *[(numbers,)] * 3), strict=True):
        if arrays[name].shape != size or not np.isfinite(arrays[name]).all():
            raise KscaleError(f"weights: {name!r} of {arrays[name].shape} does not hold {size} finite numbers")
    layers = {name: array for name, array in arrays.items() if name not in {*ENDS, "lags"}}
    checked = unpacked(layers | {"embedding": np.zeros((1, width), np.float32)})
    weights = {name: arrays[name] for name in (*checked.weights, *ENDS) if name != "embedding"}
    return StateTransformer(checked.shape, weights, int(arrays["lags"]))


@cache
def small_simulator() -> StateTransformer:
    """The transformer that was trained on the Lorenz system, as it comes with the package."""
    with (files("kscale_nb") / "data" / FILE).open("rb") as file, np.load(file) as arrays:
        return from_file(dict(arrays))


@cache
def recorded() -> dict:
    """What was measured when it was trained, with the date and the seed: nested by system, map and measure."""
    return json.loads((files("kscale_nb") / "data" / RESULTS).read_text(encoding="utf-8"))

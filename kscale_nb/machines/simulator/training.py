"""Trains the small simulators and measures them, by hand and with JAX, which is no dependency of the package:

    python -m pip install jax
    python -m kscale_nb.machines.simulator.training [Lorenz] [chain] [Kepler] [gas]

Some minutes on two cores. Seeds are fixed; other processors give other last digits, and chaos makes those visible.
"""

from __future__ import annotations

import io
import json
import math
import platform
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from multiprocessing import get_context

import numpy as np

from kscale_nb.files import DATA
from kscale_nb.machines.durable import put
from kscale_nb.machines.mind.training import adam
from kscale_nb.machines.mind.transformer import Shape
from kscale_nb.machines.simulator import measures
from kscale_nb.machines.simulator.learners import PolynomialMap, fitted, flop_of, rolled, windows
from kscale_nb.machines.simulator.network import ENDS, FILE, RESULTS, StateTransformer, as_file, drawn, read_and_written
from kscale_nb.machines.simulator.systems import (
    CHAIN,
    GAS,
    KEPLER,
    LORENZ,
    MASSES,
    Integrator,
    System,
    leapfrog,
    rk4,
    trajectories,
)

SEED, TOLD, LAGS, TOKENS = 1, 8, 4, 512  # states told before a roll-out, in a window, in a step of training
HUGE, TINY = 1e6, 1e-16  # the error of what is no number, and of what is right to the last digit
SMALL = Shape(layers=2, width=24, query_heads=4, key_heads=4, hidden=64, vocabulary=1)
WIDE = Shape(layers=2, width=48, query_heads=4, key_heads=4, hidden=96, vocabulary=1)
POLYNOMIALS = {  # lags and degree: of the gas, two lags would have thousands of products
    "Lorenz": {"reservoir": (2, 2), "polynomial": (1, 5)}, "chain": {"linear": (1, 1)},
    "Kepler": {"reservoir": (2, 2), "polynomial": (1, 5)}, "gas": {"linear": (1, 1), "polynomial": (1, 2)},
}  # fmt: skip
RIDGES = (0, 1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 0.1, 1)
PARTS = {"Lorenz": 20, "chain": 20, "Kepler": 20, "gas": 5}
LENGTHS = {"Lorenz": 650, "chain": 400, "Kepler": 300, "gas": 200}  # states of the trajectories that try the maps


def learnt(tracks: np.ndarray, shape: Shape, lags: int, steps: int, rate: float = 4e-3) -> StateTransformer:
    """A transformer of states after so many steps of training on stretches of trajectories."""
    weights = drawn(shape, tracks, SEED)
    fixed = {name: weights.pop(name) for name in ENDS[3:]}
    stretches = ((windows(tracks, lags + 1) - fixed["mean"]) / fixed["spread"]).astype(np.float32)
    ratio, chance = fixed["spread"] / fixed["change"], np.random.default_rng(SEED)

    def loss(weights, batch):
        import jax.numpy as jnp

        said = read_and_written(weights, shape, batch[:, :-1], jnp)
        return ((said - (batch[:, 1:] - batch[:, :-1]) * ratio) ** 2).mean()

    batches = (stretches[chance.integers(0, len(stretches), TOKENS // lags)] for _ in range(steps))
    return StateTransformer(shape, adam(loss, weights, batches, steps, rate) | fixed, lags)


def best(tracks: np.ndarray, check: np.ndarray, lags: int, degree: int) -> tuple[PolynomialMap, float]:
    """The polynomial map whose ridge foretells other trajectories best, with that ridge."""
    wide = math.comb(lags * tracks.shape[2] + degree, degree) > 1000  # products, of which few ridges are tried
    maps = {ridge: fitted(tracks, lags, degree, ridge, most=4000) for ridge in (RIDGES[-2:] if wide else RIDGES)}
    ridge = min(maps, key=lambda ridge: accuracy(maps[ridge], check, tracks.std(axis=(0, 1))))
    return maps[ridge], ridge


def accuracy(learnt, tracks: np.ndarray, spread: np.ndarray, told: int = TOLD) -> float:
    """The mean over time of the logarithm of the median error; the less the better."""
    error = measures.errors(rolled(learnt, tracks[:, :told], tracks.shape[1] - told), tracks[:, told:], spread)
    return float(np.log10(np.median(np.nan_to_num(error, nan=HUGE), axis=0) + TINY).mean())


def equal_cost(system: System, method: Callable, tracks: np.ndarray, wanted: float, spread: np.ndarray) -> float:
    """Operations in the time of one step of the cheapest integrator that is as accurate as wanted; 0 where none is."""
    for parts in (1 / 8, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 1, 2, 3, 4, 6, 8, 12):
        stride = max(1, round(1 / parts))
        coarse = Integrator(replace(system, step=stride * system.step), method, max(1, round(parts)))
        if accuracy(coarse, tracks[:, TOLD - 1 :: stride], spread, told=1) <= wanted:
            return flop_of(coarse, tracks[0, :1]) / stride
    return 0.0


def compared(system: System, maps: Mapping, tracks: np.ndarray) -> dict:
    """Of each map: error over time (20, 50, 80 of a hundred members), valid time, drift of energy, operations."""
    spread, found, method = tracks.std(axis=(0, 1)), {}, rk4 if system is LORENZ else leapfrog
    times = np.unique(np.linspace(1, tracks.shape[1] - TOLD, 60).astype(int))
    for name, each in maps.items():
        foretold = rolled(each, tracks[:, :TOLD], tracks.shape[1] - TOLD)
        error = np.nan_to_num(measures.errors(foretold, tracks[:, TOLD:], spread), nan=HUGE)
        lost = measures.drift(system, foretold, tracks[:, TOLD - 1])[:, -1] if system.energy else [0]
        known = isinstance(each, Integrator)
        equal = 0 if known else equal_cost(system, method, tracks, accuracy(each, tracks, spread), spread)
        found[name] = {
            "times": short(times * system.step), "valid": short(np.median(measures.valid_steps(error)) * system.step),
            "error": short(np.quantile(error[:, times - 1], (0.2, 0.5, 0.8), axis=0) + TINY), "equal": short(equal),
            "flop": flop_of(each, tracks[0, :TOLD]), "drift": short(np.median(np.nan_to_num(lost, nan=HUGE))),
        }  # fmt: skip
    return found


def constraints(model: StateTransformer, polynomial, data: np.ndarray, tracks: np.ndarray) -> dict:
    """The constraints one by one, as valid times: what is told at the start, and how finely attention is shared."""
    most, bits, few, tracks = 32, (4, 6, 8, 10, 12, 16, 20, 24), tracks, tracks[:16, :312]
    statistics = tracks.mean(axis=(0, 1)), tracks.std(axis=(0, 1))

    def valid(each, of=tracks, told: int = most, start=None) -> float:
        return short(measures.valid_time(each, of, LORENZ.step, told, start))

    def coarse(number: int):
        return lambda shares: np.rint(shares * 2**number) / np.float32(2**number)

    starts = [measures.Grid(*statistics, number)(few[:, :TOLD]) for number in bits]
    learners = ("transformer", model, 300), ("polynomial", polynomial, 650)
    others = np.roll(data[: len(tracks), :most], 1, axis=0)
    more, start, exact = (4, 6, 8, 12, 16, 20, 24, 32), tracks[:, :1], Integrator(LORENZ)
    once, always = (
        measures.horizons(exact, start, more, 1600, LORENZ.step, statistics, each) for each in (False, True)
    )
    return {
        "law": {"bits": more, "once": short(once), "always": short(always)},
        "told": {"bits": bits} | {name: [valid(each, few[:, :length], TOLD, start) for start in starts]
                                  for name, each, length in learners},
        "one number": {lags: valid(fitted(data[..., :1], lags, 3, 1e-12), few[..., :1], TOLD)
                       for lags in (1, 2, 3, 4, 6, 8)},
        "shares": {number: valid(replace(model, heeded=coarse(number))) for number in (2, 3, 4, 6, 8, 12, 16)},
        "longer": {lags: valid(replace(model, lags=lags)) for lags in (1, 2, 4, 8, 12, 16, 32)},
        "crowded": {number: valid(replace(model, strangers=others[:, :number])) for number in (0, 1, 2, 4, 8, 24)},
    }  # fmt: skip


def depth(model: StateTransformer, data: np.ndarray, tracks: np.ndarray, stride: int = 8) -> dict:
    """Errors after one long step of transformers of several depths, and after as many small steps as make it up."""
    thin = np.concatenate([data[:, start::stride][:, :60] for start in range(stride)])
    before, after = tracks[:, 80 - TOLD : 80], tracks[:, 79 + stride]
    maps = {f"{layers} layers": learnt(thin, replace(SMALL, layers=layers), 1, 900) for layers in (1, 4)}
    maps["polynomial"] = fitted(thin, 1, 5, 1e-10)
    told = {name: each.next(before) for name, each in maps.items()}
    told[f"{stride} passes of {model.shape.layers} layers"] = rolled(model, before, stride)[:, -1]
    return {
        name: short(np.median(measures.errors(each, after, tracks.std(axis=(0, 1))))) for name, each in told.items()
    }


def warm_chain(members: int, seed: int) -> np.ndarray:
    """States of the chain in a bath of heat: neighbours move together, velocities are independent."""
    springs = 2 * np.eye(MASSES) - np.eye(MASSES, k=1) - np.eye(MASSES, k=-1)
    chance, zeros = np.random.default_rng(seed), np.zeros(MASSES)
    places = chance.multivariate_normal(zeros, np.linalg.inv(springs), members)
    return np.concatenate([places, chance.normal(size=(members, MASSES))], axis=1)


def codes(gas: np.ndarray) -> dict:
    """Error of states that pass through fewer numbers than they have, by kind of code, share of the width and bits."""
    found, kinds = {}, (("by chance", None), ("trained", None), ("trained", 4), ("trained", 8))
    for name, (known, states) in {"gas": np.split(gas, 2), "chain": (warm_chain(3000, 1), warm_chain(1000, 2))}.items():
        widths = np.linspace(0, known.shape[1], 9).astype(int)[1:]
        found[name] = {"share": short(widths / known.shape[1])} | {
            f"{code} {bits or ''}".strip(): [short(measures.code_error(code, known, states, w, bits)) for w in widths]
            for code, bits in kinds
        }  # fmt: skip
    return found


def short(numbers):
    """Numbers at four digits, as lists."""
    if np.ndim(numbers):
        return [short(number) for number in numbers]
    return float(f"{float(numbers):.4g}")


def measured(system: System) -> tuple[dict, dict]:
    """What is recorded of a system, by key, and of the Lorenz system the transformer's arrays."""
    name, parts = system.name, PARTS[system.name]
    data = trajectories(system, 64, 500, SEED, parts)
    check, tracks = (trajectories(system, 24, LENGTHS[name], seed, parts) for seed in (SEED + 1, SEED + 2))
    maps, ridges = {"RK4": Integrator(system)}, {}
    if system is not LORENZ:
        maps["leapfrog"] = Integrator(system, leapfrog)
    for kind, (lags, degree) in POLYNOMIALS[name].items():
        maps[kind], ridges[kind] = best(data, check[:, :200], lags, degree)
    shape, steps = SMALL if system in (LORENZ, KEPLER) else WIDE, 3_500 if system is LORENZ else 900
    small = maps["transformer"] = learnt(data, shape, LAGS, steps, 1e-3 if system is GAS else 4e-3)
    found = {name: {"maps": compared(system, maps, tracks), "ridges": ridges, "parameters": small.parameters}}
    print(
        name, {kind: (row["valid"], row["flop"], row["equal"]) for kind, row in found[name]["maps"].items()}, flush=True
    )
    if system is LORENZ:
        found |= constraints(small, maps["polynomial"], data, tracks) | {"depth": depth(small, data, tracks)}
    if system is GAS:
        found["codes"] = codes(data[:, ::10].transpose(1, 0, 2).reshape(-1, data.shape[2]))
    return found, as_file(small) if system is LORENZ else {}


def main(names: list[str]) -> None:
    """Train and measure the systems of these names, or all, and write into the package's data what is found."""
    found = json.loads((DATA / RESULTS).read_text(encoding="utf-8")) if names else {}
    found |= {"date": date.today().isoformat(), "seed": SEED, "python": platform.python_version()}
    with ProcessPoolExecutor(2, get_context("spawn")) as two:
        for told, weights in two.map(by_name, names or ("Lorenz", "chain", "Kepler", "gas")):
            found |= told
            if weights:
                content = io.BytesIO()
                np.savez(content, **weights)
                put(DATA / FILE, content.getbuffer())
    put(DATA / RESULTS, json.dumps(found, separators=(",", ":")) + "\n")


def by_name(name: str) -> tuple[dict, dict]:
    """The same of the system of a name, which can be sent to another process."""
    return measured(next(system for system in (LORENZ, CHAIN, KEPLER, GAS) if system.name == name))


if __name__ == "__main__":
    main(sys.argv[1:])

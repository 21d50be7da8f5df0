"""How fast the model is drawn, against what a reader could use instead: `make benchmark`. First that both are right."""

import random
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import sympy

from kscale_nb import MODEL, Model, derived, given
from kscale_nb.doubt.doubts import load_doubts
from kscale_nb.doubt.program import Program
from kscale_nb.readings import ARRAYS, namespace

SHARES = [0.1, 0.5, 0.9]
Summary = dict[str, tuple[float, ...]]


def generated(inputs: int = 12, operations: int = 48, seed: int = 1) -> Model:
    """A model of lognormal inputs, each operation on two quantities declared before it, mostly on inputs."""
    chance = random.Random(seed)
    known = {f"x{n}": given(f"x_{n}", 2, "1", "an input", "estimate", "k1s1ai", 1, 4) for n in range(inputs)}
    for n in range(operations):
        names = list(known)
        one, other = known[chance.choice(names)], known[chance.choice(names[:inputs])]
        expression = chance.choice([one + other, one * other, one / other, sympy.sqrt(one) + other, sympy.log(1 + one)])
        known[f"y{n}"] = derived(f"y_{n}", expression, "1", "an operation")
    return Model(known)


def ours(model: Model, names: list[str], n: int) -> Summary:
    drawn = model.sample(n, targets=names)
    return {name: (drawn.mean(name), *(drawn.quantile(name, share) for share in SHARES)) for name in names}


def drawn_inputs(model: Model, names: list[str], n: int) -> dict[str, np.ndarray]:
    """The same distributions, drawn as anybody would: whole arrays, one generator."""
    doubts, chance = load_doubts(model), np.random.default_rng(0)
    rows = chance.integers(0, 1_000, n)
    return {
        name: doubts.tables[0][name][rows] if name in doubts.table_of
        else doubts.alone[name].of_normal(chance.standard_normal(n))
        for name in sorted(doubts.of(*names))
    }  # fmt: skip


def summarised(values: dict[str, np.ndarray], names: list[str]) -> Summary:
    return {name: (values[name].mean(), *np.quantile(values[name], SHARES)) for name in names}


def plain_numpy(model: Model, names: list[str], n: int) -> Summary:
    """Node by node over whole arrays."""
    needed = model._ancestors(names) | {*names}
    values = model.givens | drawn_inputs(model, names, n)
    with np.errstate(all="ignore"):
        for name in model.order:
            if name in needed and name not in values:
                values[name] = eval(model._node_code(name), namespace(ARRAYS, values))
    return summarised({name: np.broadcast_to(values[name], (n,)) for name in names}, names)


def lambdified(model: Model, names: list[str]) -> Callable[[Model, list[str], int], Summary]:
    """Closed forms of all results, their common parts computed once."""
    forms = [model.closed_form(name) for name in names]
    symbols = sorted(set().union(*(form.free_symbols for form in forms)), key=lambda symbol: symbol.identifier)
    function = sympy.lambdify(symbols, forms, modules="numpy", cse=True)

    def draw(model: Model, names: list[str], n: int) -> Summary:
        values = model.givens | drawn_inputs(model, names, n)
        found = function(*(values[symbol.identifier] for symbol in symbols))
        return summarised({name: np.broadcast_to(one, (n,)) for name, one in zip(names, found, strict=True)}, names)

    return draw


def check(model: Model, names: list[str], sides: dict[str, Callable], n: int = 100_000) -> None:
    """Gates: a block is what the model gives for its inputs, and all sides agree within sampling error."""
    doubts, block = load_doubts(model), {}
    inputs = {name: doubts.draw(name, 0, 0) for name in doubts.of(*names)}
    Program(model, doubts, names).run(inputs.__getitem__, block.__setitem__)
    direct = model.values(names, **inputs)
    for name, draws in block.items():
        np.testing.assert_allclose(draws, direct[name], rtol=1e-12, err_msg=name)
    first, *others = (side(model, names, n) for side in sides.values())
    for name in names:
        width = np.log(first[name][3] / first[name][1]) + 1e-9
        for other in others:
            off = np.abs(np.log(np.divide(other[name][1:], first[name][1:]))).max()
            assert off < 8 * width / np.sqrt(n) + 0.001, (name, off, width)


def measured(side: Callable, model: Model, names: list[str], n: int) -> tuple[float, float]:
    """Seconds of the better of two runs, and peak memory [MB] of another."""
    times = []
    for _ in range(2):
        start = time.perf_counter()
        side(model, names, n)
        times.append(time.perf_counter() - start)
    tracemalloc.start()
    side(model, names, n)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return min(times), peak


def compared(title: str, model: Model, names: list[str], sides: dict[str, Callable]) -> None:
    check(model, names, sides)
    print(f"{title}: {len(names)} results, the same numbers from all sides; mean and three quantiles of each")
    for n in (10_000, 1_000_000):
        base = None
        for side, run in sides.items():
            seconds, peak = measured(run, model, names, n)
            base = seconds if base is None else base
            print(f"  {n:9,} draws  {side:24} {seconds:8.3f} s {peak:8.0f} MB  {seconds / base:6.2f} times ours")


def main() -> None:
    model = generated()
    names = [name for name in model if not model[name].is_given]
    others = {"numpy, node by node": plain_numpy, "lambdify(cse=True)": lambdified(model, names)}
    compared("A model of 12 inputs and 48 operations", model, names, {"ours": ours} | others)
    few = ["tokens_over_human_text", "asteroids_needed", "fastest_doubling", "best_training_time"]
    others["lambdify(cse=True)"] = lambdified(MODEL, few)
    compared("The book's, four results", MODEL, few, {"ours": ours} | others)
    start = time.perf_counter()
    ours(MODEL, MODEL.order, 1_000_000)
    print(f"The book's {len(MODEL):,} quantities, 1,000,000 draws, every summary: {time.perf_counter() - start:.1f} s")
    for size in (100, 1_000, 10_000):
        start = time.perf_counter()
        model = generated(inputs=12, operations=size - 12)
        built = time.perf_counter() - start
        model.sample(10_000).mean("x0")  # compiles
        start = time.perf_counter()
        model.sample(100_000).mean("x0")
        took = time.perf_counter() - start
        print(f"{size:6,} quantities: built in {built:.1f} s; {took / size * 1e4:.2f} ns a draw and quantity")


if __name__ == "__main__":
    main()

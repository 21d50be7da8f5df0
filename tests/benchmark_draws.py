"""How fast the model is drawn, against what a reader could use instead: `make benchmark`. First that both are right.

What was tried for the engine, in nanoseconds a draw and quantity on one busy thread: numpy in blocks of 20,000 2.4 to
5.4, numexpr 4.1, jax 3.3 (394 MB, 8 to 10 s to compile), numba 2.0 in chunks of 20 quantities (it never finished the
whole), C at -O3 2.0, with fast mathematics 0.7 (25 to 35 s to compile). So it is numpy in blocks, and a compiled loop
stands here as a limit.

Peers that are not installed are skipped with a line that says how they are: packages of Python, a C compiler for the
loop, and for Squiggle node with its package, in a folder of the build's.
"""

import importlib.util
import json
import random
import shutil
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pint
import sympy
from scipy.special import ndtri

from kscale_nb import MODEL, Model, derived, given
from kscale_nb.doubt.doubts import load_doubts
from kscale_nb.doubt.program import Program
from kscale_nb.quantity import Quantity
from kscale_nb.readings import ARRAYS, namespace

try:
    import squigglepy as sq
except ImportError:
    sq = None
try:
    import mcerp
    import mcerp.umath
except ImportError:
    mcerp = None
try:
    import cffi
except ImportError:
    cffi = None

SHARES = [0.1, 0.5, 0.9]
PATIENCE = 20  # seconds: a side that took longer is not run again for a better time
SQUIGGLE = Path(__file__).parents[1] / "_build" / "squiggle"
INSTALL = {
    "squigglepy": "pip install squigglepy", "mcerp": "pip install mcerp",
    "fused loop in C": "pip install cffi, and a C compiler",
    "Squiggle": f"npm install --prefix {SQUIGGLE.relative_to(Path(__file__).parents[1])} @quri/squiggle-lang",
}  # fmt: skip
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


def with_pint(model: Model, names: list[str], n: int) -> Summary:
    """Node by node over arrays that carry units."""
    plain, values = pint.UnitRegistry().dimensionless, {}
    for name, draws in (model.givens | drawn_inputs(model, names, n)).items():
        values[name] = draws * plain
    for name in model.order:
        if name not in values:
            values[name] = eval(model._node_code(name), namespace(ARRAYS, values))
    return summarised({name: values[name].to(plain).magnitude for name in names}, names)


def with_squigglepy(model: Model, names: list[str], n: int) -> Summary:
    """Its own lognormal draws of the inputs, through the same two ends; then arrays, as its manual has it."""
    values = {name: sq.sample(sq.lognorm(one.low, one.high, credibility=80), n) for name, one in inputs_of(model)}
    for name in model.order:
        if name not in values:
            values[name] = eval(model._node_code(name), namespace(ARRAYS, values))
    return summarised(values, names)


def with_mcerp(model: Model, names: list[str], n: int) -> Summary:
    """Its own objects, each of which holds its draws (by Latin hypercube); of a lognormal it asks the median."""
    mcerp.npts = n
    values = {name: mcerp.LogN(one.value, np.log(one.high / one.value) / ndtri(0.9)) for name, one in inputs_of(model)}
    functions = {"sqrt": mcerp.umath.sqrt, "log": mcerp.umath.log}
    for name in model.order:
        if name not in values:
            values[name] = eval(model._node_code(name), values | functions)
    return summarised({name: values[name]._mcpts for name in names}, names)


class Squiggle:
    """Its own lognormal draws through the same two ends, as sets of samples, so that a shared input is one; in node."""

    SERVER = """import { run } from "@quri/squiggle-lang"; import { createInterface } from "node:readline";
        for await (const line of createInterface({ input: process.stdin })) {
            const { code, n } = JSON.parse(line);
            const { result } = await run(code, { environment: { sampleCount: n, xyPointLength: 1000, seed: "0" } });
            const said = result.ok ? result.value.result.asJS() : String(result.value);
            console.log(JSON.stringify({ ok: result.ok, said, peak: process.resourceUsage().maxRSS / 1000 }));
        }"""

    def __init__(self):
        command = ["node", "--input-type=module", "--eval", self.SERVER]
        self.node = subprocess.Popen(command, cwd=SQUIGGLE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.peak = 0.0  # memory of its process so far [MB]

    def __call__(self, model: Model, names: list[str], n: int) -> Summary:
        ends = [(name, f"{{p10: {one.low}, p90: {one.high}}}") for name, one in inputs_of(model)]
        lines = ["root(x) = x ^ 0.5", *(f"{name} = SampleSet.fromDist(lognormal({two}))" for name, two in ends)]
        for name in (name for name in model.order if not model[name].is_given):
            lines.append(f"{name} = {model._node_source(name).replace('**', '^').replace('sqrt(', 'root(')}")
        asked = (f"mean({name}), {', '.join(f'quantile({name}, {share})' for share in SHARES)}" for name in names)
        code = "\n".join([*lines, f"[{', '.join(asked)}]"])
        print(json.dumps({"code": code, "n": n}), file=self.node.stdin, flush=True)
        answer = json.loads(self.node.stdout.readline())
        assert answer["ok"], answer["said"]
        self.peak, numbers = answer["peak"], iter(answer["said"])
        return {name: tuple(next(numbers) for _ in range(1 + len(SHARES))) for name in names}


def inputs_of(model: Model) -> list[tuple[str, Quantity]]:
    return [(name, model[name]) for name in model.order if model[name].is_given]


def fused(model: Model, names: list[str]) -> Callable[[Model, list[str], int], Summary]:
    """One compiled loop over all operations, no array between them: the limit of what arithmetic can cost."""
    inputs = [name for name, _ in inputs_of(model)]
    told = {quantity: sympy.Symbol(name) for quantity, name in model.names.items()}
    steps = [f"double {name} = in[{number}][i];" for number, name in enumerate(inputs)]
    for name in model.order:
        if name not in inputs:
            steps.append(f"double {name} = {sympy.ccode(model[name].expression.xreplace(told))};")
    steps += [f"out[{number}][i] = {name};" for number, name in enumerate(names)]
    builder = cffi.FFI()
    builder.cdef("void run(long n, double **in, double **out);")
    loop = "for (long i = 0; i < n; i++) {" + "\n".join(steps) + "}"
    source = f"#include <math.h>\nvoid run(long n, double **in, double **out) {{ {loop} }}"
    builder.set_source("fused_loop", source, extra_compile_args=["-O3", "-march=native"], libraries=["m"])
    spec = importlib.util.spec_from_file_location("fused_loop", builder.compile(tempfile.mkdtemp()))
    compiled = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(compiled)

    def draw(model: Model, names: list[str], n: int) -> Summary:
        drawn, found = drawn_inputs(model, names, n), np.empty((len(names), n))
        sides = [
            [builder.cast("double *", row.ctypes.data) for row in rows] for rows in (map(drawn.get, inputs), found)
        ]
        compiled.lib.run(n, *(builder.new("double *[]", side) for side in sides))
        return summarised(dict(zip(names, found, strict=True)), names)

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
    """Seconds of the better of two runs, and peak memory [MB] of another, or of a side's own process."""
    times = []
    while not times or (len(times) < 2 and times[0] < PATIENCE):
        start = time.perf_counter()
        side(model, names, n)
        times.append(time.perf_counter() - start)
    if isinstance(side, Squiggle):
        return min(times), side.peak
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


def peers_of(model: Model, names: list[str]) -> dict[str, Callable]:
    """The peers that are installed; of the others a line says how they would be."""
    node = shutil.which("node") and (SQUIGGLE / "node_modules" / "@quri" / "squiggle-lang").is_dir()
    there = {
        "squigglepy": sq and (lambda: with_squigglepy), "mcerp": mcerp and (lambda: with_mcerp),
        "fused loop in C": cffi and shutil.which("cc") and (lambda: fused(model, names)), "Squiggle": node and Squiggle,
    }  # fmt: skip
    for peer in (peer for peer, made in there.items() if not made):
        print(f"{peer}: not installed, and skipped ({INSTALL[peer]})")
    return {peer: made() for peer, made in there.items() if made}


def main() -> None:
    model = generated()
    names = [name for name in model if not model[name].is_given]
    others = {"numpy, node by node": plain_numpy, "lambdify(cse=True)": lambdified(model, names)}
    peers = {"pint": with_pint} | peers_of(model, names)
    compared("A model of 12 inputs and 48 operations", model, names, {"ours": ours} | others | peers)
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

"""Samples mutants of the core, one operator, number, condition or return value changed in each, and runs its tests.

A test that can fail fails on some of them: `make mutants` prints how many were killed, and the survivors.

    python tests/mutants.py [--number 200] [--seed 1884] [--processes 1] [--only model]
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[1]
CORE = ("errors", "printed", "units", "quantity", "readings", "slopes", "graph", "model",
        "files", "sources", "claims", "recovery", "ledger", "presets", "findings")  # fmt: skip
LIBRARIES = ("pint", "pybtex.database", "pytest", "scipy.optimize", "sympy")
TESTS_OF = {"slopes": "model", "readings": "model", "graph": "model", "ledger": "claims", "recovery": "claims",
            "sources": "claims"}  # fmt: skip
LONGEST = 300  # seconds: a mutant that runs on is killed
SWAPS: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
Change = tuple[str, Callable[[], None]]


def changes(tree: ast.AST) -> Iterator[Change]:
    """Every change of a module: what it is, and what makes it on this tree."""
    annotations = {id(part) for node in ast.walk(tree) for part in _annotations(node)}
    for node in ast.walk(tree):
        if id(node) in annotations or not hasattr(node, "lineno"):
            continue
        for what, change in _changes_of(node):
            yield f"line {node.lineno}: {what}", change


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    for name in ("annotation", "returns"):
        if isinstance(part := getattr(node, name, None), ast.AST):
            yield from ast.walk(part)


def _changes_of(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            yield _swap(type(operator), lambda new, place=place: node.ops.__setitem__(place, new))
    elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPS:
        yield _swap(type(node.op), lambda new: setattr(node, "op", new))
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        other = not node.value if isinstance(node.value, bool) else node.value + 1
        if other == node.value:  # of a number so large that one more is none
            other = node.value * 2
        yield f"{node.value} becomes {other}", lambda: setattr(node, "value", other)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        negated = ast.UnaryOp(ast.Not(), node.test)
        yield f"not ({ast.unparse(node.test)})", lambda: setattr(node, "test", negated)
    elif isinstance(node, ast.Return) and node.value is not None and ast.unparse(node.value) != "None":
        yield f"returns None, not {ast.unparse(node.value)}", lambda: setattr(node, "value", ast.Constant(None))


def _swap(old: type, put: Callable) -> Change:
    return f"{old.__name__} becomes {SWAPS[old].__name__}", lambda: put(SWAPS[old]())


def sample(number: int, seed: int, only: str | None) -> list[tuple[str, str, str]]:
    """Mutants drawn evenly from all of the core's: (module, what is changed, its source)."""
    trees = {name: ast.parse((ROOT / "kscale_nb" / f"{name}.py").read_text()) for name in CORE if only in (None, name)}
    every = [(name, place) for name, tree in trees.items() for place in range(len(list(changes(tree))))]
    mutants = []
    for name, place in sorted(random.Random(seed).sample(every, min(number, len(every)))):
        tree = copy.deepcopy(trees[name])
        what, change = list(changes(tree))[place]
        change()
        mutants.append((name, what, ast.unparse(ast.fix_missing_locations(tree))))
    return mutants


def is_killed(mutant: tuple[str, str, str]) -> bool:
    """Whether a test fails on a mutant, in a copy of the project: what is nearest to it is tried first."""
    name, _, source = mutant
    with tempfile.TemporaryDirectory() as folder:
        for part in ("kscale_nb", "tests"):
            shutil.copytree(ROOT / part, Path(folder, part), ignore=shutil.ignore_patterns("__pycache__"))
        for part in ("book", "notebooks", "README.md", "pyproject.toml", "_toc.yml"):
            Path(folder, part).symlink_to(ROOT / part)
        Path(folder, "kscale_nb", f"{name}.py").write_text(source)
        nearest = [f"kscale_nb/{name}.py", f"tests/core/test_{TESTS_OF.get(name, name)}.py"]
        rest = [f"kscale_nb/{other}.py" for other in CORE if other != name]
        return _fails(folder, nearest) or _fails(folder, [*rest, "tests/core"])


def _fails(folder: str, paths: list[str]) -> bool:
    """Runs tests in a child that has loaded the libraries already, which saves most of the time."""
    if missing := [path for path in paths if not Path(folder, path).exists()]:  # else pytest would fail on every mutant
        raise FileNotFoundError(f"no {', '.join(missing)}")
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        sys.path[:0] = [folder]
        os.environ["PYTHONPATH"] = folder
        with open(os.devnull, "w") as silence:
            os.dup2(silence.fileno(), 1)
            os.dup2(silence.fileno(), 2)
        import pytest

        code = 3
        with contextlib.suppress(BaseException):
            code = pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--no-header", *paths])
        os._exit(int(code))
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status != 0
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--number", type=int, default=200)
    options.add_argument("--seed", type=int, default=1884)
    options.add_argument("--processes", type=int, default=1)
    options.add_argument("--only", choices=CORE)
    asked = options.parse_args()
    for library in LIBRARIES:
        import_module(library)  # here, so that no child has to
    if _fails(str(ROOT), [f"kscale_nb/{name}.py" for name in CORE] + ["tests/core"]):
        sys.exit("the tests fail on the core as it is: mend that first")
    mutants = sample(asked.number, asked.seed, asked.only)
    survivors = []
    with ThreadPoolExecutor(asked.processes) as pool:
        for (name, what, _), killed in zip(mutants, pool.map(is_killed, mutants), strict=True):
            print(f"{'killed  ' if killed else 'SURVIVED'}  {name}, {what}", flush=True)
            survivors += [] if killed else [f"{name}, {what}"]
    print(f"\n{len(mutants) - len(survivors)} of {len(mutants)} killed; survivors:", *survivors or ["none"], sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())

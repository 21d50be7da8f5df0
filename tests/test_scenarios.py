"""Every chapter as a reader runs it who has changed premises in its first code cell."""

import ast
from collections.abc import Iterator

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from conftest import CHAPTERS, ROOT

import kscale_nb
from kscale_nb import KscaleError
from kscale_nb.notebook import execute
from kscale_nb.notebook.scenario import scenario
from kscale_nb.notebook.svg import picture


def at_random(seed: int, premises: int = 5) -> dict[str, float]:
    """Premises of the documents, moved by a factor of 0.5 to 2 each, as far as the model allows."""
    random, model, changes = np.random.default_rng(seed), kscale_nb.MODEL, {}
    for name in random.permutation([name for name, q in model.quantities.items() if q.provenance == "premise"]):
        moved = changes | {str(name): model.givens[name] * 2 ** random.uniform(-1, 1)}
        try:
            model.under(**moved)
        except KscaleError:
            continue
        changes = moved
        if len(changes) == premises:
            break
    return changes


SCENARIOS = {  # as printed they run wherever their outputs are compared
    "twice the share": {"computing_share": "10%"},
    "a tenth of the power, and longer": {"K1_power": "1e15 W", "training_time": "3 year"},
    "another machine": {"active_parameters": 1e15, "efficiency_penalty": 8, "swarm_power": "3e15 W"},
    "corrected": kscale_nb.PRESETS["corrected"].overrides,
    "at random": at_random(seed=8),
}


def code(chapter) -> list:
    return [cell for cell in nbformat.read(ROOT / f"{chapter}.ipynb", as_version=4).cells if cell.cell_type == "code"]


def run(chapter, changes) -> dict:
    """The variables of a notebook whose cells ran one after the other, each showing what it shows."""
    call = ", ".join(f"{name}={value!r}" for name, value in changes.items())
    held = {"__name__": "__main__"}
    for cell in code(chapter):
        source = cell.source.replace("MODEL, LEDGER = scenario()", f"MODEL, LEDGER = scenario({call})")
        *statements, last = ast.parse(source).body
        shown = isinstance(last, ast.Expr)
        exec(compile(ast.Module([*statements, *([] if shown else [last])], []), cell.id, "exec"), held)
        result = eval(compile(ast.Expression(last.value), cell.id, "eval"), held) if shown else None
        for show in ("_repr_markdown_", "_repr_latex_", "__repr__"):
            getattr(result, show, lambda: None)()
        for number in plt.get_fignums():
            picture(plt.figure(number))
            plt.close(number)
    return held


@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_chapter_runs_under_a_scenario(chapter, name, monkeypatch):
    monkeypatch.chdir(ROOT / "notebooks")
    try:
        held = run(chapter, SCENARIOS[name])
        changes = {cause: kscale_nb.MODEL.checked(cause, value) for cause, value in SCENARIOS[name].items()}
        assert held["MODEL"].changes == changes
    finally:
        scenario()
        plt.close("all")


@pytest.mark.parametrize("chapter", ["notebooks/orions_arm_s1", "notebooks/roadmap"])
def test_what_cells_rest_on_is_what_a_run_says(chapter):
    def rests(cells):
        return {cell.id: cell.metadata.get("kscale") for cell in cells}

    path = ROOT / f"{chapter}.ipynb"
    fresh = execute.side_by_side([path])[path].result().cells  # in a thread, since a browser's loop may run in this one
    assert rests(code(chapter)) == rests(cell for cell in fresh if cell.cell_type == "code")


# What a cell may take from the model so that it follows a scenario, told from its source.

PARTED = {"ThermodynamicComputer"}  # is also put together from parts of another
MACHINES = PARTED | {
    "ThermodynamicChip", "HeatManagement", "PowerManagement", "SteamCycle", "DysonSwarm", "SwarmParameters",
    "load_systems", "own_systems", "ways", "streams", "by_element",
}  # fmt: skip
CHANGES = "MODEL.changes"


def names_in(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def bound(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """What is given a name, and what it is given: by assignments, loops and comprehensions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield from ((target, node.value) for target in node.targets)
        elif isinstance(node, ast.For | ast.comprehension):
            yield node.target, node.iter


def denotes(node: ast.AST, quantities: set[str]) -> bool:
    """Whether an expression is a quantity, or holds some: what a call gives is none, but for those on a container."""
    if isinstance(node, ast.Call):
        contained = isinstance(node.func, ast.Attribute) and node.func.attr in {"items", "values", "atoms"}
        return contained and denotes(node.func.value, quantities)
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) in {"MODEL", "DECLARED"}:
        return True
    if isinstance(node, ast.Name):
        return node.id in quantities
    return any(denotes(inner, quantities) for inner in ast.iter_child_nodes(node))


def of_chapters(trees: list[ast.AST]) -> set[str]:
    """The names of quantities that a notebook imports."""
    imports = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    chapters = [node for node in imports if node.module.startswith("kscale_nb.chapters")]
    return {alias.asname or alias.name for node in chapters for alias in node.names}


def declared_facts(tree: ast.AST, imported: set[str]) -> Iterator[str]:
    """Where a cell reads what a quantity is declared to be, whatever a reader changed."""
    quantities = set(imported)
    for target, value in bound(tree):
        if denotes(value, quantities):
            quantities |= names_in(target)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"value", "low", "high"}
            and denotes(node.value, quantities)
        ):
            yield ast.unparse(node)


def bare_machines(tree: ast.AST) -> Iterator[str]:
    """Where a cell builds a machine, or a ledger, without a reader's changes."""
    changes = {name for target, value in bound(tree) if CHANGES in ast.unparse(value) for name in names_in(target)}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    carried = {call for call in calls for word in call.keywords if word.arg is None
               and (CHANGES in ast.unparse(word.value) or names_in(word.value) & changes)}  # fmt: skip
    under = {call.func.value for call in carried if isinstance(call.func, ast.Attribute) and call.func.attr == "under"}
    for call in set(calls) - carried - under:
        of_model = isinstance(call.func, ast.Attribute) and call.func.attr == "of_model"
        name = ast.unparse(call.func.value if of_model else call.func)
        if name in MACHINES | {"Ledger"} and not (name in PARTED and call.args):
            yield ast.unparse(call)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_cell_reads_the_bare_model(chapter):
    trees = {cell.id: ast.parse(cell.source) for cell in code(chapter)}
    quantities = of_chapters(list(trees.values()))
    for cell, tree in trees.items():
        draws = any(isinstance(node, ast.Name) and node.id == "figure" for node in ast.walk(tree))
        assert not list(bare_machines(tree)), cell
        assert draws or not list(declared_facts(tree, quantities)), cell  # a figure may show the range of a source


@pytest.mark.parametrize(
    "source",
    [
        'low = MODEL["lyapunov_time"].low',
        "share = nickel.value",
        "total = sum(q.high for q in (iron, nickel))",
        "causes = {1: nickel}\nfor cause in causes.values():\n    print(cause.low)",
        "SteamCycle.of_model()",
        "ThermodynamicComputer(voltage=0.4)",
        "ways({'windings': 'iron'}, without=['chips'])",
        "Ledger(claims, MODEL.extended())",
    ],
)
def test_what_would_not_follow_is_found(source):
    tree = ast.parse(source)
    imports = ast.parse("from kscale_nb.chapters.power_train import iron, nickel")
    assert [*declared_facts(tree, of_chapters([imports])), *bare_machines(tree)]


@pytest.mark.parametrize(
    "source",
    [
        'least, most = MODEL.range_of("nickel")\nshare = MODEL.value("nickel")',
        "SteamCycle.of_model(**MODEL.changes)",
        "moved = MODEL.changes | {'nickel': 1}\nways(**moved)",
        "ThermodynamicComputer(magic, computer.heat, computer.power)",
        "Ledger(claims, model).under(**MODEL.changes)",
        'found = LEDGER.recover("kv_share", ids)\nprint(found.low)',
    ],
)
def test_what_follows_is_let_be(source):
    tree = ast.parse(source)
    assert not [*declared_facts(tree, {"nickel"}), *bare_machines(tree)]

"""Every chapter as a reader runs it who has changed premises in its first code cell."""

import ast

import matplotlib.pyplot as plt
import nbformat
import pytest
from conftest import CHAPTERS, ROOT

import kscale_nb
from kscale_nb.notebook.scenario import scenario
from kscale_nb.notebook.svg import picture

SCENARIOS = {
    "as printed": {},
    "twice the share": {"computing_share": "10%"},
    "a tenth of the power, and longer": {"K1_power": "1e15 W", "training_time": "3 year"},
    "another machine": {"active_parameters": 1e15, "efficiency_penalty": 8, "swarm_power": "3e15 W"},
    "corrected": kscale_nb.PRESETS["corrected"].overrides,
}


def run(path, changes) -> dict:
    """The variables of a notebook whose cells ran one after the other, each showing what it shows."""
    call = ", ".join(f"{name}={value!r}" for name, value in changes.items())
    held = {"__name__": "__main__"}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
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
    path = ROOT / f"{chapter}.ipynb"
    monkeypatch.chdir(path.parent)
    try:
        held = run(path, SCENARIOS[name])
        changes = {cause: kscale_nb.MODEL.checked(cause, value) for cause, value in SCENARIOS[name].items()}
        assert held["MODEL"].changes == changes
    finally:
        scenario()
        plt.close("all")

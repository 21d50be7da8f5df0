"""Notebooks run in place and side by side, and one that fails keeps what it held."""

import os
import re
from types import SimpleNamespace

import nbformat
import pytest
from IPython.core.events import EventManager, available_events

from kscale_nb.notebook.execute import main
from kscale_nb.notebook.record import Record


def write(path, *sources: str) -> None:
    cells = [nbformat.v4.new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(sources)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)


def test_notebooks_run_side_by_side_and_one_that_fails_keeps_what_it_held(tmp_path, capfd):
    paths = [tmp_path / f"{name}.ipynb" for name in ("one", "two", "wrong")]
    when = "import time\nprint(time.time(), flush=True)\ntime.sleep(3)\nprint(time.time())"
    write(paths[0], when)
    write(paths[1], when, "1 + 1")
    write(paths[2], "1 / 0")
    wrong = paths[2].read_text()
    assert main([str(path) for path in paths]) == 1
    printed, complaint = capfd.readouterr()
    assert printed.split() == [str(path) for path in paths[:2]]
    assert f"{paths[2]}: " in complaint and "ZeroDivisionError" in complaint
    assert paths[2].read_text() == wrong and not list(tmp_path.glob("*.tmp"))

    one, two = (nbformat.read(path, as_version=4) for path in paths[:2])
    assert len(one.cells[0].outputs) == 1, "what is written in pieces is kept as one"
    assert two.cells[1].outputs[0].data["text/plain"] == "2" and "execution" not in two.cells[0].metadata
    if os.cpu_count() < 2:
        pytest.skip("one processor runs one notebook at a time")
    (start, end), (other_start, other_end) = (
        map(float, re.findall(r"[\d.]+", n.cells[0].outputs[0].text)) for n in (one, two)
    )
    assert start < other_end and other_start < end


def test_a_second_scenario_in_one_notebook_is_listened_to_alone():
    shell = SimpleNamespace(user_ns={})
    shell.events = EventManager(shell, available_events)
    for _ in range(3):
        Record(shell, set())
    assert [len(shell.events.callbacks[event]) for event in ("pre_run_cell", "post_run_cell")] == [1, 1]
    Record.heard = {}


def test_an_output_rests_on_what_was_read_for_it_by_machines_too_and_helpers_follow_by_themselves(tmp_path):
    path = tmp_path / "notebook.ipynb"
    write(
        path,
        "from kscale_nb import ThermodynamicComputer\n"
        "from kscale_nb.notebook import DECLARED, compare, scenario\n\nMODEL, LEDGER = scenario()",
        "machine = ThermodynamicComputer.of_model(**MODEL.changes)",
        "machine.optimize_efficiency().voltage",
        "compare('k1s1ai.premise.compute-power')",
        "DECLARED.value('asteroid_mass')",
        "MODEL.value('logic_power', computing_share=0.1)",
        "MODEL.values()['asteroid_mass']",
        "MODEL.sample(3, targets=['logic_power']).draws('logic_power').shape",
    )
    assert main([str(path)]) == 0
    cells = nbformat.read(path, as_version=4).cells[2:]
    used, compared, declared, cut, looked_up, sampled = (
        set(cell.metadata.get("kscale", {}).get("rests", "").split()) for cell in cells
    )
    assert {"leakage_share", "threshold_voltage"} <= used and not used & {"metal_nickel", "computing_share"}
    assert compared == declared == set()
    assert cut == {"K1_power", "logic_share"}
    assert looked_up == {"asteroid_mass"} and "logic_power" in sampled

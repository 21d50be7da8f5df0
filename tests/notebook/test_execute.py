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

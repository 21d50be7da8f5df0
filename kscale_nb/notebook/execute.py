"""Run notebooks in place, side by side, and keep their outputs: `python -m kscale_nb.notebook.execute NOTEBOOK...`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path
from threading import Thread

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode

from kscale_nb.machines.durable import put
from kscale_nb.notebook.prose import cells_of

ASK_WHAT_CELLS_REST_ON = (
    "import json\nfrom kscale_nb.notebook.record import Record\nprint(json.dumps(Record.cells), end='')"
)


def run(path: Path, timeout: float = 300) -> NotebookNode:
    """The notebook with the outputs of a run in its own folder, and in each cell's metadata what these rest on.

    Times are left out, so that each run leaves the same.

    Raises KscaleError, naming the file, for what is no notebook.
    """
    cells_of(path)  # nbformat would not say which file it is that it cannot read
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(ASK_WHAT_CELLS_REST_ON))
    client = NotebookClient(
        notebook, timeout=timeout, startup_timeout=timeout, kernel_name="python3", record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    )  # fmt: skip
    asyncio.run(client.async_execute())  # a loop that is closed with the run
    notebook.metadata["language_info"] = {"name": "python"}
    record = json.loads("".join(output.text for output in notebook.cells.pop().outputs))
    for cell in notebook.cells:
        if (rests := record.get(str(cell.get("execution_count")))) and cell.outputs:
            cell.metadata["kscale"] = {"rests": rests}
        else:
            cell.metadata.pop("kscale", None)
    return notebook


def side_by_side(paths: Iterable[Path], timeout: float = 300) -> dict[Path, Future]:
    """Start to run notebooks, in this order, as many at once as there are processors; what comes of each.

    The threads only talk to kernels, which are processes of their own; they end when this process does.
    """
    runs = {path: Future() for path in paths}
    waiting = iter(list(runs.items()))

    def work() -> None:
        for path, outcome in waiting:
            try:
                outcome.set_result(run(path, timeout))
            except Exception as error:
                outcome.set_exception(error)

    for _ in range(min(os.cpu_count(), len(runs))):
        Thread(target=work, daemon=True).start()
    return runs


def keep(path: Path, notebook: NotebookNode) -> None:
    """Write a notebook in one step, so that a run that is cut off leaves the old one whole."""
    text = nbformat.writes(notebook)
    put(path, text if text.endswith("\n") else f"{text}\n")


def main(names: list[str]) -> int:
    """Run notebooks and keep the outputs of those without error; how many failed."""
    failed = 0
    for path, outcome in side_by_side(map(Path, names)).items():
        try:
            keep(path, outcome.result())
            print(path, flush=True)
        except (CellExecutionError, CellTimeoutError) as error:
            failed += 1
            print(f"{path}: {error}", file=sys.stderr)
    return failed


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))

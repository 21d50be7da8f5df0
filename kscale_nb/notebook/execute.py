"""Run notebooks in place, side by side, and keep their outputs: `python -m kscale_nb.notebook.execute NOTEBOOK...`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode


def run(path: Path, timeout: float = 300) -> NotebookNode:
    """The notebook with the outputs of a run in its own folder, without times, so that each run leaves the same."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=timeout, kernel_name="python3", record_timing=False, coalesce_streams=True,
                   resources={"metadata": {"path": str(path.parent)}}).execute()  # fmt: skip
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def side_by_side(paths: Iterable[Path], timeout: float = 300) -> Iterator[tuple[Path, NotebookNode | Exception]]:
    """Each notebook as its run ends, or the cell's error, with as many kernels at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # threads suffice: kernels are processes of their own
        runs = {pool.submit(run, path, timeout): path for path in paths}
        for done in as_completed(runs):
            error = done.exception()
            if error is not None and not isinstance(error, CellExecutionError | CellTimeoutError):
                raise error
            yield runs[done], error or done.result()


def keep(path: Path, notebook: NotebookNode) -> None:
    """Write a notebook in one step, so that a run that is cut off leaves the old one whole."""
    text = nbformat.writes(notebook)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    temporary.replace(path)


def main(names: list[str]) -> int:
    """Run the notebooks and keep the outputs of those without error; how many failed."""
    failed = 0
    for path, outcome in side_by_side(map(Path, names)):
        if isinstance(outcome, Exception):
            failed += 1
            print(f"{path}: {outcome}", file=sys.stderr)
        else:
            keep(path, outcome)
            print(path, flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(bool(main(sys.argv[1:])))

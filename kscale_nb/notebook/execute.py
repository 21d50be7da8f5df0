"""Run notebooks in place and keep their outputs: `python -m kscale_nb.notebook.execute notebooks/*.ipynb`."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def execute(path: Path) -> None:
    """Run one notebook and write it back, without times, so that an unchanged run leaves an unchanged file."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name="python3", record_timing=False,
                   resources={"metadata": {"path": str(path.parent)}}).execute()  # fmt: skip
    notebook.metadata["language_info"] = {"name": "python"}
    text = nbformat.writes(notebook)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    temporary.replace(path)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name, flush=True)
        execute(Path(name))

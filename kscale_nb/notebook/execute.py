"""Run notebooks in place and keep their outputs: `python -m kscale_nb.notebook.execute notebooks/*.ipynb`."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from kscale_nb.errors import KscaleError
from kscale_nb.prose import cells_of


def execute(path: Path) -> None:
    """Run one notebook and write it back, without times, so that an unchanged run leaves an unchanged file.

    Raises KscaleError, naming the file, for what is no notebook.
    """
    cells_of(path)  # nbformat would not say which file it is that it cannot read
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
        try:
            execute(Path(name))
        except KscaleError as error:
            print(f"kscale_nb: {error}", file=sys.stderr)
            sys.exit(2)

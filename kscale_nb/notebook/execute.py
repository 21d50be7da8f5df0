"""Bring pages up to date in place: `python -m kscale_nb.notebook.execute notebooks/*.ipynb book/*.md`.

Notebooks run and keep their outputs; numbers of claims in prose, `[23](kscale:count/K1S1AI/exact)`, are written anew.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from kscale_nb import LEDGER

COUNT = re.compile(r"\[[^\]]*\](\(kscale:count/([^)\s]+)\))")


def with_counts(text: str) -> str:
    """Markdown with the ledger's own numbers of claims.

    >>> with_counts("[some](kscale:count/K1S1AI/exact/off) claims are both")
    '[0](kscale:count/K1S1AI/exact/off) claims are both'
    """
    return COUNT.sub(lambda link: f"[{LEDGER.count(link[2])}]{link[1]}", text)


def execute(path: Path) -> None:
    """Run one notebook and write it back, without times, so that an unchanged run leaves an unchanged file."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = with_counts(cell.source)
    NotebookClient(notebook, timeout=300, kernel_name="python3", record_timing=False,
                   resources={"metadata": {"path": str(path.parent)}}).execute()  # fmt: skip
    notebook.metadata["language_info"] = {"name": "python"}
    text = nbformat.writes(notebook)
    _replace(path, text if text.endswith("\n") else f"{text}\n")


def _replace(path: Path, text: str) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name, flush=True)
        path = Path(name)
        if path.suffix == ".ipynb":
            execute(path)
        else:
            _replace(path, with_counts(path.read_text(encoding="utf-8")))

"""Sources: every module and every cell compiles without a warning, on any Python."""

import ast
import json
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = [path for folder in ("kscale_nb", "book", "tests") for path in (ROOT / folder).rglob("*.py")]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def compiled(text: str, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile(text, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_modules_compile_without_a_warning():
    for path in MODULES:
        compiled(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_compile_without_a_warning(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            lines = "".join(cell["source"]).splitlines()
            compiled("\n".join("" if line.startswith("%") else line for line in lines), f"{path.stem} {cell['id']}")


def test_an_escape_that_is_none_is_seen():
    with pytest.raises(SyntaxError, match="invalid escape"):
        compiled(r'"a\,b"', "a cell")

"""Adding a quantity, a claim and a chapter touches the files that the contributing page names, and all stays green."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT

BIN = Path(sys.executable).parent
MADE = shutil.ignore_patterns(".git", ".venv", "_build", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis", ".tmp")
SOURCE = "\n@book{clockmaker1890, author={Clockmaker, A.}, title={Springs}, publisher={Nobody}, year={1890}}\n"
MODULE = '''"""Clockwork: what a spring would give the machine."""

from kscale_nb.chapters.energy_split import K1_power
from kscale_nb.quantity import derived, given

spring_power = given("p_{cl}", 50, "W/kg", "power of a wound spring per mass", "measured", "clockmaker1890", 20, 80)
spring_mass = derived("M_{cl}", K1_power / spring_power, "kg", "springs for K1")
'''
CLAIM = """
[[claim]]
id = "k1s1ai.clockwork.springs"
document = "K1S1AI"
section = "clockwork"
statement = "mass of the springs"
printed = "2.0e14"
unit = "kg"
chapter = "clockwork"
quantity = "spring_mass"
world = [1e12, 2e12]
evidence = ["clockmaker1890"]
"""
PROSE = "# Clockwork: what would springs give?\n\nThey weigh [2.0 × 10¹⁴ kg](kscale:spring_mass)."
CODE = """from kscale_nb import MODEL
from kscale_nb.chapters.energy_split import K1_power
from kscale_nb.chapters.clockwork import spring_mass, spring_power

assert spring_mass.expression == K1_power / spring_power
print(f"{MODEL.value('spring_mass'):.3g} kg")"""
CHECKS = ["core/test_claims", "core/test_public_names", "core/test_command_line", "notebook/test_prose"]


def states(folder: Path) -> dict[str, str]:
    """Each file and what it holds."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }  # fmt: skip


def named_by_the_page() -> set[str]:
    """The files that the contributing page names for a quantity, a claim and a chapter."""
    page = (ROOT / "book" / "contributing.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith(("| a quantity", "| a claim", "| a chapter"))]
    return {name.replace("NAME", "clockwork") for name in re.findall(r"`([\w/-]+\.\w+)`", "".join(rows))}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Runs a command in a copy of the project to which a quantity, a claim and a chapter were added."""
    copy = tmp_path_factory.mktemp("contributor") / "book"
    shutil.copytree(ROOT, copy, ignore=MADE)
    before = states(copy)

    def command(*words: str, folder: Path = copy) -> str:
        variables = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(words, cwd=folder, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return done.stdout

    def append(name: str, text: str) -> None:
        path = copy / name
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    append("kscale_nb/data/references.bib", SOURCE)
    append("kscale_nb/data/claims.toml", CLAIM)
    (copy / "kscale_nb" / "chapters" / "clockwork.py").write_text(MODULE)
    cells = [nbformat.v4.new_markdown_cell(PROSE), nbformat.v4.new_code_cell(CODE)]
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    metadata = {"kernelspec": kernel, "kscale": {"stage": "matter"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=metadata), copy / "notebooks" / "clockwork.ipynb")
    contents = copy / "_toc.yml"
    last = "      - file: notebooks/growth\n"
    contents.write_text(contents.read_text().replace(last, f"{last}      - file: notebooks/clockwork\n"))
    # what make notebooks does, to those that show the ledger as a whole
    notebooks = ["notebooks/clockwork.ipynb", "notebooks/verdict.ipynb"]
    pages = sorted(path.relative_to(copy).as_posix() for path in [*copy.glob("book/*.md"), *copy.glob("*/*.ipynb")])
    command(sys.executable, "-m", "kscale_nb.notebook.counts", *pages)
    command(sys.executable, "-m", "kscale_nb.notebook.execute", *notebooks)
    after = states(copy)
    command.touched = {name for name in after if after[name] != before.get(name)} | (set(before) - set(after))
    command.copy = copy
    return command


def test_no_other_file_is_touched_than_the_page_names(run):
    assert run.touched == named_by_the_page()


def test_the_quick_checks_stay_green(run):
    run(str(BIN / "ruff"), "check", ".")
    run(str(BIN / "ruff"), "format", "--check", ".")
    tests = [f"tests/{name}.py" for name in CHECKS]
    run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "kscale_nb/ledger.py", *tests)


def test_the_book_is_built_with_the_new_chapter_in_its_place(run):
    configuration = run.copy / "_config.yml"
    stored = configuration.read_text(encoding="utf-8").replace("execute_notebooks: cache", "execute_notebooks: off")
    configuration.write_text(stored, encoding="utf-8")
    run(str(BIN / "jupyter-book"), "build", "-W", "-n", "--keep-going", ".")
    pages = run.copy / "_build" / "html"
    chapter = (pages / "notebooks" / "clockwork.html").read_text(encoding="utf-8")
    assert 'data-quantity="spring_mass"' in chapter and re.search(
        r"matter</span>.{0,2000}, chapter (\d) of \1<", chapter
    )
    quantities = (pages / "book" / "quantities.html").read_text(encoding="utf-8")
    assert quantities.index('id="quantity-swarm_power"') < quantities.index('id="quantity-spring_mass"')
    assert 'id="claim-k1s1ai.clockwork.springs"' in (pages / "book" / "ledger.html").read_text(encoding="utf-8")
    assert "not spoken of here yet" in (pages / "notebooks" / "verdict.html").read_text(encoding="utf-8")

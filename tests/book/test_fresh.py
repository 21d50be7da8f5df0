"""Never stale: a build runs notebooks again when the package or its data changed, pages when what makes them did."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from conftest import ROOT

CONFIGURATION = f"""
extensions = ["myst_nb", "sphinxcontrib.bibtex", "_ext"]
bibtex_bibfiles = []
html_static_path = [{str(ROOT / "book" / "assets")!r}]
html_theme = "sphinx_book_theme"
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
"""


def test_notebooks_run_again_when_the_package_changed_and_only_then(tmp_path):
    for folder in ("kscale_nb", "book/_ext"):  # both are found there by their names
        copy = tmp_path / Path(folder).name
        shutil.copytree(ROOT / folder, copy, ignore=shutil.ignore_patterns("__pycache__"))
    book, runs = tmp_path / "book", tmp_path / "runs.txt"
    book.mkdir()
    (book / "conf.py").write_text(CONFIGURATION)
    code = f"open({str(runs)!r}, 'a').write('run ')\nfrom kscale_nb import MODEL\nprint(MODEL.value('K1_power'))"
    cells = [nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_code_cell(code)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), book / "index.ipynb")

    page_file = tmp_path / "out" / "html" / "index.html"

    def build() -> tuple[int, str]:
        subprocess.run(
            [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", str(book), str(tmp_path / "out" / "html")],
            check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)},
        )  # fmt: skip
        return runs.read_text().count("run"), page_file.read_text()

    times, page = build()
    assert times == 1 and "1e+16" in page
    assert build()[0] == 1, "nothing changed, nothing runs"

    chapter = tmp_path / "kscale_nb" / "chapters" / "energy_split.py"
    chapter.write_text(chapter.read_text().replace('"P_{K1}", 1e16', '"P_{K1}", 1.01e16'))
    times, page = build()
    assert times == 2 and "1.01e+16" in page, "the package changed, the page follows"

    data = tmp_path / "kscale_nb" / "data" / "references.bib"
    data.write_text(data.read_text() + "\n")
    assert build()[0] == 3, "its data changed, the notebook runs"
    written = page_file.stat().st_mtime_ns
    assert build() and page_file.stat().st_mtime_ns == written
    extension = tmp_path / "_ext" / "look" / "asides.py"
    extension.write_text(extension.read_text() + "# another\n")
    assert build()[0] == 3 and page_file.stat().st_mtime_ns > written, "its maker changed, the page is made again"

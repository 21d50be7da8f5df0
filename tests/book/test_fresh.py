"""Never stale: a build runs notebooks again when the package or its data changed, and only then."""

import os
import shutil
import subprocess
import sys

import nbformat
from conftest import CONF, ROOT

CONFIGURATION = f"""{CONF}
extensions = ["myst_nb", "sphinxcontrib.bibtex", "_ext"]
bibtex_bibfiles = []
html_static_path = [{str(ROOT / "book" / "assets")!r}]
html_theme = "sphinx_book_theme"
nb_execution_mode = "cache"
nb_execution_raise_on_error = True
"""


def test_notebooks_run_again_when_the_package_changed_and_only_then(tmp_path):
    shutil.copytree(ROOT / "kscale_nb", tmp_path / "kscale_nb", ignore=shutil.ignore_patterns("__pycache__"))
    book, runs = tmp_path / "book", tmp_path / "runs.txt"
    book.mkdir()
    (book / "conf.py").write_text(CONFIGURATION)
    code = f"open({str(runs)!r}, 'a').write('run ')\nfrom kscale_nb import MODEL\nprint(MODEL.value('K1_power'))"
    cells = [nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_code_cell(code)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), book / "index.ipynb")

    def build() -> tuple[int, str]:
        subprocess.run(
            [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", str(book), str(tmp_path / "out" / "html")],
            check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)},
        )  # fmt: skip
        return runs.read_text().count("run"), (tmp_path / "out" / "html" / "index.html").read_text()

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
    assert build()[0] == 3

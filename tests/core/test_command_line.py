"""The command line, as a new user tries it."""

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT

import kscale_nb
from kscale_nb import LEDGER
from kscale_nb.commands import main
from kscale_nb.machines.metrics.systems import own_systems


def run(capsys, *words: str) -> str:
    assert main(list(words)) == 0
    return capsys.readouterr().out


def test_the_ledger_as_a_table(capsys):
    out, shown = run(capsys, "ledger", "--id", "k1s1ai.model"), sum(c.id.startswith("k1s1ai.model") for c in LEDGER)
    assert "4,493 T" in out and "exact" in out and f"{shown} of {len(LEDGER.claims)} claims" in out


def test_the_ledger_as_json(capsys):
    rows = json.loads(run(capsys, "ledger", "--format", "json"))
    fields = {
        "id", "document", "section", "statement", "printed", "unit", "derived", "relative_error", "verdict", "physics",
        "evidence", "chapter",
    }  # fmt: skip
    assert len(rows) == len(LEDGER.claims) and all(fields <= set(row) for row in rows)
    row = next(row for row in rows if row["id"] == "k1s1ai.model.active-parameters")
    assert row["derived"] == pytest.approx(4492.63, abs=0.01) and row["verdict"] == "exact"
    assert row["relative_error"] == pytest.approx(row["derived"] / 4493 - 1)


@pytest.mark.parametrize(
    ("filter_words", "field", "value"),
    [
        (["--verdict", "exact"], "verdict", "exact"),
        (["--document", "TIP-0128"], "document", "TIP-0128"),
        (["--physics", "infeasible"], "physics", "infeasible"),
    ],
)
def test_the_ledger_filters(capsys, filter_words, field, value):
    rows = json.loads(run(capsys, "ledger", "--format", "json", *filter_words))
    assert rows and {row[field] for row in rows} == {value}


def test_explain_tells_where_a_number_comes_from(capsys):
    out = run(capsys, "explain", "active_parameters")
    for part in (
        "4.49263 × 10¹⁵",
        "closed form",
        "computing_share",
        "+0.5",
        "Hoffmann and others 2022",
        "claims rest on it",
    ):
        assert part in out
    given = run(capsys, "explain", "logic_efficiency")
    assert "recovered: not printed" in given and "K1S1AI" in given


def test_what_if_prints_what_moved_and_what_flips(capsys):
    out = run(capsys, "what-if", "computing_share=10%")
    assert "0.0%" not in out and "verdicts flip" in out
    assert "k1s1ai.model.active-parameters" in out


def test_what_if_as_json_is_in_si(capsys):
    values = json.loads(run(capsys, "what-if", "computing_share=10%", "training_time=4 year", "--format", "json"))
    assert values["computing_power"] == 1e15
    assert values["training_time"] == 4 * 31_557_600
    assert values["active_parameters"] == pytest.approx(4.49263e15 * 8**0.5, rel=1e-5)


def test_what_if_may_override_a_derived_quantity(capsys):
    values = json.loads(run(capsys, "what-if", "active_parameters=1e12", "--format", "json"))
    assert values["active_parameters"] == 1e12 and values["training_compute"] == pytest.approx(2.422e33, rel=1e-3)


def test_what_if_may_begin_with_a_preset(capsys):
    values = json.loads(run(capsys, "what-if", "--preset", "corrected", "training_utilisation=50%", "--format", "json"))
    assert values["training_utilisation"] == 0.5 and values["dram_power_per_byte"] == pytest.approx(0.392e-9)


def test_list_names_everything(capsys):
    out = run(capsys, "list")
    assert "active_parameters" in out and "Stefan-Boltzmann" in out


def test_metrics_of_all_systems_and_of_one(capsys):
    out = run(capsys, "metrics")
    assert "DGX H100" in out and "n/a" in out and f"{len(own_systems())} systems" in out and "carbon footprint" in out
    out = run(capsys, "metrics", "bitcoin")
    assert "a hash is no FLOP" in out and "TWh" not in out and "Cambridge Centre" in out
    assert "0.00031 to 0.0014" in out  # the range of its power


def test_metrics_as_json_are_plain_numbers(capsys):
    (record,) = json.loads(run(capsys, "metrics", "k1s1ai", "--format", "json"))
    metrics = {metric["name"]: metric for metric in record["metrics"]}
    assert len(metrics) == 12 and record["data"]["power"]["quantity"] == "K1_machine_power"
    assert metrics["energy_efficiency_ratio"]["value"] == pytest.approx(0.9)
    assert metrics["carbon_per_computation"]["value"] is None and metrics["carbon_per_computation"]["reason"]
    assert len(json.loads(run(capsys, "metrics", "--format", "json"))) == len(own_systems())


def test_metrics_of_a_readers_file(capsys, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        '[laptop]\npower = { value = 40, unit = "W", source = "a meter" }\n'
        'throughput = { value = 8, unit = "ZFLOP/s", source = "a brochure" }\n'
        'bits_erased_per_flop = { quantity = "bits_erased_per_flop" }\n'
    )
    out = run(capsys, "metrics", str(path))
    assert "laptop" in out and "BROKEN" in out and "mass is not told" in out and "a brochure" in out
    path.write_text('[laptop]\npower = { value = -40, unit = "W", source = "a meter" }\n')
    assert main(["metrics", str(path)]) == 2
    told = capsys.readouterr().err
    assert told == "kscale_nb: mine.toml, laptop: power must be positive, got -40\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["metrics", "fronteer"], "did you mean 'frontier'"),
        (["metrics", "no_such_file.toml"], "there is no such file"),
        (["metrics", "brain", "--format", "xml"], "invalid choice"),
        (["explain", "active_paramters"], "did you mean 'active_parameters'"),
        (["explain"], "required: NAME"),
        ([], "required: COMMAND"),
        (["expalin", "x"], "invalid choice"),
        (["what-if"], "needs a change"),
        (["what-if", "--preset", "correct"], "did you mean 'corrected'"),
        (["what-if", "computing_share"], "expected NAME=VALUE"),
        (["what-if", "computing_share="], "expected NAME=VALUE"),
        (["what-if", "computing_share=ten"], "'ten' is not a number"),
        (["what-if", "computing_share=10%", "computing_share=20%"], "changed twice"),
        (["what-if", "K1_power=5 x" + " " * 100_000 + "x"], "too long"),
        (["explain", "x" * 10_000], "none of the"),
        (["metrics", "x" * 10_000], "expected one of"),
        (["metrics", "a\0b.toml"], "cannot be read"),
        (["metrics", "/dev/null"], "a file of systems is TOML"),
        (["ledger", "--id", "\x1b[31mred"], r"\x1b[31mred"),
        (["what-if", "K1_power=5 GB"], "'GB' does not fit"),
        (["what-if", "K1_power=2e16 Wat"], "unknown unit 'Wat'"),
        (["what-if", "K1_power=-5 W"], "must be positive"),
        (["what-if", "K1_power=nan"], "is not a number"),
        (["what-if", "computing_share=150%"], "cannot"),
        (["ledger", "--verdict", "exakt"], "did you mean 'exact'"),
        (["ledger", "--physics", "disputd"], "did you mean 'disputed'"),
        (["ledger", "--document", "K1S1"], "did you mean 'K1S1AI'"),
        (["explain", "k1s1ai.model.d-model"], "ledger --id k1s1ai.model.d-model"),
        (["ledger", "--verdict", ""], "unknown verdict"),
        (["ledger", "--id", "k1s1ai.modl"], "did you mean 'k1s1ai.model'"),
        (["ledger", "--format", "xml"], "invalid choice"),
        (["scaling", "/dev/null"], "a file is expected"),
        (["scaling", "none.csv"], "none.csv: there is no such file"),
        (["scaling", "runs.csv", "--compute", "5 W"], "does not fit"),
        (["odds", "--draws", "0"], "a whole number from 1 to 1,000,000,000,000 is expected, not '0'"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(capsys, words, told):
    assert main(words) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and told in captured.err and captured.err.count("\n") == 1


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_without_raised_figures_gets_them_typed(encoding):
    done = subprocess.run(
        [sys.executable, "-m", "kscale_nb", "explain", "active_parameters"],
        env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "4.49263 x 10^15 parameters" in done.stdout and "?" not in done.stdout


def test_what_a_readers_file_says_cannot_steer_the_screen(capsys, tmp_path):
    path, steer = tmp_path / "mine.toml", r"\u001b[31m"
    system = f'name = "a{steer}"\nnote = "b{steer}"\npower = {{ value = 4, unit = "W", source = "c{steer}" }}\n'
    path.write_text(f'[one]\n{system}unknown = {{ mass = "d{steer}" }}\n')
    alone = run(capsys, "metrics", str(path))
    assert all(f"{letter}\\x1b[31m" in alone for letter in "abcd")
    path.write_text(f"[one]\n{system}[two]\n{system}")
    assert "\x1b" not in alone + run(capsys, "metrics", str(path))


def test_it_runs_as_a_module_and_survives_a_closed_pipe():
    command = f"{sys.executable} -m kscale_nb list | head -n 2"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("name") and done.stderr == ""


@pytest.mark.parametrize(
    ("redirection", "told"),
    [(">&-", "no standard output"), (">/dev/full", "the output cannot be written: No space left")],
)
def test_an_output_that_cannot_be_written_is_told(redirection, told):
    command = f"{sys.executable} -m kscale_nb list {redirection}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and told in done.stderr and done.stderr.count("\n") == 1
    done = subprocess.run(["bash", "-c", f"{command} 2>&-"], capture_output=True, check=False)
    assert done.returncode == 2


def test_what_takes_more_memory_than_there_is_is_told(capsys, monkeypatch):
    def too_much(*_):
        raise MemoryError

    monkeypatch.setattr(kscale_nb.LEDGER, "judge_all", too_much)
    assert main(["ledger"]) == 2
    assert capsys.readouterr().err == "kscale_nb: this needs more memory than there is\n"


@pytest.mark.parametrize("epoch", ["x", "", "1.5", "9" * 30])
def test_a_time_of_the_build_that_is_none_is_told(capsys, monkeypatch, epoch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert main(["swarm", "--days", "1"]) == 2
    told = capsys.readouterr().err
    assert told == f"kscale_nb: SOURCE_DATE_EPOCH: a whole number of seconds since 1970 is expected, not {epoch!r}\n"


def test_it_writes_into_whatever_stands_for_the_output():
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as error:
        assert main(["explain", "K1_power"]) == 0
        assert main(["explain", "K1_powr"]) == 2
    assert "10¹⁶ W" in out.getvalue()
    assert error.getvalue() == "kscale_nb: unknown quantity 'K1_powr': did you mean 'K1_power'?\n"


def test_help_and_version_are_told(capsys):
    for words in (["--help"], ["what-if", "--help"], ["ledger", "--help"], ["--version"]):
        with pytest.raises(SystemExit) as stopped:
            main(words)
        assert stopped.value.code == 0
    assert "0.1.0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("data/claims.toml", 'quantity = "K1_power"', 'quantity = "K1_powr"', "did you mean 'K1_power'"),
        ("data/claims.toml", "[[claim]]", "[[claim", "claims.toml"),
        ("chapters/energy_split.py", '1e16, "W"', '1e16, "J"', "units do not fit|declared in"),
        (
            "chapters/energy_split.py",
            '"premise", "k1s1ai"',
            '"premise", ""',
            r"'energy_split', line \d+: .*needs a source",
        ),
        ("chapters/energy_split.py", "given(", "given((", r"chapter 'energy_split', line \d+: SyntaxError: "),
        (
            "chapters/energy_split.py",
            "\n\n",
            "\n1 / 0\n",
            r"'energy_split', line 2: ZeroDivisionError: division by zero",
        ),
        ("chapters/energy_split.py", "\n\n", "\nimport nowhere\n", r"line 2: ModuleNotFoundError: .* 'nowhere'"),
        ("chapters/constants.py", "\n\n", "\nraise SystemExit(7)\n", r"chapter 'constants', line \d+: SystemExit: 7"),
    ],
)
def test_a_broken_file_of_the_package_is_told_in_one_line(tmp_path, file, old, new, told):
    shutil.copytree(ROOT / "kscale_nb", tmp_path / "kscale_nb", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "kscale_nb" / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "kscale_nb", "ledger"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and re.search(told, done.stderr), done.stderr


def test_a_broken_chapter_keeps_its_own_error_as_the_cause(tmp_path, monkeypatch):
    (tmp_path / "broken.py").write_text("\nprint(1 / 0)\n")
    monkeypatch.setattr(kscale_nb.chapters, "__path__", [str(tmp_path)])
    with pytest.raises(kscale_nb.KscaleError, match=r"^chapter 'broken', line 2: ZeroDivisionError: ") as caught:
        kscale_nb.chapters.chapter_modules()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_ctrl_c_is_heard_while_the_libraries_are_loaded(tmp_path):
    (tmp_path / "sympy.py").write_text("raise KeyboardInterrupt\n")
    done = subprocess.run(
        [sys.executable, "-m", "kscale_nb", "list"], env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "kscale_nb: interrupted\n")

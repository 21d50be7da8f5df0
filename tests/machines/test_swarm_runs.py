"""Runs of the DysonSwarm that stop and go on, and its command line."""

import dataclasses
import io
import json
import math
import os
import signal
import stat
import subprocess
import sys

import numpy as np
import pytest
from test_swarm import same, small

from kscale_nb import MODEL, KscaleError
from kscale_nb.commands import main
from kscale_nb.machines.swarm import run_file
from kscale_nb.machines.swarm.parameters import MOST
from kscale_nb.machines.swarm.report import progress_bar

# -- files --------------------------------------------------------------------------------------------


def test_a_run_that_stopped_goes_on_as_if_it_had_not(tmp_path):
    whole, first = small(), small()
    whole.manage_swarm(30)
    whole.lose(0.3)
    whole.manage_swarm(30)
    first.manage_swarm(30)
    first.lose(0.3)
    first.manage_swarm(7)
    run_file.save(first, tmp_path / "run.npz")
    second = run_file.load(tmp_path / "run.npz", first.parameters.as_record())
    second.manage_swarm(23)
    assert same(whole, second)


def test_a_broken_file_is_told_by_what_is_wrong(tmp_path):
    file = tmp_path / "run.npz"
    run_file.save(small(), file)
    content = file.read_bytes()
    for number, (bytes_, told) in enumerate([
        (content[: len(content) // 2], "cut short"), (b"", "cut short"), (b"PK\x03\x04 nonsense", "cut short"),
    ]):  # fmt: skip
        broken = tmp_path / f"broken{number}.npz"
        broken.write_bytes(bytes_)
        with pytest.raises(KscaleError, match=told):
            run_file.load(broken)
    with pytest.raises(KscaleError, match="no such file"):
        run_file.load(tmp_path / "none.npz")
    with pytest.raises(KscaleError, match="another run: its lots is 5000, here it is 77"):
        run_file.load(file, {"lots": 77})


def test_an_altered_file_is_noticed(tmp_path):
    file = tmp_path / "run.npz"
    run_file.save(small(), file)
    with np.load(file) as stored:
        arrays = dict(stored)
    arrays["module_mass"] = arrays["module_mass"] * 2
    np.savez(file, **arrays)
    with pytest.raises(KscaleError, match="altered"):
        run_file.load(file)


def test_the_old_file_survives_a_write_that_is_killed(tmp_path):
    file = tmp_path / "run.npz"
    run_file.save(small(), file)
    before = file.read_bytes()
    kill = (
        "import os\nfrom kscale_nb import DysonSwarm\nfrom kscale_nb.machines.swarm import run_file\n"
        "swarm = DysonSwarm(modules=5, lots=5)\n"
        "os.fsync = lambda _file: os.kill(os.getpid(), 9)\n"
        f"run_file.save(swarm, {str(file)!r})\n"
    )
    assert subprocess.run([sys.executable, "-c", kill], check=False).returncode == -9
    assert file.read_bytes() == before
    assert run_file.load(file).parameters.lots == 5_000


def test_a_write_that_fails_leaves_no_litter(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(KscaleError, match="cannot be written: No space left"):
        run_file.save(small(), tmp_path / "run.npz")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"Dear reader", b"PK\x03\x04", b"\0" * 99])
def test_nothing_but_a_run_is_overwritten(tmp_path, content):
    file, link = tmp_path / "letter.txt", tmp_path / "link.npz"
    file.write_bytes(content)
    link.symlink_to(file)
    for path in (file, link):
        with pytest.raises(KscaleError, match="no run of a swarm, or it was cut short; it is not overwritten"):
            run_file.save(small(), path)
    assert file.read_bytes() == content and link.is_symlink()


def test_devices_pipes_and_folders_stay_what_they_are(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "null").symlink_to(os.devnull)
    before = {path: path.lstat().st_mode for path in tmp_path.iterdir()}
    for path in before:
        with pytest.raises(KscaleError, match="not overwritten"):
            run_file.save(small(), path)
    assert before == {path: path.lstat().st_mode for path in tmp_path.iterdir()}
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_a_run_is_written_through_links_and_keeps_its_permissions(tmp_path):
    old = os.umask(0o027)
    try:
        run_file.save(small(), tmp_path / "run.npz")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "run.npz").stat().st_mode) == 0o640
    (tmp_path / "run.npz").chmod(0o664)
    (tmp_path / "link.npz").symlink_to("run.npz")
    (tmp_path / "dangling.npz").symlink_to("new.npz")
    later = small()
    later.manage_swarm(3)
    run_file.save(later, tmp_path / "link.npz")
    run_file.save(later, tmp_path / "dangling.npz")
    for name in ("link.npz", "dangling.npz"):
        assert (tmp_path / name).is_symlink() and run_file.load(tmp_path / name).day == 3
    assert stat.S_IMODE((tmp_path / "run.npz").stat().st_mode) == 0o664 and (tmp_path / "new.npz").is_file()


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "no/such/folder"])
def test_a_name_that_cannot_be_written_is_told_before_the_days_pass(capsys, tmp_path, name):
    assert main(["swarm", "--days", "1000000", "--save", f"{tmp_path}/{name}"]) == 2
    assert "cannot be written" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_an_operation_that_is_refused_on_its_way_leaves_the_swarm_as_it_was():
    swarm, untouched = small(), small()

    def stop(day):
        if day == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        swarm.manage_swarm(30, stop)
    assert same(swarm, untouched) and swarm.day == 0
    swarm.manage_swarm(5)
    untouched.manage_swarm(5)
    assert same(swarm, untouched)


def test_a_swarm_that_outgrows_memory_is_stopped(monkeypatch):
    monkeypatch.setitem(MOST, "lots", 5_100)
    swarm = small()
    swarm.allocation = dataclasses.replace(swarm.allocation, growth=0.9)
    with pytest.raises(KscaleError, match="there would be more than 5,100 lots"):
        swarm.manage_swarm(400)
    assert swarm.day == 0 and len(swarm.lot_works) == 5_000
    days = len(swarm.manage_swarm(400, until_full=True).days)
    assert 0 < days == swarm.day < 400 and 5_050 < len(swarm.lot_works) <= 5_100
    assert len(swarm.manage_swarm(5, until_full=True).days) == 0
    swarm.allocation = dataclasses.replace(swarm.allocation, growth=0.0)  # what grows no more, runs on
    assert len(swarm.manage_swarm(5).days) == 5


def test_the_days_of_a_run_that_outgrows_memory_are_told_and_kept(capsys, monkeypatch, tmp_path):
    monkeypatch.setitem(MOST, "lots", 5_100)
    words = ["swarm", "--modules", "20", "--lots", "5000", "--days", "400", "--format", "json"]
    assert main([*words, "--save", f"{tmp_path}/run.npz"]) == 2
    told = capsys.readouterr()
    day = json.loads(told.out)["run"]["day"]
    assert told.err == (
        f"kscale_nb: on day {day + 1} there would be more than 5,100 lots: begin with fewer, larger ones, "
        "by --lots below 5,000; the run ends the day before, and is saved\n"
    )
    assert run_file.load(tmp_path / "run.npz").day == day > 0


# -- the command line ---------------------------------------------------------------------------------


def command(capsys, *words: str) -> str:
    assert main(["swarm", *words]) == 0
    return capsys.readouterr().out


def test_the_command_plans_from_the_worlds_power(capsys):
    out = command(capsys, "--target-power", "10 PW")
    assert "1.876 × 10¹³ W" in out and "K 1.00" in out and "growth ends at" in out and "Fe" in out
    record = json.loads(command(capsys, "--target-power", "1e16", "--format", "json"))["plan"]
    plant = record["masses"]["mirrors, turbines, radiators"]
    assert plant == pytest.approx(MODEL.value("iron_nickel_mass"), rel=0.02)  # and a little for what is shaded
    assert 1e16 <= record["calendar"][-1]["power"] < 1.01e16  # a plan ends with the day on which its target is passed
    growing, ratio = MODEL.value("growth_time"), MODEL.value("industry_over_plant")
    times_more = 1e16 / record["calendar"][0]["power"] / (1 + ratio)
    assert record["time"] == pytest.approx(growing * math.log(times_more) + MODEL.value("replication_time"), rel=0.1)


def test_the_command_runs_saves_and_resumes(capsys, tmp_path):
    file = str(tmp_path / "run.npz")
    whole = json.loads(command(capsys, "--days", "40", "--lose", "30%", "--format", "json"))["run"]
    command(capsys, "--days", "15", "--lose", "30%", "--save", file)
    rest = json.loads(command(capsys, "--days", "25", "--resume", file, "--format", "json"))["run"]
    assert (rest["day"], rest["power"], rest["modules"], rest["lots"]) == (
        whole["day"], whole["power"], whole["modules"], whole["lots"],
    )  # fmt: skip
    assert "books" in command(capsys, "--days", "2")


def test_a_run_is_resumed_with_what_was_told_of_it_and_refused_with_anything_else(capsys, tmp_path):
    file = str(tmp_path / "run.npz")
    command(capsys, "--days", "1", "--modules", "5", "--lots", "5", "--seed", "4", "--save", file)
    for words in (["--lots", "5"], ["--modules", "5"], ["--seed", "4"], ["--lots", "5", "--seed", "4"]):
        assert "day 2 of the run" in command(capsys, "--days", "1", "--resume", file, *words)
    for words, told in (
        (["--seed", "6"], "its seed is 4, here it is 6"),
        (["--lots", "6"], "its lots is 5, here it is 6"),
        (["--modules", "5", "--metal", "1"], "its metal is 2.399e+19, here it is 1"),
    ):
        assert main(["swarm", "--days", "1", "--resume", file, *words]) == 2
        assert capsys.readouterr().err == f"kscale_nb: {file}: this is another run: {told}\n"


@pytest.mark.parametrize("option", ["--save", "--resume"])
@pytest.mark.parametrize("name", ["", " "])
def test_a_file_without_a_name_is_refused_and_not_taken_for_none(capsys, option, name):
    assert main(["swarm", "--days", "1", "--modules", "5", "--lots", "5", option, name]) == 2
    assert capsys.readouterr().err == f"kscale_nb: argument {option}: the name of a file is expected, not {name!r}\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "needs --target-power"),
        (["--target-power", "10 PW", "--from-power", "1e-300"], "of 1e+16 W cannot be counted in the lots and modules"),
        (["--target-power", "1e17", "--growth", "0"], "growth: the way to a target takes a share above 0, not 0"),
        (["--days", "1", "--from-power", "1e19"], "the star's light gives in a region of 1e+08 m, 2.145e+18 W"),
        (["--target-power", "1e27"], "beyond all the star's light"),
        (["--target-power", "much"], "is not a number"),
        (["--target-power", "3 kg"], "measured in 'W'"),
        (["--target-power", "1e16", "--metal=-3"], "metal: a finite number above 0"),
        (["--days", "1.5"], "days: a whole number"),
        (["--days", "1", "--lose", "130%"], "lose: a finite number from 0 to 1"),
        (["--target-power", "1e16", "--lose", "30%"], "give --days too"),
        (["--days", "1", "--growth", "99%"], "growth: a share that computing and upkeep leave"),
        (["--days", "1", "--resume", "nowhere.npz"], "no such file"),
        (["--days", "1", "--save", "no/such/folder/run.npz"], "cannot be written"),
        (["--days", "1", "--modules", "0"], "modules: a whole number above 0"),
        (["--days", "1", "--lots", "1000000000000"], "--lots: a whole number from 0 to 10,000,000 is expected"),
        (["--days", "1", "--modules", "1000001"], "--modules: a whole number from 0 to 1,000,000 is expected"),
        (["--days", "1", "--lose", "-5%"], "lose: a finite number from 0 to 1 is expected, not -0.05"),
        (["--days", "1000001"], "days: a whole number from 0 to 1,000,000 is expected"),
        (["--days", "9" * 20], "days: a whole number from 0 to 1,000,000 is"),
        (["--days", "9" * 5_000], "days: a whole number from 0 to 1,000,000 is"),
        (["--days", "1", "--seed", "9" * 5_000], "seed: a whole number"),
    ],
)
def test_bad_words_get_one_line(capsys, words, told):
    assert main(["swarm", *words]) == 2
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1 and "Traceback" not in error


def test_ctrl_c_ends_a_run_in_one_line_and_writes_nothing_by_halves(tmp_path):
    words = ["swarm", "--days", "1000000", "--save", str(tmp_path / "run.npz")]
    begun = (  # says when the first day has passed; is to be interrupted even where these tests run in the background
        "import signal, sys\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from kscale_nb.commands import main\nfrom kscale_nb.machines.swarm.swarm import DysonSwarm\n"
        "fail = DysonSwarm._fail\nDysonSwarm._fail = lambda swarm: (print(swarm.day, flush=True), fail(swarm))[1]\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", begun, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "0\n"
        process.send_signal(signal.SIGINT)
        error = process.communicate(timeout=60)[1]
    assert (process.returncode, error) == (130, "kscale_nb: interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_a_bar_shows_the_days_that_passed():
    stream = io.StringIO()
    show = progress_bar(100, stream)
    for day in range(1, 101):
        show(day)
    assert stream.getvalue().count("\r") == 40 and stream.getvalue().endswith("day 100 of 100\n")

"""Who builds the book again gets the same bytes, under any hash seed, in any time zone, language and place."""

import os
import shutil
import subprocess
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from conftest import ROOT, build_book
from sphinx.errors import ExtensionError

from _ext.press.dated import EPOCH, commit_time, take_the_date_of_the_source

EDITIONS = {".pdf", ".epub"}  # made beside the pages, on demand


def contents(folder) -> dict[str, bytes]:
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if path.suffix not in EDITIONS}


def test_two_builds_of_one_source_are_the_same_bytes(built, tmp_path):
    """Outputs of notebooks are taken over: that they are the same on every run is what comparing them shows."""
    source = tmp_path / "another place"
    source.mkdir()
    shutil.copytree(built.parent / ".jupyter_cache", source / "_build" / ".jupyter_cache")
    elsewhere = {"PYTHONHASHSEED": "4321", "TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "C.UTF-8"}
    one, other = contents(built), contents(build_book(source, **elsewhere))
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    assert not [name for name in other if str(source).encode() in other[name] or str(ROOT).encode() in other[name]]


def test_no_page_tells_the_day_it_was_built(built):
    today = datetime.now(UTC)
    if commit_time(ROOT) and datetime.fromtimestamp(commit_time(ROOT), UTC).date() == today.date():
        pytest.skip("the last commit was made today, and its date is told")
    for path in built.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not [form for form in ("%b %d, %Y", "%Y-%m-%d") if today.strftime(form) in text], path.name


@pytest.mark.parametrize("epoch", ["x", "", "1.5", "9" * 30])
def test_a_date_that_is_no_whole_number_of_seconds_is_refused(monkeypatch, epoch):
    monkeypatch.setenv(EPOCH, epoch)
    with pytest.raises(ExtensionError, match=r"^SOURCE_DATE_EPOCH: a whole number of seconds since 1970 is expected"):
        take_the_date_of_the_source(None, None)


def test_the_date_is_the_commits_or_else_the_release(tmp_path, monkeypatch):
    monkeypatch.setenv(EPOCH, "")
    monkeypatch.delenv(EPOCH)
    released = SimpleNamespace(kscale_book=SimpleNamespace(released=datetime(2026, 11, 22, tzinfo=UTC).date()))
    app = SimpleNamespace(confdir=str(tmp_path))
    take_the_date_of_the_source(app, released)
    assert os.environ[EPOCH] == "1795305600"

    take_the_date_of_the_source(app, SimpleNamespace(kscale_book=None))
    assert os.environ[EPOCH] == "1795305600", "what was told stays"

    monkeypatch.delenv(EPOCH)
    name = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for command in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "first"]):
        when = {"GIT_COMMITTER_DATE": "2025-01-02T03:04:05+0900"}
        subprocess.run(["git", *command], cwd=tmp_path, check=True, env={**os.environ, **name, **when})
    take_the_date_of_the_source(app, released)
    assert os.environ[EPOCH] == str(int(datetime(2025, 1, 1, 18, 4, 5, tzinfo=UTC).timestamp()))

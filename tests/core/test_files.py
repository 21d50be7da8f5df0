"""Damaged files: one line that names the file."""

import json
import os

import pytest
from conftest import ROOT

from kscale_nb import LEDGER, MODEL, KscaleError, units
from kscale_nb.claims import load_claims
from kscale_nb.files import read_bytes, read_toml
from kscale_nb.ledger import Ledger
from kscale_nb.machines.metrics.systems import load_systems
from kscale_nb.notebook.execute import run
from kscale_nb.notebook.prose import cells_of
from kscale_nb.presets import load_presets
from kscale_nb.sources import FILE, read_bibliography, source_keys

DATA = ROOT / "kscale_nb" / "data"
CLAIM = 'documents = ["TIP-0128"]\n[[claim]]\nid = "a.b"\ndocument = "TIP-0128"\nsection = "s"\nstatement = "t"\n'
PRESET = '[[preset]]\nname = "n"\ntitle = "t"\nmeaning = "m"\n'
CHANGE = '[[preset.change]]\nquantity = "K1_power"\nvalue = "1e15 W"\nreason = "r"\nevidence = ["k1s1ai"]\n'
ANYTHING = [b"", b"\xff\xfe\x00", b"a = " + b"[" * 5_000, b"a = " + b"9" * 5_000, b"\x00", b"= 3", b"a = 5"]


@pytest.fixture
def file(tmp_path):
    def write(content: str | bytes, name: str = "mine.toml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def told(read, path) -> str:
    with pytest.raises(KscaleError) as error:
        read(path)
    assert path.name in str(error.value) and str(error.value).isprintable()
    return str(error.value)


@pytest.mark.parametrize("read", [load_claims, load_systems, lambda path: load_presets(MODEL, path)])
@pytest.mark.parametrize("content", ANYTHING)
def test_what_is_no_table_of_data_is_told_by_file(file, read, content):
    told(read, file(content))


@pytest.mark.parametrize("read", [read_toml, read_bibliography, source_keys, cells_of, run, load_systems])
def test_what_cannot_be_read_is_told(tmp_path, read):
    assert "no such file" in told(read, tmp_path / "none.toml")
    (tmp_path / "folder.toml").mkdir()
    assert "folder" in told(read, tmp_path / "folder.toml")
    os.mkfifo(tmp_path / "pipe.toml")  # which would be waited for
    assert "device" in told(read, tmp_path / "pipe.toml")
    (tmp_path / "endless.toml").symlink_to("/dev/zero")
    assert "device" in told(read, tmp_path / "endless.toml")
    with pytest.raises(KscaleError, match="cannot be read"):
        read(tmp_path / "a\0b.toml")
    with pytest.raises(KscaleError, match="cannot be read: File name too long"):
        read(tmp_path / ("x" * 5_000))


def test_a_file_that_is_too_large_is_not_read(file):
    assert read_bytes(file("12345"), 5) == b"12345"
    with pytest.raises(KscaleError, match="too large: at most 4 bytes"):
        read_bytes(file("12345"), 4)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("claim = 5", "[[claim]]"), ("claim = [5]", "[[claim]]"), ("[claim]\nid = 3", "[[claim]]"),
        (CLAIM + 'world = ["a", "b"]', "lowest, highest"), (CLAIM + "world = [2, 1]", "lowest, highest"),
        (CLAIM + "means = [nan, 1]", "lowest, highest"), (CLAIM + "means = [1, inf]", "lowest, highest"),
        (CLAIM + "world = [[1], 2]", "lowest, highest"), (CLAIM + "evidence = [5]", "keys of sources"),
        (CLAIM + "quantity = 5", "must be a str"), (CLAIM.replace('"a.b"', "7"), "must be a str"),
        (CLAIM.replace("documents", "document"), "documents = [...]"), (CLAIM.replace('["TIP', '[5, "TIP'), "[5, 'TIP"),
        (CLAIM.replace('= ["TIP-0128"]', '= "TIP-0128"'), "documents = [...]"),
        (CLAIM.replace('["TIP-0128"]', '["TIP-0127"]'), "unknown document 'TIP-0128': did you mean 'TIP-0127'"),
    ],
)  # fmt: skip
def test_a_claim_of_odd_types_is_refused(file, content, words):
    assert words in told(load_claims, file(content))


def test_a_claim_of_a_chapter_that_is_none_is_told_the_nearest(file):
    with pytest.raises(KscaleError, match="unknown chapter 'energy_splt': did you mean 'energy_split'"):
        Ledger(load_claims(file(CLAIM + 'chapter = "energy_splt"')), MODEL)


@pytest.mark.parametrize(
    "content",
    [
        "preset = 3", "preset = [3]", "preset = []", PRESET, PRESET + "change = 5", PRESET + "change = [5]",
        PRESET + CHANGE.replace('"r"', "5"), PRESET + CHANGE.replace('["k1s1ai"]', '"k1s1ai"'),
        PRESET.replace('"n"', "[]") + CHANGE, PRESET + CHANGE.replace('["k1s1ai"]', '[["k1s1ai"]]'),
        PRESET + CHANGE.replace('["k1s1ai"]', "[]"), PRESET + "colour = 5\n" + CHANGE, PRESET + "change = []",
    ],
)  # fmt: skip
def test_a_preset_of_odd_types_is_refused(file, content):
    told(lambda path: load_presets(MODEL, path), file(content))
    assert load_presets(MODEL, file(PRESET + CHANGE))["n"].overrides == {"K1_power": "1e15 W"}


@pytest.mark.parametrize(
    "content",
    [
        "[a]\npower = 5", "[a]\npower = {}", "a = [1]", '[a]\npower = { value = "5", unit = "W", source = "s" }',
        '[a]\npower = { value = 5, unit = 7, source = "s" }', '[a]\npower = { value = true, unit = "W", source = "s" }',
        '[a]\npower = { value = nan, unit = "W", source = "s" }', '[a]\npower = { quantity = 5 }',
        '[a]\nname = 5\npower = { quantity = "K1_power" }', '[a]\nunknown = 3\npower = { quantity = "K1_power" }',
        '[a]\nunknown = { mass = 3 }\npower = { quantity = "K1_power" }',
        f'[a]\npower = {{ value = {"9" * 400}, unit = "W", source = "s" }}',
        '[a]\npower = { value = 5, unit = "W", source = "s", low = 6 }',
        '[a]\npower = { value = 1e308, unit = "GW", source = "s" }',
    ],
)  # fmt: skip
def test_a_system_of_odd_types_is_refused(file, content):
    told(load_systems, file(content))


def test_a_mark_of_byte_order_is_read_over(file):
    text = '[laptop]\npower = { value = 40, unit = "W", source = "a meter" }\n'
    assert load_systems(file("\ufeff" + text))["laptop"].system.power == 40


def test_a_bibliography_that_was_cut_short_is_told(file):
    whole = (DATA / "references.bib").read_bytes()
    assert (
        read_bibliography(file(b"\xef\xbb\xbf" + whole)).entries.keys() == read_bibliography(file(whole)).entries.keys()
    )
    assert "premature end" in told(read_bibliography, file(whole[:30_000]))
    for read in (read_bibliography, source_keys):
        assert "no text in UTF-8, at byte 0" in told(read, file(b"\xff\xfe" + whole))


@pytest.mark.parametrize("change", [str, str.upper])
def test_two_entries_of_one_key_are_told(file, change):
    entry = "@misc{%s,\n  title = {A title},\n}\n"
    twice = file(FILE.read_text(encoding="utf-8") + entry % change("landauer1961"))
    assert "two entries have the key 'landauer1961'" in told(source_keys, twice)
    assert "landauer1961" in told(read_bibliography, twice).lower()
    assert "no entry" in told(source_keys, file(b"\x00\x01"))


def test_a_notebook_that_was_cut_short_is_told(file):
    whole = (ROOT / "notebooks" / "mind.ipynb").read_text(encoding="utf-8")
    for content in (whole[:3_000], "", "[]", "{}", '{"cells": 5}', '{"cells": [5]}', '{"cells": [{}]}', "[" * 99_999):
        assert "no notebook, or it was cut short" in told(cells_of, file(content, "cut.ipynb"))
    assert cells_of(file(whole)) == json.loads(whole)["cells"]


@pytest.mark.parametrize("content", ["W", "[dimensionless", "meter = [length"])
def test_broken_units_are_told_by_file(tmp_path, monkeypatch, content):
    (tmp_path / "units.txt").write_text(content)
    monkeypatch.setattr(units, "DATA", tmp_path)
    held = [thing for thing in vars(units).values() if hasattr(thing, "cache_clear")]
    for function in held:
        function.cache_clear()
    try:
        with pytest.raises(KscaleError, match=r"units\.txt"):
            units.parse_unit("W/GB")
    finally:
        for function in held:
            function.cache_clear()
    assert len(LEDGER.claims) > 100


@pytest.mark.parametrize("name", ["n" * 250, f"{'folder/' * 60}runs.toml"])
def test_a_long_path_is_told_by_its_two_ends(name):
    with pytest.raises(KscaleError) as error:
        read_toml(name)
    words = str(error.value).split()
    assert max(map(len, words)) <= 220 and str(error.value).startswith(name[:90]), words
    assert name[-80:] in str(error.value)

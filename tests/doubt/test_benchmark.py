"""The benchmark's gates: its sides agree, a side that does not is caught, and one that is missing is told in a line."""

import benchmark_draws as benchmark
import pytest

MODEL = benchmark.generated(inputs=4, operations=8)
NAMES = [name for name in MODEL if not MODEL[name].is_given]
FEW = 20_000


def test_what_is_not_installed_is_told_in_a_line_and_skipped(monkeypatch, capsys, tmp_path):
    for library in ("sq", "mcerp", "cffi"):
        monkeypatch.setattr(benchmark, library, None)
    monkeypatch.setattr(benchmark, "SQUIGGLE", tmp_path)
    assert benchmark.peers_of(MODEL, NAMES) == {}
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == [*benchmark.INSTALL]
    assert all("install" in line.partition("skipped (")[2] for line in lines)


def test_sides_agree_and_one_that_does_not_is_caught(monkeypatch):
    monkeypatch.setattr(benchmark, "cffi", None)  # to compile a loop takes long
    sides = {"ours": benchmark.ours, "numpy": benchmark.plain_numpy, **benchmark.peers_of(MODEL, NAMES)}
    benchmark.check(MODEL, NAMES, sides, FEW)  # Squiggle among them where it is installed
    for side in sides.values():
        if isinstance(side, benchmark.Squiggle):
            side.node.communicate()  # nothing more: it ends

    def off(model, names, n):
        return {name: tuple(1.1 * number for number in told) for name, told in benchmark.ours(model, names, n).items()}

    with pytest.raises(AssertionError):
        benchmark.check(MODEL, NAMES, {"ours": benchmark.ours, "off": off}, FEW)

"""The comparison of outputs holds on any processor, and fails on everything that a reader would see."""

import re
import subprocess
import sys

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from conftest import ROOT
from same_outputs import differences

from kscale_nb.notebook import BLUE, VERMILLION
from kscale_nb.notebook.svg import picture


def drawn(shift=0.0, colours=(BLUE, VERMILLION), series=2, label="power [W]", ticks="1.52", salt="kscale") -> dict:
    """A chart with marks, clips and words, as a cell shows it."""
    with plt.rc_context({"svg.hashsalt": salt}):
        figure, axes = plt.subplots(figsize=(7.2, 4.2))
        for number, colour in list(enumerate(colours))[:series]:
            x = np.linspace(0, 10, 50)
            axes.plot(x, np.sin(x + number) + (shift if number == 0 else 0), color=colour, marker="os"[number])
        axes.set(xlim=(0, 10), ylim=(-2, 2), ylabel=label)
        axes.text(2, 1.5, ticks)
        svg = picture(figure)
        plt.close(figure)
    return {"output_type": "display_data", "data": {"image/svg+xml": svg, "text/plain": "<Figure>"}, "metadata": {}}


def jittered(output: dict, by: float) -> dict:
    """The same picture, each coordinate moved a little, and every name another."""
    generator = np.random.default_rng(1)

    def moved(number: re.Match) -> str:
        return repr(float(number[0]) + generator.uniform(-by, by))

    svg = re.sub(
        r'(?<= )(d|x|y|width|height)="[^"]*"|translate\([^)]*\)',
        lambda place: re.sub(r"-?\d+\.?\d*", moved, place[0]),
        output["data"]["image/svg+xml"],
    )
    svg = re.sub(r'(?<=[#"])([mp])[0-9a-f]{6}-(\d+)(?=[")])', lambda n: f"{n[1]}other{int(n[2]) * 7}", svg)
    return {**output, "data": {**output["data"], "image/svg+xml": svg}}


def stream(text: str, name: str = "stdout") -> dict:
    return {"output_type": "stream", "name": name, "text": text}


def shown(**data: str) -> dict:
    return {"output_type": "execute_result", "data": {key.replace("_", "/"): text for key, text in data.items()}}


@pytest.mark.parametrize("by", [1e-9, 0.01])
def test_what_differs_between_processors_passes(by):
    one = drawn()
    assert jittered(one, by) != one
    assert differences([one], [jittered(one, by)]) == []


def test_names_made_otherwise_pass():
    one = drawn()
    other = {
        **one,
        "data": {**one["data"], "image/svg+xml": one["data"]["image/svg+xml"].replace('"line2d_', '"curve-')},
    }
    assert other != one and differences([one], [other]) == []


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"shift": 0.01 * 4}, id="a curve moved by 1 % of the axis"),
        pytest.param({"series": 1}, id="a missing series"),
        pytest.param({"colours": (VERMILLION, BLUE)}, id="swapped colours"),
        pytest.param({"label": "power [kW]"}, id="a wrong label"),
        pytest.param({"ticks": "1.53"}, id="a number off by one in its last printed digit"),
    ],
)
def test_what_a_reader_would_see_fails(changed):
    found = differences([drawn()], [drawn(**changed)])
    assert len(found) == 1 and found[0].startswith("image/svg+xml: ")


def test_a_mark_or_a_clip_that_points_elsewhere_fails():
    one = drawn()
    svg = one["data"]["image/svg+xml"]
    marks = sorted(set(re.findall(r'href="#(m\w{6}-\d+)"', svg)))
    assert len(marks) >= 3
    other = svg.replace(f'href="#{marks[-1]}"', f'href="#{marks[0]}"', 1)
    assert differences([one], [{**one, "data": {**one["data"], "image/svg+xml": other}}])


def test_streams_are_joined_and_numbers_are_as_printed():
    recorded = [stream("a line of 1.4142\nand more\n"), stream("careful\n", "stderr")]
    pieces = [stream("a line "), stream("careful\n", "stderr"), stream("of 1.4142\n"), stream("and more\n")]
    assert differences(recorded, pieces) == []
    assert differences(recorded, [stream("a line of 1.4143\nand more\n"), pieces[1]]) == [
        "stdout: recorded 'a line of 1.4142', now 'a line of 1.4143'"
    ]
    assert differences(recorded, recorded[:1]) and differences(recorded[:1], recorded)


def test_other_kinds_of_output_are_compared_as_they_are():
    one = shown(text_plain="x", text_latex="$x = 3.21$")
    assert differences([one], [one]) == []
    assert differences([one], [shown(text_plain="x", text_latex="$x = 3.22$")])
    assert differences([one], [shown(text_plain="x")]) and differences([one], [one, one])
    error = {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}
    assert differences([one], [error])


def test_the_runner_of_notebooks_uses_this_comparison(tmp_path):
    def check(recorded: list[dict]) -> str:
        code = "import sys\nprint('ab', flush=True)\nprint('careful', file=sys.stderr, flush=True)\nprint('1.52')"
        cell = nbformat.v4.new_code_cell(code, outputs=recorded, execution_count=1)
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel}), tmp_path / "a.ipynb")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.same_outputs", "--nbval", "--color=no"]
        return subprocess.run(
            [*command, str(tmp_path / "a.ipynb")], cwd=ROOT, capture_output=True, text=True, check=False
        ).stdout

    pieces = [stream(text) for text in ("ab\n", "1.5", "2\n")]
    recorded = [nbformat.from_dict(output) for output in (*pieces, stream("careful\n", "stderr"))]
    assert "1 passed" in check(recorded)
    recorded[2]["text"] = "3\n"
    assert "stdout: recorded '1.53', now '1.52'" in check(recorded)

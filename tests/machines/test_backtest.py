"""Published figures of real systems are predicted by the model's own expressions, and a faulty one is refused."""

import re
from collections import Counter
from pathlib import Path

import nbformat
import numpy as np
import pytest

from kscale_nb import MODEL, KscaleError
from kscale_nb.commands import main
from kscale_nb.machines import backtest
from kscale_nb.machines.backtest import (
    MISS,
    chosen,
    load_observations,
    own_observations,
    reproduced_tables,
    spread,
    spread_rows,
)
from kscale_nb.notebook.record import Watched
from kscale_nb.units import to_si

CHAPTER = nbformat.read(Path(__file__).parents[2] / "notebooks/does_the_arithmetic_work.ipynb", as_version=4)
OBSERVATIONS = own_observations()
GOOD = {
    "id": '"a"', "system": '"s"', "area": '"x"', "quantity": '"light_delay"', "published": '"1.3"', "unit": '"s"',
    "kind": '"measured"', "read": '"seen"', "source": '"brown2020"', "date": '"2020-05"',
}  # fmt: skip


def written(path, **changes):
    fields = {name: text for name, text in (GOOD | changes).items() if text is not None}
    path.write_text("[[observation]]\n" + "\n".join(f"{name} = {text}" for name, text in fields.items()))
    return path


def test_there_is_enough_to_judge_by():
    kinds = Counter(one.kind for one in OBSERVATIONS.values())
    firm = [one for one in OBSERVATIONS.values() if one.read != "recalled"]
    assert len(firm) >= 100
    assert sum(one.kind == "measured" for one in firm) >= 50
    assert len({one.source for one in firm}) >= 25
    assert sum(one.blind for one in OBSERVATIONS.values()) >= 20
    assert set(kinds) == {"measured", "computed", "spec"}


def test_a_prediction_is_what_the_model_says_under_the_givens():
    one = OBSERVATIONS["t-llama2-7b"]
    by_hand = 6 * 7e9 * 2e12 / (312e12 * MODEL.value("reached_utilisation")) / 3600
    assert one.predicted() == pytest.approx(by_hand)
    assert one.ratio(MODEL.under(reached_utilisation="20%")) == pytest.approx(2 * one.ratio())
    assert OBSERVATIONS["k-opt13b"].predicted() == pytest.approx(2 * 40 * 5120 * 2 / 1024)


@pytest.mark.parametrize("name", [name for name, one in OBSERVATIONS.items() if one.blind])
def test_what_was_foreseen_is_still_what_the_model_says(name):
    one = OBSERVATIONS[name]
    number, _, unit = one.foreseen.partition(" ")
    foreseen = to_si(float(number), unit or "1")
    assert one.predicted() * one.measure == pytest.approx(foreseen, rel=1e-3)
    assert one.expected == pytest.approx(one.predicted(), rel=1e-3), "in the printed unit, beside the printed figure"


def test_loading_asks_the_model_nothing(monkeypatch):
    asked = set()
    monkeypatch.setattr(backtest, "MODEL", Watched.of(MODEL, asked))
    load_observations()
    assert not asked


def test_what_stands_as_printed_rests_on_what_its_own_figures_leave_open():
    rests = {cell.id: {*cell.metadata.get("kscale", {}).get("rests", "").split()} for cell in CHAPTER.cells}
    asked = set()
    for one in OBSERVATIONS.values():
        one.predicted(Watched.of(MODEL, asked))
    assert rests["backtest-05"] == rests["backtest-07"] == rests["backtest-08"] == asked
    assert rests["backtest-03"] == set(), "counting rests on no premise"
    assert rests["backtest-14"] < asked and "tokens_per_parameter" not in rests["backtest-14"]


@pytest.mark.parametrize(("cell", "axis"), [("backtest-05", "y"), ("backtest-07", "x")])
def test_the_points_of_the_pictures_stand_at_what_is_predicted(cell, axis):
    (svg,) = (output.data["image/svg+xml"] for one in CHAPTER.cells if one.id == cell for output in one.outputs)
    marks = re.split(r'<g id="mark-\d+">', svg)[1:]
    drawn = [float(place[1]) for mark in marks if (place := re.search(rf'<use [^>]*\b{axis}="([\d.]+)"', mark))]
    told = [one.predicted() if axis == "y" else one.ratio() for one in OBSERVATIONS.values()]
    slope, start = np.polyfit(np.log10(told), drawn, 1)
    assert len(drawn) == len(told)
    assert np.allclose(drawn, start + slope * np.log10(told), atol=0.01)


def test_every_miss_is_explained_and_nothing_else_is():
    assert {name: one.is_missed() for name, one in OBSERVATIONS.items()} == {
        name: bool(one.why) for name, one in OBSERVATIONS.items()
    }
    assert all(one.is_missed() == (not 1 / MISS <= one.ratio() <= MISS) for one in OBSERVATIONS.values())


def test_a_figure_given_is_not_the_figure_predicted():
    for one in OBSERVATIONS.values():
        assert one.quantity not in one.given, one.id


def test_tables_count_only_where_every_figure_comes_out():
    tables = reproduced_tables(OBSERVATIONS.values())
    assert tables["GPT-3, table D.1"] == 17
    assert "LLaMA, table 15" not in tables and "Llama 2 model card, carbon" not in tables
    assert sum(number > 1 for number in tables.values()) >= 12


def test_the_spread_is_that_of_the_ratios():
    assert spread(range(11)) == (5, 1, 9)
    rows = spread_rows(OBSERVATIONS.values(), "kind")
    assert sum(int(row[1]) for row in rows) == len(OBSERVATIONS)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"quantity": '"light_dela"'}, "light_delay"),
        ({"unit": '"kg"'}, "a: field 'unit': 'kg' does not fit light_delay"),
        ({"unit": '"sekund"'}, "a: field 'unit'"),
        ({"published": '"about a second"'}, "a: field 'published': 'about a second' is not a number"),
        ({"published": '"0"'}, "a: field 'published'"),
        ({"source": None}, "a: field 'source' is missing"),
        ({"source": '"brown202"'}, "brown2020"),
        ({"kind": '"meassured"'}, "measured"),
        ({"given": '{ region_diamter = "1 km" }'}, "region_diameter"),
        ({"given": '{ region_diameter = "1 kg" }'}, "a: field 'given'"),
        ({"date": '"May"'}, "a: field 'date'"),
        ({"blind": "true"}, "a: field 'foreseen'"),
        ({"blind": "true", "foreseen": '"1.3 kg"'}, "a: field 'foreseen'"),
        ({"blind": "true", "foreseen": '"a second"'}, "a: field 'foreseen'"),
        ({"times": "0"}, "a: field 'times'"),
        ({"publisched": '"1"'}, "published"),
    ],
)
def test_a_faulty_observation_is_refused_by_id_and_field(tmp_path, changes, told):
    with pytest.raises(KscaleError) as error:
        load_observations(written(tmp_path / "o.toml", **changes))
    assert told in str(error.value) and str(error.value).startswith("a: ")
    assert "\n" not in str(error.value)


def test_two_of_one_id_are_refused(tmp_path):
    path = written(tmp_path / "o.toml")
    path.write_text(path.read_text() + "\n" + path.read_text())
    with pytest.raises(KscaleError, match="a: field 'id'"):
        load_observations(path)


def test_the_command_prints_all_of_one_source_or_one(capsys):
    assert main(["backtest", "patterson2021"]) == 0
    printed = capsys.readouterr().out
    assert "co-gpt-3" in printed and "t-llama-7b" not in printed and "80 % range" in printed
    assert main(["backtest", "t-llama-7b"]) == 0
    assert "82,432" in capsys.readouterr().out
    assert main(["backtest"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in OBSERVATIONS)


def test_an_unknown_source_is_one_line_with_the_nearest_name(capsys):
    assert main(["backtest", "paterson2021"]) == 2
    told = capsys.readouterr().err
    assert "patterson2021" in told and told.count("\n") == 1
    with pytest.raises(KscaleError):
        chosen("nobody")


def test_what_the_chapter_says_in_bold_is_counted():
    measured = [one.ratio() for one in OBSERVATIONS.values() if one.kind == "measured"]
    assert sum(1 / 2 <= ratio <= 2 for ratio in measured) >= 0.8 * len(measured)
    assert spread(one.ratio() for one in OBSERVATIONS.values() if one.kind == "computed")[0] == pytest.approx(
        1, abs=0.01
    )
    assert min(one.ratio() for one in OBSERVATIONS.values() if one.area == "decoding") > 1, "the bound is never beaten"
    busy = [
        one for one in OBSERVATIONS.values() if one.kind == "measured" and one.area in ("training time", "decoding")
    ]
    assert len(busy) > len(measured) / 2

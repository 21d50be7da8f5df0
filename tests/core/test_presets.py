"""Presets: what they do to the model, and what a broken file is told."""

import pytest

from kscale_nb import MODEL, PRESETS, KscaleError
from kscale_nb.presets import load_presets

GOOD = """[[preset]]
name = "p"
title = "t"
meaning = "m"
[[preset.change]]
quantity = "computing_share"
value = "10%"
reason = "r"
evidence = ["k1s1ai"]
"""


def test_the_corrected_machine_reads_human_text_once():
    values = MODEL.values(**PRESETS["corrected"].overrides)
    assert values["training_tokens"] == pytest.approx(values["human_text_stock"], rel=0.01)
    assert values["reading_power_excess"] < 1


def test_the_target_of_the_second_document_is_rated_as_it_says():
    assert MODEL.value("kardashev_rating", **PRESETS["k1.5"].overrides) == pytest.approx(1.5)
    assert MODEL.value("kardashev_rating", **PRESETS["today"].overrides) == pytest.approx(0.727, abs=5e-4)


def test_presets_are_read_only_and_name_the_nearest():
    with pytest.raises(KscaleError, match=r"^unknown preset 'corected': did you mean 'corrected'"):
        PRESETS["corected"]
    with pytest.raises(TypeError):
        PRESETS["mine"] = PRESETS["corrected"]
    assert "corected" not in PRESETS and PRESETS.get("corected") is None and not hasattr(PRESETS, "update")


def test_a_second_preset_of_one_name_is_refused(tmp_path):
    path = tmp_path / "presets.toml"
    path.write_text(GOOD + GOOD)
    with pytest.raises(KscaleError, match="preset 'p': there is one of this name before it"):
        load_presets(MODEL, path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("computing_share", "computing_shard", "preset 'p': unknown quantity 'computing_shard': did you mean"),
        ("10%", "10 GB", "preset 'p': computing_share is measured in '%'"),
        ("k1s1ai", "k1s1ia", "preset 'p': unknown source"),
        ('reason = "r"', "", "field 'reason' is missing"),
        ('name = "p"', "name = ", "Invalid value"),
    ],
)
def test_a_broken_file_is_refused_in_one_line(tmp_path, old, new, told):
    path = tmp_path / "presets.toml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(KscaleError) as caught:
        load_presets(MODEL, path)
    assert told in str(caught.value) and "\n" not in str(caught.value)

"""Messages of one line, whatever is echoed in them."""

import re

import pytest

from kscale_nb import MODEL, KscaleError
from kscale_nb.errors import echoed, printable, unknown


@pytest.mark.parametrize("text", ["x" * 10_000, "\x1b[31m" * 3_000, "'\\" * 5_000, '"' * 9_999, "\n" * 500, "٣" * 999])
def test_a_message_is_one_printable_line_and_echoes_at_most_200_characters(text):
    for error in (unknown("quantity", text, MODEL.quantities), KscaleError(f"{text}: there is no such file")):
        assert str(error).isprintable() and len(str(error)) <= 400
    told = str(unknown("quantity", "x" * 10_000, ["K1_power"]))
    assert max(map(len, re.findall("x+", told))) == 200 and told.endswith("expected one of K1_power")


def test_what_is_wrong_survives_the_cut_and_short_messages_stay_as_they_are():
    long = KscaleError("path/" * 2_000 + ": there is no such file")
    assert str(long).startswith("path/path/") and str(long).endswith(": there is no such file")
    short = "the star's light isn't 'enough': don't ask for 'more' of it"
    assert str(KscaleError(short)) == short


def test_control_characters_are_shown_and_a_message_within_a_message_is_escaped_once():
    first = KscaleError("'\x1b[2J\x00\u202e\ud800' is no unit")
    assert str(first) == r"'\x1b[2J\x00\u202e\ud800' is no unit"
    assert str(KscaleError(f"file: {first}")) == f"file: {first}"


class Hostile:
    def __repr__(self):
        raise RuntimeError


def test_any_value_can_be_echoed():
    assert echoed(10**5_000) == "1000000000... (5001 digits)" and echoed(-(10**41)).startswith("-1000000000...")
    assert echoed(Hostile()) == "a Hostile" and echoed([10**5_000]) == "a list"
    assert echoed("a\nb") == r"'a\nb'" and "\n" not in echoed(MODEL.values) and len(echoed(list(range(10**5)))) == 203
    assert printable("ok") == "ok"


def test_a_message_is_cut_in_the_middle_and_only_beyond_400_characters():
    words = "x " * 200
    assert str(KscaleError(words)) == words and len(str(KscaleError(words + "y"))) == 400
    assert str(KscaleError("a " * 100 + "b " * 500 + "c " * 98)) == "a " * 100 + " ... " + " c" * 97 + " "
    assert str(KscaleError("a" * 100 + "b" * 1_000 + "c" * 95)) == "a" * 100 + " ... " + "c" * 95


def test_few_names_are_all_told_and_many_are_counted():
    twenty = [f"q{number:04}" for number in range(20)]
    assert str(unknown("unit", "zzz", twenty)).endswith("expected one of " + ", ".join(twenty))
    assert str(unknown("unit", "zzz", [*twenty, "q9999"])).endswith("none of the 21 there are comes near")


def test_half_the_letters_of_five_are_near_and_of_four_are_not():
    assert "did you mean 'dddbada'" in str(unknown("unit", "beaca", ["dddbada"]))
    assert "expected one of" in str(unknown("unit", "beac", ["bxxa"]))

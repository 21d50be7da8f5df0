"""What a reader types: units, counting words, and the characters of any keyboard."""

from fractions import Fraction

import numpy as np
import pytest

from kscale_nb import MODEL, KscaleError, given
from kscale_nb.units import known_units, parse_unit, plural, read_value, same_dimension, to_si, unit_text, value_text


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("64 B", "byte", 64), ("64B", "GB", 64), ("64 B", "bit", 64), ("64 B", "parameter", 64e9), ("64 B", "1", 64e9),
        ("64 GB", "byte", 64e9), ("64K", "byte", 64_000), ("64K", "token", 64_000), ("64 K", "K", 64), ("64K", "K", 64),
        ("5 T", "byte", 5e12), ("5 T W", "W", 5e12), ("3 P", "token", 3e15), ("2 thousand K", "K", 2000),
        ("1e−3", "1", 1e-3), ("2 × 10^−3 W", "W", 2e-3), ("−5", "1", -5), ("5 μm", "m", 5e-6), ("5 µm", "m", 5e-6),
        ("\ufeff5 W", "W", 5), ("５，０００ Ｗ", "W", 5000), ("３％", "1", 0.03), ("5\u3000W", "W", 5),
        ("10⁺⁵", "1", 1e5),
        ("1e299 million", "1", 1e305), (np.int64(5), "W", 5), (np.float32(2), "W", 2), (Fraction(1, 4), "1", 0.25),
        ("10 module", "1", None), ("7%", "W", None), ("7%", "byte", 0.07), ("5 1/s", "1/s", 5),
    ],
)  # fmt: skip
def test_what_is_typed_is_read_rightly(text, unit, value):
    if value is None:
        with pytest.raises(KscaleError, match="does not fit"):
            read_value(text, unit, "it")
    else:
        assert read_value(text, unit, "it") == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "unit", "told"),
    [
        ("64K B", "byte", "'B' would scale it a second time; write 'byte'"),
        ("64 million B", "parameter", "'B' would scale it a second time"),
        ("5 T T", "token", "'T' would scale it a second time)"),
        ("5 thousand P", "token", "'P' would scale it a second time)"),
        ("64 B", "W", "measured in 'W', and 'B' does not fit"),
        ("64 B", "byte/module", "measured in 'byte/module', and 'byte' does not fit"),
        ("5 T", "kg", "'T' does not fit"), ("5 T", "m", "'T' does not fit"), ("5 T", "s", "'T' does not fit"),
        ("5 M", "token", "'M' alone is no unit: write 'million'"), ("5 G", "W", "write 'billion'"),
        ("5 K", "token", "'K' alone is no unit: write 'thousand'"), ("5 K", "W", "'K' does not fit"),
        ("25 °C", "K", "temperatures are in kelvin"), ("77 °F", "K", "temperatures are in kelvin"),
        ("5 TFLOPS", "FLOP/s", "did you mean 'TFLOP/s'"), ("5 FLOPS", "FLOP/s", "did you mean 'FLOP/s'"),
        ("5 percent", "%", "unknown unit 'percent': did you mean '%'?"),
        ("5 per cent", "%", "unknown unit 'per cent': did you mean '%'?"),
        ("5 erg", "J", "unknown unit 'erg': none of the"), ("5 jol", "J", "did you mean 'joule'?"),
        ("5 W+", "W", "'W+' is not a unit: expected one such as"),
        ("1e301 W", "W", "out of range"), ("1e-301 W", "W", "out of range"), ("9" * 301, "W", "out of range"),
        ("9" * 5000, "W", "out of range"), ("1e300 GW", "W", "not a finite number"),
        ("1e299 trillion W", "W", "not a finite number"), ("1e299 trillion", "1", "not a finite number"),
        (10**400, "W", "not a finite number"), (float("-inf"), "W", "not a finite number"),
        ("10⁵⁻³", "1", "is not a unit"), ("1,5 W", "W", "write 1.5"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_rightly_is_refused_in_one_line(text, unit, told):
    with pytest.raises(KscaleError) as caught:
        read_value(text, unit, "it")
    assert str(caught.value).startswith("it") and told in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "unit",
    ["W#/GB", "W # x", ";W", "W;", "W\\", "W,s", "W == W", "W@s", "W//s", "--W", "~W", "W:", "W.", "m..s", "W\n/GB",
     "W!", "W[0]", "{W}", "'W'", "W\0", "W$", "m*^2", "m ^", "/W", "-W", "W*/s", "W|s", "W&s", "a  *  " * 999 + "#"],
)  # fmt: skip
def test_what_python_would_drop_from_a_unit_is_refused(unit):
    for read in (parse_unit, lambda unit: read_value(f"2e16 {unit}", "W", "it"), given_in):
        with pytest.raises(KscaleError):
            read(unit)


def given_in(unit):
    return given("P", 1, unit, "power", "premise", "k1s1ai")


@pytest.mark.parametrize(
    ("unit", "same"),
    [("W / (m^2)", "W/m^2"), ("W·m⁻²", "W/m^2"), ("W m^-2", "W/m^2"), ("W*m**-2", "W/m²"), ("m^(-2) W", "W/m^2"),
     ("1 / s", "1/s"), ("µm", "um"), ("J*s", "J·s"), ("W/m^2/K^4", "W/(m^2 K^4)"), ("watt_hour", "Wh")],
)  # fmt: skip
def test_a_unit_may_be_spelled_in_any_common_way(unit, same):
    assert parse_unit(unit) == parse_unit(same)


def test_a_size_in_bytes_is_never_billions():
    assert MODEL.values(["access_size"], access_size="64 B")["access_size"] == 64
    assert MODEL.checked("total_memory", "64 B") == 64
    assert MODEL.checked("active_parameters", "64 B") == 64e9


def test_how_many_units_there_are_does_not_grow_as_they_are_parsed():
    def told() -> str:
        with pytest.raises(KscaleError) as caught:
            parse_unit("qqqqqq")
        return str(caught.value)

    before = told()
    for unit in ("kilobyte", "megawatt", "nanosecond/teratoken"):
        parse_unit(unit)
    parse_unit.cache_clear()
    assert told() == before and "TFLOP/s" in known_units()


def test_a_value_too_large_for_floats_is_refused():
    with pytest.raises(KscaleError, match=r"1e\+308 GW is not a finite number in SI"):
        to_si(1e308, "GW")


def test_only_counted_things_have_a_plural():
    assert [plural(number, "year") for number in ("1", "1.0", "1.00", "1.5", "10", "0")] == ["", "", "", "s", "s", "s"]
    assert plural("2", "kg") == ""


def test_units_are_printed_with_raised_powers():
    assert unit_text("kg/m^3") == "kg/m³" and unit_text("um") == "µm" and unit_text("umbra") == "umbra"
    assert value_text(0.5, "1") == "0.5000" and value_text(2.0, "1", 2, trailing_zeros=False) == "2"
    assert not same_dimension("byte", "parameter") and same_dimension("byte", "bit")

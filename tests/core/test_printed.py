"""Figures as printed: digits are tolerance, and reading is the inverse of printing."""

from fractions import Fraction

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from kscale_nb import KscaleError
from kscale_nb.printed import COUNTING_WORDS, figure_text, one_digit_more, read_figure

SENSIBLE = st.floats(1e-30, 1e30)


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("4,493 T", "4492.5", "4493.5", "T"),
        ("10,000", "5000", "15000", ""),
        ("7.67e25", "7.665e25", "7.675e25", ""),
        ("7.67 × 10²⁵ FLOP/s", "7.665e25", "7.675e25", "FLOP/s"),
        ("5 × 10^14 W", "4.5e14", "5.5e14", "W"),
        ("2.0e14", "1.95e14", "2.05e14", ""),
        ("128K", "127500", "128500", ""),
        ("0.13%", "0.125", "0.135", "%"),
        ("~3 W/GB", "2.5", "3.5", "W/GB"),
        ("3 K", "2.5", "3.5", "K"),
        ("0", "-0.5", "0.5", ""),
        ("10¹⁶ W", "5e15", "1.5e16", "W"),
        ("1.6 million year", "1550000", "1650000", "year"),
        ("7.67\u00a0×\u00a010²⁵ W", "7.665e25", "7.675e25", "W"),
        ("~10^-3", "5e-4", "1.5e-3", ""),
        ("3 · 10^4", "25000", "35000", ""),
        ("−0.5", "-0.55", "-0.45", ""),
    ],
)
def test_digits_are_the_tolerance(text, low, high, unit):
    figure = read_figure(text)
    assert (figure.low, figure.high, figure.unit) == (Fraction(low), Fraction(high), unit)


@pytest.mark.parametrize("text", ["", "several hundred", "days to weeks", "nan", "inf", "1,23,4", "--5", "1e999", "W"])
def test_what_is_no_figure_is_refused(text):
    with pytest.raises(KscaleError):
        read_figure(text)


@pytest.mark.parametrize("text", ["1.0 to 1.2", "1-3", "28 / 0128"])
def test_a_range_is_no_single_figure(text):
    with pytest.raises(KscaleError):
        read_figure(text, unit="1")


@drawn(SENSIBLE, st.integers(2, 12))
def test_what_is_printed_rounds_from_the_number(number, digits):
    assert read_figure(figure_text(number, digits)).rounds_from(number)


@drawn(SENSIBLE, st.integers(2, 8))
def test_a_number_a_digit_away_does_not(number, digits):
    figure = read_figure(figure_text(number, digits))
    assert not figure.rounds_from(number + 1.01 * float(figure.last_digit))
    assert not figure.rounds_from(number - 1.01 * float(figure.last_digit))


@drawn(st.integers(1, 10**9))
def test_a_number_cut_off_is_recognised(number):
    figure = read_figure(f"{number}.5")
    assert figure.cut_from(number + 0.5999)
    assert not figure.cut_from(number + 0.6001)


@drawn(SENSIBLE)
def test_trailing_zeros_only_go_where_they_say_nothing(number):
    assert read_figure(figure_text(number, 6, trailing_zeros=False)).value == read_figure(figure_text(number, 6)).value


def test_where_powers_of_ten_begin():
    assert [figure_text(number, 3) for number in (1.234e-4, 9.994e-5, 1.234e6, 1.234e7)] == [
        "0.000123", "9.99 × 10⁻⁵", "1,230,000", "1.23 × 10⁷",
    ]  # fmt: skip
    assert figure_text(123456789.0, 9) == "123,456,789" and figure_text(float("inf")) == "inf"


def test_one_digit_more_is_three_at_least_and_nine_at_most():
    assert [one_digit_more(text) for text in ("5", "42", "4,493", "12,345,678", "1,234,567,890")] == [3, 3, 5, 9, 9]


@pytest.mark.parametrize(("off", "fits"), [(2e-13, True), (5e-13, True), (2e-12, False), (1e-9, False)])
def test_half_way_is_as_near_as_floats_can_tell(off, fits):
    assert read_figure("2.67").rounds_from(2.675 * (1 + off)) is fits
    assert read_figure("2.68").rounds_from(2.675 * (1 - off)) is fits


@pytest.mark.parametrize(
    ("text", "told"),
    [("0,25", "write 0.25"), ("1,5 W", "write 1.5"), ("-12,3", "write 12.3"), ("W", "such as '4,493 T'")],
)
def test_what_is_refused_says_what_to_write(text, told):
    with pytest.raises(KscaleError, match=told):
        read_figure(text)


# -- the edges ----------------------------------------------------------------------------------------


def test_a_word_that_counts_is_worth_what_it_says():
    worth = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12, "B": 9, "T": 12, "P": 15, "%": -2}
    worth |= {"만": 4, "억": 8, "조": 12, "경": 16} | dict.fromkeys(["", "1", "times", "배", "Kardashev", "SI"], 0)
    assert {word: Fraction(10) ** power for word, power in worth.items()} == COUNTING_WORDS


def test_an_exponent_has_nine_digits_at_most():
    assert read_figure("1e000000005").value == 10**5
    with pytest.raises(KscaleError, match="out of range"):
        read_figure("1e0000000005")


def test_nothing_may_be_what_is_left_of_less_than_one():
    assert read_figure("0").cut_from(0.0) and read_figure("0").cut_from(0.4)
    assert not read_figure("0").cut_from(-0.4) and not read_figure("0").cut_from(1.0)
    assert read_figure("-5").cut_from(-5.9) and not read_figure("-5").cut_from(5.9)


def test_four_digits_are_shown_where_none_are_asked_for():
    assert figure_text(1234.5678) == "1,235"

"""Turing machines stepped by their tables and by the small trained model."""

import random

import pytest

from kscale_nb import KscaleError
from kscale_nb.machines.mind import stepper
from kscale_nb.machines.mind.turing import HALT, MACHINES, Run, addition_of, by_table, sorting_of


def number(text: str) -> int:
    value = 0
    for start in range(0, len(text), 1_000):
        piece = text[start : start + 1_000]
        value = value * 10 ** len(piece) + int(piece)
    return value


@pytest.mark.parametrize("step", [by_table, stepper.by_model])
def test_sums_of_twenty_thousand_digits_are_exact(step):
    chance, digits = random.Random(1), 20_000
    a, b = ("".join(chance.choices("0123456789", k=digits)) for _ in range(2))
    run = addition_of(a, b).go(step, digits + 1)
    assert run.state == HALT and number(run.written()) == number(a) + number(b)


@pytest.mark.parametrize("step", [by_table, stepper.by_model])
@pytest.mark.parametrize("digits", ["7", "10", "0123456789", "9876543210", "31415926535897932384"])
def test_digits_are_sorted(step, digits):
    run = sorting_of(digits).go(step, 5 * len(digits) ** 2)
    assert run.state == HALT and run.written() == "".join(sorted(digits))


def test_the_model_steps_the_busy_beaver_a_hundred_thousand_times_as_its_table_does():
    one, other = Run("beaver").go(by_table, 100_000), Run("beaver").go(stepper.by_model, 100_000)
    assert one == other and one.steps == 100_000 and one.state != HALT


def test_the_table_is_the_champions():
    """Its first steps, by hand: a one written, right into B, a one written, right into C."""
    run = Run("beaver").go(by_table, 2)
    assert (run.state, run.place, run.written()) == ("C", 2, "11")
    assert len(MACHINES["beaver"]) == 10 and sum(row[2] == HALT for row in MACHINES["beaver"].values()) == 1


def test_what_no_row_tells_is_refused():
    with pytest.raises(KscaleError, match="no row"):
        by_table("beaver", "A", "7")
    with pytest.raises(KscaleError, match="digits are expected"):
        addition_of("1.5", "2")
    with pytest.raises(KscaleError, match="digits are expected"):
        sorting_of("12a")

"""The efficiency monitor: twelve metrics of a running machine, from its books and within its laws, whatever it did."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from test_thermodynamic_computer import ACTIONS, SQUARE, do

from kscale_nb import MODEL, KscaleError, ThermodynamicComputer
from kscale_nb.machines.computer.chip import ThermodynamicChip
from kscale_nb.machines.computer.heat import LONGEST_SPAN
from kscale_nb.machines.computer.workloads import MatrixProduct, ReversibleAdder, Sort
from kscale_nb.machines.metrics.system import BIT

RECYCLING = st.one_of(ACTIONS, st.tuples(st.just("recycle"), st.floats(0, 1e6), st.floats(0, 0.34)))


def test_the_twelve_metrics_of_the_running_machine():
    computer = ThermodynamicComputer(voltage=0.5)
    computer.compute(SQUARE.times(1e9), recycling=True)
    metrics = computer.monitor_performance(
        carbon_intensity=40, useful_token_rate=5, learned_bits=1e9, training_flop=1e18
    )
    assert len(metrics) == 12
    assert all(metric.holds for metric in metrics.values()), metrics
    books = computer.books
    assert metrics["heat_recycling_efficiency"].value == pytest.approx(books.work / books.drawn)
    assert metrics["entropy_production"].value == pytest.approx(books.entropy_produced / books.flop)
    assert metrics["energy_efficiency_ratio"].value == pytest.approx(0.83)
    assert 0 < metrics["landauer_compliance"].value < 1e-3
    assert metrics["carbon_per_computation"].value == pytest.approx(books.drawn / 3.6e6 * 40 / books.flop)


@settings(max_examples=60, deadline=None)
@drawn(st.floats(100, 377), st.floats(0.32, 0.8), st.lists(RECYCLING, min_size=1, max_size=7))
def test_no_metric_is_refused_or_broken_after_anything(temperature, voltage, actions):
    computer = ThermodynamicComputer(temperature=temperature, voltage=voltage)
    computer.idle(1e-9)
    for action in actions:
        try:
            do(computer, *action)
        except KscaleError:
            continue
        for name, metric in computer.monitor_performance(carbon_intensity=40).items():
            assert metric.holds is not False, (name, metric.value, metric.lower, metric.upper)
            assert (metric.value is None) == bool(metric.reason), name
            assert metric.value is None or math.isfinite(metric.value), name
        dissipation = computer.monitor_performance()["heat_dissipation"].value
        assert dissipation is None or dissipation <= computer.heat.emissivity * (1 + 1e-6)  # it is in a vacuum


def test_carnot_holds_through_cooling_and_a_long_rest():
    """Bounded by what the heat allowed when it left, not by the temperature at the end."""
    computer = ThermodynamicComputer(temperature=330.0, voltage=0.32)
    computer.compute(SQUARE)
    computer.recycle_heat(1e5, 0.3)
    computer.idle(1e6)
    metrics, books = computer.monitor_performance(), computer.books
    recycling = metrics["heat_recycling_efficiency"]
    assert recycling.holds and recycling.value == pytest.approx(books.work / books.drawn)
    assert recycling.upper == pytest.approx(books.most_work / books.drawn)
    assert 0.15 < books.work / books.most_work < 0.6  # below Carnot's share: the engine's, and what idling let go
    assert metrics["heat_dissipation"].value == pytest.approx(MODEL.value("radiator_emissivity"), rel=1e-3)


def test_work_of_stored_heat_may_exceed_what_was_drawn_and_not_carnot():
    computer = ThermodynamicComputer(temperature=340.0, voltage=0.32)
    computer.recycle_heat(3000.0, 0.2)
    recycling, books = computer.monitor_performance()["heat_recycling_efficiency"], computer.books
    assert books.stored < -0.8 * books.heat_taken
    assert 1 < recycling.value == pytest.approx(books.work / books.drawn)
    assert recycling.holds and recycling.value < 0.6 * recycling.upper


def test_a_nanosecond_of_the_engine_moves_nothing():
    plain, recycling = (ThermodynamicComputer(voltage=0.5) for _ in range(2))
    for computer in (plain, recycling):
        computer.compute(SQUARE.times(1e9))
    recycling.recycle_heat(1e-9)
    for name, metric in recycling.monitor_performance().items():
        if metric.value is not None:
            assert metric.value == pytest.approx(plain.monitor_performance()[name].value, rel=1e-6, abs=1e-10), name


def test_carnots_work_by_hand():
    """A body that cools through a pipe: what an ideal engine would have made of it is its exergy."""
    heat = ThermodynamicComputer().heat
    books = heat.run(350.0, 20_000.0, lambda _temperature: 0.0, 1.0)
    exergy = -books.stored + heat.sink_temperature * books.entropy_stored
    assert books.most_work == pytest.approx(exergy, rel=1e-7)
    assert books.radiating * heat.emissivity == pytest.approx(books.rejected, rel=1e-7)


def test_the_temperature_is_that_of_the_heat_and_not_of_the_end():
    computer = ThermodynamicComputer(voltage=0.5)
    computer.compute(SQUARE.times(1e9))
    system = computer.monitor.system(computer.heat, computer.power)
    warm = system.temperature
    computer.idle(1e6)  # a week of cold, in which next to nothing is drawn
    assert computer.temperature < 150
    drawn = computer.books.heating / computer.books.entropy_of_heating
    assert computer.monitor.system(computer.heat, computer.power).temperature == drawn
    assert 150 < drawn < warm


def test_a_bit_is_erased_where_a_gate_forgets_it():
    """One convention for tables and machines: static logic erases what it switches; the program's count is apart."""
    computer = ThermodynamicComputer()
    record = computer.compute(SQUARE)
    system = computer.monitor.system(computer.heat, computer.power)
    assert system.bits_erased_per_flop == system.bits_switched_per_flop == record.bits_switched / record.flop
    assert computer.monitor_performance()["reversible_efficiency"].value == 0
    assert record.bits_erased < record.bits_switched / 100
    assert record.landauer_floor == pytest.approx(record.bits_erased * BIT * 333, rel=1e-6)
    frugal = computer.compute(MatrixProduct(np.ones((40, 40), "f2"), np.ones((40, 40), "f2")))
    assert frugal.bits_switched / frugal.flop > MODEL.value("bits_erased_per_flop")  # the way of the words is added


@pytest.mark.parametrize("operation", [Sort([3, 1, 2]), ReversibleAdder([1], [2])])
def test_work_that_is_not_counted_in_flop_has_the_metrics_that_need_none(operation):
    computer = ThermodynamicComputer()
    computer.compute(operation)
    metrics = computer.monitor_performance(carbon_intensity=3)
    told = {name for name, metric in metrics.items() if metric.value is not None}
    assert told == {
        "energy_efficiency_ratio", "heat_recycling_efficiency", "power_density", "kardashev_utilisation",
        "kardashev_conversion", "heat_dissipation",
    }  # fmt: skip
    why = "no operation on numbers was computed, and other work is not counted in FLOP"
    assert metrics["entropy_production"].reason == metrics["landauer_compliance"].reason == why
    assert metrics["intelligence_per_watt"].reason == "useful_token_rate is not told"


def test_a_radiator_that_never_worked_says_so():
    computer = ThermodynamicComputer(temperature=120, voltage=0.32)
    computer.compute(SQUARE)
    metrics = computer.monitor_performance()
    assert metrics["heat_dissipation"].reason == "the radiator was never warmer than the sink"


# -- times, counts and arguments -----------------------------------------------------------------------


@pytest.mark.parametrize("runs", [5, 5.0, np.int64(5), np.float32(5), np.uint8(5)])
def test_a_count_is_a_whole_number_of_any_kind(runs):
    repeated = SQUARE.times(runs)
    assert repeated.runs == 5 and type(repeated.runs) is int


@pytest.mark.parametrize("runs", [1.5, 0, -1, True, np.bool_(True), "5", None, 1e300, 10**400, math.nan, math.inf, 1j])
def test_any_other_count_is_refused_by_name(runs):
    with pytest.raises(
        KscaleError, match=r"^matrix product: runs: a whole number from 1 to 1e\+18 is expected, not .{1,40}$"
    ):
        SQUARE.times(runs)


@pytest.mark.parametrize("seconds", [np.int64(5), np.float32(5), 5])
def test_a_time_is_a_number_of_any_kind(seconds):
    assert ThermodynamicComputer().idle(seconds).time == 5


@pytest.mark.parametrize("seconds", [1.01e9, 1e11, 1e300])
def test_a_time_beyond_the_longest_is_refused_and_does_not_hang(seconds):
    computer = ThermodynamicComputer(voltage=0.4)
    for name, action in {
        "recycling heat": computer.recycle_heat, "idling": computer.idle,
        "pumping heat": lambda span: computer.pump_heat(span, 380),
    }.items():  # fmt: skip
        with pytest.raises(KscaleError, match=rf"^{name} would take .* s: the longest span is 1e\+09 s at a time$"):
            action(seconds)
    with pytest.raises(KscaleError, match=r"matrix product would take .* s: the longest span is"):
        computer.compute(SQUARE.times(1e18))
    assert computer.books.time == 0


def test_an_engine_rests_where_its_radiator_is_as_cold_as_the_sky():
    computer = ThermodynamicComputer(voltage=0.4)
    ratio = computer.recycle_heat(LONGEST_SPAN).ratio
    assert computer.temperature * ratio == pytest.approx(computer.heat.sink_temperature, rel=1e-6)


WRONG = {
    "MatrixProduct takes 2 (a, b), got 0": lambda c: c.compute("MatrixProduct"),
    "Sort takes 1 (values), got 2": lambda c: c.compute("Sort", [1], [2]),
    "temperature: a number between 0 and 378 [K] is expected, not 'x'": lambda c: ThermodynamicComputer(
        temperature="x"
    ),
    "temperature: a number between 0 and 378 [K] is expected, not nan": lambda c: ThermodynamicComputer(
        temperature=math.nan
    ),
    "the chips run at a number of volts from 0.32 to 1, not at 'x'": lambda c: ThermodynamicComputer(voltage="x"),
    "'power' is not to be told: the machine has it from its own books": lambda c: c.monitor_performance(power=3),
    "ThermodynamicComputer: carbon_intensity must be a finite number, got 'x'": lambda c: c.monitor_performance(
        carbon_intensity="x"
    ),
    "a heat pump's radiator is warmer than the coolant: above 333 [K], not 'x'": lambda c: c.pump_heat(1, "x"),
    "an efficiency is a share of the heat, not 'x'": lambda c: c.recycle_heat(1, "x"),
}


@pytest.mark.parametrize("line", WRONG)
def test_wrong_arguments_are_told_in_one_line(line):
    computer = ThermodynamicComputer()
    computer.compute(SQUARE)
    with pytest.raises(KscaleError) as error:
        WRONG[line](computer)
    assert str(error.value) == line


@pytest.mark.parametrize("name", ["heat", "temperature", "books", "carbon"])
def test_what_is_no_fact_to_tell_is_refused(name):
    computer = ThermodynamicComputer()
    computer.compute(SQUARE)
    with pytest.raises(KscaleError, match=f"^(unknown field of System '{name}'|'{name}' is not to be told)"):
        computer.monitor_performance(**{name: 1.0})


def test_a_magic_chip_cannot_hide_behind_a_frugal_program():
    magic = ThermodynamicComputer(dataclasses.replace(ThermodynamicChip.of_model(), gate_capacitance=1e-21))
    magic.compute(SQUARE)
    assert magic.monitor_performance()["landauer_compliance"].holds is False

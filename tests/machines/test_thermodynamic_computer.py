"""The ThermodynamicComputer: its physics by second routes, and its books after anything that may be asked of it."""

import dataclasses
import math
import sys

import numpy as np
import pytest
import sympy
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from kscale_nb import LEDGER, MODEL, KscaleError, ThermodynamicComputer
from kscale_nb.machines.computer.chip import ThermodynamicChip
from kscale_nb.machines.computer.heat import HeatManagement
from kscale_nb.machines.computer.power import PowerManagement
from kscale_nb.machines.computer.workloads import (
    BitErasure,
    ElementwiseSum,
    MatrixProduct,
    ReversibleAdder,
    Sort,
    batcher_sort,
    ripple_add,
)

CHIP, HEAT = ThermodynamicChip.of_model(), HeatManagement.of_model()
TEMPERATURES = st.floats(200, 378)
RANDOM = np.random.default_rng(128)
SQUARE = MatrixProduct(RANDOM.normal(size=(40, 40)), RANDOM.normal(size=(40, 40)))


# -- the chip -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("voltage", [0.35, 0.525, 0.7, 0.9])
@pytest.mark.parametrize("temperature", [280.0, 333.0, 358.0])
def test_the_chip_is_the_one_that_the_book_derives(voltage, temperature):
    book = MODEL.values(operating_voltage=voltage, operating_temperature=temperature)
    assert CHIP.flip_energy(voltage, temperature) == pytest.approx(book["flip_energy"], rel=1e-12)
    assert CHIP.clock(voltage, temperature) == pytest.approx(book["running_clock"], rel=1e-12)
    assert CHIP.energy_steepness(voltage, temperature) == pytest.approx(book["energy_steepness"], rel=1e-9)


def test_as_designed_the_chip_is_the_silicon_of_its_chapter():
    voltage, temperature = MODEL.value("design_voltage"), MODEL.value("design_temperature")
    assert CHIP.clock(voltage, temperature) == pytest.approx(700e6)
    flop = CHIP.flip_energy(voltage, temperature) * CHIP.flips_per_flop
    assert flop == pytest.approx(MODEL.value("arithmetic_energy") * 1.3)
    assert CHIP.leakage_power(voltage, temperature) == pytest.approx(
        0.3 * MODEL.value("arithmetic_energy") * CHIP.throughput(voltage, temperature)
    )


@pytest.mark.parametrize("temperature", [280.0, 333.0])
def test_leakage_of_a_busy_chip_by_power_is_that_by_flip(temperature):
    flips = CHIP.flips_per_cycle * CHIP.clock(0.5, temperature)
    per_flip = CHIP.gate_capacitance * 0.5**2 / 2 * CHIP.leakage_ratio(0.5, temperature)
    assert CHIP.leakage_power(0.5, temperature) == pytest.approx(flips * per_flip)


def test_the_current_has_both_limits():
    step = 1.4 * CHIP.volts_per_kelvin * 333
    below = CHIP.current(-0.2, 333) / CHIP.current(-0.2 - step, 333)
    lowering, margin = CHIP.barrier_lowering, CHIP.variation_margin
    assert below == pytest.approx(math.exp(1 + lowering), rel=1e-4)  # the drain follows the gate
    far = dataclasses.replace(CHIP, highest_voltage=1e3)
    threshold = 0.4175 + lowering * CHIP.design_voltage + margin
    overdrives = [(1 + lowering) * volts - threshold for volts in (200, 100)]
    grown = math.log(far.current(200, 333) / far.current(100, 333)) / math.log(overdrives[0] / overdrives[1])
    assert grown == pytest.approx(CHIP.current_exponent, rel=1e-9)


@settings(max_examples=40, deadline=None)
@drawn(TEMPERATURES, st.floats(0.05, 1), st.floats(0.3, 0.5), st.floats(1.1, 1.7), st.floats(1, 2), st.floats(0, 0.2),
       st.floats(0, 0.06))  # fmt: skip
def test_the_best_voltage_by_three_routes(temperature, leakage, threshold, slope, exponent, lowering, margin):
    chip = dataclasses.replace(
        CHIP,
        leakage_share=leakage,
        threshold_voltage=threshold,
        slope_factor=slope,
        current_exponent=exponent,
        barrier_lowering=lowering,
        variation_margin=margin,
    )
    searched, root = chip.least_energy_voltage(temperature), chip.stationary_voltage(temperature)
    grid = np.linspace(chip.lowest_voltage, chip.highest_voltage, 4001)
    best = grid[np.argmin([chip.flip_energy(voltage, temperature) for voltage in grid])]
    assert searched == pytest.approx(best, abs=grid[1] - grid[0])
    if root is None:
        assert searched in (chip.lowest_voltage, chip.highest_voltage)
    else:
        assert root == pytest.approx(searched, rel=1e-6)
        assert abs(chip.energy_steepness(root, temperature)) < 1e-9


def test_the_closed_form_is_exact_where_it_should_be():
    """A threshold so high that the optimum lies deep below it: Lambert's W, with alpha 1 for a clean exponential."""
    deep = dataclasses.replace(CHIP, threshold_voltage=1.5, current_exponent=1.0, lowest_voltage=0.2,
                               leakage_share=1e-5)  # fmt: skip
    assert deep.stationary_voltage(300) == pytest.approx(deep.weak_inversion_voltage(300), rel=1e-6)
    assert CHIP.weak_inversion_voltage(250) == pytest.approx(CHIP.stationary_voltage(250), rel=1e-3)
    assert CHIP.weak_inversion_voltage(358) < 0.99 * CHIP.stationary_voltage(358)


def test_a_chip_that_hardly_leaks_has_no_optimum_inside():
    tight = dataclasses.replace(CHIP, leakage_share=1e-9)
    assert tight.stationary_voltage(300) is None
    assert tight.least_energy_voltage(300) == tight.lowest_voltage
    assert dataclasses.replace(CHIP, leakage_share=1e-30).weak_inversion_voltage(300) is None


def test_lamberts_w_solves_the_condition_in_sympy():
    x, strength = sympy.symbols("x Lambda", positive=True)
    condition = sympy.diff(x**2 * (1 + strength * sympy.exp(-x)), x)
    closed = 2 - sympy.LambertW(-2 * sympy.exp(2) / strength, -1)
    for number in (1e3, 1e5):
        value = closed.subs(strength, number).evalf()
        assert abs(condition.subs({strength: number, x: value}).evalf()) < 1e-9


# -- workloads ----------------------------------------------------------------------------------------


def test_a_matrix_product_is_numpys():
    a, b = RANDOM.normal(size=(3, 5)), RANDOM.normal(size=(5, 2))
    work = MatrixProduct(a, b).work()
    assert np.array_equal(work.result, a @ b)
    assert (work.flop, work.bits_erased, work.bits_moved) == (60, 30 * 64, 64 * (15 + 10 + 6))


@settings(max_examples=60, deadline=None)
@drawn(st.lists(st.integers(-100, 100), min_size=1, max_size=70))
def test_the_network_sorts_and_counts_what_is_lost(values):
    work = Sort(values).work()
    assert work.result.tolist() == sorted(values)
    ways = math.factorial(len(values)) // math.prod(math.factorial(values.count(value)) for value in set(values))
    assert work.bits_erased == pytest.approx(math.log2(ways), abs=1e-9)


@pytest.mark.parametrize("power", range(1, 11))
def test_batchers_count_of_comparators(power):
    assert batcher_sort(np.zeros(2**power))[1] == (power**2 - power + 4) * 2 ** (power - 1) // 2 - 1


@settings(max_examples=60, deadline=None)
@drawn(st.sampled_from([np.uint8, np.int16, np.uint32, np.int64]), st.integers(0, 2**32))
def test_the_reversible_adder_adds_and_goes_back(kind, seed):
    limits = np.iinfo(kind)
    a, b = np.random.default_rng(seed).integers(limits.min, limits.max, size=(2, 9), dtype=kind, endpoint=True)
    with np.errstate(over="ignore"):
        assert np.array_equal(ripple_add(a, b), a + b)
    assert np.array_equal(ripple_add(a, ripple_add(a, b), undo=True), b)
    assert ReversibleAdder(a, b).work().bits_erased == 0


def test_an_operation_computes_on_a_copy():
    values = np.array([3, 1, 2])
    operation = Sort(values)
    values[0] = 0
    assert operation.work().result.tolist() == [1, 2, 3]
    record = ThermodynamicComputer().compute(operation)
    with pytest.raises(ValueError, match="read-only"):
        record.result[0] = 7


def test_precision_is_paid_for():
    half, double = (MatrixProduct(np.ones((8, 8), kind), np.ones((8, 8), kind)).work() for kind in ("f2", "f8"))
    arithmetic = [dataclasses.replace(work, bits_moved=0) for work in (half, double)]
    assert CHIP.flips(arithmetic[0]) == pytest.approx(1000 * half.flop)
    assert CHIP.flips(arithmetic[1]) > 15 * CHIP.flips(arithmetic[0])


# -- heat ---------------------------------------------------------------------------------------------


@drawn(st.floats(0.05, 4), st.floats(0.05, 1))
def test_no_engine_or_pump_beats_carnot(ratio, share):
    work = dataclasses.replace(HEAT, carnot_share=share).work_share(ratio)
    assert work <= 1 - ratio + 1e-12  # an engine gives less, a pump takes more


def test_the_best_radiator_under_a_dark_sky_is_the_books():
    dark = dataclasses.replace(HEAT, sink_temperature=1e-3)
    assert dark.best_ratio(333) == pytest.approx(MODEL.value("best_radiator_ratio"), rel=1e-6)
    assert dataclasses.replace(dark, carnot_share=1.0).best_ratio(333) == pytest.approx(0.75, rel=1e-6)


def test_an_engine_that_cools_a_body_in_finite_time_by_hand():
    """No heating and a black sky: C dT/dt = -k T^4 / (1 - eta) is solved in closed form."""
    dark = dataclasses.replace(HEAT, sink_temperature=1e-3, carnot_share=1.0)
    ratio, seconds, start = 0.75, 5000.0, 350.0
    books = dark.run(start, seconds, lambda _temperature: 0.0, ratio)
    k = dark.emissivity * dark.stefan_boltzmann * dark.area * ratio**4 / 0.75
    end = (start**-3 + 3 * k * seconds / dark.heat_capacity) ** (-1 / 3)
    assert start + books.stored / dark.heat_capacity == pytest.approx(end, rel=1e-9)
    assert books.work == pytest.approx(0.25 * dark.heat_capacity * (start - end), rel=1e-9)


def test_a_reversible_engine_makes_no_entropy_before_the_radiator():
    ideal = dataclasses.replace(HEAT, carnot_share=1.0)
    books = ideal.run(350.0, 3000.0, lambda _temperature: 0.0, 0.8)
    # what the radiator gives off at 0.8 T carries the entropy that left the coolant
    on_the_way = books.entropy_produced - (books.rejected / ideal.sink_temperature + books.entropy_stored)
    assert on_the_way == pytest.approx(0, abs=1e-9 * books.entropy_produced)
    exergy = -books.stored + ideal.sink_temperature * books.entropy_stored
    assert 0 < books.work < exergy


def test_idling_ends_where_leakage_and_radiation_balance():
    computer = ThermodynamicComputer(voltage=0.5)
    computer.idle(1e9)
    assert computer.idle_power(computer.temperature) == pytest.approx(HEAT.radiated(computer.temperature), rel=1e-6)


# -- the machine --------------------------------------------------------------------------------------


def test_a_computation_by_hand():
    computer = ThermodynamicComputer(voltage=0.6, temperature=320)
    record = computer.compute(SQUARE.times(1000))
    flips = 1000 * CHIP.flips(SQUARE.work())
    cycles = math.ceil(flips / CHIP.flips_per_cycle)
    assert record.time == pytest.approx(cycles / CHIP.clock(0.6, 320))
    by_hand = flips * CHIP.gate_capacitance * 0.18 + record.time * CHIP.leakage_power(0.6, 320)
    assert record.energy == pytest.approx(by_hand / 0.83, rel=1e-9)
    assert record.flop == 1000 * 2 * 40**3
    assert record.landauer_floor == pytest.approx(record.bits_erased * 1.380649e-23 * 320 * math.log(2), rel=1e-9)
    assert record.over_landauer > 1e4


def test_the_same_work_costs_the_same_every_time():
    records = [ThermodynamicComputer().compute(Sort(RANDOM.permutation(200))) for _ in range(2)]
    assert records[0].energy == records[1].energy and records[0].time == records[1].time


def test_optimising_saves_energy_on_real_work():
    computer = ThermodynamicComputer()
    before = computer.compute(SQUARE.times(1e6))
    best = computer.optimize_efficiency()
    after = computer.compute(SQUARE.times(1e6))
    # nearly the same temperature: the ratio is that of the flips
    assert after.energy / before.energy == pytest.approx(best.energy_over_before, rel=0.01)
    assert best.limited_by == "energy" and abs(best.residual) < 1e-9
    assert best.searched_voltage == pytest.approx(best.stationary_voltage, rel=1e-6)
    for voltage in (0.95 * best.voltage, 1.05 * best.voltage):
        computer.set_voltage(voltage)
        assert computer.chips.flip_energy(voltage, best.temperature) > best.energy_per_flop / 1000


def test_a_throughput_floor_binds_where_it_asks_for_more():
    computer = ThermodynamicComputer()
    free = computer.optimize_efficiency()
    bound = computer.optimize_efficiency(throughput_floor=2 * free.throughput)
    assert bound.limited_by == "throughput floor"
    assert bound.throughput == pytest.approx(2 * free.throughput, rel=1e-9)
    assert bound.residual > 0
    assert computer.optimize_efficiency(throughput_floor=free.throughput / 2).limited_by == "energy"


def test_the_books_default_voltage_is_the_optimum_at_its_temperature():
    best = ThermodynamicComputer().optimize_efficiency()
    assert best.voltage == pytest.approx(MODEL.value("operating_voltage"), abs=5e-4)
    assert best.voltage == pytest.approx(MODEL.invert("operating_voltage", "energy_steepness", 0.0), rel=1e-9)


@settings(max_examples=40, deadline=None)
@drawn(st.floats(150, 340), st.one_of(st.just(0.0), st.floats(1e-9, 1e7)), st.floats(0, 0.4))
def test_recycled_work_stays_below_carnot(temperature, seconds, efficiency):
    computer = ThermodynamicComputer(temperature=temperature, voltage=0.4)
    try:
        record = computer.recycle_heat(seconds, efficiency)
    except KscaleError as refusal:
        hindered = "the chips would reach" in str(refusal)  # an engine near its reach lets hardly any heat out
        assert hindered or efficiency >= 0.6 * (1 - HEAT.sink_temperature / temperature), refusal
        return
    assert 0 <= record.efficiency <= record.carnot <= 1 - HEAT.sink_temperature / max(temperature, 1)
    assert record.work + record.heat_rejected == pytest.approx(record.heat_taken)
    assert record.entropy_produced >= 0
    if record.work:
        assert record.efficiency == pytest.approx(efficiency)


def test_a_heat_pump_cools_below_what_the_radiator_alone_does():
    cooled, pumped = (ThermodynamicComputer(voltage=0.4) for _ in range(2))
    cooled.idle(2000)
    record = pumped.pump_heat(2000, radiator_temperature=380)
    assert pumped.temperature < cooled.temperature
    assert record.performance == pytest.approx(0.6 / (380 / 333 - 1))
    assert record.performance < 333 / (380 - 333)
    assert record.heat_rejected == pytest.approx(record.heat_taken + record.work_taken)


def test_recycling_beside_the_computing_gives_work_and_warms_the_chips():
    plain, recycling = (ThermodynamicComputer(voltage=0.5) for _ in range(2))
    records = [plain.compute(SQUARE.times(3e9)), recycling.compute(SQUARE.times(3e9), recycling=True)]
    assert records[0].work == 0 < records[1].work
    assert recycling.temperature > plain.temperature
    assert records[1].entropy_produced < records[0].entropy_produced


ACTIONS = st.one_of(
    st.tuples(st.just("compute"), st.sampled_from(["product", "sort", "sum", "erase", "add"]), st.integers(1, 10**12)),
    st.tuples(st.just("idle"), st.floats(0, 1e9)),
    st.tuples(st.just("recycle"), st.floats(0, 1e7)),
    st.tuples(st.just("pump"), st.floats(0, 1e4), st.floats(1.01, 1.5)),
    st.tuples(st.just("optimise"), st.floats(0, 1e15)),
    st.tuples(st.just("voltage"), st.floats(0.32, 1.0)),
)
WORK = {
    "product": MatrixProduct(np.eye(3), np.eye(3)), "sort": Sort(RANDOM.normal(size=9)),
    "sum": ElementwiseSum([1.5, 2.5], [3.0, 4.0]), "erase": BitErasure(np.arange(4)),
    "add": ReversibleAdder([1, 2], [3, 4]),
}  # fmt: skip


def do(computer, action, *details):
    match action:
        case "compute":
            return computer.compute(WORK[details[0]].times(details[1]))
        case "idle":
            return computer.idle(*details)
        case "recycle":
            return computer.recycle_heat(*details)
        case "pump":
            return computer.pump_heat(details[0], details[1] * computer.temperature)
        case "optimise":
            return computer.optimize_efficiency(*details)
        case "voltage":
            return computer.set_voltage(*details)


@settings(max_examples=40, deadline=None)
@drawn(st.floats(100, 377), st.lists(ACTIONS, min_size=1, max_size=6))
def test_the_books_balance_after_anything(temperature, actions):
    computer = ThermodynamicComputer(temperature=temperature)
    for action in actions:
        before = computer.books
        try:
            record = do(computer, *action)
        except KscaleError as refusal:
            assert "\n" not in str(refusal)
            assert computer.books == before, "a refused operation left traces"
            continue
        balance, books = computer.balance(), computer.books
        # below the smallest normal float, digits are lost: no relative bound can hold there
        assert abs(balance.energy) <= 1e-12 * balance.energy_turned_over + sys.float_info.min
        assert abs(balance.entropy) <= 1e-12 * balance.entropy_turned_over + sys.float_info.min
        assert abs(balance.integration) <= 1e-8 * balance.entropy_turned_over + sys.float_info.min
        assert books.entropy_produced >= before.entropy_produced
        assert 0 < computer.temperature < computer.heat.temperature_limit
        if action[0] == "compute":
            assert record.energy * computer.power.efficiency >= record.landauer_floor


# -- refusals -----------------------------------------------------------------------------------------

REFUSED = {
    "unknown operation 'Sorted': did you mean 'Sort'?": lambda c: c.compute("Sorted", [1]),
    "values to sort: NaN or infinity cannot be computed with": lambda c: c.compute("Sort", [1.0, math.nan]),
    "matrices of 1 x 2 and 3 x 1 do not multiply": lambda c: c.compute("MatrixProduct", [[1, 2]], [[1], [2], [3]]),
    "first matrix: the rows differ in length": lambda c: c.compute("MatrixProduct", [[1, 2], [3]], [[1]]),
    "first matrix: 2 dimensions are expected, got 1": lambda c: c.compute("MatrixProduct", [1], [[1]]),
    "arrays of shape (1,) and (2,) do not add element by element": lambda c: c.compute("ElementwiseSum", [1], [1, 2]),
    "bits to erase: there is nothing in it": lambda c: c.compute("BitErasure", []),
    "values to sort: real numbers are expected, got complex128": lambda c: c.compute("Sort", [1j]),
    "a reversible adder takes two arrays of whole numbers of one type and shape": lambda c: c.compute(
        "ReversibleAdder", [1.0], [2.0]
    ),
    "an operation is expected, such as MatrixProduct(a, b), got 7": lambda c: c.compute(7),
    "sort: runs: a whole number from 1 to 1e+18 is expected, not 0": lambda c: c.compute(Sort([1, 2]).times(0)),
    "idling: a finite number from 0 on [s] is expected, not -1": lambda c: c.idle(-1),
    "recycling heat: a finite number from 0 on [s] is expected, not nan": lambda c: c.recycle_heat(math.nan),
    "an efficiency of 0.6 exceeds Carnot's 0.5775 between 333 and 140.7 K": lambda c: c.recycle_heat(1, 0.6),
    "an efficiency of 0.5 is out of this engine's reach: it stays below 0.3465": lambda c: c.recycle_heat(1, 0.5),
    "an efficiency is a share of the heat, not -0.1": lambda c: c.recycle_heat(1, -0.1),
    "a heat pump's radiator is warmer than the coolant: above 333 [K], not 300": lambda c: c.pump_heat(1, 300),
    "the chips run at a number of volts from 0.32 to 1, not at 1.2": lambda c: c.set_voltage(1.2),
    "throughput_floor: a finite number from 0 on [FLOP/s] is expected, not -1": lambda c: c.optimize_efficiency(-1),
    "nothing to monitor yet: the machine drew no energy": lambda c: c.monitor_performance(),
}


@pytest.mark.parametrize("line", REFUSED)
def test_the_impossible_is_refused_in_one_line(line):
    computer = ThermodynamicComputer()
    with pytest.raises(KscaleError) as error:
        REFUSED[line](computer)
    assert str(error.value) == line
    assert computer.books.drawn == 0


def test_limits_are_refused_by_name():
    for limits, named in [
        ({"power_limit": 1e-3}, "power"),
        ({"energy_limit": 1e-12}, "energy"),
        ({"time_limit": 1e-12}, "time"),
    ]:
        computer = ThermodynamicComputer(power=PowerManagement(**({"efficiency": 0.83, "power_limit": 400} | limits)))
        with pytest.raises(KscaleError, match=f"matrix product would .* over the supply's {named} limit"):
            computer.compute(SQUARE)
    with pytest.raises(KscaleError, match=r"the chips would reach 378 K after \S+ s of \S+ s: idle first"):
        ThermodynamicComputer(voltage=0.98).compute(SQUARE.times(1e12))
    with pytest.raises(KscaleError, match="cannot be reached: at 1 V"):
        ThermodynamicComputer().optimize_efficiency(1e18)
    with pytest.raises(KscaleError, match="no heat to recycle: the coolant at 120 K is no warmer"):
        ThermodynamicComputer(temperature=120).recycle_heat(1)


def test_a_chip_below_landauers_limit_cannot_be():
    magic = ThermodynamicComputer(dataclasses.replace(CHIP, gate_capacitance=1e-26))
    with pytest.raises(
        KscaleError, match=r"bit erasure would erase 640 bits .* below Landauer's .* no such chip can be"
    ):
        magic.compute(BitErasure(np.arange(10)))
    assert magic.compute(ReversibleAdder([1], [2])).landauer_floor == 0  # but what erases nothing is free to be cheap


def test_machines_that_cannot_be():
    with pytest.raises(KscaleError, match=r"no engine reaches 1.2 of Carnot's efficiency"):
        dataclasses.replace(HEAT, carnot_share=1.2)
    with pytest.raises(KscaleError, match="cannot give more than it takes"):
        PowerManagement(1.1, 100)
    with pytest.raises(KscaleError, match="the supply's efficiency: a finite number above 0 is expected, not None"):
        PowerManagement(None, 100)
    with pytest.raises(KscaleError, match=r"between 0 and 378 \[K\] is expected, not 400"):
        ThermodynamicComputer(temperature=400)
    with pytest.raises(KscaleError, match="unknown field of System 'carbon'"):
        computer = ThermodynamicComputer()
        computer.compute(SQUARE)
        computer.monitor_performance(carbon=3)


def test_the_documents_class_has_its_four_operations():
    named = LEDGER["tip.computer"].statement.partition(": ")[2].replace("optimise", "optimize").split(", ")
    assert len(named) == 4
    assert all(callable(getattr(ThermodynamicComputer, name.replace(" ", "_"))) for name in named)

"""The twelve metrics: by hand, on their bounds, and on what is not known."""

import dataclasses
import math

import pytest
import scipy.constants
from hypothesis import given as drawn
from hypothesis import strategies as st

from kscale_nb import LEDGER, KscaleError
from kscale_nb.machines.metrics import metrics
from kscale_nb.machines.metrics.metrics import (
    METRICS,
    System,
    accuracy_per_watt,
    density,
    energy_reuse_effectiveness,
    kardashev_rating,
    measure,
    measure_all,
)
from kscale_nb.sources import source_keys

K_B = scipy.constants.k
SIGMA = 2 * math.pi**5 * K_B**4 / (15 * scipy.constants.h**3 * scipy.constants.c**2)
HALL = System(
    name="hall", power=1e6, throughput=1e18, temperature=330, bits_erased_per_flop=500, bits_switched_per_flop=2000,
    facility_power=1.2e6, sink_temperature=280, recycled_heat=0.1, recycled_as_work=True, mass=5e4, area=1000,
    volume=200, available_power=1e9, primary_power=3e6, source_temperature=1500, carbon_intensity=400,
    embodied_carbon=1e9, lifetime=1e8, task_accuracy=0.8, useful_token_rate=1e6, training_flop=1e24, learned_bits=1e12,
)  # fmt: skip
BY_HAND = {
    "landauer_compliance": 500 * K_B * 330 * math.log(2) * 1e18 / 1e6,
    "reversible_efficiency": 0.75,
    "entropy_production": 0.9e6 / 280 / 1e18,
    "energy_efficiency_ratio": 1 / 1.2,
    "heat_recycling_efficiency": 0.1 / 1.2,
    "power_density": 20,
    "kardashev_utilisation": 1.2e-3,
    "kardashev_conversion": 0.4,
    "intelligence_per_watt": 1,
    "learning_efficiency": 1e12 * K_B * 330 * math.log(2) / 1e12,
    "heat_dissipation": 0.9e6 / (SIGMA * 1000 * (330**4 - 280**4)),
    "carbon_per_computation": (1.2e6 / 3.6e6 * 400 + 10) / 1e18,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_metric_by_hand(name):
    metric = measure(HALL, name)
    assert metric.value == pytest.approx(BY_HAND[name], rel=1e-12)
    assert not metric.missing


def test_there_are_twelve_one_for_each_of_the_documents():
    named = [claim.id for claim in LEDGER if claim.id.startswith("tip.metric-") and claim.id != "tip.metric-headings"]
    assert [definition.claim for definition in METRICS.values()] == named
    assert len(named) == 12
    assert set(METRICS) == set(BY_HAND)


def test_every_definition_has_a_source_that_the_bibliography_knows():
    origins = {definition.name: definition.origin for definition in METRICS.values()}
    assert {name for name, origin in origins.items() if origin is None} == {"power_density", "kardashev_conversion"}
    assert {origin for origin in origins.values() if origin} <= set(source_keys())
    assert METRICS["kardashev_conversion"].defined_by == METRICS["power_density"].defined_by == "ours, a usual ratio"
    assert METRICS["entropy_production"].defined_by == "ours, after Clausius 1865"


def test_the_modules_table_of_definitions_names_the_same_origins():
    """One line of the docstring for each definition, with `ours` in the lines of those that are."""
    lines = [line for line in metrics.__doc__.splitlines() if line.startswith("| ")][2:]
    assert len(lines) == 12
    for line, definition in zip(lines, METRICS.values(), strict=True):
        last = line.split("|")[-2]
        assert ("ours" in last) == definition.ours, line
        if definition.origin is None:
            assert "usual" in last


def test_what_is_not_known_is_not_invented():
    bare = measure_all(System(name="bare", power=1, throughput=1))
    assert {name for name, metric in bare.items() if metric.value is not None} == {"entropy_production"}
    assert bare["carbon_per_computation"].missing == ("carbon_intensity",)
    assert bare["carbon_per_computation"].holds is None
    trained = measure(System(name="trained", power=1, throughput=1, learned_bits=5), "learning_efficiency")
    assert trained.missing == ("training_energy",)


@drawn(st.floats(0, 1), st.floats(0, 1), st.floats(280, 800))
def test_an_engine_lowers_entropy_without_a_jump(one, other, temperature):
    """Counted in the sink whatever the engine gives: it falls with the work, to P / T where the engine is Carnot's."""

    def entropy(share):
        work = share * (1 - 280 / temperature)
        hall = dataclasses.replace(HALL, temperature=temperature, recycled_heat=work)
        return measure(hall, "entropy_production").value

    less, more = sorted((one, other))
    assert entropy(more) <= entropy(less) * (1 + 1e-12)
    slope = (1 - 280 / temperature) * entropy(0)
    assert entropy(less) - entropy(more) == pytest.approx((more - less) * slope, abs=1e-12 * entropy(0))
    assert entropy(1e-12) == pytest.approx(entropy(0), rel=1e-9)
    assert entropy(1) == pytest.approx(1e6 / (temperature * 1e18))


def test_an_engine_without_a_sink_has_no_entropy_to_tell():
    blind = dataclasses.replace(HALL, sink_temperature=None)
    assert measure(blind, "entropy_production").missing == ("sink_temperature",)
    idle = dataclasses.replace(blind, recycled_heat=0)
    assert measure(idle, "entropy_production").value == pytest.approx(1e6 / 330 / 1e18)


def test_a_machine_below_landauers_limit_is_caught():
    claimed = dataclasses.replace(HALL, power=1e-3, facility_power=2e-3)
    assert measure(claimed, "landauer_compliance").holds is False
    assert measure(claimed, "entropy_production").holds is False
    assert measure(HALL, "landauer_compliance").holds


def test_work_from_heat_is_bounded_by_carnot_and_heat_is_not():
    assert measure(HALL, "heat_recycling_efficiency").upper == pytest.approx(1 - 280 / 330)
    greedy = dataclasses.replace(HALL, recycled_heat=0.5)
    assert measure(greedy, "heat_recycling_efficiency").holds is False
    assert measure(dataclasses.replace(greedy, recycled_as_work=False), "heat_recycling_efficiency").holds


def test_a_machine_at_landauers_floor_meets_all_its_bounds():
    floor = 500 * K_B * 330 * math.log(2) * 1e18
    ideal = System(name="ideal", power=floor, throughput=1e18, temperature=330, bits_erased_per_flop=500,
                   useful_token_rate=1e6)  # fmt: skip
    for name in ("landauer_compliance", "entropy_production", "intelligence_per_watt"):
        metric = measure(ideal, name)
        bound = metric.lower if name == "entropy_production" else metric.upper
        assert metric.value == pytest.approx(bound) and metric.holds


@drawn(st.floats(1, 1e20), st.floats(1, 1e30), st.floats(3, 3000), st.floats(0, 1e5))
def test_entropy_and_landauer_tell_one_story(power, throughput, temperature, bits):
    system = System(name="any", power=power, throughput=throughput, temperature=temperature, bits_erased_per_flop=bits)
    entropy, landauer = measure(system, "entropy_production"), measure(system, "landauer_compliance")
    assert entropy.lower == pytest.approx(landauer.value * entropy.value, rel=1e-9)


@pytest.mark.parametrize(
    "change, line",
    [
        ({"power": 0}, "hall: power must be positive, got 0"),
        ({"power": math.nan}, "hall: power must be a finite number, got nan"),
        ({"throughput": "fast"}, "hall: throughput must be a finite number, got 'fast'"),
        ({"mass": -1}, "hall: mass must be positive, got -1"),
        ({"recycled_heat": 1.2}, "hall: recycled_heat is a share and cannot exceed 1, got 1.2"),
        ({"temperature": None}, "hall: temperature must be a finite number, got None"),
    ],
)
def test_impossible_systems_are_refused_in_one_line(change, line):
    with pytest.raises(KscaleError) as error:
        dataclasses.replace(HALL, **change)
    assert str(error.value) == line


def test_unknown_names():
    with pytest.raises(KscaleError, match="did you mean 'heat_dissipation'"):
        measure(HALL, "heat_disipation")
    with pytest.raises(KscaleError, match="unknown measure of size 'length'"):
        density(HALL, "length")
    with pytest.raises(KscaleError, match="power: a finite number above 0"):
        kardashev_rating(0)


def test_the_figures_beside_the_twelve():
    assert [density(HALL, per) for per in ("mass", "area", "volume")] == [20, 1000, 5000]
    assert density(System(name="bare", power=1, throughput=1), "mass") is None
    assert energy_reuse_effectiveness(HALL) == pytest.approx(1.1)
    assert accuracy_per_watt(HALL) == pytest.approx(0.8e-6)
    assert kardashev_rating(4e12) == pytest.approx(0.66, abs=0.001)

"""The chapter on the twelve metrics: its quantities by hand, and bounds that no valid system can leave."""

import math

import pytest
import scipy.constants
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from kscale_nb import LEDGER
from kscale_nb.machines.metrics.metrics import METRICS, System, measure, measure_all
from kscale_nb.machines.metrics.report import one_system
from kscale_nb.machines.metrics.systems import own_systems
from kscale_nb.sources import short_citation, source_keys

K_B = scipy.constants.k
SIGMA = 2 * math.pi**5 * K_B**4 / (15 * scipy.constants.h**3 * scipy.constants.c**2)
BY_HAND = {
    "K1_machine_power": 5e14 * 0.9,
    "K1_machine_energy_per_flop": 4.5e14 / 7.675e25,
    "K1_landauer_compliance": 1000 * K_B * 350 * math.log(2) * 7.675e25 / 4.5e14,
    "K1_entropy_per_flop": 4.5e14 / (350 * 7.675e25),
    "entropy_floor": 1000 * K_B * math.log(2),
    "K1_heat_dissipation": 0.9 * 0.9,  # logic and memory of all power, and the emissivity
    "K1_training_energy": 4.5e14 * 31_557_600,
    "K1_stored_bits": 3.6 * 4.49263e15 / 8,  # a bit is the eighth of a byte
    "loss_exponent_of_work": 1 / (1 / 0.34731 + 1 / 0.36718),
    "server_energy_per_flop": 10_200 / (8 * 989.4e12),
    "server_carbon_per_flop": 10_200 * 1.15 / 3.6e6 * 0.481 / (8 * 989.4e12),  # kg
    "brain_token_rate": 183 / 60 / 0.75,
    "bitcoin_energy_per_hash": 138e12 * 3600 / 31_557_600 / 558e18,
}


@pytest.mark.parametrize("name", BY_HAND)
def test_a_quantity_by_hand(name, defaults):
    assert defaults[name] == pytest.approx(BY_HAND[name], rel=1e-5)


def test_halving_the_loss_by_the_scaling_law_itself(defaults):
    """A second route: the loss of the fit along its best size, at one work and at halving_energy times it."""

    def reducible(work):
        alpha, beta = defaults["size_exponent"], defaults["data_exponent"]
        product = work / 6
        best = min(
            defaults["loss_per_size"] * n**-alpha + defaults["loss_per_data"] * (product / n) ** -beta
            for n in (10 ** (k / 2000) for k in range(8000, 50000))
        )
        return best

    assert reducible(1e24 * defaults["halving_energy"]) == pytest.approx(reducible(1e24) / 2, rel=1e-5)


def test_bits_are_an_eighth_of_bytes_in_the_learning_efficiency(defaults):
    bits = 3.6 * defaults["active_parameters"]
    energy = 4.5e14 * 31_557_600
    assert defaults["K1_learning_efficiency"] == pytest.approx(bits * K_B * 350 * math.log(2) / energy, rel=1e-9)


# -- bounds --------------------------------------------------------------------------------------------

positive = st.floats(1e-6, 1e12)
share = st.floats(0, 1)


@st.composite
def valid_systems(draw):
    """Systems that contradict neither themselves nor the second law."""
    temperature = draw(st.floats(10, 2000))
    sink = temperature * draw(st.floats(0.01, 0.99))
    bits = draw(st.just(0.0) | st.floats(1e-3, 1e6))
    throughput = draw(positive)
    least = bits * K_B * math.log(2) * temperature * throughput
    work = draw(st.booleans())
    reuse = draw(share) * (1 - sink / temperature if work else 1)
    power = max(draw(positive), least * (1 + draw(positive)))
    facility = power * (1 + draw(st.floats(0, 10)))
    learned = draw(st.just(0.0) | st.floats(1, 1e30))
    return System(
        name="any", power=power, throughput=throughput, temperature=temperature, bits_erased_per_flop=bits,
        bits_switched_per_flop=max(bits, 1e-9) * (1 + draw(positive)), facility_power=facility, sink_temperature=sink,
        recycled_heat=reuse, recycled_as_work=work, mass=draw(positive), area=draw(positive),
        available_power=facility * (1 + draw(positive)), primary_power=facility * (1 + draw(positive)),
        carbon_intensity=draw(st.floats(0, 2000)), learned_bits=learned,
        useful_token_rate=draw(st.just(0.0) | positive),
        training_energy=max(learned * K_B * math.log(2) * temperature, 1e-30) * (1 + draw(positive)),
    )  # fmt: skip


@settings(max_examples=150, deadline=None)
@drawn(valid_systems())
def test_no_metric_of_a_valid_system_leaves_its_bounds(system):
    for name, metric in measure_all(system).items():
        assert metric.value is not None and math.isfinite(metric.value), name
        assert metric.holds, (name, metric.value, metric.lower, metric.upper)


@settings(max_examples=60, deadline=None)
@drawn(valid_systems(), st.floats(1.001, 1e6))
def test_less_power_than_landauers_is_seen(system, factor):
    if system.bits_erased_per_flop == 0:
        return
    fields = {"power": system.landauer_power / factor, "facility_power": None, "recycled_heat": None,
              "sink_temperature": None}  # fmt: skip
    broken = System(**{**system.__dict__, **fields})
    assert measure(broken, "landauer_compliance").holds is False
    assert measure(broken, "entropy_production").holds is False


@settings(max_examples=60, deadline=None)
@drawn(valid_systems())
def test_three_metrics_are_one_as_shares_of_their_bounds(system):
    if system.bits_erased_per_flop == 0 or system.work_share or system.useful_token_rate == 0:
        return
    compliance, entropy, tokens = (
        measure(system, name) for name in ("landauer_compliance", "entropy_production", "intelligence_per_watt")
    )
    to_sink = system.sink_temperature / system.temperature  # entropy is counted in the sink
    assert entropy.lower / entropy.value == pytest.approx(compliance.value * to_sink)
    assert tokens.value / tokens.upper == pytest.approx(compliance.value)


@pytest.mark.parametrize("key", ["k1s1ai", "dgx-h100"])
def test_the_report_prints_names_and_no_tex(key):
    assert not set("\\{}") & set(one_system(own_systems()[key]))


def test_no_citation_of_the_bibliography_prints_tex():
    assert not [key for key in source_keys() if set("\\{}") & set(short_citation(key))]


# -- the chapter ---------------------------------------------------------------------------------------


def test_every_metric_of_the_document_has_a_verdict_with_a_reason():
    for definition in METRICS.values():
        claim = LEDGER[definition.claim]
        assert claim.chapter == "twelve_metrics" and claim.evidence and claim.reason
        assert LEDGER.judge(claim.id).verdict == "qualitative"


def test_what_the_chapter_says_in_words_is_what_the_table_gives():
    measured = {key: record.measure_all() for key, record in own_systems().items()}
    assert sum(not definition.ours for definition in METRICS.values()) == 3
    bounded = [n for n in METRICS if any((m[n].share_of_bound is not None) for m in measured.values())]
    assert len(bounded) == 9
    gaps = sum(m.metric.value is None for row in measured.values() for m in row.values())
    assert 0.4 < gaps / (12 * 7) < 0.5
    machines = [own_systems()[key].system for key in ("dgx-h100", "frontier", "el-capitan", "kairos", "k1s1ai")]
    energies = [system.power / system.throughput for system in machines]
    assert 10 < max(energies) / min(energies) < 20
    best = {"landauer_compliance", "intelligence_per_watt", "kardashev_utilisation"}
    for name in best:
        assert max(own_systems(), key=lambda key: measured[key][name].metric.value or 0) == "brain"
    carbon = {key: measured[key]["carbon_per_computation"].metric.value for key in ("el-capitan", "kairos")}
    assert 7 < carbon["el-capitan"] / carbon["kairos"] < 7.5
    density = {key: row["power_density"].metric.value for key, row in measured.items()}
    assert min((d, key) for key, d in density.items() if d is not None)[1] == "brain"
    assert measured["dgx-h100"]["learning_efficiency"].high < 1e-22

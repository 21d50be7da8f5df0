"""The chapter on silicon: its derivations by a second route."""

import math

import numpy as np
import pytest

from kscale_nb import LEDGER, MODEL


def multiplier(bits):
    """Gates (kind, input, input) of a multiplier whose columns are summed by full adders, and its output wires."""
    gates, columns = [], [[] for _ in range(2 * bits)]

    def gate(kind, left, right):
        gates.append((kind, left, right))
        return 2 * bits + len(gates) - 1

    for i in range(bits):
        for j in range(bits):
            columns[i + j].append(gate("and", i, bits + j))
    for place, column in enumerate(columns):
        while len(column) > 1:
            a, b = column.pop(0), column.pop(0)
            total, carry = gate("xor", a, b), gate("and", a, b)
            if column:
                c = column.pop(0)
                carry = gate("or", carry, gate("and", total, c))
                total = gate("xor", total, c)
            column.append(total)
            if place + 1 < 2 * bits:
                columns[place + 1].append(carry)
    return gates, [column[0] for column in columns]


def settled(gates, state, wires):
    """Flips until every gate agrees with its inputs, one tick at a time; `state` is changed in place."""
    kinds = np.array([kind for kind, _, _ in gates])[:, None]
    left, right = (np.array([gate[side] for gate in gates]) for side in (1, 2))
    flips = 0
    while True:
        a, b = state[left], state[right]
        new = np.where(kinds == "and", a & b, np.where(kinds == "or", a | b, a ^ b))
        changed = int((new != state[wires:]).sum())
        if not changed:
            return flips
        flips, state[wires:] = flips + changed, new


@pytest.fixture(scope="module")
def flips():
    """Flips for one product of random significands, counted on the gates."""
    bits, pairs = int(MODEL.value("half_significand")), 500
    gates, outputs = multiplier(bits)
    factors = np.random.default_rng(11).integers(2 ** (bits - 1), 2**bits, size=(2, pairs + 1))
    inputs = np.concatenate([(factor >> np.arange(bits)[:, None]) & 1 for factor in factors]).astype(bool)
    state = np.zeros((2 * bits + len(gates), pairs), dtype=bool)
    state[: 2 * bits] = inputs[:, :-1]
    settled(gates, state, 2 * bits)
    state[: 2 * bits] = inputs[:, 1:]
    total = settled(gates, state, 2 * bits)
    products = (state[outputs] * 2 ** np.arange(2 * bits)[:, None]).sum(axis=0)
    assert (products == factors[0, 1:] * factors[1, 1:]).all()
    return total / pairs


def test_a_multiplier_multiplies_every_pair_of_small_numbers():
    bits = 4
    gates, outputs = multiplier(bits)
    left, right = (grid.ravel() for grid in np.meshgrid(np.arange(16), np.arange(16)))
    state = np.zeros((2 * bits + len(gates), left.size), dtype=bool)
    state[: 2 * bits] = np.concatenate([(number >> np.arange(bits)[:, None]) & 1 for number in (left, right)])
    settled(gates, state, 2 * bits)
    assert ((state[outputs] * 2 ** np.arange(2 * bits)[:, None]).sum(axis=0) == left * right).all()


def test_flips_counted_on_gates_are_the_bits_that_the_model_erases(flips):
    erased = MODEL["bits_erased_per_flop"]
    assert erased.low < flips < erased.high
    assert flips == pytest.approx(erased.value, rel=0.3)


def test_a_flip_of_the_priced_multiplier_moves_about_a_femtofarad(flips):
    energy = MODEL.value("half_multiply_energy") * MODEL.value("shrink_45_28")
    capacitance = 2 * energy / (flips * MODEL.value("supply_28") ** 2)
    assert 0.3e-15 < capacitance < 3e-15


def test_charging_through_any_resistance_costs_half_of_c_v_squared():
    """Integrated step by step instead of solved."""
    capacitance, supply = 1e-15, 0.9
    for resistance in (1e3, 1e5):
        step = resistance * capacitance / 2000
        voltage = heat = 0.0
        for _ in range(40_000):
            current = (supply - voltage) / resistance
            heat += current**2 * resistance * step
            voltage += current * step / capacitance
        assert heat == pytest.approx(capacitance * supply**2 / 2, rel=1e-3)


def test_two_sources_price_the_arithmetic_alike():
    table, slide = MODEL.value("arithmetic_energy"), MODEL.value("arithmetic_energy_from_double")
    assert slide == pytest.approx(table, rel=0.2)
    assert table + MODEL.value("movement_energy") == pytest.approx(1 / MODEL.value("logic_efficiency"))


def test_the_budget_balances_at_the_words_afforded():
    step = 2 * MODEL.value("arithmetic_energy") + MODEL.value("sram_words_afforded") * MODEL.value("sram_word_energy")
    assert 2 / step == pytest.approx(MODEL.value("logic_efficiency"))


def test_prices_from_datasheets_by_hand():
    assert MODEL.value("fiji_efficiency") / 1e9 == pytest.approx(8192 / 175)
    assert MODEL.value("maxwell_efficiency") / 1e9 == pytest.approx(6832 / 250)
    assert MODEL["dadiannao_throughput"].low == pytest.approx(16 * 16 * 16 * 2 * 606e6, rel=2e-3)
    assert MODEL.value("tpu1_throughput") == pytest.approx(256 * 256 * 2 * 700e6, rel=5e-3)


def test_the_penalty_by_hand():
    assert MODEL.value("switching_gain") == pytest.approx(117 / 45 * (9 / 7) ** 2)
    assert MODEL.value("announced_power_gain") == pytest.approx(1 / (0.3 * 0.4 * 0.7 * 0.7))
    assert MODEL.value("penalty_from_3nm") == pytest.approx(989.4 / 700 / 0.7 / 0.307)
    assert MODEL.value("dennard_gain") == pytest.approx((28 / 3) ** 3)
    penalty = MODEL["foundry_power_gain"]
    pairs = [MODEL.intervals([name], **{end: (MODEL[end].low, MODEL[end].high) for end in ends})[name] for name, ends in
             (("matrix_gain", ("envision_efficiency",)), ("miner_gain_3", ("miner_energy_3",)))]  # fmt: skip
    assert penalty.low == pytest.approx(pairs[0][0], rel=0.02) and penalty.high == pytest.approx(pairs[1][1], rel=0.02)
    assert MODEL.value("matrix_gain") == pytest.approx(2.5e15 / 1400 / 260e9)


def test_what_was_fabricated_spans_the_chips_of_the_chapter():
    made = MODEL["fabricated_efficiency"]
    assert made.low == pytest.approx(MODEL.value("fiji_efficiency"), rel=1e-2)
    assert made.high == MODEL.value("compute_in_memory_efficiency") and made.value == MODEL.value("envision_efficiency")


def test_sums_in_single_precision_cost_a_fifth():
    share = (0.9 + 1.1) * 28 / 45 / 2 * 307e9 * 1e-12
    assert MODEL.value("single_sum_arithmetic_share") == pytest.approx(share)


def test_sizes_follow_the_square_root_through_the_whole_model():
    whole_machine = MODEL.value("active_parameters")
    with_fiji = MODEL.value("active_parameters", logic_efficiency=MODEL.value("fiji_efficiency"))
    assert with_fiji / whole_machine == pytest.approx(MODEL.value("fiji_size_share"))
    steeper = MODEL.value("logic_efficiency") * 4.6 / MODEL.value("foundry_power_gain")
    with_ten = MODEL.value("active_parameters", logic_efficiency=steeper)
    assert with_ten / whole_machine == pytest.approx(MODEL.value("steeper_penalty_size_share"))


def test_landauer_by_hand():
    assert MODEL.value("landauer_energy") == pytest.approx(1.380649e-23 * 300 * math.log(2))
    assert MODEL.value("landauer_gap") == pytest.approx(1e12 / 307e9 * 1e-12 / (1000 * 2.8709e-21), rel=1e-4)


def test_the_verdicts_on_silicon():
    verdicts = LEDGER.judge_all()
    assert verdicts["k1s1ai.premise.node"].physics == "supported"
    assert verdicts["k1s1ai.premise.penalty"].physics == "disputed"

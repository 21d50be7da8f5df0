"""The chapter on the limits of computing: its derivations by a second route."""

import math

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import minimize_scalar

from kscale_nb import LEDGER, MODEL

BOLTZMANN, PLANCK, LIGHT = 1.380649e-23, 6.62607015e-34, 299_792_458


def test_erasing_a_deep_double_well_costs_a_bit_of_free_energy():
    """From partition functions of a particle in a quartic potential, and not from the entropy of two states."""

    def weight(x):
        return math.exp(-12 * (x * x - 1) ** 2)

    both, one = quad(weight, -3, 3)[0], quad(weight, 0, 3)[0]
    work = BOLTZMANN * MODEL.value("radiator_temperature") * math.log(both / one)
    assert work == pytest.approx(MODEL.value("landauer_at_radiators"), rel=1e-6)


def play(steps):
    """Moves, and most results kept at once, when so many steps (a power of two) are computed without erasing."""
    kept, most, moves = {0}, 0, 0

    def segment(start, length, write):
        nonlocal most, moves
        if length == 1:
            assert start in kept, "a result can be written or unwritten only from its cause"
            assert (start + 1 in kept) != write
            kept.symmetric_difference_update({start + 1})
            moves, most = moves + 1, max(most, len(kept) - 1)
            return
        half = length // 2
        segment(start, half, True)
        segment(start + half, half, write)
        segment(start, half, False)

    segment(0, steps, True)
    assert kept == {0, steps}
    return moves, most


@pytest.mark.parametrize("steps", [2, 16, 1024])
def test_bennetts_scheme_played_move_by_move(steps):
    moves, most = play(steps)
    assert moves / steps == pytest.approx(MODEL.value("bennett_time_factor", n_layers=float(steps)))
    assert most == pytest.approx(MODEL.value("bennett_checkpoints", n_layers=float(steps)))


def heat_of_ramp(duration):
    """Heat in a resistor that charges a capacitor from a linear ramp, over C V^2; time in units of R C."""

    def rates(time, state):
        current = min(time / duration, 1) - state[0]
        return [current, current**2]

    state = [0.0, 0.0]  # voltage and heat
    for span in ((0, duration), (duration, duration + 30)):
        state = solve_ivp(rates, span, state, rtol=1e-8, atol=1e-12).y[:, -1]
    assert state[0] == pytest.approx(1, abs=1e-6)
    return state[1]


def test_charging_by_a_ramp_and_against_leakage():
    assert heat_of_ramp(1e-3) == pytest.approx(MODEL.value("conventional_share"), rel=1e-3)
    assert heat_of_ramp(300) == pytest.approx(1 / 300, rel=0.01)
    leakage = MODEL.value("adiabatic_leakage")
    best = minimize_scalar(lambda t: 2 * heat_of_ramp(t) + leakage * t, bounds=(5, 300), method="bounded")
    assert best.x == pytest.approx(MODEL.value("adiabatic_slowdown"), rel=0.05)
    assert 1 / best.fun == pytest.approx(MODEL.value("adiabatic_gain"), rel=0.03)
    assert MODEL.value("adiabatic_hardware") == pytest.approx(best.x / best.fun, rel=0.08)


def test_no_state_turns_orthogonal_before_its_quarter_period():
    generator = np.random.default_rng(7)
    limit = 1 / MODEL.value("margolus_levitin_rate")  # seconds times joules
    for _ in range(200):
        energies = np.concatenate([[0], generator.exponential(size=5)])
        weights = generator.dirichlet(np.full(6, 0.4))
        mean = weights @ energies
        times = np.linspace(0, 0.999 * limit / mean, 400)
        overlap = np.abs(np.exp(-2j * np.pi * np.outer(times, energies) / PLANCK) @ weights)
        assert overlap.min() > 0
    pair = np.abs(1 + np.exp(-2j * np.pi * (limit / 0.5) / PLANCK)) / 2  # levels 0 and 1, mean 0.5
    assert pair == pytest.approx(0, abs=1e-9)


def test_speed_limits_by_hand():
    assert MODEL.value("margolus_levitin_rate") == pytest.approx(6.0368e33, rel=1e-4)
    assert MODEL.value("bremermann_rate") == pytest.approx(1.356e50, rel=1e-3)
    laptop = 4 * LIGHT**2 / PLANCK  # Lloyd's kilogram: 5.4258e50
    assert 4 * MODEL.value("bremermann_rate") == pytest.approx(laptop) == pytest.approx(5.4258e50, rel=1e-4)


def test_radiators_by_plancks_law():
    """The flux summed over all frequencies, instead of Stefan and Boltzmann's constant."""
    kelvin = MODEL.value("radiator_temperature")

    def brightness(x):  # h nu / k T
        return x**3 / math.expm1(x)

    flux = 2 * math.pi * (BOLTZMANN * kelvin) ** 4 / (PLANCK**3 * LIGHT**2) * quad(brightness, 1e-9, 60)[0]
    shining = 2 * MODEL.value("radiator_emissivity") * flux * MODEL.value("computing_radiator_area")
    assert shining == pytest.approx(MODEL.value("computing_power"), rel=1e-6)
    disc = math.pi * MODEL.value("module_radiator_diameter") ** 2 / 4
    assert disc * 10_000 == pytest.approx(MODEL.value("computing_radiator_area"))


def test_the_lightest_temperature_is_found_by_search():
    per_power, per_area = MODEL.value("iron_nickel_per_power"), MODEL.value("radiator_mass_per_area")

    def mass_per_bit(kelvin):
        values = MODEL.values(["computing_radiator_area", "erasure_rate"], radiator_temperature=kelvin)
        plant = per_power * MODEL.value("computing_power")
        return (plant + per_area * values["computing_radiator_area"]) / values["erasure_rate"]

    found = minimize_scalar(mass_per_bit, bounds=(200, 800), method="bounded")
    assert found.x == pytest.approx(MODEL.value("lightest_computing_temperature"), rel=1e-4)


@pytest.mark.parametrize("cold", [100.0, 300.0, 350.0, 600.0])
def test_sunlight_by_search_and_by_exergy(cold):
    sun = MODEL.value("sun_temperature")
    names = ["sun_carnot", "sun_landsberg", "absorber_efficiency", "sun_curzon_ahlborn", "absorber_temperature"]
    values = MODEL.values(names, radiator_temperature=cold)
    black = minimize_scalar(lambda t: -(1 - (t / sun) ** 4) * (1 - cold / t), bounds=(cold, sun), method="bounded")
    assert values["absorber_efficiency"] == pytest.approx(-black.fun, abs=1e-5)
    assert values["absorber_temperature"] == pytest.approx(black.x, rel=3e-3)
    # what comes in and what goes out, each with four thirds of its energy over its temperature as entropy
    energy_in, energy_out = sun**4, cold**4
    entropy_in, entropy_out = 4 / 3 * sun**3, 4 / 3 * cold**3
    work = energy_in - energy_out - cold * (entropy_in - entropy_out)
    assert values["sun_landsberg"] == pytest.approx(work / energy_in)
    assert values["sun_carnot"] > values["sun_landsberg"] > values["absorber_efficiency"] > values["sun_curzon_ahlborn"]


def test_full_concentration_by_geometry():
    radius = 6.957e8  # nominal solar radius
    assert MODEL.value("full_concentration") == pytest.approx((1.495978707e11 / radius) ** 2, rel=1e-3)


def test_a_plate_that_faces_the_sun_has_nothing_left_at_its_own_temperature():
    assert MODEL.value("sunlit_share", radiator_temperature=330.98) == pytest.approx(0, abs=1e-4)
    assert MODEL.value("sunlit_share", radiator_temperature=300.0) < 0 < MODEL.value("sunlit_share")


def test_living_bits_in_units_of_heat():
    per_molecule = 44e3 / 6.02214076e23  # 44 kJ/mol
    assert MODEL.value("atp_energy") == pytest.approx(per_molecule, rel=2e-3)
    floors = 4 * per_molecule / (BOLTZMANN * 300 * math.log(20))  # ln 20 of choice for four molecules
    assert MODEL.value("ribosome_over_landauer") == pytest.approx(floors, rel=2e-3)
    assert 10 < floors < 100  # an order of magnitude, as Kempes and others find
    assert MODEL.value("synapse_energy") == pytest.approx(1e4 * per_molecule, rel=2e-3)


def test_the_gaps_by_hand():
    per_flop = 5e14 / 7.675e25
    floor = 1e3 * BOLTZMANN * 300 * math.log(2)
    assert MODEL.value("machine_gap") == pytest.approx(per_flop / floor)
    assert MODEL.value("h100_gap") == pytest.approx(700 / 989.4e12 / floor)
    assert MODEL.value("h100_gap") / MODEL.value("machine_gap") == pytest.approx(0.1086, rel=1e-3)
    # 4-bit multipliers are about sixteen times smaller than 16-bit ones: the two hundred of Ho and others
    assert 150 < MODEL.value("h100_cmos_gap") / (16 / 4) ** 2 < 250


def test_cold_logic_pays_at_least_carnots_pump():
    cold, hot = MODEL.value("helium_temperature"), MODEL.value("radiator_temperature")
    assert MODEL.value("pump_floor") == pytest.approx(1 + (hot - cold) / cold)
    assert MODEL["cryocooler_overhead"].low > MODEL.value("pump_floor")


def test_the_documents_sentences_are_judged():
    assert LEDGER.judge("tip.limits").physics == "disputed"
    assert LEDGER.judge("tip.most-efficient").physics == "unverified"


def test_gates_for_a_tenfold_gain_at_one_throughput_and_at_one_power():
    """Counted gate by gate: adiabatic ones switch once in T, conventional ones once in a time constant."""
    gain, slowdown = MODEL.value("adiabatic_gain"), MODEL.value("adiabatic_slowdown")
    per_gate = 1 / gain / slowdown  # power of an adiabatic gate, over that of a conventional one
    same_work = slowdown  # gates for as many switches a second
    assert same_work * per_gate == pytest.approx(1 / gain)
    same_power = 1 / per_gate
    assert same_power == pytest.approx(MODEL.value("adiabatic_hardware")) == pytest.approx(gain * same_work)


def test_radiation_carries_a_third_more_entropy_than_heat_brings():
    """By integrating over the bands of a black surface: entropy of light in each mode, over its energy over T."""
    energy = quad(lambda x: x**3 / math.expm1(x), 0, 60)[0]

    def mode(x):
        n = 1 / math.expm1(x)
        return x**2 * ((1 + n) * math.log1p(n) - n * math.log(n))

    assert quad(mode, 1e-9, 60)[0] / energy == pytest.approx(4 / 3, rel=1e-6)

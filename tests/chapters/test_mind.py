"""The chapter on the mind, checked by second routes."""

import math

import numpy as np
import pytest
import sympy

from kscale_nb import LEDGER, MODEL


@pytest.fixture(scope="module")
def values():
    return MODEL.values()


def test_the_files_take_ages_to_read(values):
    """Each context is filled afresh; its time is summed here token by token, in blocks."""
    width, depth = values["built_d_model"], values["built_n_layers"]
    held = (np.arange(1000) + 0.5) * values["practical_context"] / 1000
    work = 2 * values["built_parameters"] + 4 * held * depth * width
    one_context = (work / values["module_throughput"]).mean() * values["practical_context"]
    contexts = values["long_term_memory"] / 4 / values["practical_context"]
    assert contexts * one_context == pytest.approx(values["files_reading_time"], rel=1e-9)


def test_smaller_readers_by_hand(values):
    tokens = values["long_term_memory"] / 4
    for size, name in ((70e9, "small_reader_time"), (1e9, "indexer_time")):
        assert values[name] == pytest.approx(tokens * 2 * size / values["module_throughput"])
    assert values["small_reader_time"] < 366 * 86400 < values["files_reading_time_1m"]


def test_the_ball_that_trains_gpt4_is_brighter_than_the_sun(values):
    radius = values["retrain_diameter"] / 2
    flux = values["computing_power"] / (4 * math.pi * radius**2)
    solar_flux = values["solar_luminosity"] / (4 * math.pi * 6.957e8**2)  # the IAU's nominal radius
    assert flux / solar_flux == pytest.approx(values["retrain_over_sun"], rel=1e-3)


def test_one_bit_never_halves_more_than_rate_distortion_allows():
    """The best one-bit code of single Gaussian numbers leaves an error of 1 - 2/pi, above the bound of 1/4."""
    numbers = np.random.default_rng(7).normal(size=400_000)
    level = np.sqrt(2 / np.pi)
    left = ((numbers - level * np.sign(numbers)) ** 2).mean()
    assert left == pytest.approx(1 - 2 / np.pi, abs=3e-3)
    assert left > 2**-2


def test_fp16_rounds_as_declared(values):
    numbers = np.random.default_rng(3).uniform(1, 1000, 100_000)
    largest = (np.abs(numbers.astype(np.float16) - numbers) / numbers).max()
    assert 0.95 * values["fp16_precision"] < largest <= values["fp16_precision"]


def test_atoms_times_foresight_does_not_depend_on_the_digits(values):
    size = 8 * values["hidden_vector_size"]
    for bits in (1, 8, 16, 64):
        atoms, foresight = size / (6 * bits), bits * math.log(2) * values["lyapunov_time"]
        assert atoms * foresight == pytest.approx(values["vector_foresight"], rel=1e-12)


def test_doubling_map_uses_up_one_bit_a_step():
    """The chaos whose Lyapunov time is known: errors double, so that foresight is the number of bits."""
    exact, rounded, steps = sympy.Rational(1, 3), sympy.Rational(int(2**16 / 3), 2**16), 0
    while abs(exact - rounded) < sympy.Rational(1, 4):
        exact, rounded, steps = 2 * exact % 1, 2 * rounded % 1, steps + 1
    assert steps in (15, 16)


BOX = (32 / 0.8442) ** (1 / 3)


def pulls(places, cut=1.6):
    """Forces of the Lennard-Jones potential, shifted to vanish at the cut."""
    gaps = places[..., :, None, :] - places[..., None, :, :]
    gaps -= BOX * np.round(gaps / BOX)
    squared = (gaps**2).sum(axis=-1)
    squared[squared == 0] = np.inf
    distance = np.sqrt(squared)
    force = 48 * distance**-13 - 24 * distance**-7 - (48 * cut**-13 - 24 * cut**-7)
    return (np.where(distance < cut, force / distance, 0)[..., None] * gaps).sum(axis=-2)


def energy(places, velocities, cut=1.6):
    gaps = places[:, None, :] - places[None, :, :]
    gaps -= BOX * np.round(gaps / BOX)
    distance = np.sqrt((gaps**2).sum(axis=-1))[np.triu_indices(32, 1)]
    slope = 48 * cut**-13 - 24 * cut**-7

    def potential(r):
        return 4 * (r**-12 - r**-6) + slope * r

    return (velocities**2).sum() / 2 + (potential(distance) - potential(cut))[distance < cut].sum()


def moved(places, velocities, steps, step=0.004):
    pull = pulls(places)
    for _ in range(steps):
        velocities = velocities + step / 2 * pull
        places = places + step * velocities
        pull = pulls(places)
        velocities = velocities + step / 2 * pull
    return places, velocities


def test_small_errors_in_liquid_argon_grow_within_the_declared_time():
    corners = np.array(np.meshgrid([0, 1], [0, 1], [0, 1])).reshape(3, -1).T
    cell = np.array([[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]])
    crystal = (corners[:, None] + cell).reshape(-1, 3) * BOX / 2
    velocities = np.random.default_rng(1964).normal(size=(32, 3))
    velocities -= velocities.mean(axis=0)
    velocities *= np.sqrt(3 * 32 * 1.4 / (velocities**2).sum())
    liquid, velocities = moved(crystal, velocities, 1000)
    before = energy(liquid, velocities)
    places, speeds = moved(np.array([liquid, liquid * (1 + 1e-10)]), np.array([velocities] * 2), 200)
    early = np.sqrt(((places[1] - places[0]) ** 2).mean())
    places, speeds = moved(places, speeds, 800)
    late = np.sqrt(((places[1] - places[0]) ** 2).mean())
    assert energy(places[0], speeds[0]) == pytest.approx(before, rel=2e-3)
    unit = 0.34e-9 * math.sqrt(39.948 * 1.66054e-27 / (120 * 1.380649e-23))
    lyapunov_time = unit * 800 * 0.004 / math.log(late / early)
    assert MODEL["lyapunov_time"].low < lyapunov_time < MODEL["lyapunov_time"].high


def test_claims_of_the_chapter_have_the_verdicts_that_it_tells():
    verdicts = {claim_id: LEDGER.judge(f"k1s1ai.{claim_id}").verdict for claim_id in (
        "simulator.atoms", "simulator.llm-atoms", "datacentre.human-knowledge", "mind.depth", "mind.retrain",
    )}  # fmt: skip
    assert verdicts == {
        "simulator.atoms": "truncated", "simulator.llm-atoms": "off", "datacentre.human-knowledge": "off",
        "mind.depth": "exact", "mind.retrain": "reconstructed",
    }  # fmt: skip

"""Bodies about L5: light's push, orbits in closed form, and how they meet."""

import math

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.spatial import cKDTree
from test_swarm import same, small

from kscale_nb import MODEL, DysonSwarm, KscaleError
from kscale_nb.machines.swarm import run_file
from kscale_nb.machines.swarm.collisions import (
    cascade,
    collision_rate,
    encounters,
    mean_speed,
    residence,
    strike_rate,
)  # fmt: skip
from kscale_nb.machines.swarm.orbit import AXES, light_shift, lightness, size, slots, tilting
from kscale_nb.machines.swarm.parameters import DAY, YEAR, SwarmParameters

K1 = SwarmParameters.of_model()

# -- light ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("push", [0.0, 3e-4, 0.05])
def test_light_moves_the_equilibrium_to_where_forces_vanish(push):
    share = K1.earth_share
    earth = np.array([0.5, math.sqrt(3) / 2])  # the Sun at the origin, L5 along x
    place = np.array([1.0, 0.0]) + light_shift(push, 1.0)
    pull = -(1 - push) * (1 - share) * place / np.linalg.norm(place) ** 3
    pull -= share * (place - earth) / np.linalg.norm(place - earth) ** 3
    centrifugal = place - share * earth
    assert np.abs(pull + centrifugal).max() < 1e-15 + 2 * push * share
    assert np.linalg.norm(place - earth) == pytest.approx(1)


def test_lightness_is_the_push_over_the_pull_and_is_a_share():
    push = MODEL.value("solar_constant") / MODEL.value("speed_of_light")
    pull = MODEL.value("mean_motion") ** 2 * MODEL.value("earth_orbit")
    ours = lightness(K1.luminosity, 1.0, K1.speed_of_light, K1.orbit_period, K1.orbit_radius)
    assert ours == pytest.approx(push / pull, rel=2e-3)
    with pytest.raises(KscaleError, match="lightness"):
        light_shift(1.5, 1.0)


def test_no_angle_of_a_mirror_pushes_further_sideways():
    best = minimize_scalar(lambda t: -2 * math.cos(t) ** 2 * math.sin(t), bounds=(0, 1.5), method="bounded")
    assert tilting(1.0, 1.0) == pytest.approx(-best.fun) and math.tan(best.x) ** 2 == pytest.approx(0.5, rel=1e-4)


# -- orbits in closed form -----------------------------------------------------------------------------


def test_lots_keep_an_ellipsoid_and_come_round():
    motion = 2 * math.pi / K1.orbit_period
    for day in (0, 91, 1_000):
        places = slots(50_000, 3, 5e7, motion, day * DAY, K1.earth_share)
        assert places.std(axis=0) == pytest.approx(AXES * 5e7 / math.sqrt(5), rel=0.02)
        assert size(places, 5e7).max() < 1.02
    year = np.subtract(*(slots(100, 3, 5e7, motion, time, K1.earth_share) for time in (K1.orbit_period, 0.0)))
    assert np.abs(year).max() < 2e-3 * 5e7


def test_a_lots_orbit_hangs_on_nothing_but_its_number_and_the_seed():
    few, many = (slots(count, 7, 1.0, 2e-7, 1e6, 3e-6) for count in (10, 9_000))
    assert np.array_equal(few, many[:10])
    assert not np.array_equal(few, slots(10, 8, 1.0, 2e-7, 1e6, 3e-6))


def test_lots_are_where_light_has_moved_them():
    swarm = DysonSwarm(lots=200_000, modules=10, seed=2)
    places = swarm.lot_positions()
    push = encounters(swarm.parameters).lightness
    shift = np.append(light_shift(push, swarm.parameters.orbit_radius), 0.0)
    assert places.mean(axis=0) == pytest.approx(shift, abs=5e5)
    assert np.linalg.norm(shift) == pytest.approx(1.88e7, rel=0.01)
    swarm.lot_works[::2] = False
    assert np.array_equal(swarm.lot_positions(), places[1::2])


# -- meetings ------------------------------------------------------------------------------------------


def test_discs_meet_over_a_section_between_edge_and_face():
    """A quarter of the mean surface of two unit discs' Minkowski sum, by Cauchy: less than that of two balls."""
    area, ball = math.pi, 1e8
    rate = collision_rate(1.0, area, ball, 1.0)
    section = rate / mean_speed(ball, 1.0) * math.pi / 6 * ball**3
    assert section == pytest.approx(math.pi + math.pi**3 / 8, rel=1e-12) and section < 4 * math.pi  # of spheres
    assert collision_rate(2.0, area, ball, 1.0) == pytest.approx(2 * rate)
    assert strike_rate(1.0, area, ball, 1.0) == pytest.approx(rate * (math.pi / 2) / section)


def test_the_law_of_kinetics_counts_what_passes_in_a_run():
    """Spheres in place of discs: pairs that come within a distance in a short time, by their places and speeds."""
    motion, radius, near, step = 2 * math.pi / YEAR, 5e7, 1e6, 2_000.0
    before, after = (slots(30_000, 5, radius, motion, time, K1.earth_share).astype(float) for time in (0.0, step))
    pairs = cKDTree(before).query_pairs(3 * near, output_type="ndarray")
    apart = before[pairs[:, 0]] - before[pairs[:, 1]]
    speed = (after[pairs[:, 0]] - after[pairs[:, 1]] - apart) / step
    relative = np.linalg.norm(speed, axis=1)
    local = np.linalg.norm(apart, axis=1) < 3 * near
    density = len(before) / (4 / 3 * math.pi * radius**3)
    expected = len(before) / 2 * density * 4 / 3 * math.pi * (3 * near) ** 3
    assert len(pairs) == pytest.approx(expected, rel=0.1), "lots have no order"
    assert 0.3 < relative[local].mean() / mean_speed(2 * radius, YEAR) < 1.5, "and pass at about that speed"


def test_a_fragment_crosses_the_mean_chord():
    depth = K1.lots * K1.lot_area / 2 / (math.pi * (K1.region_diameter / 2) ** 2)  # lots' shade, half of it edge on
    assert encounters(K1).threshold == pytest.approx(1 / depth)
    assert residence(K1) * mean_speed(K1.region_diameter, K1.orbit_period) == pytest.approx(2 / 3 * K1.region_diameter)


def test_keeping_clear_costs_less_than_mirrors_can_give():
    met = encounters(K1)
    assert 0 < met.mirrors_aside < 0.05
    assert met.meetings == collision_rate(K1.lots, K1.lot_area, K1.region_diameter, K1.orbit_period)


# -- a cascade -----------------------------------------------------------------------------------------


def test_lots_that_meet_and_do_not_shatter_thin_out_as_the_inverse_of_time():
    fate = cascade(K1, fragments=0, years=20)
    rate = encounters(K1).meetings
    assert fate.lots == pytest.approx(K1.lots / (1 + rate * fate.times), rel=1e-5)
    assert fate.threshold == math.inf


def test_below_the_threshold_fragments_settle_and_above_they_run_away():
    calm, wild = cascade(K1, 50, 5), cascade(K1, 2_000, 5)
    assert calm.threshold > K1.lots > wild.threshold
    met = encounters(K1).meetings * calm.lots**2 / K1.lots
    strikes = strike_rate(1.0, K1.lot_area, K1.region_diameter, K1.orbit_period) * calm.lots
    steady = 50 * met / (1 / residence(K1) - 49 * strikes)
    assert calm.fragments[-1] == pytest.approx(steady[-1], rel=0.05)
    assert wild.lots[-1] < wild.threshold, "it stops where too few lots are left"
    assert calm.lots[-1] > 0.75 * K1.lots > 10 * wild.lots[-1]


def test_fragments_begin_to_grow_at_the_rate_of_the_linear_law():
    pieces = 3_000
    strikes = strike_rate(K1.lots, K1.lot_area, K1.region_diameter, K1.orbit_period)
    rate = (pieces - 1) * strikes - 1 / residence(K1)
    fate = cascade(K1, pieces, 2 / (rate * YEAR))  # two times of growth
    source = pieces * encounters(K1).meetings * K1.lots
    law = source / rate * np.expm1(rate * fate.times)
    early = fate.times < 1 / rate
    assert fate.fragments[early][1:] == pytest.approx(law[early][1:], rel=0.1)


@settings(max_examples=40, deadline=None)
@drawn(pieces=st.floats(0, 1e6), years=st.floats(0.01, 300))
def test_no_lot_comes_from_nowhere(pieces, years):
    fate = cascade(K1, pieces, years)
    assert (np.diff(fate.lots) <= 1e-6 * K1.lots).all() and (fate.fragments >= 0).all()
    born = pieces * (K1.lots - fate.lots)
    assert (fate.fragments <= born * (1 + 1e-6) + 1).all()


@pytest.mark.parametrize(
    ("pieces", "years", "told"), [(-1, 1, "fragments"), (1, 0, "years"), (math.nan, 1, "fragments")]
)
def test_a_cascade_that_cannot_be_is_refused(pieces, years, told):
    with pytest.raises(KscaleError, match=f"^{told}: a finite number"):
        cascade(K1, pieces, years)


# -- runs ----------------------------------------------------------------------------------------------


@settings(max_examples=15, deadline=None)
@drawn(days=st.integers(0, 40), at=st.integers(0, 40), lost=st.floats(0, 0.5), horizon=st.integers(30, 900))
def test_a_run_resumed_anywhere_is_a_run_unbroken(tmp_path_factory, days, at, lost, horizon):
    whole, broken = small(), small()
    for swarm in (whole, broken):
        swarm.lose(lost)
        swarm.optimize_resources(horizon)
    whole.manage_swarm(at + days)
    broken.manage_swarm(at)
    file = tmp_path_factory.mktemp("run") / "run.npz"
    run_file.save(broken, file)
    again = run_file.load(file)
    again.manage_swarm(days)
    assert same(whole, again)
    assert np.array_equal(whole.lot_positions(), again.lot_positions())


LIMITS = {
    "metal": 1,
    "making_energy": -1,
    "carriage_energy": -1,
    "replication_time": -1,
    "propellant_share": -1,
    "plant_mass_per_power": -1,
    "lot_failure_rate": -1,
}  # and which way is looser


@settings(max_examples=40, deadline=None)
@drawn(name=st.sampled_from(sorted(LIMITS)), factor=st.floats(1.01, 4))
def test_a_limit_loosened_by_anything_makes_no_plan_slower(name, factor):
    start = {"lots": 500, "modules": 10, "power": 1e13, "metal": 5e14}
    usual = DysonSwarm(**start)
    change = getattr(usual.parameters, name) * factor ** LIMITS[name]
    loose = DysonSwarm(**{**start, name: change})
    assert loose.scale_computation(1e16).time <= usual.scale_computation(1e16).time

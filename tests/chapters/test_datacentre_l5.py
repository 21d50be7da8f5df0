"""The data centre's figures by a second route: points thrown at random, orbits integrated, messages passed."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.spatial import cKDTree

AU_IN_METRES = 149_597_870_700.0


def test_the_nearest_of_random_points_without_a_rim(defaults):
    """In a box whose sides join there is no rim; the lattice's spacing is the unit of length."""
    count = 30_000
    side = np.cbrt(count)
    places = np.random.default_rng(1).random((count, 3)) * side
    distance = cKDTree(places, boxsize=side).query(places, k=2)[0][:, 1]
    assert distance.mean() == pytest.approx(
        defaults["nearest_neighbour_factor"], abs=4 * distance.std() / np.sqrt(count)
    )


def test_the_lattice_fills_the_ball(defaults):
    """As many points of the lattice lie in the ball as there are modules, to the roughness of the rim."""
    steps = np.arange(-15, 16) * defaults["module_spacing"]
    places = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 3)
    inside = (np.linalg.norm(places, axis=1) <= defaults["region_diameter"] / 2).sum()
    assert inside == pytest.approx(defaults["module_count"], rel=0.01)


def released(radial, along, duration, share, precision=1e-10):
    """Where a module goes that starts at L5, displaced outwards and moving along, in the frame that turns (au, rad)."""

    def motion(time, state):
        x, y, vx, vy = state
        sun, earth = ((x + share) ** 2 + y**2) ** 1.5, ((x - 1 + share) ** 2 + y**2) ** 1.5
        pull_x = (1 - share) * (x + share) / sun + share * (x - 1 + share) / earth
        pull_y = ((1 - share) / sun + share / earth) * y
        return [vx, vy, 2 * vy + x - pull_x, -2 * vx + y - pull_y]

    middle = np.array([0.5 - share, -np.sqrt(3) / 2])
    outwards, forwards = np.array([0.5, -np.sqrt(3) / 2]), np.array([np.sqrt(3) / 2, 0.5])
    orbit = solve_ivp(
        motion, (0, duration), [*(middle + radial * outwards), *(along * forwards)],
        method="DOP853", rtol=precision, atol=1e-12, t_eval=np.linspace(0, duration, 4000),
    )  # fmt: skip
    angle = np.arctan2(orbit.y[1], orbit.y[0] + share) + np.pi / 3
    return orbit.t, angle, np.hypot(*(orbit.y[:2] - middle[:, np.newaxis]))


def test_a_small_swing_about_l5_has_the_period_and_the_size_of_the_formulas(defaults):
    share, tenth = defaults["earth_mass_share"], defaults["region_diameter"] / 20 / AU_IN_METRES
    year = defaults["earth_year"]
    time, angle, _ = released(tenth, -1.5 * tenth, 2 * np.pi * 1.5 * defaults["libration_period"] / year, share)
    crossings = time[1:][np.diff(np.sign(angle)) != 0]
    slow = crossings[np.append(True, np.diff(crossings) > 100)]  # the yearly wobble crosses several times
    assert np.ptp(angle) / 2 == pytest.approx(defaults["free_swing"] / 10 / AU_IN_METRES, rel=0.02)
    assert np.diff(slow).mean() * 2 / (2 * np.pi) == pytest.approx(defaults["libration_period"] / year, rel=0.02)


def test_the_widest_tadpole_is_the_last_that_stays(defaults):
    share, width = defaults["earth_mass_share"], defaults["tadpole_half_width"] / AU_IN_METRES
    duration = 2 * np.pi * 400
    for part, stays in [(0.95, True), (1.05, False)]:
        _, angle, _ = released(part * width, -1.5 * part * width, duration, share, precision=1e-8)
        passed_the_far_side = (np.abs(np.diff(angle)) > 5).any()
        assert passed_the_far_side != stays


def test_a_module_on_an_ellipse_stays_in_the_ball(defaults):
    share, rim = defaults["earth_mass_share"], defaults["region_diameter"] / 2 / AU_IN_METRES
    _, _, distance = released(-rim / 2, rim, 2 * np.pi * 222, share)
    assert distance.max() < 1.05 * rim


def test_a_ring_passes_every_gradient_to_every_module(defaults):
    """An all-reduce on a small ring, message by message: hops and volume are those of the formulas."""
    count = 8
    parts = np.random.default_rng(2).random((count, count))  # module, chunk of its gradient
    total, held, hops, sent = parts.sum(axis=0), parts.copy(), 0, 0
    for phase in ("collect", "spread"):
        for step in range(count - 1):
            before = held.copy()
            for module in range(count):
                chunk = (module - step + (phase == "spread")) % count
                receiver = (module + 1) % count
                held[receiver, chunk] = before[module, chunk] + (before[receiver, chunk] if phase == "collect" else 0)
            hops, sent = hops + 1, sent + 1 / count
    assert held == pytest.approx(np.tile(total, (count, 1)))
    modules = defaults["module_count"]
    assert hops == 2 * (count - 1) and sent == pytest.approx(2 * (1 - 1 / count))
    assert defaults["ring_delay"] == pytest.approx(2 * (modules - 1) * defaults["neighbour_delay"])
    assert defaults["exchange_bytes"] == pytest.approx(2 * (1 - 1 / modules) * defaults["weights_bytes"])


def test_the_run_at_the_useful_batch_takes_as_long_as_its_steps(defaults):
    """Step by step: reading a batch, then waiting for light."""
    for route in ("direct", "grid", "ring"):
        step = defaults["useful_batch"] / defaults["reading_rate"] + defaults[f"{route}_delay"]
        assert defaults[f"{route}_training_time"] == pytest.approx(defaults["useful_steps"] * step)

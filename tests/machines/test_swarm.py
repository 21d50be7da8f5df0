"""The DysonSwarm: its physics by second routes, its plans, and its books after anything."""

import dataclasses
import math
import tempfile

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from scipy.special import lambertw

from kscale_nb import MODEL, DysonSwarm, KscaleError
from kscale_nb.machines.swarm import run_file
from kscale_nb.machines.swarm.growth import (
    Allocation,
    Policy,
    fastest,
    foresee,
    growth_rate,
    industry_over_plant,
    most_power,
)  # fmt: skip
from kscale_nb.machines.swarm.optimum import computing_at, most_computing, programme
from kscale_nb.machines.swarm.orbit import AXES, drift, held, keep, scatter, size
from kscale_nb.machines.swarm.parameters import DAY, SHADING, YEAR, SwarmParameters
from kscale_nb.machines.swarm.records import ComputingNode, ScaleTarget

K1 = SwarmParameters.of_model()
SMALL = {"modules": 200, "lots": 5_000}


def small(seed: int = 1, **changes) -> DysonSwarm:
    return DysonSwarm(seed=seed, **{**SMALL, **changes})


def same(one: DysonSwarm, other: DysonSwarm) -> bool:
    return (
        all(np.array_equal(getattr(one, name), getattr(other, name)) for name in run_file.ARRAYS)
        and (one.mass, one.energy, one.day, one.policy) == (other.mass, other.energy, other.day, other.policy)
        and one.rng.bit_generator.state == other.rng.bit_generator.state
    )


# -- the array and the orbit ----------------------------------------------------------------


@pytest.mark.parametrize("nearer", [2, 3, 10])
def test_sunlight_follows_the_inverse_square(nearer):
    near = dataclasses.replace(K1, distance=K1.distance / nearer)
    assert near.sunlight == pytest.approx(nearer**2 * K1.sunlight)
    assert near.lot_area == pytest.approx(K1.lot_area / nearer**2)
    assert K1.sunlight == pytest.approx(MODEL.value("sunlight_at_mirrors"))
    assert K1.lots * K1.lot_area == pytest.approx(MODEL.value("mirror_area"))


def test_a_swarm_is_given_no_more_power_than_the_light_in_its_region():
    with pytest.raises(KscaleError, match=r"^power: 1e\+16 W is more than .* region of 1e\+08 m, 5.603e\+11 W$"):
        DysonSwarm.of_model(modules=10, lots=10, solar_luminosity="1e20 W")
    most = K1.sunlight * K1.efficiency * math.pi * (K1.region_diameter / 2) ** 2
    assert DysonSwarm(dataclasses.replace(K1, power=0.999 * most, **SMALL)).power > most / 2
    with pytest.raises(KscaleError, match="in a region of"):
        dataclasses.replace(K1, power=1.001 * most)


def test_a_swarm_that_upkeep_takes_whole_says_so_and_blames_no_share():
    with pytest.raises(KscaleError, match=r"^computing takes 0.05 of the power and upkeep [\d.]+: nothing is left"):
        DysonSwarm(dataclasses.replace(K1, lot_failure_rate=1 / DAY, **SMALL)).scale_computation(1e17)


def test_a_lot_moved_to_half_the_distance_gives_four_times_the_power():
    swarm = small()
    before = swarm.lot_power.sum()
    swarm.lot_distance[0] /= 2
    assert swarm.lot_power.sum() - before == pytest.approx(3 * swarm.parameters.lot_power)


def test_shading_is_that_of_lots_thrown_at_random():
    random = np.random.default_rng(5)
    places, _ = scatter(4_000, 1.0, 1e-7, random)
    radius = 0.01  # discs that face the star, far along x
    hidden = 0
    for place in places[:800]:
        before = places[:, 0] > place[0] + 1e-12
        hidden += np.any(before & (np.hypot(*(places[:, 1:] - place[1:]).T) < radius))
    depth = SHADING * 4_000 * math.pi * radius**2
    assert hidden / 800 == pytest.approx(-math.expm1(-depth), rel=0.15)


def test_modules_are_as_far_apart_as_their_chapter_says():
    swarm = DysonSwarm(lots=10)
    assert swarm.network().nearest_delay * swarm.parameters.speed_of_light == pytest.approx(
        MODEL.value("nearest_neighbour_distance"), rel=0.03
    )


def test_drift_is_the_restricted_problem_near_l5():
    from scipy.integrate import solve_ivp

    motion, distance, share = 2e-7, 1.496e11, K1.earth_share
    earth = np.array([0.5, math.sqrt(3) / 2, 0.0])  # in units of the distance: the Sun at the origin, L5 along x
    centre = share * earth

    def force(_time, state):
        place, (u, v, _w) = np.array([1.0, 0, 0]) + state[:3], state[3:]
        pull = -(1 - share) * place / np.linalg.norm(place) ** 3
        pull -= share * (place - earth) / np.linalg.norm(place - earth) ** 3
        x, y, _ = place - centre
        return np.concatenate([state[3:], pull + np.array([x + 2 * v, y - 2 * u, 0.0])])

    assert np.abs(force(0, np.zeros(6))).max() < 1e-15, "L5 is at rest"
    start = np.array([1e6, -3e6, 2e6, 0.1, -0.4, 0.2])
    scale = np.repeat([distance, distance * motion], 3)
    run = solve_ivp(force, (0, 2 * math.pi), start / scale, rtol=1e-12, atol=1e-17)
    place, speed = drift(start[None, :3], start[None, 3:], motion, 2 * math.pi / motion, share)
    assert place[0] == pytest.approx(run.y[:3, -1] * distance, rel=1e-3)
    assert speed[0] == pytest.approx(run.y[3:, -1] * distance * motion, rel=1e-3, abs=1e-4)


def test_a_scattered_swarm_keeps_its_shape_and_its_height():
    motion, radius = 2 * math.pi / K1.orbit_period, 5e7
    places, speeds = scatter(20_000, radius, motion, np.random.default_rng(4))
    for day in (0, 91, 200, 365):
        moved, _ = drift(places, speeds, motion, day * DAY, K1.earth_share)
        assert moved.std(axis=0) == pytest.approx(AXES * radius / math.sqrt(5), rel=0.03), "an even ellipsoid"
        assert size(moved, radius).max() < 1.01


def test_leavers_are_turned_back_and_others_are_left_alone():
    motion = 2 * math.pi / K1.orbit_period
    out = np.array([[6e7, 0.0, 0.0], [0.0, 0.0, 8e7]])
    kept, change = keep(out, np.array([[3.0, 0.0, 0.0], [0.0, 0.0, 2.0]]), 5e7, motion)
    assert kept[0, 0] == 0 and kept[1, 2] == 0 and (change >= 2).all()
    assert keep(out, -held(out, motion) - [[1.0, 0, 0], [0, 0, 1.0]], 5e7, motion)[1].max() == 0


def test_modules_stay_in_their_region():
    swarm = small()
    swarm.manage_swarm(400)
    assert size(swarm.positions[swarm.module_works], swarm.parameters.region_diameter / 2).max() < 1.03


# -- growth and allocation ----------------------------------------------------------------------------


def test_growth_is_the_chapters():
    assert math.log(2) / growth_rate(K1, 0.95) == pytest.approx(MODEL.value("fastest_doubling"))
    assert growth_rate(K1, 0.0) == 0
    books = [K1.lot_mass * K1.lots]
    industry = books[0] * K1.replication_time * 0.95 / K1.payback
    made = industry / K1.replication_time  # [kg/s]: machines
    fed = 0.95 * K1.power / K1.delivered_energy  # [kg/s]: energy
    assert made == pytest.approx(fed), "in balance neither waits for the other"
    assert made / (books[0] + industry) == pytest.approx(growth_rate(K1, 0.95))


def grown(power: float = 1e13, **changes) -> tuple[SwarmParameters, object]:
    swarm = DysonSwarm(failures=False, **{"lots": 1_000, "modules": 100, "power": power, **changes})
    return swarm.parameters, swarm.state


def test_the_programme_finds_the_arcs_and_their_switch():
    """In balance, then plant alone for one machine time: e^(g (T - tau)) (1 + x), from a balanced start."""
    p, state = grown(metal=1e25)
    share = 1 - K1.tolerated_shading
    ratio, rate = industry_over_plant(p, share), growth_rate(p, share)
    state = dataclasses.replace(state, industry=ratio * state.lots * p.lot_mass)
    nodes = np.linspace(0, 6 * YEAR, 801)
    best = programme(p, state, nodes, failures=False, computing=False)
    exact = math.exp(rate * (nodes[-1] - p.replication_time)) * (1 + ratio)
    assert best.value == pytest.approx(exact, rel=1e-4)
    industry = best.states[:, 1]
    last = nodes[np.flatnonzero(industry < industry[-1] * (1 - 1e-6))[-1]]
    assert nodes[-1] - last == pytest.approx(p.replication_time, rel=0.03)


def test_what_computes_most_grows_in_balance_then_plant_beside_modules_then_modules_alone():
    """From a balanced start without modules, with nothing lost: one term, and two switches that ask for no horizon."""
    p, state = grown(metal=1e25)
    lit, tau = 1 - K1.tolerated_shading, p.replication_time
    payback, kappa = p.payback / lit, p.plant_mass_per_power / p.module_mass_per_power / lit
    balanced = tau / payback * state.lots * p.lot_mass
    state = dataclasses.replace(
        state, industry=balanced, modules=1e-9 * state.modules, module_power=1e-9 * state.module_power
    )
    alone = payback / kappa * (1 + kappa + lambertw(-(1 + kappa) * math.exp(-(1 + kappa))).real)
    beside = tau + payback + math.sqrt(tau**2 + 2 * tau * payback + (alone - payback) ** 2)
    nodes = np.linspace(0, 4 * YEAR, 801)
    best = programme(p, state, nodes, failures=False)
    grown_to = math.exp((nodes[-1] - beside) / (tau + payback)) * (tau + payback) / payback
    assert best.value == pytest.approx(kappa / (1 + kappa) * beside * grown_to, rel=1e-5)
    left = nodes[-1] - (nodes[1:] + nodes[:-1]) / 2
    arcs = (
        (left > beside + YEAR / 40),
        (left < beside - YEAR / 40) & (left > alone + YEAR / 40),
        left < alone - YEAR / 40,
    )
    shares = [(best.rates[arc] / best.rates[arc].sum(axis=1)[:, None]).T for arc in arcs]
    for share, wanted in zip(shares, ((True, True, False), (True, False, True), (False, False, True)), strict=True):
        assert [bool(kind.min() > 1e-3) for kind in share] == [*wanted], "plant, machines, modules"
        assert all(kind.max() < 1e-3 for kind, made in zip(share, wanted, strict=True) if not made)
    assert best.computing[arcs[0]].max() < 1e-3


def random_policy(random: np.random.Generator, p: SwarmParameters, day: int, days: int) -> Policy:
    starts = np.unique(np.concatenate([[0], random.integers(0, days, 5)]))
    shares = []
    for _ in starts:
        computing, growth, _rest = random.dirichlet([1, 1, 0.2])
        split = random.dirichlet([1, 1, 1])
        shares.append(computing_at(p, computing, 0.0, growth=growth, machines=split[0], modules=split[1]))
    return Policy(tuple(int(day + start) for start in starts), tuple(shares), day + days)


@pytest.mark.parametrize("metal", [2e14, 1e25])
def test_no_random_policy_computes_more(metal):
    p, state = grown(metal=metal)
    random = np.random.default_rng(11)
    for days in (100, 700, 1_500):
        best = most_computing(p, state, days * DAY, failures=False)
        assert best.computing_energy <= best.bound * 1.001 and best.computing_energy > 0.97 * best.bound
        for _ in range(60):
            policy = random_policy(random, p, 0, days)
            other = foresee(p, state, lambda day, _, policy=policy: policy.at(day), days, False)
            assert other.computing_energy < best.computing_energy


@pytest.mark.parametrize("target", [1e14, 2e15, 3e17])
def test_the_fastest_way_takes_the_time_of_the_closed_form(target):
    p, state = grown()
    _, way = fastest(p, state, 0.95, target, failures=False)
    ratio, rate = industry_over_plant(p, 0.95), growth_rate(p, 0.95)
    exact = math.log(target / 1e13 / (1 + ratio)) / rate + p.replication_time
    assert way.times[-1] == pytest.approx(exact, rel=0.012)  # shade, and a day at a time


@pytest.mark.parametrize("metal", [4e14, 1e25])
def test_no_other_moment_of_the_switch_is_faster(metal):
    p, state = grown(metal=metal)
    target = 2e15 if metal > 1e20 else 2e16
    _, way = fastest(p, state, 0.95, target, failures=False)
    ratio = industry_over_plant(p, 0.95)
    machines, days = ratio / (1 + ratio), len(way.times) - 1
    for switch in np.linspace(0, days, 40).astype(int):

        def rule(day, _now, switch=switch):
            return Allocation(0.0, 0.0, 0.05, 0.0, 0.95, machines if day < switch else 0.0)

        other = foresee(p, state, rule, days - 3, False)
        assert other.power_at_end < target


def test_a_looser_limit_makes_no_plan_slower():
    def time(**changes):
        return (
            DysonSwarm(failures=False, **{"lots": 500, "modules": 10, "power": 1e13, "metal": 5e14, **changes})
            .scale_computation(1e16)
            .time
        )

    usual = time()
    for name, value in (
        ("metal", 1e20), ("making_energy", 1e7), ("carriage_energy", 1e8), ("replication_time", YEAR / 2),
        ("propellant_share", 0.1), ("plant_mass_per_power", 0.004),
    ):  # fmt: skip
        assert time(**{name: value}) <= usual


@pytest.mark.parametrize("years", [0.5, 1, 2, 4, 8, 20])
@pytest.mark.parametrize(
    "start", [{"power": 1e16, "metal": 1e16}, {"power": "world", "metal": 1e14}, {"power": 1e14, "metal": 1e12}]
)
def test_a_policy_keeps_its_promise(years, start):
    start = {**start, "power": MODEL.value("world_power") if start["power"] == "world" else start["power"]}
    swarm = DysonSwarm(failures=False, lots=200, modules=10, seed=2, **start)
    promise = swarm.optimize_resources(years * 365.25)
    run = swarm.manage_swarm(math.ceil(years * 365.25))
    assert run.computing_energy == pytest.approx(promise.computing_energy, rel=0.02)
    assert run.power_at_end == pytest.approx(promise.power_at_end, rel=0.02)
    assert promise.computing_energy >= promise.computing_without_growth * (1 - 1e-9)
    for name, mass in promise.masses.items():
        assert getattr(swarm.mass, name) == pytest.approx(mass, rel=0.02), name
    assert abs(swarm.mass_residual()) < 1e-12 and abs(swarm.energy_residual()) < 1e-12


def test_what_failures_take_from_a_promise_is_in_the_record():
    swarm = DysonSwarm(lots=2_000, modules=200, seed=4, metal=1e16)
    promise = swarm.optimize_resources(500)
    run = swarm.manage_swarm(500)
    missing = promise.computing_energy - run.computing_energy
    assert 0 < run.idle_modules < 0.01 * run.computing_energy and run.hardware_replaced > 0
    assert abs(missing) < 0.02 * promise.computing_energy + run.idle_modules + run.idle_lots


@pytest.mark.parametrize("start", [1e13, 1e15])
def test_a_plan_that_is_followed_ends_where_it_says(start):
    swarm = DysonSwarm(failures=False, lots=400, modules=10, seed=3, power=start, metal=1e16)
    plan = swarm.scale_computation(20 * start)
    days = swarm.follow(plan.policy)
    assert days == round(plan.time / DAY)
    run = swarm.manage_swarm(days)
    assert run.power_at_end == pytest.approx(plan.power_at_end, rel=1e-3) and run.power_at_end >= 0.999 * plan.target
    assert run.computing_energy == pytest.approx(plan.computing_energy, rel=1e-3)
    assert swarm.mass.industry == pytest.approx(plan.masses["industry"], rel=1e-3)
    assert abs(swarm.mass_residual()) < 1e-12


def test_growth_ends_at_the_metal_or_at_the_sunlight():
    p, state = grown()
    limit, what = most_power(p, state)
    assert what == "metal" and limit == pytest.approx(MODEL.value("psyche_power"), rel=0.02)
    assert most_power(p, dataclasses.replace(state, ore=1e32)) == (p.star_power, "sunlight")


def test_failures_that_outrun_growth_are_told():
    with pytest.raises(KscaleError, match="does not outrun failures"):
        small(lot_failure_rate=1e-7).scale_computation(2e16)


# -- the swarm ----------------------------------------------------------------------------------------


def test_without_failures_the_swarm_gives_what_it_is_made_for():
    swarm = small(module_loss_rate=0.0, hardware_failure_rate=0.0, lot_failure_rate=0.0)
    result = swarm.manage_swarm(10)
    assert result.power == pytest.approx(1e16 * (1 - swarm.shading))
    assert swarm.energy.generated == pytest.approx(1e16 * (1 - swarm.shading) * 10 * DAY)
    assert swarm.energy.computing == pytest.approx(swarm.energy.generated * swarm.parameters.computing_share)
    assert (result.modules_failed, result.lots_failed) == (0, 0)


def test_as_many_fail_as_the_rates_say():
    swarm = DysonSwarm(modules=20_000, lots=100_000, seed=3)
    result = swarm.manage_swarm(100)
    for failed, count, rate in (
        (result.modules_failed, 20_000, swarm.parameters.module_loss_rate),
        (result.lots_failed, 100_000, swarm.parameters.lot_failure_rate),
    ):
        expected = count * rate * 100 * DAY
        assert abs(failed - expected) < 5 * math.sqrt(expected)


@pytest.mark.parametrize("swap", ["1 hour", "1 day", "10 days"])
def test_what_fails_inside_modules_idles_until_it_is_swapped_and_takes_no_module_with_it(swap):
    swarm = DysonSwarm(SwarmParameters.of_model(modules=50, lots=500, module_loss_rate=0, swap_time=swap), seed=2)
    p, whole = swarm.parameters, swarm.mass.modules
    swarm.manage_swarm(60)  # until as much is swapped as fails
    run = swarm.manage_swarm(100)
    assert run.modules_failed == 0 and (run.modules == 50).all()
    idle = run.idle_modules / (100 * DAY * 50 * p.module_power)
    assert idle == pytest.approx(MODEL.value("idle_hardware", swap_time=swap), rel=0.01)
    assert run.hardware_replaced == pytest.approx(whole * p.hardware_failure_rate * 100 * DAY, rel=0.01)
    assert abs(swarm.mass_residual()) < 1e-12


def test_a_module_that_is_lost_takes_its_share_of_what_was_missing():
    swarm = DysonSwarm(SwarmParameters.of_model(modules=10, lots=100, swap_time="100 days"), seed=2)
    swarm.manage_swarm(50)
    missing, there = swarm.hardware_missing, swarm.mass.modules
    assert swarm.module_works.all() and missing > 0
    swarm.lose(0.3)
    assert swarm.hardware_missing == pytest.approx(0.7 * missing) and swarm.mass.modules == pytest.approx(0.7 * there)
    swarm.lose(1.0)
    assert swarm.hardware_missing == 0 and swarm.mass.modules == pytest.approx(0, abs=1e-6 * there)
    assert abs(swarm.mass_residual()) < 1e-12


def test_a_swarm_grows_as_fast_as_the_law_of_balance():
    swarm = small(metal=1e25, failures=False)
    swarm.allocation = dataclasses.replace(swarm.allocation, growth=1 - swarm.allocation.computing)
    before = swarm.power
    swarm.manage_swarm(100)
    rate = math.log(swarm.power / before) / (100 * DAY)
    assert rate == pytest.approx(growth_rate(swarm.parameters, 0.95), rel=0.02)


def test_the_swarm_mends_itself_after_losing_thirty_per_cent():
    swarm = small()
    assert swarm.lose(0.30) == 60
    assert abs(swarm.mass_residual()) < 1e-12
    result = swarm.manage_swarm(60)
    assert result.computing[0] < 0.75 * result.computing[-1]
    assert result.modules[-1] >= 198
    assert abs(swarm.mass_residual()) < 1e-12 and abs(swarm.energy_residual()) < 1e-12
    assert swarm.network().reach == 1


def test_ten_thousand_modules_and_a_million_lots_run():
    swarm = DysonSwarm()
    result = swarm.manage_swarm(5)
    assert (len(swarm.module_works), len(swarm.lot_works)) == (10_000, 1_000_000)
    assert result.lots[-1] > 999_000 and abs(swarm.mass_residual()) < 1e-12


def test_a_deployed_node_computes_and_is_paid_from_the_stock():
    swarm = small(module_loss_rate=0.0)
    stock = swarm.mass.stock
    number = swarm.deploy_node(ComputingNode(power=1e9, mass=1e7, position=(1e6, 0, 0)))
    assert number == 200 and swarm.mass.stock == pytest.approx(stock - 1e7, rel=1e-12)
    assert np.count_nonzero(swarm.module_works) == 201 and swarm.module_power[200] == 1e9
    swarm.manage_swarm(3)
    assert abs(swarm.mass_residual()) < 1e-12


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("run"), st.integers(0, 20)),
        st.tuples(st.just("lose"), st.floats(0, 1)),
        st.tuples(st.just("deploy"), st.floats(1e5, 1e9)),
        st.tuples(st.just("optimise"), st.floats(1, 5_000)),
        st.tuples(st.just("scale"), st.floats(0.1, 1.2)),
        st.tuples(st.just("resume"), st.just(0)),
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@drawn(steps=STEPS, seed=st.integers(0, 100), metal=st.sampled_from([1e15, 1e16, 2.4e19]))
def test_the_books_balance_whatever_is_done(steps, seed, metal):
    swarm = DysonSwarm(modules=20, lots=300, seed=seed, metal=metal)
    for what, amount in steps:
        if what == "run":
            swarm.manage_swarm(amount)
        elif what == "lose":
            swarm.lose(amount)
        elif what == "optimise":
            swarm.optimize_resources(amount)
        elif what == "scale":
            swarm.follow(swarm.scale_computation(swarm.power * amount).policy)
        elif what == "resume":
            with tempfile.TemporaryDirectory() as folder:
                run_file.save(swarm, f"{folder}/run.npz")
                before, swarm = swarm, run_file.load(f"{folder}/run.npz")
                assert same(before, swarm)
        elif amount < swarm.mass.stock:
            swarm.deploy_node(ComputingNode(1e6, amount))
        assert abs(swarm.mass_residual()) < 1e-12
        assert abs(swarm.energy_residual()) < 1e-12
        assert min(dataclasses.astuple(swarm.mass)) >= -1e-9 * swarm.mass_at_start
        assert min(dataclasses.astuple(swarm.energy)) >= -1e-9 * max(1.0, swarm.energy.generated)
        modules = swarm.module_mass[swarm.module_works].sum() - swarm.hardware_missing
        assert swarm.mass.modules == pytest.approx(modules, rel=1e-9, abs=1.0)
        lots = np.count_nonzero(swarm.lot_works) * swarm.parameters.lot_mass
        assert swarm.mass.lots == pytest.approx(lots, rel=1e-9)


# -- plans --------------------------------------------------------------------------------------------


def test_a_plan_is_the_supply_chains_balance():
    plan = small().scale_computation(1e17)
    assert plan.mirror_area == pytest.approx(10 * MODEL.value("mirror_area"))
    shaded = plan.masses["mirrors, turbines, radiators"] / (10 * MODEL.value("iron_nickel_mass"))
    unshaded = shaded * (1 - K1.tolerated_shading)
    assert 1 <= unshaded < 1 + DAY / K1.replication_time, "own shade costs a hundredth, and the last day ends above"
    assert small().scale_computation(1e21).region_diameter == pytest.approx(MODEL.value("cloud_diameter"))
    metal = plan.elements["Fe"] + plan.elements["Ni"]
    assert 10 * MODEL.value("iron_nickel_mass") < metal < 15 * MODEL.value("iron_nickel_mass")
    assert plan.elements["Mo"] == pytest.approx(10 * MODEL.value("molybdenum_mass"))
    assert plan.elements["Si"] == pytest.approx(10 * MODEL.value("silicon_mass"))
    assert plan.modules == pytest.approx(2_000, abs=1) and plan.limited_by == "metal"
    assert plan.rating == pytest.approx(1.1)
    assert small().scale_computation(ScaleTarget(rating=1.1)).time == pytest.approx(plan.time)


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda s: s.scale_computation(1e27), "beyond all the star's light"),
        (lambda s: s.scale_computation(1e22), "out of reach: the metal there is allows"),
        (lambda s: s.scale_computation(-1.0), "target: a finite number above 0"),
        (lambda s: s.scale_computation(math.nan), "target: a finite number above 0"),
        (lambda s: s.scale_computation(ScaleTarget()), "names either power or rating"),
        (lambda s: s.scale_computation(1e17, share=2), "share: a finite number above 0 and up to 1"),
        (lambda s: s.deploy_node("a node"), "takes a ComputingNode"),
        (
            lambda s: s.deploy_node(ComputingNode(1e6, -5.0)),
            "node: mass: a finite number above 0 is expected, not -5.0",
        ),
        (
            lambda s: s.deploy_node(ComputingNode(math.nan, 5.0)),
            "node: power: a finite number above 0 is expected, not nan",
        ),
        (lambda s: s.deploy_node(ComputingNode(1e6, 5.0, (1e12, 0, 0))), "position is three numbers within"),
        (lambda s: s.deploy_node(ComputingNode(1e6, 1e25)), "more than the stock"),
        (lambda s: s.deploy_node(ComputingNode(1e20, 1.0)), "on 1 kg would melt: its radiators weigh"),
        (lambda s: s.optimize_resources(5_000 * 365.25), "days is longer than the 1,000,000 that can be run"),
        (lambda s: s.follow("a plan"), "follow takes the policy of a plan, not 'a plan'"),
        (lambda s: s.manage_swarm(-1), "days: a whole number"),
        (lambda s: s.manage_swarm(1.5), "days: a whole number"),
        (lambda s: s.optimize_resources(math.inf), "days: a finite number above 0"),
        (lambda s: s.lose(1.2), "lose: a finite number from 0 to 1"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(act, told):
    swarm, untouched = small(), small()
    with pytest.raises(KscaleError, match=told):
        act(swarm)
    assert same(swarm, untouched)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"powr": 1e15}, "did you mean 'power'"),
        ({"power": -1.0}, "power: a finite number above 0"),
        ({"metal": math.nan}, "metal: a finite number"),
        ({"efficiency": 1.2}, "efficiency: a finite number above 0 and up to 1"),
        ({"lots": 2.5}, "lots: a whole number"),
        ({"elements": 5}, "elements: masses by element are expected, not 5"),
        ({"elements": {"Fe": -1}}, "elements: Fe: a finite number from 0 on is expected, not -1"),
        ({"power": 1e26}, "more than all the star's light"),
        ({"logic_weight": 0.8}, "leave nothing for the network"),
    ],
)
def test_a_swarm_that_cannot_be_is_refused(changes, told):
    with pytest.raises(KscaleError, match=told):
        DysonSwarm(**changes)

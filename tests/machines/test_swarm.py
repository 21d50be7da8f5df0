"""The DysonSwarm: its physics by second routes, its plans, and its books after anything."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from kscale_nb import MODEL, DysonSwarm, KscaleError
from kscale_nb.machines.swarm import run_file
from kscale_nb.machines.swarm.growth import best_allocation, grow, growth_rate, limit_of, logistic, upkeep_share
from kscale_nb.machines.swarm.network import LIGHT, span
from kscale_nb.machines.swarm.orbit import (
    AXES,
    EARTH_OVER_SUN,
    collision_rate,
    drift,
    held,
    keep,
    light_shift,
    scatter,
    size,
)
from kscale_nb.machines.swarm.parameters import DAY, SwarmParameters
from kscale_nb.machines.swarm.records import ComputingNode, ScaleTarget
from kscale_nb.machines.swarm.swarm import SHADING

K1 = SwarmParameters.of_model()
SMALL = {"modules": 200, "lots": 5_000}


def small(seed: int = 1, **changes) -> DysonSwarm:
    return DysonSwarm(seed=seed, **{**SMALL, **changes})


def same(one: DysonSwarm, other: DysonSwarm) -> bool:
    return (
        all(np.array_equal(getattr(one, name), getattr(other, name)) for name in run_file.ARRAYS)
        and (one.mass, one.energy, one.day, one.allocation) == (other.mass, other.energy, other.day, other.allocation)
        and one.rng.bit_generator.state == other.rng.bit_generator.state
    )


# -- the array, the network, the orbit ----------------------------------------------------------------


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


def test_the_net_joins_all_and_is_the_shortest():
    random = np.random.default_rng(2)
    places = random.normal(size=(60, 3)) * 1e7
    net = span(places)
    joined, rest, total = {0}, set(range(1, 60)), 0.0  # Prim's algorithm, on all pairs
    while rest:
        length, nearest = min((np.linalg.norm(places[a] - places[b]), b) for a in joined for b in rest)
        joined.add(nearest)
        rest.remove(nearest)
        total += length
    assert len(net.links) == 59 and net.total_length == pytest.approx(total)
    farthest = max(np.linalg.norm(a - b) for a in places for b in places)
    assert net.longest_delay == pytest.approx(farthest / LIGHT)


def test_two_far_clusters_are_joined_too():
    random = np.random.default_rng(3)
    places = np.vstack([random.normal(size=(30, 3)), random.normal(size=(30, 3)) + 1e9])
    assert len(span(places).links) == 59


def test_nodes_at_one_place_and_lone_nodes_have_a_net():
    assert len(span(np.zeros((5, 3))).links) == 4
    assert span(np.zeros((1, 3))).longest_delay == 0


def test_modules_are_as_far_apart_as_their_chapter_says():
    swarm = DysonSwarm(lots=10)
    assert swarm.network().nearest_delay * LIGHT == pytest.approx(MODEL.value("nearest_neighbour_distance"), rel=0.03)


def test_drift_is_the_restricted_problem_near_l5():
    from scipy.integrate import solve_ivp

    motion, distance, share = 2e-7, 1.496e11, EARTH_OVER_SUN / (1 + EARTH_OVER_SUN)
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
    place, speed = drift(start[None, :3], start[None, 3:], motion, 2 * math.pi / motion)
    assert place[0] == pytest.approx(run.y[:3, -1] * distance, rel=1e-3)
    assert speed[0] == pytest.approx(run.y[3:, -1] * distance * motion, rel=1e-3, abs=1e-4)


def test_a_scattered_swarm_keeps_its_shape_and_its_height():
    motion, radius = 2 * math.pi / K1.orbit_period, 5e7
    places, speeds = scatter(20_000, radius, motion, np.random.default_rng(4))
    for day in (0, 91, 200, 365):
        moved, _ = drift(places, speeds, motion, day * DAY)
        assert moved.std(axis=0) == pytest.approx(AXES * radius / math.sqrt(5), rel=0.03), "an even ellipsoid"
        assert size(moved, radius).max() < 1.01


def test_leavers_are_turned_back_and_others_are_left_alone():
    motion = 2 * math.pi / K1.orbit_period
    out = np.array([[6e7, 0.0, 0.0], [0.0, 0.0, 8e7]])
    kept, change = keep(out, np.array([[3.0, 0.0, 0.0], [0.0, 0.0, 2.0]]), 5e7, motion)
    assert kept[0, 0] == 0 and kept[1, 2] == 0 and (change >= 2).all()
    assert keep(out, -held(out, motion) - [[1.0, 0, 0], [0, 0, 1.0]], 5e7, motion)[1].max() == 0


def test_light_moves_the_equilibrium_to_where_forces_vanish():
    assert light_shift(0.0, 1.0) == pytest.approx(0, abs=1e-15)
    assert light_shift(3e-4, 1.0) == pytest.approx(1e-4 * 2 / math.sqrt(3), rel=1e-3)
    with pytest.raises(KscaleError, match="lightness"):
        light_shift(1.5, 1.0)


def test_collisions_are_those_counted_in_a_box_of_straight_ways():
    random = np.random.default_rng(8)
    velocities = random.normal(size=(400, 3))
    area, radius = math.pi * 0.05**2, 1.0
    box = (4 / 3 * math.pi) ** (1 / 3) * radius
    places = random.random((400, 3)) * box
    first, second = np.triu_indices(400, 1)
    apart = places[first] - places[second]
    apart -= box * np.round(apart / box)
    speeds = velocities[first] - velocities[second]
    nearest = -np.einsum("ij,ij->i", apart, speeds) / np.einsum("ij,ij->i", speeds, speeds)
    time = 0.1  # short against the box: each pair meets its nearest image only
    miss = np.linalg.norm(apart + speeds * nearest[:, None], axis=1)
    met = np.count_nonzero((nearest > 0) & (nearest < time) & (miss < 0.05))
    assert 2 * met / 400 / time == pytest.approx(collision_rate(velocities, radius, area), rel=0.15)


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
    fed = 0.95 * K1.power / K1.making_energy  # [kg/s]: energy
    assert made == pytest.approx(fed), "in balance neither waits for the other"
    assert made / (books[0] + industry) == pytest.approx(growth_rate(K1, 0.95))


@pytest.mark.parametrize("target", [2e16, 1e18, 3e19])
def test_growth_follows_the_closed_form(target):
    way = grow(K1, 0.95, target)
    assert way.powers[-1] == pytest.approx(target, rel=1e-6)
    assert way.powers == pytest.approx(logistic(K1.power, way.limit, way.rate, way.times), rel=1e-6)


def test_growth_slows_at_the_metal_or_at_the_sunlight():
    assert limit_of(K1, 0.95)[1] == "metal"
    rich = dataclasses.replace(K1, metal=1e30)
    assert limit_of(rich, 0.95) == (rich.star_power, "sunlight")
    doubling = [grow(rich, 0.95, part * rich.star_power).time for part in (0.1, 0.2, 0.4, 0.8)]
    assert np.all(np.diff(doubling, 2) > 0)


def test_failures_that_outrun_growth_are_told():
    with pytest.raises(KscaleError, match="does not outrun failures"):
        grow(dataclasses.replace(K1, lot_failure_rate=1e-7), 0.95, 2e16)


@pytest.mark.parametrize("days", [30, 400, 3_000, 30_000])
@pytest.mark.parametrize("weights", [(0.5, 0.4), (0.2, 0.2), (0.8, 0.2), (1.0, 0.0)])
def test_the_best_allocation_meets_the_first_order_conditions(days, weights):
    swarm = dataclasses.replace(K1, logic_weight=weights[0], memory_weight=weights[1])
    best = best_allocation(swarm, days * DAY)
    shares = best.allocation
    assert best.residual < 1e-3
    assert shares.growth == pytest.approx(best.analytic_growth, abs=1e-5)
    assert shares.upkeep == pytest.approx(upkeep_share(swarm))
    assert shares.computing + shares.upkeep + shares.growth == pytest.approx(1)
    wanted = [*weights, 1 - sum(weights)]
    split = [share / shares.computing for share in (shares.logic, shares.memory, shares.network)]
    assert split == pytest.approx(wanted, abs=1e-4)


def test_no_other_share_of_growth_computes_more():
    best = best_allocation(K1, 1_000 * DAY)

    def computed(growth):
        rate, free = growth_rate(K1, growth), 1 - growth - best.allocation.upkeep
        return free * math.expm1(rate * 1_000 * DAY) / rate

    most = computed(best.allocation.growth)
    assert all(computed(growth) <= most * (1 + 1e-9) for growth in np.linspace(0.001, 0.99, 500))


# -- the swarm ----------------------------------------------------------------------------------------


def test_without_failures_the_swarm_gives_what_it_is_made_for():
    swarm = small(module_failure_rate=0.0, lot_failure_rate=0.0)
    result = swarm.manage_swarm(10)
    assert result.power == pytest.approx(1e16 * (1 - swarm.shading))
    assert swarm.energy.generated == pytest.approx(1e16 * (1 - swarm.shading) * 10 * DAY)
    assert swarm.energy.computing == pytest.approx(swarm.energy.generated * swarm.parameters.computing_share)
    assert (result.modules_failed, result.lots_failed) == (0, 0)


def test_as_many_fail_as_the_rates_say():
    swarm = DysonSwarm(modules=20_000, lots=100_000, seed=3)
    result = swarm.manage_swarm(100)
    for failed, count, rate in (
        (result.modules_failed, 20_000, swarm.parameters.module_failure_rate),
        (result.lots_failed, 100_000, swarm.parameters.lot_failure_rate),
    ):
        expected = count * rate * 100 * DAY
        assert abs(failed - expected) < 5 * math.sqrt(expected)


def test_a_swarm_grows_as_fast_as_planned():
    swarm = small(metal=1e25)
    swarm.allocation = dataclasses.replace(swarm.allocation, growth=1 - swarm.allocation.computing)
    before = swarm.power / (1 - swarm.shading)
    swarm.manage_swarm(100)
    rate = math.log(swarm.power / (1 - swarm.shading) / before) / (100 * DAY)
    planned = growth_rate(swarm.parameters, 0.95) - swarm.parameters.lot_failure_rate
    assert rate == pytest.approx(planned, rel=0.05)


def test_the_swarm_mends_itself_after_losing_thirty_per_cent():
    swarm = small()
    assert swarm.lose(0.30) == 60
    assert abs(swarm.mass_residual()) < 1e-12
    result = swarm.manage_swarm(60)
    assert result.computing[0] < 0.75 * result.computing[-1]
    assert result.modules[-1] >= 198
    assert abs(swarm.mass_residual()) < 1e-12 and abs(swarm.energy_residual()) < 1e-12
    assert len(swarm.network().links) == np.count_nonzero(swarm.module_works) - 1


def test_ten_thousand_modules_and_a_million_lots_run():
    swarm = DysonSwarm()
    result = swarm.manage_swarm(5)
    assert (len(swarm.module_works), len(swarm.lot_works)) == (10_000, 1_000_000)
    assert result.lots[-1] > 999_000 and abs(swarm.mass_residual()) < 1e-12


def test_a_deployed_node_computes_and_is_paid_from_the_stock():
    swarm = small(module_failure_rate=0.0)
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
    ),
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@drawn(steps=STEPS, seed=st.integers(0, 100), metal=st.sampled_from([1e14, 1e16, 2.4e19]))
def test_the_books_balance_whatever_is_done(steps, seed, metal):
    swarm = DysonSwarm(modules=20, lots=300, seed=seed, metal=metal)
    for what, amount in steps:
        if what == "run":
            swarm.manage_swarm(amount)
        elif what == "lose":
            swarm.lose(amount)
        elif what == "optimise":
            swarm.optimize_resources(amount)
        elif amount < swarm.mass.stock:
            swarm.deploy_node(ComputingNode(1e6, amount))
        assert abs(swarm.mass_residual()) < 1e-11
        assert abs(swarm.energy_residual()) < 1e-11
        assert min(dataclasses.astuple(swarm.mass)) >= -1e-9 * swarm.mass_at_start
        assert min(dataclasses.astuple(swarm.energy)) >= -1e-9 * max(1.0, swarm.energy.generated)
        modules = swarm.module_mass[swarm.module_works].sum()
        assert swarm.mass.modules == pytest.approx(modules, rel=1e-9, abs=1.0)
        lots = np.count_nonzero(swarm.lot_works) * swarm.parameters.lot_mass
        assert swarm.mass.lots == pytest.approx(lots, rel=1e-9)


# -- plans --------------------------------------------------------------------------------------------


def test_a_plan_is_the_supply_chains_balance():
    plan = small().scale_computation(1e17)
    assert plan.mirror_area == pytest.approx(10 * MODEL.value("mirror_area"))
    assert plan.masses["mirrors, turbines, radiators"] == pytest.approx(10 * MODEL.value("iron_nickel_mass"))
    metal = plan.elements["Fe"] + plan.elements["Ni"]
    assert 10 * MODEL.value("iron_nickel_mass") < metal < 15 * MODEL.value("iron_nickel_mass")
    assert plan.elements["Mo"] == pytest.approx(10 * MODEL.value("molybdenum_mass"))
    assert plan.elements["Si"] == pytest.approx(10 * MODEL.value("silicon_mass"))
    assert plan.modules == pytest.approx(2_000, abs=1) and plan.limited_by == "metal"
    assert plan.rating == pytest.approx(1.1)
    assert small().scale_computation(ScaleTarget(rating=1.1)).time == pytest.approx(plan.time)


def test_sixteen_psyche_ends_growth_where_the_chapter_says():
    limit, what = limit_of(K1, MODEL.value("growth_share"))
    assert what == "metal"
    assert limit == pytest.approx(MODEL.value("psyche_growth_power"), rel=0.01)


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

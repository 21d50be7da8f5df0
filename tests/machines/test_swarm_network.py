"""The swarm's links, ways, jobs and heat, each by a second route."""

import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from kscale_nb import MODEL, DysonSwarm, KscaleError
from kscale_nb.commands import main
from kscale_nb.machines.swarm.heat import heat_of, view_factor
from kscale_nb.machines.swarm.jobs import Serving, Training, place
from kscale_nb.machines.swarm.links import captured, energy_per_byte
from kscale_nb.machines.swarm.network import CHILDREN, Network
from kscale_nb.machines.swarm.parameters import SwarmParameters
from kscale_nb.machines.swarm.report import network_record, network_rows

K1 = SwarmParameters.of_model(lots=10)


def cloud(count: int, seed: int = 1, radius: float = 5e7, **changes) -> Network:
    p = dataclasses.replace(K1, **changes)
    places = np.random.default_rng(seed).normal(size=(count, 3)) * radius / 2
    return Network.of(p, places, np.full(count, p.module_power), np.full(count, p.module_mass))


def all_pairs(network: Network, lengths: np.ndarray) -> np.ndarray:
    """Shortest ways between all nodes, by Floyd and Warshall's rule."""
    ways = np.full((network.nodes, network.nodes), np.inf)
    np.fill_diagonal(ways, 0.0)
    ways[tuple(network.links.T)] = ways[tuple(network.links[:, ::-1].T)] = lengths
    for via in range(network.nodes):
        ways = np.minimum(ways, ways[:, [via]] + ways[[via]])
    return ways


# -- one link ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("distance", [1e5, 2e6, 1e9])
@pytest.mark.parametrize("aperture", [0.05, 0.1, 2.0])
def test_a_link_is_that_of_gains_and_a_paths_loss(distance, aperture):
    p = dataclasses.replace(K1, aperture=aperture)
    gain = (math.pi * aperture / p.wavelength) ** 2
    loss = (p.wavelength / (4 * math.pi * distance)) ** 2
    assert captured(p, distance) == pytest.approx(min(1.0, gain**2 * loss))


def test_a_worked_budget_of_others_comes_out():
    """Mirrors of 10 cm, 7,000 km, 33 dBm, 10 Gbit/s: half and 3 dB lost at each end, and 51 photons a bit arrive."""
    p = dataclasses.replace(K1, aperture=0.1, wavelength=1.55e-6)
    passed = (0.5 * 10**-0.3) ** 2
    received = 10 ** (33 / 10 - 3) * captured(p, 7e6) * passed
    photon = p.planck * p.speed_of_light / p.wavelength
    assert received / photon / 10e9 == pytest.approx(51, rel=0.02)


def test_a_links_cost_is_the_chapters():
    nearest = MODEL.value("nearest_neighbour_distance")
    assert captured(K1, nearest) == pytest.approx(MODEL.value("captured_light"))
    light = energy_per_byte(K1, nearest) - MODEL.value("laser_energy_per_bit")
    assert light == pytest.approx(MODEL.value("light_per_bit"))


def test_what_a_byte_costs_rises_with_distance_and_falls_with_the_mirror():
    distances = np.geomspace(1, 1e10, 50)
    costs = energy_per_byte(K1, distances)
    assert (np.diff(costs) >= 0).all() and costs[0] == pytest.approx(K1.link_energy, rel=1e-3)
    wide = energy_per_byte(dataclasses.replace(K1, aperture=0.2), distances)
    far = costs > 10 * K1.link_energy
    assert (costs - K1.link_energy)[far] == pytest.approx(16 * (wide - K1.link_energy)[far])


# -- the graph -----------------------------------------------------------------------------------------


def test_each_node_is_joined_with_its_nearest():
    network = cloud(60)
    apart = np.linalg.norm(network.positions[:, None] - network.positions[None], axis=2)
    nearest = np.argsort(apart, axis=1)[:, 1:9]
    expected = {tuple(sorted((one, int(other)))) for one in range(60) for other in nearest[one]}
    assert {tuple(link) for link in network.links.tolist()} == expected
    assert network.longest_delay == pytest.approx(apart.max() / K1.speed_of_light)


def test_two_far_clusters_and_nodes_at_one_place_are_joined():
    random = np.random.default_rng(3)
    places = np.vstack([random.normal(size=(30, 3)), random.normal(size=(30, 3)) + 1e9])
    assert Network.of(K1, places, np.ones(60), np.ones(60)).reach == 1
    heap = Network.of(K1, np.zeros((5, 3)), np.ones(5), np.ones(5))
    assert heap.reach == 1 and heap.ways.most_hops == 1 and heap.ways.detour == 1
    alone = Network.of(K1, np.zeros((1, 3)), np.ones(1), np.ones(1))
    assert (alone.reach, alone.longest_delay, alone.ways.hops, alone.bisection) == (1, 0, 0, 0)
    assert alone.exchange(1e9).time == 0


def test_ways_are_those_of_all_pairs():
    network = cloud(60).without(np.arange(0, 60, 2))
    hops = all_pairs(network, np.ones(len(network.links)))
    delays = all_pairs(network, network.lengths / K1.speed_of_light)
    joined = np.isfinite(hops) & (hops > 0)
    assert network.ways.hops == pytest.approx(hops[joined].mean()) and network.ways.most_hops == hops[joined].max()
    assert network.ways.delay == pytest.approx(delays[joined].mean()) and network.ways.detour >= 1
    assert network.reach == np.isfinite(hops).sum(axis=1).max() / network.nodes
    assert (np.isfinite(hops) == (network.parts[:, None] == network.parts)).all()


def test_a_nodes_links_carry_no_more_than_its_terminals_and_its_power():
    for network in (cloud(300), cloud(300, aperture=0.02, radius=5e9)):
        p = network.parameters
        sent, spent = np.zeros(300), np.zeros(300)
        for end in network.links.T:
            np.add.at(sent, end, network.rate)
            np.add.at(spent, end, network.rate * energy_per_byte(p, network.lengths))
        terminals = p.terminal_share * network.masses / p.terminal_mass * p.link_rate
        budget = network.powers * (1 - p.logic_weight - p.memory_weight)
        assert (sent <= terminals * (1 + 1e-12)).all() and (spent <= budget * (1 + 1e-12)).all()
    assert (spent > 0.99 * budget).any(), "far apart and with small mirrors it is power that binds"


def test_no_cut_into_halves_is_poorer_than_the_graphs_spectrum_allows():
    network = cloud(200)
    joined = np.zeros((200, 200))
    joined[tuple(network.links.T)] = network.rate
    joined += joined.T
    second = np.linalg.eigvalsh(np.diag(joined.sum(axis=1)) - joined)[1]
    assert second * 200 / 4 <= network.bisection <= network.rate.sum()


def test_all_modules_send_what_the_chapter_says():
    swarm = DysonSwarm(lots=10)
    network = swarm.network()
    pair = network.rates(network.links[[network.lengths.argmin()]])
    assert pair[0] == pytest.approx(MODEL.value("module_link_rate"))
    assert network.reach == 1 and 8 <= 2 * len(network.links) / network.nodes <= 12


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_swarm_of_hardly_any_modules_has_a_record_too(left):
    swarm = DysonSwarm(lots=10, modules=20, failures=False)
    swarm.lose(1 - left / 20)
    record = network_record(swarm)
    assert record["links"] == (left == 2) and record["reach"] == (left > 0)
    assert record["jobs"]["training"]["modules"] == left
    assert all(np.isfinite(value) for value in record.values() if isinstance(value, float))
    assert "links" in "".join(map(str, network_rows(record)))


# -- a loss --------------------------------------------------------------------------------------------


def test_a_loss_of_thirty_per_cent_lengthens_ways_and_cuts_nobody_off():
    swarm = DysonSwarm(lots=10, modules=2_000, seed=5)
    whole = swarm.network()
    struck = np.random.default_rng(1).choice(2_000, 600, replace=False)
    left = whole.without(struck)
    assert left.nodes == 1_400 and left.reach > 0.99
    assert left.ways.hops > 1.05 * whole.ways.hops and left.bisection < 0.7 * whole.bisection
    assert set(map(tuple, left.positions)) <= set(map(tuple, whole.positions))
    again = Network.of(left.parameters, left.positions, left.powers, left.masses)  # terminals turned
    assert again.reach == 1 and again.ways.hops < left.ways.hops and again.bisection > left.bisection


def test_beyond_four_fifths_the_net_falls_apart():
    whole = DysonSwarm(lots=10, modules=2_000, seed=5).network()
    random = np.random.default_rng(2)
    reach = [
        whole.without(random.choice(2_000, round(share * 2_000), replace=False)).reach for share in (0.3, 0.6, 0.85)
    ]
    assert reach[0] > 0.99 and reach[1] > 0.8 and reach[2] < 0.2


@settings(max_examples=40, deadline=None)
@drawn(seed=st.integers(0, 1_000), share=st.floats(0, 0.95))
def test_a_network_is_never_helped_by_a_loss(seed, share):
    whole = cloud(120, seed)
    lost = np.random.default_rng(seed).choice(120, int(share * 120), replace=False)
    left = whole.without(lost)
    assert left.nodes == 120 - len(lost) and 0 < left.reach <= 1
    kept = np.setdiff1d(np.arange(120), lost)
    pairs = {tuple(link) for link in whole.links.tolist()}
    assert all((kept[one], kept[other]) in pairs for one, other in left.links.tolist())
    assert left.longest_delay <= whole.longest_delay


# -- an exchange ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("members", [None, "half"])
def test_an_exchange_runs_over_links_that_are_there_and_reaches_all(members):
    network = cloud(400)
    if members:
        members = place(network, [Training.of_model(share=0.5)])[0].modules
    exchange = network.exchange(1e15, members)
    count = 400 if members is None else 200
    tree = dataclasses.replace(network, links=exchange.links)
    assert len(exchange.links) == count - 1 and np.bincount(tree.parts).max() == count, "which makes it a tree"
    assert {tuple(sorted(link)) for link in exchange.links.tolist()} <= set(map(tuple, network.links.tolist()))
    assert np.bincount(exchange.links.ravel()).max() <= CHILDREN + 1
    assert exchange.rate == pytest.approx(MODEL.value("module_link_rate") * 10_000 / K1.modules / (CHILDREN + 1))
    assert exchange.time == pytest.approx(1e15 / exchange.rate + 2 * exchange.delay)


def test_pieces_that_run_up_and_down_a_tree_take_the_time_that_is_told():
    """An event at a time: each link sends one piece after another, as soon as all children's have come."""
    network, pieces = cloud(40), 4_000
    exchange = network.exchange(1e15)
    delays = network.parameters.speed_of_light
    step = 1e15 / pieces / exchange.rate
    children = {}
    for parent, child in exchange.links.tolist():
        children.setdefault(parent, []).append(child)
    root = (set(exchange.links[:, 0]) - set(exchange.links[:, 1])).pop()

    def light(one, other):
        return np.linalg.norm(network.positions[one] - network.positions[other]) / delays

    def up(node):  # when the last piece of its sum is whole at a node
        return max((up(child) + step + light(node, child) for child in children.get(node, [])), default=pieces * step)

    def down(node):
        return max((step + light(node, child) + down(child) for child in children.get(node, [])), default=0.0)

    assert up(root) + down(root) == pytest.approx(exchange.time, rel=0.01)


def test_members_that_nothing_joins_exchange_nothing():
    network = cloud(50)
    with pytest.raises(KscaleError, match="exchange: 1 of 2 members are cut off"):
        far = np.argsort(np.linalg.norm(network.positions - network.positions[0], axis=1))
        network.exchange(1.0, far[[0, -1]])


def test_a_node_that_many_need_takes_more_children():
    """A star has no slender tree."""
    places = np.vstack([np.zeros(3), np.eye(3), -np.eye(3)]) * 1e6
    star = dataclasses.replace(
        Network.of(K1, places, np.ones(7), np.ones(7)), links=np.array([[0, other] for other in range(1, 7)])
    )
    exchange = star.exchange(1.0)
    assert len(exchange.links) == 6 and exchange.delay == pytest.approx(1e6 / K1.speed_of_light)


# -- jobs ----------------------------------------------------------------------------------------------


def test_training_alone_reads_as_the_document_says_but_for_what_it_waits():
    swarm = DysonSwarm(lots=10)
    sure = {"idle_hardware": 0, "loss_rate": 0}
    (run,) = swarm.place(Training.of_model(**sure))
    assert run.tokens_per_second == pytest.approx(MODEL.value("reading_rate") * (1 - run.waiting))
    step = MODEL.value("step_time")
    assert run.waiting == pytest.approx(run.exchange.time / (step + run.exchange.time))
    assert run.exchange.time > MODEL.value("exchange_sending_time") / 2, "one sum up and down at a third of the rate"
    (apart,) = swarm.place(Training.of_model(steps_alone=500, **sure))
    assert run.waiting > 0.8 and apart.waiting < 0.03


def test_serving_is_what_memory_can_feed():
    swarm = DysonSwarm(lots=10, modules=100)
    (serving,) = swarm.place(Serving.of_model(idle_hardware=0, share=0.5))
    assert len(serving.modules) == 50
    assert serving.tokens_per_second / 50 == pytest.approx(MODEL.value("memory_bound_rate") * 100)
    cheap = Serving.of_model(idle_hardware=0, dram_energy_per_bit="1e-6 pJ/bit")
    (computed,) = DysonSwarm(lots=10).place(cheap)
    assert computed.tokens_per_second == pytest.approx(MODEL.value("decoding_rate") * 10_000)


def test_a_loss_costs_training_what_it_lost_and_serving_too():
    swarm = DysonSwarm(lots=10, modules=500, seed=2)
    jobs = (Serving.of_model(share=0.2), Training.of_model(share=0.8, steps_alone=500))
    before = swarm.place(*jobs)
    assert not set(before[0].modules) & set(before[1].modules)
    swarm.lose(0.3)
    after = swarm.place(*jobs)
    for one, other in zip(before, after, strict=True):
        assert other.tokens_per_second == pytest.approx(0.7 * one.tokens_per_second, rel=0.03)


def test_serving_takes_those_that_are_cut_off():
    whole = cloud(300)
    left = whole.without(np.random.default_rng(4).choice(300, 200, replace=False))
    assert left.reach < 1
    serving, training = place(left, [Serving.of_model(share=0.3), Training.of_model(share=0.7)])
    assert set(np.flatnonzero(left.parts > 0)) <= set(serving.modules) | set(range(100)) - set(training.modules)
    assert (left.parts[training.modules] == 0).all()


def test_failures_at_each_level_cost_what_they_keep_out():
    """A module that stopped for each processor as Llama's run did would hardly run; swapping them costs little."""
    book = MODEL.values()
    rate = 1 / book["module_uptime"]
    assert 1 / (1 + rate * book["interruption_cost"]) < 0.01
    fleet = book["interruptions"] / book["run_length"]
    assert 1 / (1 + fleet * book["interruption_cost"]) == pytest.approx(1 / 1.1, rel=1e-6), (
        "Llama's own run, to first order"
    )
    swarm = DysonSwarm(lots=10, modules=50)
    (usual,), (sure,) = swarm.place(Serving.of_model()), swarm.place(Serving.of_model(idle_hardware=0))
    assert usual.tokens_per_second / sure.tokens_per_second == pytest.approx(1 - book["idle_hardware"])
    (one,), (safe,) = swarm.place(Training.of_model()), swarm.place(Training.of_model(loss_rate=0))
    lost = 50 * book["module_loss_rate"] * book["interruption_cost"]
    assert safe.tokens_per_second / one.tokens_per_second == pytest.approx(1 + lost)


@pytest.mark.parametrize(
    ("jobs", "told"),
    [
        (["training"], "a job is a Training or a Serving, not 'training'"),
        ([Serving.of_model(), Serving.of_model(share=0.1)], "they ask for 1.1 of the modules"),
    ],
)
def test_jobs_that_cannot_be_are_refused(jobs, told):
    with pytest.raises(KscaleError, match=told):
        DysonSwarm(lots=10, modules=10).place(*jobs)
    with pytest.raises(KscaleError, match="share: a finite number above 0 and up to 1 is expected, not 2"):
        Training.of_model(share=2)


@settings(max_examples=30, deadline=None)
@drawn(seed=st.integers(0, 1_000), first=st.floats(0.01, 0.99), lost=st.floats(0, 0.9))
def test_jobs_never_share_a_module(seed, first, lost):
    whole = cloud(80, seed)
    network = whole.without(np.random.default_rng(seed).choice(80, int(lost * 80), replace=False))
    jobs = [Training.of_model(share=first), Serving.of_model(share=1 - first)]
    training, serving = place(network, jobs)
    assert not set(training.modules) & set(serving.modules)
    assert len(training.modules) + len(serving.modules) <= network.nodes
    assert training.tokens_per_second >= 0 and 0 <= training.waiting < 1


# -- heat ----------------------------------------------------------------------------------------------


def test_a_view_factor_is_that_of_rays():
    random, count, radius, apart = np.random.default_rng(6), 2_000_000, 1.0, 5.0
    normal = random.normal(size=(count, 3))
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    ray = random.normal(size=(count, 3))
    ray = ray / np.linalg.norm(ray, axis=1)[:, None] + normal  # Lambert's law
    ray /= np.linalg.norm(ray, axis=1)[:, None]
    toward = np.array([apart, 0, 0]) - normal * radius
    along = (toward * ray).sum(axis=1)
    miss = (toward**2).sum(axis=1) - along**2
    share = np.mean((along > 0) & (miss < radius**2))
    assert view_factor(radius, apart) == pytest.approx(share, rel=0.03)
    assert view_factor(1.0, 1e9) == pytest.approx(0.25e-18)


def test_neighbours_warm_a_module_by_the_mean_of_the_inverse_square():
    swarm = DysonSwarm(lots=10, modules=4_000, seed=1)
    heat = heat_of(swarm.network())
    p = swarm.parameters
    square = p.module_power * p.radiating_surface / (4 * math.pi)  # of a sphere's radius
    mean = 4_000 * square / 4 * 9 / 4 / (p.region_diameter / 2) ** 2  # two points in a ball: 9/4 of 1/R^2 in the mean
    assert heat.view == pytest.approx(mean, rel=0.1)
    assert heat.warming == pytest.approx(heat.view / 4, rel=1e-3)


def test_modules_flown_closer_warm_each_other():
    near, far = (heat_of(cloud(500, radius=radius)) for radius in (5e5, 5e7))
    assert near.view == pytest.approx(1e4 * far.view, rel=0.1) and near.warming > 1e-3


# -- the command ---------------------------------------------------------------------------------------


def test_the_command_tells_links_jobs_and_lots(capsys):
    command = ["swarm", "--days", "1", "--modules", "50", "--lots", "100", "--from-power", "1e13"]
    assert main(command) == 0
    printed = capsys.readouterr().out
    for row in (
        "links",
        "ways",
        "between halves",
        "training, apart",
        "serving",
        "light moves lots by",
        "a cascade takes",
    ):
        assert f"\n{row} " in printed
    assert main([*command, "--format", "json"]) == 0
    run = json.loads(capsys.readouterr().out)["run"]
    assert run["network"]["jobs"]["serving"]["modules"] == 5 and run["network"]["reach"] == 1
    assert run["encounters"]["meetings"] > 0

"""The simulator by second routes: orders of its integrators, closed forms, and what its records promise, run anew."""

import dataclasses
import math
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import expm

from kscale_nb import MODEL, KscaleError
from kscale_nb.machines.mind.transformer import Shape, Transformer, drawn_weights
from kscale_nb.machines.simulator import measures, network
from kscale_nb.machines.simulator.learners import Grid, fitted, flop_of, monomials, rolled, windows
from kscale_nb.machines.simulator.systems import CHAIN, GAS, KEPLER, LORENZ, Integrator, leapfrog, rk4, trajectories
from kscale_nb.machines.simulator.training import TOLD, warm_chain

SYSTEMS = [LORENZ, CHAIN, KEPLER, GAS]
RECORD = network.recorded()
each_system = pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)


@pytest.fixture(scope="module")
def lorenz():
    """What is learnt from, and what is foretold."""
    return trajectories(LORENZ, 40, 300, seed=11), trajectories(LORENZ, 40, 650, seed=12)


# -- the equations -------------------------------------------------------------------------------------


@each_system
def test_a_trajectory_is_that_of_an_independent_integrator(system):
    track = trajectories(dataclasses.replace(system, settling=0), 1, 12, seed=5)[0]
    span = system.step * 11
    other = solve_ivp(lambda _, state: system.rate(state), (0, span), track[0], "DOP853", rtol=1e-12, atol=1e-12)
    assert np.abs(other.y[:, -1] - track[-1]).max() < 1e-7


@pytest.mark.parametrize(("method", "order"), [(rk4, 4), (leapfrog, 2)])
def test_halving_the_step_divides_the_error_by_two_to_the_order(method, order):
    start = KEPLER.start(np.random.default_rng(3), 6)[:, None]
    exact = rolled(Integrator(KEPLER, parts=64), start, 20)[:, -1]
    far = [np.abs(rolled(Integrator(KEPLER, method, parts), start, 20)[:, -1] - exact).max() for parts in (2, 4, 8)]
    for coarse, fine in pairwise(far):
        assert math.log2(coarse / fine) == pytest.approx(order, abs=0.3)


@pytest.mark.parametrize("system", [CHAIN, KEPLER, GAS], ids=lambda system: system.name)
def test_the_force_is_the_slope_of_the_energy(system):
    state = trajectories(system, 1, 1, seed=2, parts=2)[0, 0]
    half = system.numbers // 2
    for number in range(half):
        nudge = np.zeros(system.numbers)
        nudge[number] = 1e-5
        slope = (system.energy(state + nudge) - system.energy(state - nudge)) / 2e-5
        assert system.rate(state)[half + number] == pytest.approx(-slope, abs=1e-6)
    assert np.array_equal(system.rate(state)[:half], state[half:])


def test_small_errors_in_the_lorenz_system_grow_at_the_declared_rate(lorenz):
    starts = lorenz[1][:, :1]
    one, other = (rolled(Integrator(LORENZ, parts=4), start, 600) for start in (starts, starts + 1e-9))
    grown = np.log(np.linalg.norm(one - other, axis=2)).mean(axis=0)
    rate = (grown[500] - grown[100]) / (400 * LORENZ.step)
    assert rate == pytest.approx(MODEL.value("lorenz_exponent"), rel=0.1)


def test_what_the_chapter_declares_is_what_runs():
    assert MODEL.value("lorenz_step") == LORENZ.step
    assert MODEL.value("forecast_threshold") == measures.THRESHOLD
    assert MODEL.value("grid_span") == Grid(np.zeros(1), np.ones(1), 8).span


# -- what is learnt by least squares -------------------------------------------------------------------


def test_the_chains_map_is_learnt_to_the_last_digits():
    """Against the closed form: the exponential of its matrix."""
    tracks = trajectories(CHAIN, 12, 100, seed=1, parts=100)
    learnt = fitted(tracks, lags=1, degree=1, ridge=0)
    matrix = CHAIN.rate(np.eye(CHAIN.numbers)).T
    step, state = expm(matrix * CHAIN.step), CHAIN.start(np.random.default_rng(9), 5)
    foretold = rolled(learnt, state[:, None], 500)
    for number in range(500):
        state = state @ step.T
        assert np.abs(foretold[:, number] - state).max() < 1e-8


def test_the_least_squares_are_those_of_the_normal_equations(lorenz):
    learnt = fitted(lorenz[0][:, :60], lags=2, degree=2, ridge=1e-4)
    stretches = (windows(lorenz[0][:, :60], 3) - learnt.mean) / learnt.spread
    asked = monomials(stretches[:, :2].reshape(len(stretches), 6), 2)
    normal = asked.T @ asked + 1e-4 * len(asked) * np.eye(28)
    assert asked.shape[1] == 28  # as many as Gauthier and others (2021) have for the Lorenz system
    assert np.abs(np.linalg.solve(normal, asked.T @ (stretches[:, 2] - stretches[:, 1])) - learnt.weights).max() < 1e-8


def test_learnt_maps_foretell_the_lorenz_system_for_some_lyapunov_times(lorenz):
    maps = {"reservoir": fitted(lorenz[0], 2, 2, 1e-9), "polynomial": fitted(lorenz[0], 1, 5, 1e-12)}
    maps["RK4"] = Integrator(LORENZ)
    times = {name: measures.valid_time(each, lorenz[1], LORENZ.step) for name, each in maps.items()}
    assert times["reservoir"] * MODEL.value("lorenz_exponent") > 3
    assert times["polynomial"] > times["RK4"]
    for name, time in times.items():
        assert time == pytest.approx(RECORD["Lorenz"]["maps"][name]["valid"], abs=2), name


def test_a_large_ridge_forgets_the_flow(lorenz):
    assert measures.valid_time(fitted(lorenz[0], 2, 2, 1.0), lorenz[1][:, :100], LORENZ.step) < 0.5


# -- the precision law ---------------------------------------------------------------------------------


@pytest.mark.parametrize("each_step", [True, False])
def test_each_bit_buys_the_time_that_the_law_says(lorenz, each_step):
    tracks = lorenz[1]
    statistics = tracks.mean(axis=(0, 1)), tracks.std(axis=(0, 1))
    bits = np.array([8, 16, 32])
    found = measures.horizons(Integrator(LORENZ), tracks[:, :1], bits, 1200, LORENZ.step, statistics, each_step)
    slope = np.polyfit(bits * math.log(2), found, 1)[0]
    assert slope == pytest.approx(1 / MODEL.value("lorenz_exponent"), rel=0.15)
    name = "horizon_rounded_always" if each_step else "horizon_rounded_once"
    assert found[1] == pytest.approx(MODEL.value(name, bytes_per_parameter=2), abs=2)


def test_a_grid_rounds_to_the_nearest_and_never_further_than_half_a_step():
    numbers = np.random.default_rng(1).uniform(-4, 4, (1000, 2))
    mean, spread = np.array([0.3, -1]), np.array([1.0, 2.5])
    for bits in (1, 8, 32):
        grid = Grid(mean, spread, bits)
        away = np.abs(grid(numbers) - numbers) / (8 * spread / 2**bits)
        assert away.max() <= 0.5 + 1e-6 and np.array_equal(grid(grid(numbers)), grid(numbers))
    far = Grid(np.zeros(2), np.ones(2), 12)(numbers) - numbers
    assert np.sqrt((far**2).mean()) == pytest.approx(8 / 2**12 / math.sqrt(12), rel=0.05)


# -- codes ---------------------------------------------------------------------------------------------


def test_a_linear_code_of_independent_numbers_keeps_its_share_and_no_more():
    numbers = np.random.default_rng(4).normal(size=(2, 4000, 24))
    for code in measures.CODES:
        for width in (6, 12, 24):
            error = measures.code_error(code, *numbers, width)
            assert error == pytest.approx(math.sqrt(1 - width / 24), abs=0.02)


def test_what_moves_together_takes_less():
    """A trained linear code keeps what the principal components keep (Baldi and Hornik, 1989)."""
    known, states = warm_chain(3000, 1), warm_chain(1000, 2)
    half = {code: measures.code_error(code, known, states, 16) for code in measures.CODES}
    left_out = np.linalg.eigvalsh(np.corrcoef(known.T))[:16].sum() / 32
    assert half["trained"] == pytest.approx(math.sqrt(left_out), rel=0.06)
    assert half["trained"] < 0.9 * half["by chance"]
    errors = [measures.code_error("trained", known, states, 32, bits) for bits in (4, 8)]
    assert errors == pytest.approx([8 / 2**bits / math.sqrt(12) for bits in (4, 8)], rel=0.2)


# -- the transformer -----------------------------------------------------------------------------------


def test_it_equals_the_minds_transformer_between_its_ends(lorenz):
    model = network.small_simulator()
    layers = {name: array for name, array in model.weights.items() if name not in network.ENDS}
    other = Transformer(model.shape, layers | {"embedding": model.weights["bias"][None]})
    window = lorenz[1][:2, : model.lags]
    told = ((window - model.weights["mean"]) / model.weights["spread"]).astype(np.float32)
    said = network.read_and_written(model.weights, model.shape, told, np)
    for row, expected in zip(told @ model.weights["read"].T + model.weights["bias"], said, strict=True):
        vectors = other._normed("last_norm", vectors_of(other, row))
        assert np.abs(vectors @ model.weights["write"].T - expected).max() < 1e-4


def vectors_of(model, rows):
    """What the layers make of rows that are no tokens: the model is given them as its embedding."""
    shape = dataclasses.replace(model.shape, vocabulary=len(rows))
    within = Transformer(shape, model.weights | {"embedding": rows})
    return within._vectors(np.arange(len(rows)), [within.cache(len(rows))])


def test_it_says_what_is_recorded_and_costs_what_is_counted():
    record, model = RECORD["Lorenz"]["maps"]["transformer"], network.small_simulator()
    tracks = trajectories(LORENZ, 24, 650, seed=3, parts=20)
    assert flop_of(model, tracks[0, :TOLD]) == record["flop"]
    assert model.parameters == RECORD["Lorenz"]["parameters"]
    assert measures.valid_time(model, tracks, LORENZ.step) == pytest.approx(record["valid"], rel=0.15)
    foretold = model.next(tracks[:, :TOLD])
    error = np.median(measures.errors(foretold[:, None], tracks[:, TOLD : TOLD + 1], tracks.std(axis=(0, 1))))
    assert error == pytest.approx(record["error"][1][0], rel=0.2)


def test_counting_counts_every_operation():
    class Doubled:
        lags = 1

        def next(self, window):
            return np.sqrt(window[:, -1] * 2 + 1) / np.exp(-window[:, -1])

    assert flop_of(Doubled(), np.ones((1, 5))) == 5 * 5
    matrix = fitted(trajectories(CHAIN, 4, 40, seed=1, parts=1), 1, 1, 1e-9)
    products = 2 * 32 * 32  # and the constant is added
    assert flop_of(matrix, np.ones((1, 32))) == products + 4 * 32  # standardised, scaled back and added
    shape = Shape(layers=1, width=8, query_heads=2, key_heads=2, hidden=16, vocabulary=1)
    model = network.StateTransformer(shape, network.drawn(shape, np.ones((1, 4, 3)) + np.eye(3)[[0, 1, 2, 0]], 1), 1)
    matrices = sum(2 * array.size for name, array in model.weights.items() if array.ndim == 2)
    assert matrices < flop_of(model, np.ones((1, 3))) < 1.6 * matrices


# -- bad input -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda: trajectories(LORENZ, 0, 5, 1), "at least one trajectory"),
        (lambda: Integrator(LORENZ, parts=0), "at least 1 is expected, not 0"),
        (lambda: fitted(np.ones((2, 5, 3)), 0, 2, 0), "from 1 and a ridge from 0"),
        (lambda: fitted(np.ones((2, 5, 3)), 1, 1, float("nan")), "a ridge from 0"),
        (lambda: fitted(np.full((2, 50, 3), np.nan), 1, 1, 0), "not finite"),
        (lambda: fitted(np.ones((2, 2, 3)), 2, 2, 0), "at least 3 states"),
        (lambda: fitted(np.ones((2, 5, 3)), 1, 3, 0), "20 products need as many stretches"),
        (lambda: rolled(Integrator(LORENZ), np.ones((2, 3)), 5), "a window"),
        (lambda: rolled(network.small_simulator(), np.ones((2, 3, 3)), 5), "4 or more states"),
        (lambda: Grid(np.zeros(1), np.ones(1), 0), "1 to 45 are expected, not 0"),
        (lambda: measures.drift(LORENZ, np.ones((1, 1, 3)), np.ones((1, 3))), "no energy"),
        (lambda: measures.code_error("trained", np.ones((9, 4)), np.ones((9, 4)), 5), "1 to 4 is expected, not 5"),
        (lambda: network.from_file({}), "'bias' is missing"),
        (lambda: network.from_file(broken(write=np.zeros((3, 31)))), "'write' of"),
        (lambda: network.from_file(broken(mean=np.array([0, np.inf, 0]))), "'mean' of"),
    ],
)
def test_bad_input_is_told_in_one_line(act, told):
    with pytest.raises(KscaleError, match=told) as caught:
        act()
    assert "\n" not in str(caught.value)


def broken(**changes):
    return network.as_file(network.small_simulator()) | changes


def test_what_is_packed_comes_back(lorenz):
    model = network.small_simulator()
    again = network.from_file(network.as_file(model))
    assert np.array_equal(again.next(lorenz[1][:, :TOLD]), model.next(lorenz[1][:, :TOLD]))


def test_what_runs_away_is_no_number_and_over_at_once():
    class Growing:
        lags = 1

        def next(self, window):
            return window[:, -1] * 1e5

    track = rolled(Growing(), np.ones((1, 1, 2)), 4)
    assert np.isnan(track[0, 1:]).all() and measures.valid_steps(measures.errors(track, np.ones((1, 4, 2)), 1)) == 0


def test_what_the_chapter_says_in_words_is_what_is_recorded():
    lorenz, chain, kepler, gas = (RECORD[system.name]["maps"] for system in SYSTEMS)
    assert lorenz["polynomial"]["valid"] > 1.5 * lorenz["RK4"]["valid"] > lorenz["transformer"]["valid"]
    assert 1.5 < lorenz["polynomial"]["flop"] / lorenz["polynomial"]["equal"] < 2.5
    for maps in (lorenz, chain, kepler, gas):
        assert maps["transformer"]["flop"] > 1000 * maps["transformer"]["equal"] > 0
    assert chain["linear"]["error"][1][-1] < 1e-12 and chain["linear"]["equal"] == 0
    assert 0.3 < chain["transformer"]["error"][1][-1] < 0.4 and 0.08 < chain["transformer"]["drift"] < 0.12
    learners = [kepler[name]["valid"] for name in ("reservoir", "polynomial", "transformer")]
    assert max(learners) < 3 * math.pi and kepler["leapfrog"]["valid"] == kepler["leapfrog"]["times"][-1]
    assert gas["transformer"]["valid"] < gas["linear"]["valid"] < gas["leapfrog"]["valid"]
    told, shares = RECORD["told"], RECORD["shares"]
    assert told["transformer"][-4:] == pytest.approx([5] * 4, abs=0.1) and told["polynomial"][-1] > 13
    assert shares["8"] > 0.95 * shares["16"] and shares["2"] > shares["16"] / 2
    assert max(RECORD["crowded"]["1"], RECORD["longer"]["8"]) < 0.1 * RECORD["crowded"]["0"]
    depth = RECORD["depth"]
    assert depth["8 passes of 2 layers"] < depth["4 layers"] < 0.6 * depth["1 layers"] < 0.1 * depth["polynomial"]


def test_the_files_are_small():
    sizes = [(files("kscale_nb") / "data" / name).stat().st_size for name in (network.FILE, network.RESULTS)]
    assert sum(sizes) < 300_000
    assert RECORD["date"] and RECORD["seed"] == 1


def test_a_transformer_of_drawn_weights_is_no_simulator(lorenz):
    """So that what is measured of the trained one is what it has learnt."""
    model = network.small_simulator()
    weights = network.drawn(model.shape, lorenz[0], 7)
    assert set(drawn_weights(model.shape, 1)) - {"embedding"} <= set(weights)
    untrained = network.StateTransformer(model.shape, weights, model.lags)
    assert measures.valid_time(untrained, lorenz[1][:, :200], LORENZ.step) < 0.5

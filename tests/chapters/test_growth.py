"""Growth and the calendar: the law by a second route, its limits, and the notebook's words."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import linprog
from scipy.sparse import lil_matrix

from kscale_nb import LEDGER, MODEL

YEAR, DAY = 31_557_600, 86_400


def test_plant_and_industry_in_balance_grow_as_the_closed_form_says():
    """Machines make, energy feeds, and whatever is made is shared so that neither waits."""
    value = MODEL.values()
    share, ratio = value["growth_share"], value["industry_over_plant"]

    def change(_time, state):
        plant, industry = state
        by_machines = industry / value["replication_time"]
        by_energy = share * plant / value["iron_nickel_per_power"] / value["delivered_energy"]
        made = min(by_machines, by_energy)
        return [made / (1 + ratio), made * ratio / (1 + ratio)]

    run = solve_ivp(change, (0, 5 * YEAR), [1.0, ratio], rtol=1e-10, atol=1e-12)
    doubling = math.log(2) * 5 * YEAR / math.log(run.y[0, -1])
    assert doubling == pytest.approx(value["fastest_doubling"], rel=1e-6)


def test_too_little_industry_makes_growth_slower():
    value = MODEL.values()
    share, ratio = value["growth_share"], value["industry_over_plant"] / 10
    fed = share / (value["iron_nickel_per_power"] * value["delivered_energy"])
    made = min(ratio / value["replication_time"], fed)
    assert made / (1 + ratio) < math.log(2) / value["fastest_doubling"]


def test_growth_time_is_the_sum_of_its_parts():
    fast = MODEL.value("fastest_doubling")
    assert MODEL.value("fastest_doubling", replication_time=2 * YEAR) - fast == pytest.approx(math.log(2) * YEAR)
    assert MODEL.value("energy_doubling") + math.log(2) * YEAR == pytest.approx(fast)


def test_replication_in_the_calendars_time_keeps_the_calendar():
    needed = MODEL.value("calendar_replication")
    assert MODEL.value("fastest_doubling", replication_time=needed) == pytest.approx(MODEL.value("swarm_doubling_time"))
    assert MODEL.value("swarm_wait", replication_time=needed) == pytest.approx(MODEL.value("phase_3_length"))
    assert MODEL.value("industry_over_plant", replication_time=needed) == pytest.approx(
        MODEL.value("calendar_industry_over_plant")
    )


def best_by_linear_programme(value: dict, years: int, steps_a_year: int = 60) -> float:
    """The greatest growth of a plant within so many years: what is made is shared anew in each of many steps.

    Masses are told over those of balanced growth, which keeps the numbers of one size.
    """
    steps = steps_a_year * years
    share, tau = value["growth_share"], value["replication_time"]
    payback, ratio = value["plant_payback"], value["industry_over_plant"]
    step, rate = years * YEAR / steps, 1 / value["growth_time"]
    scale = np.exp(rate * step * np.arange(steps + 1))
    columns = 4 * steps + 2  # plant and industry at each moment, what is made of either in each step
    plant, industry = np.arange(steps + 1), steps + 1 + np.arange(steps + 1)
    made = 2 * (steps + 1) + np.arange(2 * steps).reshape(2, steps)
    equal, most = lil_matrix((2 * steps + 2, columns)), lil_matrix((2 * steps, columns))
    for k in range(steps):
        for row, (mass, made_of_it) in enumerate(((plant, made[0]), (industry, made[1]))):
            equal[2 * k + row, [mass[k + 1], mass[k], made_of_it[k]]] = scale[k + 1] / scale[k], -1, -step
        means = np.array([1, scale[k + 1] / scale[k]]) / 2
        most[2 * k, made[:, k]], most[2 * k, industry[k : k + 2]] = 1, -means / tau
        most[2 * k + 1, made[:, k]], most[2 * k + 1, plant[k : k + 2]] = 1, -means * share / payback
    equal[2 * steps, plant[0]] = equal[2 * steps + 1, industry[0]] = 1
    start = np.concatenate([np.zeros(2 * steps), [1, ratio]])
    wish = np.zeros(columns)
    wish[plant[-1]] = -1
    found = linprog(wish, A_ub=most.tocsr(), b_ub=np.zeros(2 * steps), A_eq=equal.tocsr(), b_eq=start, method="highs")
    assert found.success
    return -found.fun * scale[-1]


@pytest.mark.parametrize("years", [2, 8, 18])
def test_no_plan_grows_further_than_the_fastest(years):
    """In step until one machine time before the end, then plant alone; found again without being told."""
    value = MODEL.values()
    in_step = years * YEAR - value["replication_time"]
    fastest = math.exp(in_step / value["growth_time"]) * value["last_growth"]
    assert best_by_linear_programme(value, years) == pytest.approx(fastest, rel=1e-3)


def test_an_earlier_or_later_change_to_plant_alone_grows_less():
    value = MODEL.values()

    def grown(last: float) -> float:
        """Over ten years, if plant alone is made for a last while."""
        return math.exp((10 * YEAR - last) / value["growth_time"]) * (
            1 + value["industry_over_plant"] * last / value["replication_time"]
        )

    times = np.linspace(0, 3, 301) * value["replication_time"]
    assert times[np.argmax([grown(last) for last in times])] == pytest.approx(value["replication_time"])


def test_the_fastest_plan_from_a_seed_takes_twice_as_long_as_from_the_worlds_supply():
    value = MODEL.values()
    assert value["seed_mass"] == pytest.approx(
        value["seed_power"] * value["iron_nickel_per_power"] * (1 + value["industry_over_plant"])
    )
    doublings = value["seed_doublings"] - value["swarm_doublings"]
    assert value["seed_wait"] - value["fastest_wait"] == pytest.approx(doublings * value["fastest_doubling"])
    assert 1.9 < value["seed_wait"] / value["fastest_wait"] < 2.1


def test_what_is_brought_costs_what_the_production_line_pays():
    value = MODEL.values()
    assert value["carriage_energy"] * value["line_mass"] == pytest.approx(
        value["carrying_energy"] + value["feed_energy"]
    )
    assert value["metal_over_mass"] * value["line_mass"] == pytest.approx(value["line_mass"] + value["propellant_mass"])


def test_the_machine_at_the_higher_rating_is_the_same_model_with_more_power():
    grown = MODEL.values(K1_power=MODEL.value("swarm_power"))
    for here, there in (
        ("swarm_parameters", "active_parameters"), ("swarm_tokens", "training_tokens"),
        ("swarm_compute", "training_compute"), ("swarm_memory", "total_memory"),
        ("swarm_computing", "computing_power"), ("swarm_tokens_over_text", "tokens_over_human_text"),
    ):  # fmt: skip
        assert MODEL.value(here) == pytest.approx(grown[there], rel=1e-12)


def test_what_carries_the_swarm():
    value = MODEL.values()
    assert value["asteroid_power"] < value["K1_power"] < value["psyche_growth_power"] < value["swarm_power"]
    assert value["swarm_power"] < value["psyche_power"] < value["sun_power"]


def test_the_swarm_is_possible_and_argued_in_words():
    verdict = LEDGER.judge("tip.swarm")
    assert (verdict.verdict, verdict.physics) == ("qualitative", "supported")


def test_waits_follow_from_doublings():
    value = MODEL.values()
    doublings = np.log2(value["swarm_power"] / value["world_power"])
    assert value["swarm_wait"] == pytest.approx(doublings * value["fastest_doubling"])
    assert value["swarm_wait"] / value["phase_3_length"] == pytest.approx(value["doubling_shortfall"])


def test_the_earths_shadow_ends_before_l5():
    value = MODEL.values()
    sun, earth, apart = value["solar_radius"], value["earth_radius"], value["earth_orbit"]
    length = value["umbra_length"]  # beyond the Earth, both discs are equally wide in the sky
    assert earth / length == pytest.approx(sun / (apart + length))
    assert length < value["earth_orbit"] / 100

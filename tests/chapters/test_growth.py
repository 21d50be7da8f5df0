"""Growth and the calendar: the law by a second route, its limits, and the notebook's words."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

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
    assert MODEL.value("swarm_wait", replication_time=needed) == pytest.approx(MODEL.value("phase_3_length"), rel=1e-6)
    assert MODEL.value("industry_over_plant", replication_time=needed) == pytest.approx(
        MODEL.value("calendar_industry_over_plant")
    )


def test_beside_the_metal_the_calendar_needs_188_days():
    nearly = {"transfer_speed": 1e-3}  # no carrying
    assert MODEL.value("plant_payback", **nearly) == pytest.approx(MODEL.value("making_payback"), rel=1e-4)
    assert MODEL.value("calendar_replication", **nearly) / DAY == pytest.approx(188, abs=0.5)
    assert MODEL.value("swarm_wait", **nearly) / YEAR == pytest.approx(14.73, abs=0.01)
    assert MODEL.value("swarm_psyches", **nearly) == pytest.approx(0.7125, abs=0.0005)
    assert MODEL.value("balanced_psyches", **nearly) == pytest.approx(25.35, abs=0.01)


def test_both_chapters_count_the_carrying_alike():
    value = MODEL.values()
    carried = value["carrying_energy"] + value["feed_energy"]
    assert carried / value["line_mass"] == pytest.approx(value["carriage_energy"], rel=1e-12)


def test_the_fastest_plan_by_integration():
    value = MODEL.values()
    ratio, rate, tau = value["industry_over_plant"], 1 / value["growth_time"], value["replication_time"]
    switch = value["swarm_wait"] - tau
    plant = value["world_power"] * math.exp(rate * switch)
    assert plant * (1 + ratio) == pytest.approx(value["swarm_power"])
    for other in (0.5 * tau, 0.9 * tau, 1.1 * tau, 2 * tau):
        begun = value["swarm_power"] / (1 + ratio * other / tau)
        assert math.log(begun / value["world_power"]) / rate + other > value["swarm_wait"]
    seed = value["seed_mass"] / (1 + ratio) / value["iron_nickel_per_power"]
    assert MODEL.value("swarm_wait", world_power=seed) == pytest.approx(value["seed_wait"])


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
    assert value["balanced_wait"] == pytest.approx(doublings * value["fastest_doubling"])
    assert value["balanced_wait"] / value["phase_3_length"] == pytest.approx(value["doubling_shortfall"])


def test_the_earths_shadow_ends_before_l5():
    value = MODEL.values()
    sun, earth, apart = value["solar_radius"], value["earth_radius"], value["earth_orbit"]
    length = value["umbra_length"]  # beyond the Earth, both discs are equally wide in the sky
    assert earth / length == pytest.approx(sun / (apart + length))
    assert length < value["earth_orbit"] / 100

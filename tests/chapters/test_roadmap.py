"""The chapter on the roadmap: its bills and its calendar by a second route."""

import json
import math
import re

import numpy as np
import pytest
from conftest import ROOT

from kscale_nb import LEDGER, MODEL


@pytest.fixture(scope="module")
def notebook():
    cells = json.loads((ROOT / "notebooks" / "roadmap.ipynb").read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells]


def test_doublings_counted_one_by_one():
    power, days = 592e18 / 31_557_600, 0.0  # the world's supply of 2024
    while 2 * power <= 1e21:
        power, days = 2 * power, days + MODEL.value("swarm_doubling_time") / 86_400
    days += MODEL.value("swarm_doubling_time") / 86_400 * math.log2(1e21 / power)
    assert days == pytest.approx(8 * 365.25)
    assert MODEL.value("swarm_doublings") == pytest.approx(25.67, abs=0.005)


def test_the_target_rates_one_and_a_half():
    assert (math.log10(MODEL.value("swarm_power")) - 6) / 10 == pytest.approx(1.5)
    assert MODEL.value("swarm_power", swarm_rating=1.0) == pytest.approx(MODEL.value("type_one_power"))


def test_an_hour_of_an_h100():
    operations = 989.4e12 * 0.40 * 3600
    assert MODEL.value("rent_per_flop") == pytest.approx(2.5 / operations)
    drawn = 10.2 * 1.15 / 8  # kWh in an hour: of a server with eight, and of the hall
    assert MODEL.value("electricity_share") == pytest.approx(drawn * 0.0806 / 2.5)  # at 8.06 cents
    assert MODEL.value("electricity_per_flop") == pytest.approx(drawn * 0.0806 / operations)
    assert MODEL.value("h100_bill") == pytest.approx(30_000 * 7.675e25 / 989.4e12)
    assert MODEL.value("energy_per_dollar") == pytest.approx(3.6e9 / 80.6)


def test_the_swarm_wing_by_wing():
    wings = 1e21 / 20e3  # of 20 kW and 340 kg
    assert MODEL.value("swarm_mass") == pytest.approx(340 * wings, rel=0.01)
    assert MODEL.value("swarm_bill") == pytest.approx(340 * wings * (2720 + 1096), rel=0.01)
    assert MODEL.value("ground_bill") == pytest.approx(0.691 * 1e21)
    assert MODEL.value("launch_bill") + MODEL.value("craft_bill") == pytest.approx(MODEL.value("swarm_bill"))


def test_at_the_affordable_price_eight_years_pay():
    price = MODEL.value("affordable_price")
    bill = MODEL.value("ground_bill", solar_capital=price)
    assert bill == pytest.approx(8 * 117.17e12)
    assert MODEL.value("ground_bill_years", solar_capital=price) == pytest.approx(1)
    assert MODEL.invert("solar_capital", "ground_bill_years", 1) == pytest.approx(price, rel=1e-6)


def test_every_reading_of_the_bill_exceeds_the_world_by_five_decades():
    inputs = ("solar_capital", "world_product", "array_specific_power", "launch_price", "craft_price")
    ranges = {name: (MODEL[name].low, MODEL[name].high) for name in inputs}
    bounds = MODEL.intervals(["ground_bill_years", "swarm_bill_years"], **ranges)
    assert min(low for low, _ in bounds.values()) > 1e5
    assert MODEL["hoped_launch_price"].low * MODEL.value("swarm_mass") > 1e5 * 8 * MODEL["world_product"].high


def test_a_park_pays_itself_back_in_full_sun():
    sold_in_a_year = 8766 * 0.058  # kilowatt-hours of one kilowatt, in dollars
    assert MODEL.value("solar_payback") / 31_557_600 == pytest.approx(691 / sold_in_a_year)


def test_rival_blocks_are_drawn_at_random():
    generator = np.random.default_rng(2008)
    crossing = 2 * 149_597_870_700 / 299_792_458
    rivals = generator.exponential(600, size=200_000) < crossing
    assert MODEL.value("orbit_crossing") == pytest.approx(crossing)
    assert rivals.mean() == pytest.approx(MODEL.value("stale_share"), abs=0.004)
    slow = MODEL.value("stale_share", block_interval=86_400.0 * 1.155)
    assert slow == pytest.approx(0.01, rel=0.01)


def test_one_cloud_disagrees_less_than_a_ring():
    radius, value = MODEL.value("cloud_diameter") / 2, MODEL.values()
    area = value["swarm_power"] / (value["sunlight_at_mirrors"] * value["sunlight_to_electricity"])
    across, along = radius / 4 ** (1 / 3), 2 * radius / 4 ** (1 / 3)  # half axes of the ellipsoid of that volume
    volume = 4 / 3 * math.pi * across * along**2
    assert volume == pytest.approx(4 / 3 * math.pi * radius**3)
    depth = area / volume * 2 * across * 3 / 8  # half the mean over the chords through all that is there
    assert depth == pytest.approx(-math.log(1 - value["tolerated_shade"]))
    assert value["cloud_crossing"] == pytest.approx(2 * along / 299_792_458)
    assert value["cloud_stale_share"] == pytest.approx(1 - math.exp(-value["cloud_crossing"] / 600))
    assert MODEL.value("cloud_diameter", tolerated_shade=0.04) < value["cloud_diameter"]


def test_the_announced_pace_is_a_hundred_gigawatts_a_year():
    assert MODEL.value("announced_growth") * 31_557_600 == pytest.approx(100e9)
    assert MODEL.value("announced_wait") / 31_557_600 == pytest.approx(1e21 / 100e9)


def test_efficiency_and_use_grow_together():
    years = np.arange(11)
    work = 1.5**years * 1.12**years
    assert work[1] - 1 == pytest.approx(MODEL.value("work_growth"))
    assert 1.5 ** (MODEL.value("chip_doubling_time") / 31_557_600) == pytest.approx(2)


def test_the_tree_in_the_notebook_has_five_branches_of_four(notebook):
    (text,) = [cell for cell in notebook if "MERMAID" in cell]
    edges = re.findall(r"^(\w+)(?:\[[^\]]*\])? --> (\w+)\[([^\]]+)\]$", text, re.M)
    branches = [child for parent, child, _ in edges if parent == "A"]
    leaves = [child for parent, child, _ in edges if parent in branches]
    assert (len(branches), len(leaves), len(edges)) == (5, 20, 25)
    assert len({name for *_, name in edges}) == 25
    assert MODEL.value("community_activities") == len(leaves)


def test_twelve_siblings_are_drawn(notebook):
    (text,) = [cell for cell in notebook if "Nakamoto Consensus" in cell and "needs = [" in cell]
    numbers = {int(number) for number in re.findall(r"^    (1\d\d): \(", text, re.M)}
    assert numbers == set(range(116, 128)) and len(numbers) == MODEL.value("siblings")
    assert MODEL.value("interfaces") == math.comb(len(numbers) + 1, 2)


def test_the_rows_of_the_roadmap_are_judged():
    verdicts = {claim.id: LEDGER.judge(claim.id) for claim in LEDGER if claim.chapter == "roadmap"}
    assert {claim_id: (v.verdict, v.physics) for claim_id, v in verdicts.items()} == {
        "tip.kardashev": ("assumed", "n/a"),
        "tip.planetary": ("qualitative", "disputed"),
        "tip.security": ("qualitative", "n/a"),
        "tip.test-plan": ("qualitative", "n/a"),
        "tip.economics": ("qualitative", "unverified"),
        "tip.compatibility": ("qualitative", "n/a"),
        "tip.phase-1": ("assumed", "n/a"),
        "tip.phase-2": ("assumed", "supported"),
        "tip.phase-3": ("assumed", "disputed"),
        "tip.energy-waste": ("qualitative", "disputed"),
        "tip.community": ("exact", "n/a"),
        "tip.integrations": ("exact", "unverified"),
        "tip.number": ("qualitative", "n/a"),
    }


def test_another_number_of_siblings_would_be_noticed():
    assert LEDGER.judge("tip.integrations", last_sibling=128.0).verdict == "off"
    assert LEDGER.judge("tip.community", branch_activities=2.0).verdict == "off"


def test_what_a_joule_costs_has_its_range():
    (low, high) = MODEL.intervals(["energy_per_dollar"], industrial_price=(57.5 / 3.6e9, 190 / 3.6e9))[
        "energy_per_dollar"
    ]
    assert (low / 1e6, high / 1e6) == pytest.approx((3600 / 190, 3600 / 57.5))

"""Ranges of systems to their ends, and fields that are multiples of others, in whatever order they are told."""

import json
import math

import pytest
from test_systems import LAPTOP, RATE, read  # noqa: F401

from kscale_nb import KscaleError
from kscale_nb.machines.metrics.report import as_record, chosen_systems, one_system, range_text
from kscale_nb.machines.metrics.systems import own_systems

EIGHT = '[chain]\npower = { value = 8, low = 4, high = 16, unit = "W", source = "a meter" }\n'
TWICE = '{field} = {{ value = 2, times = "{base}", source = "a guess" }}\n'


@pytest.mark.parametrize("swapped", [False, True])
def test_a_chain_of_multiples_is_multiplied_out(read, swapped):  # noqa: F811
    links = [TWICE.format(field="facility_power", base="power"),
             TWICE.format(field="available_power", base="facility_power")]  # fmt: skip
    record = read(EIGHT + "".join(reversed(links) if swapped else links))["chain"]
    assert (record.system.power, record.system.facility_power, record.system.available_power) == (8, 16, 32)
    for corner in record.corners("kardashev_utilisation"):
        assert corner.available_power == 2 * corner.facility_power == 4 * corner.power
    utilised = record.measure("kardashev_utilisation")
    assert (utilised.metric.value, utilised.low, utilised.high) == (0.5, 0.5, 0.5)


def test_a_multiple_moves_with_a_base_that_the_metric_does_not_name(read):  # noqa: F811
    text = (
        "[hall]\n" + RATE + 'power = { value = 0.5, times = "available_power", source = "a guess" }\n'
        'available_power = { value = 80, low = 40, high = 160, unit = "W", source = "a meter" }\n'
    )
    entropy = read(text)["hall"].measure("entropy_production")
    assert entropy.metric.value == pytest.approx(40 / 300 / 8e12)
    assert (entropy.low, entropy.high) == pytest.approx((20 / 300 / 8e12, 80 / 300 / 8e12))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (TWICE.format(field="facility_power", base="available_power"),
         "mine.toml, chain: facility_power: times names 'available_power', which is not told"),
        (TWICE.format(field="facility_power", base="available_power")
         + TWICE.format(field="available_power", base="facility_power"),
         "chain: facility_power: times goes in a circle: facility_power, available_power, facility_power"),
        (f'mass = {{ value = {"9" * 330}, unit = "kg", source = "a" }}\n', "value must be a finite number, got 9999"),
        (f'mass = {{ value = {"9" * 5000}, unit = "kg", source = "a" }}\n', "mine.toml: "),
        ('mass = { value = 3, low = 0, unit = "kg", source = "a" }\n', "chain: mass: low must be positive, got 0"),
        ('mass = { value = 3, low = -2, unit = "kg", source = "a" }\n', "mass: low must be positive, got -2"),
        ('mass = { value = 3, high = 1e308, unit = "Mt", source = "a" }\n',
         "high must be a finite number, got 1e+308 Mt"),
        ('recycled_heat = { value = 0.5, high = 1.5, unit = "1", source = "a" }\n',
         "recycled_heat: high is a share and cannot exceed 1, got 1.5"),
        ('temperature = { value = 20, unit = "degC", source = "a" }\n', "(temperatures are told in kelvin, unit = "),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_field_and_end(read, text, told):  # noqa: F811
    with pytest.raises(KscaleError) as caught:
        read(EIGHT + text)
    assert told in str(caught.value) and "\n" not in str(caught.value) and len(str(caught.value)) < 200


def test_power_down_to_nothing_is_refused_with_file_field_and_end(read):  # noqa: F811
    with pytest.raises(KscaleError, match=r"^mine.toml, laptop: power: low must be positive, got 0$"):
        read(LAPTOP.replace("low = 30", "low = 0"))


def test_the_key_of_a_system_without_a_name_is_told_once(read):  # noqa: F811
    with pytest.raises(KscaleError, match=r"^mine.toml, a: power must be positive, got 0$"):
        read('[a]\npower = { value = 0, unit = "W", source = "a" }\n')


def test_ends_that_cannot_be_together_meet(read):  # noqa: F811
    text = LAPTOP + (
        'facility_power = { value = 55, low = 50, high = 70, unit = "W", source = "a" }\n'
        'bits_erased_per_flop = { value = 300, low = 100, high = 1000, unit = "1/FLOP", source = "a" }\n'
        'bits_switched_per_flop = { value = 800, low = 200, high = 2000, unit = "1/FLOP", source = "a" }\n'
    )
    record = read(text)["laptop"]
    ratio, reversible = record.measure("energy_efficiency_ratio"), record.measure("reversible_efficiency")
    assert (ratio.low, ratio.high) == pytest.approx((30 / 70, 1))
    assert (reversible.low, reversible.high) == pytest.approx((0, 0.95))
    assert all(corner.power <= corner.facility_power for corner in record.corners("energy_efficiency_ratio"))
    for corner in record.corners("reversible_efficiency"):
        assert corner.bits_erased_per_flop <= corner.bits_switched_per_flop


def test_a_range_without_an_upper_end_is_said_and_valid_json(read):  # noqa: F811
    text = LAPTOP + (
        'area = { value = 1, unit = "m^2", source = "a" }\n'
        'temperature = { value = 300, low = 285, high = 310, unit = "K", source = "a" }\n'
        'sink_temperature = { value = 280, low = 270, high = 290, unit = "K", source = "a" }\n'
    )
    record = read(text)["laptop"]
    measured = record.measure("heat_dissipation")
    assert measured.metric.value > 0 and measured.high == math.inf
    assert range_text(measured).endswith(" up")
    written = json.dumps(as_record(record), allow_nan=False)
    (row,) = [row for row in json.loads(written)["metrics"] if row["name"] == "heat_dissipation"]
    assert row["low"] > 0 and row["high"] is None


def test_all_own_systems_are_valid_json():
    for record in own_systems().values():
        json.dumps(as_record(record), allow_nan=False)


def test_the_report_says_whose_bits_are_counted():
    assert "bits that its gates erase        1,000 1/FLOP" in one_system(own_systems()["k1s1ai"])


@pytest.mark.parametrize("wanted", ["mine.txt", "folder/mine", "mine.tml"])
def test_a_file_of_another_kind_is_not_taken_for_a_system(wanted):
    with pytest.raises(KscaleError, match=r"a file of systems is TOML, and its name ends in \.toml"):
        chosen_systems(wanted)
    with pytest.raises(KscaleError, match="unknown system 'brian': did you mean 'brain'"):
        chosen_systems("brian")


def test_the_documents_machine_weighs_what_servers_do():
    """Comparable: both masses are the computer's alone, so that only the network's share of power differs."""
    densities = {key: own_systems()[key].measure("power_density").metric.value for key in ("dgx-h100", "k1s1ai")}
    ratio = own_systems()["k1s1ai"].measure("energy_efficiency_ratio").metric.value
    assert densities["k1s1ai"] == pytest.approx(ratio * densities["dgx-h100"])

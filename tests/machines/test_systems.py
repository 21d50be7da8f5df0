"""Systems in TOML: the package's own table, a reader's file, ranges, and files that are refused by field name."""

import math

import pytest
from conftest import ROOT

from kscale_nb import MODEL, KscaleError
from kscale_nb.machines.metrics.metrics import METRICS, measure
from kscale_nb.machines.metrics.systems import UNITS, load_systems, own_systems
from kscale_nb.sources import source_keys
from kscale_nb.units import parse_unit

POWER = 'power = { value = 40, unit = "W", low = 30, high = 60, source = "a meter" }\n'
RATE = 'throughput = { value = 8, unit = "TFLOP/s", source = "a data sheet" }\n'
LAPTOP = f'[laptop]\nname = "my laptop"\n{POWER}{RATE}'


@pytest.fixture
def read(tmp_path):
    """Writes a file of systems and reads it."""

    def load(text: str):
        path = tmp_path / "mine.toml"
        path.write_text(text)
        return load_systems(path)

    return load


def test_every_field_of_the_table_has_a_source_or_a_quantity_behind_it():
    assert set(own_systems()) == {"dgx-h100", "frontier", "el-capitan", "kairos", "bitcoin", "brain", "k1s1ai"}
    for record in own_systems().values():
        for field, datum in record.data.items():
            assert datum.low <= datum.value <= datum.high, (record.key, field)
            assert datum.source in source_keys() or not MODEL[datum.quantity].is_given, (record.key, field)


def test_every_gap_of_the_table_is_explained():
    for record in own_systems().values():
        for name, measured in record.measure_all().items():
            assert (measured.metric.value is None) == bool(measured.reason), (record.key, name)
            assert "is not told" not in measured.reason or record.unknown, (record.key, name)
            missing = set(measured.metric.missing)
            assert not missing or missing & set(record.unknown), (record.key, name)


def test_no_system_of_the_table_breaks_a_bound_anywhere_in_its_ranges():
    for record in own_systems().values():
        for name in METRICS:
            assert record.measure(name).metric.holds is not False
            for corner in record.corners(name):
                assert measure(corner, name).holds is not False, (record.key, name)


def test_the_documents_machine_is_live_and_typed_nowhere():
    record = own_systems()["k1s1ai"]
    assert all(datum.quantity for datum in record.data.values())
    for field, datum in record.data.items():
        unit = {"learned_bits": 1 / 8}.get(field, 1.0)
        assert getattr(record.system, field) == pytest.approx(MODEL.value(datum.quantity) / unit)
    by_model = {
        "landauer_compliance": "K1_landauer_compliance", "reversible_efficiency": "K1_reversible_efficiency",
        "entropy_production": "K1_entropy_per_flop", "energy_efficiency_ratio": "K1_efficiency_ratio",
        "power_density": "K1_power_density", "kardashev_utilisation": "computing_share",
        "kardashev_conversion": "sunlight_to_electricity", "intelligence_per_watt": "K1_tokens_per_joule",
        "learning_efficiency": "K1_learning_efficiency", "heat_dissipation": "K1_heat_dissipation",
    }  # fmt: skip
    for name, quantity in by_model.items():
        assert record.measure(name).metric.value == pytest.approx(MODEL.value(quantity), rel=1e-9), name


def test_the_numbers_agree_with_the_sources_own_ratios():
    """Second routes: figures that the sources print beside those that the table takes."""

    def per_watt(key):
        system = own_systems()[key].system
        return system.throughput / system.power

    assert per_watt("el-capitan") == pytest.approx(60.9e9, rel=2e-3)
    kairos = [s.throughput / s.power for s in own_systems()["kairos"].corners("landauer_compliance")]
    assert min(kairos) <= 73.28e9 <= max(kairos) * 1.001
    assert MODEL.value("bitcoin_energy_per_hash") == pytest.approx(28.2e-12, rel=1e-3)  # J/TH of the same survey
    bitcoin = own_systems()["bitcoin"].system
    assert bitcoin.carbon_intensity * 138e9 / 1e12 == pytest.approx(39.8, rel=2e-3)  # million tonnes a year
    assert own_systems()["frontier"].system.carbon_intensity == pytest.approx(624.94 * 453.592 / 1000, rel=1e-3)
    assert own_systems()["frontier"].system.mass == pytest.approx(74 * 8000 * 0.45359237, rel=1e-3)
    inch = 0.0254
    a, b, c = 14 * inch, 19 * inch, 35.3 * inch
    dgx = own_systems()["dgx-h100"].system
    assert dgx.area == pytest.approx(2 * (a * b + b * c + a * c), rel=1e-3)
    assert dgx.volume == pytest.approx(a * b * c, rel=1e-3)
    assert dgx.training_energy == pytest.approx(30.84e6 * 3600 * 700, rel=1e-3)
    assert dgx.learned_bits == pytest.approx(3.6 * 405e9)


def test_the_units_of_fields_are_units():
    for unit in UNITS.values():
        parse_unit(unit)


# -- a reader's file -----------------------------------------------------------------------------------


def test_a_readers_file_is_read_with_any_source_and_unit(read):
    record = read(LAPTOP)["laptop"]
    assert record.system.name == "my laptop" and record.system.throughput == 8e12
    assert record.data["power"].source == "a meter"
    measured = record.measure("entropy_production")
    assert measured.metric.value == pytest.approx(40 / 300 / 8e12)
    assert (measured.low, measured.high) == pytest.approx((30 / 300 / 8e12, 60 / 300 / 8e12))
    assert record.measure("power_density").reason == "mass is not told"


def test_units_are_converted_to_those_of_the_metrics(read):
    text = LAPTOP + (
        'carbon_intensity = { value = 0.4, unit = "kg/kWh", source = "a bill" }\n'
        'learned_bits = { value = 1, unit = "GB", source = "a guess" }\n'
        'training_energy = { value = 1, unit = "kWh", source = "a meter" }\n'
    )
    system = read(text)["laptop"].system
    assert system.carbon_intensity == pytest.approx(400)
    assert system.learned_bits == pytest.approx(8e9)
    assert system.training_energy == pytest.approx(3.6e6)


def test_a_quantity_of_the_model_brings_value_range_and_source(read):
    record = read(LAPTOP + 'available_power = { quantity = "world_power" }\n')["laptop"]
    world = MODEL["world_power"]
    assert record.system.available_power == world.value
    assert (record.data["available_power"].low, record.data["available_power"].high) == (world.low, world.high)
    measured = record.measure("kardashev_utilisation")
    assert measured.low == pytest.approx(30 / world.high) and measured.high == pytest.approx(60 / world.low)


def test_one_uncertain_thing_behind_two_fields_moves_both_at_once(read):
    text = LAPTOP + 'facility_power = { value = 1.3, times = "power", low = 1.2, high = 1.5, source = "the hall" }\n'
    measured = read(text)["laptop"].measure("energy_efficiency_ratio")
    assert measured.metric.value == pytest.approx(1 / 1.3)
    assert (measured.low, measured.high) == pytest.approx((1 / 1.5, 1 / 1.2))  # the range of power has no part in it
    bits = 'bits_erased_per_flop = { quantity = "bits_erased_per_flop" }\n'
    switched = 'bits_switched_per_flop = { quantity = "bits_switched_per_flop" }\n'
    same = read(LAPTOP + bits + switched)["laptop"].measure("reversible_efficiency")
    assert (same.low, same.high) == (0, 0)


def test_a_law_that_is_broken_is_shown_and_not_refused(read):
    text = LAPTOP.replace('8, unit = "TFLOP/s"', '8, unit = "ZFLOP/s"')
    record = read(text + 'bits_erased_per_flop = { quantity = "bits_erased_per_flop" }\n')["laptop"]
    metric = record.measure("landauer_compliance").metric
    assert metric.holds is False and metric.value == pytest.approx(8e21 * 1000 * 1.380649e-23 * 300 * math.log(2) / 40)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no system in it"),
        ("[laptop", "mine.toml"),
        ('power = { value = 40, unit = "W" }\n', "'power' stands in no table: a [name] such as [laptop] is missing"),
        ('name = "x"\n[laptop]\n', "'name' stands in no table: a [name] such as [laptop] is missing"),
        ("laptop = 3\n", "mine.toml, laptop: expected a table"),
        ('[laptop]\nname = "x"\n', "mine.toml, laptop: field 'power' is missing"),
        (LAPTOP + 'powr = { value = 1, unit = "W", source = "a" }\n', "unknown field 'powr': did you mean 'power'"),
        (LAPTOP + "mass = 3\n", "laptop: mass: expected { value"),
        (LAPTOP + 'mass = { value = 3, unit = "W", source = "a" }\n', "mass is measured in 'kg', and 'W' does not fit"),
        (LAPTOP + 'mass = { value = 3, unit = "kgg", source = "a" }\n', "mass: unknown unit 'kgg'"),
        (LAPTOP + 'mass = { value = 3, unit = "kg" }\n', "mass: source is missing"),
        (LAPTOP + 'mass = { value = 3, unit = "kg", source = "" }\n', "mass: source is missing"),
        (LAPTOP + 'mass = { value = 3, source = "a" }\n', "mass: unit is missing"),
        (LAPTOP + 'mass = { unit = "kg", source = "a" }\n', "mass: value is missing"),
        (LAPTOP + 'mass = { value = -3, unit = "kg", source = "a" }\n', "mass must be positive, got -3"),
        (LAPTOP + 'mass = { value = 0, unit = "kg", source = "a" }\n', "mass must be positive, got 0"),
        (LAPTOP + 'mass = { value = nan, unit = "kg", source = "a" }\n', "value must be a finite number, got nan"),
        (LAPTOP + 'mass = { value = inf, unit = "kg", source = "a" }\n', "value must be a finite number, got inf"),
        (LAPTOP + 'mass = { value = "3", unit = "kg", source = "a" }\n', "mass: value cannot be '3'"),
        (LAPTOP + 'mass = { value = true, unit = "kg", source = "a" }\n', "mass: value cannot be True"),
        (LAPTOP + 'mass = { value = 3, low = 4, unit = "kg", source = "a" }\n', "mass: value 3 is outside its range"),
        (LAPTOP + 'mass = { value = 3, low = nan, unit = "kg", source = "a" }\n', "mass: low must be a finite number"),
        (LAPTOP + 'mass = { valeu = 3, unit = "kg", source = "a" }\n', "field 'valeu': did you mean 'value'"),
        (LAPTOP + 'mass = { quantity = "psyche_mas" }\n', "mass: unknown quantity 'psyche_mas'"),
        (LAPTOP + 'mass = { quantity = "K1_power" }\n', "mass is measured in 'kg', and K1_power in 'W'"),
        (LAPTOP + 'mass = { quantity = "psyche_mass", value = 3 }\n', "leave it out beside a quantity"),
        (LAPTOP + 'mass = { value = 2, times = "power", source = "a" }\n', "times must name another field in 'kg'"),
        (LAPTOP + 'recycled_heat = { value = 2, unit = "1", source = "a" }\n', "recycled_heat is a share"),
        (LAPTOP + 'facility_power = { value = 4, unit = "W", source = "a" }\n', "cannot exceed facility_power, 4"),
        (LAPTOP + 'available_power = { value = 4, unit = "W", source = "a" }\n', "cannot exceed available_power"),
        (LAPTOP + 'sink_temperature = { value = 300, unit = "K", source = "a" }\n', "must be below temperature"),
        (LAPTOP + 'unknown = { mas = "lost" }\n', "unknown: unknown field 'mas': did you mean 'mass'"),
        (LAPTOP + 'unknown = { power = "lost" }\n', "'power' must be left out above"),
        (LAPTOP + 'recycled_as_work = "yes"\n', "'recycled_as_work' must be a bool"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_by_field_name_in_one_line(read, text, told):
    with pytest.raises(KscaleError) as caught:
        read(text)
    assert told in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(KscaleError, match="there is no such file"):
        load_systems(tmp_path / "none.toml")


def test_the_example_of_the_readme_works(read):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    record = read(text.split("```toml\n")[1].split("```")[0])["laptop"]
    assert record.system.facility_power == pytest.approx(52)
    assert record.measure("power_density").reason == "it was never weighed"

"""The corrected machine: the search against brute force on a small model, its proofs, and the book's own machine."""

from itertools import combinations

import numpy as np
import pytest

from kscale_nb import MODEL, PRESETS, KscaleError, Model, derived, given
from kscale_nb.machines.corrected import Choice, Search, load_choices, load_demands
from kscale_nb.units import read_value

DEMANDS, CHOICES = load_demands(MODEL), load_choices(MODEL)


def small() -> Model:
    """Three premises and what hangs on them: a power, a time and a number of parts."""
    power = given("P", 100, "W", "power", "premise", "k1s1ai")
    time = given("t", 10, "s", "time", "premise", "k1s1ai")
    parts = given("n", 5, "1", "parts", "premise", "k1s1ai")
    energy = derived("E", power * time, "J", "energy")
    each = derived("E_1", energy / parts, "J", "energy of a part")
    pace = derived("v", parts / time, "1/s", "parts a second")
    return Model({"power": power, "time": time, "parts": parts, "energy": energy, "each": each, "pace": pace})


def demands_of(model, tmp_path, **conditions):
    path = tmp_path / "demands.toml"
    path.write_text("".join(
        f'[[demand]]\nid = "{name}"\nwords = "w"\nweak = "w"\ncondition = "{condition}"\n'
        for name, condition in conditions.items()
    ))  # fmt: skip
    return load_demands(model, path=path)


RANGES = {"power": (5.0, 200.0), "time": (1.0, 20.0), "parts": (2.0, 50.0)}
SMALL_CHOICES = [Choice(name, *ends) for name, ends in RANGES.items()]


def by_brute_force(model, demands) -> tuple[int, float]:
    """The least number of changes that pass, and the least distance, on a fine grid in logarithms."""
    conditions = [condition for demand in demands.values() for condition in demand.conditions]
    for size in range(len(RANGES) + 1):
        best = np.inf
        for chosen in combinations(RANGES, size):
            axes = np.meshgrid(*(np.geomspace(*RANGES[name], 81) for name in chosen))
            changes = {name: axis.ravel() for name, axis in zip(chosen, axes, strict=True)}
            values = model.values(**changes)
            passing = np.ones(81**size, bool)
            for condition in conditions:
                more, less = (values[s.identifier] if s.is_Symbol else float(s) for s in (condition.gts, condition.lts))
                passing &= np.asarray(more >= less)
            steps = [np.log(value / model.value(name)) for name, value in changes.items()]
            far = np.sqrt(sum((step**2 for step in steps), np.zeros(81**size)))
            best = min(best, float(far[passing].min(initial=np.inf)))
        if np.isfinite(best):
            return size, best
    return -1, np.inf


@pytest.mark.parametrize(
    "conditions",
    [
        {"a": "energy <= '2000 J'"},
        {"a": "energy <= '400 J'"},
        {"a": "energy <= '400 J'", "b": "pace >= '0.9 1/s'"},
        {"a": "each <= '100 J'", "b": "energy >= '900 J'", "c": "pace <= '0.6 1/s'"},
        {"a": "each >= '400 J'", "b": "energy <= '900 J'", "c": "time <= '8 s'"},
        {"a": "energy >= '1e6 J'"},
        {"a": "each <= '2 J'", "b": "pace <= '0.5 1/s'", "c": "energy >= '60 J'"},
    ],
)
def test_the_search_finds_what_brute_force_finds(conditions, tmp_path):
    model = small()
    demands = demands_of(model, tmp_path, **conditions)
    size, distance = by_brute_force(model, demands)
    found = Search(model, demands, SMALL_CHOICES).fewest()
    assert len(found[0].changes) == size if found else size == -1
    if found:
        assert distance - 0.09 <= found[0].distance <= distance + 1e-3  # the grid is that coarse, and never better
        assert not demands.failing(**found[0].changes)


def test_what_intervals_rule_out_no_value_passes(tmp_path):
    model = small()
    demands = demands_of(model, tmp_path, a="energy <= '400 J'", b="pace >= '0.9 1/s'", c="power <= '1 W'")
    search = Search(model, demands, SMALL_CHOICES)
    assert search.out_of_reach() == ["c"] and search.fewest() == []
    rest = {name: demand for name, demand in demands.items() if name != "c"}
    search = Search(model, rest, SMALL_CHOICES)
    for size in range(3):
        for chosen in combinations(RANGES, size):
            if search._is_blocked({*chosen}):
                tried = np.random.default_rng(7).uniform(size=(300, size))
                for shares in tried:
                    changes = {name: float(RANGES[name][0] * (RANGES[name][1] / RANGES[name][0]) ** share)
                               for name, share in zip(chosen, shares, strict=True)}  # fmt: skip
                    assert not search.passes(changes)
    assert search._blocked


def test_few_values_are_tried_as_they_are(tmp_path):
    demands = demands_of(small(), tmp_path, a="energy <= '400 J'")
    few = [Choice("power", 20, 50, (50.0, 20.0)), Choice("time", 9, 9.5)]
    (machine,) = Search(small(), demands, few).fewest()
    assert machine.changes == {"power": 20.0} and machine.distance == pytest.approx(np.log(5))


def test_what_a_reader_changed_is_left_alone(tmp_path):
    model = small().under(power=10)
    demands = demands_of(model, tmp_path, a="energy <= '50 J'")
    (machine,) = Search(model, demands, SMALL_CHOICES).fewest()
    assert machine.changes == {"time": pytest.approx(5)}


# -- the book's own machine --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def search() -> Search:
    return Search(MODEL, DEMANDS, CHOICES)


@pytest.fixture(scope="module")
def found(search):
    return search.fewest()


def test_the_preset_is_what_the_search_finds(found):
    preset = {name: read_value(text, MODEL[name].unit, name) for name, text in PRESETS["corrected"].overrides.items()}
    assert DEMANDS.failing(**preset) == {}
    assert found[0].changes == pytest.approx(preset, rel=0.01)
    assert [{*machine.changes} for machine in found].count({*preset}) == 1


def test_that_fewer_changes_do_not_suffice_is_proven(search, found):
    few = Search(MODEL, DEMANDS, CHOICES)
    assert few.fewest(most=len(found[0].changes) - 1) == []
    assert few.searched == 0 and few.proven == 1 + 13 + 78 + 286 + 715 + 1287


def test_the_search_is_the_same_each_time(found):
    again = Search(MODEL, DEMANDS, CHOICES).fewest()
    assert [machine.changes for machine in again] == [machine.changes for machine in found]


def test_nothing_near_it_is_nearer(found):
    changes, printed = found[0].changes, MODEL.values()
    for name, value in changes.items():
        back = {**changes, name: value * (printed[name] / value) ** 0.02}
        choice = next(choice for choice in CHOICES if choice.quantity == name)
        assert choice.values or DEMANDS.failing(**back), name


def test_the_old_hand_made_machine_fails():
    by_hand = PRESETS["corrected"].overrides | {"batch_size": "8"}
    assert {*DEMANDS.failing(**by_hand)} == {"keep-and-read-1m", "light", "light-1m"}


def test_what_the_chapter_calls_out_of_reach():
    supply = load_demands(MODEL, "supply")
    assert Search(MODEL, supply, CHOICES).out_of_reach() == ["one-asteroid", "copper", "molybdenum"]


def test_one_power_for_keeping_and_reading_by_hand():
    values = MODEL.values(**PRESETS["corrected"].overrides)
    power, memory = 1e16 * 0.05 * 0.4 / 1e4, 1e16 * 0.05 * 0.4 / 0.392e-9 / 1e4
    reading = values["decoding_rate"] * values["bytes_read_per_token"] * 8 * 3.9e-12
    assert values["memory_power_use"] == pytest.approx((memory * 0.056e-9 + reading) / power)
    edge = ((values["dram_area"] + values["logic_area"]) * 775e-6 / 1e4) ** (1 / 3)
    step = 1560 / values["decoding_rate_1m"] / values["built_n_layers"]
    assert values["batch_light_per_layer_1m"] / values["module_chips_edge"] == pytest.approx(299_792_458 * step / edge)


# -- bad input ---------------------------------------------------------------------------------------

DEMAND = '[[demand]]\nid = "d"\nwords = "w"\nweak = "w"\ncondition = "tokens_over_human_text < 2"\n'


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("tokens_over_human_text", "tokens_over_human_txt", "demand 'd': unknown quantity 'tokens_over_human_txt'"),
        ("< 2", "< '2 m'", "demand 'd': '2 m' is measured in '1'"),
        ("< 2", "< human_text_stock.high", "their units do not fit"),
        ("< 2", "< tokens_over_human_record.mean", "is no bound of what"),
        ('weak = "w"\n', "", "demand 'd': field 'weak' is missing or empty"),
        ("tokens_over_human_text < 2", "rest_share < 2", "rest_share may be 0 or less, and has no logarithm"),
        ('words = "w"', 'words = 3', "field 'words' must be a str, got 3"),
        ("[[demand]]", "[[demands]]", r"no \[\[demand\]\] in it"),
    ],
)  # fmt: skip
def test_a_broken_demand_is_named(tmp_path, old, new, told):
    path = tmp_path / "demands.toml"
    path.write_text(DEMAND.replace(old, new))
    with pytest.raises(KscaleError, match=told):
        load_demands(MODEL, path=path)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('quantity = "trainin_time"\nlow = "1 s"\nhigh = "2 s"', "unknown quantity 'trainin_time': did you mean"),
        ('quantity = "training_time"\nlow = "2 s"\nhigh = "1 s"', "choice 'training_time': its values are above 0"),
        ('quantity = "training_time"\nlow = "2 s"', "it has either 'like', or 'values', or 'low' and 'high'"),
        ('quantity = "training_time"\nlow = "2 m"\nhigh = "3 m"', "choice 'training_time': "),
        ('quantity = "training_time"\nlike = "human_text"', "unknown quantity 'human_text'"),
        ('quantity = "logic_share"\nvalues = ["120%"]', "logic_share is a share and cannot exceed"),
        ('low = "1 s"\nhigh = "2 s"', "field 'quantity' is missing or empty"),
    ],
)
def test_a_broken_choice_is_named(tmp_path, row, told):
    path = tmp_path / "demands.toml"
    path.write_text(f"[[choice]]\n{row}\n")
    with pytest.raises(KscaleError, match=told):
        load_choices(MODEL, path)

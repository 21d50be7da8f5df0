"""Machines keep the model that they are built from: every input that they read, to the last figure."""

import ast
from pathlib import Path

import numpy as np
import pytest

from kscale_nb import MODEL, DysonSwarm, KscaleError, ThermodynamicComputer
from kscale_nb.machines.computer.chip import ThermodynamicChip
from kscale_nb.machines.computer.heat import HeatManagement
from kscale_nb.machines.computer.power import PowerManagement
from kscale_nb.machines.computer.workloads import MatrixProduct
from kscale_nb.machines.line import bill
from kscale_nb.machines.line.bill import DOCUMENT, by_element, streams, ways
from kscale_nb.machines.metrics.metrics import kardashev_rating
from kscale_nb.machines.metrics.systems import own_systems
from kscale_nb.machines.steam import SteamCycle
from kscale_nb.machines.swarm import report, run_file
from kscale_nb.machines.swarm.parameters import SwarmParameters
from kscale_nb.machines.swarm.records import ComputingNode, ScaleTarget

MACHINES = Path(bill.__file__).parents[1]
COMPUTER = (ThermodynamicChip, HeatManagement, PowerManagement)
BUILT = (*COMPUTER, SwarmParameters, SteamCycle)
SQUARE = MatrixProduct(np.ones((40, 40)), np.ones((40, 40)))


def moved(name: str, factor: float = 0.99) -> dict[str, float]:
    return {name: MODEL.value(name) * factor}


def read_by(*machines) -> list[str]:
    return sorted({name for machine in machines for name in machine.quantities.values()})


# -- any machine --------------------------------------------------------------------------------------


@pytest.mark.parametrize("machine", BUILT)
def test_a_machine_is_built_from_one_number_each(machine):
    name = next(iter(machine.quantities.values()))
    for several in (np.array([1e16, 2e16]), np.array([1.0])):
        with pytest.raises(KscaleError, match=rf"^{name}: one number is expected, not"):
            machine.of_model(**{name: several})


@pytest.mark.parametrize("machine", BUILT)
def test_every_field_is_the_models_under_any_change(machine):
    for changed in machine.quantities.values():
        built, book = machine.of_model(**moved(changed)), MODEL.values(**moved(changed))
        for field, name in machine.quantities.items():
            assert getattr(built, field) == pytest.approx(book[name], rel=1e-12), (changed, field)


@pytest.mark.parametrize("machine", BUILT)
def test_what_neither_the_model_nor_the_machine_knows_is_refused(machine):
    with pytest.raises(KscaleError, match=f"unknown quantity or field of {machine.__name__} 'nonsense'"):
        machine.of_model(nonsense=1)


def test_no_machine_reads_the_model_past_its_changes():
    """Inside a function the model is read with the changes that it was told, or not at all."""
    for path in MACHINES.rglob("*.py"):
        functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
        for call in (node for function in functions for node in ast.walk(function) if isinstance(node, ast.Call)):
            text = ast.unparse(call.func)
            if text.endswith(("MODEL.value", "MODEL.values")) and path.name != "report.py":
                assert any(keyword.arg is None for keyword in call.keywords), f"{path.name}: {ast.unparse(call)}"


# -- the thermodynamic computer -----------------------------------------------------------------------


@pytest.mark.parametrize("name", read_by(ThermodynamicChip))
def test_the_chips_physics_is_the_chapters_under_any_change(name):
    point, change = {"operating_voltage": 0.45, "operating_temperature": 310.0}, moved(name)
    chip, book = ThermodynamicChip.of_model(**change), MODEL.values(**(change | point))
    for method, quantity in {
        "flip_energy": "flip_energy", "clock": "running_clock", "current": "on_current",
        "leakage_ratio": "leakage_ratio", "leakage_power": "running_leakage_power",
        "throughput": "running_throughput", "energy_steepness": "energy_steepness",
    }.items():  # fmt: skip
        assert getattr(chip, method)(0.45, 310.0) == pytest.approx(book[quantity], rel=1e-9), method


def reported(computer: ThermodynamicComputer) -> list:
    """All that a computer says of itself, the refusal of too much work included."""
    record = computer.compute(SQUARE, recycling=True)
    metrics = computer.monitor_performance(learned_bits=1e9, training_flop=1e18)
    facts = [record.time, record.energy, record.heat, record.landauer_floor, record.entropy_produced]
    facts += [(metric.value, metric.lower, metric.upper) for metric in metrics.values()]
    computer.set_voltage(0.5)
    facts += [computer.compute(SQUARE).energy, computer.idle(1e-3, gated=True).energy]
    computer.set_voltage(0.98)
    with pytest.raises(KscaleError) as limit:
        computer.compute(SQUARE.times(1e12))
    return [*facts, str(limit.value), computer.chips.weak_inversion_voltage(280)]


@pytest.mark.parametrize("name", read_by(*COMPUTER))
def test_a_computer_reports_what_its_model_says(name):
    usual, changed = ThermodynamicComputer(), ThermodynamicComputer.of_model(**moved(name))
    assert reported(changed) != reported(usual)
    system, book = changed.monitor.system(changed.heat, changed.power), MODEL.values(**moved(name))
    assert system.mass == book["machine_mass"] and system.area == book["machine_radiator_area"]
    assert system.available_power == book["supply_limit"]
    assert system.sink_temperature == book["sink_temperature"]
    assert system.source_temperature == book["sun_temperature"]
    assert system.facility_power / system.primary_power == pytest.approx(book["sunlight_to_electricity"])
    assert system.bits_erased_per_flop / system.bits_switched_per_flop == pytest.approx(book["discarded_share"])


def test_a_computers_mass_is_that_of_its_own_coolant_and_radiator():
    changes = {"coolant_mass": "20 kg", "radiator_mass_per_area": "10 kg/m^2"}
    computer = ThermodynamicComputer.of_model(**changes, voltage=0.5)
    computer.compute(SQUARE)
    density = computer.monitor_performance()["power_density"].value
    power = computer.monitor.system(computer.heat, computer.power).power
    assert power / density == pytest.approx(MODEL.value("machine_mass", **changes)) == pytest.approx(21.8, rel=1e-3)
    apart = ThermodynamicComputer(*(part.of_model(**changes) for part in COMPUTER))
    assert apart.heat.mass == computer.heat.mass


def test_a_computer_in_the_cold_is_still_one():
    """Far below threshold nothing overflows and nothing fades to zero."""
    chip = ThermodynamicChip.of_model()
    assert 0 < chip.leakage_power(0.5, 20.0) < 1e-60
    assert np.isfinite(chip.flip_energy(1.0, 1.0)) and chip.clock(1.0, 1.0) > chip.clock(1.0, 300.0) / 2


# -- the swarm, its line and its steam ----------------------------------------------------------------


def told(swarm: DysonSwarm) -> list:
    """All that a swarm says of itself."""
    shares = swarm.allocation
    plan = swarm.scale_computation(1e17)
    best = swarm.optimize_resources(20_000)
    run = swarm.manage_swarm(2)
    with pytest.raises(KscaleError, match="would melt") as refused:
        swarm.deploy_node(ComputingNode(power=1e12, mass=1.0))
    fixed = (plan.rating, plan.time, plan.limit, plan.modules, plan.mirror_area, plan.region_diameter, plan.masses)
    return [
        *fixed,
        plan.elements,
        shares,
        best.allocation,
        run.computing_energy,
        run.idle_modules,
        swarm.mass,
        report.network_record(swarm),
        report.lots_record(swarm),
        str(refused.value),
    ]


@pytest.mark.parametrize(
    "name", [*read_by(SwarmParameters), "copper_per_power", "server_mass", "turbine_specific_power"]
)
def test_a_swarm_reports_what_its_model_says(name):
    change = moved(name, 0.9)
    swarm, usual = (DysonSwarm.of_model(lots=2000, seed=3, **changes) for changes in (change, {}))
    book, plan = MODEL.values(**change), swarm.scale_computation(1e17)
    assert plan.elements == pytest.approx(by_element(1e17, **change))
    assert plan.rating == pytest.approx((17 - book["sagan_offset"]) / book["sagan_decades"])
    unshaded = 1e17 / (1 - book["tolerated_shade"])  # and the last day of the plan may end a little above
    assert plan.masses["mirrors, turbines, radiators"] == pytest.approx(
        unshaded * book["iron_nickel_per_power"], rel=3e-3
    )
    assert plan.sunlight_share == pytest.approx(1e17 / book["sun_power"])
    assert told(swarm) != told(usual)


def test_a_swarm_takes_a_rating_on_its_own_scale():
    assert DysonSwarm(lots=10, modules=10).scale_computation(ScaleTarget(rating=1.1)).target == pytest.approx(1e17)
    narrow = DysonSwarm.of_model(lots=10, modules=10, sagan_decades=9, sagan_offset=7)
    assert narrow.scale_computation(ScaleTarget(rating=1.1)).target == pytest.approx(10**16.9)


def test_a_swarms_own_parameters_are_told_as_it_takes_them():
    swarm = DysonSwarm(modules=10.0, lots=np.int64(20), computing_share="10%", module_loss_rate=0)
    assert swarm.parameters.modules == 10 and type(swarm.parameters.modules) is int
    assert (swarm.parameters.computing_share, swarm.parameters.module_loss_rate) == (0.1, 0)


def test_a_saved_swarm_keeps_its_changes(tmp_path):
    swarm = DysonSwarm.of_model(lots=20, modules=10, copper_per_power="1 kg/kW")
    run_file.save(swarm, tmp_path / "run.npz")
    again = run_file.load(tmp_path / "run.npz", swarm.parameters.as_record())
    assert again.scale_computation(1e17).elements == swarm.scale_computation(1e17).elements
    with pytest.raises(KscaleError, match=r"another run: its elements is Fe \S+, "):
        run_file.load(tmp_path / "run.npz", SwarmParameters.of_model(lots=20, modules=10).as_record())


class Recorded(dict):
    """Values that remember which of them were read."""

    def __init__(self, values):
        super().__init__(values)
        self.read = set()

    def __getitem__(self, name):
        self.read.add(name)
        return super().__getitem__(name)


def test_the_line_follows_every_quantity_that_it_reads():
    values = Recorded(MODEL.values())
    bill._all_ways(values)
    usual = ways()
    for name in values.read:
        assert ways(**moved(name)) != usual, name
    rock = streams("asteroid", "chondrite", "regolith")
    for name in {name for held in bill.HELD.values() for name in held.values()} | {"extraction", "silicon_from_slag"}:
        assert streams("asteroid", "chondrite", "regolith", **moved(name)) != rock, name
    assert [way.name for way in ways(DOCUMENT, copper_per_power="1 kg/kW") if way.product == "windings"] == ["copper"]


@pytest.mark.parametrize("name", read_by(SteamCycle))
def test_a_steam_cycle_reports_what_its_model_says(name):
    usual, changed = SteamCycle.of_model(), SteamCycle.of_model(**moved(name))
    assert (changed.efficiency, changed.exergy_in) != (usual.efficiency, usual.exergy_in)


# -- systems and their metrics ------------------------------------------------------------------------

K1_METRICS = {
    "landauer_compliance": "K1_landauer_compliance", "reversible_efficiency": "K1_reversible_efficiency",
    "entropy_production": "K1_entropy_per_flop", "energy_efficiency_ratio": "K1_efficiency_ratio",
    "power_density": "K1_power_density", "kardashev_utilisation": "computing_share",
    "kardashev_conversion": "sunlight_to_electricity", "intelligence_per_watt": "K1_tokens_per_joule",
    "learning_efficiency": "K1_learning_efficiency", "heat_dissipation": "K1_heat_dissipation",
}  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["radiator_temperature", "server_mass", "bits_erased_per_flop", "discarded_share", "radiator_emissivity",
     "logic_share", "bits_per_parameter", "boltzmann_constant", "planck_constant", "sun_temperature", "network_share"],
)  # fmt: skip
def test_systems_follow_the_model_that_they_are_read_from(name):
    change = moved(name)
    record, book = own_systems(**change)["k1s1ai"], MODEL.values(**change)
    for metric, quantity in K1_METRICS.items():
        assert record.measure(metric).metric.value == pytest.approx(book[quantity], rel=1e-9), metric
    assert record.system != own_systems()["k1s1ai"].system


def test_what_a_reader_changed_is_no_longer_uncertain():
    usual, fixed = own_systems()["brain"], own_systems(human_brain_power="15 W")["brain"]
    assert usual.measure("entropy_production").low < usual.measure("entropy_production").high
    assert {system.power for system in usual.corners("power_density")} == {12.0, 25.0}
    assert {system.power for system in fixed.corners("power_density")} == {15.0}
    assert {system.power for system in fixed.corners("landauer_compliance")} == {15.0}


def test_a_rating_is_the_models():
    for power in (4e12, 1e16, 3.828e26):
        assert kardashev_rating(power) == MODEL.value("kardashev_rating", K1_power=power)
        assert kardashev_rating(power, sagan_decades=5) == pytest.approx(2 * kardashev_rating(power))

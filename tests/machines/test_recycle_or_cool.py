"""Recycle heat or make less of it: the chapter's comparison at one throughput, by the machine's own parts."""

import dataclasses
import re

import pytest
from scipy.optimize import brentq

from kscale_nb import LEDGER, MODEL, KscaleError, ThermodynamicComputer
from kscale_nb.machines.computer.chip import ThermodynamicChip
from kscale_nb.machines.computer.heat import HeatManagement

CHIP, HEAT = ThermodynamicChip.of_model(), HeatManagement.of_model()


def at_its_best(temperature):
    """Energy of a flip, clock, and radiator for a flip a second, at the best voltage."""
    voltage = CHIP.stationary_voltage(temperature)
    energy = CHIP.flip_energy(voltage, temperature)
    return energy, CHIP.clock(voltage, temperature), energy / HEAT.radiated(temperature)


def test_the_engines_reach_is_the_one_that_the_machine_refuses():
    reach = MODEL.value("engine_reach")
    assert reach == pytest.approx(0.6 * (1 - HEAT.sink_temperature / 333), rel=1e-12)
    engine = ThermodynamicComputer(voltage=0.4)
    record = engine.recycle_heat(60, 0.34)
    assert MODEL.value("engine_efficiency") < 0.14 < record.efficiency == pytest.approx(0.34)
    assert ThermodynamicComputer(voltage=0.4).recycle_heat(60, 0.9999 * reach).efficiency < reach
    with pytest.raises(KscaleError, match=r"stays below 0\.3465"):
        ThermodynamicComputer(voltage=0.4).recycle_heat(60, reach)


def test_more_of_the_heat_takes_a_larger_radiator_and_less_of_it_the_same():
    """Radiator over that of the bare chips, for a share of the heat: growing, and without end at the reach."""
    reach = MODEL.value("engine_reach")
    bare = HEAT.taken(333.0, 1.0)[0]
    shares = [0.0, 0.05, MODEL.value("engine_efficiency"), 0.2, 0.3, 0.34, 0.346]
    sizes = [bare / HEAT.taken(333.0, HEAT.engine_ratio(333.0, share))[0] for share in shares]
    assert sizes[0] == pytest.approx(1) and sizes == sorted(sizes) and sizes[-1] > 1000
    largest = brentq(lambda share: bare / HEAT.taken(333.0, HEAT.engine_ratio(333.0, share))[0] - 100, 0.3, 0.346)
    assert largest == pytest.approx(0.3345, abs=1e-3) and largest < reach


def at_the_same_clock(chip):
    """Voltage that keeps the best clock of 333 K at 300 K, energy saved there, and radiator over the warm one's."""
    best = chip.least_energy_voltage(333.0)
    voltage = chip.voltage_for(chip.throughput(best, 333.0), 300.0)
    energies = chip.flip_energy(voltage, 300.0), chip.flip_energy(best, 333.0)
    return (
        voltage,
        1 - energies[0] / energies[1],
        energies[0] / HEAT.radiated(300.0) * HEAT.radiated(333.0) / energies[1],
    )


def engine_with_the_radiator(times):
    """Work out of the heat at 333 K, with so many times the radiator of the bare chips."""
    ratio = brentq(lambda x: HEAT.taken(333.0, x)[0] * times - HEAT.taken(333.0, 1.0)[0], 0.43, 1 - 1e-9)
    return HEAT.work_share(ratio)


def test_without_lowering_and_margin_cooling_saves_as_an_independent_computation_found():
    ideal = dataclasses.replace(CHIP, barrier_lowering=0.0, variation_margin=0.0)
    voltage, saved, radiator = at_the_same_clock(ideal)
    assert (voltage, saved, radiator) == pytest.approx((0.540, 0.275, 1.12), abs=1e-3)


@pytest.mark.parametrize("lowering", MODEL.range_of("barrier_lowering"))
@pytest.mark.parametrize("margin", MODEL.range_of("variation_margin"))
def test_cooling_the_same_chips_at_the_same_clock_beats_the_engine_in_the_same_radiator(lowering, margin):
    chip = ThermodynamicChip.of_model(barrier_lowering=lowering, variation_margin=margin)
    _, saved, radiator = at_the_same_clock(chip)
    assert saved > MODEL.value("engine_efficiency") and saved > engine_with_the_radiator(radiator)
    assert saved < engine_with_the_radiator(20) < MODEL.value("engine_reach")  # an engine twenty times as large wins


def test_whether_the_best_of_each_temperature_passes_the_engines_reach_turns_on_the_lowering():
    warm, cold = at_its_best(333.0), at_its_best(300.0)
    assert 1 - cold[0] / warm[0] == pytest.approx(0.296, abs=1e-3) and MODEL.value("engine_reach") > 0.296
    assert warm[1] / cold[1] == pytest.approx(3.80, abs=0.01)  # chips for the same throughput

    def beyond_reach(lowering):
        chip = dataclasses.replace(CHIP, barrier_lowering=lowering, variation_margin=0.0)
        best = [chip.flip_energy(chip.least_energy_voltage(kelvin), kelvin) for kelvin in (300.0, 333.0)]
        return 1 - best[0] / best[1] - MODEL.value("engine_reach")

    assert 0.02 < brentq(beyond_reach, 0, 0.15) < 0.05
    (told,) = re.findall(r"([\d.]+) times the chips", LEDGER["tip.computer"].reason)
    assert float(told) == pytest.approx(warm[1] / cold[1], abs=0.05)

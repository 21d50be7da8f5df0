"""Recycle heat or make less of it: the chapter's comparison at one throughput, by the machine's own parts."""

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


def test_cooling_saves_more_than_any_engine_in_no_larger_radiator_with_more_chips():
    warm, cold = at_its_best(333.0), at_its_best(300.0)
    saved = 1 - cold[0] / warm[0]
    assert MODEL.value("engine_reach") < saved == pytest.approx(0.372, abs=1e-3)
    assert cold[2] < warm[2]  # radiator for the same throughput
    assert warm[1] / cold[1] == pytest.approx(2.72, abs=0.01)  # chips for the same throughput
    (told,) = re.findall(r"([\d.]+) times the chips", LEDGER["tip.computer"].reason)
    assert float(told) == pytest.approx(warm[1] / cold[1], abs=0.05)

"""The ThermodynamicComputer on trial: its four operations, its books, and how near it comes to the limits."""

from __future__ import annotations

import numpy as np

from kscale_nb.errors import KscaleError
from kscale_nb.machines.acceptance.criterion import Criterion
from kscale_nb.machines.computer.computer import ThermodynamicComputer
from kscale_nb.machines.computer.workloads import MatrixProduct
from kscale_nb.printed import figure_text

TENFOLD = 10  # what "approaches the limits" is read as
PART = "computer"


def tests(seed: int, **changes) -> list[Criterion]:
    """All criteria of the computer, after changes of the model."""
    return [test(seed, **changes) for test in (four_operations, less_energy, two_laws, closed_books, near_the_limit)]


def a_day(seed: int, **changes) -> ThermodynamicComputer:
    """A machine that has worked, cooled, recycled and slept, in spans drawn by lot."""
    random = np.random.default_rng(seed)
    machine = ThermodynamicComputer.of_model(**changes)
    product = MatrixProduct(*random.normal(size=(2, 64, 64)))
    for _ in range(6):
        machine.compute(product.times(int(random.integers(1, 10**6))), recycling=bool(random.integers(2)))
        machine.recycle_heat(float(random.uniform(1, 600)))
        machine.idle(float(random.uniform(1, 600)), gated=bool(random.integers(2)))
    return machine


def four_operations(seed: int, **changes) -> Criterion:
    random = np.random.default_rng(seed)
    left, right = random.normal(size=(2, 16, 16))
    machine = ThermodynamicComputer.of_model(**changes)
    right_result = np.array_equal(machine.compute("MatrixProduct", left, right).result, left @ right)
    machine.optimize_efficiency()
    machine.recycle_heat(1.0)
    known = machine.monitor_performance()
    return Criterion(
        PART, "four operations run", "tip.compatibility", "the document's four names, a right product, twelve metrics",
        f"product {'right' if right_result else 'wrong'}, {len(known)} metrics", right_result and len(known) == 12,
        "the signatures' types are names only, so any types fit",
    )  # fmt: skip


def less_energy(seed: int, **changes) -> Criterion:
    found = ThermodynamicComputer.of_model(**changes).optimize_efficiency()
    apart = 0.0 if found.stationary_voltage is None else abs(found.searched_voltage / found.stationary_voltage - 1)
    return Criterion(
        PART, "optimising saves energy", "tip.computer", "less energy for a flip than before, by two routes to 10⁻⁶",
        f"{figure_text(found.energy_over_before, 4)} of before at {figure_text(found.voltage, 4)} V, "
        f"the routes {'agree' if apart < 1e-6 else 'differ'}", found.energy_over_before < 1 and apart < 1e-6,
        "a model of a transistor whose lowering by the drain and variation are estimates",
    )  # fmt: skip


def two_laws(seed: int, **changes) -> Criterion:
    machine = a_day(seed, **changes)
    broken = [name for name, metric in machine.monitor_performance().items() if metric.holds is False]
    carnot = 1 - machine.heat.sink_temperature / machine.temperature
    try:
        machine.recycle_heat(1.0, min(1.0, 1.01 * carnot))
        refused = False
    except KscaleError:
        refused = True
    return Criterion(
        PART, "no law is broken", "tip.metric-heat-recycling",
        "every metric within its bounds; more than Carnot refused",
        f"{len(broken)} metrics out of bounds, {figure_text(1.01 * carnot, 3)} "
        f"{'refused' if refused else 'granted'}", refused and not broken,
        "bounds that the known fields do not give are not tested",
    )  # fmt: skip


def closed_books(seed: int, **changes) -> Criterion:
    left = a_day(seed, **changes).balance()
    energy, entropy = abs(left.energy) / left.energy_turned_over, abs(left.entropy) / left.entropy_turned_over
    return Criterion(
        PART, "books close", "tip.metric-entropy", "energy and entropy to 10⁻¹² of what was turned over",
        f"energy {'below' if energy < 1e-12 else 'above'} it, entropy {'below' if entropy < 1e-12 else 'above'} it",
        max(energy, entropy) < 1e-12, "what no book has an account for is not missed",
    )  # fmt: skip


def near_the_limit(seed: int, **changes) -> Criterion:
    machine = ThermodynamicComputer.of_model(**changes)
    machine.optimize_efficiency()
    chips, kelvins = machine.chips, machine.temperature
    over = chips.flip_energy(machine.voltage, kelvins) / (chips.bit_entropy * kelvins)
    return Criterion(
        PART, "near Landauer's limit", "tip.limits", f"a flip within {TENFOLD} times the heat of a bit erased",
        f"{figure_text(over, 4)} times", over <= TENFOLD,
        "tenfold is our reading of 'approaches'; at no reading below ten thousand does it pass",
    )  # fmt: skip

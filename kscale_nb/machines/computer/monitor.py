"""The efficiency monitor: a machine's books, read as the System that the twelve metrics measure."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import ClassVar

from kscale_nb.errors import KscaleError, check_known
from kscale_nb.machines.computer.heat import Books, HeatManagement
from kscale_nb.machines.computer.power import PowerManagement
from kscale_nb.machines.metrics.metrics import Metric, measure_all
from kscale_nb.machines.metrics.system import System


@dataclass(frozen=True, kw_only=True)
class MonitoredSystem(System):
    """A machine whose heat, entropy and bounds are averages of its books, whatever its temperature was meanwhile.

    What it stores is on its way: heat given off is what reached the sink, and work that an engine made of heat stored
    before counts as recycled, so that it may exceed what was drawn.
    """

    shares: ClassVar[tuple[str, ...]] = ("task_accuracy",)

    books: Books

    @property
    def heat_given_off(self) -> float:
        """What reached the sink, all losses included; nothing where more came from there [W]."""
        return max(0.0, self.books.rejected) / self.books.time

    @property
    def entropy_given_off(self) -> float:
        """What the machine and the heat on its way to the sink produced [W/K]."""
        return self.books.entropy_produced / self.books.time

    @property
    def recycling_bound(self) -> float:
        """Work that Carnot allowed of the heat that left the coolant, moment by moment, over all energy drawn."""
        return self.books.most_work / self.books.drawn

    @property
    def radiating_power(self) -> float:
        """What the radiator, were it black, could have given off at the temperatures that it had [W]."""
        return self.books.radiating / self.books.time


@dataclass
class EfficiencyMonitor:
    """The books of all that a machine did, and how its gates forget."""

    discarded_share: float  # of the bits switched, whose old value is lost
    bit_entropy: float  # least that the erasure of a bit gives off [J/K]
    books: Books = field(default_factory=Books)

    def system(self, heat: HeatManagement, power: PowerManagement, /, **known) -> MonitoredSystem:
        """The machine as a System, averaged over its time; `known` are facts that it cannot know of itself.

        Its temperature is that at which the same heat makes the same entropy. Bits erased are those that its gates
        erase, which is every bit that static logic switches; what the program alone must erase is in the books.

        Raises KscaleError before the first operation, and for a fact that the books have already.
        """
        books = self.books
        if not (books.time and books.chip_energy and books.entropy_of_heating):
            raise KscaleError("nothing to monitor yet: the machine drew no energy")
        drawn, of_light = books.drawn / books.time, power.light_to_electricity
        switched = books.bits_switched / books.flop if books.flop else None
        facts = {
            "name": "ThermodynamicComputer", "books": books, "power": books.chip_energy / books.time,
            "throughput": books.flop / books.time if books.flop else None, "facility_power": drawn,
            "temperature": books.heating / books.entropy_of_heating, "sink_temperature": heat.sink_temperature,
            "bits_erased_per_flop": None if switched is None else switched * self.discarded_share,
            "bits_switched_per_flop": switched,
            "recycled_heat": books.work / books.chip_energy, "recycled_as_work": True,
            "area": heat.area if books.radiating > 0 else None,
            "mass": heat.mass, "available_power": power.power_limit,
            "primary_power": drawn / of_light if of_light else None,
            "source_temperature": power.source_temperature,
            "bit_entropy": self.bit_entropy, "stefan_boltzmann": heat.stefan_boltzmann,
        }  # fmt: skip
        tellable = [field.name for field in fields(System) if field.name not in facts]
        for name in known:
            if name in facts:
                raise KscaleError(f"{name!r} is not to be told: the machine has it from its own books")
            check_known("field of System", name, tellable)
        return MonitoredSystem(**(facts | known))

    def measure_all(self, heat: HeatManagement, power: PowerManagement, /, **known) -> dict[str, Metric]:
        """The twelve metrics by name; those that cannot be computed say why. Raises KscaleError as `system` does."""
        why = {"area": "the radiator was never warmer than the sink"}
        if not self.books.flop:
            no_numbers = "no operation on numbers was computed, and other work is not counted in FLOP"
            why |= dict.fromkeys(("throughput", "bits_erased_per_flop", "bits_switched_per_flop"), no_numbers)
        return {
            name: replace(
                metric, reason="; ".join(dict.fromkeys(why.get(m, f"{m} is not told") for m in metric.missing))
            )
            for name, metric in measure_all(self.system(heat, power, **known)).items()
        }

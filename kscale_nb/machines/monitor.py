"""The efficiency monitor: a machine's books, read as the System that the twelve metrics measure."""

from __future__ import annotations

from dataclasses import dataclass, field

from kscale_nb import MODEL
from kscale_nb.errors import KscaleError, unknown
from kscale_nb.machines.heat import Books, HeatManagement
from kscale_nb.machines.power import PowerManagement
from kscale_nb.machines.system import System


@dataclass
class EfficiencyMonitor:
    """The books of all that a machine did."""

    books: Books = field(default_factory=Books)

    def system(self, temperature: float, heat: HeatManagement, power: PowerManagement, **known) -> System:
        """The machine as a System, averaged over its time; `known` are facts that it cannot know of itself.

        Raises KscaleError before the first operation on numbers.
        """
        books = self.books
        if not books.flop:
            raise KscaleError("nothing to monitor yet: no operation on numbers was computed")
        values = MODEL.values(["machine_mass", "sunlight_to_electricity", "sun_temperature"])
        out = books.work * books.drawn / (books.heat_taken * books.chip_energy) if books.work else 0.0
        facts = {
            "name": "ThermodynamicComputer", "power": books.chip_energy / books.time,
            "throughput": books.flop / books.time, "facility_power": books.drawn / books.time,
            "temperature": temperature, "sink_temperature": heat.sink_temperature,
            "bits_erased_per_flop": books.bits_erased / books.flop,
            "bits_switched_per_flop": books.bits_switched / books.flop,
            "recycled_heat": out, "recycled_as_work": True, "area": heat.area,
            "mass": values["machine_mass"], "available_power": power.power_limit,
            "primary_power": books.drawn / books.time / values["sunlight_to_electricity"],
            "source_temperature": values["sun_temperature"],
        }  # fmt: skip
        for name in known:
            if name not in System.__dataclass_fields__:
                raise unknown("field of System", name, System.__dataclass_fields__)
        return System(**(facts | known))

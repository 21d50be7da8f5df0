r"""The twelve thermodynamic metrics that TIP-0128 names without a formula, each defined once.

Write P for the power that computing draws, P_f for what the whole facility draws (P, where no facility is told),
F for the throughput in FLOP/s, T for the temperature at which heat leaves, T_s for that of the sink, b for the bits
erased and s for the bits switched per FLOP, r for the share of the heat that is used again, w for what of that comes
back as work.

Bits erased are those that the gates erase, and static logic erases every bit that it switches. A program may need to
erase far fewer; that count belongs to the program, and an operation's record carries it with its own floor.

Entropy is counted where the heat ends: in the sink, if its temperature is told. An engine then lowers it, at best to
P / T; where no sink is told the heat is followed as far as the machine's own surface, and T_s is T.

| metric | definition | unit | bounds | origin |
| :-- | :-- | :-- | :-- | :-- |
| Landauer compliance | b k T ln 2 F / P | 1 | 0 to 1 | bound: Landauer 1961; as a share: ours |
| reversible efficiency | 1 - b / s | 1 | 0 to 1 | idea: Bennett 1973; as a share: ours |
| entropy production | (1 - w) P / (T_s F) | J/K/FLOP | b k ln 2 up | entropy: Clausius 1865; per FLOP: ours |
| energy efficiency ratio | P / P_f | 1 | 0 to 1 | DCiE, the reciprocal of PUE: The Green Grid |
| heat recycling efficiency | r P / P_f | 1 | 0 to 1, as work to Carnot | ERF: The Green Grid, ISO/IEC 30134-6 |
| power density | P per kg, or per m^2, or per m^3 | W/kg ... | 0 up | ours, a usual ratio |
| Kardashev utilisation | P_f / power within reach | 1 | 0 to 1 | scale: Sagan 1973; as a share: ours |
| Kardashev conversion | P_f / power taken from the source | 1 | 0 to 1, or Carnot | ours, a usual ratio |
| intelligence per watt | useful tokens per second / P | token/J | to Landauer's | ours, after Saad-Falcon et al. 2025 |
| learning efficiency | bits learned k T ln 2 / energy of training | 1 | 0 to 1 | ours, after Goldt and Seifert 2017 |
| heat dissipation | (1 - w) P / (sigma A (T^4 - T_s^4)) | 1 | 0 to 1 in a vacuum | ours, by Stefan and Boltzmann |
| carbon per computation | (P_f c + embodied / lifetime) / F | g/FLOP | 0 up | SCI: ISO/IEC 21031, R one FLOP |

TIP-0128 prints only the names. Where a name has a published definition we take it (`ours` is false); where it has
none, or none in this form, the definition is ours and the record says so. (First-law efficiency and power over mass
are ratios in such common use that no source is named for them.) Saad-Falcon et al. divide the accuracy at
a task by power; `accuracy_per_watt` gives that. It rises when the same machine is made to answer more slowly at less
power, so the twelve count useful tokens per joule instead. What a value cannot be computed from is None, with the
missing fields named.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from kscale_nb import MODEL
from kscale_nb.errors import KscaleError, check_known, echoed
from kscale_nb.machines.checked import number
from kscale_nb.machines.metrics.system import System
from kscale_nb.sources import short_citation

__all__ = ["DEFINITIONS", "METRICS", "Definition", "Metric", "System", "accuracy_per_watt", "density",
           "energy_reuse_effectiveness", "kardashev_rating", "measure", "measure_all"]  # fmt: skip

GRAMS_PER_KWH = 1 / 3.6e6  # [g/J]
RATING = MODEL.function("kardashev_rating", ["K1_power"])


@dataclass(frozen=True)
class Metric:
    """One metric of one system; `value` is None where fields of the system are `missing`."""

    name: str
    title: str
    value: float | None
    unit: str
    lower: float | None
    upper: float | None  # None: no bound, or none that these fields give
    meaning: str
    definition: str  # LaTeX
    origin: str | None  # key of the bibliography; None for a ratio in common use
    ours: bool  # no publication defines it in this form
    claim: str  # of the ledger
    missing: tuple[str, ...] = ()
    reason: str = ""  # why there is no value, where more is known than what is missing

    @property
    def holds(self) -> bool | None:
        """Whether the value lies within its bounds, to rounding; None where there is no value."""
        if self.value is None:
            return None
        slack = 1e-9 * abs(self.value)
        return (self.lower is None or self.value >= self.lower - slack) and (
            self.upper is None or self.value <= self.upper + slack
        )


@dataclass(frozen=True)
class Definition:
    """How a metric is computed: the fields it needs, its value, and its bounds as functions of the system.

    Beside what it needs it `uses` fields where they are told.
    """

    name: str
    title: str
    unit: str
    needs: tuple[str, ...]
    value: Callable[[System], float]
    upper: Callable[[System], float | None]
    meaning: str
    formula: str
    origin: str | None
    ours: bool
    claim: str
    uses: tuple[str, ...] = ()
    lower: Callable[[System], float | None] = lambda system: 0.0

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field that may move its value."""
        return (*self.needs, *self.uses)

    @property
    def defined_by(self) -> str:
        """Who defines it, in words."""
        if self.origin is None:
            return "ours, a usual ratio"
        return f"ours, after {short_citation(self.origin)}" if self.ours else short_citation(self.origin)

    def of(self, system: System) -> Metric:
        """This metric of a system."""
        missing = tuple(name for name in self.needs if getattr(system, name) is None)
        if self.name == "learning_efficiency" and system.training_energy is None:
            told = system.training_flop is not None and system.throughput is not None
            missing += () if told else ("training_energy",)
        if self.name == "entropy_production" and system.work_share and not system.sink_temperature:
            missing += ("sink_temperature",)
        numbers = (None,) * 3 if missing else (self.value(system), self.lower(system), self.upper(system))
        value, lower, upper = numbers
        return Metric(
            self.name, self.title, value, self.unit, lower, upper,
            self.meaning, self.formula, self.origin, self.ours, self.claim, missing,
        )  # fmt: skip


def _token_bound(system: System) -> float | None:
    if not system.bits_erased_per_flop or system.throughput is None:
        return None
    least = system.landauer_power
    return system.useful_token_rate / least if least else None


def _heat_dissipation(system: System) -> float:
    radiating = system.radiating_power
    return system.heat_given_off / radiating if radiating else math.inf


def _carbon(system: System) -> float:
    making = system.embodied_carbon / system.lifetime if system.embodied_carbon and system.lifetime else 0.0
    return (system.whole_power * system.carbon_intensity * GRAMS_PER_KWH + making) / system.throughput


def _one(system: System) -> float:
    return 1.0


def _none(system: System) -> None:
    return None


DEFINITIONS = (
    Definition(
        "landauer_compliance", "Landauer limit compliance", "1", ("throughput", "bits_erased_per_flop"),
        lambda s: s.landauer_power / s.power, _one,
        "share of the power that the second law asks for the bits that its gates erase", r"b\,k_B T \ln 2\,F / P",
        "landauer1961", True, "tip.metric-landauer", ("power", "temperature"),
    ),
    Definition(
        "reversible_efficiency", "reversible computing efficiency", "1",
        ("bits_erased_per_flop", "bits_switched_per_flop"),
        lambda s: 1 - s.bits_erased_per_flop / s.bits_switched_per_flop, _one,
        "share of the bits switched whose old value is not lost", r"1 - b/s",
        "bennett1973", True, "tip.metric-reversible",
    ),
    Definition(
        "entropy_production", "entropy production", "J/K/FLOP", ("throughput",),
        lambda s: s.entropy_given_off / s.throughput, _none,
        "entropy of an operation's heat where it ends: in the sink if one is told", r"(1-w)P/(T_s F)",
        "clausius1865", True, "tip.metric-entropy", ("power", "temperature", "sink_temperature", "recycled_heat"),
        lower=lambda s: (s.bits_erased_per_flop or 0.0) * s.bit_entropy,
    ),
    Definition(
        "energy_efficiency_ratio", "energy efficiency ratio", "1", ("facility_power",),
        lambda s: s.power / s.facility_power, _one,
        "share of the facility's energy that reaches computing, 1/PUE", r"P/P_f",
        "greengrid2012", False, "tip.metric-eer", ("power",),
    ),
    Definition(
        "heat_recycling_efficiency", "heat recycling efficiency", "1", ("recycled_heat",),
        lambda s: s.recycled_heat * s.power / s.whole_power, lambda s: s.recycling_bound,
        "share of the facility's energy that is used a second time, ERF", r"r P/P_f",
        "patterson2010", False, "tip.metric-heat-recycling", ("power", "facility_power"),
    ),
    Definition(
        "power_density", "power density", "W/kg", ("mass",),
        lambda s: s.power / s.mass, _none,
        "power over mass; see also density() per area and volume", r"P/m",
        None, True, "tip.metric-power-density", ("power",),
    ),
    Definition(
        "kardashev_utilisation", "energy utilisation efficiency", "1", ("available_power",),
        lambda s: s.whole_power / s.available_power, _one,
        "share of the power within reach that is put to computing", r"P_f/P_{\mathrm{available}}",
        "sagan1973", True, "tip.metric-utilisation", ("power", "facility_power"),
    ),
    Definition(
        "kardashev_conversion", "energy conversion efficiency", "1", ("primary_power",),
        lambda s: s.whole_power / s.primary_power, lambda s: s.carnot_share(s.source_temperature),
        "share of the power taken from the source that arrives as electricity", r"P_f/P_{\mathrm{primary}}",
        None, True, "tip.metric-conversion", ("power", "facility_power"),
    ),
    Definition(
        "intelligence_per_watt", "intelligence per watt", "token/J", ("useful_token_rate",),
        lambda s: s.useful_token_rate / s.power, _token_bound,
        "useful tokens that a joule writes", r"\dot n/P",
        "saadfalcon2025", True, "tip.metric-ipw", ("power",),
    ),
    Definition(
        "learning_efficiency", "learning efficiency", "1", ("learned_bits",),
        lambda s: s.learned_bits * s.bit_entropy * s.temperature / s.energy_of_training, _one,
        "information left in the weights over what the energy of training could have written",
        r"I\,k_B T\ln 2/E_{\mathrm{training}}",
        "goldt2017", True, "tip.metric-learning",
        ("power", "temperature", "throughput", "training_energy", "training_flop"),
    ),
    Definition(
        "heat_dissipation", "heat dissipation", "1", ("area",),
        _heat_dissipation, _none,
        "heat over what the surface alone can radiate; above 1 a vacuum does not cool it",
        r"(1-w)P/\left(\sigma A (T^4-T_s^4)\right)",
        "codata", True, "tip.metric-heat-dissipation", ("power", "temperature", "sink_temperature", "recycled_heat"),
    ),
    Definition(
        "carbon_per_computation", "carbon footprint per computation", "g/FLOP", ("throughput", "carbon_intensity"),
        _carbon, _none,
        "carbon dioxide of an operation, that of making the machine included where it is told",
        r"(P_f\,c + M/t)/F",
        "iso21031", False, "tip.metric-carbon", ("power", "facility_power", "embodied_carbon", "lifetime"),
    ),
)  # fmt: skip
METRICS = {definition.name: definition for definition in DEFINITIONS}


def measure(system: System, name: str) -> Metric:
    """One of the twelve metrics of a system. Raises KscaleError for an unknown name.

    >>> h100 = System(name="H100", power=700, throughput=989.4e12, bits_erased_per_flop=1000)
    >>> f"{measure(h100, 'landauer_compliance').value:.3g}"
    '4.06e-06'
    """
    if not isinstance(system, System):
        raise KscaleError(f"measure: a System is expected, not {echoed(system)}")
    check_known("metric", name, METRICS)
    return METRICS[name].of(system)


def measure_all(system: System) -> dict[str, Metric]:
    """The twelve metrics of a system by name, in TIP-0128's order.

    >>> len(measure_all(System(name="brain", power=20, throughput=1e15)))
    12
    """
    return {name: definition.of(system) for name, definition in METRICS.items()}


def density(system: System, per: str) -> float | None:
    """Power per `mass` [W/kg], `area` [W/m^2] or `volume` [W/m^3]; None where that is not known.

    >>> density(System(name="brain", power=20, throughput=1e15, volume=0.00125), "volume")
    16000.0
    """
    check_known("measure of size", per, ("mass", "area", "volume"))
    size = getattr(system, per)
    return None if size is None else system.power / size


def kardashev_rating(power: float, **changes) -> float:
    """Sagan's rating of a power [W], after changes of the model: a tenth for each decade above a million watts.

    >>> [round(kardashev_rating(power), 12) for power in (1e16, 1e26)]
    [1.0, 2.0]
    """
    rating = MODEL.function("kardashev_rating", ["K1_power"], **changes) if changes else RATING
    return rating(number("power", power, above=0, unit="W"))


def energy_reuse_effectiveness(system: System) -> float | None:
    """ERE of The Green Grid: energy drawn less energy reused, over the computing's; None where nothing is told.

    >>> energy_reuse_effectiveness(System(name="hall", power=100, facility_power=120, throughput=1, recycled_heat=0.3))
    0.9
    """
    if system.recycled_heat is None:
        return None
    return (system.whole_power - system.recycled_heat * system.power) / system.power


def accuracy_per_watt(system: System) -> float | None:
    """Intelligence per watt as Saad-Falcon et al. define it: accuracy at a task over power [1/W].

    >>> accuracy_per_watt(System(name="laptop", power=40, throughput=1e13, task_accuracy=0.8))
    0.02
    """
    return None if system.task_accuracy is None else system.task_accuracy / system.power

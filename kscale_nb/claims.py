"""The documents' figures as printed, and the verdict on each: computed, never typed."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path

from kscale_nb import readings
from kscale_nb.errors import KscaleError, unknown
from kscale_nb.model import Model
from kscale_nb.printed import COUNTING_WORDS, Figure, read_figure
from kscale_nb.quantity import whole
from kscale_nb.sources import source_keys
from kscale_nb.units import same_dimension, unit_factor

VERDICTS = {
    "exact": "the document's inputs reproduce the figure to its printed digits",
    "truncated": "reproduced, but cut off instead of rounded",
    "reconstructed": "reproduced with an input that the document does not print",
    "slip": "reproduced after a slip of a power of ten, or of a unit",
    "off": "the document's own inputs contradict it",
    "assumed": "a free input: nothing to derive",
    "qualitative": "no figure: argued in prose",
    "pending": "its derivation awaits a chapter that is not written yet",
}
PHYSICS = {
    "supported": "sources agree with it",
    "disputed": "sources give another range, or argue otherwise",
    "infeasible": "a law or a budget forbids it",
    "unverified": "no source found",
    "n/a": "not a statement about the world",
}
UNIT_SLIPS = {8: "bits read as bytes", 1 / 8: "bytes read as bits", 1024 / 1000: "1,024 read as 1,000"}
FIELDS = {
    "id": str, "document": str, "section": str, "statement": str, "printed": str, "unit": str,
    "chapter": str, "quantity": str, "per": str, "awaits": str,
    "against": str, "budget": str, "world": list, "physics": str, "evidence": list, "reason": str,
}  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """One figure or statement of a document, and what it is held against."""

    id: str
    document: str
    section: str
    statement: str
    printed: str = ""
    unit: str = "-"
    chapter: str = ""
    quantity: str = ""  # the model's name for what is claimed
    per: str = ""  # the figure is meant for one of these (a module)
    awaits: str = ""  # the chapter that will derive it
    against: str = ""  # a sourced quantity whose range it is held against
    budget: str = ""  # a sourced quantity that it may not exceed
    world: tuple = ()  # a sourced range in the claim's own unit
    physics: str = ""  # only where nothing can be computed: argued from the evidence
    evidence: tuple[str, ...] = ()
    reason: str = ""

    @cached_property
    def figure(self) -> Figure | None:
        """The printed number, or None where the document prints none."""
        try:
            return read_figure(self.printed, self.unit)
        except KscaleError:
            return None

    @property
    def factor(self) -> float:
        """SI units in one of the claim's."""
        return unit_factor(self.unit) / (unit_factor(self.per) if self.per else 1)

    @property
    def box(self) -> tuple[float, float]:
        """The rounding interval of the printed figure, in SI."""
        return float(self.figure.low) * self.factor, float(self.figure.high) * self.factor


@dataclass(frozen=True)
class Verdict:
    """What became of a claim. `derived` is in the claim's own unit; both numbers are None if nothing is derived."""

    claim: Claim
    verdict: str
    note: str = ""
    derived: float | None = None
    physics: str = "n/a"
    physics_note: str = ""

    @property
    def relative_error(self) -> float | None:
        printed = self.claim.figure and float(self.claim.figure.value)
        return None if self.derived is None or not printed else self.derived / printed - 1

    def as_record(self) -> dict:
        """The verdict as plain data, the ledger's row."""
        claim = self.claim
        return {
            "id": claim.id, "document": claim.document, "section": claim.section, "statement": claim.statement,
            "printed": claim.printed, "unit": claim.unit, "derived": self.derived,
            "relative_error": self.relative_error, "verdict": self.verdict, "verdict_note": self.note,
            "physics": self.physics, "physics_note": self.physics_note, "evidence": list(claim.evidence),
            "chapter": claim.chapter or None, "quantity": claim.quantity or None,
        }  # fmt: skip


@dataclass(frozen=True)
class Recovery:
    """The interval of an unprinted input [SI] that makes all the named claims true at once; empty if they conflict."""

    unknown: str
    claims: tuple[str, ...]
    low: float = math.nan
    high: float = math.nan
    conflict: tuple[str, ...] = field(default=())

    @property
    def exists(self) -> bool:
        return not self.conflict

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    @property
    def relative_width(self) -> float:
        return (self.high - self.low) / self.middle


class Ledger:
    """All claims, judged by one model.

    >>> from kscale_nb import LEDGER
    >>> LEDGER.judge("k1s1ai.model.d-model").verdict
    'exact'
    """

    def __init__(self, claims: Iterable[Claim], model: Model, sources: Iterable[str] | None = None):
        self.model = model
        self.claims: dict[str, Claim] = {}
        for claim in claims:
            if claim.id in self.claims:
                raise KscaleError(f"claim {claim.id!r} appears twice")
            self._check(claim, source_keys() if sources is None else set(sources))
            self.claims[claim.id] = claim

    @classmethod
    def load(cls, model: Model, path: Path | None = None) -> Ledger:
        """Read claims from TOML. Raises KscaleError, naming the claim and the field, if anything is amiss."""
        path = path or Path(str(files("kscale_nb") / "data" / "claims.toml"))
        try:
            rows = tomllib.loads(path.read_text(encoding="utf-8")).get("claim", [])
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise KscaleError(f"{path.name}: {error}") from None
        if not rows:
            raise KscaleError(f"{path.name}: no [[claim]] in it")
        return cls([_claim_from(row, number, path.name) for number, row in enumerate(rows, 1)], model)

    def _check(self, claim: Claim, sources: set[str]) -> None:
        where = f"claim {claim.id!r}"
        for name in filter(None, (claim.quantity, claim.against, claim.budget)):
            try:
                quantity = self.model[name]
            except KscaleError as error:
                raise KscaleError(f"{where}: {error}") from None
            printed_unit = f"{claim.unit}/{claim.per}" if claim.per else claim.unit
            if claim.unit not in COUNTING_WORDS and not same_dimension(printed_unit, quantity.unit):
                raise KscaleError(f"{where}: printed in {printed_unit!r}, but {name} is in {quantity.unit!r}")
            if claim.figure is None:
                raise KscaleError(f"{where}: {claim.printed!r} is no figure that {name} could be compared with")
        for key in claim.evidence:
            if key not in sources:
                raise KscaleError(f"{where}: {unknown('source', key, sources)}")
        if claim.physics not in {"", *PHYSICS}:
            raise KscaleError(f"{where}: {unknown('physics', claim.physics, PHYSICS)}")
        if self._physics(claim)[0] in {"supported", "disputed", "infeasible"} and not (claim.evidence or claim.reason):
            raise KscaleError(f"{where}: a verdict on the world needs evidence or a reason")

    def __getitem__(self, claim_id: str) -> Claim:
        if claim_id not in self.claims:
            raise unknown("claim", claim_id, self.claims)
        return self.claims[claim_id]

    def __iter__(self):
        return iter(self.claims.values())

    def about(self, name: str) -> list[Claim]:
        """The claims that a quantity answers for."""
        return [claim for claim in self if claim.quantity == name]

    def resting_on(self, name: str) -> list[Claim]:
        """The claims whose figures move with a quantity."""
        moved = {name, *self.model.carries(name)}
        return [claim for claim in self if claim.quantity in moved]

    # -- the first axis: a document against itself -----------------------------------------------------

    def judge(self, claim_id: str, **overrides) -> Verdict:
        """The verdict on one claim, after the given changes of the model."""
        claim = self[claim_id]
        value = self.model.value(claim.quantity, **overrides) if claim.quantity else None
        return self._verdict(claim, value, changed=bool(overrides))

    def judge_all(self, **overrides) -> dict[str, Verdict]:
        """The verdict on every claim, after the given changes of the model."""
        values = self.model.values(**overrides)
        return {
            claim.id: self._verdict(claim, values.get(claim.quantity), changed=bool(overrides)) for claim in self
        }

    def _verdict(self, claim: Claim, value: float | None, changed: bool) -> Verdict:
        physics, physics_note = self._physics(claim)

        def verdict(word: str, note: str = "", derived: float | None = None) -> Verdict:
            return Verdict(claim, word, note, derived, physics, physics_note)

        if claim.awaits:
            return verdict("pending", f"awaits the chapter on {claim.awaits}")
        if claim.figure is None:
            return verdict("qualitative")
        if value is None:
            return verdict("assumed")
        number = value / claim.factor
        if self.model[claim.quantity].is_given:
            if claim.figure.rounds_from(number):
                return verdict("assumed")
            return verdict("off", _by_factor(number, claim), number)
        if claim.figure.rounds_from(number):
            return verdict(*self._how_reproduced(claim), number)
        if not changed and (route := self._through_printed_figures(claim)):
            return verdict(*route, number)
        if claim.figure.cut_from(number):
            return verdict("truncated", f"{number:.6g} was cut to {claim.printed}", number)
        if slip := _slip(number, claim.figure):
            return verdict("slip", slip, number)
        return verdict("off", _by_factor(number, claim), number)

    def _how_reproduced(self, claim: Claim) -> tuple[str, str]:
        recovered = self._recovered_inputs(claim.quantity)
        if not recovered:
            return "exact", ""
        route = self._through_printed_figures(claim)
        return route if route and route[0] == "exact" else ("reconstructed", f"with {', '.join(recovered)}")

    def _through_printed_figures(self, claim: Claim) -> tuple[str, str] | None:
        """How a claim follows when printed results serve as inputs, each with its whole rounding interval."""
        printed = self._printed_results(claim)
        if not printed:
            return None
        recovered = self._recovered_inputs(claim.quantity, cut=printed)
        low, high = self.model.intervals([claim.quantity], **printed)[claim.quantity]
        if high < claim.box[0] or low > claim.box[1]:
            return None
        if recovered:
            return "reconstructed", f"with {', '.join(recovered)}, within the rounding of other printed figures"
        return "exact", "within the rounding of the printed figures it rests on"

    def _printed_results(self, claim: Claim) -> dict[str, tuple[float, float]]:
        """The intervals of the derived figures that the same document prints, behind the claim's own quantity."""
        behind = set(self.model.rests_on(claim.quantity))
        boxes: dict[str, tuple[float, float]] = {}
        for other in self:
            name = other.quantity
            if name in behind and other.document == claim.document and other.figure and not other.awaits \
                    and not self.model[name].is_given:  # fmt: skip
                low, high = boxes.get(name, (-math.inf, math.inf))
                boxes[name] = max(low, other.box[0]), min(high, other.box[1])
        return {name: box for name, box in boxes.items() if box[0] <= box[1]}

    def _recovered_inputs(self, name: str, cut: Iterable[str] = ()) -> list[str]:
        return [other for other in self.model.rests_on(name, cut)
                if self.model[other].provenance == "recovered" and other not in cut]  # fmt: skip

    # -- the second axis: a document against the world -------------------------------------------------

    def _physics(self, claim: Claim) -> tuple[str, str]:
        if claim.figure is not None and (claim.against or claim.world):
            low, high = _range(self.model, claim.against) if claim.against else claim.world
            scale = claim.factor if claim.against else 1
            return _held_against(claim.figure, low / scale, high / scale, claim.unit)
        if claim.budget:
            most = _range(self.model, claim.budget)[1] / claim.factor
            excess = float(claim.figure.value) / most
            if float(claim.figure.low) > most:
                return "infeasible", f"exceeds {claim.budget} by a factor of {excess:.3g}"
            return "supported", f"takes {excess:.2g} of {claim.budget}"
        return claim.physics or "n/a", ""

    # -- what the documents do not print ----------------------------------------------------------------

    def recover(self, unknown_input: str, claim_ids: Iterable[str] | None = None, decades: float = 6) -> Recovery:
        """The interval of an unprinted input that makes all the named claims true at once.

        Interval arithmetic discards every part of the search range (`decades` either side of the model's value)
        in which some claim cannot hold: what is left is proof. A whole number that is printed in full is taken as
        what was built. If nothing is left, `conflict` names a smallest set of claims that cannot hold together.
        Without `claim_ids`, all claims that rest on the input and are reproduced take part.
        """
        quantity = self.model[unknown_input]
        if claim_ids is None:
            claim_ids = [claim.id for claim in self.resting_on(unknown_input)
                         if self.judge(claim.id).verdict in {"exact", "reconstructed"}]  # fmt: skip
        chosen = [self[claim_id] for claim_id in claim_ids]
        for claim in chosen:
            if unknown_input not in {claim.quantity, *(self.model.rests_on(claim.quantity) if claim.quantity else [])}:
                raise KscaleError(f"claim {claim.id!r} does not rest on {unknown_input}: it cannot help to recover it")
        if not chosen:
            raise KscaleError(f"no claim rests on {unknown_input}: nothing to recover it from")
        span = math.log(quantity.value) - decades * math.log(10), math.log(quantity.value) + decades * math.log(10)
        names = tuple(claim.id for claim in chosen)
        ends = [_outermost(self._can_hold(unknown_input, chosen), *span, side) for side in ("left", "right")]
        if None in ends:
            return Recovery(unknown_input, names, conflict=self._smallest_conflict(unknown_input, chosen, span))
        return Recovery(unknown_input, names, math.exp(ends[0]), math.exp(ends[1]))

    def _can_hold(self, unknown_input: str, claims: list[Claim]):
        targets = sorted({claim.quantity for claim in claims})
        rounded = {self.model[claim.quantity]: float(claim.figure.value) * claim.factor for claim in claims}
        built = {name: rounded[quantity.expression.args[0]] for name, quantity in self.model.quantities.items()
                 if isinstance(quantity.expression, whole) and quantity.expression.args[0] in rounded}  # fmt: skip

        def can_hold(low: float, high: float) -> bool:
            box = readings.interval([math.exp(low), math.exp(high)])
            values = self.model.values(targets, **{unknown_input: box}, **built)
            ends = {name: readings.bounds(readings.interval(values[name])) for name in targets}
            return all(ends[c.quantity][1] >= c.box[0] and ends[c.quantity][0] <= c.box[1] for c in claims)

        return can_hold

    def _smallest_conflict(self, unknown_input: str, claims: list[Claim], span: tuple[float, float]) -> tuple[str, ...]:
        needed = list(claims)
        for claim in claims:
            fewer = [other for other in needed if other is not claim]
            if fewer and _outermost(self._can_hold(unknown_input, fewer), *span, "left") is None:
                needed = fewer
        return tuple(claim.id for claim in needed)


def _outermost(can_hold, low: float, high: float, side: str, tolerance: float = 1e-11) -> float | None:
    """The outermost end of the set where `can_hold` is not excluded, by bisection; None if the set is empty."""
    boxes = [(low, high)]
    while boxes:
        low, high = boxes.pop()
        if not can_hold(low, high):
            continue
        if high - low < tolerance:
            return low if side == "left" else high
        middle = (low + high) / 2
        halves = [(low, middle), (middle, high)]
        boxes.extend(reversed(halves) if side == "left" else halves)
    return None


def _claim_from(row: Mapping, number: int, file_name: str) -> Claim:
    where = f"{file_name}, claim {row.get('id') or f'number {number}'!r}"
    for name, value in row.items():
        if name not in FIELDS:
            raise KscaleError(f"{where}: {unknown('field', name, FIELDS)}")
        if not isinstance(value, FIELDS[name]):
            raise KscaleError(f"{where}: field {name!r} must be a {FIELDS[name].__name__}, got {value!r}")
    for name in ("id", "document", "section", "statement"):
        if not row.get(name):
            raise KscaleError(f"{where}: field {name!r} is missing or empty")
    return Claim(**{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()})


def _range(model: Model, name: str) -> tuple[float, float]:
    """The range of a sourced quantity in SI: its own, or that which its sourced inputs allow."""
    quantity = model[name]
    if quantity.is_given:
        return quantity.low, quantity.high
    ranges = {other: (model[other].low, model[other].high) for other in model.rests_on(name) if model[other].is_given}
    return model.intervals([name], **{other: box for other, box in ranges.items() if box[0] < box[1]})[name]


def _held_against(figure: Figure, low: float, high: float, unit: str) -> tuple[str, str]:
    span = f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
    span += f" {unit}" if unit not in {"1", "year"} else ""
    if figure.high >= low and figure.low <= high:
        return "supported", f"sources give {span}"
    value = float(figure.value)
    factor = low / value if value < low else value / high
    return "disputed", f"sources give {span}: a factor of {factor:.3g}"


def _slip(number: float, figure: Figure) -> str | None:
    """The power of ten or the unit by which a figure slipped, in words, or None."""
    if number == 0 or figure.value == 0:
        return None
    power = round(math.log10(abs(number / float(figure.value))))
    if power and figure.rounds_from(number / 10**power):
        return f"10^{abs(power)} too {'small' if power > 0 else 'large'}"
    return next((why for factor, why in UNIT_SLIPS.items() if figure.rounds_from(number * factor)), None)


def _by_factor(number: float, claim: Claim) -> str:
    ratio = number / float(claim.figure.value)
    return f"derived is {ratio:.4g} times the printed"

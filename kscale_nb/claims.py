"""The documents' figures as printed, and what may be said of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from kscale_nb.errors import KscaleError, check_known, concerning, echoed
from kscale_nb.files import check_fields, read_toml, rows_of
from kscale_nb.printed import Figure, figure_text, one_digit_more, read_figure, typeset
from kscale_nb.units import unit_factor, with_unit

CALENDAR_YEAR = r"(1[5-9]|20)\d\d"
VERDICTS = {
    "exact": "the document's inputs reproduce the figure to its printed digits",
    "truncated": "reproduced, but cut off instead of rounded",
    "reconstructed": "reproduced with an input that the document does not print",
    "slip": "reproduced after a slip of a power of ten, or of a unit",
    "off": "the document's own inputs contradict it",
    "assumed": "a free input: nothing to derive",
    "qualitative": "no figure: argued in prose",
}
PHYSICS = {
    "supported": "sources agree with it",
    "disputed": "sources give another range, or argue otherwise",
    "infeasible": "a law or a budget forbids it",
    "unverified": "no source found",
    "n/a": "a choice of the document, or otherwise no statement about the world",
}
GROUNDS = {
    "computed": "the printed figure is held against a sourced range, a budget or a bound",
    "argued": "weighed in words, by the evidence named, where nothing can be computed",
    "inherited": "as the worst of the printed figures that it rests on, or as where it was first printed",
    "chosen": "the document's own to choose",
}


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
    against: str = ""  # a sourced quantity whose range it is held against
    budget: str = ""  # a sourced quantity that it may not exceed
    least: str = ""  # a sourced quantity that it may not fall below
    shortage: str = ""  # what it takes over what there is
    world: tuple = ()  # a sourced range in the claim's own unit
    physics: str = ""  # only where nothing can be computed: argued from the evidence, or chosen
    evidence: tuple = ()
    reason: str = ""
    means: tuple = ()  # what words such as "several hundred" are read as: lowest and highest, in the claim's unit

    @cached_property
    def figure(self) -> Figure | None:
        """The printed number, or what its words are read as; None where the document gives neither."""
        if self.means:
            low, high = (Fraction(str(end)) for end in self.means)
            return Figure((low + high) / 2, high - low, self.unit)
        try:
            return read_figure(self.printed, self.unit)
        except KscaleError:
            return None

    @property
    def rules(self) -> list[str]:
        """The fields by which the world judges the claim: one, or none where it inherits."""
        return [name for name in ("against", "world", "budget", "least", "shortage", "physics") if getattr(self, name)]

    @property
    def as_printed(self) -> str:
        """The figure with its unit, as a reader of the document sees it; a year of the calendar has none."""
        if self.means or (self.unit == "year" and re.fullmatch(CALENDAR_YEAR, self.printed)):
            return self.printed
        return with_unit(typeset(self.printed), self.unit)

    @property
    def factor(self) -> float:
        """SI units in one of the claim's."""
        return unit_factor(self.unit) / (unit_factor(self.per) if self.per else 1)

    @property
    def box(self) -> tuple[float, float]:
        """The rounding interval of the printed figure, in SI."""
        return float(self.figure.low) * self.factor, float(self.figure.high) * self.factor


# Of each field, what a row of the file must hold: what its default is, a list for a tuple.
FIELDS = {field.name: list if field.default == () else str for field in fields(Claim)}


@dataclass(frozen=True)
class Verdict:
    """What became of a claim. `derived` is in the claim's own unit; both numbers are None if nothing is derived."""

    claim: Claim
    verdict: str
    note: str = ""
    derived: float | None = None
    physics: str = "n/a"
    physics_note: str = ""
    ground: str = "chosen"  # on which the world judges

    @property
    def relative_error(self) -> float | None:
        """Derived over printed, less one; where words stand for a range, over its nearer end."""
        figure = self.claim.figure
        if self.derived is None or figure is None:
            return None
        if self.claim.means:
            nearest = min(max(self.derived, float(figure.low)), float(figure.high))
            return self.derived / nearest - 1
        return self.derived / float(figure.value) - 1 if figure.value else None

    @property
    def as_derived(self) -> str:
        """The derived value with a digit more than is printed; with its unit where only words are printed."""
        if self.derived is None:
            return ""
        number = figure_text(self.derived, one_digit_more(self.claim.printed))
        return with_unit(number, self.claim.unit) if self.claim.means else number

    def as_record(self) -> dict:
        """The verdict as plain data, the ledger's row."""
        claim = self.claim
        return {
            "id": claim.id, "document": claim.document, "section": claim.section, "statement": claim.statement,
            "printed": claim.printed, "unit": claim.unit, "derived": self.derived,
            "relative_error": self.relative_error, "verdict": self.verdict, "verdict_note": self.note,
            "physics": self.physics, "physics_note": self.physics_note, "ground": self.ground,
            "evidence": list(claim.evidence),
            "chapter": claim.chapter or None, "quantity": claim.quantity or None,
        }  # fmt: skip


def load_claims(path: Path) -> list[Claim]:
    """Read claims from TOML. Raises KscaleError, naming the claim and the field, if anything is amiss."""
    rows, documents, claims = rows_of(path, "claim"), read_toml(path).get("documents"), []
    if not (isinstance(documents, list) and all(isinstance(name, str) for name in documents)):
        raise KscaleError(f"{path.name}: documents = [...] names those that make the claims, got {echoed(documents)}")
    for number, row in enumerate(rows, 1):
        with concerning(f"{path.name}, claim {row.get('id') or f'number {number}'!r}"):
            claims.append(_claim_from(row, documents))
    return claims


def _claim_from(row: Mapping, documents: Collection[str]) -> Claim:
    check_fields(row, FIELDS, needed=("id", "document", "section", "statement"))
    check_known("document", row["document"], documents)
    if not re.fullmatch(r"[\w.-]+", row["id"]):
        raise KscaleError("an id is made of letters, digits, dots and hyphens")
    for name in ("world", "means"):
        ends = row.get(name, [0, 0])
        are_numbers = all(isinstance(end, int | float) and not isinstance(end, bool) for end in ends)
        if not (len(ends) == 2 and are_numbers and -1e300 <= ends[0] <= ends[1] <= 1e300):
            raise KscaleError(f"field {name!r} must be [lowest, highest] in numbers, got {ends}")
    if not all(isinstance(key, str) for key in row.get("evidence", [])):
        raise KscaleError(f"field 'evidence' must hold keys of sources, got {row['evidence']}")
    return Claim(**{name: tuple(value) if isinstance(value, list) else value for name, value in row.items()})

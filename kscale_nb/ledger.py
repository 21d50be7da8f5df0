"""The ledger: every claim of the documents, and the verdict on each, computed and never typed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from copy import copy
from functools import cache
from pathlib import Path

from kscale_nb.claims import GROUNDS, PHYSICS, VERDICTS, Claim, Verdict, load_claims
from kscale_nb.errors import KscaleError, check_known, concerning, echoed
from kscale_nb.files import DATA
from kscale_nb.model import Model
from kscale_nb.printed import COUNTING_WORDS, TO_SUPERSCRIPTS, Figure, figure_text
from kscale_nb.recovery import Recovery, recover
from kscale_nb.sources import source_keys
from kscale_nb.units import parse_unit, same_dimension, unit_meant, with_unit

BYTE_SLIPS = {8: "bits read as bytes", 1 / 8: "bytes read as bits"}
WORST_FIRST = ("infeasible", "disputed", "unverified", "n/a", "supported")


class Ledger:
    """All claims, judged by one model.

    >>> from kscale_nb import LEDGER
    >>> LEDGER.judge("k1s1ai.model.d-model").verdict
    'exact'
    """

    def __init__(self, claims: Iterable[Claim], model: Model, sources: Iterable[str] | None = None):
        self.model = model
        self.changes: dict[str, object] = {}  # what a reader has made otherwise: what is printed stays as it is
        self.claims: dict[str, Claim] = {}
        sources = source_keys() if sources is None else frozenset(sources)
        for claim in claims:
            if claim.id in self.claims:
                raise KscaleError(f"claim {claim.id!r} appears twice")
            self.claims[claim.id] = claim
        figure = {c.id: (c.document, c.quantity, c.printed, c.unit) if c.quantity else c.id for c in self}
        earliest = {figure[c.id]: c for c in reversed(self.claims.values())}
        self.first = {name: earliest[printed] for name, printed in figure.items()}  # where a figure stands first
        for claim in self:
            with concerning(f"claim {claim.id!r}"):
                self._check(claim, sources)

    @classmethod
    def load(cls, model: Model, path: Path | None = None) -> Ledger:
        """Judge the claims of a TOML file, the package's own unless another is named."""
        return cls(load_claims(path or DATA / "claims.toml"), model)

    def under(self, **changes) -> Ledger:
        """The ledger of a scenario, in which every claim is judged after a reader's changes."""
        self.model.under(**changes)
        scenario = copy(self)
        scenario.changes = self.changes | changes
        return scenario

    def _check(self, claim: Claim, sources: frozenset[str]) -> None:
        if len(rules := claim.rules) > 1:
            raise KscaleError(f"the world judges by one rule, not by {rules[0]!r} and {rules[1]!r}")
        if rules and (first := self.first[claim.id]) is not claim:
            raise KscaleError(f"{rules[0]!r} belongs to {first.id}, where the same figure is printed first")
        for name in filter(None, (claim.quantity, claim.against, claim.budget, claim.least)):
            quantity = self.model[name]
            printed_unit = f"{claim.unit}/{claim.per}" if claim.per else claim.unit
            if claim.unit not in COUNTING_WORDS and not same_dimension(printed_unit, quantity.unit):
                raise KscaleError(f"printed in {printed_unit!r}, but {name} is in {quantity.unit!r}")
            if unit_meant(claim.unit, quantity.unit) != claim.unit:
                raise KscaleError("unit 'B' may be byte or billion: write 'byte', or 'billion'")
            if claim.figure is None:
                raise KscaleError(f"{claim.printed!r} is no figure that {name} could be compared with")
        if claim.shortage and (unit := self.model[claim.shortage].unit) not in {"1", "%"}:
            raise KscaleError(f"a shortage is a plain ratio, and {claim.shortage} is in {unit!r}")
        modules = {quantity.declared_in for quantity in self.model.quantities.values()}
        chapters = {module.rpartition(".")[2] for module in modules}
        if claim.chapter:
            check_known("chapter", claim.chapter, chapters)
        for key in claim.evidence:
            check_known("source", key, sources)
        if claim.physics:
            check_known("physics", claim.physics, PHYSICS)
        if rules and claim.physics != "n/a" and not (claim.evidence or claim.reason):
            raise KscaleError("a verdict on the world needs evidence or a reason")

    def __getitem__(self, claim_id: str) -> Claim:
        check_known("claim", claim_id, self.claims)
        return self.claims[claim_id]

    def __iter__(self):
        return iter(self.claims.values())

    def count(self, wanted: str) -> int:
        """How many claims have a document, a verdict, a ground: "K1S1AI/exact"; or are distinct, each figure once.

        >>> from kscale_nb import LEDGER
        >>> LEDGER.count("TIP-0128") == sum(claim.document == "TIP-0128" for claim in LEDGER)
        True
        """
        words = [word for word in re.split(r"/(?!a\b)", wanted) if word] if isinstance(wanted, str) else [wanted]
        known = {*VERDICTS, *PHYSICS, *GROUNDS, "distinct", *(claim.document for claim in self)}
        for word in words:
            check_known("verdict or document", word, known)
        return sum(told.issuperset(words) for told in self._words_told())

    @cache  # noqa: B019 - of this ledger and its scenario alone
    def _words_told(self) -> list[set[str | None]]:
        distinct = {claim.id: "distinct" for claim in self.first.values()}
        verdicts = self.judge_all().items()
        return [{v.claim.document, v.verdict, v.physics, v.ground, distinct.get(i)} for i, v in verdicts]

    def resting_on(self, name: str) -> list[Claim]:
        """The claims whose figures move with a quantity."""
        moved = set(self.model.carries(name)) | {name}
        return [claim for claim in self if claim.quantity in moved]

    def judge(self, claim_id: str, **overrides) -> Verdict:
        """The verdict on one claim, after the given changes of the model: a number or a text each."""
        claim = self[claim_id]
        return self._judged([claim], [claim.quantity] if claim.quantity else [], overrides)[claim.id]

    def judge_all(self, **overrides) -> dict[str, Verdict]:
        """The verdict on every claim, after the given changes of the model: a number or a text each."""
        return self._judged(self, None, overrides)

    def _judged(self, claims: Iterable[Claim], targets: list[str] | None, overrides: Mapping) -> dict[str, Verdict]:
        overrides = {**self.changes, **overrides}
        for name, value in overrides.items():
            self.model.single(name, value)
        printed, values = self.model.values(targets), self.model.values(targets, **overrides)
        return {c.id: self._verdict(c, values.get(c.quantity), printed.get(c.quantity)) for c in claims}

    def _verdict(self, claim: Claim, value: float | None, printed: float | None) -> Verdict:
        changed = value != printed
        in_the_world = self.in_the_world(claim)

        def verdict(word: str, note: str = "", derived: float | None = None) -> Verdict:
            return Verdict(claim, word, note, derived, *in_the_world)

        if claim.figure is None:
            return verdict("qualitative")
        if value is None:
            return verdict("assumed")
        number = value / claim.factor
        if self.model[claim.quantity].is_given:
            if claim.figure.rounds_from(number):
                return verdict("assumed")
            return verdict("off", _by_factor(number, claim), number)
        if claim.figure.rounds_from(number) or (not changed and self._follows_within_estimates(claim)):
            return verdict(*self.how_reproduced(claim), number)
        if not changed and self._follows_from(claim, self._contradicted_results(claim)):
            return verdict("exact", "from printed figures that do not follow themselves", number)
        if claim.means:
            nearest = float(claim.figure.low if number < claim.figure.low else claim.figure.high)
            return verdict("off", f"derived is {number / nearest:.4g} times the nearest reading of the words", number)
        if claim.figure.cut_from(number):
            return verdict("truncated", f"{number:.6g} was cut to {claim.printed}", number)
        if not changed and (slip := _slip(number, claim.figure, self.model[claim.quantity].unit)):
            return verdict("slip", slip, number)
        return verdict("off", _by_factor(number, claim), number)

    @cache  # noqa: B019 - it hangs on the documents alone, not on what a reader changes
    def how_reproduced(self, claim: Claim) -> tuple[str, str]:
        """The verdict on a claim whose figure the model gives: whether it takes an input that no document prints."""
        recovered, guessed = self._unprinted(claim, "recovered"), self._unprinted(claim, "estimate", "measured")
        if guessed:
            return "reconstructed", f"with {', '.join(guessed)}, from elsewhere and anywhere in its range"
        if not recovered:
            return "exact", ""
        printed = _shared((other.quantity, other.box) for other in self._printed_behind(claim))
        if self._follows_from(claim, printed, free=recovered):
            return "exact", "within the rounding of the printed figures it rests on"
        return "reconstructed", f"with the recovered {', '.join(recovered)}"

    def _unprinted(self, claim: Claim, *kinds: str) -> list[str]:
        return [name for name in self.model.rests_on(claim.quantity) if self.model[name].provenance in kinds]

    def _follows_within_estimates(self, claim: Claim) -> bool:
        low, high = _range(self.model, claim.quantity)
        return bool(self._unprinted(claim, "estimate", "measured")) and high >= claim.box[0] and low <= claim.box[1]

    def _follows_from(self, claim: Claim, printed: Mapping[str, tuple[float, float]], free: Iterable[str] = ()) -> bool:
        """Whether a claim follows when printed results serve as inputs, each with its rounding interval."""
        bounds = self.model.propagated(claim.quantity, printed, free) if printed else None
        return bounds is not None and bounds[1] >= claim.box[0] and bounds[0] <= claim.box[1]

    def _printed_behind(self, claim: Claim) -> list[Claim]:
        """The derived figures that the same document prints, behind the claim's own quantity."""
        behind = {name for name in self.model.rests_on(claim.quantity) if not self.model[name].is_given}
        return [other for other in self if other.document == claim.document and other.quantity in behind]

    def _contradicted_results(self, claim: Claim) -> dict[str, tuple[float, float]]:
        """Of each figure behind a claim that the document's own inputs do not give: what its rounding allows."""
        boxes = []
        for other in self._printed_behind(claim):
            value, box = self.model.value(other.quantity) / other.factor, other.box
            if power := _slipped_power(value, other.figure):  # the document computed on with all digits
                box = (value / 10**power * other.factor,) * 2
            if not other.figure.rounds_from(value):
                boxes.append((other.quantity, box))
        return _shared(boxes)

    @cache  # noqa: B019 - what is printed and what sources say move with no change of a reader
    def in_the_world(self, claim: Claim) -> tuple[str, str, str]:
        """What the world says of a claim, why, and on what ground: by the one rule that the claim falls under."""
        if claim.physics:
            return claim.physics, "", "chosen" if claim.physics == "n/a" else "argued"
        if claim.rules:
            return *self._computed(claim), "computed"
        behind = set(self.model.rests_on(claim.quantity)) if claim.quantity else set()
        premises = [self.first[claim.id]] if self.first[claim.id] is not claim else [
            c for c in self if c.document == claim.document and c.quantity in behind and self.first[c.id] is c
            and (c.rules or self.model[c.quantity].is_given)
        ]  # fmt: skip
        word = min((self.in_the_world(c)[0] for c in premises), key=WORST_FIRST.index, default="n/a")
        told = "; ".join(f"{c.statement}: {c.as_printed}" for c in premises if self.in_the_world(c)[0] == word)
        return (word, "", "chosen") if word == "n/a" else (word, f"as {told}", "inherited")

    def _computed(self, claim: Claim) -> tuple[str, str]:
        if claim.shortage:
            return _by_shortage(self.model, claim.shortage)
        bound = claim.against or claim.budget or claim.least
        low, high = claim.world or [end / claim.factor for end in _range(self.model, bound)]
        if claim.against or claim.world:
            return _held_against(claim.figure, low, high, claim.unit, bool(claim.means))
        first, last = float(claim.figure.low), float(claim.figure.high)
        beyond, doubtful = (first > high, first > low) if claim.budget else (last < low, last < high)
        ends = dict.fromkeys(f"{float(claim.figure.value) / end:.3g}" for end in (high, low))
        word = "infeasible" if beyond else "disputed" if doubtful else "supported"
        return word, f"is {' to '.join(ends)} times the {self.model[bound].meaning}"

    def recover(self, unknown_input: str, claim_ids: Iterable[str] | None = None) -> Recovery:
        """The interval of an unprinted input that makes all the named claims true at once.

        Without `claim_ids`, all claims that rest on the input and are reproduced take part. What a document must have
        used is not moved by a scenario.

        >>> from kscale_nb import LEDGER
        >>> recovered = LEDGER.recover("kv_share", ["k1s1ai.service.instances-128k"])
        >>> f"{recovered.low:.3f} to {recovered.high:.3f}"
        '0.294 to 0.303'
        """
        if claim_ids is None:
            claim_ids = [claim.id for claim in self.resting_on(unknown_input)
                         if self.judge(claim.id).verdict in {"exact", "reconstructed"}]  # fmt: skip
        if not isinstance(claim_ids, Iterable):
            raise KscaleError(f"recover: ids of claims are expected, not {echoed(claim_ids)}")
        return recover(self.model, unknown_input, [self[claim_id] for claim_id in claim_ids])


def _range(model: Model, name: str) -> tuple[float, float]:
    """The range of a sourced quantity in SI: its own, or that which its sourced inputs allow."""
    quantity = model[name]
    if quantity.is_given:
        return quantity.low, quantity.high
    ranges = {other: (model[other].low, model[other].high) for other in model.rests_on(name) if model[other].is_given}
    return model.intervals([name], **{other: box for other, box in ranges.items() if box[0] < box[1]})[name]


def _by_shortage(model: Model, name: str) -> tuple[str, str]:
    """By the middle nine tenths of draws; more can be mined elsewhere, so that no multiple forbids anything."""
    low, high = model.sample(4_000, targets=[name]).interval(name, 0.9)
    ends = " to ".join(figure_text(float(end), 2, trailing_zeros=False) for end in (low, high))
    word = "supported" if high <= 1 else "disputed"
    return word, f"takes {ends} times what there is, in nine of ten draws: {model[name].meaning}"


def _held_against(figure: Figure, low: float, high: float, unit: str, worded: bool) -> tuple[str, str]:
    ends = [figure_text(end, 4, trailing_zeros=False) for end in ((low,) if low == high else (low, high))]
    span = " to ".join(ends).replace(",", "") if unit == "year" else " to ".join(ends)
    span = span if unit == "year" else with_unit(span, unit)
    if figure.high >= low and figure.low <= high:
        return "supported", f"sources give {span}"
    nearest = min(max(low, float(figure.low)), float(figure.high)) if worded else float(figure.value)
    factor = low / nearest if nearest < low else nearest / high
    return "disputed", f"sources give {span}: a factor of {factor:.3g} from its nearer end"


def _shared(boxes: Iterable[tuple[str, tuple[float, float]]]) -> dict[str, tuple[float, float]]:
    """What all the intervals of each quantity share; without those that share nothing."""
    shared: dict[str, tuple[float, float]] = {}
    for name, (low, high) in boxes:
        known = shared.get(name, (-math.inf, math.inf))
        shared[name] = max(known[0], low), min(known[1], high)
    return {name: box for name, box in shared.items() if box[0] <= box[1]}


def _slipped_power(number: float, figure: Figure) -> int:
    """The power of ten by which a figure slipped: derived over printed, both of the same digits; 0 if it did not."""
    if number == 0 or figure.value == 0:
        return 0
    shown = f".{figure.significant - 1}e"
    digits, power = f"{number:{shown}}".split("e")
    printed, place = f"{float(figure.value):{shown}}".split("e")
    return int(power) - int(place) if digits == printed else 0


def _slip(number: float, figure: Figure, unit: str) -> str | None:
    """The power of ten or the unit by which a figure slipped, in words, or None.

    One digit alone is met by chance too often for a unit to be told from it.
    """
    if power := _slipped_power(number, figure):
        return f"10{str(abs(power)).translate(TO_SUPERSCRIPTS)} too {'small' if power > 0 else 'large'}"
    if "[memory]" not in parse_unit(unit).dimensionality or figure.significant < 2:
        return None
    return next((why for factor, why in BYTE_SLIPS.items() if figure.rounds_from(number * factor)), None)


def _by_factor(number: float, claim: Claim) -> str:
    printed = float(claim.figure.value)
    return f"derived is {number / printed:.4g} times the printed" if printed else f"derived is {number:.4g}"

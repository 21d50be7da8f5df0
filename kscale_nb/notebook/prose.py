"""Numbers in prose: Markdown links whose text is a value and whose target is a quantity or a claim.

`[4,493 T](kscale:active_parameters)` must show the model's value at the digits shown,
`[4,493 T](kscale:k1s1ai.model.active-parameters)` the figure as the document prints it,
`[4,492.7](kscale:derived/k1s1ai.model.active-parameters)` what is derived of a claim, in the claim's own unit,
`[reconstructed](kscale:verdict/k1s1ai.resources.logic-flops)` the verdict on a claim,
`[23](kscale:count/K1S1AI/exact)` how many claims have a verdict.
A derived number typed bare is a failure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kscale_nb.errors import KscaleError
from kscale_nb.files import read_bytes
from kscale_nb.ledger import Ledger
from kscale_nb.model import Model
from kscale_nb.printed import COUNTING_WORDS, plain, read_figure
from kscale_nb.units import same_dimension, unit_factor, unit_meant, unit_text

SCHEME = "kscale:"
KINDS = ("page", "count", "derived", "verdict")  # the prefixes of a target: page/…, count/…
LIVE_NUMBER = re.compile(r"\[([^\]]*)\]\(kscale:([^)\s]*)\)")
WORDED = "admonition|figure|margin|note|tip|warning"  # directives that hold prose
CODE = re.compile(
    rf"^[ >]*(```|~~~)(?!\{{(?:{WORDED})).*?^[ >]*\1|(?<!`)(`{{1,2}})(?!`)[^\n]+?(?<!`)\2(?!`)", re.M | re.S
)
# What is no prose: directives' fences and options, math, live numbers, images, addresses, HTML, anchors.
NOT_PROSE = re.compile(
    r"^[ >]*(?:```|~~~|:::)[^\n]*$|^[ >]*:[\w-]+:[^\n]*$|\$\$.*?\$\$|\$[^$\n]*\$|!\[[^\]]*\]|\[[^\]]*\]\(kscale:[^)]*\)"
    r"|(?<=\])\([^)]*\)|<!--.*?-->|</?[a-zA-Z][^<>]*>|^\([^)]*\)=$",
    re.M | re.S,
)
BARE_NUMBER = re.compile(
    r"(?<![\w.,])\d+(?:,\d{3})*(?:\.\d+)?(?:\s*×\s*10[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+|[eE][-+]?\d+)?(?![\w])", re.ASCII
)
# What puts a number into a document's mouth: "the document’s own [5%]", "K1S1AI gives [5%] to …", "printed [5%]".
DOCUMENTS_OWN = re.compile(
    r"(the document|K1S1AI|TIP-0128)(['’]s ((?!and)[\w-]+,? ){0,3}|\*{0,2},? (?!and)[^.:;!?|]{0,160})$"
    r"|\bprint(s|ed) [^.:;,]{0,20}$",
    re.I,
)
COUNTED = ("module", "bit", "token", "atom", "book")
YEARS = range(1500, 2101)
MOST_NOTEBOOK = 100_000_000  # bytes, outputs included


@dataclass(frozen=True)
class Problem:
    """A number in prose that the model does not back."""

    where: str
    text: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text!r} {self.reason}"


@dataclass(frozen=True)
class Target:
    """What a `kscale:` link leads to: a `kind` (quantity, claim, derived, count or page), and its name there.

    >>> Target.of("derived/k1s1ai.model.d-model"), Target.of("d_model").kind
    (Target(kind='derived', name='k1s1ai.model.d-model'), 'quantity')
    """

    kind: str
    name: str

    @classmethod
    def of(cls, address: str) -> Target:
        kind, slash, name = address.partition("/")
        if slash and kind in KINDS:
            return cls(kind, name)
        return cls("claim" if "." in address else "quantity", address)


def prose_of(path: Path) -> Iterator[tuple[str, str]]:
    """The Markdown of a page or notebook, as (where, text), and the captions of its figures."""
    if path.suffix == ".md":
        yield path.name, path.read_text(encoding="utf-8")
        return
    for number, cell in enumerate(cells_of(path), 1):
        if cell["cell_type"] == "markdown":
            yield f"{path.name}, cell {number}", "".join(cell["source"])
        if caption := cell["metadata"].get("mystnb", {}).get("figure", {}).get("caption"):
            yield f"{path.name}, caption of cell {number}", caption


def cells_of(path: Path) -> list[dict]:
    """The cells of a notebook. Raises KscaleError, naming the file, for what is no notebook or was cut short."""
    try:
        cells = json.loads(read_bytes(path, MOST_NOTEBOOK).decode())["cells"]
        if all({"cell_type", "source"} <= set(cell) for cell in cells):
            return cells
        reason = "a cell lacks its type or its source"
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        if isinstance(error, KscaleError):
            raise
        reason = str(error)
    raise KscaleError(f"{path.name}: this is no notebook, or it was cut short: {reason}")


def problems_in(path: Path, model: Model, ledger: Ledger) -> list[Problem]:
    """Every number of a page that the model does not back."""
    values = model.values()
    found = []
    for where, source in prose_of(path):
        text = CODE.sub(" ", source)
        for shown, target in LIVE_NUMBER.findall(text):
            reason = check_link(shown, target, model, ledger, values)
            if reason:
                found.append(Problem(where, f"[{shown}]({SCHEME}{target})", reason))
        found += [Problem(where, *own) for own in _documents_own(text, ledger)]
        text = plain(text)
        for stray in re.finditer(rf"\S*{SCHEME}\S*", LIVE_NUMBER.sub(" ", text)):
            found.append(Problem(where, stray[0], f"is no live number: write [text]({SCHEME}name)"))
        prose = NOT_PROSE.sub(" ", text)
        for number in BARE_NUMBER.finditer(prose):
            name = _typed_bare(number[0], prose[number.end() :].lstrip(), model, values)
            if name:
                found.append(Problem(where, number[0], f"is typed bare, and is the value of {name}: link it"))
    return found


def _documents_own(text: str, ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Links that would move with a premise what the sentence says that a document prints."""
    for link in LIVE_NUMBER.finditer(text):
        before = " ".join(re.sub(r"\]\([^)]*\)|\[", "", text[: link.start()][-600:]).split(" "))
        said = DOCUMENTS_OWN.search(re.sub(r"\s+", " ", before)) or re.match(
            r" (is|are|as) printed", text[link.end() :]
        )
        if said and Target.of(link[2]).kind == "quantity":
            for claim in ledger.claims.values():
                if claim.quantity == link[2] and not _check_claim(link[1], claim):
                    yield link[0], f"is the document's own and must not move: link its claim, {SCHEME}{claim.id}"
                    break


def check_link(shown: str, target: str, model: Model, ledger: Ledger, values: dict) -> str | None:
    """What is wrong with one live number, or None."""
    try:
        to = Target.of(target)
        if to.kind == "page":
            return None
        if to.kind == "count":
            count = ledger.count(to.name)
            return None if shown.replace(",", "") == str(count) else f"is not the ledger's count, {count}"
        if to.kind == "derived":
            derived = ledger.judge(to.name).as_derived
            return None if shown.replace("\u00a0", " ") == derived else f"is not what is derived: {derived}"
        if to.kind == "verdict":
            verdict = ledger.judge(to.name).verdict
            return None if shown == verdict else f"is not the verdict: {verdict}"
        if to.kind == "claim":
            return _check_claim(shown, ledger[to.name])
        figure = read_figure(shown)
        factor = factor_of_shown(figure.unit, model[target].unit)
        if factor is None:
            return f"is in {figure.unit!r}, but {target} is in {model[target].unit!r}"
    except KscaleError as error:
        return f"cannot be checked: {error}"
    if not figure.rounds_from(values[target] / factor):
        return f"is not the model's value, {values[target] / factor:.8g}"
    return None


def factor_of_shown(shown: str, unit: str) -> float | None:
    """SI units in one of the `shown` unit, for a value measured in `unit`; None if the two do not fit.

    >>> factor_of_shown("T", "parameter"), factor_of_shown("PB", "PB/module"), factor_of_shown("W", "byte")
    (1000000000000.0, 1000000000000000.0, None)
    """
    shown = unit_meant(shown, unit)
    if shown in COUNTING_WORDS:
        return float(COUNTING_WORDS[shown])
    if same_dimension(shown, unit):
        return unit_factor(shown)
    if counted := _counted_in(unit, shown):  # "18 PB" of 18 PB/module
        return unit_factor(shown) / unit_factor(counted)
    return None


def _counted_in(unit: str, shown: str) -> str | None:
    """What a value is counted per, if the text may leave it to the sentence: the module of `PB/module`."""
    return next((each for each in COUNTED if same_dimension(f"{shown}/{each}", unit)), None)


def _check_claim(shown: str, claim) -> str | None:
    unit = "" if claim.unit in {"1", "-"} else claim.unit
    texts = {claim.printed, claim.as_printed, f"{claim.printed} {unit}".strip(), f"{claim.printed}{unit}"}
    if shown in texts or not claim.printed:
        return None
    try:  # another spelling of the same printed figure, digit for digit
        figure, printed = read_figure(shown), claim.figure
        factor = unit_factor(figure.unit) / unit_factor(claim.unit) if figure.unit else 1
        if printed and float(figure.value) * factor == float(printed.value):
            return None
    except KscaleError:
        pass
    return f"is not what the document prints: {claim.printed} {unit}"


def _typed_bare(number: str, after: str, model: Model, values: dict) -> str | None:
    """The derived quantity whose value a bare number shows: three digits before its own unit, or four at any scale."""
    figure = read_figure(number)
    digits = sum(character.isdigit() for character in re.split("[×eE]", number)[0].replace(",", "").strip("0."))
    if digits < 3 or (number.isdigit() and (int(number) in YEARS or number.startswith("0"))):
        return None
    for name in model:
        unit = unit_text(model[name].unit)
        beside_its_unit = not after.startswith("%") if unit == "1" else after.startswith(unit)
        if model[name].is_given or (digits == 3 and not beside_its_unit):
            continue
        shown = values[name] / unit_factor(model[name].unit)
        scales = [1000.0**power for power in range(-9, 10)] if digits > 3 else [1.0]
        if any(figure.rounds_from(shown * scale) for scale in scales):
            return name
    return None

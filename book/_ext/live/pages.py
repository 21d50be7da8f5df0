"""Pages made from the package while the book is built: the ledger, quantities, verdicts, sources, versions."""

from __future__ import annotations

import csv
import json
import platform
import sys
from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from pathlib import Path, PurePosixPath

import sympy
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from _ext.live.cites import cited
from _ext.live.links import LEDGER_PAGE, link_to, live_value
from _ext.live.shown import typographic
from kscale_nb import LEDGER, MODEL, KscaleError
from kscale_nb.claims import GROUNDS, PHYSICS, VERDICTS, Claim, Verdict
from kscale_nb.doubt.odds import Odds, odds_of, percent
from kscale_nb.quantity import Quantity
from kscale_nb.sources import bibliography
from kscale_nb.units import value_text, with_unit

TOOLS = ["jupyter-book", "sphinx", "numpy", "scipy", "sympy", "pint", "matplotlib"]


def table(
    headers: list[str], rows: list[list], ids: list[str] | None = None, classes: list[str] | None = None
) -> nodes.table:
    """A docutils table; a cell is a text, a node, or a list of nodes; each row may have an anchor."""
    group = nodes.tgroup(cols=len(headers))
    group.extend(nodes.colspec(colwidth=1) for _ in headers)
    head, body = nodes.thead(), nodes.tbody()
    head.append(_row(headers))
    for number, cells in enumerate(rows):
        row = _row(cells)
        if ids:
            row["ids"] = [ids[number]]
        body.append(row)
    group.extend([head, body])
    return nodes.table("", group, classes=["kscale-table", *(classes or [])])


def _row(cells: list) -> nodes.row:
    row = nodes.row()
    for cell in cells:
        contents = cell if isinstance(cell, list) else [cell]
        if all(isinstance(node, str | nodes.Inline) for node in contents):
            contents = [nodes.paragraph("", "", *(nodes.Text(c) if isinstance(c, str) else c for c in contents))]
        row.append(nodes.entry("", *contents))
    return row


def section(title: str, anchor: str, *contents: nodes.Node) -> nodes.section:
    return nodes.section("", nodes.title(title, title), *contents, ids=[anchor], names=[anchor])


class LedgerDirective(SphinxDirective):
    """Every claim with its verdict, in one table that the page's script can sort and filter."""

    def run(self) -> list[nodes.Node]:
        headers = ["Claim", "Printed", "Derived", "Verdict", "Odds", "Against the world"]
        verdicts, odds = LEDGER.judge_all().values(), odds_of(LEDGER)
        rows = [
            [self._claim(v), _unbroken(v.claim), _derived(v), self._verdict(v), odds_told(odds[v.claim.id]),
             self._world(v)]
            for v in verdicts
        ]  # fmt: skip
        return [table(headers, rows, [f"claim-{v.claim.id}" for v in verdicts], ["kscale-ledger"])]

    def _claim(self, verdict: Verdict) -> list[nodes.Node]:
        claim = verdict.claim
        anchor = nodes.reference(
            "", "", nodes.literal(claim.id, claim.id), refid=f"claim-{claim.id}", classes=["kscale-id"]
        )
        place = nodes.paragraph("", "", classes=["kscale-place"])
        place += nodes.inline("", claim.document, classes=["kscale-document"])
        place += nodes.Text(f", {claim.section}")
        paragraphs = [nodes.paragraph("", claim.statement), nodes.paragraph("", "", anchor), place]
        if claim.chapter:
            paragraphs.append(nodes.paragraph("", "", link_to(f"page/notebooks/{claim.chapter}", claim.chapter)))
        return paragraphs

    def _verdict(self, verdict: Verdict) -> list[nodes.Node]:
        word = nodes.inline(verdict.verdict, verdict.verdict, classes=["kscale-verdict", f"kscale-{verdict.verdict}"])
        return [nodes.paragraph("", "", word), *([nodes.paragraph("", verdict.note)] if verdict.note else [])]

    def _world(self, verdict: Verdict) -> list[nodes.Node]:
        word = nodes.inline(
            verdict.physics,
            verdict.physics,
            classes=["kscale-verdict", f"kscale-{verdict.physics.replace('/', '')}"],
        )
        sentences = [text for text in (verdict.physics_note, verdict.claim.reason) if text]
        reason = ". ".join(f"{text[:1].upper()}{text[1:]}" for text in sentences)
        ground = [] if verdict.ground == "chosen" else [nodes.Text(f" {verdict.ground}")]
        paragraphs = [nodes.paragraph("", "", word, *ground), *([nodes.paragraph("", f"{reason}.")] if reason else [])]
        if verdict.claim.evidence:
            sources = nodes.paragraph()
            for number, key in enumerate(verdict.claim.evidence):
                sources += [nodes.Text("; " if number else ""), cited(key)]
            paragraphs.append(sources)
        return paragraphs


def _unbroken(claim: Claim) -> str:
    """The printed figure, never parted from its unit; words may fold."""
    return claim.as_printed if claim.means or claim.figure is None else claim.as_printed.replace(" ", "\u00a0")


def _derived(verdict: Verdict) -> list[nodes.Node] | str:
    """The derived value in the unit of the printed one beside it."""
    if verdict.derived is None:
        return ""
    claim, number = verdict.claim, verdict.as_derived
    if not claim.means and claim.as_printed != claim.printed:  # a year of the calendar is printed without a unit
        number = with_unit(number, claim.unit)
    return [link_to(f"derived/{claim.id}", number)]


def odds_told(odds: Odds) -> list[nodes.Node] | str:
    """How likely a printed figure is right, coarsely before exactly, and the world's verdict on it to fall."""
    parts = (odds.twofold, "within 2×"), (odds.tenfold, "within 10×"), (odds.digits, "to its digits"), (
        odds.withdrawn, "that the world’s verdict falls")  # fmt: skip
    told = [f"{percent(chance)} {what}" for chance, what in parts if chance is not None]
    return [nodes.paragraph("", line, classes=["kscale-odds"]) for line in told] or ""


class CountsDirective(SphinxDirective):
    """How many claims have which verdict, on both axes, and on what ground the world judges."""

    def run(self) -> list[nodes.Node]:
        kinds = ("Verdict", VERDICTS), ("Against the world", PHYSICS), ("Ground", GROUNDS)
        return [self._counted(title, words) for title, words in kinds]

    def _counted(self, title: str, words: dict[str, str]) -> nodes.table:
        rows = [[w, str(LEDGER.count(w)), str(LEDGER.count(f"{w}/distinct")), text] for w, text in words.items()]
        return table([title, "Claims", "Distinct figures", "Meaning"], rows, classes=["kscale-counts"])


def last_read(key: str) -> str:
    """The day on which a source, or what tells of it, was last read for the book: its `urldate`, or "".

    Raises KscaleError for a date that is none.
    """
    day = bibliography().entries[key].fields.get("urldate", "")
    try:
        return day and date.fromisoformat(day).isoformat()
    except ValueError:
        raise KscaleError(f"source {key!r}: urldate must be a day such as 2026-11-28, got {day!r}") from None


def readings() -> list[tuple[str, str, list[str], int]]:
    """Of each source of a measured or estimated input: its last reading, the inputs, the claims that move with them.

    What was never read stands first, then the oldest; of equals, what moves most.
    """
    resting: dict[str, list[str]] = {}
    for name, quantity in MODEL.quantities.items():
        if quantity.provenance in {"measured", "estimate"}:
            resting.setdefault(quantity.source, []).append(name)
    moved = {key: len({c.id for name in names for c in LEDGER.resting_on(name)}) for key, names in resting.items()}
    rows = [(key, last_read(key), names, moved[key]) for key, names in resting.items()]
    return sorted(rows, key=lambda row: (row[1], -row[3], row[0]))


class ReadingsDirective(SphinxDirective):
    """The weakest sources of the model, of which no reading is recorded, or the twenty that were read longest ago."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        dated = [row for row in readings() if row[1]][:20]
        rows = dated if self.arguments[0] == "oldest" else [row for row in readings() if not row[1]]
        headers = ["Source", "Last read", "Inputs that rest on it", "Claims that move"]
        return [table(headers, [self._row(*row) for row in rows])]

    def _row(self, key: str, day: str, names: list[str], moved: int) -> list:
        links = [part for name in names for part in (link_to(name, name), nodes.Text(" "))]
        return [[cited(key)], day or "not recorded", links, str(moved)]


class QuantitiesDirective(SphinxDirective):
    """Every quantity of the model, by chapter in the book's order, each with an anchor of its own."""

    def run(self) -> list[nodes.Node]:
        chapters: dict[str, list[Quantity]] = {}
        in_order_of_declaration = sorted(MODEL.quantities.values(), key=lambda quantity: quantity.dummy_index)
        for quantity in in_order_of_declaration:
            chapters.setdefault(quantity.declared_in, []).append(quantity)
        places = {PurePosixPath(page).name: place for place, page in enumerate(self.config.external_site_map)}
        in_order = sorted(chapters, key=lambda module: places.get(module.rpartition(".")[2], -1))
        return [self._chapter(module, chapters[module]) for module in in_order]

    def _chapter(self, module: str, quantities: list[Quantity]) -> nodes.section:
        title, _, lead = sys.modules[module].__doc__.strip().splitlines()[0].partition(": ")
        rows = [[self._name(quantity), self._value(quantity), self._origin(quantity)] for quantity in quantities]
        anchors = [f"quantity-{quantity.identifier}" for quantity in quantities]
        return section(
            title, f"chapter-{module.rsplit('.', 1)[-1]}",
            nodes.paragraph("", f"{lead[:1].upper()}{lead[1:]}"),
            table(["Quantity", "Value", "Derivation or source"], rows, anchors, ["kscale-quantities"]),
        )  # fmt: skip

    def _name(self, quantity: Quantity) -> list[nodes.Node]:
        return [
            nodes.paragraph("", "", nodes.math(quantity.symbol, quantity.symbol), nodes.Text(f" {quantity.meaning}")),
            nodes.paragraph("", "", nodes.literal(quantity.identifier, quantity.identifier)),
        ]

    def _value(self, quantity: Quantity) -> list[nodes.Node]:
        text = value_text(MODEL.value(quantity.identifier), quantity.unit, 6, trailing_zeros=False)
        shown = {"data-quantity": quantity.identifier, "data-digits": "6", "data-own": ""}
        paragraphs = [nodes.paragraph("", "", live_value("", text, data=shown))]
        if quantity.is_given and quantity.low < quantity.high:
            low, high = (
                value_text(end, quantity.unit, 5, trailing_zeros=False) for end in (quantity.low, quantity.high)
            )
            paragraphs.append(nodes.paragraph("", f"range {low} to {high}"))
        return paragraphs

    def _origin(self, quantity: Quantity) -> list[nodes.Node]:
        if quantity.is_given:
            return [nodes.paragraph("", "", nodes.Text(f"{quantity.provenance}: "), cited(quantity.source))]
        formula = sympy.latex(quantity.expression)
        inputs = nodes.paragraph("", "from ")
        for number, other in enumerate(quantity.inputs):
            inputs += [nodes.Text(", " if number else ""), link_to(other.identifier, other.identifier)]
        return [nodes.paragraph("", "", nodes.math(formula, formula)), inputs]


class VersionsDirective(SphinxDirective):
    """What the book was built with."""

    def run(self) -> list[nodes.Node]:
        rows = [["kscale-nb", version("kscale-nb")], ["Python", platform.python_version()]]
        return [table(["Tool", "Version"], rows + [[name, version(name)] for name in TOOLS])]


class Typographic(SphinxPostTransform):
    """Gives every text, from whatever file it comes, the apostrophes of print; code keeps its own."""

    default_priority = 420

    def run(self, **_options) -> None:
        code = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw)
        for text in list(self.document.findall(nodes.Text)):
            if ("'" in text or '"' in text) and not any(isinstance(above, code) for above in _above(text)):
                text.parent.replace(text, nodes.Text(typographic(text)))


def _above(node: nodes.Node) -> Iterator[nodes.Node]:
    while node := node.parent:
        yield node


LEDGER_FILES = ["ledger.json", "ledger.csv"]


class DownloadsDirective(SphinxDirective):
    """Links to the ledger as data."""

    def run(self) -> list[nodes.Node]:
        paragraph = nodes.paragraph("", "The same as data: ")
        for number, name in enumerate(LEDGER_FILES):
            address = relative_uri(self.env.app.builder.get_target_uri(self.env.docname), f"_static/{name}")
            paragraph += [
                nodes.Text(", " if number else ""),
                nodes.reference(name, name, refuri=address, internal=True),
            ]
        return [paragraph]


def write_ledger_files(app, exception) -> None:
    """Put the ledger beside the pages as JSON and CSV."""
    if exception is not None or app.builder.format != "html":
        return
    records = [verdict.as_record() for verdict in LEDGER.judge_all().values()]
    folder = Path(app.outdir) / "_static"
    (folder / LEDGER_FILES[0]).write_text(json.dumps(records, ensure_ascii=False, indent=1), encoding="utf-8")
    with (folder / LEDGER_FILES[1]).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(records[0]))
        writer.writeheader()
        writer.writerows({**record, "evidence": " ".join(record["evidence"])} for record in records)


def add_ledger_script(app, pagename, _templatename, _context, _doctree) -> None:
    if pagename == LEDGER_PAGE:
        app.add_js_file("ledger.js", loading_method="defer")


def setup(app) -> None:
    app.add_directive("kscale-downloads", DownloadsDirective)
    app.connect("build-finished", write_ledger_files)
    app.connect("html-page-context", add_ledger_script)
    app.add_directive("kscale-ledger", LedgerDirective)
    app.add_directive("kscale-counts", CountsDirective)
    app.add_directive("kscale-readings", ReadingsDirective)
    app.add_directive("kscale-quantities", QuantitiesDirective)
    app.add_directive("kscale-versions", VersionsDirective)
    app.add_post_transform(Typographic)

"""All declarations: of the right kind, each once, and each of some use."""

import json
import random
import re
from collections import defaultdict
from pathlib import Path

from kscale_nb import LEDGER, MODEL
from kscale_nb.quantity import KINDS, Quantity

ROOT = Path(__file__).parents[2]
OF_OTHERS = ("tests", "book", "kscale_nb/data", "kscale_nb/machines", "kscale_nb/notebook")


def test_what_is_ours_says_why():
    """A choice is not exact by definition: its meaning gives the reason, behind a comma or a colon."""
    chosen = [quantity for quantity in MODEL.quantities.values() if quantity.provenance == "chosen"]
    assert len(chosen) > 10
    for quantity in chosen:
        assert re.search(r"[:,] ", quantity.meaning), f"{quantity.identifier}: {quantity.meaning}"


def test_nothing_that_is_defined_speaks_of_a_choice():
    for name, quantity in MODEL.quantities.items():
        if quantity.provenance == "definition":
            assert not re.search(r"to compare|drawn|to be bridged|several|taken as|hotter|warm", quantity.meaning), name


def test_the_panel_ranks_every_kind():
    ranked = re.search(r"const rank = .*?\{(.*?)\}", (ROOT / "book/_ext/static/panel.js").read_text())[1]
    assert set(re.findall(r"(\w+):", ranked)) == set(KINDS)


def test_the_reader_is_told_of_every_kind():
    page = (ROOT / "book/how_to_read.md").read_text()
    told = next(line for line in page.splitlines() if line.startswith("Each input is of one of"))
    assert set(KINDS) <= set(re.findall(r"\*(\w+)\*", told))


def test_supply_voltages_are_in_volts():
    supplies = [quantity for quantity in MODEL.quantities.values() if quantity.meaning.startswith("supply voltage")]
    assert len(supplies) == 3 and {quantity.unit for quantity in supplies} == {"V"}
    assert MODEL.value("design_voltage", supply_28="950 mV") == 0.95


def test_sagans_scale_is_written_out_once():
    for path in (ROOT / "kscale_nb").rglob("*.py"):
        times = len(re.findall(r"log10\(.*6\)|- sagan_offset|sagan_offset \+|\*\* \(10 \*", path.read_text()))
        assert times == (2 if path.name == "energy_split.py" else 0), path


def test_no_result_is_declared_twice():
    """Two results that agree wherever the inputs are moved to are one, unless the documents print both."""
    chance = random.Random(1884)
    moved = {name: value * chance.uniform(0.999, 1) for name, value in MODEL.givens.items()}
    values, alike = MODEL.values(**moved), defaultdict(list)
    for name, quantity in MODEL.quantities.items():
        if not quantity.is_given and not isinstance(quantity.expression, Quantity):  # a second name, to be overridden
            alike[f"{values[name]:.11g}", quantity.unit].append(name)
    printed = {claim.quantity for claim in LEDGER}
    twins = [names for names in alike.values() if len(set(names) - printed) and len(names) > 1]
    assert not twins


def test_every_result_feeds_another_or_is_named():
    """In a notebook, a page, the data, a machine or a test."""
    fed = {other.identifier for quantity in MODEL.quantities.values() for other in quantity.inputs}
    texts = [path.read_text(errors="ignore") for folder in OF_OTHERS for path in (ROOT / folder).rglob("*")
             if path.suffix in {".py", ".md", ".toml", ".csv", ".js"}]  # fmt: skip
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            texts += ["".join(cell["source"]), json.dumps(cell["metadata"])]
    named = {word for text in texts for word in re.findall(r"\w+", text)}
    assert not set(MODEL.quantities) - fed - named

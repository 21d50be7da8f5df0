"""The explorer: the chain from watts to mind as a picture that follows the reader's changes, and what moves what.

The tables below choose what is shown; the script draws them and knows no quantity by name.
"""

from __future__ import annotations

import html
import json

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from _ext.live.flow import SIZES, STONE, flow
from _ext.live.links import link_to
from _ext.live.pages import table
from _ext.live.shown import short_text
from kscale_nb import MODEL, PRESETS
from kscale_nb.notebook.colours import BLUE, GREEN, ORANGE

EXPLORER_PAGE = "book/explorer"
# The premises at hand; any other can be fetched in the panel.
KNOBS = ["K1_power", "computing_share", "logic_share", "memory_share", "logic_efficiency", "dram_power_per_byte",
         "training_time", "training_utilisation", "batch_size"]  # fmt: skip
# Bars whose slices the picture magnifies from left to right; the slice that leads on is named by its place.
BARS = [
    {
        "title": "the civilisation",
        "whole": "K1_power",
        "slices": [["rest_power", "mines, mills, habitats", STONE], ["computing_power", "computing", ORANGE]],
        "leads": 1,
    },
    {
        "title": "computing",
        "whole": "computing_power",
        "slices": [
            ["logic_power", "logic", BLUE],
            ["network_power", "network, cooling", STONE],
            ["memory_power", "memory", GREEN],
        ],
        "leads": 2,
    },
    {
        "title": "a module’s memory",
        "whole": "module_memory",
        "slices": [
            ["weights_bytes", "weights", BLUE],
            ["context_bytes", "one context", ORANGE],
            ["memory_beside_context", "files, other contexts", STONE],
        ],
    },
]
# What becomes of the logic, from the second bar on.
CHAIN = [["logic_throughput", "throughput"], ["training_tokens", "training tokens"],
         ["active_parameters", "active parameters"], ["active_parameters_ratio", "times GPT-4"]]  # fmt: skip
# What is compared, and may be asked what moves it.
RESULTS = {
    "computing_power": "power for computing",
    "logic_throughput": "throughput of the logic",
    "total_memory": "memory",
    "active_parameters": "active parameters",
    "active_parameters_ratio": "active parameters, in times GPT-4’s",
    "training_tokens": "training tokens",
    "tokens_over_human_text": "training tokens over the public text of mankind",
    "decoding_rate": "speed at a context of 100 M tokens",
    "reading_power_excess": "power to read memory at that speed, over what there is",
    "context_fill_time": "time to fill that context",
    "capability_match": "ratio to GPT-4 over that of an S1",
    "iron_nickel_mass": "iron-nickel for the power plant",
    "radiator_mass": "mass of its radiators",
}


class ExplorerDirective(SphinxDirective):
    """The picture at rest, which needs no script, and for the script what it is to show in its place."""

    def run(self) -> list[nodes.Node]:
        for name in named_quantities():
            MODEL[name]  # raises, naming the nearest
        shown = json.dumps({"bars": BARS, "chain": CHAIN, "results": RESULTS, "knobs": KNOBS, "sizes": SIZES})
        room = '<div class="kscale-flow-room" tabindex="0" role="group" aria-label="The machine as a picture">'
        place = (
            f'<div class="kscale-explorer" data-explorer="{html.escape(shown)}">{room}{flow(BARS, CHAIN)}</div></div>'
        )
        return [nodes.raw("", place, format="html")]


class ComparedDirective(SphinxDirective):
    """The machine as printed and as corrected; the script adds the reader's."""

    def run(self) -> list[nodes.Node]:
        preset = PRESETS["corrected"]
        corrected = MODEL.values(**preset.overrides)
        rows = [
            [label, [link_to(name, _text(name, MODEL.value(name)), fixed=True)], _text(name, corrected[name])]
            for name, label in RESULTS.items()
        ]
        headers = ["Quantity", "As printed", preset.title]
        return [table(headers, rows, [f"explorer-{name}" for name in RESULTS], ["kscale-compared"])]


def named_quantities() -> set[str]:
    """Every quantity that the explorer shows."""
    bars = {name for bar in BARS for name in [bar["whole"], *(name for name, *_ in bar["slices"])]}
    return bars | {name for name, _ in CHAIN} | set(RESULTS) | set(KNOBS)


def _text(name: str, value: float) -> str:
    return short_text(value, MODEL[name].unit)


def add_script(app, pagename, _templatename, _context, _doctree) -> None:
    if pagename == EXPLORER_PAGE:
        app.add_js_file("explorer.js", loading_method="defer")


def setup(app) -> None:
    app.add_directive("kscale-explorer", ExplorerDirective)
    app.add_directive("kscale-compared", ComparedDirective)
    app.connect("html-page-context", add_script)

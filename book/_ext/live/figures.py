"""What a page knows of its notebook: how the marks of its figures move, and what each output rests on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import sympy
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from _ext.live.figure_data import description_of
from _ext.live.javascript import javascript_source, written
from _ext.live.words import findings_script
from kscale_nb import MODEL
from kscale_nb.quantity import Quantity, whole

SCRIPTS = ("figures.js",)
FUNCTIONS = {
    "sqrt": sympy.sqrt, "log": sympy.log, "exp": sympy.exp, "larger": sympy.Max, "smaller": sympy.Min, "whole": whole,
    "rational": sympy.Rational, "pi": sympy.pi, "softplus": lambda power: sympy.log(1 + sympy.exp(power)),
}  # fmt: skip


def script_of(name: str, svg: str) -> str:
    """The call that hands a live picture's marks to the page; nothing for a picture without any."""
    description = description_of(svg)
    if description is None:
        return ""
    unders = {
        symbol: [quantity, {cause: _javascript(value) for cause, value in changes.items()}]
        for symbol, (quantity, changes) in description["under"].items()
    }
    marks = [
        {key: _told(key, value, mark) for key, value in mark.items() if key != "id"} for mark in description["marks"]
    ]
    facts = {"panels": description["panels"], "under": unders, "marks": marks}
    facts |= {part: description[part] for part in ("drawn",) if part in description}
    return f"kscaleFigures.add({json.dumps(name)}, {_literal(facts)});\n"


class Source(str):
    """JavaScript, which is written as it is."""

    __slots__ = ()


def _literal(thing) -> str:
    if isinstance(thing, Source):
        return thing
    if isinstance(thing, Mapping):
        return (
            "{"
            + ",".join(
                f"{key if key.isidentifier() else json.dumps(key)}:{_literal(value)}" for key, value in thing.items()
            )
            + "}"
        )
    if isinstance(thing, list | tuple):
        return "[" + ",".join(map(_literal, thing)) + "]"
    return written(thing) if isinstance(thing, float) else json.dumps(thing, ensure_ascii=False)


def _told(key: str, value, mark: Mapping):
    if key == "over":
        runs, low, high, points, is_logarithmic = value
        return [runs, _javascript(low), _javascript(high), points, is_logarithmic, _along(runs, mark)]
    return value if key in {"kind", "panel", "drawn"} else _javascript(value)


def _javascript(thing):
    """What is told of a place or a number, its sources as functions of the values of all quantities."""
    if isinstance(thing, list):
        return [_javascript(part) for part in thing]
    if isinstance(thing, Mapping) and "of" in thing:
        return Source(f"v=>{javascript_source(expression_of(thing['of']))}")
    if isinstance(thing, Mapping):
        return {key: _javascript(value) for key, value in thing.items()}
    return thing


@cache
def expression_of(source: str) -> sympy.Expr:
    """The expression whose source a notebook has printed, over the quantities of the model.

    >>> expression_of("100*computing_share") == 100 * MODEL["computing_share"]
    True
    """
    return sympy.parse_expr(source, local_dict={**FUNCTIONS, **MODEL.quantities})


def _along(runs: str, mark: Mapping) -> list[str]:
    """What has to be computed anew at each point of a sweep: all between what runs and what is drawn."""
    if runs not in MODEL.quantities:
        return []
    drawn = {quantity.identifier for source in _sources([mark.get("x"), mark.get("y")])
             for quantity in expression_of(source).atoms(Quantity)}  # fmt: skip
    needed = drawn.union(*map(MODEL.rests_on, drawn))
    return [name for name in MODEL.carries(runs) if name in needed]


def _sources(thing) -> list[str]:
    if isinstance(thing, list):
        return [source for part in thing for source in _sources(part)]
    return [thing["of"]] if isinstance(thing, Mapping) else []


def rests_of(document: nodes.document) -> dict[str, str]:
    """Of each output that Python made of quantities, the name that it gets on the page, and theirs."""
    found = {}
    for cell in document.findall(nodes.container):
        record = cell.get("cell_metadata", {}).get("kscale", {}) if cell.get("nb_element") == "cell_code" else {}
        for output in cell.children if record.get("rests") else ():
            if output.get("nb_element") == "cell_code_output":
                name = f"output-{cell['cell_index']}"
                output["ids"].append(name)
                found[name] = record["rests"]
    return found


class LivePage(SphinxPostTransform):
    """Writes the script of a page, before its pictures become part of it."""

    default_priority = 490
    formats = ("html",)

    def run(self, **_options) -> None:
        scripts = []
        for image in self.document.findall(nodes.image):
            file = Path(self.app.srcdir, image["uri"])
            if file.suffix == ".svg" and file.is_file() and image.parent["ids"]:
                scripts.append(script_of(image.parent["ids"][0], file.read_text(encoding="utf-8")))
        scripts.append(findings_script(self.document))
        if rests := rests_of(self.document):
            scripts.append(f"kscaleFollow.rests({_literal(rests)});\n")
        path = Path(self.app.outdir, "_static", script_name(self.env.docname))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(scripts), encoding="utf-8") if any(scripts) else path.unlink(missing_ok=True)


def script_name(docname: str) -> str:
    return f"page-{docname.replace('/', '-')}.js"


def add_script(app, pagename, _template, _context, _doctree) -> None:
    if Path(app.outdir, "_static", script_name(pagename)).is_file():
        for script in SCRIPTS:
            app.add_js_file(script, loading_method="defer")
        app.add_js_file(script_name(pagename), loading_method="defer")


def setup(app) -> None:
    app.add_post_transform(LivePage)
    app.connect("html-page-context", add_script)

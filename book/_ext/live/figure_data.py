"""The numbers behind a live picture as printed, as a table that a reader can take away."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping

import numpy as np

from kscale_nb import MODEL
from kscale_nb.notebook.marks import Quantile, quantile
from kscale_nb.printed import figure_text
from kscale_nb.readings import ARRAYS, FLOATS, namespace

METADATA = "{http://www.w3.org/2000/svg}metadata"


def description_of(svg: str) -> dict | None:
    """What a picture says of its marks; None of one that is not live."""
    told = ElementTree.fromstring(svg).find(METADATA)
    return json.loads(told.text) if told is not None and (told.text or "").strip() else None


def csv_of(svg: str) -> str:
    """The marks of a live picture in rows of comma-separated values: mark, kind, text, x, y."""
    description, text = description_of(svg), io.StringIO()
    scope = dict(MODEL.values())
    for symbol, (quantity, changes) in description["under"].items():
        scope[symbol] = MODEL.value(quantity, **{cause: _value(thing, scope) for cause, thing in changes.items()})
    drawn = {symbol: quantile(MODEL[name], *how) for symbol, (name, *how) in description.get("drawn", {}).items()}
    scope |= {symbol: one.at(MODEL) for symbol, one in drawn.items()}
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["mark", "kind", "text", "x", "y"])
    for mark in description["marks"]:
        table.writerows([mark["id"], mark["kind"], *row] for row in _rows(mark, scope, drawn))
    return text.getvalue()


def _rows(mark: Mapping, scope: Mapping, drawn: Mapping[str, Quantile]) -> Iterator[tuple]:
    """Of each place of a mark its text, its x and its y; of a band one row for each of its two sides."""
    functions = FLOATS
    if "over" in mark:
        runs, low, high, points, is_logarithmic = mark["over"]
        grid = (np.geomspace if is_logarithmic else np.linspace)(_value(low, scope), _value(high, scope), points)
        named = set(re.findall(r"\w+", json.dumps([mark["x"], mark["y"]]))) & set(MODEL.quantities)
        scope = {**scope, **(MODEL.values(named, **{runs: grid}) if runs in MODEL.quantities else {runs: grid})}
        scope |= {symbol: drawn[symbol].at(MODEL, runs, grid) for symbol in mark.get("drawn", ())}
        functions = ARRAYS
    if mark["kind"] == "label":
        yield "".join(_value(mark["text"], scope)), *_value(mark["at"], scope)
        return
    xs, ys = (_value(mark.get(axis), scope, functions) for axis in ("x", "y"))
    sides = ys if mark["kind"] == "band" and xs is not None and ys is not None else [ys]
    for side in sides if xs is not None or ys is not None else ():
        for x, y in np.broadcast(*(np.asarray(one, dtype=object) for one in (xs, side))):
            yield "", _short(x), _short(y)


def _short(number) -> str:
    return "" if number is None else f"{float(number):.6g}"


def _value(thing, scope: Mapping, functions=FLOATS):
    if isinstance(thing, list):
        return [_value(part, scope, functions) for part in thing]
    if isinstance(thing, Mapping) and "of" in thing:
        return eval(thing["of"], namespace(functions, scope))  # what our own notebook has printed
    if isinstance(thing, Mapping):
        return figure_text(_value(thing["number"], scope) / thing["factor"], thing["digits"]) + thing["after"]
    return thing

"""The cover for libraries of e-books, which want a picture of dots: the front page's engraving under the title."""

from __future__ import annotations

import io
import re
import textwrap
from xml.etree import ElementTree

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path

from _ext.look.cover import HEIGHT as DRAWING_HEIGHT
from _ext.look.cover import WIDTH as DRAWING_WIDTH
from _ext.look.cover import cover

WIDTH, HEIGHT, DOTS = 1200, 1800, 100  # pixels, pixels, per inch
MARGIN = 70
SCALE = (WIDTH - 2 * MARGIN) / DRAWING_WIDTH
BOTTOM = 470  # of the drawing
INK, PAPER = "#6b4a1e", "#fffdf8"
SERIF = "STIXGeneral"  # matplotlib brings it


def cover_picture(title: str, author: str) -> bytes:
    """A portrait of 1200 x 1800 pixels as PNG, the same on every run."""
    figure = Figure(figsize=(WIDTH / DOTS, HEIGHT / DOTS), dpi=DOTS, facecolor=PAPER)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(0, HEIGHT))
    axes.axis("off")
    with rc_context({"path.simplify": False}):
        for element in ElementTree.fromstring(cover()):
            for patch in _patches(element):
                axes.add_patch(patch)
        for text, y, size, width in ((title, 1560, 62, 20), (author, 230, 22, 40)):
            lines = "\n".join(textwrap.wrap(text, width))
            axes.text(WIDTH / 2, y, lines, fontsize=size, ha="center", va="center", linespacing=1.35, family=SERIF)
        file = io.BytesIO()
        canvas.print_png(file, metadata={"Software": None})
    return file.getvalue()


def _patches(element: ElementTree.Element) -> list:
    """What one element of the drawing, a path or a group of circles, is in the picture."""
    fill = {"kscale-cover-paper": PAPER, "kscale-cover-ink": INK}.get(element.get("class", ""), "none")
    width = float(element.get("stroke-width", 0)) * SCALE * 72 / DOTS
    style = {"facecolor": fill, "edgecolor": INK, "linewidth": width, "joinstyle": "round", "capstyle": "round"}
    if element.tag.endswith("}path"):
        return [PathPatch(_path(element.get("d")), **style)]
    return [
        Circle(_place(float(ring.get("cx")), float(ring.get("cy"))), float(ring.get("r")) * SCALE, **style)
        for ring in element
        if ring.tag.endswith("}circle")
    ]


def _place(x: float, y: float) -> tuple[float, float]:
    return MARGIN + x * SCALE, BOTTOM + (DRAWING_HEIGHT - y) * SCALE


def _path(commands: str) -> Path:
    """A path of the drawing, which uses M, l, h, v, H, V, q and z alone.

    >>> len(_path("M2 3l1-2 3 4h5q1 2 3 4z").vertices)
    7
    """
    points, codes, here, start = [], [], (0.0, 0.0), (0.0, 0.0)
    for command, numbers in re.findall(r"([MlhvHVqz])([^A-Za-z]*)", commands):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        x, y = here
        if command in "hvHV":
            length = values[0]
            steps = [{"h": (x + length, y), "v": (x, y + length), "H": (length, y), "V": (x, length)}[command]]
        elif command == "l":
            steps = []
            for dx, dy in zip(values[::2], values[1::2], strict=True):
                x, y = x + dx, y + dy
                steps.append((x, y))
        elif command == "q":
            steps = [(x + dx, y + dy) for dx, dy in zip(values[::2], values[1::2], strict=True)]
        else:
            steps = [(values[0], values[1])] if command == "M" else [start]
        start = steps[0] if command == "M" else start
        code = {"M": Path.MOVETO, "q": Path.CURVE3, "z": Path.CLOSEPOLY}.get(command, Path.LINETO)
        points += [_place(*step) for step in steps]
        codes += [code] * len(steps)
        here = steps[-1]
    return Path(points, codes)

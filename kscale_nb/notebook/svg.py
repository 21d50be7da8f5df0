"""Pictures that are the same text on every processor: numbers rounded, names counted."""

from __future__ import annotations

import re
from hashlib import sha256

import matplotlib.pyplot as plt
from IPython.core.pylabtools import print_figure
from matplotlib.figure import Figure

from kscale_nb.notebook.scenario import is_as_printed

DECIMALS = 3  # of a point: far below what an eye or a printer resolves, far above what processors disagree on
TAG, MOVE = re.compile(r"<[a-zA-Z][^>]*>"), re.compile(r"translate\(([^)]*)\)")
PLACE = re.compile(r'(?<= )(d|points|viewBox|x|y|x1|y1|x2|y2|cx|cy|r|rx|ry|width|height)="([^"]*)"')
NUMBER = re.compile(r"-?\d*\.\d+(?:e[-+]?\d+)?|-?\d+e[-+]?\d+")
DIGEST = re.compile(r' id="(\w*?)([0-9a-f]{10})"')  # how matplotlib names clips, marks, hatches and collections
METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
WORDS = re.compile(r"<!--.*?-->|<[a-zA-Z]+|(?<=>)[^<>]+", re.DOTALL)


def picture(figure: Figure) -> str:
    """The figure as SVG, the same text on every run and every processor.

    One with marks bound to quantities keeps its texts as texts, and says how its marks move.
    """
    description = getattr(figure, "description", None)
    is_live = description is not None and description.is_live
    for number, panel in enumerate(figure.axes):
        panel.patch.set_gid(f"panel-{number}")
        if is_live and not is_as_printed():
            panel.grow()
        if is_live and not panel.axison:  # the page measures places from the ground of a panel, also from a bare one's
            panel.set_axis_on()
            for part in (panel.xaxis, panel.yaxis, *panel.spines.values()):
                part.set_visible(False)
    with plt.rc_context({"svg.fonttype": "none" if is_live else "path"}):
        svg = settled(print_figure(figure, "svg", metadata={"Date": None, "Creator": None}))
    if not is_live:
        return svg
    panels = [panel.described() for panel in figure.axes]
    return METADATA.sub(lambda _: description.as_text(panels), svg).replace("<svg ", '<svg class="kscale-live" ', 1)


def settled(svg: str) -> str:
    """The same picture with coordinates rounded, and with no name that is made of them.

    Matplotlib names clips and marks by a digest of their coordinates. Here they are counted as they appear, after a
    digest of the picture's elements and words, so that pictures in one document do not take each other's marks.

    >>> settled('<path id="m3f9a0b1c2d" d="M 1.23449999 0 L 2e-9 5"/><use href="#m3f9a0b1c2d" x="7.55756249"/>')
    '<path id="ma70b5e-0" d="M 1.234 0 L 0 5"/><use href="#ma70b5e-0" x="7.558"/>'
    """
    svg = TAG.sub(_with_rounded_places, svg)
    words = sha256("".join(WORDS.findall(svg)).encode()).hexdigest()[:6]
    found = dict.fromkeys(DIGEST.findall(svg))
    names = {kind + digest: f"{kind}{words}-{number}" for number, (kind, digest) in enumerate(found)}
    named = re.compile(rf'(?<=[ ("])(id="|#)({"|".join(names)})(?=[")])')
    return named.sub(lambda name: name[1] + names[name[2]], svg) if names else svg


def _with_rounded_places(tag: re.Match) -> str:
    text = PLACE.sub(lambda place: f'{place[1]}="{NUMBER.sub(_rounded, place[2])}"', tag[0])
    return MOVE.sub(lambda move: f"translate({NUMBER.sub(_rounded, move[1])})", text)


def _rounded(number: re.Match) -> str:
    return f"{round(float(number[0]), DECIMALS) + 0.0:.{DECIMALS}f}".rstrip("0").rstrip(".")

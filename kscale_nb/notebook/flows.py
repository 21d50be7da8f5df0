"""A picture of flows: columns of things, and bands between them as wide as what flows (Sankey's diagram)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from kscale_nb.errors import KscaleError
from kscale_nb.notebook.colours import INK, PAPER

BAR = 0.06  # width of a thing, the columns being one apart


def draw_flows(
    axes: Axes,
    columns: Sequence[Sequence[str]],
    flows: Mapping[tuple[str, str], float],
    colours: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    gap: float = 0.03,
) -> None:
    """Draw the `flows` between things in neighbouring columns, each band in the colour of either end.

    `gap` is the space between two things, as a share of the largest column. Raises KscaleError for a flow between
    things that are not in neighbouring columns, or below zero.
    """
    place = {thing: number for number, column in enumerate(columns) for thing in column}
    for (start, end), amount in flows.items():
        if place.get(end) != place.get(start, math.inf) + 1:
            raise KscaleError(f"a flow leads from one column to the next, and {start!r} to {end!r} does not")
        if not amount >= 0:
            raise KscaleError(f"the flow from {start!r} to {end!r} is {amount!r}, and cannot be drawn")
    sizes = {
        thing: max(
            sum(amount for (start, _), amount in flows.items() if start == thing),
            sum(amount for (_, end), amount in flows.items() if end == thing),
        )
        for thing in place
    }
    space = gap * max(sum(sizes[thing] for thing in column) for column in columns)
    top = {}
    for number, column in enumerate(columns):
        at = 0.0
        for thing in column:
            top[thing] = at
            axes.add_patch(Rectangle((number, at), BAR, sizes[thing], color=colours.get(thing, INK), linewidth=0))
            _label(axes, number, len(columns), at + sizes[thing] / 2, (labels or {}).get(thing, thing))
            at += sizes[thing] + space
    leaves, enters = dict(top), dict(top)
    for start, end in sorted(flows, key=lambda pair: [columns[place[pair[0]]].index(pair[0]), top[pair[1]]]):
        width = flows[start, end]
        colour = colours.get(end, colours.get(start, INK))
        _band(axes, place[start] + BAR, place[end], leaves[start], enters[end], width, colour)
        leaves[start], enters[end] = leaves[start] + width, enters[end] + width
    axes.set(xlim=(-0.5, len(columns) - 0.05), ylim=(max(top[t] + sizes[t] for t in top) + space / 2, -space / 2))
    axes.axis("off")


def _label(axes: Axes, number: int, columns: int, height: float, text: str) -> None:
    if number == 0:
        axes.text(-0.03, height, text, ha="right", va="center", fontsize=9.5)
    else:
        inside = number < columns - 1
        box = {"facecolor": PAPER, "alpha": 0.75, "linewidth": 0, "pad": 0.6} if inside else None
        axes.text(number + BAR + 0.03, height, text, va="center", fontsize=9.5, bbox=box)


def _band(axes: Axes, left: float, right: float, start: float, end: float, width: float, colour: str) -> None:
    share = np.linspace(0, 1, 40)
    along = left + (right - left) * share
    upper = start + (end - start) * (3 * share**2 - 2 * share**3)
    outline = np.column_stack([np.r_[along, along[::-1]], np.r_[upper, (upper + width)[::-1]]])
    axes.add_patch(Polygon(outline, facecolor=colour, alpha=0.55, linewidth=0))

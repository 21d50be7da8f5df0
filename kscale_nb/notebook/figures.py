"""One style and one vocabulary for all figures: curves, points, spans, rules, bands, labels and arrows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files

import matplotlib.pyplot as plt
import numpy as np
from IPython import get_ipython
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib_inline.backend_inline import set_matplotlib_formats

from kscale_nb.errors import KscaleError
from kscale_nb.notebook.colours import GREY, INK, PAPER, shade
from kscale_nb.notebook.svg import picture

WIDTH = 7.2  # of every figure [inch]: the width of the page's column
LETTERS = 9.5  # size of the labels inside a figure [point]
Place = tuple[float, float]


def house_style() -> None:
    """Draw figures in the book's style, as SVG that is the same on every run and every processor."""
    plt.style.use(str(files("kscale_nb") / "data" / "kscale.mplstyle"))
    if (shell := get_ipython()) is not None:
        set_matplotlib_formats("svg")
        shell.display_formatter.formatters["image/svg+xml"].for_type(Figure, picture)


def figure(
    name: str,
    height: float = 4.2,
    *,
    panels: tuple[int, int] = (1, 1),
    width: float = WIDTH,
    layout: str | None = None,
    sharex: bool = False,
    ratios: Iterable[float] | None = None,
    **properties: object,
) -> Panel | list[Panel]:
    """An empty figure of a name, `height` in inches: its panel, or its rows times columns of `panels` in one list.

    `properties` are those of matplotlib's `Axes.set`, and `log`, `rows`, `columns`, `xmarks`, `ymarks`, `bare`; every
    panel takes them. `ratios` are the heights of the rows. A notebook shows the figure when its cell ends.

    >>> panel = figure("speeds", log="x", xlabel="speed [m/s]", xmarks=[1, 1000])
    >>> panel.get_xscale(), [mark.get_text() for mark in panel.get_xticklabels()]
    ('log', ['1', '1,000'])
    >>> plt.close(panel.figure)
    """
    picture, grid = plt.subplots(
        *panels, figsize=(width, height), layout=layout, sharex=sharex, height_ratios=ratios, squeeze=False,
        subplot_kw={"axes_class": Panel},
    )  # fmt: skip
    picture.set_label(name)
    for panel in grid.flat:
        panel.set(**properties)
    return grid[0, 0] if grid.size == 1 else list(grid.flat)


class Panel(Axes):
    """Matplotlib's axes, with the marks that the chapters draw, and letters as dark as reading asks."""

    def set_log(self, which: str) -> None:
        """Make the axes named, "x", "y" or "xy", logarithmic."""
        if which not in {"x", "y", "xy"}:
            raise KscaleError(f'the logarithmic axes are "x", "y" or "xy", not {which!r}')
        for axis in which:
            self.set(**{f"{axis}scale": "log"})

    def set_rows(self, names: Iterable[str]) -> None:
        """Name the rows 0, 1, 2 on the upright axis, which then needs no lines of its own."""
        self.set_yticks(*_marks(dict(enumerate(names))))
        self.grid(axis="y", visible=False)

    def set_columns(self, names: Iterable[str]) -> None:
        """Name the columns 0, 1, 2 above the panel, which then needs no lines of its own."""
        self.xaxis.tick_top()
        self.set_xticks(*_marks(dict(enumerate(names))))
        self.grid(axis="x", visible=False)

    def set_xmarks(self, marks: Iterable[float] | Mapping[float, str]) -> None:
        """Mark these numbers alone along the panel, in figures or in the words given."""
        self.set_xticks(*_marks(marks))
        self.xaxis.minorticks_off()

    def set_ymarks(self, marks: Iterable[float] | Mapping[float, str]) -> None:
        """Mark these numbers alone up the panel, in figures or in the words given."""
        self.set_yticks(*_marks(marks))
        self.yaxis.minorticks_off()

    def set_bare(self, bare: bool) -> None:
        """Draw a diagram, without axes."""
        self.axis("off" if bare else "on")

    def curve(
        self, x: object, y: object, colour: str = INK, *, style: str = "-", width: float = 2, alpha: float = 1,
        text: str = "", at: Place | None = None, **letters: object,
    ) -> None:  # fmt: skip
        """Draw a line through points, level where `y` is one number, and write its name at a place of its own."""
        self.plot(*np.broadcast_arrays(x, y), color=colour, linestyle=style, linewidth=width, alpha=alpha)
        self._name(text, at, colour, letters)

    def point(
        self, x: object, y: object, colour: str = INK, text: str = "", shift: Place = (8, 0), *,
        marker: str = "o", size: float = 6, hollow: bool = False, ink: str | None = None, **letters: object,
    ) -> None:  # fmt: skip
        """Draw a point, or several, and write its name `shift` points from it, in its colour or in `ink`."""
        edge = {"markeredgecolor": colour, "markeredgewidth": 2} if hollow else {}
        self.plot(x, y, marker, color=PAPER if hollow else colour, markersize=size, **edge)
        if text:
            self.label(text, (x, y), ink or colour, shift=shift, **letters)

    def span(self, row: float, low: float, high: float, colour: str, *, width: float = 7, alpha: float = 1) -> None:
        """Draw a bar from `low` to `high` along a row, `width` points wide."""
        self.plot([low, high], [row, row], color=colour, linewidth=width, alpha=alpha, solid_capstyle="butt")

    def rule(
        self, colour: str = GREY, *, x: float | None = None, y: float | None = None, style: str = "--",
        width: float = 1.2, text: str = "", at: Place | None = None, **letters: object,
    ) -> None:  # fmt: skip
        """Draw a line across the panel at one `x` or one `y`, and write its name at a place of its own."""
        if (x is None) == (y is None):
            raise KscaleError(f"a rule stands at one x or at one y, not at x={x} and y={y}")
        draw, where = (self.axvline, x) if y is None else (self.axhline, y)
        draw(where, color=colour, linestyle=style, linewidth=width)
        self._name(text, at, colour, letters)

    def band(
        self, colour: str, *, x: object = None, y: object = None, alpha: float = 0.16,
        text: str = "", at: Place | None = None, ink: str = INK, **letters: object,
    ) -> None:  # fmt: skip
        """Shade between two values of `x` or of `y`, or between two curves `y` over many `x`, and name it in `ink`."""
        if x is not None and y is not None:
            self.fill_between(x, *y, color=colour, alpha=alpha, linewidth=0)
        elif y is not None:
            self.axhspan(*y, color=colour, alpha=alpha, linewidth=0)
        elif x is not None:
            self.axvspan(*x, color=colour, alpha=alpha, linewidth=0)
        else:
            raise KscaleError("a band lies along x, along y, or between two curves y over x, and neither is given")
        self._name(text, at, ink, letters)

    def arrow(
        self, start: Place, end: Place, colour: str = INK, *, style: str = "-", width: float = 1.6, gap: float = 0
    ) -> None:
        """Draw an arrow from one place to another, `gap` points short of both."""
        shape = {"arrowstyle": "-|>", "mutation_scale": 10, "shrinkA": gap, "shrinkB": gap}
        line = {"color": colour, "linestyle": style, "linewidth": width}
        self.annotate("", end, start, annotation_clip=False, arrowprops=shape | line)

    def label(
        self, text: str, at: Place, colour: str = INK, *, shift: Place = (0, 0), to: Place | None = None,
        lead: bool = False, ground: str = PAPER, size: float = LETTERS, **letters: object,
    ) -> None:  # fmt: skip
        """Write `text` at a place, `shift` points from it; a line leads `to` another place, or by `lead` to its own.

        The letters are in the colour, as dark as reading asks on the colour of their `ground`.
        """
        style = {"color": shade(colour, ground), "fontsize": size, "annotation_clip": False, **letters}
        if "rotation" in letters:
            style = {"rotation_mode": "anchor", **style}
        if to is not None or lead:
            style["arrowprops"] = {"arrowstyle": "-", "color": colour, "linewidth": 0.8}
        if to is None:
            self.annotate(text, at, shift, textcoords="offset points", **style)
        else:
            self.annotate(text, to, at, **style)

    def _name(self, text: str, at: Place | None, colour: str, letters: Mapping[str, object]) -> None:
        if text and at is None:
            raise KscaleError(f"the name {text!r} needs a place in the figure: at=(x, y)")
        if text:
            self.label(text, at, colour, **letters)


def _marks(marks: Iterable[float] | Mapping[float, str]) -> tuple[list[float], list[str]]:
    texts = marks if isinstance(marks, Mapping) else {number: f"{number:,g}" for number in marks}
    return list(texts), [str(text) for text in texts.values()]

"""One style and one vocabulary for all figures: curves, points, spans, rules, bands, labels and arrows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from importlib.resources import files

import matplotlib.pyplot as plt
import numpy as np
from IPython import get_ipython
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import AutoLocator, LogLocator, ScalarFormatter
from matplotlib_inline.backend_inline import set_matplotlib_formats

from kscale_nb.errors import KscaleError
from kscale_nb.notebook.colours import GREY, INK, PAPER, shade
from kscale_nb.notebook.marks import Description, Sweep, Words, lowest, now
from kscale_nb.notebook.svg import picture
from kscale_nb.printed import TO_SUPERSCRIPTS

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
    panel takes them. `ratios` are the heights of the rows. A notebook shows the figure when its cell ends. Places and
    numbers of marks may be expressions of quantities: the page then moves them with a reader's premises.

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
    picture.description = Description()
    for panel in grid.flat:
        panel.set(**properties)
    return grid[0, 0] if grid.size == 1 else list(grid.flat)


class Panel(Axes):
    """Matplotlib's axes, with the marks that the chapters draw, and letters as dark as reading asks."""

    held: str = ""  # the axes that keep their ends whatever moves, since their marks are words
    reached: tuple[tuple[str, float], ...] = ()  # the places of marks that stand alone, on which axis each

    def set_log(self, which: str) -> None:
        """Make the axes named, "x", "y" or "xy", logarithmic."""
        if which not in {"x", "y", "xy"}:
            raise KscaleError(f'the logarithmic axes are "x", "y" or "xy", not {which!r}')
        for axis in which:
            self.set(**{f"{axis}scale": "log"})
            getattr(self, f"{axis}axis").set_major_formatter(power_of_ten)

    def set_rows(self, names: Iterable[str]) -> None:
        """Name the rows 0, 1, 2 on the upright axis, which then needs no lines of its own."""
        self.held += "y"
        self.set_yticks(*_marks(dict(enumerate(names))))
        self.grid(axis="y", visible=False)

    def set_columns(self, names: Iterable[str]) -> None:
        """Name the columns 0, 1, 2 above the panel, which then needs no lines of its own."""
        self.held += "x"
        self.xaxis.tick_top()
        self.set_xticks(*_marks(dict(enumerate(names))))
        self.grid(axis="x", visible=False)

    def set_xmarks(self, marks: Iterable[float] | Mapping[float, str]) -> None:
        """Mark these numbers alone along the panel, in figures or in the words given."""
        self.held += "x" if isinstance(marks, Mapping) else ""
        self.set_xticks(*_marks(marks))
        self.xaxis.minorticks_off()

    def set_ymarks(self, marks: Iterable[float] | Mapping[float, str]) -> None:
        """Mark these numbers alone up the panel, in figures or in the words given."""
        self.held += "y" if isinstance(marks, Mapping) else ""
        self.set_yticks(*_marks(marks))
        self.yaxis.minorticks_off()

    def set_bare(self, bare: bool) -> None:
        """Draw a diagram, without axes."""
        self.held += "xy" if bare else ""
        self.axis("off" if bare else "on")

    def curve(
        self, x: object, y: object, colour: str = INK, *, style: str = "-", width: float = 2, alpha: float = 1,
        over: tuple | None = None, text: str | Words = "", at: Place | None = None, **letters: object,
    ) -> None:  # fmt: skip
        """Draw a line through points, or through those that `over=(quantity, low, high)` gives as it runs; name it."""
        sweep = over and Sweep(*over, self.get_xscale() == "log")
        places = np.broadcast_arrays(now(x, sweep), now(y, sweep))  # level where `y` is one number
        (line,) = self.plot(*places, color=colour, linestyle=style, linewidth=width, alpha=alpha)
        self._bind(line, "curve", x=x, y=y, over=sweep)
        self._name(text, at, colour, letters)

    def point(
        self, x: object, y: object, colour: str = INK, text: str | Words = "", shift: Place = (8, 0), *,
        marker: str = "o", size: float = 6, hollow: bool = False, ink: str | None = None, **letters: object,
    ) -> None:  # fmt: skip
        """Draw a point, or several, and write its name `shift` points from it, in its colour or in `ink`."""
        edge = {"markeredgecolor": colour, "markeredgewidth": 2} if hollow else {}
        (points,) = self.plot(now(x), now(y), marker, color=PAPER if hollow else colour, markersize=size, **edge)
        self._bind(points, "point", x=x, y=y)
        if text:
            self.label(text, (x, y), ink or colour, shift=shift, **letters)

    def lowest(self, x: object, y: object, colour: str = INK, *, over: tuple, size: float = 6) -> None:
        """Draw a point where the curve over a sweep is lowest."""
        sweep = Sweep(*over, self.get_xscale() == "log")
        (point,) = self.plot(
            *([end] for end in lowest(now(x, sweep), now(y, sweep))), "o", color=colour, markersize=size
        )
        self._bind(point, "point", x=x, y=y, over=sweep)

    def span(self, row: object, low: object, high: object, colour: str, *, width: float = 7, alpha: float = 1) -> None:
        """Draw a bar from `low` to `high` along a row, `width` points wide."""
        self.curve([low, high], [row, row], colour, width=width, alpha=alpha)
        self.lines[-1].set_solid_capstyle("butt")

    def rule(
        self, colour: str = GREY, *, x: object = None, y: object = None, style: str = "--",
        width: float = 1.2, text: str | Words = "", at: Place | None = None, **letters: object,
    ) -> None:  # fmt: skip
        """Draw a line across the panel at one `x` or one `y`, and write its name at a place of its own."""
        if (x is None) == (y is None):
            raise KscaleError(f"a rule stands at one x or at one y, not at x={x} and y={y}")
        draw, where = (self.axvline, x) if y is None else (self.axhline, y)
        self._bind(draw(now(where), color=colour, linestyle=style, linewidth=width), "rule", x=x, y=y)
        self._name(text, at, colour, letters)

    def band(
        self, colour: str, *, x: object = None, y: object = None, alpha: float = 0.16, over: tuple | None = None,
        text: str | Words = "", at: Place | None = None, ink: str = INK, **letters: object,
    ) -> None:  # fmt: skip
        """Shade between two values of `x` or of `y`, or between two curves `y` over many `x`, and name it in `ink`."""
        sweep = over and Sweep(*over, self.get_xscale() == "log")
        if x is not None and y is not None:
            shade_in, places = self.fill_between, [now(x, sweep), *now(y, sweep)]
        elif y is not None:
            shade_in, places = self.axhspan, now(y)
        elif x is not None:
            shade_in, places = self.axvspan, now(x)
        else:
            raise KscaleError("a band lies along x, along y, or between two curves y over x, and neither is given")
        shaded = shade_in(*places, color=colour, alpha=alpha, linewidth=0)
        self._bind(shaded, "band", x=x, y=y, over=sweep)
        self._name(text, at, ink, letters)

    def arrow(
        self, start: Place, end: Place, colour: str = INK, *, style: str = "-", width: float = 1.6, gap: float = 0
    ) -> None:
        """Draw an arrow from one place to another, `gap` points short of both."""
        shape = {"arrowstyle": "-|>", "mutation_scale": 10, "shrinkA": gap, "shrinkB": gap}
        line = {"color": colour, "linestyle": style, "linewidth": width}
        arrow = self.annotate("", now(end), now(start), annotation_clip=False, arrowprops=shape | line)
        self._bind(arrow.arrow_patch, "arrow", start=start, end=end)

    def label(
        self, text: str | Words, at: Place, colour: str = INK, *, shift: Place = (0, 0), to: Place | None = None,
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
            label = self.annotate(str(text), now(at), shift, textcoords="offset points", **style)
        else:
            label = self.annotate(str(text), now(to), now(at), **style)
        self._bind(label, "label", text=text, at=at)
        if label.arrow_patch is not None:
            self._bind(label.arrow_patch, "leader", to=to or at)

    def described(self) -> dict[str, list]:
        """Of each axis its scale, its ends, and whether it may be drawn with other ends."""
        return {
            name: [self.get_xscale() if name == "x" else self.get_yscale(), *(float(f"{end:.6g}") for end in ends),
                   name not in self.held]
            for name, ends in (("x", self.get_xlim()), ("y", self.get_ylim()))
        }  # fmt: skip

    def grow(self) -> None:
        """Move the ends of the axes out to all marks that stand alone, as the page does, and mark them anew."""
        for name in {"x", "y"} - set(self.held):
            axis, is_log = getattr(self, f"{name}axis"), getattr(self, f"get_{name}scale")() == "log"
            places = np.array([place for on, place in self.reached if on == name and (place > 0 or not is_log)])
            ends = axis.get_transform().transform(np.array(axis.get_view_interval()))
            found = axis.get_transform().transform(places[np.isfinite(places)]) if len(places) else ends
            margin = np.array([-0.06, 0.06]) * np.ptp(ends)
            reach, least_most = np.array([found.min(), found.max()]), np.sort(ends)
            beyond = (reach - least_most) * np.sign(margin) > abs(margin) / 60
            if beyond.any():
                grown = axis.get_transform().inverted().transform(np.where(beyond, reach + margin, least_most))
                getattr(self, f"set_{name}lim")(*(grown if ends[0] < ends[1] else grown[::-1]))
                axis.set_major_locator(LogLocator() if is_log else AutoLocator())
                axis.set_major_formatter(power_of_ten if is_log else ScalarFormatter())

    def _bind(self, artist, kind: str, **things: object) -> None:
        artist.set_gid(self.figure.description.add(kind, self.figure.axes.index(self), **things))
        if kind not in {"label", "leader"} and things.get("over") is None:
            self.reached += tuple((name, place) for name in ("x", "y") for place in _numbers(now(things.get(name))))

    def _name(self, text: str | Words, at: Place | None, colour: str, letters: Mapping[str, object]) -> None:
        if text and at is None:
            raise KscaleError(f"the name {text!r} needs a place in the figure: at=(x, y)")
        if text:
            self.label(text, at, colour, **letters)


def _numbers(thing: object) -> list[float]:
    if isinstance(thing, list | tuple | np.ndarray):
        return [number for part in thing for number in _numbers(part)]
    return [] if thing is None else [float(thing)]


def _marks(marks: Iterable[float] | Mapping[float, str]) -> tuple[list[float], list[str]]:
    texts = marks if isinstance(marks, Mapping) else {number: f"{number:,g}" for number in marks}
    return list(texts), [str(text) for text in texts.values()]


def power_of_ten(number: float, _place: int = 0) -> str:
    """The mark of a logarithmic axis, in characters that a page can write too.

    >>> power_of_ten(1000.0), power_of_ten(1e13), power_of_ten(2e-7)
    ('1,000', '10¹³', '')
    """
    power = round(math.log10(number))
    if not math.isclose(number, 10.0**power):
        return ""
    return f"{number:,.{max(-power, 0)}f}" if -4 < power < 5 else f"10{str(power).translate(TO_SUPERSCRIPTS)}"

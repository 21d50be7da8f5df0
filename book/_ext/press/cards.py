"""A picture for each chapter, for previews of shared links: its question, and a gear in the colours of its verdicts."""

from __future__ import annotations

import io
import textwrap
from collections import Counter
from importlib.resources import files
from math import ceil, cos, pi, sin
from pathlib import Path, PurePosixPath

import matplotlib.style
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon
from PIL import Image

from _ext.look.journey import chapters_of
from _ext.press.address import is_published
from kscale_nb import LEDGER
from kscale_nb.claims import VERDICTS, Verdict
from kscale_nb.notebook.colours import BLUE, GREEN, GREY, INK, ORANGE, PAPER, SKY, VERMILLION

WIDTH, HEIGHT, DOTS = 1200, 630, 100  # pixels, pixels, per inch
FOLDER, BOOK = "_static/cards", "book"
STONE = "#a39b8f"
COLOURS = {
    "exact": GREEN, "truncated": SKY, "reconstructed": BLUE, "slip": ORANGE, "off": VERMILLION,
    "assumed": GREY, "qualitative": STONE,
}  # fmt: skip
COLOURS_IN_PICTURE = 256
FEWEST_TEETH = 24
SERIF = {"family": "DejaVu Serif"}
STYLE = str(files("kscale_nb") / "data" / "kscale.mplstyle")


def draw_card(title: str, verdicts: list[Verdict], above: str) -> bytes:
    """A card of 1200 x 630 pixels as PNG, the same on every run: title, question, and the verdicts as a gear."""
    with matplotlib.style.context(STYLE):
        figure = Figure(figsize=(WIDTH / DOTS, HEIGHT / DOTS), dpi=DOTS, facecolor=PAPER)
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH), ylim=(0, HEIGHT))
        axes.axis("off")
        _write(axes, title, above)
        _gear(axes, (955, 350), 165, _in_order(verdicts))
        _legend(axes, Counter(verdict.verdict for verdict in verdicts), canvas.get_renderer())
        canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3]).quantize(
        COLOURS_IN_PICTURE, dither=Image.Dither.NONE
    )
    file = io.BytesIO()
    picture.save(file, format="PNG", optimize=True)
    return file.getvalue()


def _in_order(verdicts: list[Verdict]) -> list[str]:
    words = list(VERDICTS)
    return sorted((verdict.verdict for verdict in verdicts), key=words.index)


def _write(axes, title: str, above: str) -> None:
    axes.text(64, 560, above.upper(), fontsize=13, color=GREY, va="top")
    axes.plot([64, 190], [520, 520], color=VERMILLION, linewidth=3, solid_capstyle="butt")
    name, _, question = title.partition(": ")
    heading = textwrap.wrap(name, 17)
    axes.text(64, 480, "\n".join(heading), fontsize=44, color=INK, va="top", linespacing=1.15, **SERIF)
    below = 452 - 72 * len(heading)
    question = question[:1].upper() + question[1:]
    axes.text(64, below, textwrap.fill(question, 30), fontsize=25, color=INK, va="top", linespacing=1.4)


def _gear(axes, centre: tuple[float, float], radius: float, words: list[str]) -> None:
    """A gear whose teeth carry the verdicts' colours, clockwise from the top: one tooth each, or as many for each."""
    x, y = centre
    teeth = [word for word in words for _ in range(ceil(FEWEST_TEETH / len(words)))]
    step = 2 * pi / len(teeth)
    for number, word in enumerate(teeth):
        middle = pi / 2 - (number + 0.5) * step
        corners = [(radius - 2, 0.40), (radius + 34, 0.28), (radius + 34, -0.28), (radius - 2, -0.40)]
        tooth = [(x + r * cos(middle + side * step), y + r * sin(middle + side * step)) for r, side in corners]
        axes.add_patch(Polygon(tooth, facecolor=COLOURS[word], edgecolor="none"))
    axes.add_patch(Circle(centre, radius, facecolor=PAPER, edgecolor=INK, linewidth=5))
    axes.add_patch(Circle(centre, radius - 16, facecolor="none", edgecolor=INK, linewidth=1.2))
    axes.text(x, y + 14, str(len(words)), fontsize=62, color=INK, ha="center", va="center", **SERIF)
    axes.text(x, y - 58, "claim" if len(words) == 1 else "claims", fontsize=19, color=GREY, ha="center", va="center")


def _legend(axes, counts: Counter, renderer) -> None:
    x, y = 64, 82
    for word in VERDICTS:
        if not counts[word]:
            continue
        label = axes.text(x + 22, y, f"{counts[word]} {word}", fontsize=15, color=INK, va="center")
        width = label.get_window_extent(renderer).width
        if x + 22 + width > WIDTH - 64:
            x, y = 64, y - 36
            label.set_position((x + 22, y))
        axes.add_patch(Circle((x + 7, y), 7, facecolor=COLOURS[word], edgecolor="none"))
        x += 22 + width + 32


def write_cards(app, exception) -> None:
    """Draw the cards of the book and of its chapters; one that tests no claim of its own shows the whole ledger."""
    if exception is not None or not is_published(app) or app.config.kscale_book is None:
        return
    book, verdicts = app.config.kscale_book, list(LEDGER.judge_all().values())
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for page in chapters_of(app.env):
        name = PurePosixPath(page).name
        own = [verdict for verdict in verdicts if verdict.claim.chapter == name] or verdicts
        (folder / f"{name}.png").write_bytes(draw_card(app.env.titles[page].astext(), own, book.title))
    tagline = f"{book.title}: every figure of two speculative documents, derived and judged"
    (folder / f"{BOOK}.png").write_bytes(draw_card(tagline, verdicts, "An executable book"))


def setup(app) -> None:
    app.connect("build-finished", write_cards)

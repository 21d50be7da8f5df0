"""The explorer's picture at rest: bars that magnify each other, and the chain from throughput to mind, as SVG.

The page's script draws the same of the reader's values, with these sizes; a test holds the two together. Colours and
sizes of letters stand in the drawing itself, since the book in one file has none of the page's styles.
"""

from __future__ import annotations

import html

from _ext.live.shown import short_text
from kscale_nb import MODEL
from kscale_nb.notebook.colours import GREY, ORANGE
from kscale_nb.printed import figure_text

SIZES = {"width": 980, "height": 450, "top": 52, "bar": 46, "step": 330, "tall": 300, "label": 68}
# Every bar is so tall in the book, and so much taller for each factor of ten that it stands for more.
SIZES |= {"rest": 220, "decade": 12, "least": 20}
STONE = "#8a8378"
CLASSES = {
    "title": {"font-size": 15, "font-weight": 600},
    "label": {"font-size": 14, "font-weight": 600},
    "number": {"font-size": 15, "font-weight": 600},
    "text": {"font-size": 13, "fill": GREY},
}


def flow(bars: list[dict], chain: list[list[str]]) -> str:
    """The picture of the machine as the document prints it."""
    top, tall = SIZES["top"], SIZES["tall"]
    drawn = [part for number, bar in enumerate(bars) for part in _bar(bar, 20 + number * SIZES["step"], number)]
    y = top + tall + 66
    for number, (name, label) in enumerate(chain):
        x = 20 + number * 245
        drawn += [_text(x, y, "number", _shown(name)), _text(x, y + 17, "text", label)]
        drawn += [_text(x - 40, y + 17, "number", "→")] if number else []
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZES["width"]} {SIZES["height"]}" role="img" '
        f'class="kscale-flow" fill="currentColor"><title>{html.escape(description(bars, chain))}</title>'
        f"<g>{''.join(drawn)}</g></svg>"
    )


def description(bars: list[dict], chain: list[list[str]]) -> str:
    """What the picture shows, for those who do not see it."""
    parts = [f"{label} {_shown(name)}" for bar in bars for name, label, _ in bar["slices"]]
    parts += [f"{_shown(name)} {label}" for name, label in chain]
    return f"From {_shown(bars[0]['whole'])} to a mind: {', '.join(parts)}."


def _bar(bar: dict, x: int, number: int) -> list[str]:
    top, tall, width = SIZES["top"], SIZES["rest"], SIZES["bar"]
    foot = top + SIZES["tall"]
    whole, y, middles = MODEL.value(bar["whole"]), float(foot - tall), []
    drawn = [_text(x, top - 30, "title", bar["title"]), _text(x, top - 14, "text", _shown(bar["whole"]))]
    for slice_number, (name, _, colour) in enumerate(bar["slices"]):
        height = tall * MODEL.value(name) / whole
        drawn.append(
            f'<rect x="{x}" y="{y:.3f}" width="{width}" height="{max(height, 1):.3f}" fill="{colour}" '
            f'class="kscale-slice kscale-slice-{number}-{slice_number}"/>'
        )
        if bar.get("leads") == slice_number:
            right = x + SIZES["step"]
            fan = f"M{x + width} {y:.3f} L{right} {foot - tall} L{right} {foot} L{x + width} {y + height:.3f} Z"
            drawn.append(f'<path class="kscale-fan" d="{fan}" fill="{ORANGE}" opacity="0.16"/>')
        y += height
        middles.append(y - height / 2)
    left = x + SIZES["label"]
    for (name, label, _), middle, at in zip(bar["slices"], middles, _spread(middles), strict=True):
        lead = f"M{x + width} {middle:.3f} L{left - 4} {at - 6:.3f}"
        percent = figure_text(100 * MODEL.value(name) / whole, 2, trailing_zeros=False)
        drawn += [
            f'<path class="kscale-flow-lead" d="{lead}" fill="none" stroke="{GREY}"/>',
            _text(left, at - 2, "label", label),
            _text(left, at + 14, "text", f"{_shown(name)} ({percent}%)"),
        ]
    return drawn


def _spread(middles: list[float]) -> list[float]:
    """Where labels stand beside their slices: each with room for two lines, none beyond the bar's ends."""
    room, least, most = 38, SIZES["top"] + 12, SIZES["top"] + SIZES["tall"] - 14
    down: list[float] = []
    for middle in middles:
        down.append(max(middle, least, down[-1] + room if down else least))
    limit, up = float(most), []
    for at in reversed(down):
        up.append(min(at, limit))
        limit = up[-1] - room
    return up[::-1]


def _shown(name: str) -> str:
    return short_text(MODEL.value(name), MODEL[name].unit).replace(" ", "\u00a0")


def _text(x: float, y: float, kind: str, text: str) -> str:
    looks = " ".join(f'{name}="{value}"' for name, value in CLASSES[kind].items())
    return f'<text x="{x}" y="{y:g}" class="kscale-flow-{kind}" {looks}>{html.escape(text)}</text>'

"""The palette of the figures: colours that the colour-blind tell apart, and letters dark enough to read."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_hex, to_rgb

INK, PAPER = "#2b2825", "#fffdf8"
BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY, GREY = (
    "#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#55504a",
)  # fmt: skip


READABLE = 4.5  # contrast that the Web Content Accessibility Guidelines ask of text


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21, as the Web Content Accessibility Guidelines define it.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def shade(colour: str, ground: str = PAPER) -> str:
    """A colour as dark as letters need to be: the palette is made for lines and areas, and is pale for text.

    >>> shade(BLUE), shade(GREEN)
    ('#0072b2', '#008662')
    """
    darker = next(part for part in np.arange(1, 0, -0.01) if contrast(_times(colour, part), ground) >= READABLE)
    return _times(colour, darker)


def _times(colour: str, part: float) -> str:
    return to_hex([part * channel for channel in to_rgb(colour)])

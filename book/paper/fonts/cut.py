"""Cuts the text faces of the printed book: python cut.py FOLDER, of the files of npm’s @fontsource/stix-two-text.

The whole font is STIX Two Text 2.12, Copyright 2001-2021 The STIX Fonts Project Authors
(https://github.com/stipub/stixfonts), under the SIL Open Font License 1.1 (OFL.txt beside the font of formulas; it
reserves no font name), here from version 5.3.0 of the package. Needs fonttools and brotli. The cut differs in two ways:

- each face is one file, of Latin and Greek with its kerning;
- it has all raised and lowered digits: those that the font lacks are its bolder digits, made smaller.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
from fontTools.merge import Options as MergeOptions
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont

CHARACTERS = (
    "20-7E A0-17F 2BC 2C6 2C7 2D8-2DD 218-21B 391-3A9 3B1-3C9 3D1 3D5 2002-200B 2010-2016 2018-201E "
    "2020-2022 2026 202F 2030 2032 2033 2044 20AC 2122 2126 2190-2193 2202 2206 220F 2211 2212 2215 221A "
    "221E 222B 2248 2260 2264 2265"
)
SUBSETS = ("latin", "latin-ext", "greek")
FACES = {"regular": ("400-normal", "600-normal"), "italic": ("400-italic", "600-italic"),
         "bold": ("600-normal", "700-normal"), "bold-italic": ("600-italic", "700-italic")}  # fmt: skip
RAISED = dict(zip("⁰⁴⁵⁶⁷⁸⁹⁻", "0456789−", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))


def joined(folder: Path, face: str) -> TTFont:
    """One font of the package's subsets of a face."""
    with TemporaryDirectory() as there:
        parts = []
        for subset in SUBSETS:
            font = TTFont(folder / f"stix-two-text-{subset}-{face}.woff2", recalcTimestamp=False)
            font.flavor = None
            parts.append(f"{there}/{subset}.ttf")
            font.save(parts[-1])
        return Merger(MergeOptions(drop_tables=["GSUB", "GDEF", "STAT", "DSIG", "gasp", "prep"])).merge(parts)


def height(font: TTFont, character: str) -> tuple[float, float]:
    pen = BoundsPen(font.getGlyphSet())
    font.getGlyphSet()[font.getBestCmap()[ord(character)]].draw(pen)
    return pen.bounds[1], pen.bounds[3]


def add_small_digits(font: TTFont, bolder: TTFont) -> None:
    low, high = height(font, "¹")
    scale = (high - low) / (height(font, "1")[1] - height(font, "1")[0])
    for characters, shift in ((RAISED, low), (LOWERED, low - 0.48 * font["head"].unitsPerEm)):
        for small, large in characters.items():
            if ord(small) in font.getBestCmap():
                continue
            source = bolder.getBestCmap().get(ord(large)) or bolder.getBestCmap()[ord("-")]
            pen = TTGlyphPen(None)
            bolder.getGlyphSet()[source].draw(TransformPen(pen, (scale, 0, 0, scale, 0, shift)))
            name = f"uni{ord(small):04X}"
            font.setGlyphOrder([*font.getGlyphOrder(), name])
            font["glyf"][name] = pen.glyph()
            width, bearing = bolder["hmtx"][source]
            font["hmtx"][name] = (round(width * scale), round(bearing * scale))
            for table in font["cmap"].tables:
                table.cmap[ord(small)] = name


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, (face, bolder_face) in FACES.items():
        font = joined(folder, face)
        subsetter = Subsetter(Options(hinting=False, layout_features=["kern"], name_IDs=["*"]))
        subsetter.populate(unicodes=parse_unicodes(CHARACTERS + " B2 B3 B9"))
        subsetter.subset(font)
        add_small_digits(font, joined(folder, bolder_face))
        font["head"].created = font["head"].modified = 0
        font.flavor = "woff2"
        font.save(f"stix-two-text-{name}.woff2")

"""Cuts stix-two-math.woff2 from the whole font: python cut.py stix-two-math-latin-400-normal.woff2

The whole font is STIX Two Math 2.12 b168a, Copyright 2001-2021 The STIX Fonts Project Authors
(https://github.com/stipub/stixfonts), under the SIL Open Font License 1.1 (OFL.txt; it reserves no font name), as in
the npm package @fontsource/stix-two-math 5.3.0. Needs fonttools and brotli. The cut differs in two ways:

- it holds the characters below, with their larger sizes and the table of mathematical measures;
- its larger radical signs are as wide as the smallest: browsers reserve room for the widest after every root.
"""

import sys

from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont

CHARACTERS = """
    20-7E A0 AC B0 B1 B7 D7 F7 131 237 2C6 2C7 2D8-2DA 2DC 302-304 306-308 30A 30C 338
    391-3A9 3B1-3C9 3D1 3D5 3D6 3F0 3F1 3F4 3F5
    2002-200B 2010-2016 2018-201A 201C 201D 2020-2022 2026 202F 2030 2032-2037 203E 2044 2057 205F-2064 20D7
    2102 210A-2115 2118-211D 2124 2126 2127 212B-2131 2133-2138
    2190-2199 219D 21A0 21A6 21A9 21AA 21BC-21CC 21D0-21D5 21DA 21DB
    2200-22FF 2308-230B 23B4 23B5 23DC-23E1 25A0 25A1 25B3 25BD 25CA 25CB 2605 2660-2663
    27E6-27EB 27F5-27FC 2A00-2A06 2A0C 2A7D 2A7E 2A85-2A88 2AAF 2AB0
    1D400-1D467 1D49C-1D4B5 1D538-1D550 1D6A4 1D6A5 1D6E2-1D71B
"""
RADICAL = 0x221A


def cut(font: TTFont) -> None:
    subsetter = Subsetter(Options(hinting=False, layout_features=[], name_IDs=["*"]))
    subsetter.populate(unicodes=parse_unicodes(CHARACTERS.replace("\n", " ").replace("  ", " ").strip()))
    subsetter.subset(font)


def narrow_radicals(font: TTFont) -> None:
    smallest = font.getBestCmap()[RADICAL]
    variants = font["MATH"].table.MathVariants
    sizes = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(smallest)]
    names = {record.VariantGlyph for record in sizes.MathGlyphVariantRecord}
    names.update(part.glyph for part in sizes.GlyphAssembly.PartRecords)
    width = font["hmtx"][smallest][0]
    for name in names - {smallest}:
        advance, bearing = font["hmtx"][name]
        scale = width / advance
        pen = TTGlyphPen(font.getGlyphSet())
        font.getGlyphSet()[name].draw(TransformPen(pen, (scale, 0, 0, 1, 0, 0)))
        font["glyf"][name] = pen.glyph()
        font["hmtx"][name] = (width, round(bearing * scale))


if __name__ == "__main__":
    stix = TTFont(sys.argv[1], recalcTimestamp=False)
    cut(stix)
    narrow_radicals(stix)
    stix.flavor = "woff2"
    stix.save("stix-two-math.woff2")

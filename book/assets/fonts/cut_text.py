"""Cuts the text faces of the pages from those of the printed book, which have all letters: python cut_text.py

They are STIX Two Text (see book/paper/fonts/cut.py, and OFL.txt here). Needs fonttools and brotli.
"""

from pathlib import Path

from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
WHOLE = HERE.parents[1] / "paper" / "fonts"
CHARACTERS = (
    "20-7E A0-FF 105 107 10D 119 142 15B 161 17A 17C 17E 391-3A9 3B1-3C9 2002-200B 2010-2015 2018-201E 2022 2026 202F "
    "2030 2032 2033 2044 2070 2074-2079 207B 2080-2089 20AC 2190-2193 2212 221A 221E 2248 2260 2264 2265"
)

if __name__ == "__main__":
    for face in ("regular", "italic", "bold"):
        font = TTFont(WHOLE / f"stix-two-text-{face}.woff2", recalcTimestamp=False)
        subsetter = Subsetter(Options(hinting=False, layout_features=["kern"], name_IDs=["*"]))
        subsetter.populate(unicodes=parse_unicodes(CHARACTERS))
        subsetter.subset(font)
        font.flavor = "woff2"
        font.save(HERE / f"stix-two-text-{face}.woff2")

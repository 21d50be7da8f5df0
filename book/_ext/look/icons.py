"""The icons that the pages use, as a font of a few kilobytes cut from the theme's own fonts while the book is built."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from pathlib import Path

import pydata_sphinx_theme
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from kscale_nb.errors import KscaleError, unknown

THEME = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"
FONTS = THEME / "vendor" / "fontawesome" / "webfonts"
STYLESHEET = Path("styles") / "pydata-sphinx-theme.css"
SOLID, REGULAR, BRANDS = "fa-solid-900", "fa-regular-400", "fa-brands-400"
FONT_OF_STYLE = {
    "fa": SOLID, "fas": SOLID, "fa-solid": SOLID, "far": REGULAR, "fa-regular": REGULAR,
    "fab": BRANDS, "fa-brands": BRANDS,
}  # fmt: skip
MODIFIER = re.compile(r"fa-(?:2?xs|sm|lg|2?xl|\d+x|fw|spin|pulse|inverse|rotate-.*|flip-.*)")
ICON_RULE = re.compile(r'((?:\.fa-[\w-]+:before,?)+)\{content:"\\([0-9a-f]+) ?"\}')
CODE_IN_RULE = re.compile(r'"\\([ef][0-9a-f]{3})"|"([\ue000-\uf8ff])"')  # escaped, or the character itself
SOURCES = re.compile(r"src:url\([^)]*/(fa-[a-z]+-\d+)\.woff2\)[^;}]*")


def icons_of(markup: str) -> set[tuple[str, str]]:
    """The icons that a page's markup, or a script's, names: pairs of a font and a class.

    >>> icons_of('<i class="fab fa-github fa-lg"></i>')
    {('fa-brands-400', 'fa-github')}
    """
    found = set()
    for classes in re.findall(r'"((?:[\w-]+ )*(?:fa|fa[srb]|fa-solid|fa-regular|fa-brands) [\w -]*)"', markup):
        names = classes.split()
        font = next(FONT_OF_STYLE[name] for name in names if name in FONT_OF_STYLE)
        drawn = [n for n in names if n.startswith("fa-") and n not in FONT_OF_STYLE and not MODIFIER.fullmatch(n)]
        found.update((font, name) for name in drawn)
    return found


def code_of_icons(stylesheet: str) -> dict[str, str]:
    """The hexadecimal code of each icon's class, read from the theme's stylesheet."""
    codes = {}
    for selectors, code in ICON_RULE.findall(stylesheet):
        codes.update(dict.fromkeys(re.findall(r"\.(fa-[\w-]+):before", selectors), code))
    return codes


def codes_in(stylesheet: str) -> set[str]:
    """The codes of the icons that rules of their own draw, such as the mark of a link to GitHub.

    >>> sorted(codes_in('a::before { content: "\\uf09b" } p::after { content: "\\\\f078" }'))
    ['f078', 'f09b']
    """
    return {escaped or f"{ord(character):x}" for escaped, character in CODE_IN_RULE.findall(stylesheet)}


def subset(font: str, codes: set[str]) -> tuple[bytes, set[str]]:
    """A font of these characters alone, compressed, and which of them it has."""
    whole = TTFont(FONTS / f"{font}.ttf", recalcTimestamp=False)
    present = {code for code in codes if int(code, 16) in whole.getBestCmap()}
    subsetter = Subsetter(Options(hinting=False, layout_features=[], name_IDs=["*"], notdef_outline=True))
    subsetter.populate(unicodes=[int(code, 16) for code in present])
    subsetter.subset(whole)
    whole.flavor = "woff"
    file = io.BytesIO()
    whole.save(file)
    return file.getvalue(), present


def write_icons(named: Mapping[tuple[str, str], str], static: Path) -> None:
    """Write the theme's stylesheet with the icons that pages and its scripts name, and no other. Raises KscaleError."""
    stylesheet = (THEME / STYLESHEET).read_text(encoding="utf-8")
    codes = code_of_icons(stylesheet)
    used: dict[tuple[str, str], str] = {}
    for script in sorted((static / "scripts").glob("*theme.js")):
        named = {**dict.fromkeys(icons_of(script.read_text(encoding="utf-8")), script.name), **named}
    for (font, name), file in named.items():
        if name not in codes:
            raise KscaleError(f"{file}: {unknown('icon', name, codes)}")
        used[font, codes[name]] = f"{file}: {name}"
    kept = {code for _, code in used}
    stylesheet = ICON_RULE.sub(lambda rule: rule[0] if rule[2] in kept else "", stylesheet)
    others = "".join(path.read_text(encoding="utf-8") for path in static.rglob("*.css") if path.name != STYLESHEET.name)
    kept.update(codes_in(ICON_RULE.sub("", stylesheet) + others))
    faces = {}
    for font in (SOLID, REGULAR, BRANDS):
        faces[font], present = subset(font, kept)
        for (wanted, code), place in used.items():
            if wanted == font and code not in present:
                raise KscaleError(f"{place} is no icon of the font {font}")
    stylesheet = SOURCES.sub(lambda face: f'src:url({_data_address(faces[face[1]])}) format("woff")', stylesheet)
    (static / STYLESHEET).write_text(stylesheet, encoding="utf-8")
    for leftover in (static / "vendor" / "fontawesome" / "webfonts").glob("fa-*"):
        leftover.unlink()


def _data_address(font: bytes) -> str:
    return f"data:font/woff;base64,{base64.b64encode(font).decode()}"

"""Figures as part of the page: an SVG of its own becomes markup, so that a stylesheet can give it the night's colours.

The paper editions and viewers of notebooks keep the files; a page offers its figure's file for download.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from html import escape
from pathlib import Path

from docutils import nodes
from matplotlib.path import Path as Outline
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.osutil import relative_uri

from _ext import STATIC
from kscale_nb.notebook import colours
from kscale_nb.notebook.colours import INK, PAPER, contrast, shade

NIGHT_PAPER = "#121212"  # the theme's ground at night
DATA = {"BLUE": "#5a9bea", "VERMILLION": "#f5793a", "GREEN": "#35b78d", "ORANGE": "#f2b632", "PURPLE": "#e39ac3",
        "SKY": "#a3dcff", "GREY": "#a8a196"}  # fmt: skip
# Each colour of the figures by day, and at night; letters in a colour are by day a darker shade of it.
NIGHT = {PAPER: NIGHT_PAPER, "#ffffff": NIGHT_PAPER, INK: "#ece7dd", "#e4ddd0": "#38352f"}
for name, colour in DATA.items():
    day = getattr(colours, name)
    NIGHT |= {day.lower(): colour, shade(day): colour}
SHEET = "figures.css"
PAINT = re.compile(r'\b(fill|stroke)="(#[0-9a-f]{6})"')
FIGURE = re.compile(r'<svg\b[^>]*class="kscale-figure.*?</svg>', re.DOTALL)
PLACE = re.compile(r"translate\((-?[\d.]+)[ ,]+(-?[\d.]+)\)")
NUMBER = re.compile(r"-?\d*\.?\d+(?:e-?\d+)?")

FONT = re.compile(r"(?:(italic|oblique)\s+)?(?:(bold|\d{3})\s+)?([\d.]+\w*)\s+(.+)")
DROPPED = {"metadata", "style"}
SPACE = re.compile(r"\s+")


def inlined(svg: str, name: str, alt: str) -> str:
    """The picture as markup for a page under its policy: no style, every id after the figure's name, `alt` its label.

    >>> inlined('<svg width="9pt" viewBox="0 0 9 9"><path id="a" style="fill: #000"/><use href="#a"/></svg>', "f", "x")
    '<svg width="9pt" viewBox="0 0 9 9" class="kscale-figure" role="img" aria-label="x" stroke-linejoin="round">\
<path id="f-a" fill="#000" /><use href="#f-a" /></svg>'
    """
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in [child for child in parent if _local(child.tag) in DROPPED]:
            parent.remove(child)
    for element in root.iter():
        element.tag = _local(element.tag)
        facts = {_local(key): value for key, value in element.attrib.items()}
        facts |= _presentation(facts.pop("style", ""))
        element.attrib.clear()
        element.attrib.update({key: _named(key, SPACE.sub(" ", value).strip(), name) for key, value in facts.items()})
        _close_up(element)
    _mark_letters_on_colour(root)
    for fact in ("height", "version"):  # the page keeps the proportions, and shrinks what is wider than the column
        root.attrib.pop(fact, None)
    root.attrib |= {"class": f"kscale-figure {root.get('class', '')}".strip(), "role": "img", "aria-label": alt}
    root.attrib.setdefault("stroke-linejoin", "round")  # what matplotlib says in the stylesheet that is dropped
    return ElementTree.tostring(root, encoding="unicode")


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _presentation(style: str) -> dict[str, str]:
    """The attributes that say what a style says."""
    facts = {}
    for declaration in filter(str.strip, style.split(";")):
        key, _, value = (part.strip() for part in declaration.partition(":"))
        if key == "font" and (font := FONT.fullmatch(value)):
            names = ("font-style", "font-weight", "font-size", "font-family")
            facts |= {name: part for name, part in zip(names, font.groups(), strict=True) if part}
        else:
            facts[key] = value
    return facts


def _named(key: str, value: str, name: str) -> str:
    if key == "id":
        return f"{name}-{value}"
    return value.replace("#", f"#{name}-", 1) if key == "href" or value.startswith("url(#") else value


def _close_up(element: ElementTree.Element) -> None:
    """Leave out the white space between elements, which a text alone needs."""
    if element.tag not in {"text", "tspan"} and not (element.text or "").strip():
        element.text = None
    for child in element:
        if element.tag not in {"text", "tspan"} and not (child.tail or "").strip():
            child.tail = None


def night(colour: str) -> str:
    """The colour by which the night replaces a colour of the day, at a contrast of 3 or more to its paper.

    >>> night("#0072b2"), night("#00224e")
    ('#5a9bea', '#8393a9')
    """
    if colour in NIGHT:
        return NIGHT[colour]
    channels = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    darkness = 1 - sum(channels) / 3 / 255
    return "#" + "".join(f"{round(channel + (255 - channel) * 0.6 * darkness):02x}" for channel in channels)


def _mark_letters_on_colour(root: ElementTree.Element) -> None:
    """Give a class to letters that lie on a shape of a data colour: at night they are dark, as the shapes are light."""
    shapes, outlines = [], {}
    for element in root.iter():
        place = PLACE.match(element.get("transform", "")) if element.tag in {"g", "text"} else None
        at = place.groups() if place else (element.get("x"), element.get("y")) if element.tag == "text" else None
        if element.tag == "path" and "z" in element.get("d", "").lower():
            numbers = [float(number) for number in NUMBER.findall(element.get("d"))]
            outlines[element.get("id")] = outline = list(zip(numbers[::2], numbers[1::2], strict=False))
            shapes.append((outline, element))
        elif element.tag == "use" and (outline := outlines.get(element.get("href", "")[1:])) and "x" in element.attrib:
            x, y = float(element.get("x")), float(element.get("y"))
            shapes.append(([(x + dx, y + dy) for dx, dy in outline], element))
        elif at and at[0] and contrast(night(_ground(shapes, float(at[0]) + 1, float(at[1]) - 1)), NIGHT_PAPER) >= 4.5:
            element.set("class", f"{element.get('class', '')} kscale-on".strip())


def _ground(shapes: list[tuple[list, ElementTree.Element]], x: float, y: float) -> str:
    """The colour of the last opaque shape that covers a place."""
    for outline, element in reversed(shapes):
        colour, seen = element.get("fill", ""), element.get("opacity", element.get("fill-opacity", "1"))
        if colour.startswith("#") and float(seen) > 0.6 and Outline(outline).contains_point((x, y)):
            return colour
    return PAPER


def paints_of(page: str) -> set[tuple[str, str]]:
    """The colours of a page's figures: pairs of fill or stroke and the colour.

    >>> paints_of('<svg class="kscale-figure"><path fill="#2b2825"/></svg><svg><path fill="#ff0000"/></svg>')
    {('fill', '#2b2825')}
    """
    return {paint for figure in FIGURE.findall(page) for paint in PAINT.findall(figure)}


def write_night(static: Path, paints: set[tuple[str, str]]) -> None:
    """Add to the stylesheet of figures what each of their colours becomes at night."""
    rules = [f'[{key}="{day}"] {{ {key}: {night(day)}; }}' for key, day in sorted(paints)]
    rules.append(f".kscale-on {{ fill: {NIGHT_PAPER}; }}")
    made = "".join(f'html[data-theme="dark"] .kscale-figure {rule}\n' for rule in rules)
    (static / SHEET).write_text((STATIC / SHEET).read_text() + made)


def offered(name: str, files: dict[str, str]) -> str:
    """The line under a figure's caption that leads to its files: what each is, and its address.

    >>> offered("fig-a", {"picture, SVG": "a.svg"})
    '<span class="kscale-offered" data-figure="fig-a">Download: \
<a href="a.svg" download="fig-a.svg">picture, SVG</a></span>'
    """
    links = (
        f'<a href="{escape(address)}" download="{name}{Path(address).suffix}">{escape(kind)}</a>'
        for kind, address in files.items()
    )
    return f'<span class="kscale-offered" data-figure="{name}">Download: {" · ".join(links)}</span>'


class Pictures(SphinxPostTransform):
    """Put the SVG figures of a page into it, and offer their files under the captions."""

    default_priority = 500
    formats = ("html",)

    def run(self, **_options) -> None:
        builder = self.app.builder
        if builder.name not in {"html", "dirhtml"}:
            return
        page = builder.get_target_uri(self.env.docname)
        for image in list(self.document.findall(nodes.image)):
            file = Path(self.app.srcdir, image["uri"])
            if file.suffix != ".svg" or image["uri"] not in self.env.images:
                continue
            figure = image.parent
            name = next(iter(figure["ids"]), file.stem)
            markup = inlined(file.read_text(encoding="utf-8"), name, image.get("alt", ""))
            image.replace_self(nodes.raw("", f'<div class="kscale-picture">{markup}</div>', format="html"))
            copied = builder.images[image["uri"]] = self.env.images[image["uri"]][1]
            if caption := figure.next_node(nodes.caption):
                files = {"picture, SVG": f"{relative_uri(page, builder.imagedir)}/{copied}"}
                caption.append(nodes.raw("", offered(name, files), format="html"))


def setup(app) -> None:
    app.add_css_file(SHEET)
    app.add_post_transform(Pictures)

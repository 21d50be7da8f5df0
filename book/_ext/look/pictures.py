"""Figures by day and at night: what follows a premise is part of the page, and any other is two files beside it.

Markup within a page has its night's colours from a stylesheet, which the build makes of the colours that it finds; a
file is written once more in them, so that the text comes before the figures. Paper has the day's files alone.
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
from _ext.live.figure_data import csv_of
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
ON_COLOUR = "kscale-on"  # letters on a shape of a data colour
THICK = 12  # points of a line that is a bar
DROPPED = {"metadata", "style"}
SPACE = re.compile(r"\s+")


def inlined(svg: str, name: str, alt: str) -> str:
    """The picture as markup for a page under its policy: no style, every id after the figure's name, `alt` its label.

    >>> inlined('<svg width="9pt" viewBox="0 0 9 9"><path id="a" style="fill: #000"/><use href="#a"/></svg>', "f", "x")
    '<svg width="9pt" viewBox="0 0 9 9" stroke-linejoin="round" class="kscale-figure" role="img" aria-label="x">\
<path id="f-a" fill="#000" /><use href="#f-a" /></svg>'
    """
    root = _put_right(svg, f"{name}-")
    root.attrib |= {"class": f"kscale-figure {root.get('class', '')}".strip(), "role": "img", "aria-label": alt}
    return ElementTree.tostring(root, encoding="unicode")


def darkened(svg: str) -> str:
    """The picture in the colours of the night, as a file.

    >>> darkened('<svg viewBox="0 0 9 9"><path style="stroke: #0072b2"/></svg>')
    '<svg viewBox="0 0 9 9" stroke-linejoin="round" xmlns="http://www.w3.org/2000/svg"><path stroke="#5a9bea" /></svg>'
    """
    root = _put_right(svg, "")
    for element in root.iter():
        element.attrib |= {
            key: night(element.get(key)) for key in ("fill", "stroke") if element.get(key, "")[:1] == "#"
        }
        if element.attrib.pop("class", "") == ON_COLOUR:
            element.set("fill", NIGHT_PAPER)
    root.set("xmlns", "http://www.w3.org/2000/svg")
    return ElementTree.tostring(root, encoding="unicode")


def is_live(svg: str) -> bool:
    """Whether a picture says of its marks how they follow a premise."""
    told = re.search(r"<metadata>([^<]*)", svg)
    return bool(told and told[1].strip())


def _put_right(svg: str, prefix: str) -> ElementTree.Element:
    """The picture without styles, namespaces and white space, every id after the prefix."""
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in [child for child in parent if _local(child.tag) in DROPPED]:
            parent.remove(child)
    for element in root.iter():
        element.tag = _local(element.tag)
        facts = {_local(key): value for key, value in element.attrib.items()}
        facts |= _presentation(facts.pop("style", ""))
        element.attrib.clear()
        element.attrib.update({key: _named(key, SPACE.sub(" ", value).strip(), prefix) for key, value in facts.items()})
        _close_up(element)
    _mark_letters_on_colour(root)
    for fact in ("height", "version"):  # the page keeps the proportions, and shrinks what is wider than the column
        root.attrib.pop(fact, None)
    root.attrib.setdefault("stroke-linejoin", "round")  # what matplotlib says in the stylesheet that is dropped
    return root


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


def _named(key: str, value: str, prefix: str) -> str:
    if key == "id":
        return prefix + value
    return value.replace("#", f"#{prefix}", 1) if key == "href" or value.startswith("url(#") else value


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
        elif element.tag == "path" and float(element.get("stroke-width", 0)) > THICK:
            shapes.append((_bar(element), element))
        elif element.tag == "use" and (outline := outlines.get(element.get("href", "")[1:])) and "x" in element.attrib:
            x, y = float(element.get("x")), float(element.get("y"))
            shapes.append(([(x + dx, y + dy) for dx, dy in outline], element))
        elif at and at[0] and contrast(night(_ground(shapes, float(at[0]) + 1, float(at[1]) - 1)), NIGHT_PAPER) >= 4.5:
            element.set("class", f"{element.get('class', '')} {ON_COLOUR}".strip())


def _bar(line: ElementTree.Element) -> list[tuple[float, float]]:
    """The outline of a line along a row that is so thick that letters lie on it."""
    numbers, half = [float(number) for number in NUMBER.findall(line.get("d"))], float(line.get("stroke-width")) / 2
    left, right = min(numbers[::2]), max(numbers[::2])
    top, bottom = min(numbers[1::2]) - half, max(numbers[1::2]) + half
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _ground(shapes: list[tuple[list, ElementTree.Element]], x: float, y: float) -> str:
    """The colour of the last opaque shape that covers a place."""
    for outline, element in reversed(shapes):
        paint = "stroke" if "stroke-width" in element.attrib and element.get("fill", "none") == "none" else "fill"
        colour, seen = element.get(paint, ""), element.get("opacity", element.get(f"{paint}-opacity", "1"))
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
    rules.append(f".{ON_COLOUR} {{ fill: {NIGHT_PAPER}; }}")
    made = "".join(f'html[data-theme="dark"] .kscale-figure {rule}\n' for rule in rules)
    (static / SHEET).write_text((STATIC / SHEET).read_text() + made)


def offered(name: str, files: dict[str, str]) -> str:
    """The line under a figure's caption that leads to its files: what each is, and its address.

    >>> offered("fig-a", {"picture, SVG": "a.svg"})
    '<span class="kscale-offered" data-figure="fig-a">Download: \
<a href="a.svg" download="fig-a.svg">picture, SVG</a>\\u2060</span>'
    """
    # the last joins what follows it, which would else stand alone on a line
    links = (
        f'<a href="{escape(address)}" download="{name}{Path(address).suffix}">{escape(kind)}</a>'
        for kind, address in files.items()
    )
    return f'<span class="kscale-offered" data-figure="{name}">Download: {" · ".join(links)}\u2060</span>'


def two_files(builder, svg: str, address: str, alt: str) -> str:
    """The markup that shows a picture's file by day, and at night the one written here; a browser fetches one."""
    folder = Path(builder.outdir, builder.imagedir)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / at_night(Path(address).name)).write_text(darkened(svg), encoding="utf-8")
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    width, height = (round(float(length) * 4 / 3) for length in size.groups())
    return "".join(
        f'<img class="kscale-figure kscale-{time} dark-light" loading="lazy" src="{escape(source)}" '
        f'width="{width}" height="{height}" alt="{escape(alt)}" />'
        for time, source in (("day", address), ("night", at_night(address)))
    )


def at_night(file: str) -> str:
    return f"{file.removesuffix('.svg')}-night.svg"


class Pictures(SphinxPostTransform):
    """Show the SVG figures of a page by day and at night, and offer their files under the captions."""

    default_priority = 500
    formats = ("html",)

    def run(self, **_options) -> None:
        if self.app.builder.name not in {"html", "dirhtml"}:
            return
        for image in list(self.document.findall(nodes.image)):
            file = Path(self.app.srcdir, image["uri"])
            if file.suffix == ".svg" and image["uri"] in self.env.images:
                self.show(image, file.read_text(encoding="utf-8"))

    def show(self, image: nodes.image, svg: str) -> None:
        builder, figure = self.app.builder, image.parent
        copied = builder.images[image["uri"]] = self.env.images[image["uri"]][1]
        address = f"{relative_uri(builder.get_target_uri(self.env.docname), builder.imagedir)}/{copied}"
        name = next(iter(figure["ids"]), Path(copied).stem)
        files = {"picture, SVG": address}
        if is_live(svg):
            markup = inlined(svg, name, image.get("alt", ""))
            folder = Path(builder.outdir, builder.imagedir)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.csv").write_text(csv_of(svg), encoding="utf-8")
            files["numbers, CSV"] = address.replace(copied, f"{name}.csv")
        else:
            markup = two_files(builder, svg, address, image.get("alt", ""))
        image.replace_self(nodes.raw("", f'<div class="kscale-picture">{markup}</div>', format="html"))
        if caption := figure.next_node(nodes.caption):
            caption.append(nodes.raw("", offered(name, files), format="html"))


def setup(app) -> None:
    app.add_css_file(SHEET)
    app.add_post_transform(Pictures)

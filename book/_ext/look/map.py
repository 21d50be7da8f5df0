"""The map on the front page: the stages of the way, each chapter’s question, and a picture of its answer."""

from __future__ import annotations

from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from _ext.look.journey import STAGES, WHOLE, icon, stages_of
from _ext.look.pictures import two_files


class Map(nodes.General, nodes.Element):
    """Where the map stands, until all chapters are read."""


class MapDirective(SphinxDirective):
    """The map, under the words that lead to it, which paper has not either."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        return [Map("", *self.parse_content_to_nodes())]


def draw_map(app, doctree, page: str) -> None:
    for place in list(doctree.findall(Map)):
        is_page = app.builder.name in {"html", "dirhtml"}
        place.replace_self([*place.children, nodes.raw("", _map(app, page), format="html")] if is_page else [])


def _map(app, page: str) -> str:
    stages = stages_of(app.env)
    parts = []
    for stage in [*STAGES, WHOLE]:
        chapters = [chapter for chapter, its_stage in stages.items() if its_stage == stage]
        head = f"{icon(stage)}{stage}" if stage in STAGES else "all of it"
        items = "".join(_chapter(app, page, chapter) for chapter in chapters)
        parts.append(f'<li><p class="kscale-map-stage">{head}</p><ul>{items}</ul></li>' if chapters else "")
    return f'<nav class="kscale-map" aria-label="The chapters by stage"><ol>{"".join(parts)}</ol></nav>'


def _chapter(app, page: str, chapter: str) -> str:
    title = escape(app.env.titles[chapter].astext())
    address = escape(app.builder.get_relative_uri(page, chapter))
    return f'<li><a href="{address}">{_picture(app, page, chapter)}<span>{title}</span></a></li>'


def _picture(app, page: str, chapter: str) -> str:
    """A chapter's last figure, in which what it found comes together; the title beside it is its name."""
    images = [image["uri"] for image in app.env.get_doctree(chapter).findall(nodes.image)]
    uri = next((uri for uri in reversed(images) if uri in app.env.images and uri.endswith(".svg")), None)
    if uri is None:
        return ""
    copied = app.env.images[uri][1]
    svg = Path(app.srcdir, uri).read_text(encoding="utf-8")
    folder = relative_uri(app.builder.get_target_uri(page), app.builder.imagedir)
    app.builder.images[uri] = copied
    return two_files(app.builder, svg, f"{folder}/{copied}", "A picture of the answer:")


def setup(app) -> None:
    app.add_node(Map)
    app.add_directive("kscale-map", MapDirective)
    app.connect("doctree-resolved", draw_map)

"""Asides: a blockquote that begins with **Aside.** stands in the margin, beside the paragraph that it follows."""

from __future__ import annotations

from docutils import nodes
from sphinx.transforms import SphinxTransform

MARK = "Aside."


class Asides(SphinxTransform):
    """Takes the mark off, since the margin says as much, and sets the aside before its paragraph, where it floats."""

    default_priority = 200

    def apply(self, **_options) -> None:
        for quote in list(self.document.findall(nodes.block_quote)):
            mark = quote.next_node(nodes.strong)
            if mark is None or mark.astext() != MARK or not quote.astext().startswith(MARK):
                continue
            words = mark.parent
            del words[: words.index(mark) + 1]
            if words.children and isinstance(words[0], nodes.Text):
                words[0] = nodes.Text(words[0].lstrip())
            around, place = quote.parent, quote.parent.index(quote)
            around.remove(quote)
            beside = place > 0 and isinstance(around[place - 1], nodes.paragraph)
            around.insert(place - beside, nodes.sidebar("", *quote.children, classes=["margin"]))


def setup(app) -> None:
    app.add_transform(Asides)

"""Asides: a blockquote that begins with **Aside.** stands in the margin, beside the paragraph that it follows."""

from __future__ import annotations

from docutils import nodes
from sphinx.transforms import SphinxTransform

MARK = "Aside."


class Asides(SphinxTransform):
    """Takes the mark off, since the margin says as much, and sets the aside before its paragraph, where it floats."""

    default_priority = 200

    def apply(self, **_options) -> None:
        for quote in [node for node in self.document.findall(nodes.block_quote) if _is_aside(node)]:
            quote[0].pop(0)
            quote[0][0] = nodes.Text(quote[0][0].lstrip())
            around, place = quote.parent, quote.parent.index(quote)
            around.remove(quote)
            beside = place > 0 and isinstance(around[place - 1], nodes.paragraph)
            around.insert(place - beside, nodes.sidebar("", *quote.children, classes=["margin"]))


def _is_aside(quote: nodes.block_quote) -> bool:
    mark, *after = quote[0].children
    return isinstance(mark, nodes.strong) and mark.astext() == MARK and bool(after)


def setup(app) -> None:
    app.add_transform(Asides)

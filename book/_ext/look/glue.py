"""What a line must not part: a number from its unit, and a name like GPT-4 at its hyphen."""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

UNIT = (
    r"[kMGTPEZYmµn]?(?:FLOP|bit|byte|Wh|eV|Hz|Pa|W|J|B|V|K|g|m|s)(?:[²³]|/\S*\w)?|t|°C|nm|%|per cent|"
    r"(?:million |thousand )?(?:years?|days?|hours?|minutes?|seconds?|tokens?|parameters?|times|layers?|modules?)"
)
WHOLE = re.compile(
    r"\b(?:GPT|TIP|PaLM|Kardashev|K1S1AI|Llama|Type)-[\w.]+"
    rf"|\d[\d,.]*(?:\s?×\s?10[⁻⁰¹²³⁴-⁹]+)?[ \u00a0](?:{UNIT})(?!\w)"
)
LEFT_ALONE = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.raw, nodes.title, nodes.reference)


def glued(text: str) -> list[nodes.Node]:
    """The text in pieces, those that a line must not part in a class of their own; one piece where there is none.

    >>> [piece.astext() for piece in glued("In 20 years a GPT-4 will do.")]
    ['In ', '20 years', ' a ', 'GPT-4', ' will do.']
    """
    pieces, end = [], 0
    for found in WHOLE.finditer(text):
        pieces += [nodes.Text(text[end : found.start()]), nodes.inline("", found[0], classes=["kscale-glued"])]
        end = found.end()
    return [piece for piece in [*pieces, nodes.Text(text[end:])] if piece.astext()]


class Glue(SphinxPostTransform):
    """Keeps together what belongs together, wherever text is set in lines."""

    default_priority = 600
    formats = ("html",)

    def run(self, **_options) -> None:
        for element in list(self.document.findall(nodes.TextElement)):
            texts = [text for text in element.children if isinstance(text, nodes.Text) and WHOLE.search(text)]
            if texts and not any(isinstance(around, LEFT_ALONE) for around in _with_parents(element)):
                for text in texts:
                    place = element.index(text)
                    element[place : place + 1] = glued(str(text))


def _with_parents(node: nodes.Node | None):
    while node is not None:
        yield node
        node = node.parent


def setup(app) -> None:
    app.add_post_transform(Glue)

"""Words that follow a premise: a bold sentence that is a finding is known by its words, and the page judges it anew."""

from __future__ import annotations

import re

import sympy
from docutils import nodes
from sphinx.transforms import SphinxTransform

from _ext.live.javascript import javascript_source
from _ext.live.shown import typographic
from kscale_nb import FINDINGS
from kscale_nb.findings import compared
from kscale_nb.notebook.prose import SCHEME

LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]*)\)")


class finding(nodes.strong):
    """A sentence that the page's script strikes where the reader's premises make it false."""


def key_of(markdown: str) -> str:
    """A sentence with its numbers left out of account, by which it is known again wherever it stands.

    >>> key_of("Reading takes [12](kscale:reading_power_excess) *times* the `power`.")
    'Reading takes kscale:reading_power_excess times the power.'
    """
    linked = LINK.sub(lambda link: link[2] if link[2].startswith(SCHEME) else link[1], markdown)
    return " ".join(typographic(linked.translate(dict.fromkeys(map(ord, "*`")))).split())


def _key_of_node(strong: nodes.strong) -> str:
    parts = (
        part["refuri"] if part.get("refuri", "").startswith(SCHEME) else part.astext()
        for part in (
            part if isinstance(part, nodes.Element) else nodes.inline("", "", part) for part in strong.children
        )
    )
    return key_of("".join(parts))


class MarkFindings(SphinxTransform):
    """Gives each bold sentence that is a finding the name of that finding."""

    default_priority = 210

    def apply(self, **_options) -> None:
        names = {key_of(words): name for name, known in FINDINGS.items() for words in known.words}
        for strong in list(self.document.findall(nodes.strong)):
            if name := names.get(_key_of_node(strong)):
                strong.replace_self(finding("", "", *strong.children, classes=["kscale-finding"], finding=name))


def findings_script(document: nodes.document) -> str:
    """The findings of a page as it judges them: two sides, how they compare, their unit, and what is compared."""
    names = sorted({node["finding"] for node in document.findall(finding)})
    lines = [f"{name!r}: [{', '.join(map(_comparison, FINDINGS[name].conditions))}]" for name in names]
    return "kscaleWords.findings({\n" + ",\n".join(lines) + "\n});\n" if lines else ""


def _comparison(condition: sympy.Rel) -> str:
    left, right = (javascript_source(side) for side in condition.args)
    told = typographic(compared(condition)).replace('"', "”")
    return f'[v => {left}, v => {right}, (a, b) => a {condition.rel_op} b, "{condition.lhs.unit}", "{told}"]'


def visit_finding(translator, node: finding) -> None:
    translator.body.append(translator.starttag(node, "strong", "", **{"data-finding": node["finding"]}))


def setup(app) -> None:
    app.add_node(finding, html=(visit_finding, lambda translator, _node: translator.body.append("</strong>")))
    app.add_transform(MarkFindings)

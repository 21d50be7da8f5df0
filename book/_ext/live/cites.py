"""`cite:` links: to the entry in the bibliography; an unknown key or words that are not the source's fail the build."""

from __future__ import annotations

from docutils import nodes
from pybtex.backends.plaintext import Backend as PlainText
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinxcontrib.bibtex.citation_target import CitationTarget
from sphinxcontrib.bibtex.roles import CitationRef

from kscale_nb.errors import KscaleError
from kscale_nb.sources import citations

LOGGER = logging.getLogger(__name__)
SCHEME = "cite:"


def cited(key: str) -> nodes.reference:
    """A citation in a page that this extension makes.

    >>> cited("kaplan2020").astext()
    'Kaplan and others, 2020'
    """
    words, _ = citations(key)
    return nodes.reference(words, words, refuri=SCHEME + key)


def check_citation(words: str, key: str) -> str | None:
    """What is wrong with the words of a citation in prose, or None.

    >>> check_citation("Kaplan and others (2020)", "kaplan2020")
    >>> check_citation("Kaplan, 2020", "kaplan2020")
    "is cited as 'Kaplan and others, 2020' or 'Kaplan and others (2020)'"
    >>> check_citation("Kaplan and others, 2020", "kaplan2002")
    "cannot be resolved: unknown source 'kaplan2002': did you mean 'kaplan2020'?"
    """
    try:
        expected = citations(key)
    except KscaleError as error:
        return f"cannot be resolved: {error}"
    if " ".join(words.split()) in expected:
        return None
    return f"is cited as {' or '.join(map(repr, dict.fromkeys(expected)))}"


def _citations_in(document: nodes.document) -> list[nodes.reference]:
    return [node for node in document.findall(nodes.reference) if node.get("refuri", "").startswith(SCHEME)]


class NoteCitations(SphinxTransform):
    """Tells the bibliography which sources a page cites, so that one that lists only these lists them."""

    default_priority = 50

    def apply(self, **_options) -> None:
        for node in _citations_in(self.document):
            target = CitationTarget(node["refuri"].removeprefix(SCHEME), "", "")
            place = CitationRef(self.document.set_id(node), self.env.docname, node.line or 0, [target])
            self.env.get_domain("cite").citation_refs.append(place)


class ResolveCitations(SphinxPostTransform):
    """Turns `cite:` links into relative addresses, with the whole reference for hovering."""

    default_priority = 9

    def run(self, **_options) -> None:
        found = _citations_in(self.document)  # a book that cites nothing needs no bibliography
        listed = {citation.key: citation for citation in self.env.get_domain("cite").citations} if found else {}
        for node in found:
            key = node["refuri"].removeprefix(SCHEME)
            wrong = check_citation(node.astext(), key)
            if not wrong and key not in listed:
                wrong = "is in no bibliography of this book"
            if wrong:
                LOGGER.warning("[%s](%s%s) %s", node.astext(), SCHEME, key, wrong, location=node)
                continue
            page = self.app.builder.get_relative_uri(self.env.docname, listed[key].bibliography_key.docname)
            node["refuri"] = f"{page}#{listed[key].citation_id}"
            node["internal"] = True
            node["reftitle"] = listed[key].formatted_entry.text.render(PlainText())


def setup(app) -> None:
    app.add_transform(NoteCitations)
    app.add_post_transform(ResolveCitations)

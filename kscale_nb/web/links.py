"""`kscale:` links: to a quantity's entry, to a claim's row, or to a page; an unknown name fails the build."""

from __future__ import annotations

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from kscale_nb import LEDGER, MODEL
from kscale_nb.errors import KscaleError
from kscale_nb.prose import COUNT_PREFIX, SCHEME, check_link

LOGGER = logging.getLogger(__name__)
LEDGER_PAGE, QUANTITIES_PAGE = "book/ledger", "book/quantities"
PAGE_PREFIX = "page/"


def target_of(name: str) -> tuple[str, str]:
    """The page and anchor that a name leads to. Raises KscaleError for an unknown name.

    >>> target_of("active_parameters"), target_of("k1s1ai.model.d-model")
    (('book/quantities', 'quantity-active_parameters'), ('book/ledger', 'claim-k1s1ai.model.d-model'))
    """
    if name.startswith(PAGE_PREFIX):
        return name.removeprefix(PAGE_PREFIX), ""
    if name.startswith(COUNT_PREFIX):
        LEDGER.count(name.removeprefix(COUNT_PREFIX))
        return LEDGER_PAGE, ""
    if "." in name:
        return LEDGER_PAGE, f"claim-{LEDGER[name].id}"
    return QUANTITIES_PAGE, f"quantity-{MODEL[name].identifier}"


def link_to(name: str, text: str) -> nodes.reference:
    """A link in a page that this extension makes."""
    return nodes.reference(text, text, refuri=SCHEME + name, internal=True, made_here=True)


class ResolveLinks(SphinxPostTransform):
    """Turns `kscale:` links into relative addresses, with a class and a title for hovering."""

    default_priority = 400

    def run(self, **_options) -> None:
        for node in self.document.findall(nodes.reference):
            address = node.get("refuri", "")
            if not address.startswith(SCHEME):
                continue
            name = address.removeprefix(SCHEME)
            try:
                page, anchor = target_of(name)
            except KscaleError as error:
                LOGGER.warning("kscale link: %s", error, location=node)
                continue
            written_by_an_author = not name.startswith(PAGE_PREFIX) and "made_here" not in node
            if written_by_an_author and (wrong := check_link(node.astext(), name, MODEL, LEDGER, MODEL.values())):
                LOGGER.warning("[%s](%s%s) %s", node.astext(), SCHEME, name, wrong, location=node)
            node["refuri"] = self.app.builder.get_relative_uri(self.env.docname, page) + (
                f"#{anchor}" if anchor else ""
            )
            node["internal"] = True
            if name.startswith(PAGE_PREFIX):
                title = self.env.titles.get(page)  # known only now, when all pages have been read
                node.children = [nodes.Text(title.astext() if title else node.astext())]
            else:
                node["classes"] = ["kscale"]
                node["reftitle"] = hover_text(name)


def hover_text(name: str) -> str:
    """What a reader sees on hovering a live number."""
    if name.startswith(COUNT_PREFIX):
        return "counted in the ledger"
    if "." in name:
        return f"{LEDGER[name].document} prints: {LEDGER[name].statement}"
    quantity = MODEL[name]
    return f"{quantity.meaning} ({f'{quantity.provenance}, {quantity.source}' if quantity.is_given else 'derived'})"


def setup(app) -> None:
    app.add_post_transform(ResolveLinks)

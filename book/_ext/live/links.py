"""`kscale:` links: to a quantity's entry, to a claim's row, or to a page; an unknown name fails the build.

Each number carries the name of its quantity and how it is shown, so that the page's script can print it anew.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from _ext.live.shown import how_shown, typographic
from kscale_nb import LEDGER, MODEL
from kscale_nb.claims import VERDICTS
from kscale_nb.errors import KscaleError
from kscale_nb.notebook.prose import SCHEME, Target, check_link, factor_of_shown
from kscale_nb.printed import read_figure
from kscale_nb.quantity import Quantity

LOGGER = logging.getLogger(__name__)
LEDGER_PAGE, QUANTITIES_PAGE = "book/ledger", "book/quantities"


def target_of(name: str) -> tuple[str, str]:
    """The page and anchor that a name leads to. Raises KscaleError for an unknown name.

    >>> target_of("active_parameters"), target_of("k1s1ai.model.d-model")
    (('book/quantities', 'quantity-active_parameters'), ('book/ledger', 'claim-k1s1ai.model.d-model'))
    """
    target = Target.of(name)
    if target.kind == "page":
        return target.name, ""
    if target.kind == "count":
        LEDGER.count(target.name)
        return LEDGER_PAGE, ""
    if target.kind in {"claim", "verdict"}:
        return LEDGER_PAGE, f"claim-{LEDGER[target.name].id}"
    return QUANTITIES_PAGE, f"quantity-{_quantity_of(target).identifier}"


def _quantity_of(target: Target) -> Quantity:
    return MODEL[LEDGER[target.name].quantity if target.kind == "derived" else target.name]


def link_to(name: str, text: str, fixed: bool = False) -> nodes.reference:
    """A link in a page that this extension makes; a `fixed` number stays as it is when the reader changes a premise."""
    return nodes.reference(text, text, refuri=SCHEME + name, internal=True, made_here=True, fixed=fixed)


class live_number(nodes.reference):
    """A number that the page's script keeps current; a plain link wherever there is no script."""


class live_value(nodes.inline):
    """The same where there is no link to follow: in a quantity's own entry."""


def data_of(name: str, text: str) -> dict[str, str]:
    """What the script needs to print a link's text anew: the name, the digits, SI units in one shown, what follows.

    >>> data_of("active_parameters", "4,493 T")
    {'data-quantity': 'active_parameters', 'data-digits': '4', 'data-factor': '1000000000000.0', 'data-after': ' T'}
    """
    target = Target.of(name)
    if target.kind in {"count", "claim", "verdict"}:
        facts = {f"data-{target.kind}": target.name}
        return facts | ({"data-claim": target.name} if target.kind == "verdict" else {})
    quantity = _quantity_of(target)
    try:
        read = read_figure(text)  # words, such as the name of a quantity, are none
        factor = LEDGER[target.name].factor if target.kind == "derived" else factor_of_shown(read.unit, quantity.unit)
    except KscaleError:
        return {"data-card": name}
    digits, scale, after = how_shown(text)
    return {"data-quantity": quantity.identifier, "data-digits": str(digits),
            "data-factor": repr(float(factor) * scale), "data-after": after}  # fmt: skip


class ResolveLinks(SphinxPostTransform):
    """Turns `kscale:` links into relative addresses, with a class and a title for hovering."""

    default_priority = 400

    def run(self, **_options) -> None:
        for node in list(self.document.findall(nodes.reference)):
            address = node.get("refuri", "")
            if not address.startswith(SCHEME):
                continue
            name = address.removeprefix(SCHEME)
            try:
                page, anchor = target_of(name)
            except KscaleError as error:
                LOGGER.warning("kscale link: %s", error, location=node)
                continue
            if "made_here" not in node and (wrong := check_link(node.astext(), name, MODEL, LEDGER, MODEL.values())):
                LOGGER.warning("[%s](%s%s) %s", node.astext(), SCHEME, name, wrong, location=node)
            node["refuri"] = self.app.builder.get_relative_uri(self.env.docname, page) + (
                f"#{anchor}" if anchor else ""
            )
            node["internal"] = True
            if Target.of(name).kind == "page":
                title = self.env.titles.get(page)  # known only now, when all pages have been read
                node.children = [nodes.Text(title.astext() if title else node.astext())]
            else:
                node["classes"] = ["kscale"]
                node["reftitle"] = hover_text(name)
                if self.app.builder.format == "html":
                    live = live_number("", "", *node.children, **node.attributes)
                    live["data"] = {"data-card": name} if node.get("fixed") else data_of(name, node.astext())
                    if "data-card" not in live["data"] or node.get("fixed"):  # a number and its unit, no words
                        live.children = [nodes.Text(node.astext().replace(" ", "\u00a0"))]
                    node.replace_self(live)


def hover_text(name: str) -> str:
    """What a reader sees on hovering a live number, with typographic apostrophes as in the text around it."""
    return typographic(_hover_text(name))


def _hover_text(name: str) -> str:
    target = Target.of(name)
    if target.kind == "count":
        return "counted in the ledger"
    if target.kind == "verdict":
        return f"how {LEDGER[target.name].document} holds against itself: {VERDICTS[LEDGER.judge(target.name).verdict]}"
    if target.kind == "claim":
        return f"{LEDGER[name].document} prints: {LEDGER[name].statement}"
    quantity = _quantity_of(target)
    return f"{quantity.meaning} ({f'{quantity.provenance}, {quantity.source}' if quantity.is_given else 'derived'})"


def visit_live_number(translator, node: live_number) -> None:
    more = {"href": node["refuri"], "title": node["reftitle"], **node["data"]}
    translator.body.append(translator.starttag(node, "a", "", CLASS="reference internal", **more))


def visit_live_value(translator, node: live_value) -> None:
    translator.body.append(translator.starttag(node, "span", "", CLASS="kscale", **node["data"]))


def setup(app) -> None:
    app.add_node(live_number, html=(visit_live_number, lambda translator, _node: translator.body.append("</a>")))
    app.add_node(live_value, html=(visit_live_value, lambda translator, _node: translator.body.append("</span>")))
    app.add_post_transform(ResolveLinks)

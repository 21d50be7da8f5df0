"""The Sphinx extension of the book: live links, pages made from the ledger, set mathematics, light and fresh builds."""

from __future__ import annotations

from kscale_nb import __version__
from kscale_nb.web import (
    accessible,
    address,
    cards,
    citing,
    claimreview,
    cover,
    editions,
    explorer,
    fresh,
    journey,
    light,
    links,
    live,
    mathml,
    metadata,
    pages,
)

PARTS = [
    *(cover, journey, links, pages, live, explorer, fresh, mathml, address, citing, claimreview, metadata, cards),
    *(editions, accessible, light),
]


def setup(app) -> dict:
    for part in PARTS:
        part.setup(app)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}

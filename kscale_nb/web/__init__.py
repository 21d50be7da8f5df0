"""The Sphinx extension of the book: live links, pages made from the ledger, and builds that are never stale."""

from __future__ import annotations

from kscale_nb import __version__
from kscale_nb.web import fresh, links, mathjax, pages


def setup(app) -> dict:
    links.setup(app)
    pages.setup(app)
    fresh.setup(app)
    mathjax.setup(app)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}

"""The book as PDF and EPUB, linked from the front page while they are there and as new as the pages."""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

PDF, EPUB = "the-arithmetic-of-a-steampunk-god.pdf", "the-arithmetic-of-a-steampunk-god.epub"
PLACE = re.compile(r'<p class="kscale-downloads">.*?</p>')


def downloads(sizes: dict[str, int], way_up: str = "") -> str:
    """The line that links the files there are, with their sizes in bytes; empty if there are none.

    >>> downloads({})
    '<p class="kscale-downloads"></p>'
    >>> downloads({"book.epub": 2_340_000}, "../")
    '<p class="kscale-downloads">The whole book: <a href="../book.epub">EPUB</a> (2.3 MB).</p>'
    """
    links = [
        f'<a href="{way_up}{name}">{name.rsplit(".")[-1].upper()}</a> ({size / 1e6:.1f} MB)'
        for name, size in sizes.items()
    ]
    line = f"The whole book: {', '.join(links)}." if links else ""
    return f'<p class="kscale-downloads">{line}</p>'


def show_downloads(folder: Path) -> None:
    """Put the links to the files that lie in the `folder` of built pages onto the pages that have a place for them."""
    sizes = {name: (folder / name).stat().st_size for name in (PDF, EPUB) if (folder / name).is_file()}
    for page in folder.glob("*/*.html"):
        text = page.read_text(encoding="utf-8")
        shown = PLACE.sub(lambda _: downloads(sizes, "../"), text)
        if shown != text:
            page.write_text(shown, encoding="utf-8")


class DownloadsDirective(SphinxDirective):
    """A place for the links, empty until the files are made."""

    def run(self) -> list[nodes.Node]:
        return [nodes.raw("", downloads({}), format="html")]


def withdraw(app, _exception) -> None:
    """Pages that were built anew make the files made from older ones wrong."""
    for name in (PDF, EPUB):
        (Path(app.outdir) / name).unlink(missing_ok=True)
    show_downloads(Path(app.outdir))


def setup(app) -> None:
    app.add_directive("kscale-downloads", DownloadsDirective)
    app.connect("build-finished", withdraw)

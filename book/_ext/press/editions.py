"""The book in one file, as PDF and EPUB: the front page links to an edition while it is of these very pages.

The editions are made after the pages, by `paper`, and the pages may be built again without them.
"""

from __future__ import annotations

import hashlib
import json
import re
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from _ext.press.address import is_published
from kscale_nb.errors import KscaleError

FRONT = "book/index.html"
FILES = {"pdf": "steampunk-god.pdf", "epub": "steampunk-god.epub"}  # beside the pages' folders
NAMES = {"pdf": "PDF, for paper", "epub": "EPUB, for e-readers"}
TYPES = {"pdf": "application/pdf", "epub": "application/epub+zip"}
RECORD = "_static/editions.json"  # of which pages each edition was made
PLACE = re.compile(r'<p class="kscale-editions">.*?</p>', re.DOTALL)
EMPTY_PLACE = '<p class="kscale-editions"></p>'
ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)


def digest_of(folder: Path) -> str:
    """One name for what the pages say now, whatever the front page says of its editions."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*/*.html")):
        if article := ARTICLE.search(path.read_text(encoding="utf-8")):
            digest.update(path.relative_to(folder).as_posix().encode() + PLACE.sub("", article[0]).encode())
    return digest.hexdigest()[:16]


def size_of(file: Path) -> str:
    return f"{file.stat().st_size / 1e6:.1f} MB"


def link(folder: Path, made: str = "") -> None:
    """Let the front page link to the editions of these pages, with the one just `made`; those of others are removed."""
    now, record, links = digest_of(folder), folder / RECORD, []
    made_of = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    if made:
        made_of[made] = now
    for form, name in FILES.items():
        file = folder / name
        if made_of.get(form) != now:
            file.unlink(missing_ok=True)
        if file.is_file():
            links.append(f'<a href="../{name}" type="{TYPES[form]}">{escape(NAMES[form])}</a> ({size_of(file)})')
    record.parent.mkdir(exist_ok=True)
    record.write_text(json.dumps({form: now for form in FILES if made_of.get(form) == now}), encoding="utf-8")
    front = folder / FRONT
    page = front.read_text(encoding="utf-8")
    if not PLACE.search(page):
        raise KscaleError(f"{front}: no place for links to the editions, which the directive kscale-editions makes")
    text = f"<strong>Take it along</strong>, the whole book in one file: {', '.join(links)}." if links else ""
    filled = PLACE.sub(EMPTY_PLACE.replace("></p>", f">{text}</p>"), page)
    if filled != page:
        front.write_text(filled, encoding="utf-8")


class EditionsDirective(SphinxDirective):
    """The place on the front page for the links."""

    def run(self) -> list[nodes.Node]:
        return [nodes.raw("", EMPTY_PLACE, format="html")]


def link_editions(app, exception) -> None:
    if exception is None and is_published(app) and (Path(app.outdir) / FRONT).is_file():
        link(Path(app.outdir))


def setup(app) -> None:
    app.add_directive("kscale-editions", EditionsDirective)
    app.connect("build-finished", link_editions, priority=950)  # once the pages say all that they will

"""What a page says of itself to reference managers, previews and search engines: tags in its head, never seen."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import PurePosixPath

from docutils import nodes

from _ext.live.links import LEDGER_PAGE
from _ext.live.pages import LEDGER_FILES
from _ext.look.journey import CHAPTERS, chapters_of
from _ext.press import cards, claimreview
from _ext.press.address import Address, is_published
from _ext.press.citing import Work, chapter_of
from _ext.press.claimreview import SCHEMA, as_agent
from kscale_nb import LEDGER
from kscale_nb.printed import TO_SUPERSCRIPTS

LONGEST = 200
LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "MIT": "https://spdx.org/licenses/MIT.html",
}
LICENCE_OF_TEXT = LICENCES["CC-BY-4.0"]


@dataclass(frozen=True)
class Page:
    """A page and what is known of it."""

    name: str
    work: Work  # what a reader would cite: the chapter, or else the page under the book's facts
    description: str
    address: Address
    is_front: bool = False
    language: str = "en"

    @property
    def url(self) -> str:
        return self.address.of_page(self.name)

    @property
    def card(self) -> str:
        return PurePosixPath(self.name).name if self.name.startswith(CHAPTERS) else cards.BOOK


# -- the description -----------------------------------------------------------------------------------


def description_of(document: nodes.document, longest: int = LONGEST) -> str:
    """The first paragraph of a page, as far as whole sentences fit."""
    for paragraph in document.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section) and (text := plain_text(paragraph)):
            return cut(text, longest)
    return ""


def plain_text(paragraph: nodes.Element) -> str:
    """A paragraph without its markup; powers in formulas are raised."""
    parts = []
    for node in paragraph.findall(nodes.Text):
        formula = isinstance(node.parent, nodes.math)
        parts.append(_plain_formula(node) if formula else "" if isinstance(node.parent, nodes.raw) else str(node))
    return " ".join("".join(parts).split())


def _plain_formula(latex: str) -> str:
    raised = re.sub(r"\^\{?(-?\d+)\}?", lambda power: power[1].translate(TO_SUPERSCRIPTS), latex)
    return re.sub(r"\\[,;! ]|\\mathrm|[{}\\]", "", raised.replace(r"\times", "×"))


def cut(text: str, longest: int) -> str:
    """As many whole sentences as fit; as many words, if that would leave less than a third of the room filled.

    >>> cut("The arithmetic holds. It needs a number that nobody prints.", 30), cut("So. It needs a number.", 16)
    ('The arithmetic holds.', 'So. It needs a…')
    """
    if len(text) <= longest:
        return text
    ends = [match.end() for match in re.finditer(r"[.?!](?=\s)", text[: longest + 1])]
    if ends and ends[-1] >= longest / 3:
        return text[: ends[-1]]
    return text[:longest].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


# -- tags ----------------------------------------------------------------------------------------------


def highwire(page: Page) -> list[tuple[str, str]]:
    """The tags that Google Scholar and Zotero read."""
    work = page.work
    tags = [("citation_title", work.title)]
    tags += [("citation_author", author.inverted) for author in work.authors]
    tags += [("citation_publication_date", f"{work.released:%Y/%m/%d}"), ("citation_language", page.language)]
    if page.name.startswith(CHAPTERS):
        tags.append(("citation_inbook_title", work.book))
    if work.doi:
        tags.append(("citation_doi", work.doi))
    if page.url:
        tags.append(("citation_fulltext_html_url", page.url))
    return tags


def open_graph(page: Page) -> list[tuple[str, str]]:
    """The preview of a shared link. Picture and address must be absolute, so they wait until one is known."""
    tags = [
        ("og:title", page.work.title),
        ("og:description", page.description),
        ("og:type", "book" if page.is_front else "article"),
        ("og:site_name", page.work.book or page.work.title),
    ]
    if page.url:
        tags += [
            ("og:url", page.url),
            ("og:image", page.address.of(f"{cards.FOLDER}/{page.card}.png")),
            ("og:image:width", str(cards.WIDTH)),
            ("og:image:height", str(cards.HEIGHT)),
            ("og:image:alt", f"A card with the title: {page.work.title}"),
        ]
    return tags


def head_tags(page: Page, data: list[dict | list]) -> str:
    """All of it as HTML. Data blocks are not scripts: a browser never runs them."""
    named = [("description", page.description), *highwire(page)]
    named.append(("twitter:card", "summary_large_image" if page.url else "summary"))
    lines = [f'<meta name="{name}" content="{escape(text)}" />' for name, text in named if text]
    lines += [f'<meta property="{name}" content="{escape(text)}" />' for name, text in open_graph(page) if text]
    for block in data:
        text = json.dumps(block, ensure_ascii=False, separators=(",", ":")).replace("<", r"\u003c")
        lines.append(f'<script type="application/ld+json">{text}</script>')
    return "\n" + "\n".join(f"    {line}" for line in lines)


# -- data blocks ---------------------------------------------------------------------------------------


def _creative_work(work: Work, kind: str, url: str, description: str) -> dict:
    return {
        "@type": kind,
        "name": work.title,
        "author": [as_agent(author) for author in work.authors],
        "datePublished": work.released.isoformat(),
        "version": work.version,
        "inLanguage": "en",
        **({"description": description} if description else {}),
        **({"url": url} if url else {}),
        **({"identifier": f"https://doi.org/{work.doi}"} if work.doi else {}),
    }


def book_data(book: Work, address: Address, chapters: list[tuple[str, str]]) -> dict:
    """The book with its chapters, each by page and title, in order."""
    parts = [
        {
            "@type": "Chapter",
            "name": title,
            "position": number,
            **({"url": url} if (url := address.of_page(page)) else {}),
        }
        for number, (page, title) in enumerate(chapters, 1)
    ]
    whole = _creative_work(book, "Book", book.url, book.abstract)
    licences = [LICENCES.get(name, name) for name in book.licences]
    return {"@context": SCHEMA, **whole, "bookFormat": f"{SCHEMA}/EBook", "license": licences, "hasPart": parts}


def chapter_data(page: Page, position: int) -> dict:
    work = page.work
    book = {"@type": "Book", "name": work.book, "author": [as_agent(author) for author in work.authors]}
    if page.address.book:
        book["url"] = page.address.book
    return {
        "@context": SCHEMA,
        **_creative_work(work, "Chapter", page.url, page.description),
        "license": LICENCE_OF_TEXT,
        "position": position,
        "isPartOf": book,
    }


def ledger_data(page: Page) -> dict:
    """The ledger as a data set, with its files."""
    files = [*LEDGER_FILES, PurePosixPath(claimreview.FILE).name]
    formats = {"json": "application/json", "csv": "text/csv"}
    work = _creative_work(page.work, "Dataset", page.url, page.description)
    return {
        "@context": SCHEMA,
        **work,
        "creator": work["author"],
        "license": LICENCE_OF_TEXT,
        "isAccessibleForFree": True,
        "distribution": [
            {
                "@type": "DataDownload",
                "name": name,
                "encodingFormat": formats[name.rpartition(".")[2]],
                "contentUrl": page.address.of(f"_static/{name}") or f"../_static/{name}",
            }
            for name in files
        ],
    }


# -- Sphinx --------------------------------------------------------------------------------------------


def describe_page(app, pagename, _templatename, context, doctree) -> None:
    book, address = app.config.kscale_book, app.config.kscale_address
    if book is None or doctree is None or not is_published(app):
        return
    title = app.env.titles[pagename].astext()
    is_front = pagename == app.config.root_doc
    work = book if is_front else chapter_of(book, pagename, title, address)
    page = Page(
        pagename, work, description_of(doctree), address, is_front, app.env.metadata[pagename].get("lang", "en")
    )
    context["metatags"] = context.get("metatags", "") + head_tags(page, list(_data(app, page, book)))


def _data(app, page: Page, book: Work):
    chapters = chapters_of(app.env)
    if page.is_front:
        yield book_data(book, page.address, [(name, app.env.titles[name].astext()) for name in chapters])
    elif page.name in chapters:
        yield chapter_data(page, chapters.index(page.name) + 1)
    elif page.name == LEDGER_PAGE:
        yield ledger_data(page)
        yield claimreview.reviews(LEDGER.judge_all().values(), book, page.address, "")


def setup(app) -> None:
    app.connect("html-page-context", describe_page)

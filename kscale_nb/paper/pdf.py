"""The book as one PDF: its pages in one document, printed by Chromium, with an outline, tags and page numbers."""

from __future__ import annotations

import os
import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib
from bs4 import BeautifulSoup
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from kscale_nb import __version__
from kscale_nb.errors import KscaleError
from kscale_nb.paper.gather import Book, Chapter, point
from kscale_nb.web.cover import cover
from kscale_nb.web.light import FONT_STYLESHEET

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
HEADINGS = ("h4", "h3", "h2", "h1")  # in the order in which each becomes the next lower one


def text_fonts() -> str:
    """The serif that comes with matplotlib, the sister of the formulas' font, so that every machine prints alike."""
    faces = (("", "normal", 400), ("Italic", "italic", 400), ("Bol", "normal", 700), ("BolIta", "italic", 700))
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return "\n".join(
        f'@font-face {{ font-family: "STIXGeneral"; font-style: {style}; font-weight: {weight}; '
        f'src: url("data:font/ttf;base64,{b64encode((folder / f"STIXGeneral{name}.ttf").read_bytes()).decode()}"); }}'
        for name, style, weight in faces
    )


def document(book: Book, page_numbers: dict[str, int] | None = None) -> str:
    """The whole book as one HTML page; its table of contents carries `page_numbers`, by a chapter's slug, once known."""
    styles = "\n".join((files("kscale_nb.paper") / name).read_text() for name in ("paper.css", "print.css"))
    font = (book.html / "_static" / FONT_STYLESHEET).read_text()
    heads = "\n".join(_page_style(chapter) for chapter in book.chapters)
    body = "\n".join(
        (f'<section class="part-page"><h1>{escape(part.caption)}</h1></section>' if part.caption else "")
        + "\n".join(_chapter(chapter) for chapter in part.chapters)
        for part in book.parts
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(book.title)}</title>'
        f'<meta name="author" content="{escape(book.author)}"><style>{font}{text_fonts()}{styles}{heads}</style></head><body>'
        f'<section class="title-page"><div><h1>{escape(book.title)}</h1></div>{cover()}'
        f"<p>{escape(book.author)}<br>version {__version__}</p></section>"
        f"{_contents(book, page_numbers or {})}{body}</body></html>"
    )


def _page_style(chapter: Chapter) -> str:
    """The chapter's own kind of page, with its title at the head; the first page has the title itself."""
    name = f"of-{chapter.slug.replace('_', '-')}"
    title = chapter.short_title.replace("\\", "").replace('"', "”")
    head = f'@top-center {{ content: "{title}"; font: italic 9pt STIXGeneral; color: #55504a; }}'
    return f"@page {name} {{ {head} }}\n@page {name}:first {{ @top-center {{ content: none; }} }}\n#{chapter.slug} {{ page: {name}; }}"


def _chapter(chapter: Chapter) -> str:
    return f'<section class="chapter" id="{chapter.slug}">{chapter.article}</section>'


def _contents(book: Book, page_numbers: dict[str, int]) -> str:
    lists = [
        (f'<p class="caption">{escape(part.caption)}</p>' if part.caption else "")
        + "<ol>"
        + "".join(
            f'<li><a href="#{chapter.slug}">{escape(chapter.title)}</a>'
            f"<span>{page_numbers.get(chapter.slug, '')}</span></li>"
            for chapter in part.chapters
        )
        + "</ol>"
        for part in book.parts
    ]
    return f'<nav class="contents"><h2>Contents</h2>{"".join(lists)}</nav>'


def set_for_print(book: Book) -> None:
    """Make the chapters parts of one document: ids stay unique, links lead within it, headings go one step down."""
    for chapter in book.chapters:
        point(
            book, chapter,
            lambda other, fragment: f"#{other.slug}--{fragment}" if fragment else f"#{other.slug}",
            lambda path: (book.html / path).as_uri(),
        )  # fmt: skip
    for chapter in book.chapters:
        for element in chapter.article.find_all(id=True):
            element["id"] = f"{chapter.slug}--{element['id']}"
        for level, heading in enumerate(HEADINGS):
            for element in chapter.article.find_all(heading):
                element.name = f"h{len(HEADINGS) + 1 - level}"


def print_book(book: Book, target: Path) -> int:
    """Write the PDF and return the number of its pages. Raises KscaleError where there is no Chromium.

    It is printed twice: the first time tells on which page each chapter begins.
    """
    if CHROMIUM is None:
        raise KscaleError("a PDF is printed by Chromium, which is not here: on Debian, apt-get install chromium")
    set_for_print(book)
    with TemporaryDirectory() as folder:
        source, printed = Path(folder) / "book.html", Path(folder) / "book.pdf"
        source.write_text(document(book), encoding="utf-8")
        _print(source, printed)
        source.write_text(document(book, beginnings(book, PdfReader(printed))), encoding="utf-8")
        _print(source, printed)
        pages = _sign(book, source, printed)
        unfinished = target.with_suffix(".part")
        shutil.copyfile(printed, unfinished)
        os.replace(unfinished, target)
    return pages


def beginnings(book: Book, pdf: PdfReader) -> dict[str, int]:
    """The page on which each chapter begins, by its slug, counted from 1."""
    places = {name.removeprefix("/"): place for name, place in pdf.named_destinations.items()}
    return {chapter.slug: pdf.get_destination_page_number(places[chapter.slug]) + 1 for chapter in book.chapters}


def _print(source: Path, target: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        tab = browser.new_page()
        tab.goto(source.as_uri())
        tab.evaluate("document.fonts.ready")
        tab.pdf(path=str(target), prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
        browser.close()


def _sign(book: Book, source: Path, printed: Path) -> int:
    """Add what Chromium leaves out, the author, and mend the outline, where it doubles or cuts titles at page breaks."""
    headings = BeautifulSoup(source.read_text(encoding="utf-8"), "lxml").find_all(re.compile(r"^h[1-6]$"))
    writer = PdfWriter(printed, incremental=True)
    entries = list(_outline(writer.root_object["/Outlines"]))
    if len(entries) == len(headings):
        for entry, heading in zip(entries, headings, strict=True):
            entry[NameObject("/Title")] = TextStringObject(heading.get_text())
    writer.add_metadata({"/Title": book.title, "/Author": book.author})
    writer.write(printed)
    return len(writer.pages)


def _outline(parent: DictionaryObject) -> Iterator[DictionaryObject]:
    """The entries of the outline in reading order."""
    entry = parent.get("/First")
    while entry is not None:
        yield entry.get_object()
        yield from _outline(entry.get_object())
        entry = entry.get_object().get("/Next")

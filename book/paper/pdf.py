"""The book as a PDF: one long document with a style for paper, printed by Chromium with bookmarks and page numbers."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Iterator
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib
from lxml import etree
from pypdf import PdfReader

from _ext.look.cover import cover
from kscale_nb.errors import KscaleError
from paper.compact import compact
from paper.gather import PICTURE, XHTML, Book, H, M, Page, lead_links

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "chromium-headless-shell"]
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
OURS = Path(__file__).parent
TEXT_WIDTH = 612  # CSS pixels: print.css leaves 162 mm between its margins
LINES_KEPT_TOGETHER, LETTERS_IN_LINE = 8, 98  # of code
FACES = [
    ("STIX Two Text", "stix-two-text-regular", "normal", "400"),
    ("STIX Two Text", "stix-two-text-italic", "italic", "400"),
    ("STIX Two Text", "stix-two-text-bold", "normal", "600 700"),
    ("STIX Two Text", "stix-two-text-bold-italic", "italic", "600 700"),
]
CODE_FACES = [("DejaVuSansMono", "normal", "400"), ("DejaVuSansMono-Bold", "normal", "700"),
              ("DejaVuSansMono-Oblique", "italic", "400")]  # fmt: skip
# What is wider than the page is set smaller, as far as it takes; said to the browser, which alone knows the widths.
FIT = """
(available) => {
    let fitted = 0;
    for (const element of document.querySelectorAll("math[display=block], table, pre")) {
        const room = Math.min(available, element.parentElement.getBoundingClientRect().width);
        for (let tries = 0; tries < 4; tries += 1) {
            const width = Math.max(element.scrollWidth, element.getBoundingClientRect().width);
            if (width <= room + 0.5) break;
            element.style.fontSize = `${parseFloat(getComputedStyle(element).fontSize) * room / width * 0.99}px`;
            fitted += 1;
        }
    }
    return fitted;
}
"""
NUMBER_CONTENTS = """
(pages) => {
    for (const [id, page] of Object.entries(pages)) document.getElementById(`page-of-${id}`).textContent = page;
}
"""


def write(book: Book, file: Path) -> None:
    """Print the book into a file. Raises KscaleError where there is no Chromium."""
    with TemporaryDirectory() as folder:
        page = Path(folder) / "book.xhtml"
        page.write_text(document(book), encoding="utf-8")
        printed = _print(page)
    about = {"/Title": book.title, "/Author": book.author, "/Subject": book.description}
    file.write_bytes(compact(printed, about))


def _print(page: Path) -> bytes:
    """Print twice: the first time tells on which page each chapter begins."""
    if CHROMIUM is None:
        raise KscaleError("no Chromium here, which prints the PDF: on Debian, apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        tab = browser.new_page(viewport={"width": TEXT_WIDTH, "height": 900}, color_scheme="light", offline=True)
        tab.emulate_media(media="print")
        tab.goto(page.as_uri())
        tab.evaluate("document.fonts.ready")
        tab.evaluate(FIT, TEXT_WIDTH)

        def once() -> bytes:
            return tab.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)

        tab.evaluate(NUMBER_CONTENTS, pages_of_chapters(PdfReader(io.BytesIO(once()))))
        return once()


def pages_of_chapters(reader: PdfReader) -> dict[str, str]:
    """The page on which each target of the contents lies, as printed at its foot."""
    places = reader.named_destinations
    return {
        name.removeprefix("/"): str(reader.get_destination_page_number(place) + 1)
        for name, place in places.items()
        if "--" not in name
    }


# -- the document -------------------------------------------------------------------------------------


def document(book: Book) -> str:
    """The whole book as one XHTML document that needs no other file but its pictures."""
    for page in book.pages:
        lead_links(book, page, lambda name, anchor: f"#{_anchor(name.replace('/', '-'), anchor)}")
        _adapt(book, page)
    body = [_title_page(book), _contents(book)]
    for part, pages in book.parts():
        for number, page in enumerate(pages):
            if part and not number:
                opening = page.article.makeelement(f"{H}h1", {"class": "part"})
                opening.text = part
                page.article.insert(0, opening)
            body.append(etree.tostring(page.article, encoding="unicode"))
    return (
        f'<html xmlns="{XHTML}" lang="{book.language}"><head><meta charset="utf-8"/><title>{escape(book.title)}</title>'
        f"<style>{''.join(_styles(book))}</style></head><body>{''.join(body)}</body></html>"
    )


def _anchor(slug: str, anchor: str) -> str:
    return f"{slug}--{anchor}" if anchor else slug


def _adapt(book: Book, page: Page) -> None:
    """Make a page a section of the one document: names of its own, headings a level down, pictures by their place."""
    for element in page.article.iter():
        if (identifier := element.get("id")) and etree.QName(element).namespace != PICTURE:  # whose names are its own
            element.set("id", _anchor(page.slug, identifier))
        if element.tag == f"{M}math":  # for readers with a voice a formula is one thing, with its LaTeX as its name
            element.set("role", "img")
            element.set("aria-label", element.get("alttext", ""))
        if element.tag == f"{H}img":
            element.set("src", (book.folder / Path(page.name).parent / element.get("src")).resolve().as_uri())
        if element.tag == f"{H}pre" and _lines("".join(element.itertext())) <= LINES_KEPT_TOGETHER:
            element.set("class", "together")
        if page.part and element.tag in (f"{H}h1", f"{H}h2", f"{H}h3", f"{H}h4", f"{H}h5"):
            element.tag = f"{element.tag[:-1]}{int(element.tag[-1]) + 1}"
    page.article.set("id", page.slug)
    page.article.find(f".//{H}{'h2' if page.part else 'h1'}").set("class", "chapter")


def _lines(code: str) -> int:
    """How many lines a code takes on paper, where long ones are folded."""
    return sum(1 + len(line) // LETTERS_IN_LINE for line in code.strip().splitlines())


def _title_page(book: Book) -> str:
    return (
        f'<section id="title-page"><h1>{escape(book.title)}</h1>{cover()}<p>{escape(book.description)}</p>'
        f"<p>{escape(book.author)}</p><p>{escape(book.facts)}</p></section>"
    )


def _contents(book: Book) -> str:
    lines = []
    for part, pages in book.parts():
        lines += [f'<p class="part">{escape(part)}</p>'] if part else []
        lines.append("<ol>")
        lines += [
            f'<li><a href="#{page.slug}">{escape(page.title)}</a><span id="page-of-{page.slug}">000</span></li>'
            for page in pages
        ]
        lines.append("</ol>")
    return f'<nav id="contents"><h1>Contents</h1>{"".join(lines)}</nav>'


def _styles(book: Book) -> Iterator[str]:
    """The fonts, the style for paper, and a running title for each chapter."""
    yield _face("STIX Two Math", book.folder / "_static" / "fonts" / "stix-two-math.woff2")
    for family, name, style, weight in FACES:
        yield _face(family, OURS / "fonts" / f"{name}.woff2", style, weight)
    for name, style, weight in CODE_FACES:
        code = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"
        yield _face("DejaVu Sans Mono", code, style, weight)
    yield (OURS / "print.css").read_text(encoding="utf-8")
    for page in book.pages:
        yield (
            f"#{page.slug} {{ page: {page.slug}; }} @page {page.slug} {{ @top-left {{ content: {_quoted(page.part)}; }}"
            f" @top-right {{ content: {_quoted(page.short_title)}; }} }}\n"
        )


def _face(family: str, file, style: str = "normal", weight: str = "400") -> str:
    font = base64.b64encode(file.read_bytes()).decode()
    kind = "woff2" if file.name.endswith("woff2") else "ttf"
    return (
        f'@font-face {{ font-family: "{family}"; font-style: {style}; font-weight: {weight}; '
        f'src: url("data:font/{kind};base64,{font}"); }}\n'
    )


def _quoted(text: str) -> str:
    r"""A string of CSS within XML.

    >>> _quoted('AT&T "quoted"')
    '"AT\\26 T \\22 quoted\\22 "'
    """
    return '"' + "".join(f"\\{ord(c):x} " if c in '"\\&<>\n' else c for c in text) + '"'

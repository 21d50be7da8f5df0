"""The book as an EPUB 3: a file for each page, formulas as MathML, the font of formulas, the pictures, a cover."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Iterator
from datetime import date
from html import escape
from pathlib import Path, PurePosixPath

from lxml import etree

from _ext.look.cover import DESCRIPTION
from paper.cover_picture import cover_picture
from paper.gather import NAMESPACES, SVG, XHTML, Book, H, M, Page, lead_links

OPS = "http://www.idpf.org/2007/ops"
HELD = {"mathml": f"{M}math", "svg": f"{SVG}svg"}  # what a page says that it holds
TYPES = {".xhtml": "application/xhtml+xml", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png",
         ".jpg": "image/jpeg", ".woff2": "font/woff2"}  # fmt: skip
OLDER_MATHML_LACKS = ".//m:*[@displaystyle][not(self::m:math or self::m:mstyle or self::m:mtable)]"
CONTAINER = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)
ACCESSIBILITY = {
    "accessMode": ["textual", "visual"],
    "accessModeSufficient": ["textual"],
    "accessibilityFeature": ["alternativeText", "displayTransformability", "MathML", "readingOrder",
                             "structuralNavigation", "tableOfContents"],
    "accessibilityHazard": ["none"],
    "accessibilitySummary": ["Every figure has a description in words, and every formula is MathML with its LaTeX."],
}  # fmt: skip


def write(book: Book, file: Path) -> None:
    """Write the book into a file, the same bytes on every run."""
    released = date.fromisoformat(book.date)
    contents = dict(_files(book))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in {"mimetype": b"application/epub+zip", **contents}.items():
            entry = zipfile.ZipInfo(name, (released.year, released.month, released.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=9)
    file.write_bytes(packed.getvalue())


def _files(book: Book) -> Iterator[tuple[str, bytes]]:
    yield "META-INF/container.xml", CONTAINER.encode()
    made: dict[str, bytes] = {
        "style.css": (Path(__file__).parent / "epub.css").read_bytes(),
        "fonts/stix-two-math.woff2": (book.folder / "_static" / "fonts" / "stix-two-math.woff2").read_bytes(),
        "images/cover.png": cover_picture(book.title, book.author),
        "cover.xhtml": _document(book, "Cover", _cover(book)),
        "title.xhtml": _document(book, book.title, _title_page(book)),
        "contents.xhtml": _document(book, "Contents", _contents(book)),
    }
    for page in book.pages:
        for name, picture in _adapt(book, page):
            made[name] = picture
        made[f"{page.slug}.xhtml"] = _document(book, page.title, etree.tostring(page.article, encoding="unicode"))
    made["package.opf"] = _package(book, made).encode()
    yield from ((f"EPUB/{name}", content) for name, content in sorted(made.items()))


def _adapt(book: Book, page: Page) -> Iterator[tuple[str, bytes]]:
    """Lead a page's links to the other files, and take its pictures into the book: their names and contents."""
    lead_links(book, page, lambda name, anchor: f"{name.replace('/', '-')}.xhtml{f'#{anchor}' if anchor else ''}")
    for journey in page.article.xpath('.//h:nav[@class="kscale-journey"]', namespaces=NAMESPACES):
        journey.tag = "remove"  # a row of icons needs more style than e-readers have
    etree.strip_elements(page.article, "remove", with_tail=False)
    for element in page.article.xpath(OLDER_MATHML_LACKS, namespaces=NAMESPACES):
        wrapper = element.makeelement(f"{M}mstyle", {"displaystyle": element.attrib.pop("displaystyle")})
        wrapper.tail, element.tail = element.tail, None
        element.getparent().replace(element, wrapper)
        wrapper.append(element)
    for image in page.article.iter(f"{H}img"):
        origin = book.folder / PurePosixPath(page.name).parent / image.get("src")
        image.set("src", f"images/{origin.name}")
        yield f"images/{origin.name}", origin.read_bytes()


def _document(book: Book, title: str, body: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n<html xmlns="{XHTML}" xmlns:epub="{OPS}" '
        f'lang="{book.language}" xml:lang="{book.language}"><head><meta charset="utf-8"/><title>{escape(title)}</title>'
        f'<link rel="stylesheet" type="text/css" href="style.css"/></head><body>{body}</body></html>\n'
    ).encode()


def _cover(book: Book) -> str:
    alternative = escape(f"Cover: {book.title}. {DESCRIPTION}")
    return f'<section epub:type="cover" class="cover"><img src="images/cover.png" alt="{alternative}"/></section>'


def _title_page(book: Book) -> str:
    return (
        f'<section epub:type="titlepage" class="title-page"><h1>{escape(book.title)}</h1>'
        f"<p>{escape(book.description)}</p><p>{escape(book.author)}</p><p>{escape(book.facts)}</p></section>"
    )


def _contents(book: Book) -> str:
    items = []
    for part, pages in book.parts():
        lines = "".join(f'<li><a href="{page.slug}.xhtml">{escape(page.title)}</a></li>' for page in pages)
        items.append(f"<li><span>{escape(part)}</span><ol>{lines}</ol></li>" if part else lines)
    return (
        f'<nav epub:type="toc" id="toc"><h1>Contents</h1><ol>{"".join(items)}</ol></nav>'
        '<nav epub:type="landmarks" hidden="hidden"><h2>Landmarks</h2><ol>'
        '<li><a epub:type="toc" href="contents.xhtml">Contents</a></li>'
        f'<li><a epub:type="bodymatter" href="{book.pages[0].slug}.xhtml">The book</a></li></ol></nav>'
    )


# -- the package document -----------------------------------------------------------------------------


def _package(book: Book, made: dict[str, bytes]) -> str:
    """What the EPUB consists of, in which order it is read, and what it says of itself to libraries."""
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, f"{book.title} {book.version} {book.date}")
    properties = {"contents.xhtml": "nav", "images/cover.png": "cover-image"}
    for page in book.pages:
        held = [word for word, tag in HELD.items() if next(page.article.iter(tag), None) is not None]
        properties |= {f"{page.slug}.xhtml": " ".join(held)} if held else {}
    manifest = "".join(
        f'<item id="{_identifier(name)}" href="{name}" media-type="{TYPES[PurePosixPath(name).suffix]}"'
        + (f' properties="{properties[name]}"/>' if name in properties else "/>")
        for name in sorted(made)
    )
    order = ["cover.xhtml", "title.xhtml", "contents.xhtml", *(f"{page.slug}.xhtml" for page in book.pages)]
    spine = "".join(f'<itemref idref="{_identifier(name)}"/>' for name in order)
    said = "".join(
        f'<meta property="schema:{name}">{escape(text)}</meta>'
        for name, texts in ACCESSIBILITY.items()
        for text in texts
    )
    authors = "".join(f"<dc:creator>{escape(author)}</dc:creator>" for author in book.authors)
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<package xmlns="http://www.idpf.org/2007/opf" version="3.0" '
        f'unique-identifier="book-id" xml:lang="{book.language}">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="book-id">urn:uuid:{identifier}</dc:identifier><dc:title>{escape(book.title)}</dc:title>'
        f"{authors}<dc:language>{book.language}</dc:language><dc:date>{book.date}</dc:date>"
        f"<dc:description>{escape(book.description)}</dc:description><dc:rights>{escape(book.licence)}</dc:rights>"
        f'<meta property="dcterms:modified">{book.date}T00:00:00Z</meta>{said}</metadata>'
        f"<manifest>{manifest}</manifest><spine>{spine}</spine></package>\n"
    )


def _identifier(name: str) -> str:
    return "item-" + name.replace("/", "-")

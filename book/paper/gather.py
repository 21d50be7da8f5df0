"""Reads the built pages in the order of the contents, and makes of each what a page is without a script or a screen."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from posixpath import dirname, normpath

from lxml import etree

from kscale_nb.errors import KscaleError

FRONT = "book/index"
FRONT_TITLE = "Overview"  # the book's own title stands on the title page
XHTML, MATHML = "http://www.w3.org/1999/xhtml", "http://www.w3.org/1998/Math/MathML"
PICTURE = "http://www.w3.org/2000/svg"
H, M, SVG = f"{{{XHTML}}}", f"{{{MATHML}}}", f"{{{PICTURE}}}"
LICENCES = {
    "https://creativecommons.org/licenses/by/4.0/": "text and figures CC BY 4.0",
    "https://spdx.org/licenses/MIT.html": "code MIT",
}
NOTE_FOR_SCRIPT = "The machine as it is printed. On the book’s web page the picture moves with the reader’s hand."
UNNAMED_PICTURE = re.compile(r"<svg\b(?![^>]*\bxmlns=)")  # as a page may have it, and no other file
NAMED_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)\w+;")

# What a page has for the screen only, of a citation the forms for reference managers, and the code that draws a figure.
LEFT_OUT = """
    .//h:a[contains(@class, "headerlink")] | .//h:div[contains(@class, "toctree-wrapper")]
    | .//h:details[@class]/h:summary
    | .//*[contains(@class, "kscale-cover")] | .//h:details[@class="kscale-cite"]/h:div[position() > 1]
    | .//*[@class="kscale-cite-bar"] | .//h:button | .//h:script | .//h:style | .//m:annotation
    | .//h:div[contains(@class, "cell ")][.//h:figure]/*[not(contains(@class, "cell_output"))]
    | .//*[contains(@class, "kscale-editions")] | .//*[@class="kscale-offered"]
    | .//h:img[contains(@class, "kscale-night")]
"""
# Spans that carry nothing that print shows: a code's colours but for its keywords and comments, and wrappers.
UNWRAPPED = """
    .//h:pre//h:span[not(starts-with(@class, "k") or starts-with(@class, "c"))] | .//h:code/h:span
    | .//m:semantics | .//h:span[not(@class) and not(@id)]
"""
KEPT_ATTRIBUTES = {"id", "class", "href", "src", "alt", "colspan", "rowspan", "start", "scope", "lang"}
NAMESPACES = {"h": XHTML, "m": MATHML}


@dataclass
class Page:
    """One page of the book: its name (`folder/file`), the part that it opens or belongs to, and its article."""

    name: str
    title: str
    part: str
    article: etree._Element

    @property
    def slug(self) -> str:
        return self.name.replace("/", "-")

    @property
    def short_title(self) -> str:
        return self.title.partition(":")[0]


@dataclass
class Book:
    """The pages in order, and what the front page says of the book to machines."""

    folder: Path
    title: str
    authors: list[str]
    date: str
    version: str
    language: str
    description: str
    licences: list[str]
    pages: list[Page]

    @property
    def author(self) -> str:
        return ", ".join(self.authors)

    @property
    def licence(self) -> str:
        return ", ".join(self.licences)

    @property
    def facts(self) -> str:
        """What stands at the foot of the title page."""
        released = date.fromisoformat(self.date)
        return (
            f"Version {self.version} of {released.day} {released:%B %Y}. {self.licence[:1].upper()}{self.licence[1:]}. "
            "The code that draws the figures is in the notebooks."
        )

    def parts(self) -> Iterator[tuple[str, list[Page]]]:
        """The parts with their pages; the front page stands in one without a name."""
        for part in dict.fromkeys(page.part for page in self.pages):
            yield part, [page for page in self.pages if page.part == part]


def gather(folder: Path) -> Book:
    """Read a built book from its folder of pages. Raises KscaleError, naming what is missing or wrong."""
    front = _read(folder, FRONT)
    facts = _facts(front)
    pages = []
    for name, part in _contents(front):
        article = _article(name, front if name == FRONT else _read(folder, name))
        simplify(article)
        heading = article.find(f".//{H}h1")
        if heading is None:
            raise KscaleError(f"{name}.html has no title")
        if name == FRONT:
            heading.text = FRONT_TITLE
        pages.append(Page(name, "".join(heading.itertext()).strip(), part, article))
    return Book(
        folder, facts["name"], [author["name"] for author in facts["author"]], facts["datePublished"],
        facts["version"], facts["inLanguage"], facts["description"],
        [LICENCES.get(address, address) for address in facts["license"]][::-1], pages,
    )  # fmt: skip


def _read(folder: Path, name: str) -> str:
    try:
        return (folder / f"{name}.html").read_text(encoding="utf-8")
    except OSError:
        raise KscaleError(f"no page {folder / name}.html: build the book first, with make book") from None


def _facts(front: str) -> dict:
    for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', front, flags=re.DOTALL):
        facts = json.loads(text)
        if facts.get("@type") == "Book":
            return facts
    raise KscaleError(f"{FRONT}.html does not say which book it is of (JSON-LD of the type Book)")


def _contents(front: str) -> Iterator[tuple[str, str]]:
    """Each page's name and part, as the navigation beside every page lists them."""
    navigation = re.search(r'<nav class="bd-links.*?</nav>', front, flags=re.DOTALL)
    if navigation is None:
        raise KscaleError(f"{FRONT}.html has no table of contents beside it")
    yield FRONT, ""
    part = ""
    for element in _parsed(FRONT, navigation[0]).iter(f"{H}span", f"{H}a"):
        if element.get("class") == "caption-text":
            part = "".join(element.itertext()).strip()
        elif (name := page_at(FRONT, element.get("href", ""))) and name != FRONT:
            yield name, part


def _article(name: str, page: str) -> etree._Element:
    article = re.search(r"<article\b.*</article>", page, flags=re.DOTALL)
    if article is None:
        raise KscaleError(f"{name}.html has no article")
    return _parsed(name, article[0])


def _parsed(name: str, markup: str) -> etree._Element:
    markup = NAMED_ENTITY.sub(lambda entity: html.unescape(entity[0]), markup)
    markup = UNNAMED_PICTURE.sub(f'<svg xmlns="{PICTURE}"', markup)
    try:
        tree = etree.fromstring(f'<html xmlns="{XHTML}">{markup}</html>', etree.XMLParser(huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise KscaleError(f"{name}.html is not well-formed: {error}") from None
    return tree[0]


# -- links --------------------------------------------------------------------------------------------


def page_at(name: str, href: str) -> str:
    """The name of the page that a link on a page leads to; nothing if it leads to no page of the book.

    >>> page_at("notebooks/mind", "../book/ledger.html#claim-x"), page_at("notebooks/mind", "#id3")
    ('book/ledger', 'notebooks/mind')
    >>> page_at("notebooks/mind", "https://example.org/a.html")
    ''
    """
    path = href.partition("#")[0]
    if ":" in path:
        return ""
    if not path:
        return name
    return normpath(f"{dirname(name)}/{path}").removesuffix(".html") if path.endswith(".html") else ""


def lead_links(book: Book, page: Page, address: Callable[[str, str], str]) -> None:
    """Let links go to `address(page name, anchor)`; those to what the book in one file lacks become plain text."""
    known = {other.name for other in book.pages}
    for link in page.article.iter(f"{H}a"):
        href = link.get("href", "")
        name, anchor = page_at(page.name, href), href.partition("#")[2]
        if name in known:
            link.set("href", address(name, anchor))
        elif ":" not in href.partition("#")[0]:
            link.tag = "unwrap"
    etree.strip_tags(page.article, "unwrap")


# -- plainness ----------------------------------------------------------------------------------------


def simplify(article: etree._Element) -> None:
    """Take out what only a screen or a script uses, unfold what is folded, and keep a formula's LaTeX as its text."""
    for formula in article.iter(f"{M}math"):
        if (source := formula.find(f".//{M}annotation")) is not None:
            formula.set("alttext", " ".join(source.text.split()))
    for element in article.xpath(LEFT_OUT, namespaces=NAMESPACES):
        element.tag = "remove"
    etree.strip_elements(article, "remove", with_tail=False)
    for element in article.xpath(UNWRAPPED, namespaces=NAMESPACES):
        element.tag = "unwrap"
    etree.strip_tags(article, "unwrap")
    for fold in article.xpath(".//h:details", namespaces=NAMESPACES):
        fold.tag = f"{H}div"
        for heading in fold.findall(f"{H}summary"):  # of an answer to an exercise
            fold.set("class", "kscale-answer")
            heading.tag = f"{H}p"
    for place in article.xpath('.//*[@class="kscale-explorer"]', namespaces=NAMESPACES):
        place.append(place.makeelement(f"{H}p"))
        place[-1].text = NOTE_FOR_SCRIPT
    for element in article.iter(f"{H}*"):
        for name in set(element.attrib) - KEPT_ATTRIBUTES:
            del element.attrib[name]

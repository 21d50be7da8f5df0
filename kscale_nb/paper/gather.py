"""The built pages as one book: its parts and chapters in order, without what only a screen can do."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from bs4 import BeautifulSoup, Tag

from kscale_nb.errors import KscaleError

# What moves, folds, copies or leads elsewhere on the screen has no place on paper.
ON_SCREEN_ONLY = (
    ".headerlink, .kscale-journey, .kscale-cite, .kscale-cover, .kscale-explorer, .kscale-downloads, script, button"
)
KEPT_ATTRIBUTES = {"id", "class", "href", "src", "alt", "colspan", "rowspan", "scope", "lang", "start", "title"}
FOREIGN = ("math", "svg")  # their elements keep all attributes


@dataclass(frozen=True)
class Chapter:
    """A page: its name in the book, its title, and its article."""

    page: str
    title: str
    article: Tag

    @property
    def slug(self) -> str:
        """The page's name within the book.

        >>> Chapter("notebooks/mind", "Mind", None).slug
        'mind'
        """
        return posixpath.basename(self.page)

    @property
    def short_title(self) -> str:
        """The title up to its colon, for the head of a page."""
        return self.title.split(":")[0]


@dataclass(frozen=True)
class Part:
    """Chapters under one heading; the first part, the front page alone, has none."""

    caption: str
    chapters: list[Chapter]


@dataclass(frozen=True)
class Book:
    """The whole book, and where its built pages lie."""

    title: str
    author: str
    html: Path
    parts: list[Part]

    @property
    def chapters(self) -> list[Chapter]:
        return [chapter for part in self.parts for chapter in part.chapters]

    @cached_property
    def places(self) -> dict[str, set[str]]:
        """The ids to which links can lead, by page, as they were built."""
        return {chapter.page: {e["id"] for e in chapter.article.find_all(id=True)} for chapter in self.chapters}


def gather(root: Path, html: Path) -> Book:
    """The book whose configuration lies in `root` and whose built pages lie in `html`.

    Raises KscaleError if a page was not built.
    """
    configuration = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
    contents = yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))
    parts = [Part("", [_chapter(html, contents["root"])])]
    for part in contents["parts"]:
        parts.append(Part(part["caption"], [_chapter(html, chapter["file"]) for chapter in part["chapters"]]))
    return Book(configuration["title"], configuration["author"], html, parts)


def _chapter(html: Path, page: str) -> Chapter:
    path = html / f"{page}.html"
    if not path.is_file():
        raise KscaleError(f"{path}: this page is not built; `make book` builds it")
    article = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").select_one("article.bd-article")
    for element in article.select(ON_SCREEN_ONLY):
        element.decompose()
    _unfold(article)
    for element in article.find_all(True):
        if element.name in FOREIGN or element.find_parent(FOREIGN):
            continue
        element.attrs = {name: value for name, value in element.attrs.items() if name in KEPT_ATTRIBUTES}
    return Chapter(page, article.find("h1").get_text(), article)


def _unfold(article: Tag) -> None:
    """Code and solutions stand open; what holds nothing any more is left out."""
    for summary in article.find_all("summary"):
        summary.decompose()
    for details in article.find_all("details"):
        details.name = "div"
        details["class"] = ["code"]
    for wrapper in article.select("div.toctree-wrapper, span:empty, p:empty"):
        wrapper.decompose()
    for code in article.find_all("pre"):
        code.string = code.get_text().strip("\n")  # in one ink


def point(
    book: Book, chapter: Chapter, address_of: Callable[[Chapter, str], str], image_of: Callable[[str], str]
) -> None:
    """Lead the chapter's links and images to where they stand in the book; links to what it lacks become text.

    `address_of` takes the chapter that a link leads to, with the id in it (or nothing); `image_of` an image's path
    among the built pages.
    """
    known = {f"{other.page}.html": other for other in book.chapters}
    places = book.places
    folder = posixpath.dirname(chapter.page)
    for link in chapter.article.find_all("a", href=True):
        target = urlsplit(link["href"])
        if target.scheme or target.netloc:
            continue
        path = posixpath.normpath(posixpath.join(folder, target.path)) if target.path else f"{chapter.page}.html"
        other = known.get(path)
        if other is None or (target.fragment and target.fragment not in places[other.page]):
            link.unwrap()
        else:
            link["href"] = address_of(other, target.fragment)
    for image in chapter.article.find_all("img", src=True):
        image["src"] = image_of(posixpath.normpath(posixpath.join(folder, image["src"])))

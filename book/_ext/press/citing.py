"""How to cite: the book and each chapter as text, BibTeX, RIS and CSL-JSON, from the facts in `CITATION.cff` alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from pathlib import Path, PurePosixPath

import yaml
from docutils import nodes
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from _ext.look.journey import CHAPTERS, chapters_of
from _ext.press.address import Address, is_published
from kscale_nb.errors import KscaleError

BOOK_KEY = "steampunkgod2026"  # stays when the year of a later version changes: keys are addresses
FACTS = "CITATION.cff"
FOLDER = "_static/citations"
CITE_HERE = '<div class="kscale-cite-here"></div>'
LICENCE_OF_TEXT = "CC BY 4.0"
TEX = str.maketrans(
    {character: f"\\{character}" for character in "#$%&_"}
    | {
        "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Author:
    """A person, or a body that has a name alone."""

    family: str
    given: str = ""

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}".strip()

    @property
    def inverted(self) -> str:
        return f"{self.family}, {self.given}" if self.given else self.family


@dataclass(frozen=True)
class Work:
    """What a citation states, of the book or of one chapter in it."""

    key: str
    title: str
    authors: tuple[Author, ...]
    released: date
    version: str
    abstract: str = ""
    licences: tuple[str, ...] = ()
    book: str = ""  # the title of the book that a chapter stands in
    url: str = ""
    doi: str = ""


def read_facts(path: Path, address: Address) -> Work:
    """The book as a work. Raises KscaleError, naming the file, if a fact is missing."""
    try:
        facts = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Work(
            key=BOOK_KEY,
            title=facts["title"],
            authors=tuple(_author(author) for author in facts["authors"]),
            released=facts["date-released"],
            version=str(facts["version"]),
            abstract=facts["abstract"].strip(),
            licences=tuple(facts["license"]),
            url=address.book or address.repository,
            doi=facts.get("doi", ""),
        )
    except (OSError, yaml.YAMLError, KeyError) as error:
        raise KscaleError(f"{path.name}: {error} is missing or cannot be read") from None


def _author(facts: Mapping) -> Author:
    if "name" in facts:
        return Author(facts["name"])
    family = " ".join(filter(None, (facts.get("name-particle"), facts["family-names"], facts.get("name-suffix"))))
    return Author(family, facts.get("given-names", ""))


def chapter_of(book: Work, page: str, title: str, address: Address) -> Work:
    """A chapter of the book as a work of its own, under a key that stays.

    >>> book = Work("god2026", "A Book", (Author("Doe", "Jo"),), date(2026, 11, 22), "1.0")
    >>> chapter_of(book, "notebooks/energy_split", "Energy", Address()).key
    'god2026-energy-split'
    """
    key = f"{book.key}-{PurePosixPath(page).name.replace('_', '-')}"
    return replace(book, key=key, title=title, book=book.title, url=address.of_page(page) or book.url, doi="")


# -- the forms of a citation ---------------------------------------------------------------------------


def as_text(work: Work) -> str:
    """The citation as a reader would type it.

    >>> as_text(Work("god2026", "A Book", (Author("Doe", "Jo"),), date(2026, 11, 22), "1.0"))
    'Doe, Jo (2026). A Book (version 1.0).'
    """
    authors = [author.inverted for author in work.authors]
    named = " and ".join(filter(None, [", ".join(authors[:-1]), authors[-1]]))
    title = work.title if work.title.endswith(("?", "!")) else f"{work.title}."
    whole = f"{title} In {work.book}" if work.book else work.title
    address = f"https://doi.org/{work.doi}" if work.doi else work.url
    return f"{named} ({work.released.year}). {whole} (version {work.version}). {address}".strip()


def as_bibtex(work: Work) -> str:
    """A BibTeX entry; titles keep their capitals, and the version is in a field that every style prints.

    >>> print(as_bibtex(Work("god2026", "A & B", (Author("Doe", "Jo"),), date(2026, 11, 22), "1.0")), end="")
    @book{god2026,
      title  = {{A \\& B}},
      author = {Doe, Jo},
      year   = {2026},
      note   = {Version 1.0, executable Jupyter Book}
    }
    """
    authors = [_for_tex(a.inverted) if a.given else f"{{{_for_tex(a.family)}}}" for a in work.authors]
    fields = {"title": f"{{{_for_tex(work.title)}}}"}
    if work.book:
        fields["booktitle"] = f"{{{_for_tex(work.book)}}}"
    fields |= {"author": " and ".join(authors), "year": str(work.released.year)}
    fields["note"] = f"Version {_for_tex(work.version)}, executable Jupyter Book"
    # addresses are verbatim in TeX too; pybtex's writer would put backslashes into them
    fields |= {name: value for name, value in (("doi", work.doi), ("url", work.url)) if value}
    width = max(map(len, fields))
    lines = ",\n".join(f"  {name:{width}} = {{{value}}}" for name, value in fields.items())
    return f"@{'incollection' if work.book else 'book'}{{{work.key},\n{lines}\n}}\n"


def _for_tex(text: str) -> str:
    return text.translate(TEX)


def as_ris(work: Work) -> str:
    """An RIS record."""
    lines = [("TY", "CHAP" if work.book else "BOOK"), ("ID", work.key), ("TI", work.title)]
    if work.book:
        lines.append(("T2", work.book))
    lines += [("AU", author.inverted) for author in work.authors]
    lines += [("PY", str(work.released.year)), ("DA", f"{work.released:%Y/%m/%d}"), ("ET", f"Version {work.version}")]
    lines += [(tag, value) for tag, value in (("DO", work.doi), ("UR", work.url)) if value]
    return "".join(f"{tag}  - {value}\n" for tag, value in [*lines, ("LA", "en"), ("ER", "")])


def as_csl(work: Work) -> str:
    """A list of one CSL-JSON item, as reference managers exchange it."""
    item = {
        "id": work.key,
        "type": "chapter" if work.book else "book",
        "title": work.title,
        **({"container-title": work.book} if work.book else {}),
        "author": [{"family": a.family, "given": a.given} if a.given else {"literal": a.name} for a in work.authors],
        "issued": {"date-parts": [[work.released.year, work.released.month, work.released.day]]},
        "version": work.version,
        "language": "en",
        **({"DOI": work.doi} if work.doi else {}),
        **({"URL": work.url} if work.url else {}),
    }
    lines = (f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in item.items())
    return "[{\n" + ",\n".join(lines) + "\n}]\n"


FORMS = {"bib": ("BibTeX", as_bibtex), "ris": ("RIS", as_ris), "json": ("CSL-JSON", as_csl)}


# -- the box -------------------------------------------------------------------------------------------


def cite_box(work: Work, file: str, folder: str, summary: str, is_open: bool = False) -> str:
    """All forms of a citation in one fold; each can be copied, and downloaded from the folder if there is one."""
    whole = work.book or work.title
    before, _, after = as_text(work).rpartition(whole)
    text = f"{escape(before)}<cite>{escape(whole)}</cite>{escape(after)}"
    forms = "".join(
        f'<div class="kscale-cite-form"><p class="kscale-cite-bar"><b>{name}</b>{_download(folder, file, ending)}</p>'
        f'<pre data-copy="{name}">{escape(write(work).strip())}</pre></div>\n'
        for ending, (name, write) in FORMS.items()
    )
    address = f' Address: <a href="{escape(work.url)}">{escape(work.url)}</a>.' if work.url else ""
    opened = ' open="open"' if is_open else ""
    return (
        f'<details class="kscale-cite"{opened}><summary>{escape(summary)}</summary>\n'
        f'<div class="kscale-cite-form"><p class="kscale-cite-bar"><b>Text</b></p><p data-copy="text">{text}</p>'
        f'<p class="kscale-cite-facts">Version {escape(work.version)} of {_in_words(work.released)}, '
        f"{LICENCE_OF_TEXT}. Key: <code>{escape(work.key)}</code>.{address}</p></div>\n{forms}</details>\n"
    )


def _download(folder: str, file: str, ending: str) -> str:
    name = f"{file}.{ending}"
    return f' <a href="{escape(folder)}/{name}" download="{name}">{name}</a>' if folder else ""


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


class CiteDirective(SphinxDirective):
    """The place of the citation of the book as a whole, which is filled when its page is written."""

    def run(self) -> list[nodes.Node]:
        if self.config.kscale_book is None:
            raise self.error(f"nothing to cite: no {FACTS} beside the book's configuration")
        return [nodes.raw("", CITE_HERE, format="html")]


def add_boxes(app, pagename, _templatename, context, _doctree) -> None:
    """End a chapter with its citation, unfold the book's where it is wanted, and give such pages their look."""
    book, published = app.config.kscale_book, is_published(app)
    if book is None or "body" not in context:
        return
    folder = relative_uri(app.builder.get_target_uri(pagename), FOLDER) if published else ""
    body = context["body"].replace(CITE_HERE, cite_box(book, "book", folder, "Cite this book", is_open=True))
    if published and pagename.startswith(CHAPTERS):
        chapter = chapter_of(book, pagename, app.env.titles[pagename].astext(), app.config.kscale_address)
        body += cite_box(chapter, PurePosixPath(pagename).name, folder, "Cite this chapter")
    if body != context["body"]:
        context["body"] = body
        app.add_css_file("cite.css")


def write_citations(app, exception) -> None:
    book = app.config.kscale_book
    if exception is not None or not is_published(app) or book is None:
        return
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    works = {
        PurePosixPath(page).name: chapter_of(book, page, app.env.titles[page].astext(), app.config.kscale_address)
        for page in chapters_of(app.env)
    }
    for name, work in {"book": book, **works}.items():
        for ending, (_, write) in FORMS.items():
            (folder / f"{name}.{ending}").write_text(write(work), encoding="utf-8")


def use_facts(app, config) -> None:
    file = Path(app.confdir) / FACTS
    if file.is_file():
        config.kscale_book = read_facts(file, config.kscale_address)


def setup(app) -> None:
    app.add_config_value("kscale_book", None, "env", [Work])
    app.connect("config-inited", use_facts, priority=450)
    app.add_directive("kscale-cite", CiteDirective)
    app.connect("html-page-context", add_boxes)
    app.connect("build-finished", write_citations)

"""The bibliography: every source key resolves here."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from pybtex.database import BibliographyData, parse_string
from pybtex.exceptions import PybtexError
from pybtex.richtext import Text

from kscale_nb.errors import KscaleError
from kscale_nb.files import read_bytes


@cache
def bibliography() -> BibliographyData:
    """All sources of the book, from `data/references.bib`.

    >>> bibliography().entries["landauer1961"].fields["year"]
    '1961'
    """
    return read_bibliography(Path(str(files("kscale_nb") / "data" / "references.bib")))


def read_bibliography(path: Path) -> BibliographyData:
    """The entries of a BibTeX file. Raises KscaleError, naming the file and the line, where it is none or cut short."""
    try:
        return parse_string(read_bytes(path).decode("utf-8-sig"), bib_format="bibtex")
    except (PybtexError, UnicodeDecodeError) as error:
        raise KscaleError(f"{path.name}: {error}") from None


def source_keys() -> set[str]:
    """The keys that a quantity or a claim may cite."""
    return set(bibliography().entries)


def short_citation(key: str) -> str:
    """A source as author and year.

    >>> short_citation("kaplan2020"), short_citation("k1s1ai"), short_citation("prsa2016")
    ('Kaplan and others 2020', 'K1S1AI', 'Prša and others 2016')
    """
    entry = bibliography().entries[key]
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [_plain(" ".join(person.last_names)) for person in people]
    if not names:
        return _plain(entry.fields["title"])
    year = entry.fields.get("year", "")
    joined = " and ".join(names) if len(names) <= 2 else f"{names[0]} and others"
    return f"{joined} {year}".strip()


def _plain(text: str) -> str:
    """BibTeX's LaTeX as Unicode, so that `Pr{\\v s}a` is Prša."""
    return str(Text.from_latex(text))

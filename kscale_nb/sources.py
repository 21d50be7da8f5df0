"""The bibliography: every source key resolves here."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

from kscale_nb.errors import KscaleError, check_known
from kscale_nb.files import DATA, as_path, read_text

FILE = DATA / "references.bib"


@cache
def bibliography():
    """All sources of the book, from `data/references.bib`, as pybtex reads them.

    >>> bibliography().entries["landauer1961"].fields["year"]
    '1961'
    """
    return read_bibliography(FILE)


def read_bibliography(path: Path):
    """The entries of a BibTeX file. Raises KscaleError, naming the file and the line, where it is none or cut short."""
    from pybtex.database import parse_string  # here: the keys alone are wanted far more often
    from pybtex.exceptions import PybtexError

    try:
        return parse_string(read_text(path), bib_format="bibtex")
    except PybtexError as error:
        raise KscaleError(f"{as_path(path).name}: {error}") from None


@cache
def source_keys(path: Path = FILE) -> frozenset[str]:
    """The keys that a quantity or a claim may cite. Raises KscaleError for a file without any, or a key used twice.

    >>> source_keys() == set(bibliography().entries)
    True
    """
    keys = re.findall(r"^@\w+\{([^,\s]+),", read_text(path), re.M)
    if not keys:
        raise KscaleError(f"{as_path(path).name}: there is no entry in it")
    if twice := [key for key, count in Counter(map(str.lower, keys)).items() if count > 1]:  # case is no difference
        raise KscaleError(f"{as_path(path).name}: two entries have the key {twice[0]!r}")
    return frozenset(keys)


def short_citation(key: str) -> str:
    """A source as author and year. Raises KscaleError for an unknown key.

    >>> short_citation("kaplan2020"), short_citation("k1s1ai"), short_citation("prsa2016")
    ('Kaplan and others 2020', 'K1S1AI', 'Prša and others 2016')
    >>> short_citation("aguera2025"), short_citation("softpedia")
    ('Agüera y Arcas and others 2025', 'TSMC 28nm Technology Enters Mass Production 2011')
    """
    return " ".join(filter(None, _name_and_year(key)))


def citations(key: str) -> tuple[str, str]:
    """How prose cites a source: within brackets, and as a word of the sentence. Raises KscaleError for an unknown key.

    >>> citations("kaplan2020"), citations("k1s1ai")
    (('Kaplan and others, 2020', 'Kaplan and others (2020)'), ('K1S1AI', 'K1S1AI'))
    """
    name, year = _name_and_year(key)
    return (f"{name}, {year}", f"{name} ({year})") if year else (name, name)


def _name_and_year(key: str) -> tuple[str, str]:
    """The authors, or the editors, or else the title; and the year, if it is known."""
    entries = bibliography().entries
    check_known("source", key, entries)
    entry = entries[key]
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [_plain(" ".join([*person.prelast_names, *person.last_names])) for person in people]
    if not names:
        name = _plain(entry.fields["title"])
    else:
        name = " and ".join(names) if len(names) <= 2 else f"{names[0]} and others"
    return name, entry.fields.get("year", "")


def _plain(text: str) -> str:
    """BibTeX's LaTeX as Unicode, so that `Pr{\\v s}a` is Prša."""
    from pybtex.richtext import Text

    return str(Text.from_latex(text))

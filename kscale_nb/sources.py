"""The bibliography: every source key resolves here."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

FILE = files("kscale_nb") / "data" / "references.bib"


@cache
def bibliography():
    """All sources of the book, from `data/references.bib`, as pybtex reads them.

    >>> bibliography().entries["landauer1961"].fields["year"]
    '1961'
    """
    from pybtex.database import parse_file  # here: the keys alone are wanted far more often

    return parse_file(str(FILE), bib_format="bibtex")


@cache
def source_keys() -> frozenset[str]:
    """The keys that a quantity or a claim may cite.

    >>> source_keys() == set(bibliography().entries)
    True
    """
    return frozenset(re.findall(r"^@\w+\{([^,\s]+),", FILE.read_text(encoding="utf-8"), re.M))


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
    from pybtex.richtext import Text

    return str(Text.from_latex(text))

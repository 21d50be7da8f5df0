"""The bibliography: every source key resolves here."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pybtex.database import BibliographyData, parse_file
from pybtex.richtext import Text


@cache
def bibliography() -> BibliographyData:
    """All sources of the book, from `data/references.bib`.

    >>> bibliography().entries["landauer1961"].fields["year"]
    '1961'
    """
    return parse_file(str(files("kscale_nb") / "data" / "references.bib"), bib_format="bibtex")


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

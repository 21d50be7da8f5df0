"""Pages that screen readers and validators accept: what the theme and its extensions get wrong is put right."""

from __future__ import annotations

import re

# The mark that is wrong, and what stands in its place.
MENDED = {
    # the sidebar is a landmark, so that the book's title in it belongs to one
    '<div id="pst-primary-sidebar"': '<div role="region" aria-label="The book" id="pst-primary-sidebar"',
    # roles that no reader software knows any more, on a list whose items hold links to the citing places
    ' role="doc-biblioentry"': "",
    '<div role="list" class="citation-list">': '<div class="citation-list">',
    # an attribute of some browsers only
    ' autocorrect="off"': "",
    # names that leave out what the eye reads: who speaks to the machine says the words that are seen
    '<summary aria-label="Toggle hidden content">': "<summary>",
    'search-button-field search-button__button pst-js-only" title="Search" aria-label="Search"': (
        'search-button-field search-button__button pst-js-only"'
    ),
    # an aside within the text is a note, and no landmark of the page
    '<aside class="margin sidebar">': '<aside role="note" class="margin sidebar">',
}
# A header is read before each cell, and a formula in it is no text to everyone.
HEADER, UNSPOKEN = re.compile(r"<th\b.*?</th>", re.DOTALL), re.compile(r"\\(mathrm|text|mathbf)\b|[\\{}]")
FORMULA = re.compile(r'<span class="math([^>]*>\s*<math .*?application/x-tex">([^<]*))', re.DOTALL)
# What folds is named in words, not in paragraphs.
SUMMARY, PARAGRAPH = re.compile(r"<summary\b.*?</summary>", re.DOTALL), re.compile(r"(</?)p\b")


def mended(page: str) -> str:
    """The page with its faults put right.

    >>> mended('<summary aria-label="Toggle"><p class="title">Code</p></summary>')
    '<summary aria-label="Toggle"><span class="title">Code</span></summary>'
    >>> mended('<th><span class="math"><math ><a encoding="application/x-tex">p_B</th>')
    '<th><span role="math" aria-label="p sub B" class="math"><math ><a encoding="application/x-tex">p_B</th>'
    """
    for wrong, right in MENDED.items():
        page = page.replace(wrong, right)
    page = HEADER.sub(lambda header: FORMULA.sub(_named, header[0]), page)
    return SUMMARY.sub(lambda summary: PARAGRAPH.sub(r"\1span", summary[0]), page)


def in_language(page: str, language: str) -> str:
    """The page with its text marked as of another language than the book's.

    >>> in_language('<article class="bd-article">', "ko"), in_language('<article class="bd-article">', "")
    ('<article lang="ko" class="bd-article">', '<article class="bd-article">')
    """
    return page.replace("<article class=", f'<article lang="{language}" class=', 1) if language else page


def _named(formula: re.Match) -> str:
    words = UNSPOKEN.sub(" ", formula[2]).replace("_", " sub ").replace("^", " to the ")
    return f'<span role="math" aria-label="{" ".join(words.split())}" class="math{formula[1]}'

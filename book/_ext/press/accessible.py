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
}
# What folds is named in words, not in paragraphs.
SUMMARY, PARAGRAPH = re.compile(r"<summary\b.*?</summary>", re.DOTALL), re.compile(r"(</?)p\b")


def mended(page: str) -> str:
    """The page with its faults put right.

    >>> mended('<summary aria-label="Toggle"><p class="title">Code</p></summary>')
    '<summary aria-label="Toggle"><span class="title">Code</span></summary>'
    """
    for wrong, right in MENDED.items():
        page = page.replace(wrong, right)
    return SUMMARY.sub(lambda summary: PARAGRAPH.sub(r"\1span", summary[0]), page)

"""The search finds figures as they are printed: 4,493 is one word, where Sphinx would drop a 4 and a 493."""

from __future__ import annotations

import re

from sphinx.search.en import SearchEnglish

FIGURE_OR_WORD = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\w)|\d+\.\d+(?!\w)|\w+")


class SearchFigures(SearchEnglish):
    """English words, and figures; the page's script splits what a reader looks for in the same way."""

    lang = "en"
    js_splitter_code = r"""
var splitQuery = (query) => {
    const letter = String.raw`[\p{Letter}\p{Number}_\p{Emoji_Presentation}]`;
    const word = `\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?(?!${letter})|\\d+\\.\\d+(?!${letter})|${letter}+`;
    return (query.match(new RegExp(word, `gu`)) || []).map((term) => /^[1-9]\d{3,}$/.test(term)
        ? term.replace(/\B(?=(\d{3})+$)/g, `,`) : term.replace(/^\d{3}$/, `_$&`));
};
"""

    def split(self, text: str) -> list[str]:
        """The words of a text. Plain digits are not looked for: four and more get their commas, and three a mark.

        >>> SearchFigures({}).split("4,493 T, 56198 atoms, 7.67 × 10²⁵ FLOP/s, 307 GFLOP")
        ['4,493', 'T', '56,198', 'atoms', '7.67', '10²⁵', 'FLOP', 's', '_307', 'GFLOP']
        """
        return [_marked(word) for word in FIGURE_OR_WORD.findall(text)]


def _marked(word: str) -> str:
    if re.fullmatch(r"[1-9][0-9]{3,}", word):
        return f"{int(word):,}"
    return f"_{word}" if re.fullmatch(r"[0-9]{3}", word) else word


def setup(app) -> None:
    app.add_search_language(SearchFigures)

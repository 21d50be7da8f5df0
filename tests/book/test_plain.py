"""Chapters are CommonMark with tables and formulas, which JupyterLab, GitHub, VS Code and Colab show as is meant."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise

import pytest
from conftest import CHAPTERS, CONF, ROOT
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

MYST = {"dollarmath", "amsmath", "colon_fence", "deflist", "fieldlist", "tasklist", "substitution", "strikethrough"}
READ_AS_MYST = create_md_parser(MdParserConfig(enable_extensions=MYST | {"attrs_inline", "attrs_block"}), RendererHTML)
PLAIN = {
    *("inline", "text", "softbreak", "hardbreak", "code_inline", "code_block", "fence", "image", "hr"),
    *("math_inline", "math_block", "html_block"),
    *(f"{name}_{end}" for end in ("open", "close") for name in (
        "paragraph", "heading", "em", "strong", "link", "blockquote", "bullet_list", "ordered_list", "list_item",
        "table", "thead", "tbody", "tr", "th", "td",
    )),
}  # fmt: skip
ATTRIBUTES = {"href", "title", "src", "alt", "start", "style"}  # of links, pictures, lists and columns
# How an answer folds, a blank line after it; without one, the text would be part of the HTML and stay raw.
FOLD = re.compile(r"<details>\n<summary>[^<>\n]+</summary>|</details>")
LEFT_RAW = re.compile(r"\*\*|`|\$|\]\(|:::|~|\{\w")  # what stays in the text when it was not understood


def faults(markdown: str) -> Iterator[str]:
    """What one of the viewers would show raw, or not at all."""
    if markdown.count("<details>") != markdown.count("</details>"):
        yield "a fold without an end"
    tokens = READ_AS_MYST.parse(markdown)
    while tokens:
        token = tokens.pop(0)
        inside = token.children or []
        tokens[:0] = inside
        yield from _faults_of(token)
        for link, words in pairwise(inside):
            if link.type == "link_open" and words.type == "link_close":
                yield f"a link without words, to {link.attrs['href']}"


def _faults_of(token: Token) -> Iterator[str]:
    if token.type not in PLAIN:
        yield f"{token.type} {token.content}".strip()
    if unknown := set(token.attrs) - ATTRIBUTES:
        yield f"attributes {sorted(unknown)}"
    if token.type == "fence" and token.info.startswith("{"):
        yield f"the directive {token.info}"
    if token.type == "html_block" and not FOLD.fullmatch(token.content.strip()):
        yield f"the HTML {token.content.strip()}"
    if token.type == "text" and LEFT_RAW.search(token.content):
        yield f"{token.content!r}, which is shown as it is typed"


def readable(chapter: str) -> Iterator[tuple[int, str]]:
    """The Markdown of a chapter: its texts, and what its code prints as Markdown."""
    for number, cell in enumerate(json.loads((ROOT / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"], 1):
        if cell["cell_type"] == "markdown":
            yield number, "".join(cell["source"])
        for output in cell.get("outputs", []):
            if printed := output.get("data", {}).get("text/markdown"):
                yield number, "".join(printed)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_nothing_that_a_plain_viewer_does_not_show(chapter):
    assert [f"cell {number}: {fault}" for number, text in readable(chapter) for fault in faults(text)] == []


@pytest.mark.parametrize(
    "markdown",
    [
        "{cite:p}`kaplan2020`", "see {doc}`mind`", "```{admonition} Solution\n:class: dropdown\nText\n```",
        "```{math}\nx\n```", ":::{margin}\nText\n:::", ":::\nText\n:::", "(target)=\n# Title", "% a comment", "+++",
        "$$x$$ (label)", "term\n: meaning", "[words]{.small}", "{.small}\nText", "{{ value }}", ":field: text",
        "A note[^1].\n\n[^1]: Here.", "- [ ] to do", "[](mind.ipynb)", "~~old~~", "<div>text</div>", "a <b>word</b>",
        '<details class="answer">\n\nText\n\n</details>',
        "<details>\n<summary>Solution</summary>\n**Text**\n\n</details>",
        "<details>\n<summary>Solution</summary>\n\nText",
        "<!-- a comment -->", "**[5](kscale:n_layers)**times", "$x", "---\ntitle: x\n---\n\nText", "a ` tick",
        "\\begin{align}x\\end{align}",
    ],
)  # fmt: skip
def test_what_only_the_book_would_show_is_refused(markdown):
    assert list(faults(markdown))


def test_what_every_viewer_shows_is_let_through():
    answer = "<details>\n<summary>Solution</summary>\n\nA **word**, $x_1$ and `code`.\n\n</details>"
    aside = "> **Aside.** Text ([Kaplan and others, 2020](cite:kaplan2020))."
    table = "| a | b |\n| :-- | --: |\n| [5](kscale:n_layers) | $y$ |\n"
    for markdown in (answer, aside, table, "$$\nx\n$$", "- [Text](mind.ipynb)\n", "# Title\n\n```python\n1\n```\n"):
        assert list(faults(markdown)) == []


# -- citations and asides in the book -------------------------------------------------------------------


RIGHT = """
First.

> **Aside.** Beside
> it.

> **Another.** Quotation.

([Kaplan and others, 2020](cite:kaplan2020); [K1S1AI](cite:k1s1ai)), as [Ho
and others (2023)](cite:ho2023) say.

```{bibliography}
```
"""
WRONG = {
    "[Kaplan and others, 2020](cite:kaplan2002)": "unknown source 'kaplan2002': did you mean 'kaplan2020'?",
    "[Kaplan, 2020](cite:kaplan2020)": "is cited as 'Kaplan and others, 2020' or 'Kaplan and others (2020)'",
    "[Kaplan and others, 2021](cite:kaplan2020)": "is cited as 'Kaplan and others, 2020'",
    "[WikiChip, 2020](cite:wikichip28)": "is cited as 'WikiChip'",
    "[K1S1AI](cite:k1s1ai)": "is in no bibliography of this book",
}


def small_book(folder, page: str) -> tuple[str, subprocess.CompletedProcess]:
    """The tree of a page's nodes, and how its build ended."""
    (folder / "conf.py").write_text(
        CONF + 'extensions = ["myst_nb", "sphinxcontrib.bibtex", "_ext"]\nmyst_url_schemes = ["http", "cite"]\n'
        f"bibtex_bibfiles = [{str(ROOT / 'kscale_nb' / 'data' / 'references.bib')!r}]\n"
    )
    (folder / "index.md").write_text(f"# Title\n{page}")
    options = ["-W", "--keep-going", "-q", "-b", "pseudoxml"]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, str(folder), str(folder / "out")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return (folder / "out" / "index.pseudoxml").read_text(), done


@pytest.fixture(scope="module")
def right(tmp_path_factory) -> str:
    page, done = small_book(tmp_path_factory.mktemp("right"), RIGHT)
    assert done.returncode == 0, done.stderr
    return page


def test_a_citation_leads_to_its_entry_and_the_bibliography_lists_what_is_cited(right):
    listed = re.findall(r'<citation [^>]*\bids="(\S+)"', right)
    led = re.findall(r'<reference [^>]*internal="True"[^>]*refuri="#(\S+)"', right)
    assert len(listed) == 3 and sorted(led) == sorted(listed)
    assert 'reftitle="Jared Kaplan and others. Scaling laws' in right


def test_an_aside_stands_before_the_paragraph_that_it_follows_and_other_quotations_stay(right):
    assert re.search(r'<sidebar classes="margin">\s*<paragraph>\s*Beside\s*it\.\s*<paragraph>\s*First\.', right)
    assert right.count("<block_quote>") == 1 and "Aside" not in right


def test_a_wrong_citation_fails_the_build_and_is_told_with_its_place(tmp_path):
    _, done = small_book(tmp_path, "".join(f"\n{citation}\n" for citation in WRONG))
    assert done.returncode != 0
    for number, (citation, reason) in enumerate(WRONG.items()):
        line = 3 + 2 * number
        assert re.search(rf"index\.md:{line}: WARNING: {re.escape(citation)} .*{re.escape(reason)}", done.stderr)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_citation_of_a_chapter_leads_to_an_entry_of_the_bibliography(read, chapter):
    keys = re.findall(r"\]\(cite:", "".join(text for _, text in readable(chapter)))
    led = [link for link in read[chapter].links if "bibliography.html#" in link]
    assert len(led) == len(keys) > 0
    assert {link.partition("#")[2] for link in led} <= read["book/bibliography"].ids

"""What a reader sees of a chapter's code: derivations are shown and short, the rest is folded, claims have words."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
DERIVES = re.compile(
    r"\bsympy\.(solve|dsolve|nsolve|diff|integrate|summation|simplify|limit|Limit|series|expand|symbols|Eq)\("
    r"|\bproved\(|\bsame\("
)
PLUMBING = re.compile(
    r"\b(figure|Table|print|compare|givens|results|figure_text|house_style)\(|\bimport |\bnp\.|^ *def |\.sample\(",
    re.M,
)
LINES, WIDTH = 13, 110  # of a shown cell
SCENARIO = "MODEL, LEDGER = scenario()"
# What only machines print: 1.3e+05, a hyphen for a minus, Python's lists, tuples and dictionaries, digits without end.
RAW = re.compile(
    r"\d[eE][-+]?\d+\b|(?<![\w.)\]])-[\d.]|^\s*(?:\[.*\](?!\()|\(.*,.*\)|\{.*\})\s*$|\d\.\d{12,}", re.M | re.ASCII
)
NOT_SHOWN = re.compile(
    r"\]\([^)]*\)|^[|:\- ]+$|`[^`]*`|\$[^$]*\$", re.M
)  # targets of links, rules of tables, code, formulas


def cells(path):
    """The cells of code, but for those that only prepare the machine."""
    code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    return [cell for cell in code if not cell.source.lstrip().startswith(("%", "!"))]


each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@each_notebook
def test_the_first_cell_is_where_a_reader_changes_premises(path):
    assert SCENARIO in cells(path)[0].source.splitlines()
    assert not any(re.search(r"from kscale_nb import .*\b(MODEL|LEDGER)\b", cell.source) for cell in cells(path))


@each_notebook
def test_a_cell_says_by_its_tag_whether_it_is_shown(path):
    for cell in cells(path):
        prepares = {SCENARIO, "house_style()"} & {*cell.source.splitlines()}  # of which the page shows nothing
        tags = [["remove-input"], ["hide-input"]] if prepares else [["derivation"], ["hide-input"]]
        assert cell.metadata.get("tags") in tags, cell.id


@each_notebook
def test_derivations_are_shown_short_and_without_plumbing(path):
    for cell in cells(path):
        if cell.metadata["tags"] == ["derivation"]:
            lines = [line for line in cell.source.splitlines() if line.strip()]
            assert DERIVES.search(cell.source), cell.id
            assert not PLUMBING.search(cell.source), cell.id
            assert len(lines) <= LINES and max(map(len, lines)) <= WIDTH, cell.id


@each_notebook
def test_what_is_folded_derives_nothing_that_could_stand_alone(path):
    for cell in cells(path):
        if cell.metadata["tags"] == ["hide-input"] and DERIVES.search(cell.source):
            assert PLUMBING.search(cell.source) or "for " in cell.source, cell.id


@each_notebook
def test_a_figure_is_drawn_by_figure_and_bears_the_name_of_its_cell(path):
    for cell in cells(path):
        drawn = re.findall(r'\bfigure\("([^"]+)"', cell.source)
        named = cell.metadata.get("mystnb", {}).get("figure", {}).get("name", "")
        assert [f"fig-{name}" for name in drawn] == ([named] if named else []), cell.id
        assert not re.search(r"\bplt\.(subplots|figure|show)\(", cell.source), cell.id


@each_notebook
def test_a_picture_is_all_that_its_cell_shows(path):
    for cell in cells(path):
        if any("image/svg+xml" in output.get("data", {}) for output in cell.outputs):
            assert len(cell.outputs) == 1, cell.id
        assert not cell.source.rstrip().endswith(";"), f"{cell.id}: not every runner takes it for silence"


def shown_texts(output):
    """The texts of an output that a page shows: what is printed, and of a value its best form, if that is text."""
    if output.output_type == "stream":
        yield output.text
    forms = output.get("data", {})
    if "text/markdown" in forms:
        yield NOT_SHOWN.sub(" ", forms["text/markdown"])
    elif set(forms) == {"text/plain"}:
        yield forms["text/plain"]


@each_notebook
def test_outputs_hold_figures_as_the_book_prints_them(path):
    for cell in cells(path):
        found = [raw[0] for output in cell.outputs for text in shown_texts(output) for raw in RAW.finditer(text)]
        assert found == [], cell.id


@pytest.mark.parametrize(
    "text", ["1.3e+05 bits", "less -0.5", "| a | -3 |", "['0.046', '0.16']", "{a: 1/10, b: -3/5}", "(1.0, 2.0)",
             "0.30000000000000004", "[0.1, 0.2]"],
)  # fmt: skip
def test_what_only_machines_print_is_found(text):
    assert RAW.search(NOT_SHOWN.sub(" ", text))


@pytest.mark.parametrize(
    "text", ["1.3 × 10⁵ bits", "less −0.5", "5-digit, 28-nm", "[4,493 T](kscale:x)", "(see below)"]
)
def test_what_people_print_is_not(text):
    assert not RAW.search(NOT_SHOWN.sub(" ", text))


@each_notebook
def test_letters_of_figures_are_written_by_label(path):
    for cell in cells(path):
        for call in re.findall(r"\.(?:text|annotate)\(.*", cell.source):
            assert 'color="white"' in call, call  # on a map of colours, where no single ground is known


@each_notebook
def test_every_assertion_says_in_words_what_was_assumed(path):
    for cell in cells(path):
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, ast.Assert) or node.msg, f"{cell.id}: {ast.unparse(node)}"


@each_notebook
def test_imports_stand_in_one_cell_after_the_scenario_and_are_all_used(path):
    trees = [ast.parse(cell.source) for cell in cells(path)[1:]]
    importing = [tree for tree in trees if any(isinstance(node, ast.Import | ast.ImportFrom) for node in tree.body)]
    assert len(importing) == 1
    names = [alias.asname or alias.name for node in importing[0].body if isinstance(node, ast.Import | ast.ImportFrom)
             for alias in node.names]  # fmt: skip
    used = {node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert set(names) <= used, set(names) - used
    assert len(names) == len(set(names)), [name for name in set(names) if names.count(name) > 1]

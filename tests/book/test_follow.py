"""What a page shows under a reader's changes equals Python's: marks of figures, formulas, verdicts, stamps."""

import json
import random
import re
from html import unescape

import nbformat
import numpy as np
import pytest
from conftest import CHAPTERS, ROOT

from kscale_nb import LEDGER, MODEL, KscaleError
from kscale_nb.notebook.marks import lowest
from kscale_nb.printed import figure_text
from kscale_nb.readings import ARRAYS, FLOATS, namespace

SCENARIOS = 60
METADATA = re.compile(r"<metadata>(\{.*?\})</metadata>", re.DOTALL)
LOOK = r"""changes => {
    kscaleWhatIf.resetAll();
    for (const [name, value] of Object.entries(changes)) kscaleWhatIf.set(name, value);
    const lines = (label) => [...label.querySelectorAll("text")].map((line) => line.textContent).join("\n");
    const figures = {};
    for (const [name, figure] of Object.entries(kscaleFigures.figures)) figures[name] = {
        marks: kscaleFigures.resolvedMarks(figure, kscaleWhatIf.values, kscaleWhatIf.changes),
        labels: figure.elements.map((element, i) => figure.marks[i].kind === "label" ? lines(element) : ""),
        moved: figure.svg.classList.contains("kscale-moved"),
    };
    const all = (selector) => [...document.querySelectorAll(selector)];
    return {figures, trouble: kscaleWhatIf.trouble,
        formulas: all("[data-formula]").map(({dataset, classList, textContent}) => [dataset.formula,
            Number(dataset.digits), Number(dataset.factor), classList.contains("kscale-changed"), textContent]),
        verdicts: all("[data-verdict]").map(({dataset, textContent}) => [dataset.verdict, textContent]),
        stamped: all(".cell_output > .kscale-stamp").map((stamp) => stamp.parentElement.id)};
}"""


def scenarios(seed: str) -> list[dict[str, float]]:
    """Scenarios that the model allows, of one to three premises moved by up to a factor of three."""
    dice, givens, found = random.Random(seed), list(MODEL.givens), []
    while len(found) < SCENARIOS:
        changes = {}
        for name in dice.sample(givens, dice.randint(1, 3)):
            value = MODEL.value(name) * 3 ** dice.uniform(-1, 1)
            changes[name] = min(value, 1.0) if MODEL[name].unit == "%" else value
        try:
            MODEL.values(**changes)
        except KscaleError:
            continue
        found.append(changes)
    return found


def live_figures(chapter: str) -> dict[str, dict]:
    """What the live figures of a chapter say of themselves."""
    found = {}
    for cell in nbformat.read(ROOT / f"{chapter}.ipynb", as_version=4).cells:
        for output in cell.get("outputs", []):
            if told := METADATA.search(output.get("data", {}).get("image/svg+xml", "")):
                found[cell.metadata["mystnb"]["figure"]["name"]] = json.loads(unescape(told[1]))
    return found


LIVE = {chapter: live_figures(chapter) for chapter in CHAPTERS}


def test_every_chapter_has_a_live_figure_and_half_of_all_are():
    assert [chapter for chapter, figures in LIVE.items() if not figures] == []
    assert sum(map(len, LIVE.values())) >= 35


FACTS = {"id", "kind", "panel", "drawn"}  # of a mark, which nothing moves


def value_of(thing, scope, functions=FLOATS):
    if isinstance(thing, list):
        return [value_of(part, scope, functions) for part in thing]
    if isinstance(thing, dict) and "of" in thing:
        return eval(thing["of"], namespace(functions, scope))
    if isinstance(thing, dict):
        text = figure_text(value_of(thing["number"], scope) / thing["factor"], thing["digits"])
        return text.replace("-", "−") + thing["after"]
    return thing


def expected_marks(description: dict, changes: dict) -> list[dict]:
    scope = dict(MODEL.values(**changes))
    for symbol, (quantity, further) in description["under"].items():
        more = {cause: value_of(value, scope) for cause, value in further.items()}
        scope[symbol] = MODEL.value(quantity, **changes | more)
    scope |= dict.fromkeys(description.get("drawn", ()), np.nan)  # what waits for draws: test_intervals tries it
    return [expected_mark(mark, scope, changes) for mark in description["marks"]]


def expected_mark(mark: dict, scope: dict, changes: dict) -> dict:
    if "over" not in mark:
        return {key: value_of(thing, scope) for key, thing in mark.items() if key not in FACTS}
    runs, low, high, points, is_logarithmic = mark["over"]
    space = np.geomspace if is_logarithmic else np.linspace
    grid = space(value_of(low, scope), value_of(high, scope), points)
    drawn = set(re.findall(r"\w+", json.dumps([mark["x"], mark["y"]]))) & set(MODEL.quantities)
    swept = scope | (MODEL.values(drawn, **changes | {runs: grid}) if runs in MODEL.quantities else {runs: grid})
    found = {axis: value_of(mark[axis], swept, ARRAYS) for axis in ("x", "y")}
    if mark["kind"] == "point":
        return dict(zip("xy", lowest(*(np.broadcast_to(values, points) for values in found.values())), strict=True))
    return {axis: [spread(part, points) for part in values] if isinstance(values, list) else spread(values, points)
            for axis, values in found.items()}  # fmt: skip


def spread(values, points: int) -> list[float]:
    return np.broadcast_to(values, (points,)).tolist()


def alike(shown, expected) -> bool:
    if isinstance(expected, list):
        return len(shown) == len(expected) and all(map(alike, shown, expected))
    if isinstance(expected, str):
        return shown == expected
    if expected is None or shown is None or not np.isfinite(expected):
        return shown is None or not np.isfinite(expected)
    return abs(shown - expected) <= 1e-9 * abs(expected) + 1e-300


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_under_sixty_scenarios_shows_what_python_has(chapter, open_page):
    page = open_page(f"{chapter}.html")
    rests = {f"output-{number}": cell.metadata["kscale"]["rests"].split() for number, cell in enumerate(
             nbformat.read(ROOT / f"{chapter}.ipynb", as_version=4).cells) if "kscale" in cell.metadata}  # fmt: skip
    printed = MODEL.values()
    for changes in scenarios(chapter):
        shown = page.evaluate(LOOK, changes)
        assert not shown["trouble"], changes
        values, verdicts = MODEL.values(**changes), LEDGER.judge_all(**changes)
        assert shown["verdicts"] == [[name, verdicts[name].verdict] for name, _ in shown["verdicts"]], changes
        for name, digits, factor, changed, text in shown["formulas"]:
            was, wanted = (figure_text(all_[name] / factor, digits, trailing_zeros=False) for all_ in (printed, values))
            assert changed == (wanted != was), (name, changes)
            if changed:
                assert plain(text) == plain(wanted), (name, changes)
        assert set(shown["figures"]) == set(LIVE[chapter])
        for name, description in LIVE[chapter].items():
            figure, wanted = shown["figures"][name], expected_marks(description, changes)
            for mark, own, expected, label in zip(
                description["marks"], figure["marks"], wanted, figure["labels"], strict=True
            ):
                assert all(alike(own[key], expected[key]) for key in expected), (name, mark, own, expected, changes)
                if mark["kind"] == "label" and isinstance(expected.get("text"), list):
                    assert label == "".join(expected["text"]), (name, changes)
        moved = {name for name in values if values[name] != printed[name]}
        assert set(shown["stamped"]) == {name for name, names in rests.items() if moved.intersection(names)}, changes


def plain(text: str) -> str:
    """A number without its spaces and raised digits, as `textContent` gives mathematics."""
    return re.sub(r"[\s\u00a0]", "", text.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")))


def test_a_live_picture_returns_to_what_was_printed(open_page):
    page = open_page("notebooks/orions_arm_s1.html")
    places = """() => [...document.querySelectorAll("svg.kscale-live use, svg.kscale-live text")].map((part) => {
        const {x, y} = part.getBoundingClientRect();
        return [Math.round(x), Math.round(y), part.textContent];
    })"""
    before = page.evaluate(places)
    page.evaluate("kscaleWhatIf.set('K1_power', 1e20)")
    page.wait_for_timeout(100)
    assert page.evaluate(places) != before and page.locator(".kscale-ghost").count() > 0
    page.evaluate("kscaleWhatIf.resetAll()")
    page.wait_for_timeout(100)
    assert page.evaluate(places) == before and page.locator(".kscale-ghost, .kscale-tick").count() == 0


def test_the_numbers_of_a_live_picture_can_be_taken_away(built):
    for chapter, figures in LIVE.items():
        page = (built / f"{chapter}.html").read_text(encoding="utf-8")
        for name, description in figures.items():
            (address,) = re.findall(rf'href="([^"]*{re.escape(name)}\.csv)"', page)
            lines = (built / chapter).parent.joinpath(address).read_text(encoding="utf-8").splitlines()
            marks = {line.partition(",")[0] for line in lines[1:]}
            told = {mark["id"] for mark in description["marks"] if "over" in mark or mark["kind"] == "label"}
            assert lines[0] == "mark,kind,text,x,y" and told <= marks, name


def test_without_a_script_the_printed_picture_stands(open_page):
    page = open_page("notebooks/orions_arm_s1.html?computing_share=20%25", java_script_enabled=False)
    assert page.locator("svg.kscale-live text", has_text="4.73%").count() > 0


# -- labels under large moves --------------------------------------------------------------------------

FAR_OFF = [{"K1_power": 1e12}, {"K1_power": 1e14}, {"K1_power": 1e18}, {"K1_power": 1e20}, {"computing_share": 0.001},
           {"logic_efficiency": 1e9}, {"logic_efficiency": 3e13}, {"tokens_per_parameter": 2000.0},
           {"active_parameters": 1e13}, {"dram_energy_per_bit": 1e-10}, {"module_count": 100.0}]  # fmt: skip
CROWDED = """() => {
    const found = [];
    const parts = (box, other) => Math.max(0, Math.min(box.right, other.right) - Math.max(box.left, other.left)) *
        Math.max(0, Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top));
    for (const [name, figure] of Object.entries(kscaleFigures.figures)) {
        const page = figure.svg.getBoundingClientRect();
        const shown = figure.elements.filter((element, i) =>
            element && figure.marks[i].kind === "label" && element.getAttribute("visibility") !== "hidden");
        const lines = shown.map((label) => [...label.querySelectorAll("text")].filter(
            (line) => /rotate\\(-?0/.test(line.getAttribute("transform") ?? "rotate(0")
        ).map((line) => [line.getBoundingClientRect(), line.textContent.trim()]));
        lines.forEach((own, i) => own.forEach(([box, words]) => {
            if (parts(box, page) < 0.97 * box.width * box.height) found.push(`${name}: “${words}” is cut`);
            for (const others of lines.slice(i + 1)) for (const [other, more] of others)
                if (parts(box, other) > 0.15 * Math.min(box.width * box.height, other.width * other.height))
                    found.push(`${name}: “${words}” meets “${more}”`);
        }));
    }
    return found;
}"""


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_labels_of_a_moved_picture_neither_meet_nor_are_cut(chapter, open_page):
    page, found = open_page(f"{chapter}.html"), []
    for changes in FAR_OFF:
        page.evaluate(
            "changes => { kscaleWhatIf.resetAll(); for (const [name, value] of Object.entries(changes)) "
            "kscaleWhatIf.set(name, value); }",
            changes,
        )
        found += [f"{changes}: {fault}" for fault in page.evaluate(CROWDED)]
    assert found == []

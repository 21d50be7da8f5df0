"""Words in live figures: under any scenario none lies on others, and none leaves its picture."""

import pytest
from conftest import CHAPTERS
from test_follow import scenarios

from kscale_nb import PRESETS

LEVEL, SLANTED, OUT = 2.5, 6, 1  # points by which words may reach into others (a slanted line's box is loose), or out
CHANGES = [
    {},
    {"computing_share": 0.2},
    {"computing_share": 0.01},
    {"K1_power": 1e17},
    {"K1_power": 1e15},
    {"efficiency_penalty": 10.0},
    *({change.quantity: change.value for change in preset.changes} for preset in PRESETS.values()),
]
LOOK = """([level, slanted, out]) => {
    const found = [];
    for (const [name, { svg }] of Object.entries(kscaleFigures.figures)) {
        const view = svg.viewBox.baseVal, root = svg.getScreenCTM().inverse();
        const texts = [...svg.querySelectorAll("text")].filter((text) =>
            getComputedStyle(text).visibility !== "hidden" && text.textContent.trim());
        const all = texts.map((text) => {
            const { x, y, width, height } = text.getBBox(), way = root.multiply(text.getScreenCTM());
            const corners = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]].map(([left, top]) => {
                const point = new DOMPoint(left, top).matrixTransform(way);
                return [point.x, point.y];
            });
            const isSlanted = Math.min(Math.abs(way.a), Math.abs(way.b)) > 0.01 * Math.abs(way.a + way.b);
            return { words: text.textContent, corners, isSlanted, owner: text.closest('[id*="-mark-"]') ?? text };
        });
        // by how much two boxes, of any slope, reach into each other
        const depth = (one, other) => Math.min(...[one, other].flatMap((box) => [0, 1].map((side) => {
            const [x, y] = [0, 1].map((k) => box[side + 1][k] - box[side][k]), length = Math.hypot(x, y) || 1;
            const [a, b] = [one, other].map((corners) => corners.map(([u, v]) => (u * x + v * y) / length));
            return Math.min(Math.max(...a), Math.max(...b)) - Math.max(Math.min(...a), Math.min(...b));
        })));
        all.forEach(({ words, corners, isSlanted, owner }, i) => {
            const [xs, ys] = [0, 1].map((k) => corners.map((corner) => corner[k]));
            const over = Math.max(view.x - Math.min(...xs), Math.max(...xs) - view.x - view.width,
                view.y - Math.min(...ys), Math.max(...ys) - view.y - view.height);
            if (over > out) found.push([name, `“${words}” leaves the picture`, over]);
            for (const other of all.slice(i + 1)) {
                const deep = other.owner === owner ? 0 : depth(corners, other.corners);
                if (deep > (isSlanted || other.isSlanted ? slanted : level))
                    found.push([name, `“${words}” lies on “${other.words}”`, deep]);
            }
        });
    }
    return found;
}"""
MOVE = """changes => {
    kscaleWhatIf.resetAll();
    for (const [name, value] of Object.entries(changes)) kscaleWhatIf.set(name, value);
}"""


@pytest.fixture
def chapter(open_page):
    def opened(name: str):
        page = open_page(f"{name}.html")
        page.evaluate("document.fonts.ready")
        return page

    return opened


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_words_of_a_live_figure_lie_on_others_or_leave_the_picture(chapter, name):
    page, found = chapter(name), []
    for changes in [*CHANGES, *scenarios(f"labels of {name}")[:10]]:
        page.evaluate(MOVE, changes)
        found += [(changes, *fault) for fault in page.evaluate(LOOK, [LEVEL, SLANTED, OUT])]
    assert found == []


def test_the_check_sees_words_that_lie_on_others_and_words_that_leave(chapter):
    page = chapter("notebooks/roadmap")
    page.evaluate("""() => {
        const [one, other] = [...document.querySelectorAll("#fig-bill svg.kscale-live [id*='-mark-'] text")];
        for (const fact of ["x", "y"]) other.setAttribute(fact, one.getAttribute(fact));
        other.setAttribute("transform", one.getAttribute("transform"));
        one.ownerSVGElement.append(one.cloneNode(true));
        one.ownerSVGElement.lastChild.setAttribute("x", -30);
    }""")
    faults = [what for _, what, _ in page.evaluate(LOOK, [LEVEL, SLANTED, OUT])]
    assert any("lies on" in what for what in faults) and any("leaves" in what for what in faults)


def test_a_bar_and_its_ghost_are_seen_side_by_side(chapter):
    page = chapter("notebooks/inference")
    for share in (0.2, 0.01):
        page.evaluate(MOVE, {"computing_share": share})
        found = page.evaluate("""() => {
            const { ghosts, elements } = kscaleFigures.figures["fig-module-memory"];
            const side = (path) => {
                const thick = Number(path.getAttribute("stroke-width")), { y } = path.getBBox();
                return { top: y - thick / 2, bottom: y + thick / 2, thick };
            };
            const paths = elements.map((one) => one?.querySelector("path[stroke-width]")).filter(Boolean);
            const bars = paths.map(side).filter(({ thick }) => thick > 6);
            return ghosts.filter((one) => one.matches(".kscale-ghost-bar")).map((one) => {
                const ghost = side(one.querySelector("path"));
                return bars.some(({ top, bottom }) => ghost.top < bottom - 0.1 && ghost.bottom > top + 0.1);
            });
        }""")
        assert len(found) > 4 and not any(found)

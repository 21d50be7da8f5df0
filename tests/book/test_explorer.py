"""The explorer: a picture that says what the model says, at rest without a script and after any change."""

import re

import pytest

from _ext.live.explorer import BARS, named_quantities
from _ext.live.shown import typographic
from kscale_nb import MODEL, PRESETS

RELATIVE = 1e-12


def drawn(page) -> str:
    page.wait_for_selector(".kscale-premises")  # the script has put its own picture in place of the one at rest
    return page.locator(".kscale-flow title").text_content().replace("\u00a0", " ")


def test_the_explorer_shows_only_what_the_model_has():
    assert named_quantities() <= set(MODEL)
    for bar in BARS:
        parts = sum(MODEL.value(name) for name, *_ in bar["slices"])
        assert parts == pytest.approx(MODEL.value(bar["whole"])), f"the slices of {bar['title']} are not the whole"


def test_the_picture_follows_the_slider(open_page):
    page = open_page("book/explorer.html")
    before = drawn(page)
    assert "4.493 × 10¹⁵ parameter" in before.replace("\u00a0", " ")
    slice_of_computing = page.locator("rect.kscale-slice-0-1")
    height = float(slice_of_computing.get_attribute("height"))
    page.locator('.kscale-premises li[data-name="computing_share"] input[type="text"]').fill("10%")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('td.kscale-changed') !== null")
    assert drawn(page) != before
    assert float(slice_of_computing.get_attribute("height")) == pytest.approx(2 * height, rel=1e-6)
    printed, yours = page.locator(
        "#explorer-computing_power td:nth-child(2), #explorer-computing_power td:nth-child(4)"
    ).all()
    assert printed.text_content().replace("\u00a0", " ") == "5 × 10¹⁴ W"
    assert yours.text_content().replace("\u00a0", " ") == "1 × 10¹⁵ W"


@pytest.mark.parametrize("result", ["active_parameters", "decoding_rate"])
def test_the_tornado_shows_the_exact_elasticities(open_page, result):
    page = open_page("book/explorer.html")
    drawn(page)
    page.locator(".kscale-explorer > label > select").last.select_option(result)
    shown = {
        row.locator("th").text_content(): row.locator("td").first.text_content().replace("−", "-")
        for row in page.locator(".kscale-tornado tbody tr").all()
    }
    exact = {
        typographic(MODEL[name].meaning): slope
        for name, slope in MODEL.elasticities(result).items()
        if abs(slope) > 1e-6
    }
    assert len(shown) == min(len(exact), 12)
    for meaning, text in shown.items():
        assert float(text.rstrip("%")) == pytest.approx(exact[meaning], rel=5e-3)


@pytest.mark.parametrize(
    "asked",
    [
        *("K1_power=1e21%20W", "K1_power=1%20W", "computing_share=100%25", "computing_share=1e-9%25"),
        *("training_time=1e-9%20s", "dram_power_per_byte=1e-9%20W/GB", "logic_efficiency=1e12%20GFLOP/s/W"),
        "batch_size=1e9",
    ],
)
def test_extremes_break_neither_picture_nor_table(open_page, asked):
    page = open_page(f"book/explorer.html?{asked}")
    assert not re.search(r"NaN|Infinity|undefined", drawn(page) + page.locator("article").text_content())
    for box in page.locator(".kscale-flow rect, .kscale-bar").all():
        size = box.bounding_box()
        assert 0 <= size["height"] < 1000 and 0 <= size["width"] < 1200
    page.close()


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_each_preset_can_be_chosen(open_page, preset):
    page = open_page("book/explorer.html")
    drawn(page)
    choice = page.get_by_label("Begin with").first
    choice.select_option(preset)
    page.wait_for_function(f"() => kscaleWhatIf.presetInForce() === {preset!r}")
    expected = MODEL.value("active_parameters", **(PRESETS[preset].overrides if preset else {}))
    shown = page.evaluate("kscaleWhatIf.values.active_parameters")
    assert shown == pytest.approx(expected, rel=RELATIVE)


SHAPES = """() => [...document.querySelectorAll('.kscale-flow :is(rect, path, text)')].map((shape) => ({
    tag: shape.tagName, text: shape.textContent.replaceAll("\u00a0", " "), kind: shape.getAttribute('class'),
    numbers: ['x', 'y', 'width', 'height', 'd'].flatMap((name) =>
        (shape.getAttribute(name) ?? '').match(/-?[0-9.]+/g) ?? []).map(Number) }))"""


def test_without_a_script_the_picture_is_there_as_the_script_draws_it(browser, open_page, address):
    context = browser.new_context(java_script_enabled=False)
    still = context.new_page()
    still.goto(f"{address}/book/explorer.html")
    at_rest, told = still.evaluate(SHAPES), still.locator(".kscale-flow title").text_content()
    context.close()
    page = open_page("book/explorer.html")
    assert drawn(page) == told.replace("\u00a0", " ")
    moving = page.evaluate(SHAPES)
    assert len(at_rest) == len(moving) > 40
    for one, other in zip(at_rest, moving, strict=True):
        assert one["numbers"] == pytest.approx(other["numbers"], abs=2e-3)
        assert {**one, "numbers": 0} == {**other, "numbers": 0}


@pytest.mark.parametrize("preset", ["", *PRESETS])
def test_no_text_of_the_picture_lies_on_another(open_page, preset):
    page = open_page("book/explorer.html")
    drawn(page)
    if preset:
        page.evaluate(f"kscaleWhatIf.preset({preset!r})")
        page.wait_for_timeout(100)
    boxes = page.evaluate(
        """() => [...document.querySelectorAll('.kscale-flow text')].map((text) => {
            const { x, y, width, height } = text.getBBox();
            return [text.textContent, x, y, width, height];
        })"""
    )
    for number, (text, x, y, width, height) in enumerate(boxes):
        assert x + width <= 980, text
        for other, left, top, wide, high in boxes[:number]:
            apart = x >= left + wide or left >= x + width or y + 3 >= top + high or top + 3 >= y + height
            assert apart, f"{text!r} lies on {other!r}"


def test_parts_that_exceed_the_whole_are_told_and_drawn_past_it(open_page):
    page = open_page("book/explorer.html?logic_share=90%25")
    drawn(page)
    told = page.locator(".kscale-explorer .kscale-trouble:visible")
    assert "the parts add to 140% of power given to computing" in told.text_content()
    whole, beyond = (float(page.locator(f".kscale-{kind}").get_attribute("height")) for kind in ("whole", "overrun"))
    assert beyond / whole == pytest.approx(0.4)
    logic, memory = (float(page.locator(f"rect.kscale-slice-1-{i}").get_attribute("height")) for i in (0, 2))
    assert logic / whole == pytest.approx(0.9) and memory / whole == pytest.approx(0.4)
    page.evaluate("kscaleWhatIf.resetAll()")
    page.wait_for_function("() => document.querySelector('.kscale-overrun') === null")
    assert told.count() == 0


def test_what_the_reader_changed_is_marked_in_the_table(open_page):
    page = open_page("book/explorer.html?computing_share=10%25")
    drawn(page)
    colour = "e => getComputedStyle(e).backgroundColor"
    changed = page.locator("#explorer-computing_power td.kscale-changed").first.evaluate(colour)
    assert changed != page.locator("#explorer-computing_power td").nth(1).evaluate(colour)


def test_a_narrow_screen_is_told_that_the_picture_scrolls(open_page):
    page = open_page("book/explorer.html", viewport={"width": 360, "height": 740})
    drawn(page)
    assert page.locator(".kscale-flow-hint").is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert not page.locator(".kscale-flow-hint").is_visible()

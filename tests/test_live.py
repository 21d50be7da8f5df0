"""Live numbers: the model in the browser agrees with Python, and the page follows the reader's changes."""

import gzip
import json
import random
import re

import numpy as np
import pytest
import sympy
from conftest import CHAPTERS, PAGES, small_ledger, small_model

from kscale_nb import LEDGER, MODEL, PRESETS, KscaleError
from kscale_nb.printed import read_figure
from kscale_nb.readings import javascript_source
from kscale_nb.units import value_text
from kscale_nb.web.explorer import BARS, named_quantities
from kscale_nb.web.live import SCRIPTS, model_script

RELATIVE = 1e-12


@pytest.fixture(scope="module")
def tab(browser, address):
    """A page with the model on it, in a context of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/notebooks/energy_split.html")
    yield page
    context.close()


@pytest.fixture
def open_page(browser, address):
    """Opens a page as a new reader, whose store is empty."""
    contexts = []

    def opened(path: str, **how):
        contexts.append(browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | how)))
        page = contexts[-1].new_page()
        page.goto(f"{address}/{path}")
        return page

    yield opened
    for context in contexts:
        context.close()


def random_changes(dice: random.Random) -> dict[str, float]:
    """One to four quantities, mostly givens, moved by up to a factor of ten."""
    givens = list(MODEL.givens)
    changes = {}
    for _ in range(dice.randint(1, 4)):
        name = dice.choice(givens if dice.random() < 0.9 else MODEL.order)
        value = MODEL.value(name) * 10 ** dice.uniform(-1, 1)
        changes[name] = min(value, 1.0) if MODEL[name].unit == "%" else value
    return changes


def test_a_thousand_what_ifs_agree_with_python_in_every_value_and_verdict(tab):
    dice = random.Random(20261124)
    asked = [random_changes(dice) for _ in range(1000)]
    answers = tab.evaluate(
        """asked => asked.map(changes => {
            const {values, trouble} = kscaleArithmetic.evaluate(changes);
            return trouble ? {trouble} : {values: Object.values(values),
                verdicts: kscaleModel.claims.map(claim => kscaleArithmetic.judge(claim, values[claim.quantity]))};
        })""",
        asked,
    )
    names = tab.evaluate("kscaleArithmetic.names")
    assert set(names) == set(MODEL)
    answered = 0
    for changes, answer in zip(asked, answers, strict=True):
        try:
            expected = MODEL.values(**changes)
        except KscaleError:
            assert "trouble" in answer, changes
            continue
        assert "values" in answer, (changes, answer)
        shown, wanted = (np.array(list(v), dtype=float) for v in (answer["values"], (expected[n] for n in names)))
        np.testing.assert_allclose(shown, wanted, rtol=RELATIVE, atol=0, err_msg=str(changes))
        assert answer["verdicts"] == [verdict.verdict for verdict in LEDGER.judge_all(**changes).values()], changes
        answered += 1
    assert answered > 500


def test_all_quantities_recompute_within_a_millisecond(tab):
    milliseconds = tab.evaluate(
        """() => { const times = [];
            for (let i = 0; i < 300; i++) {
                const start = performance.now();
                for (let j = 0; j < 10; j++) kscaleArithmetic.evaluate({computing_share: 0.05 + i * 1e-4 + j * 1e-6});
                times.push((performance.now() - start) / 10);
            }
            return times.sort((a, b) => a - b)[0]; }"""
    )
    assert milliseconds < 1


def test_the_scripts_of_every_page_are_small(built):
    sizes = {name: len(gzip.compress((built / "_static" / name).read_bytes())) for name in SCRIPTS}
    assert sum(sizes.values()) < 40_000, sizes


def test_numbers_are_printed_and_read_as_python_does(tab):
    dice = random.Random(7)
    quantities = [MODEL[dice.choice(MODEL.order)] for _ in range(500)]
    asked = [[q.identifier, q.unit, MODEL.value(q.identifier) * 10 ** dice.uniform(-3, 3)] for q in quantities]
    shown = tab.evaluate("asked => asked.map(([, unit, value]) => kscaleArithmetic.valueText(value, unit, 5))", asked)
    for (_, unit, value), text in zip(asked, shown, strict=True):
        assert text.replace("\u00a0", " ") == value_text(value, unit, 5, trailing_zeros=False)
    back = tab.evaluate(
        """asked => asked.map(([name, , value]) => {
            try { return kscaleArithmetic.readValue(kscaleArithmetic.typedText(value, name), name); }
            catch (error) { return error.message; } })""",
        asked,
    )
    for (name, unit, value), read in zip(asked, back, strict=True):
        if unit == "%" and MODEL[name].is_given and value > 1:
            assert "cannot exceed 100%" in read
        else:
            assert read == pytest.approx(value, rel=1e-11), name


@pytest.mark.parametrize(
    "name, text, expected",
    [
        ("computing_share", "10%", 0.1),
        ("computing_share", "0.1", 0.1),
        ("K1_power", "2e16 W", 2e16),
        ("K1_power", "2 × 10¹⁶ W", 2e16),
        ("K1_power", "10^16", 1e16),
        ("K1_power", "18.8 TW", 18.8e12),
        ("training_time", "3 year", 3 * 31557600),
        ("active_parameters", "4,493 T", 4493e12),
        ("computing_share", "110%", "cannot exceed 100%"),
        ("computing_share", "-1%", "must be positive"),
        ("K1_power", "much", "is not a number"),
        ("K1_power", "5 kg", "does not fit"),
        ("K1_power", "5 parsnips", "not a unit known here"),
        ("K1_power", "1e999 W", "finite"),
    ],
)
def test_what_a_reader_types(tab, name, text, expected):
    read = tab.evaluate(
        """([text, name]) => {
            try { return kscaleArithmetic.readValue(text, name); } catch (error) { return error.message; } }""",
        [text, name],
    )
    assert expected in read if isinstance(expected, str) else read == pytest.approx(expected, rel=1e-12)


def test_what_cannot_be_printed_is_refused():
    x = MODEL["K1_power"]
    with pytest.raises(KscaleError, match="erf has no JavaScript"):
        javascript_source(sympy.erf(x))
    with pytest.raises(KscaleError, match="Piecewise has no JavaScript"):
        javascript_source(sympy.Piecewise((x, x > 1), (0, True)))


def test_the_script_is_made_of_any_model():
    model = small_model()
    script = model_script(model, small_ledger(), {})
    assert 'part: ["W", "+", v => v.power*v.share]' in script
    assert 'share: ["%", "+", 0.25, 0.25, 0.25]' in script


def test_presets_are_those_of_python(tab):
    presets = tab.evaluate("kscaleModel.presets")
    for name, preset in PRESETS.items():
        values = tab.evaluate("changes => kscaleArithmetic.evaluate(changes).values", presets[name]["changes"])
        expected = MODEL.values(**preset.overrides)
        assert values == pytest.approx(expected, rel=RELATIVE)


# -- a page, as a reader moves it ----------------------------------------------------------------------


def test_a_page_follows_a_typed_change_and_goes_back(open_page):
    page = open_page("notebooks/energy_split.html")
    number = page.locator('a[data-quantity="logic_throughput"], a[data-quantity="total_memory"]').first
    book = number.text_content()
    page.get_by_role("button", name="What if?").click()
    field = page.locator('li[data-name="computing_share"] input[type="text"]')
    field.fill("10%")
    field.press("Enter")
    page.wait_for_function("() => document.querySelectorAll('a.kscale-changed').length > 3")
    name = number.get_attribute("data-quantity")
    assert number.text_content() != book and number.get_attribute("data-was") == book
    shown = float(re.sub(r"[,\u00a0].*|,", "", number.text_content().replace(",", "")).split("×")[0].split()[0])
    mantissa = MODEL.value(name, computing_share=0.1) / float(number.get_attribute("data-factor"))
    assert shown == pytest.approx(mantissa if mantissa < 1e7 else mantissa / 10 ** int(f"{mantissa:e}"[-3:]), rel=1e-3)
    assert "computing_share=10%25" in page.url
    assert re.search(r"\d+ of \d+ quantities moved", page.locator(".kscale-summary").text_content())
    page.get_by_role("button", name="reset all").click()
    page.wait_for_function("() => document.querySelectorAll('a.kscale-changed').length === 0")
    assert number.text_content() == book and "computing_share" not in page.url


def test_changes_go_along_to_other_pages_and_in_a_shared_address(open_page, address):
    page = open_page("notebooks/energy_split.html?computing_share=10%25&utm=x")
    page.goto(f"{address}/notebooks/chinchilla_sizing.html")
    page.wait_for_function("() => document.querySelector('.kscale-changed') !== null")
    assert "computing_share=10%25" in page.url, "the address of the next page holds the changes too"
    stranger = open_page("notebooks/chinchilla_sizing.html?" + page.url.split("?")[1])
    stranger.wait_for_function("() => document.querySelector('.kscale-changed') !== null")
    changed = "[...document.querySelectorAll('.kscale-changed')].map(e => e.textContent)"
    assert stranger.evaluate(changed) == page.evaluate(changed)


def test_the_ledger_tells_what_flips(open_page):
    page = open_page("book/ledger.html?computing_share=10%25")
    page.wait_for_function("() => document.querySelector('tr.kscale-flipped') !== null")
    shown = {
        row.get_attribute("id").removeprefix("claim-"): row.locator("td:nth-child(4) .kscale-verdict").text_content()
        for row in page.locator("tr.kscale-flipped").all()
    }
    before, after = LEDGER.judge_all(), LEDGER.judge_all(computing_share=0.1)
    assert shown == {i: after[i].verdict for i in after if after[i].verdict != before[i].verdict}
    for claim_id in shown:  # what is derived stays in the claim's own unit
        text = page.locator(f'[id="claim-{claim_id}"] td:nth-child(3)').text_content().strip()
        if not text:  # a premise, of which nothing was derived
            continue
        assert float(read_figure(text).value) == pytest.approx(after[claim_id].derived, rel=2e-3)


@pytest.mark.parametrize("asked", ["computing_share=NaN", "computing_share=-3%25", "K1_power=5%20kg", "K1_power=0%20W"])
def test_an_impossible_address_is_told_and_changes_nothing(open_page, asked):
    page = open_page(f"notebooks/energy_split.html?{asked}")
    page.get_by_role("button", name="What if?").click()
    page.wait_for_selector(".kscale-trouble")
    assert page.locator(".kscale-changed").count() == 0


def test_extremes_show_no_nan(open_page):
    page = open_page("notebooks/energy_split.html?K1_power=1e300%20W")
    page.get_by_role("button", name="What if?").click()
    page.wait_for_selector(".kscale-trouble")
    assert not re.search(r"NaN|Infinity", page.locator("article").text_content())


@pytest.mark.parametrize("how", ["hover", "focus"])
def test_a_card_opens_says_what_the_number_is_and_closes(open_page, how):
    page = open_page("notebooks/energy_split.html")
    link = page.locator('a[data-quantity="logic_efficiency"]').first
    getattr(link, how)()
    card = page.locator(".kscale-card")
    card.wait_for(state="visible")
    text = card.text_content()
    quantity = MODEL["logic_efficiency"]
    assert quantity.meaning in text and "Recovered" in text and card.locator("math").count() >= 1
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")


def test_the_keyboard_reaches_card_and_panel(open_page):
    page = open_page("notebooks/energy_split.html")
    page.locator('a[data-quantity="logic_efficiency"]').first.focus()
    page.locator(".kscale-card").wait_for(state="visible")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "change it"
    page.keyboard.press("Enter")
    page.locator(".kscale-panel").wait_for(state="visible")
    assert page.evaluate("document.activeElement.closest('li').dataset.name") == "logic_efficiency"
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('.kscale-changed') !== null")
    page.keyboard.press("Escape")
    page.locator(".kscale-panel").wait_for(state="hidden")


def test_a_touch_opens_the_card_and_a_second_follows_the_link(open_page):
    page = open_page("notebooks/energy_split.html", has_touch=True, viewport={"width": 360, "height": 740})
    link = page.locator('a[data-quantity="logic_efficiency"]').first
    link.tap()
    card = page.locator(".kscale-card")
    card.wait_for(state="visible")
    box = card.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 360
    link.tap()
    page.wait_for_url("**/quantities.html**")


@pytest.mark.parametrize("page_name", PAGES)
def test_every_number_can_be_printed_anew(browser, address, page_name):
    """Without a change each number's own data give back its text; with one, none of them fails."""
    context = browser.new_context(java_script_enabled=True)
    page = context.new_page()
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{address}/{page_name}.html")
    numbers = page.evaluate(
        """() => [...document.querySelectorAll('[data-quantity]')].map(e => ({text: e.textContent, ...e.dataset}))"""
    )
    if page_name in CHAPTERS:
        assert numbers
    page.evaluate("kscaleWhatIf.preset('corrected')")
    page.evaluate("() => new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame))")
    changed = page.evaluate("[...document.querySelectorAll('.kscale-changed')].map(e => e.textContent)")
    context.close()
    assert not troubles
    assert not [text for text in changed if re.search(r"NaN|Infinity|undefined", text)]
    for number in numbers:
        assert number["quantity"] in MODEL.quantities
        if "after" in number:
            assert number["text"].replace("\u00a0", " ").endswith(number["after"].replace("\u00a0", " ")), json.dumps(
                number
            )


def test_without_javascript_the_book_reads_whole(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/notebooks/energy_split.html")
    assert page.locator("a.kscale").count() > 10
    assert (
        page.locator('a[data-quantity="logic_efficiency"]')
        .first.get_attribute("href")
        .endswith("#quantity-logic_efficiency")
    )
    assert page.get_by_role("button", name="What if?").count() == 0
    context.close()


# -- the explorer --------------------------------------------------------------------------------------


def drawn(page) -> str:
    page.wait_for_selector(".kscale-flow rect")
    return page.locator(".kscale-flow title").text_content()


def test_the_explorer_shows_only_what_the_model_has():
    assert named_quantities() <= set(MODEL)
    for bar in BARS:
        parts = sum(MODEL.value(name) for name, _ in bar["slices"])
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
    exact = {MODEL[name].meaning: slope for name, slope in MODEL.elasticities(result).items() if abs(slope) > 1e-6}
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

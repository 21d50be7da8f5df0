"""Live numbers: the model in the browser agrees with Python, and the page follows the reader's changes."""

import gzip
import random
import re

import numpy as np
import pytest
from conftest import CHAPTERS, PAGES, ROOT, small_ledger, small_model

from _ext.live.links import data_of
from _ext.live.live import SCRIPTS, model_script
from _ext.live.shown import half_up, shown_anew
from kscale_nb import LEDGER, MODEL, PRESETS, KscaleError
from kscale_nb.printed import figure_text, read_figure
from kscale_nb.units import unit_factor, value_text, with_unit

RELATIVE = 1e-12
SOURCE = re.compile(r'<script[^>]* src="([^"]*)"')


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


@pytest.mark.parametrize("page_name", PAGES)
def test_the_scripts_of_every_page_are_small(built, page_name):
    own = {
        *SCRIPTS,
        *(script.name for folder in ("_ext/static", "assets") for script in (ROOT / "book" / folder).glob("*.js")),
    }
    asked = {
        address.rpartition("/")[2].partition("?")[0]
        for address in SOURCE.findall((built / f"{page_name}.html").read_text())
    }
    sizes = {name: len(gzip.compress((built / "_static" / name).read_bytes()))
             for name in asked if name in own or name.startswith("page-")}  # fmt: skip
    assert set(SCRIPTS) < set(sizes) and sum(sizes.values()) < 55 * 1024, sizes


def test_numbers_are_printed_and_read_as_python_does(tab):
    dice = random.Random(7)
    quantities = [MODEL[dice.choice(MODEL.order)] for _ in range(500)]
    asked = [[q.identifier, q.unit, MODEL.value(q.identifier) * 10 ** dice.uniform(-3, 3)] for q in quantities]
    shown = tab.evaluate("asked => asked.map(([, unit, value]) => kscaleArithmetic.valueText(value, unit, 5))", asked)
    for (_, unit, value), text in zip(asked, shown, strict=True):
        assert text.replace("\u00a0", " ") == value_text(value, unit, 5, trailing_zeros=False)
    assert tab.evaluate("kscaleArithmetic.figureText(-12.5, 3)") == "−12.5"
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


def test_the_script_is_made_of_any_model():
    model = small_model()
    script = model_script(model, small_ledger(), {})
    assert 'part: ["W", "+", v => v.power*v.share]' in script
    assert 'share: ["%", "+", 0.25]' in script


def test_presets_are_those_of_python(tab):
    presets = tab.evaluate("kscaleModel.presets")
    for name, preset in PRESETS.items():
        values = tab.evaluate("changes => kscaleArithmetic.evaluate(changes).values", presets[name]["changes"])
        expected = MODEL.values(**preset.overrides)
        assert values == pytest.approx(expected, rel=RELATIVE)


# -- a page, as a reader moves it ----------------------------------------------------------------------


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
        figure, claim = read_figure(text), LEDGER[claim_id]
        factor = unit_factor(figure.unit) / unit_factor(claim.unit) if figure.unit else 1  # 13.3 EB of what is in PB
        assert figure.rounds_from(after[claim_id].derived / factor), (text, after[claim_id].derived)


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


SCENARIOS = {
    **{name: preset.overrides for name, preset in PRESETS.items()},
    "double": {"computing_share": "10%"},
    "small": {"K1_power": "1e12 W"},
    "hair": {"batch_size": "1.0001"},
}


@pytest.mark.parametrize("page_name", PAGES)
def test_every_number_is_printed_anew_as_python_does(browser, address, page_name):
    """Without a change each number's own data give back its text; with one, the page shows what Python does."""
    context = browser.new_context(java_script_enabled=True)
    page = context.new_page()
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{address}/{page_name}.html")
    numbers = page.evaluate(
        """() => [...document.querySelectorAll('[data-quantity]')].map(e => ({was: e.textContent, ...e.dataset,
            stands: e.closest('figcaption')?.parentElement.querySelector('svg.kscale-live') === null,
            noun: /^[\\s\\u00a0]+(\\p{L}+)/u.exec(e.nextSibling?.data ?? '')?.[1] ?? ''}))"""
    )
    if page_name in CHAPTERS:
        assert numbers
    for number in numbers:
        if "after" in number:
            assert number["was"].replace("\u00a0", " ").endswith(number["after"]), number
    for changes in SCENARIOS.values():
        si = {name: MODEL.checked(name, value) for name, value in changes.items()}
        values, book = MODEL.values(**si), MODEL.values()
        page.evaluate(
            "changes => { kscaleWhatIf.resetAll(); for (const n in changes) kscaleWhatIf.set(n, changes[n]); }", si
        )
        page.evaluate("() => new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame))")
        shown = page.evaluate(
            "[...document.querySelectorAll('[data-quantity]')].map(e => [e.textContent, e.matches('.kscale-changed')])"
        )
        for number, (text, is_changed) in zip(numbers, shown, strict=True):
            expected = None if number["stands"] else expected_text(number, book, values)
            assert text.replace("\u00a0", " ") == (expected or number["was"]).replace("\u00a0", " "), (number, changes)
            assert is_changed == (expected is not None), (number, changes)
    context.close()
    assert not troubles


def expected_text(number: dict, book: dict, values: dict) -> str | None:
    """What a number of a page should show after a change, None where it stays."""
    name = number["quantity"]
    quantity, old, new = MODEL[name], book[name], values[name]
    if "own" not in number:
        return shown_anew(number["was"], number, old, new, quantity.unit, quantity.is_given, number["noun"])
    factor = unit_factor(quantity.unit)
    was, text = (
        with_unit(figure_text(half_up(value / factor, 6), 6, trailing_zeros=False), quantity.unit).replace("-", "−")
        for value in (old, new)
    )
    return None if was == text else text


@pytest.mark.parametrize(
    ("was", "quantity", "value", "noun", "text"),
    [
        ("70 modules", "best_modules", 24.7, "", "25 modules"),
        ("10,000 modules", "module_count", 24.7, "", "about 25 modules"),
        ("10,000", "module_count", 1, "modules", "1"),
        ("6.6", "fiji_shortfall", 1.0001, "times", "1.0"),
        ("16,045", "active_parameters_ratio", 12.345678, "times", "12.346"),
        ("66,667 EB", "total_memory", 266_666.667, "", "266,667 EB"),
        ("14.7 minutes", "reached_training_time", 3214, "", "2.23 days"),
        ("875 m", "retrain_diameter", 466_415, "", "466 km"),
        ("5%", "computing_share", 0.123, "", "12.3%"),
        ("375 books", "books_in_context", 1.2, "", "1 book"),
    ],
)
def test_a_number_printed_anew_reads_well(tab, was, quantity, value, noun, text):
    data = data_of(quantity, was)
    data = {key.removeprefix("data-"): given for key, given in data.items()}
    value *= unit_factor(MODEL[quantity].unit) if "%" not in was else 1
    shown = tab.evaluate("asked => kscaleArithmetic.anew(...asked)", [was, data, value, noun])
    assert shown == text
    own = MODEL[quantity]
    assert shown == shown_anew(was, data, MODEL.value(quantity), value, own.unit, own.is_given, noun)


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


@pytest.mark.parametrize("page_name", ["book/findings", "notebooks/mind", "book/quantities"])
def test_the_card_of_what_has_the_focus_stays_when_the_page_scrolls_to_it(open_page, page_name):
    page = open_page(f"{page_name}.html")
    links = page.locator("article a.kscale:not([data-count]):visible")
    for link in (links.first, links.nth(links.count() // 2), links.last):
        link.focus()
        page.wait_for_timeout(400)  # the scrolling that focus causes is over
        card, box = page.locator(".kscale-card"), link.bounding_box()
        assert card.is_visible() and page.evaluate(
            "document.querySelector('.kscale-card').previousSibling.matches(':focus')"
        )
        at = card.bounding_box()
        assert at["y"] >= 0 and at["y"] + at["height"] <= 900
        assert abs(at["y"] - box["y"] - box["height"]) < 20 or abs(at["y"] + at["height"] - box["y"]) < 20
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.wait_for_function("() => document.querySelector('.kscale-card').hidden")


@pytest.mark.parametrize("page_name", ["book/index", "book/findings"])
def test_formulas_in_cards_have_their_font_on_pages_without_formulas(open_page, page_name):
    page = open_page(f"{page_name}.html")
    page.locator("article a[data-quantity]:visible").first.focus()
    page.locator(".kscale-card math").first.wait_for(state="visible")
    page.wait_for_function(
        "() => [...document.fonts].some((font) => /STIX Two Math/.test(font.family) && font.status === 'loaded')"
    )


def test_counts_of_verdicts_are_of_the_document_whatever_is_changed(open_page):
    page = open_page("book/findings.html")
    counts = "[...document.querySelectorAll('[data-count]')].map((e) => e.textContent)"
    before = page.evaluate(counts)
    page.evaluate("kscaleWhatIf.set('computing_share', 0.1)")
    page.wait_for_function("() => document.querySelector('.kscale-changed') !== null")
    assert page.evaluate(counts) == before and len(before) > 5
    assert page.locator("[data-count].kscale-changed").count() == 0


def test_the_second_stop_of_the_keyboard_leads_to_the_premises(open_page):
    page = open_page("notebooks/energy_split.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Change a premise")
    page.wait_for_function("() => document.querySelector('.skip-link').getBoundingClientRect().top >= 0")
    assert skip.evaluate("(link) => link === document.activeElement")
    page.keyboard.press("Enter")
    page.locator(".kscale-panel").wait_for(state="visible")
    assert page.evaluate("document.activeElement.closest('.kscale-panel') !== null")

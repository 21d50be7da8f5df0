"""Intervals in the page: those of Python's draws under any premises, in cards, the panel and the explorer."""

import random
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from _ext.live.doubtful import doubt_script
from _ext.live.live import judges_of
from _ext.live.pages import odds_told
from kscale_nb import FINDINGS, LEDGER, MODEL, KscaleError
from kscale_nb.doubt.doubts import load_doubts
from kscale_nb.doubt.odds import odds_of
from kscale_nb.doubt.program import Program

SCENARIOS, TARGETS = 40, 4
DRAWS = 8192
ERROR = 0.045  # of a share of draws: a thousand in the page, and of a joint table a quarter, against 8,192
SHOWN = "80% of the draws"
NUMBER = 'p a[data-quantity="tokens_over_human_text"]:visible'


def with_doubts(page):
    """A page that has what the cards load when the first of them opens."""
    page.evaluate("new Promise(then => kscaleLive.withFacts(then))")
    page.evaluate("kscaleLive.interval('training_tokens')")
    page.wait_for_function("typeof kscaleDoubt !== 'undefined'")
    return page


def scenarios():
    dice, found = random.Random(20261128), []
    derived = [name for name in MODEL.order if name not in MODEL.givens]
    while len(found) < SCENARIOS:
        changes = {}
        for name in dice.sample(list(MODEL.givens), dice.randint(0, 3)):
            value = MODEL.value(name) * 10 ** dice.uniform(-0.5, 0.5)
            changes[name] = min(value, 1.0) if MODEL[name].unit == "%" else value
        try:
            MODEL.values(**changes)
        except KscaleError:
            continue
        found.append([changes, dice.sample(derived, TARGETS)])
    found[0][1] = ["loss_floor", "solar_price", "moon_distance", "human_text_stock"]  # drawn in four ways
    return found


def test_the_page_and_python_draw_the_same_intervals_under_any_premises(tab):
    asked = scenarios()
    answers = with_doubts(tab).evaluate(
        "asked => asked.map(([changes, names]) => names.map(name => kscaleDoubt.interval(name, changes)))", asked
    )
    compared = 0
    for (changes, names), ends in zip(asked, answers, strict=True):
        sample = MODEL.sample(DRAWS, targets=names, **changes)
        for name, found in zip(names, ends, strict=True):
            draws = sample.draws(name)
            draws = draws[~np.isnan(draws)]
            if found is None:
                assert len(np.unique(draws)) <= 1, (name, changes)
                continue
            for share, end in zip((0.1, 0.9), found, strict=True):
                end *= np.array([1 - 1e-12, 1 + 1e-12])  # what is whole stands on its steps
                below, upto = np.mean(draws < end[0]), np.mean(draws <= end[1])
                assert below - ERROR < share < upto + ERROR, (name, changes, found, below, upto)
            compared += 1
    assert compared > SCENARIOS


def test_a_premise_that_the_reader_sets_is_known(tab):
    page = with_doubts(tab)
    asked = "changes => kscaleDoubt.interval('tokens_over_human_text', changes)"
    low, high = page.evaluate(asked, {})
    assert low < MODEL.value("tokens_over_human_text") < high
    assert page.evaluate(asked, {"human_text_stock": 1e14}) is None
    assert [low, high] == page.evaluate(asked, {})  # the same draws again


def test_a_card_shows_its_interval_by_keyboard_and_follows_a_premise(open_page):
    page = open_page("notebooks/chinchilla_sizing.html")
    page.locator(NUMBER).first.focus()
    interval = page.locator(".kscale-card .kscale-interval")
    expect(interval).to_contain_text(SHOWN)
    before = interval.text_content()
    page.evaluate("kscaleWhatIf.set('training_tokens', 2 * kscaleWhatIf.values.training_tokens)")
    expect(interval).not_to_have_text(before)
    page.evaluate("kscaleWhatIf.set('human_text_stock', 1e14)")
    expect(interval).to_contain_text("no interval")


def test_the_panel_and_the_explorer_show_intervals(open_page):
    page = open_page("book/explorer.html")
    row = page.locator('td[data-interval="tokens_over_human_text"]')
    expect(row).to_contain_text(" to ")
    page.evaluate("kscalePanel.open()")
    outlook = page.locator(".kscale-outlook .kscale-interval")
    expect(outlook.first).to_contain_text(re.compile(f"{SHOWN}|no interval"))
    before = row.text_content()
    page.evaluate("kscaleWhatIf.set('K1_power', 3 * kscaleWhatIf.values.K1_power)")
    expect(row).not_to_have_text(before)


JUDGING = {c.quantity for c in LEDGER} | {c.against for c in LEDGER} | {c.budget for c in LEDGER}
JUDGING |= {MODEL.names[s] for f in FINDINGS.values() for part in f.conditions for s in part.free_symbols}


PANELLED = ["notebooks/chinchilla_sizing", "notebooks/inference", "notebooks/verdict", "book/glossary", "book/ledger"]


@pytest.mark.parametrize("path", PANELLED)
def test_the_panel_shows_the_outcomes_that_are_in_doubt_and_judged(open_page, path):
    page = open_page(f"{path}.html")
    named = page.locator("article [data-quantity]").evaluate_all("all => all.map(one => one.dataset.quantity)")
    claims = page.locator("article a[data-claim]").evaluate_all("all => all.map(one => one.dataset.claim)")
    claims = [LEDGER.claims[name] for name in claims if name in LEDGER.claims]
    named = {*named, *(name for claim in claims for name in {claim.quantity, *judges_of(LEDGER, claim)})} - {""}
    moving = {*Program(MODEL, load_doubts(MODEL), named).seen} - MODEL.givens.keys()
    page.evaluate("kscalePanel.open()")
    page.locator("[data-outcome]").first.wait_for()
    shown = page.locator("[data-outcome]").evaluate_all("all => all.map(one => one.dataset.outcome)")
    assert len(shown) == min(4, len(moving)) if moving & JUDGING else shown
    if moving or not named:
        for item in page.locator(".kscale-outlook .kscale-interval").all():
            expect(item).to_contain_text(SHOWN)
    judged = [name in JUDGING for name in shown]
    assert judged == sorted(judged, reverse=True)
    assert sum(judged) >= min(len(moving & JUDGING), len(shown))


def test_intervals_are_there_without_a_server(browser, built):
    page = browser.new_page()
    page.goto((built / "notebooks" / "chinchilla_sizing.html").as_uri())
    page.locator(NUMBER).first.hover()
    expect(page.locator(".kscale-card .kscale-interval")).to_contain_text(SHOWN)
    page.close()


@pytest.mark.parametrize("part", ["lognormal", "solar_capital", "size_exponent"])
def test_the_script_has_every_kind_of_doubt(part):
    assert part in doubt_script()


# -- bands in pictures --------------------------------------------------------------------------------

HEADLINES, SWEEP = "kscaleFigures.figures['fig-headlines']", "kscaleFigures.figures['fig-sweep']"
NOW = "kscaleFigures.resolvedMarks(FIGURE, kscaleWhatIf.values, kscaleWhatIf.changes)"
BARS = """FIGURE.marks.flatMap((mark, i) => mark.drawn && mark.kind === 'curve' && FIGURE.drawn[mark.drawn[0]]
    ? [[...FIGURE.drawn[mark.drawn[0]], NOW[i].x]] : [])"""


def told(page, figure, script):
    return page.evaluate(script.replace("NOW", NOW).replace("FIGURE", figure))


def wait(page, figure, script):
    ask = f"{script} ? then(true) : setTimeout(ask, 20)"
    told(page, figure, f"new Promise(then => {{ const ask = () => {ask}; ask(); }})")


def assert_quantiles(sample, name, ends, shares=(0.1, 0.9)):
    draws = sample.draws(name)
    draws = draws[~np.isnan(draws)]
    for share, end in zip(shares, ends, strict=True):
        assert np.mean(draws < end * (1 - 1e-12)) - ERROR < share < np.mean(draws <= end * (1 + 1e-12)) + ERROR, name


def test_the_bars_of_a_picture_follow_as_python_draws_them(open_page):
    page = open_page("notebooks/what_do_we_actually_know.html")
    path = """FIGURE.elements.filter((_, i) => FIGURE.marks[i].drawn).flatMap(one =>
        [...one.querySelectorAll("g > path, use")].flatMap(part => ["d", "x", "y"].flatMap(name =>
            part.getAttribute(name)?.match(/[\\d.]+/g).map(Number) ?? [])))"""
    printed = told(page, HEADLINES, path)
    changes = {"gpt4_active_parameters": 1e12, "human_text_stock": 1e14, "iron_density": 2000.0, "computing_share": 0.2}
    for name, value in changes.items():
        page.evaluate("([name, value]) => kscaleWhatIf.set(name, value)", [name, value])
    wait(page, HEADLINES, "FIGURE.found")
    bars = told(page, HEADLINES, BARS)
    assert len(bars) == 18 and {error for _, _, error, _ in bars} == {None, "measured"}
    for name, _, error, ends in bars:
        sample = MODEL.sample(2 * DRAWS, targets=[name], error=error, **changes)
        assert_quantiles(sample, name, np.array(ends) * MODEL.value(name, **changes))
    assert told(page, HEADLINES, path) != pytest.approx(printed)
    page.evaluate("kscaleWhatIf.resetAll()")
    assert len(printed) == 18 * (4 + 2) and told(page, HEADLINES, path) == pytest.approx(printed)


def test_a_band_along_a_sweep_waits_for_its_draws_and_follows(open_page):
    page = open_page("notebooks/steampunk_supply_chain.html")
    at = told(page, SWEEP, "FIGURE.marks.findIndex(mark => mark.kind === 'band' && mark.drawn)")
    seen = f"FIGURE.elements[{at}].getAttribute('visibility')"
    assert told(page, SWEEP, seen) is None
    page.evaluate("kscaleWhatIf.set('radiator_emissivity', 0.5)")
    assert told(page, SWEEP, seen) == "hidden"
    wait(page, SWEEP, "FIGURE.found")
    assert told(page, SWEEP, seen) == "visible"
    band = told(page, SWEEP, f"NOW[{at}]")
    for i in (0, 20, 40):
        sample = MODEL.sample(
            DRAWS, targets=["iron_nickel_mass"], radiator_emissivity=0.5, radiator_temperature=band["x"][i]
        )
        assert_quantiles(sample, "iron_nickel_mass", [1e13 * side[i] for side in band["y"]])
    drawn = told(page, SWEEP, f"FIGURE.elements[{at}].querySelector('path').getAttribute('d')")
    assert "NaN" not in drawn and drawn.count("L") == 2 * len(band["x"]) - 1


def test_a_band_that_rests_on_nothing_changed_stands_where_python_drew_it(open_page):
    page = open_page("notebooks/steampunk_supply_chain.html")
    at = told(page, SWEEP, "FIGURE.marks.findIndex(mark => mark.kind === 'band' && mark.drawn)")
    path = f"FIGURE.elements[{at}].querySelector('path').getAttribute('d')"
    printed = told(page, SWEEP, path)
    page.evaluate("kscaleWhatIf.set('human_text_stock', 1e14)")
    wait(page, SWEEP, "FIGURE.isAsPrinted")
    assert (
        told(page, SWEEP, path) == printed
        and told(page, SWEEP, "FIGURE.svg.classList.contains('kscale-moved')") is False
    )
    assert told(page, SWEEP, f"FIGURE.elements[{at}].getAttribute('visibility')") == "visible"


def test_the_error_of_models_is_that_of_python_and_falls_on_the_same(tab):
    page = with_doubts(tab)
    names = ["active_parameters", "earth_sunlight", "asteroids_needed", "tokens_over_human_text", "human_text_stock"]
    asked = "([name, changes]) => kscaleDoubt.interval(name, changes, kscaleArithmetic.evaluate(changes).values, true)"
    for changes in ({}, {"human_text_stock": 1e14}, {"asteroids_needed": 3.0}):
        sample = MODEL.sample(DRAWS, targets=names, error="measured", **changes)
        for name in names:
            ends = page.evaluate(asked, [name, changes])
            if ends is None:
                assert len(set(sample.draws(name))) == 1, (name, changes)
            else:
                assert_quantiles(sample, name, ends)


def test_the_ledger_tells_the_odds_and_says_when_they_are_as_printed(open_page):
    page = open_page("book/ledger.html")
    odds = odds_of(LEDGER)
    read = "rows => rows.map(row => [row.id, [...row.querySelectorAll('.kscale-odds')].map(line => line.textContent)])"
    rows = page.locator(".kscale-ledger tbody tr").evaluate_all(read)
    told = {name.removeprefix("claim-"): lines for name, lines in rows}
    assert told == {name: [line.astext() for line in odds_told(one)] for name, one in odds.items()}
    assert sum(map(bool, told.values())) > 40
    cell = page.locator('[id="claim-k1s1ai.model.active-parameters"] td:has(> .kscale-odds)')
    assert cell.locator(".kscale-bar-mark").count() == 0
    page.evaluate("kscaleWhatIf.set('K1_power', 3 * kscaleWhatIf.values.K1_power)")
    expect(cell.locator(".kscale-bar-mark")).to_have_count(1)

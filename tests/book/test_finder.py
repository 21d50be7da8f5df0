"""The finder of the panel knows meanings, names, symbols, and what the documents say; and what to show first."""

import re

import pytest

from kscale_nb import LEDGER, MODEL

GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "eta": "η", "kappa": "κ", "lambda": "λ",
         "mu": "μ", "nu": "ν", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ", "psi": "ψ", "omega": "ω"}  # fmt: skip


@pytest.fixture
def panel(open_page):
    page = open_page("notebooks/energy_split.html")
    page.get_by_role("button", name="What if?").click()
    page.locator(".kscale-panel").wait_for(state="visible")
    return page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("memory power", "memory_power"),
        ("node penalty", "efficiency_penalty"),
        ("η", "logic_efficiency"),
        ("eta", "logic_efficiency"),
        ("tau", "light_delay"),
        ("alpha", "size_exponent"),
        ("η_th", "thruster_efficiency"),
        (r"\eta_{th}", "thruster_efficiency"),
        ("eta cell", "cell_efficiency"),
        ("computing_share", "computing_share"),
        ("K1_Powr", "K1_power"),
        ("share of memory contexts", "kv_share"),
    ],
)
def test_a_quantity_is_found_by_what_it_is_called(panel, asked, found):
    assert found in panel.evaluate("asked => kscaleFinder.find(asked)", asked)[:3]


@pytest.mark.parametrize("letter", GREEK)
def test_a_greek_letter_and_its_name_find_all_that_are_written_with_it_and_nothing_before_them(panel, letter):
    written = {name for name in MODEL if re.search(rf"\\(var)?{letter}(?![a-z])", MODEL[name].symbol, re.IGNORECASE)}
    for asked in (letter, GREEK[letter], GREEK[letter].upper()):
        found = panel.evaluate("asked => kscaleFinder.find(asked)", asked)
        assert written and set(found[: len(written)]) == written, asked


def test_the_list_is_walked_by_keys(panel):
    finder = panel.get_by_role("combobox", name="Another")
    finder.fill("memory power")
    options = panel.get_by_role("listbox").get_by_role("option")
    assert finder.get_attribute("aria-expanded") == "true" and options.count() > 1
    first, second = (options.nth(i).get_attribute("data-name") for i in (0, 1))
    assert finder.get_attribute("aria-activedescendant") == options.nth(0).get_attribute("id")
    panel.keyboard.press("ArrowDown")
    assert options.nth(1).get_attribute("aria-selected") == "true" != options.nth(0).get_attribute("aria-selected")
    panel.keyboard.press("Escape")
    assert not panel.get_by_role("listbox").is_visible() and panel.locator(".kscale-panel").is_visible()
    finder.fill("memory power ")
    panel.keyboard.press("ArrowDown")
    panel.keyboard.press("Enter")
    assert panel.evaluate("document.activeElement.closest('li').dataset.name") == second != first


def test_what_is_like_nothing_is_said_to_be(panel):
    panel.get_by_role("combobox", name="Another").fill("zzzzqqqq")
    assert "no quantity" in panel.locator(".kscale-finder").text_content()


def test_flips_are_told_by_what_the_document_says(panel):
    panel.evaluate("kscaleWhatIf.set('computing_share', 0.1)")
    panel.wait_for_selector(".kscale-summary li", state="attached")
    after, before = LEDGER.judge_all(computing_share=0.1), LEDGER.judge_all()
    flipped = [verdict for name, verdict in after.items() if verdict.verdict != before[name].verdict]
    told = panel.locator(".kscale-summary li").all_text_contents()
    assert len(told) == len(flipped)
    plain = "".join(told).replace("’", "'")
    assert all(verdict.claim.statement.replace("’", "'") in plain for verdict in flipped)


def test_the_chapter_on_silicon_begins_with_its_efficiency_and_its_penalty(open_page):
    page = open_page("notebooks/silicon_28nm.html")
    page.get_by_role("button", name="What if?").click()
    page.locator(".kscale-panel").wait_for(state="visible")
    shown = page.locator(".kscale-panel .kscale-knobs > li").evaluate_all("all => all.map((e) => e.dataset.name)")
    assert set(shown[:2]) == {"logic_efficiency", "efficiency_penalty"}
    page.evaluate("kscaleWhatIf.set('efficiency_penalty', 10)")
    moved = page.locator('article a[data-quantity="penalised_throughput"]')
    page.wait_for_function("e => e.matches('.kscale-changed')", arg=moved.element_handle())
    text = MODEL.value("penalised_throughput", efficiency_penalty=10)
    assert moved.text_content().startswith(f"{text / 1e25:.2f}")


def test_the_button_covers_no_field_of_the_explorer(open_page):
    page = open_page("book/explorer.html")
    page.wait_for_selector(".kscale-premises")
    assert not page.locator("#kscale-what-if").is_visible()
    page.get_by_role("button", name="other premises").click()
    page.locator(".kscale-panel").wait_for(state="visible")
    page.keyboard.press("Escape")
    assert "other premises" in page.evaluate("document.activeElement.textContent")

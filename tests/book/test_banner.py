"""A changed book says so: at the top of every page, in its citation, and on paper."""

import json

import pytest
from conftest import PAGES

from kscale_nb import MODEL, PRESETS


def banner_of(page):
    page.locator(".kscale-banner").wait_for(state="visible")
    return page.locator(".kscale-banner")


@pytest.mark.parametrize("page_name", PAGES)
def test_every_changed_page_says_what_was_changed(open_page, page_name):
    page = open_page(f"{page_name}.html")
    assert not page.locator(".kscale-banner").is_visible()
    page.evaluate("kscaleWhatIf.set('computing_share', 0.2)")
    told = banner_of(page).text_content()
    assert f"{MODEL['computing_share'].meaning}: 20%, not 5%" in told
    page.get_by_role("button", name="undo all").click()
    page.locator(".kscale-banner").wait_for(state="hidden")
    assert page.evaluate("kscaleWhatIf.changes") == {}


def test_each_change_is_undone_alone_and_the_link_holds_what_is_left(open_page):
    page = open_page("notebooks/mind.html?computing_share=20%25&logic_share=40%25")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    banner = banner_of(page)
    banner.get_by_role("button", name=f"Undo {MODEL['logic_share'].meaning}").click()
    page.wait_for_function("() => document.querySelectorAll('.kscale-banner li').length === 1")
    assert page.evaluate("document.activeElement.closest('.kscale-banner') !== null"), "the keyboard stays here"
    banner.get_by_role("button", name="copy link").click()
    page.wait_for_function("() => /copied/.test(document.querySelector('.kscale-banner').textContent)")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("?computing_share=20%25") and "logic_share" not in copied


def test_a_preset_is_named(open_page):
    page = open_page("book/findings.html")
    page.evaluate("kscaleWhatIf.preset('corrected')")
    assert PRESETS["corrected"].title in banner_of(page).text_content()


def test_paper_states_the_changes_and_has_no_buttons(open_page):
    page = open_page("notebooks/energy_split.html?computing_share=20%25")
    banner = banner_of(page)
    page.emulate_media(media="print")
    assert "Printed with computing_share = 20%." in banner.inner_text()
    assert banner.get_by_role("button").count() == 0


def test_the_citation_states_the_changes_in_every_form(open_page):
    page = open_page("book/how_to_cite.html")
    forms = {form.get_attribute("data-copy"): form for form in page.locator("[data-copy]").all()}
    books = {name: form.inner_html() for name, form in forms.items()}
    page.evaluate("kscaleWhatIf.set('computing_share', 0.2)")
    assert forms["text"].text_content().endswith("With computing_share = 20%.")
    assert r"executable Jupyter Book, with computing\_share = 20\%" in forms["BibTeX"].text_content()
    assert "\nN1  - with computing_share = 20%\nER  -" in forms["RIS"].text_content()
    assert json.loads(forms["CSL-JSON"].text_content())[0]["note"] == "with computing_share = 20%"
    page.evaluate("kscaleWhatIf.resetAll()")
    assert {name: form.inner_html() for name, form in forms.items()} == books


@pytest.mark.parametrize("page_name", ["book/explorer", "notebooks/energy_split"])
def test_shares_of_more_than_the_whole_are_told_wherever_they_are_moved(open_page, page_name):
    page = open_page(f"{page_name}.html?logic_share=90%25")
    told = f"the parts add to 140% of {MODEL['computing_power'].meaning}"
    assert told in banner_of(page).text_content()
    page.evaluate("kscalePanel.open()")
    page.locator(".kscale-panel").wait_for(state="visible")
    assert told in page.locator(".kscale-summary").text_content()


@pytest.mark.parametrize("preset", PRESETS)
def test_no_preset_asks_for_parts_beyond_the_whole(tab, preset):
    changes = f"kscaleModel.presets[{preset!r}].changes"
    assert tab.evaluate(f"kscaleArithmetic.overruns(kscaleArithmetic.evaluate({changes}).values)") == []


def test_shares_of_one_whole_that_add_to_more_are_told(open_page):
    page = open_page("notebooks/growth.html?computing_share=20%25")
    assert f"growth and computing add to 115% of {MODEL['K1_power'].meaning}" in banner_of(page).text_content()
    page.evaluate("kscaleWhatIf.set('growth_share', 0.8)")
    page.wait_for_function("() => !document.querySelector('.kscale-banner .kscale-trouble')")

"""A guess before the reading: each chapter asks, its slider tells nothing, the answer is live, the tab remembers."""

import gzip
import json
import math

import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import CHAPTERS, ROOT

from _ext.live.guess import SCRIPT, ends_of, guess_of
from kscale_nb import MODEL, KscaleError
from kscale_nb.printed import figure_text
from kscale_nb.units import unit_factor, value_text

GUESSES = {
    chapter: guess_of({"kscale": json.dumps(nbformat.read(ROOT / f"{chapter}.ipynb", 4).metadata["kscale"])})
    for chapter in CHAPTERS
}


def in_unit(name: str, **changes) -> float:
    return MODEL.value(name, **changes) / unit_factor(MODEL[name].unit)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_chapter_asks_something_of_its_own(chapter):
    assert GUESSES[chapter] is not None, "its metadata name no question and no guess"
    assert [chapter] == [other for other in CHAPTERS if GUESSES[other][1] == GUESSES[chapter][1]]


def test_a_chapter_may_go_without_and_a_broken_guess_is_told():
    assert guess_of({"kscale": '{"stage": "mind"}'}) is None
    for facts in ({"question": "How many?"}, {"guess": "n_layers"}, {"question": "Many.", "guess": "n_layers"}):
        with pytest.raises(KscaleError, match="takes both"):
            guess_of({"kscale": json.dumps(facts)})
    with pytest.raises(KscaleError, match="did you mean 'n_layers'"):
        guess_of({"kscale": '{"question": "How many?", "guess": "n_layer"}'})


def test_the_ends_of_sliders_hold_the_answers_and_do_not_tell_where():
    places = set()
    for _, name in GUESSES.values():
        low, high = ends_of(name)
        place = math.log10(in_unit(name)) - low
        assert 1 <= place < high - low
        places.add(round(place / (high - low), 1))
    assert len(places) >= 6


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_question_stands_between_title_and_text_with_its_answer_folded(built, chapter):
    page = BeautifulSoup((built / f"{chapter}.html").read_text(encoding="utf-8"), "html.parser")
    question, name = GUESSES[chapter]
    place = page.select_one("h1 ~ .kscale-guess")
    assert place.p.get_text().endswith(question)
    assert [before.name for before in place.find_previous_siblings()] == ["nav", "h1"]
    answer = place.select_one("details:not([open]) a.kscale")
    assert answer["data-quantity"] == name
    assert answer.get_text() == value_text(MODEL.value(name), MODEL[name].unit, 3, trailing_zeros=False).replace(
        " ", "\u00a0"
    )


def test_only_chapters_load_its_script_which_is_small(built):
    assert (
        SCRIPT in (built / f"{CHAPTERS[0]}.html").read_text() and SCRIPT not in (built / "book/index.html").read_text()
    )
    assert len(gzip.compress((built / "_static" / SCRIPT).read_bytes())) <= 1536


QUESTION = "For every page of text"


def test_a_guess_by_keyboard_is_told_how_far_off_it_is_follows_a_premise_and_is_remembered(open_page, address):
    page = open_page("notebooks/chinchilla_sizing.html")
    slider, told = page.get_by_role("slider", name=QUESTION), page.locator(".kscale-guess [role=status]")
    assert told.text_content() == ""
    slider.focus()
    for key in ["Home", *["ArrowRight"] * 40]:  # two decades above 10
        page.keyboard.press(key)
    assert slider.get_attribute("aria-valuetext") == "1 thousand"
    page.get_by_role("button", name="that is my guess").click()
    assert told.text_content() == "You guessed 1,000; it is 300: 3.3 times less."
    assert page.locator(".kscale-guess details").is_hidden() and slider.is_disabled()
    page.evaluate("kscaleWhatIf.set('computing_share', 0.8)")
    moved = in_unit("tokens_over_human_text", computing_share=0.8)
    assert f"it is {figure_text(moved, 4)}: well guessed." in told.text_content() or (
        f"it is {figure_text(moved, 4)}: {figure_text(moved / 1000, 2)} times more." in told.text_content()
    )
    page.reload()
    assert "You guessed 1,000" in told.text_content()
    page.get_by_role("button", name="guess again").click()
    assert told.text_content() == "" and slider.is_enabled()
    page.locator(".kscale-guess summary").click()
    assert page.locator('.kscale-guess details a[data-quantity="tokens_over_human_text"]').is_visible()


def test_every_step_of_every_slider_has_a_value_of_its_own_and_words_for_it(open_page, address):
    page = open_page(f"{CHAPTERS[0]}.html")
    for chapter in CHAPTERS:
        page.goto(f"{address}/{chapter}.html")
        shown = page.evaluate("""() => {
            const [slider, output] = ["input", "output"].map((tag) => document.querySelector(`.kscale-guess ${tag}`));
            return Array.from({ length: Number(slider.max) + 1 }, (_, step) => {
                slider.value = step;
                slider.dispatchEvent(new Event("input"));
                return [output.textContent, slider.getAttribute("aria-valuetext")];
            });
        }""")
        assert len({text for text, _ in shown}) == len(shown) == len({words for _, words in shown}), chapter
        assert not {letter for _, words in shown for letter in words} & set("⁰¹²³⁴⁵⁶⁷⁸⁹⁻×")


def test_without_a_script_the_question_stands_and_its_answer_unfolds(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/notebooks/growth.html")
    page.locator(".kscale-guess summary").click()
    assert page.locator(".kscale-guess details a").is_visible() and page.locator(".kscale-guess input").count() == 0
    context.close()

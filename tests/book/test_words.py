"""Words that follow a premise: findings are judged as Python judges them, other words say how they stand."""

import gzip
import random
import re

import pytest
from conftest import CHAPTERS, PAGES, ROOT
from test_accessible import faults
from test_live import random_changes

from _ext import STATIC
from _ext.live.live import judges_of
from _ext.live.words import key_of
from kscale_nb import FINDINGS, LEDGER, MODEL, PRESETS, KscaleError
from kscale_nb.notebook.prose import CODE, prose_of

BOLD = re.compile(r"\*\*(.+?)\*\*", re.S)
LABEL = re.compile(r"(\S+ ){0,3}\S+|What .*")  # bold words that are no sentence: "What holds."


def path_of(page: str):
    return next(path for suffix in (".md", ".ipynb") if (path := ROOT / f"{page}{suffix}").exists())


def sentences(page: str) -> list[str]:
    """The bold sentences of the places that state findings: the front page, Findings, a chapter's lead and summary."""
    text = "\n\n".join(CODE.sub(" ", text) for _, text in prose_of(path_of(page)))
    if page in CHAPTERS:
        lead, *sections = re.split(r"\n## ", text)
        text = "\n\n".join([lead, *(section for section in sections if section.startswith("Summary"))])
    elif page == PAGES[0]:
        text = text.partition("\n## How it stands")[0]
    return [" ".join(bold.split()) for bold in BOLD.findall(text) if not LABEL.fullmatch(bold)]


def test_every_bold_sentence_of_these_places_is_a_finding_and_every_finding_stands_somewhere():
    known = {key_of(words): name for name, finding in FINDINGS.items() for words in finding.words}
    standing = {
        key_of(words) for page in [PAGES[0], "book/findings", "book/summary-ko", *CHAPTERS] for words in sentences(page)
    }
    assert standing - set(known) == set(), "bold, and no finding"
    assert set(known) - standing == set(), "a finding that stands nowhere"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_begins_and_ends_with_a_finding(chapter):
    assert len(sentences(chapter)) >= 2
    assert {f"notebooks/{finding.chapter}" for finding in FINDINGS.values()} == set(CHAPTERS)


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page in {PAGES[0], "book/findings", "book/summary-ko", *CHAPTERS}]
)
def test_the_findings_of_a_page_are_as_python_judges_them(open_page, page):
    shown = open_page(f"{page}.html")
    there = shown.evaluate("[...document.querySelectorAll('[data-finding]')].map(e => e.dataset.finding)")
    assert len(there) == len(sentences(page))
    dice = random.Random(page)
    tried = [*({c.quantity: MODEL.checked(c.quantity, c.value) for c in p.changes} for p in PRESETS.values())]
    tried += [random_changes(dice) for _ in range(25)]
    for changes in [*tried, {}]:
        try:
            failing = FINDINGS.failing(**changes)
        except KscaleError:
            continue
        shown.evaluate(
            "changes => new Promise(done => { kscaleModel.presets.tried = { changes }; kscaleWhatIf.preset('tried');"
            "requestAnimationFrame(() => requestAnimationFrame(done)); })",
            changes,
        )
        found = shown.evaluate(
            "[...document.querySelectorAll('[data-finding]')].map(e => e.classList.contains('kscale-struck')"
            " ? e.nextElementSibling.textContent : '')"
        )
        for name, text in zip(there, found, strict=True):
            expected = f" No longer: {failing[name]}." if name in failing else ""
            assert text.replace("\u00a0", " ").replace("’", "'") == expected.replace("\u00a0", " "), (name, changes)


def test_a_struck_finding_comes_back_with_its_premise(open_page):
    page = open_page("book/index.html?human_text_stock=1e18%20token")
    struck = page.locator('[data-finding="not-enough-to-read"]')
    page.wait_for_selector(".kscale-struck")
    assert "line-through" in struck.evaluate("e => getComputedStyle(e).textDecorationLine")
    assert (
        struck.text_content().startswith("Struck: ")
        and "below 1" in page.locator(".kscale-no-longer").first.text_content()
    )
    page.evaluate("kscaleWhatIf.resetAll()")
    page.wait_for_function("() => !document.querySelector('.kscale-struck, .kscale-no-longer, .kscale-struck-word')")


@pytest.mark.parametrize("width", [360, 1280])
def test_words_whose_numbers_moved_carry_a_mark_that_shifts_nothing(open_page, width):
    page = open_page("notebooks/orions_arm_s1.html", viewport={"width": width, "height": 800})
    boxes = (
        "[...document.querySelectorAll('.bd-article :is(p, li):not(.kscale-banner *, .kscale-stamp, table *)')]"
        ".map(e => e.getBoundingClientRect().left)"
    )
    before = page.evaluate(boxes)
    page.evaluate("kscaleWhatIf.set('computing_share', 0.2)")
    page.wait_for_selector(".kscale-as-printed", state="attached")
    assert page.evaluate(boxes) == before
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    marks = page.locator(".kscale-bar-mark:not(table *)")  # a wide table scrolls, and its cells' marks with it
    assert marks.count() > 5
    for number in range(marks.count()):
        box = marks.nth(number).bounding_box()
        if box:  # none where an answer is folded
            assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["width"] >= 8
    assert page.get_by_role("button", name="These words are about the documents as printed.").count() > 5
    seen = page.locator(".kscale-bar-mark:visible").first
    seen.focus()
    assert "about the documents" in seen.evaluate("e => getComputedStyle(e, '::after').content")
    unmoved = page.evaluate(
        "[...document.querySelectorAll('.bd-article p:not(.kscale-as-printed)')].filter(p =>"
        " [...p.querySelectorAll(':scope > .kscale-changed')].some(e => !e.closest('table, .kscale-finding'))).length"
    )
    assert unmoved == 0
    page.evaluate("kscaleWhatIf.resetAll()")
    page.wait_for_function("() => !document.querySelector('.kscale-as-printed, .kscale-bar-mark')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault_in_struck_and_marked_words(open_page, scheme):
    page = open_page("book/findings.html?human_text_stock=1e18%20token", color_scheme=scheme, bypass_csp=True)
    page.wait_for_selector(".kscale-struck")
    page.wait_for_selector(".kscale-bar-mark")
    assert faults(page) == []


def test_the_script_of_words_is_small():
    assert len(gzip.compress((STATIC / "words.js").read_bytes())) < 2_500


UNMARKED = """() => [...document.querySelectorAll('.bd-article .kscale-changed[data-quantity]')]
    .map(number => number.closest('p, li, figcaption, dd, blockquote, td'))
    .filter(block => block && !block.matches('.kscale-as-printed')
        && !block.closest('.cell_output, .kscale-explorer, .kscale-ledger, .kscale-quantities, .kscale-banner'))
    .filter(block => {
        const words = block.cloneNode(true);
        words.querySelectorAll('.kscale-finding, .kscale-no-longer, [data-quantity]').forEach(part => part.remove());
        return /\\p{L}{2,}/u.test(words.textContent);
    }).map(block => block.textContent)"""


@pytest.mark.parametrize("page", ["book/index", "book/findings", "book/summary-ko", *CHAPTERS])
def test_no_words_beside_a_moved_number_go_unmarked(open_page, page):
    shown = open_page(f"{page}.html?computing_share=20%25&swarm_rating=1.2&human_text_stock=1e18%20token")
    shown.locator(".kscale-banner").wait_for(state="visible")
    shown.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert shown.evaluate(UNMARKED) == []


@pytest.mark.parametrize(
    ("page", "row"), [("book/ledger", "tr[id='{0}']"), ("notebooks/chinchilla_sizing", "tr:has(a[data-verdict='{1}'])")]
)
def test_what_the_world_says_of_a_claim_is_marked_once_its_range_has_moved(open_page, page, row):
    claim = LEDGER["k1s1ai.training.tokens-vs-human"]
    cell = f"{row.format(f'claim-{claim.id}', claim.id)} > td:last-child"
    for changes, is_marked in ((f"{claim.against}=1", True), ("launch_price=2000", False)):
        shown = open_page(f"{page}.html?{changes}")
        shown.locator(".kscale-banner").wait_for(state="visible")
        shown.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert shown.locator(cell).first.evaluate("cell => cell.matches('.kscale-as-printed')") == is_marked


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("page", "picture"),
    [("book/index", ".kscale-map img"), ("notebooks/verdict", ".kscale-as-printed img.kscale-figure")],
)
def test_a_picture_that_stands_as_printed_is_grey_by_day_and_by_night(open_page, page, picture, scheme):
    shown = open_page(f"{page}.html?computing_share=20%25", color_scheme=scheme)
    shown.wait_for_selector(picture, state="attached")
    filters = shown.evaluate(f"[...document.querySelectorAll({picture!r})].map(e => getComputedStyle(e).filter)")
    assert set(filters) == {"grayscale(1)"}


def test_what_the_world_says_by_inheritance_is_marked_once_the_range_behind_it_has_moved(open_page):
    inherited = [v.claim for v in LEDGER.judge_all().values() if v.ground == "inherited"]
    judges = {claim.id: judges_of(LEDGER, claim) for claim in inherited}
    name = max(set().union(*judges.values()), key=lambda name: sum(name in names for names in judges.values()))
    shown = open_page("book/ledger.html")
    shown.evaluate("([name, value]) => kscaleWhatIf.set(name, value)", [name, MODEL.value(name) * 1.5])
    shown.wait_for_selector("tr > .kscale-as-printed", state="attached")
    marked = shown.evaluate(
        "[...document.querySelectorAll('tr > td:last-child.kscale-as-printed')].map(e => e.parentElement.id)"
    )
    moved = {f"claim-{claim}" for claim, names in judges.items() if name in names}
    assert moved and moved <= set(marked) < {f"claim-{claim.id}" for claim in LEDGER}


def test_counts_of_verdicts_say_that_they_stand_as_printed(open_page):
    for page, count in (
        ("book/ledger", "table.kscale-counts th:first-child"),
        ("book/findings", "[data-count]"),
    ):
        for changes, is_marked in (("computing_share=20%25", True), ("launch_price=2000", False)):
            shown = open_page(f"{page}.html?{changes}")
            shown.locator(".kscale-banner").wait_for(state="visible")
            shown.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            found = shown.evaluate(
                f"[...document.querySelectorAll({count!r})].map(e => e.closest('.kscale-as-printed') !== null)"
            )
            assert found and (all(found) if is_marked else not any(found)), (page, changes)

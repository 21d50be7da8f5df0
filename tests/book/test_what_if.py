"""What a reader changes: typed, moved by a slider, shared as an address, carried from page to page."""

import re
import time

import pytest

from _ext.live.shown import shown_anew
from kscale_nb import MODEL, KscaleError
from kscale_nb.units import read_value

# -- typing --------------------------------------------------------------------------------------------


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
        ("K1_power", "5 parsnips", "is no unit known here"),
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


SPELLINGS = [
    "10%", "0.1", "1,5%", "1,500", "1,50", "0,123", "12,34,567", "1.500,5", "1,234.5", "1,234,567", "1234,567",
    ",5", "5,", "2e16", "2E16", "2*10^16", "2 × 10¹⁶", "2 x 10^{16}", "10^16", "10¹⁶", "1e301", "1e-301", "-1",
    "−1", "+3", ".5", "5.", "~5", "", " ", "abc", "NaN", "1e", "5 kg", "3 year", "3 years", "1.6 million year",
    "2 thousand", "128K", "300 K", "4 T", "4,493 T", "7 parsnips", "1 2", "5 %", "18.8 TW", "1/2", "1e−3",
    "2 × 10^−3", "64 B", "64B", "64K", "64K B", "5 T T", "64 million B", "４,４９３", "３％", "5 μm", "\ufeff5 W",
    "5\u3000W", "5\u2003W", "10⁵⁻³", "10⁺⁵", "9" * 301, "9" * 299, "25 °C", "-10^3", "64 M", "1e300 million",
    "2e16W#/GB", "2e16 W # x", "1e16;W", "2e16W\\", "2e16 ~W", "2e16 W@s",
]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["computing_share", "K1_power", "training_time", "active_parameters", "helium_temperature", "access_size"]
)
def test_the_page_reads_what_python_reads_and_refuses_what_it_refuses(tab, name):
    read = tab.evaluate(
        """([texts, name]) => texts.map((text) => {
            try { return kscaleArithmetic.readValue(text, name); } catch (error) { return error.message; } })""",
        [SPELLINGS, name],
    )
    for text, shown in zip(SPELLINGS, read, strict=True):
        try:
            expected = MODEL.checked(name, text)
        except KscaleError as error:
            assert isinstance(shown, str), (text, shown)
            assert ("commas part thousands" in shown) == ("commas part thousands" in str(error)), (text, shown, error)
        else:
            assert shown == pytest.approx(expected, rel=1e-12), text


@pytest.mark.parametrize(("text", "meant"), [("1,5%", "1.5"), ("0,25", "0.25"), ("1,50 W", "1.50"), ("12,3", "12.3")])
def test_a_decimal_comma_is_refused_and_the_point_named(tab, text, meant):
    told = tab.evaluate(
        "text => { try { kscaleArithmetic.readValue(text, 'K1_power'); } catch (error) { return error.message; } }",
        text,
    )
    assert told.endswith(f"write {meant}")
    with pytest.raises(KscaleError, match=f"write {re.escape(meant)}"):
        read_value(text, "W", "K1_power")


# -- sliders -------------------------------------------------------------------------------------------


def test_every_slider_of_every_given_moves_at_each_step_within_its_range(tab):
    faults = tab.evaluate(
        """() => {
            const faults = [], { names, isGiven, printed, scale, evaluate } = kscaleArithmetic;
            for (const name of names.filter(isGiven)) {
                const { low, high, steps, place, valueAt } = scale(name);
                const values = Array.from({ length: steps + 1 }, (_, step) => valueAt(step));
                values.forEach((value, step) => {
                    if (step && !(value > values[step - 1])) faults.push(`${name} stands still at step ${step}`);
                    if (Math.round(place(value)) !== step) faults.push(`${name} is put back at step ${step}`);
                    if (value < low || value > high) faults.push(`${name} leaves its range at step ${step}`);
                });
                const [, , , least, most] = kscaleModel.quantities[name];
                if (least < most && (low < least || high > most)) faults.push(`${name} leaves its sources`);
                if (!values.includes(printed[name])) faults.push(`${name} has no step for the book's value`);
                for (const end of [low, high])
                    if (evaluate({ [name]: end }).trouble) faults.push(`${name}: the slider's end ${end} is refused`);
            }
            return faults;
        }"""
    )
    assert faults == []


def test_every_slider_of_every_given_is_moved_by_a_key(open_page):
    page = open_page("notebooks/energy_split.html")
    stuck = page.evaluate(
        """() => new Promise((done) => kscaleLive.withFacts(() => {
            const { names, isGiven, printed } = kscaleArithmetic;
            done(names.filter(isGiven).filter((name) => {
                const item = kscalePanel.knob(name), slider = item.querySelector("input");
                document.body.append(item);
                const after = (key) => {
                    item.kscaleShow();
                    key === "up" ? slider.stepUp() : slider.stepDown();
                    slider.dispatchEvent(new Event("input"));
                    item.kscaleShow();
                    return kscaleWhatIf.values[name];
                };
                const [low, high] = [slider.min, slider.max].map(Number);
                item.kscaleShow();
                const first = Number(slider.value), keys = first < high ? ["up", "down"] : ["down", "up"];
                const moved = after(keys[0]);
                const isMoved = keys[0] === "up" ? moved > printed[name] : moved < printed[name];
                const isBack = after(keys[1]) === printed[name];
                kscaleWhatIf.resetAll();
                item.remove();
                return !isMoved || !isBack;
            }));
        }))"""
    )
    assert stuck == []


def test_a_field_shows_its_whole_value(open_page):
    page = open_page("notebooks/energy_split.html")
    cut = page.evaluate(
        """() => new Promise((done) => kscaleLive.withFacts(() => {
            kscalePanel.open();
            const list = document.querySelector(".kscale-panel .kscale-knobs");
            done(kscaleArithmetic.names.filter(kscaleArithmetic.isGiven).filter((name) => {
                const item = kscalePanel.knob(name), field = item.querySelector("input[type=text]");
                list.append(item);
                item.kscaleShow();
                const isCut = field.scrollWidth > field.clientWidth || /0\\.0000/.test(field.value);
                item.remove();
                return isCut;
            }));
        }))"""
    )
    assert cut == []


def test_a_refusal_says_the_meaning_and_not_the_name(open_page):
    page = open_page("notebooks/energy_split.html")
    page.get_by_role("button", name="What if?").click()
    field = page.locator('li[data-name="K1_power"] input[type="text"]')
    for typed in ("5 kg", "1e-280 W"):
        field.fill(typed)
        field.press("Enter")
        page.wait_for_function("() => document.querySelector('.kscale-panel .kscale-trouble') !== null")
        told = page.locator(".kscale-panel .kscale-trouble").text_content()
        assert "_" not in told and "‹" not in told, told


def test_the_list_of_flips_stays_open_while_a_slider_moves(open_page):
    page = open_page("notebooks/energy_split.html?computing_share=10%25")
    page.get_by_role("button", name="What if?").click()
    page.locator(".kscale-summary summary").click()
    slider = page.locator('li[data-name="computing_share"] input[type="range"]')
    slider.focus()
    before = page.locator(".kscale-summary details").element_handle()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(before) => !before.isConnected", arg=before)
    assert page.locator(".kscale-summary details[open]").count() == 1


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
    data, own = number.evaluate("e => ({ ...e.dataset })"), MODEL[name]
    moved = MODEL.value(name, computing_share=0.1)
    assert number.text_content() == shown_anew(book, data, MODEL.value(name), moved, own.unit, own.is_given)
    page.wait_for_url("**computing_share=10%25*")
    assert re.search(r"\d+ of \d+ quantities moved", page.locator(".kscale-summary").text_content())
    page.get_by_role("button", name="reset all").click()
    page.wait_for_function("() => document.querySelectorAll('a.kscale-changed').length === 0")
    assert number.text_content() == book
    page.wait_for_url(lambda url: "computing_share" not in url)


def test_the_address_is_written_once_when_a_drag_rests(open_page):
    page = open_page("notebooks/energy_split.html")
    page.evaluate("""() => {
        const write = history.replaceState.bind(history);
        window.written = [];
        history.replaceState = (...all) => { window.written.push(all[2]); write(...all); };
    }""")
    drag = "for (let step = 1; step <= 150; step++) kscaleWhatIf.set('computing_share', 0.05 + step / 1000)"
    for times in (1, 2):
        page.evaluate(f"() => {{ {drag}; kscaleWhatIf.set('computing_share', {0.1 * times}); }}")
        page.wait_for_url(f"**computing_share={10 * times}%25*")
        assert len(page.evaluate("window.written")) == times


def test_a_page_that_is_left_at_once_keeps_the_last_change_in_its_address(open_page):
    page = open_page("notebooks/energy_split.html?computing_share=10%25")
    page.evaluate("kscaleWhatIf.set('computing_share', 0.2)")
    page.evaluate("document.querySelector('article a[href*=\"silicon_28nm.html\"]').click()")
    page.wait_for_url("**/silicon_28nm.html*")
    page.evaluate("sessionStorage.clear()")
    page.go_back()
    page.wait_for_url("**/energy_split.html?computing_share=20%25*")
    assert page.evaluate("kscaleWhatIf.changes") == {"computing_share": 0.2}


def test_changes_go_along_to_other_pages_and_in_a_shared_address(open_page, address):
    page = open_page("notebooks/energy_split.html?computing_share=10%25&utm=x")
    page.goto(f"{address}/notebooks/chinchilla_sizing.html")
    page.wait_for_function("() => document.querySelector('.kscale-changed') !== null")
    assert "computing_share=10%25" in page.url, "the address of the next page holds the changes too"
    stranger = open_page("notebooks/chinchilla_sizing.html?" + page.url.split("?")[1])
    stranger.wait_for_function("() => document.querySelector('.kscale-changed') !== null")
    changed = "[...document.querySelectorAll('.kscale-changed')].map(e => e.textContent)"
    assert stranger.evaluate(changed) == page.evaluate(changed)


BROKEN = {
    "computing_share=abc": ("share of that power given to computing", "abc", "5%"),
    "computing_share=NaN": ("share of that power given to computing", "NaN", "5%"),
    "computing_share=": ("share of that power given to computing", "“”", "5%"),
    "computing_share=-1": ("share of that power given to computing", "-1", "positive"),
    "computing_share=1e400": ("share of that power given to computing", "1e400", "finite"),
    "computing_share=1,5%25": ("share of that power given to computing", "1,5%", "write 1.5"),
    "K1_power=5%20kg": ("power of a Kardashev-1 civilisation", "kg", "W"),
    "K1_power=0%20W": ("power of a Kardashev-1 civilisation", "0 W", "positive"),
    "K1_power=1e-300%20W": ("power of a Kardashev-1 civilisation", "1e-300 W", "more than 0"),
    "compute_share=10%25": ("compute_share", "did you mean", "computing_share"),
    "K1_Powr=1e16": ("K1_Powr", "did you mean", "K1_power"),
}


@pytest.mark.parametrize("asked", BROKEN)
def test_a_broken_address_is_told_at_once_changes_nothing_and_stays_to_be_mended(open_page, asked):
    page = open_page(f"notebooks/energy_split.html?{asked}")
    notice = page.get_by_role("alert")
    notice.wait_for(state="visible")
    for word in BROKEN[asked]:
        assert word in notice.text_content()
    assert page.locator(".kscale-changed").count() == 0
    assert asked.split("=")[0] in page.url
    page.get_by_role("button", name="What if?").click()
    page.wait_for_selector(".kscale-panel .kscale-trouble")
    page.locator(".kscale-panel").get_by_role("button", name="close this notice").click()
    page.keyboard.press("Escape")
    assert not notice.is_visible()


@pytest.mark.parametrize(
    "asked", ["utm_source=x&utm_medium=y&fbclid=1", "q=power&highlight=share", "ref=1&__proto__=3"]
)
def test_what_is_not_the_books_in_an_address_is_no_fault_of_it(open_page, asked):
    page = open_page(f"notebooks/energy_split.html?{asked}")
    page.wait_for_timeout(300)
    assert page.evaluate("kscaleWhatIf.arrival") == []


@pytest.mark.parametrize(
    "asked",
    [
        "&".join(f"computing_shaer{number}=1" for number in range(1_000)),
        "&".join(["computing_share=ten"] * 1_000),
        "&".join(["K1_power=-1"] * 1_000),
        "K1_power=5" + "%20" * 20_000 + "x",
        "9" * 60_000 + "=1",
    ],
)
def test_an_address_of_a_thousand_faults_neither_stalls_the_page_nor_fills_it(open_page, asked):
    page = open_page("notebooks/energy_split.html")
    page.evaluate("kscaleWhatIf.set('logic_share', 0.4)")
    began = time.monotonic()
    page.goto(f"{page.url.partition('?')[0]}?{asked}")
    assert page.evaluate("kscaleWhatIf.changes") == {"logic_share": 0.4} and time.monotonic() - began < 10
    took = page.evaluate(
        "(() => { const began = performance.now(); kscaleWhatIf.begin(); return performance.now() - began })()"
    )
    assert took < 1_000
    told = page.evaluate("kscaleWhatIf.arrival")
    assert len(told) <= 6 and all(len(message) < 500 for message in told)


def test_a_new_tab_opens_unchanged_and_tabs_leave_each_other_alone(whole_browser, address):
    """Asked of a browser with a window: without one, a tab that a reader opens crashes in some versions."""
    page = whole_browser.new_context().new_page()
    page.goto(f"{address}/notebooks/energy_split.html?computing_share=10%25")
    other = page.context.new_page()
    other.goto(f"{address}/notebooks/mind.html")
    assert other.evaluate("kscaleWhatIf.changes") == {} and "computing_share" not in other.url
    with page.context.expect_page() as opened:
        page.locator('a[href*="silicon_28nm.html"]').first.click(modifiers=["ControlOrMeta"])
    opened.value.wait_for_url("**/silicon_28nm.html*")
    assert opened.value.evaluate("kscaleWhatIf.changes") == {}
    other.evaluate("kscaleWhatIf.set('logic_share', 0.4)")
    page.reload()
    assert page.evaluate("kscaleWhatIf.changes") == {"computing_share": 0.1}
    page.context.close()


def test_a_link_carries_the_changes_where_no_store_is_shared(open_page):
    page = open_page("notebooks/energy_split.html?computing_share=10%25")
    page.evaluate("sessionStorage.clear()")
    link = page.locator('article a[href*="silicon_28nm.html"]').first
    written = link.get_attribute("href")
    page.evaluate("addEventListener('click', (event) => event.preventDefault(), { once: true })")
    link.click()
    assert link.get_attribute("href") == written, "the link stays as it was written"
    link.click()
    page.wait_for_url("**/silicon_28nm.html?computing_share=10%25*")


def test_going_back_brings_no_old_changes_back(open_page, address):
    page = open_page("notebooks/energy_split.html?computing_share=10%25")
    page.goto(f"{address}/notebooks/mind.html")
    page.evaluate("kscaleWhatIf.resetAll()")
    page.go_back()
    page.wait_for_function(
        "() => typeof kscaleWhatIf !== 'undefined' && Object.keys(kscaleWhatIf.changes).length === 0"
    )


def test_the_marks_of_a_search_stay_on_the_page_that_it_led_to(open_page, address):
    page = open_page("search.html?q=penalty")
    result = page.locator("#search-results a").first
    result.wait_for()
    page.goto(f"{address}/notebooks/energy_split.html")
    page.wait_for_timeout(300)
    assert page.locator(".highlighted").count() == 0, "this page was not among the results that were followed"
    page.goto(f"{address}/search.html?q=penalty")
    result.click()
    page.locator(".highlighted").first.wait_for(state="attached")
    page.get_by_role("link", name="Hide Search Matches").click()
    assert page.locator(".highlighted").count() == 0


def test_extremes_show_no_nan(open_page):
    page = open_page("notebooks/energy_split.html?K1_power=1e300%20W")
    page.get_by_role("button", name="What if?").click()
    page.wait_for_selector(".kscale-trouble")
    assert not re.search(r"NaN|Infinity", page.locator("article").text_content())

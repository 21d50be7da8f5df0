"""Numbers dragged in the text: a given is moved where it stands, by pointer, finger or key, and is still a link."""

import pytest

from kscale_nb import MODEL

GIVEN = 'article a.kscale-drag[data-quantity="computing_share"]'


def middle(link) -> tuple[float, float]:
    link.scroll_into_view_if_needed()
    box = link.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("page_name", ["notebooks/energy_split", "book/findings"])
def test_givens_in_the_text_can_be_dragged_and_nothing_else(open_page, page_name):
    page = open_page(f"{page_name}.html")
    links = page.locator("article a[data-quantity]:not(figcaption a)")  # a caption stands where its picture stands
    for name, can in links.evaluate_all("all => all.map(e => [e.dataset.quantity, e.matches('.kscale-drag')])"):
        assert can == MODEL[name].is_given, name


@pytest.mark.parametrize("by", [60, -60])
def test_a_drag_moves_the_number_and_its_dependents_and_follows_no_link(open_page, by):
    page = open_page("notebooks/energy_split.html")
    page.evaluate("document.fonts.ready")  # letters of another face would move what is held
    link = page.locator(GIVEN).first
    x, y = middle(link)
    before, address = link.bounding_box()["y"], page.url
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by / 2, y)
    page.mouse.move(x + by, y, steps=3)
    value = page.evaluate("kscaleWhatIf.changes.computing_share")
    assert (value > 0.05) == (by > 0) and value != 0.05
    slider = "kscaleArithmetic.scale('computing_share')"
    assert value == page.evaluate(f"(({{ valueAt, place }}) => valueAt(Math.round(place(0.05)) + {2 * by}))({slider})")
    page.mouse.up()
    page.locator(".kscale-banner").wait_for(state="attached")
    page.wait_for_timeout(300)
    assert page.url.partition("?")[0] == address, "no link was followed"
    assert abs(link.bounding_box()["y"] - before) < 30, "the number stays under the pointer"
    assert page.locator('a.kscale-changed[data-quantity="logic_throughput"], a.kscale-changed').count() > 3


def test_a_click_without_a_drag_follows_the_link(open_page):
    page = open_page("notebooks/energy_split.html")
    page.locator(GIVEN).first.click()
    page.wait_for_url("**/quantities.html**")


def test_the_arrow_keys_step_it_and_say_the_value(open_page):
    page = open_page("notebooks/energy_split.html")
    link = page.locator(GIVEN).first
    link.focus()
    page.keyboard.press("ArrowRight")
    up = page.evaluate("kscaleWhatIf.changes.computing_share")
    assert up > 0.05
    told = page.get_by_role("status").filter(has_text="%").first.text_content()
    assert told == page.evaluate("kscaleArithmetic.valueText(kscaleWhatIf.changes.computing_share, '%')")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("kscaleWhatIf.changes") == {}, "as many steps back lead to the book's value"
    page.keyboard.press("Shift+ArrowRight")
    assert 0.05 < page.evaluate("kscaleWhatIf.changes.computing_share") < up
    page.keyboard.press("Enter")
    page.wait_for_url("**/quantities.html**")


def test_a_finger_drags_sideways_scrolls_up_and_down_and_taps(open_page):
    page = open_page("notebooks/energy_split.html", has_touch=True, viewport={"width": 360, "height": 740})
    link = page.locator(GIVEN).first
    assert link.evaluate("e => getComputedStyle(e).touchAction") == "pan-y"
    x, y = middle(link)
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    send("touchStart", (x, y))
    for by in (10, 20, 40):
        send("touchMove", (x + by, y))
    send("touchEnd")
    assert page.evaluate("kscaleWhatIf.changes.computing_share") > 0.05
    page.evaluate("kscaleWhatIf.resetAll()")
    page.wait_for_timeout(300)
    x, y = middle(link)
    at = page.evaluate("scrollY")
    send("touchStart", (x, y))
    for by in (20, 60, 120):
        send("touchMove", (x, y - by))
        page.wait_for_timeout(50)
    send("touchEnd")
    page.wait_for_timeout(300)
    assert page.evaluate("kscaleWhatIf.changes") == {} and page.evaluate("scrollY") > at
    link.tap()
    page.locator(".kscale-card").wait_for(state="visible")

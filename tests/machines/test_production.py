"""The linear programme of the production line: by hand, by another solver, and with bad input."""

import math

import matplotlib.pyplot as plt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.patches import Polygon
from scipy.optimize import minimize_scalar

from kscale_nb import MODEL, KscaleError
from kscale_nb.machines.line.bill import DOCUMENT, HELD, by_element, streams, ways
from kscale_nb.machines.line.production import Stream, Way, close
from kscale_nb.notebook.flows import draw_flows

ORE, EARTH = Stream("ore", {"Fe": 0.5, "C": 0.01}), Stream("earth", {"C": 0.2})


def test_one_stream_and_one_way_are_a_division():
    closed = close([ORE], [Way("rails", "steel", {"Fe": 95.0, "C": 5.0})])
    assert closed.rock == pytest.approx(500) and closed.worth == {"C": 1.0}
    assert closed.prices == pytest.approx({"Fe": 0.0, "C": 100.0})


def test_imports_come_when_they_are_cheaper_than_rock():
    rails = [Way("rails", "steel", {"Fe": 95.0, "C": 5.0})]
    assert close([ORE], rails, import_price=99).imports == pytest.approx({"C": 3.1})
    assert close([ORE], rails, import_price=101).imports == {}
    assert close([ORE], rails, import_price=0.5).mined == {"ore": 0.0}


def test_a_second_stream_replaces_much_of_the_first():
    closed = close([ORE, EARTH], [Way("rails", "steel", {"Fe": 95.0, "C": 5.0})])
    assert closed.mined == pytest.approx({"ore": 190.0, "earth": (5 - 1.9) / 0.2})


def test_an_element_that_no_stream_holds_is_told_with_its_product():
    with pytest.raises(KscaleError, match="lamp cannot be made: no ore or earth holds Ne"):
        close([ORE, EARTH], [Way("lamp", "tube", {"Ne": 1.0}), Way("rails", "iron", {"Fe": 1.0})])


def test_another_way_serves_where_one_cannot():
    closed = close([ORE], [Way("lamp", "tube", {"Ne": 1.0}), Way("lamp", "arc", {"C": 3.0})])
    assert closed.shares == {("lamp", "arc"): 1.0}


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (
            lambda: Stream("ore", {"Fe": -0.1}),
            "stream 'ore': share of Fe: a finite number from 0 to 1 is expected, not -0.1",
        ),
        (lambda: Stream("ore", {"Fe": math.nan}), "share of Fe: a finite number from 0 to 1 is expected, not nan"),
        (lambda: Stream("ore", {"Fe": 0.7, "Ni": 0.4}), "its elements add up to 1.1 of its mass"),
        (
            lambda: Way("rails", "steel", {"Fe": -1.0}),
            "rails, steel: Fe: a finite number from 0 on [kg] is expected, not -1.0",
        ),
        (lambda: close([ORE], []), "a production line needs a product"),
        (lambda: close([ORE, ORE], [Way("rails", "iron", {"Fe": 1.0})]), "stream 'ore' is told twice"),
        (lambda: close([ORE], [Way("a", "b", {"Fe": 1.0})] * 2), "told twice"),
        (
            lambda: close([ORE], [Way("a", "b", {"Fe": 1.0})], import_price=-1),
            "import_price: a finite number from 0 on",
        ),
        (lambda: close([ORE], [Way("a", "b", {"Fe": 1.0})], import_price=math.nan), "import_price"),
        (lambda: streams("mantle"), "unknown stream 'mantle'"),
        (lambda: ways({"window": "glass"}), "unknown product 'window': did you mean 'windings'"),
        (lambda: ways({"windings": "silver"}), "unknown way to make windings 'silver'"),
        (lambda: ways(without=["gases"]), "unknown product 'gases': did you mean 'fab gases'"),
        (lambda: ways(without="stem"), "unknown product 'stem': did you mean 'steam'"),
        (lambda: ways("mirrors"), "a way for each product is expected"),
        (lambda: ways(["mirrors"]), "a way for each product is expected"),
        (lambda: close([ORE], [Way("a", "b", {})]), "a, b: this way takes nothing"),
        (lambda: close([ORE], [Way("a", "b", {}, {"Fe": 1.0})]), "a production line needs a product"),
        (lambda: close(["asteroid"], ways()), "'asteroid' is no Stream"),
        (lambda: close([ORE], ["mirrors"]), "'mirrors' is no Way"),
        (
            lambda: close([ORE], [Way("a", "b", {"Fe": 1.0})], import_price="many"),
            "import_price: a finite number from 0 on",
        ),
        (lambda: Stream("ore", {"Fe": "half"}), "share of Fe: a finite number from 0 to 1 is expected, not 'half'"),
        (lambda: Way("a", "b", {"Fe": "much"}), "a, b: Fe: a finite number from 0 on [kg] is expected, not 'much'"),
        (lambda: close([], ways()), "cannot be made"),
        (lambda: by_element(-1e16), "power: a finite number above 0 [W] is expected, not -1e+16"),
        (lambda: by_element(math.nan), "power: a finite number above 0 [W] is expected, not nan"),
        (lambda: by_element("1e16"), "power: a finite number above 0 [W] is expected, not '1e16'"),
        (lambda: streams("asteroid", extraction="-5%"), "extraction"),
    ],
)
def test_bad_input_is_told_in_a_line(make, told):
    with pytest.raises(KscaleError) as refused:
        make()
    assert told in str(refused.value) and "\n" not in str(refused.value)


share = st.floats(0.001, 0.3)


@settings(max_examples=60, deadline=None)
@given(
    held=st.lists(st.tuples(share, share, share), min_size=1, max_size=3),
    bills=st.lists(
        st.tuples(*[st.just(0.0) | st.floats(1e-4, 1e3)] * 3).filter(lambda b: sum(b) > 1), min_size=1, max_size=4
    ),
    price=st.floats(1, 1e5),
)
def test_the_programme_agrees_with_its_dual(held, bills, price):
    """Strong duality: what the elements are worth is what the line costs; and no element is short."""
    rock = [Stream(str(n), dict(zip("abc", shares, strict=True))) for n, shares in enumerate(held)]
    made = [Way(f"product {n // 2}", str(n), dict(zip("abc", bill, strict=True))) for n, bill in enumerate(bills)]
    closed = close(rock, made, import_price=price)
    cost = closed.rock + price * sum(closed.imports.values())
    assert sum(closed.prices[e] * closed.demand[e] for e in closed.demand) == pytest.approx(cost, rel=1e-6)
    for element, need in closed.demand.items():
        assert closed.supply[element] + closed.imports.get(element, 0) >= need * (1 - 1e-6)
    for product in {way.product for way in made}:
        assert sum(s for (other, _), s in closed.shares.items() if other == product) == pytest.approx(1)


def test_the_closed_line_by_another_route():
    """In the document's ways each element sets a mass by itself, and the streams trade off: a search finds the same."""
    made, (asteroid, chondrite) = ways(DOCUMENT, without=["fab gases"]), streams("asteroid", "chondrite")
    need = {e: sum(way.taken.get(e, 0) for way in made) for way in made for e in way.taken}

    def asteroid_for(second: float) -> float:
        short = (need[e] - second * chondrite.elements.get(e, 0) for e in need)
        held = (asteroid.elements.get(e, 0) for e in need)
        return max(s / h if h else math.inf for s, h in zip(short, held, strict=True) if s > 0)

    least = need["H"] / chondrite.elements["H"]  # nothing else holds hydrogen
    found = minimize_scalar(
        lambda x: asteroid_for(math.exp(x)) + math.exp(x),
        bounds=(math.log(least) + 1e-9, math.log(1e6 * least)), method="bounded", options={"xatol": 1e-10},
    )  # fmt: skip
    closed = close([asteroid, chondrite], made)
    assert closed.rock == pytest.approx(found.fun, rel=1e-6)
    assert closed.mined["chondrite"] == pytest.approx(least, rel=1e-6)


def test_every_element_a_way_takes_is_held_somewhere_or_known_to_be_nowhere():
    held = {element for kind in HELD.values() for element in kind}
    assert {element for way in ways() for element in way.taken} <= held


def test_what_rock_holds_is_no_more_than_its_mass():
    for stream in streams("metal", "asteroid", "chondrite"):
        assert 0.5 < sum(stream.elements.values()) <= 1


def test_bills_weigh_what_the_model_says():
    value, made = MODEL.values(), {(way.product, way.name): way for way in ways()}
    for (product, name), quantity in {
        ("steam", "water"): "water_mass",
        ("storage", "battery"): "buffer_battery_mass",
        ("shield", "bare film"): "shield_mass",
        ("structure", "maraging"): "structure_mass",
        ("windings", "iron"): "iron_winding_mass",
    }.items():
        assert made[product, name].mass == pytest.approx(value[quantity]), product
    assert made["storage", "battery"].elements["K"] == pytest.approx(value["potassium_mass"])


def test_each_way_is_charged_for_what_carries_it():
    share = MODEL.value("propellant_share")
    for way in ways(without=["fab gases"]):
        assert way.consumed["Fe"] == pytest.approx(share * way.mass), way.product
    assert {e for way in ways() for e, mass in way.consumed.items() if mass} == {"Fe", "C", "Ne", "Ar"}


def test_what_is_used_up_is_mined_and_is_no_product():
    closed = close([ORE], [Way("rails", "iron", {"Fe": 60.0}, {"Fe": 40.0})])
    assert (closed.rock, closed.products) == pytest.approx((200, 60))
    assert closed.extraction_ratio == pytest.approx(200 / 60) and closed.by_mass == 1


def test_nothing_at_all_can_be_mined_when_all_is_imported():
    closed = close([], ways(), import_price=10)
    needed = {element: mass for element, mass in closed.demand.items() if mass}
    assert closed.rock == 0 and closed.imports == pytest.approx(needed)


def test_turbines_are_weighed_without_the_windings():
    made = {(way.product, way.name): way.mass for way in ways()}
    together = made["turbines", "iron-nickel"] + made["windings", "copper"]
    assert together == pytest.approx(MODEL.value("turbine_mass"))


def test_a_premise_moves_the_line():
    def chondrite(**changes):
        return close(streams("asteroid", "chondrite", **changes), ways(**changes), import_price=1e4).mined["chondrite"]

    assert chondrite(circulation_time="20 min") == pytest.approx(2 * chondrite(), rel=0.05)


# -- the picture of flows ------------------------------------------------------------------------------


def test_bands_are_as_wide_as_what_flows():
    figure, axes = plt.subplots()
    draw_flows(axes, [["a", "b"], ["c"]], {("a", "c"): 3.0, ("b", "c"): 1.0}, {})
    bands = [patch.get_xy() for patch in axes.patches if isinstance(patch, Polygon)]
    for end in (0, 39):  # each band is bounded by forty points above and as many below
        assert sorted(band[79 - end, 1] - band[end, 1] for band in bands) == pytest.approx([1, 3])
    assert [text.get_text() for text in axes.texts] == ["a", "b", "c"]
    plt.close(figure)


def test_a_flow_to_nowhere_is_refused():
    figure, axes = plt.subplots()
    with pytest.raises(KscaleError, match="'a' to 'd' does not"):
        draw_flows(axes, [["a"], ["c"]], {("a", "d"): 1.0}, {})
    with pytest.raises(KscaleError, match=r"is -1\.0, and cannot be drawn"):
        draw_flows(axes, [["a"], ["c"]], {("a", "c"): -1.0}, {})
    plt.close(figure)


@pytest.mark.parametrize("share", [1e-6, 1e-9, 1e-12, 1e-14])
def test_a_trace_however_faint_is_dug_for(share):
    """A solver takes small coefficients for nothing: the row is scaled, and the rock is what the trace asks for."""
    ore = Stream("ore", {"Fe": 0.5, "Au": share})
    closed = close([ore], [Way("chips", "one", {"Fe": 1.0, "Au": 1.0})])
    assert closed.mined["ore"] == pytest.approx(1 / share, rel=1e-9) and not closed.imports

"""Draws of the whole model: one answer for any split, summaries within their stated error, conditions counted."""

import threading
import tracemalloc

import numpy as np
import pytest

from kscale_nb import FINDINGS, MODEL, KscaleError
from kscale_nb.doubt.distributions import Distribution
from kscale_nb.doubt.doubts import BLOCK, Doubts, load_doubts
from kscale_nb.doubt.program import Program
from kscale_nb.doubt.sampling import Sample
from kscale_nb.doubt.tally import RESOLUTION, Tally
from kscale_nb.notebook.record import Watched

TARGETS = ["tokens_over_human_text", "fitted_loss", "brain_power_ratio", "fastest_doubling", "running_threshold"]
TARGETS = [name for name in TARGETS if name in MODEL.quantities]
SMALL = (
    'x = given("x", 2, "1", "x", "estimate", "k1s1ai", 1, 4)\ny = given("y", 5, "1", "y", "measured", "k1s1ai", 4, 7)\n'
    'k = given("k", 3, "1", "k", "premise", "k1s1ai")\ntwice = derived("d", k * x, "1", "thrice", )\n'
    'none = derived("n", (twice - k * x) / y, "1", "nothing", sign="real")\n'
    'gap = derived("g", y - x, "1", "what is left")\nroot = derived("r", gap**2, "1", "its square")\n'
    'same = derived("s", k + 1, "1", "four")\n'
)


# -- summaries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_a_quantile_is_within_its_stated_error_and_a_mean_exact(seed):
    random = np.random.default_rng(seed)
    draws = [
        random.lognormal(0, 3, 50_000), random.normal(0, 1, 50_000), -random.lognormal(100, 1, 50_000),
        np.round(random.normal(0, 2, 50_000)), np.append(random.uniform(1, 2, 49_999), np.inf), np.zeros(50_000),
    ][seed]  # fmt: skip
    tally = Tally()
    for part in np.array_split(draws, 7):
        tally.add(part)
    for share in (0, 1e-4, 0.1, 0.5, 0.9, 0.9999, 1):
        true = np.quantile(draws, share, method="inverted_cdf")
        assert tally.quantile(share) == pytest.approx(true, rel=RESOLUTION, abs=1e-300)
    assert tally.mean == pytest.approx(draws.mean(), rel=1e-12, abs=1e-12) and tally.number == 50_000


def test_a_tally_is_the_same_however_it_was_split():
    draws = np.random.default_rng(1).normal(0, 1, 64 * 500).reshape(64, 500) ** 3
    whole, parts = Tally(), [Tally() for _ in range(5)]
    for number, block in enumerate(draws):
        whole.add(block)
        parts[number * 7 % 5].add(block)
    merged = Tally()
    for part in reversed(parts):
        merged.merge(part)
    shares = np.linspace(0, 1, 101)
    assert [merged.quantile(s) for s in shares] == [whole.quantile(s) for s in shares]
    assert merged.mean == whole.mean


def test_what_is_not_a_number_is_counted_apart():
    tally = Tally()
    tally.add(np.array([1.0, np.nan, 3.0]))
    tally.add(np.array([np.nan]))
    assert (tally.number, tally.impossible, tally.mean) == (2, 2, 2.0)


# -- the engine ---------------------------------------------------------------------------------------


def test_draws_are_those_of_the_model_evaluated_draw_by_draw():
    doubts, drawn = load_doubts(MODEL), MODEL.sample(50, seed=5, targets=TARGETS)
    inputs = {name: doubts.draw(name, 5, 0)[:50] for name in doubts.of(*TARGETS)}
    for at in (0, 17, 49):
        values = MODEL.values(TARGETS, **{name: float(column[at]) for name, column in inputs.items()})
        assert [drawn.draws(name)[at] for name in TARGETS] == pytest.approx([values[name] for name in TARGETS])


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_any_number_of_workers_gives_the_same_bits(workers):
    one, other = (MODEL.sample(5 * BLOCK + 77, 3, TARGETS, workers=number) for number in (3, workers))
    for name in TARGETS:
        assert one.mean(name) == other.mean(name) and one.interval(name) == other.interval(name)
        assert (one.draws(name) == other.draws(name)).all() or one.impossible(name)
    condition = "tokens_over_human_text > 299"
    assert one.probability(condition) == other.probability(condition)


def test_a_draw_is_the_same_whatever_else_is_drawn():
    few, many = MODEL.sample(100, 9, ["fitted_loss"]), MODEL.sample(20_000, 9, TARGETS)
    assert (few.draws("fitted_loss") == many.draws("fitted_loss")[:100]).all()
    assert (few.draws("fitted_loss") != MODEL.sample(100, 10).draws("fitted_loss")).any()


def test_a_shared_input_is_one_draw_everywhere(load_chapter):
    model = load_chapter(SMALL)
    drawn = model.sample(20_000, targets=["none", "twice", "x"])
    assert (drawn.draws("none") == 0).all() and drawn.interval("none", 1) == (0, 0)
    assert (drawn.draws("twice") == 3 * drawn.draws("x")).all()


def test_summaries_are_those_of_the_draws():
    drawn = MODEL.sample(30_000, targets=TARGETS)
    for name in TARGETS:
        kept = drawn.draws(name)[~np.isnan(drawn.draws(name))]
        assert drawn.mean(name) == pytest.approx(kept.mean(), rel=1e-12)
        for share in (0.1, 0.5, 0.9):
            true = np.quantile(kept, share, method="inverted_cdf")
            assert drawn.quantile(name, share) == pytest.approx(true, rel=RESOLUTION)
    kept = drawn.draws("tokens_over_human_text")
    assert drawn.probability("tokens_over_human_text > 299") == (kept > 299).mean()
    both = (kept > 100) & (kept <= 299) & (drawn.draws("fitted_loss") > 1.8)
    condition = "100 < tokens_over_human_text <= 299 and fitted_loss > 1.8"
    assert drawn.probability(condition) == both.mean()


def test_a_lognormal_product_has_the_quantiles_of_the_textbook(load_chapter):
    model = load_chapter(
        'x = given("x", 2, "1", "x", "estimate", "k1s1ai", 1, 4)\n'
        'y = given("y", 3, "1", "y", "estimate", "k1s1ai", 1, 9)\n'
        'p = derived("p", x**2 / y, "1", "product")'
    )
    drawn = model.sample(400_000, seed=1)
    reach = np.hypot(2 * np.log(2), np.log(3))  # to the tenth part on either side
    expected = 4 / 3 * np.exp(np.array([-reach, 0, reach]))
    assert [drawn.quantile("p", share) for share in (0.1, 0.5, 0.9)] == pytest.approx(expected, rel=0.01)


def test_what_cannot_be_is_counted_and_so_is_what_rests_on_it(load_chapter):
    drawn = load_chapter(SMALL).sample(200_000)
    gap, root = drawn.draws("gap"), drawn.draws("root")
    assert drawn.impossible("gap") == np.isnan(gap).mean() == drawn.impossible("root") > 0.01
    assert (np.isnan(root) == np.isnan(gap)).all() and drawn.quantile("gap", 0) >= 0
    assert drawn.probability("gap > 1e-300") == pytest.approx(1 - drawn.impossible("gap"))
    assert drawn.impossible("x") == 0


def test_what_is_in_no_draw_possible_is_refused(load_chapter):
    model = load_chapter(SMALL)
    with pytest.raises(KscaleError, match="gap cannot be in any of 10 draws"):
        model.sample(10, doubts=Doubts(model, {"x": Distribution("uniform", 2, 2, 500)}), seed=2).mean("gap")


def test_changes_are_known_and_cut_the_graph():
    drawn = MODEL.sample(100, human_text_stock="300 T", fitted_loss=2)
    assert set(drawn.draws("fitted_loss")) == {2} and len(set(drawn.draws("tokens_over_human_text"))) == 1
    assert drawn.interval("training_tokens") == (MODEL.value("training_tokens"),) * 2
    assert MODEL.under(fitted_loss=2).sample(100).mean("fitted_loss") == 2
    assert drawn.probability("fitted_loss < 3") == 1 and drawn.probability("fitted_loss > 3") == 0


def test_a_target_costs_its_own_work_alone():
    program = Program(MODEL, load_doubts(MODEL), ["tokens_over_human_text"])
    assert program.inputs == ["human_text_stock"] and program.seen == ["tokens_over_human_text"]
    asked = []
    program.run(lambda name: asked.append(name) or np.ones(3), lambda name, draws: asked.append((name, len(draws))))
    assert asked == ["human_text_stock", ("tokens_over_human_text", 3)]


def test_memory_is_flat_in_the_number_of_draws():
    def peak(n: int) -> int:
        drawn = MODEL.sample(n, targets=["fitted_loss", "tokens_over_human_text"], workers=1)
        tracemalloc.start()
        drawn.interval("fitted_loss")
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(BLOCK)
    assert peak(40 * BLOCK) < 1.2 * peak(4 * BLOCK) + 200_000


def test_the_error_of_models_widens_what_is_derived_but_no_sum_of_premises():
    model = MODEL.under(human_text_stock="300 T")  # known, yet the law that it is put into is not
    sure, less = (model.sample(50_000, targets=["tokens_over_human_text"], error=e) for e in (None, "measured"))
    value = model.value("tokens_over_human_text")
    assert sure.interval("tokens_over_human_text") == (value, value)
    ends = np.array(less.interval("tokens_over_human_text")) / value
    assert ends == pytest.approx(less.error.quantile([0.1, 0.9]), rel=0.02)
    drawn = MODEL.sample(1_000, error="measured")
    for name in MODEL:
        in_doubt = drawn.doubts.of(name) - drawn.doubts.constants
        if MODEL[name].is_given or not in_doubt:
            assert drawn.interval(name) == MODEL.sample(1_000, targets=[name]).interval(name), name
        elif MODEL.value(name):
            assert drawn.interval(name)[0] < drawn.interval(name)[1], name


def test_no_model_errs_by_resting_on_constants(load_chapter):
    model = load_chapter(
        'c = given("c", 2, "1", "c", "measured", "k1s1ai", 1.995, 2.005)\n'
        'd = given("d", 2, "1", "d", "estimate", "k1s1ai", 1.995, 2.005)\n'
        'w = given("w", 2, "1", "w", "measured", "k1s1ai", 1.98, 2.02)\n'
        'k = given("k", 3, "1", "k", "premise", "k1s1ai")\n'
        'sum_of_constants = derived("a", k * c**3, "1", "a")\nby_guess = derived("b", k * d, "1", "b")\n'
        'by_model = derived("e", sum_of_constants * w, "1", "e")'
    )
    spans = {}
    for error in (None, "measured"):
        drawn = model.sample(20_000, error=error)
        spans[error] = {name: np.divide(*drawn.interval(name)[::-1]) for name in model if not model[name].is_given}
    assert load_doubts(model).constants == {"c"}
    assert 1 < spans["measured"]["sum_of_constants"] == spans[None]["sum_of_constants"] < 1.01
    assert min(spans["measured"][name] for name in ("by_guess", "by_model")) > 1.3 > 1.05 > max(spans[None].values())
    known = model.under(w=2.0).sample(20_000, error="measured")  # the law that it is put into errs as before
    assert np.divide(*known.interval("by_model")[::-1]) > 1.3


def test_the_book_has_constants_and_what_rests_on_them_alone():
    doubts = load_doubts(MODEL)
    assert {"solar_constant", "earth_radius", "background_temperature"} <= doubts.constants < doubts.drawn
    assert not doubts.constants & {"gpt4_expert_parameters", "loss_floor", "moon_distance", "human_text_stock"}
    alone = {name for name in MODEL if not MODEL[name].is_given and {*doubts.of(name)} <= doubts.constants}
    assert {"earth_sunlight", "background_landauer"} <= {name for name in alone if doubts.of(name)}
    drawn = MODEL.sample(1_000, targets=["earth_sunlight"], error="measured")
    low, high = drawn.interval("earth_sunlight")
    assert 1 < high / low < 1.02


def test_the_whole_model_is_drawn_and_every_finding_has_a_probability():
    drawn = MODEL.sample(2_000)
    low, high = drawn.interval("fastest_doubling")
    assert low < MODEL.value("fastest_doubling") < high and all(drawn.impossible(name) < 0.05 for name in MODEL)
    conditions = {c for finding in FINDINGS.values() for c in finding.conditions}
    assert conditions and all(np.isfinite(drawn.mean(name)) or drawn.quantile(name, 1) == np.inf for name in MODEL)


@pytest.mark.parametrize(
    ("how", "told"),
    [({"n": 0}, "n is a whole number"), ({"n": 1.5}, "n is a whole number"), ({"n": True}, "n is a whole number"),
     ({"seed": -1}, "seed is a whole number"), ({"targets": ["nothing"]}, "unknown quantity 'nothing'"),
     ({"targets": 5}, "names of quantities"), ({"error": "mesured"}, "did you mean 'measured'"),
     ({"workers": 0}, "workers is a whole number"), ({"computing_share": "200%"}, "cannot exceed 100%"),
     ({"doubts": load_doubts(MODEL.extended())}, "of another model")],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_in_a_line(how, told):
    with pytest.raises(KscaleError, match=told):
        MODEL.sample(**{"n": 10, **how})


@pytest.mark.parametrize(
    "ask", [lambda s: s.quantile("fitted_loss", 2), lambda s: s.quantile("fitted_loss", "x"),
            lambda s: s.mean("nothing"), lambda s: s.draws("nothing"), lambda s: s.probability(5),
            lambda s: s.interval("fitted_loss", "all"), lambda s: s.interval("fitted_loss", 2), lambda s: s.mean(5),
            lambda s: s.probability("2 > 1"), lambda s: s.probability("fitted_loss > '1 W'"),
            lambda s: Sample(MODEL, 10**11).draws("fitted_loss")],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_in_a_line(ask):
    with pytest.raises(KscaleError):
        ask(MODEL.sample(10))


def test_other_threads_may_draw_at_once():
    drawn, found = MODEL.sample(3 * BLOCK, targets=["fitted_loss"]), []
    threads = [threading.Thread(target=lambda: found.append(drawn.interval("fitted_loss"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_a_notebook_remembers_what_it_sampled():
    asked: set[str] = set()
    model = Watched.of(MODEL, asked)
    model.sample(10, targets=["fitted_loss"]).mean("fitted_loss")
    assert asked == {"fitted_loss"}

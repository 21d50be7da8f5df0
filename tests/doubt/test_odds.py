"""Odds of verdicts, and what drives a result: against closed forms, and against counting by hand."""

import numpy as np
import pytest
from conftest import claim

from kscale_nb import FINDINGS, LEDGER, MODEL, Ledger
from kscale_nb.commands import main
from kscale_nb.doubt import doubts, program, sampling, sensitivity
from kscale_nb.doubt.distributions import Distribution
from kscale_nb.doubt.doubts import Doubts, load_doubts
from kscale_nb.doubt.odds import odds_of
from kscale_nb.doubt.sampling import Sample
from kscale_nb.doubt.sensitivity import sobol, worth_knowing

LOG_LINEAR = (
    'x = given("x", 2, "1", "x", "estimate", "k1s1ai", 1, 4)\ny = given("y", 3, "1", "y", "estimate", "k1s1ai", 1, 9)\n'
    'z = given("z", 5, "W", "z", "measured", "k1s1ai", 4, 6.25)\nk = given("k", 3, "1", "k", "premise", "k1s1ai")\n'
    'p = derived("p", k * x**2 * z / y**0.5, "W", "product")\nfour = derived("f", k + 1, "1", "four")\n'
    'bent = derived("b", x * (1 + y), "1", "bent")\n'
)
FEW = 4_000


# -- sensitivity --------------------------------------------------------------------------------------


def test_elasticities_and_sobol_agree_where_the_logarithm_is_linear(load_chapter):
    model = load_chapter(LOG_LINEAR)
    known, found = load_doubts(model), sobol(model, "p", blocks=8)
    reach = {name: np.log(known.alone[name].quantile(0.9) / model[name].value) for name in "xyz"}
    parts = {name: (model.elasticities("p")[name] * reach[name]) ** 2 for name in "xyz"}
    for name, (first, total) in found.items():
        expected = parts[name] / sum(parts.values())
        assert (first, total) == pytest.approx((expected, expected), abs=0.02), name
    assert list(found) == sorted(parts, key=lambda name: -parts[name])


def test_where_inputs_act_together_totals_exceed_what_each_has_alone(load_chapter):
    model = load_chapter(LOG_LINEAR + 'apart = derived("a", x - y, "1", "apart", sign="real")\n'
                         'crossed = derived("c", (x - k) * (y - k), "1", "crossed", sign="real")')  # fmt: skip
    first, total = (sum(pair[at] for pair in sobol(model, "crossed").values()) for at in (0, 1))
    assert first < 0.9 and total > 1.1
    assert sum(pair[0] for pair in sobol(model, "apart").values()) == pytest.approx(1, abs=0.03)


def test_what_is_drawn_together_is_one_cause(load_chapter):
    assert "loss_floor" in sobol(MODEL, "fitted_loss", 1) and "size_exponent" not in sobol(MODEL, "fitted_loss", 1)
    model = load_chapter(LOG_LINEAR)
    assert set(sobol(model, "p", 1, doubts=Doubts(model, correlations={("x", "z"): 0.5}))) == {"x", "y"}


def test_every_result_has_causes_unless_it_does_not_move(monkeypatch):
    for module in (doubts, program, sampling, sensitivity):
        monkeypatch.setattr(module, "BLOCK", 256)
    known, drawn = load_doubts(MODEL), sampling.Sample(MODEL, 256)
    for name in (name for name in MODEL if not MODEL[name].is_given):
        shares = sobol(MODEL, name, blocks=1, doubts=known)
        assert np.isfinite([*shares.values()]).all() and set(shares) <= set(map(known.factor_of, known.of(name))), name
        assert shares or drawn.quantile(name, 0) == pytest.approx(drawn.quantile(name, 1), rel=1e-9), name


def test_the_worth_of_knowing_is_that_of_the_textbook(load_chapter):
    model = load_chapter(
        'x = given("x", 2, "1", "x", "estimate", "k1s1ai", 1, 4)\n'
        'y = given("y", 2, "1", "y", "estimate", "k1s1ai", 1, 4)\n'
        'z = given("z", 2, "1", "z", "estimate", "k1s1ai", 1, 4)\np = derived("p", x * y, "1", "product")'
    )
    worth = worth_knowing(Sample(model, 200_000), "p > 4")
    assert set(worth) == {"x", "y"}  # of two equal normals one says 3/4 of the sign of the sum
    assert list(worth.values()) == pytest.approx([0.25, 0.25], abs=0.01)
    assert max(worth_knowing(Sample(model, 50_000), "p > 1e-9").values()) == 0


# -- odds ---------------------------------------------------------------------------------------------


def test_the_odds_of_a_figure_are_the_share_of_draws_about_it(load_chapter):
    model = load_chapter(LOG_LINEAR)
    printed = [("a", "35", "p", "W"), ("b", "4", "four", "1"), ("c", "40", "p", "W"), ("d", "3", "k", "1")]
    ledger = Ledger([claim(*row) for row in printed], model)
    found, draws = odds_of(ledger, FEW, error=None), Sample(model, FEW).draws("p")
    for name, value, half in (("a", 35, 0.5), ("c", 40, 5)):
        assert found[name].digits == ((draws >= value - half) & (draws <= value + half)).mean()
        assert found[name].twofold == ((draws >= value / 2) & (draws <= value * 2)).mean()
        assert found[name].tenfold == ((draws >= value / 10) & (draws <= value * 10)).mean()
        assert 0 < found[name].digits < found[name].twofold < found[name].tenfold <= 1
    assert (found["b"].digits, found["b"].twofold) == (1, 1) and found["d"].digits is None


def test_a_verdict_falls_as_often_as_what_it_is_held_against_reaches_the_figure(load_chapter):
    model = load_chapter(LOG_LINEAR)
    world = {"evidence": ("k1s1ai",)}
    ledger = Ledger([
        claim("above", "9", "", "W", against="z", **world), claim("below", "3.1", "", "W", against="z", **world),
        claim("over", "7", "", "W", budget="z", **world), claim("within", "5", "", "W", against="z", **world),
        claim("range", "300", "", "W", world=(10, 100), **world),
    ], model)  # fmt: skip
    found, draws = odds_of(ledger, 50_000), Sample(model, 50_000).draws("z")
    assert found["above"].withdrawn == (draws >= 8.5).mean() and found["over"].withdrawn == (draws >= 6.5).mean() > 0
    assert found["below"].withdrawn == (draws <= 3.15).mean() and found["within"].withdrawn is None
    share = Distribution("lognormal", 10, 1000**0.5, 100)
    assert share.quantile(1 - found["range"].withdrawn) == pytest.approx(250, rel=0.01)


def test_the_books_own_odds_agree_with_its_verdicts():
    verdicts, found = LEDGER.judge_all(), odds_of(LEDGER, FEW, error=None)
    for name, one in found.items():
        if one.digits == 1 and not verdicts[name].claim.means:
            assert verdicts[name].verdict in {"exact", "reconstructed"}, name
        if one.withdrawn is not None:
            assert verdicts[name].physics in {"disputed", "infeasible"} and one.withdrawn < 0.5, name
        if one.digits is not None:
            assert one.digits <= one.tenfold and one.twofold <= one.tenfold, name
    for name, one in odds_of(LEDGER, FEW).items():
        if one.digits is not None and not load_doubts(MODEL).of(one.claim.quantity):
            assert one.digits == found[name].digits in (0, 1), name  # a sum of premises, which has no error of its own
            assert {one.twofold, one.tenfold} <= {0, 1}, name
        elif one.twofold is not None and not one.claim.means:
            assert one.twofold < 0.95, name


def test_odds_follow_a_scenario():
    ledger = LEDGER.under(computing_share="10%")
    found = odds_of(ledger, 100, error=None)["k1s1ai.premise.compute-power"]
    assert (found.digits, found.tenfold) == (0, 1)


def test_most_findings_hold_in_most_draws():
    drawn = MODEL.sample(FEW)
    conditions = [finding.conditions for finding in FINDINGS.values() if finding.conditions]
    chances = np.array(drawn.probabilities(conditions))
    assert (chances > 0).all() and (chances > 0.9).mean() > 0.6


def test_odds_are_printed(capsys):
    assert main(["odds", "k1s1ai.model.d-model", "--sums"]) == 0
    assert capsys.readouterr().out.split()[-3:] == ["100%", "100%", "100%"]
    assert main(["odds", "k1s1ai.modle"]) == 2
    assert "unknown claim 'k1s1ai.modle'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "told"),
    [("batch_exponent", ["triangular from 0 to 0.6, peak at 0.5"]), ("loss_floor", ["a row of 1,000 joint draws"]),
     ("K1_power", ["drawn       known"]), ("n_layers", ["as certain as the premises"]),
     ("stock_training_time", ["in four draws of five", "human_text_stock  100%"])],
)  # fmt: skip
def test_explain_tells_how_an_input_is_drawn_and_what_drives_a_result(capsys, name, told):
    assert main(["explain", name]) == 0
    out = capsys.readouterr().out
    assert all(words in out for words in told)

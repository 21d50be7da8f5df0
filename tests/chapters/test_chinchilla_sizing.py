"""How large and how much to read: the data wall by several stocks, and a second scaling law, by hand."""

import csv
import dataclasses
from importlib.resources import files

import numpy as np
import pytest

from kscale_nb import LEDGER, MODEL, Ledger

TOKENS = LEDGER["k1s1ai.training.tokens"]


@pytest.mark.parametrize(
    ("stock", "world"),
    [("human_text_stock", "infeasible"), ("private_text_stock", "infeasible"), ("language_stock", "disputed"),
     ("speech_of_the_run", "disputed")],
)  # fmt: skip
def test_the_verdict_on_the_tokens_hangs_on_the_stock(stock, world):
    assert Ledger([dataclasses.replace(TOKENS, budget=stock)], MODEL).judge(TOKENS.id).physics == world


def test_speech_by_hand():
    assert MODEL.value("speech_of_the_run") == pytest.approx(8e9 * 16_000 * 365.25 / 0.75)


def test_all_language_data_are_the_published_words_in_tokens():
    stock = MODEL["language_stock"]
    assert (stock.low, stock.high) == pytest.approx((7e13 / 0.75, 7e16 / 0.75), rel=1e-2)
    assert stock.value == pytest.approx(np.sqrt(stock.low * stock.high), rel=1e-2)


def test_the_newer_law_gives_its_authors_optimum_and_lies_beyond_nearly_all_refits():
    own = ["llama_law_tokens", "llama_law_tokens_per_parameter"]
    there = MODEL.values(own, training_compute=3.8e25)
    assert there[own[0]] == pytest.approx(16.55e12)
    assert there[own[0]] / there[own[1]] == pytest.approx(402e9, rel=0.05)  # they print 402 B, by a finer count of work
    names = ("loss_floor", "loss_per_size", "loss_per_data", "size_exponent", "data_exponent")
    with (files("kscale_nb") / "data" / "chinchilla_bootstrap.csv").open(encoding="utf-8") as file:
        draws = np.array([[float(cell) for cell in row.values()] for row in csv.DictReader(file)]).T
    ratios = MODEL.values(["fitted_tokens_per_parameter"], **dict(zip(names, draws, strict=True)))
    assert (ratios["fitted_tokens_per_parameter"] < MODEL.value(own[1])).mean() > 0.975


def test_full_use_is_judged_by_what_runs_reach():
    low, high = (MODEL["reached_utilisation"].low, MODEL["reached_utilisation"].high)
    verdict = LEDGER.judge("k1s1ai.model.active-parameters")
    assert verdict.physics == "disputed" and verdict.ground == "computed"
    assert f"a factor of {1 / np.sqrt(high):.3g}" in verdict.physics_note and low < 0.4 < high

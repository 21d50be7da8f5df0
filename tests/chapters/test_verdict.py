"""The corrected machine and its education, by a second route each."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from kscale_nb import LEDGER, MODEL, PRESETS

CHANGES = PRESETS["corrected"].overrides


def test_the_share_that_learns_soonest_is_found_by_search_too():
    work, light = MODEL.value("reached_training_time"), MODEL.value("stock_light_time")
    found = minimize_scalar(
        lambda decades: work / 10**decades + light * 10 ** (decades / 3), bounds=(-5, 0), method="bounded"
    )
    assert 10**found.x == pytest.approx(MODEL.value("best_share"), rel=1e-3)
    assert found.fun == pytest.approx(MODEL.value("best_training_time"), rel=1e-6)


def test_fourteen_gigawatts_read_the_stock_in_a_year():
    power = MODEL.value("stock_computing_power")
    values = MODEL.values(computing_power=power, training_utilisation=MODEL.value("reached_utilisation"))
    assert values["training_tokens"] == pytest.approx(values["human_text_stock"])
    assert values["active_parameters"] == pytest.approx(MODEL.value("stock_parameters"))
    assert power == pytest.approx(1.39e10, rel=5e-3)


def test_the_corrected_machine_agrees_with_the_stock():
    values = MODEL.values(**CHANGES)
    assert values["active_parameters_ratio"] == pytest.approx(MODEL.value("stock_parameters_ratio"), rel=1e-3)
    assert values["n_layers"] == pytest.approx(MODEL.value("stock_n_layers"), rel=1e-3)
    assert values["direct_training_time"] == pytest.approx(MODEL.value("stock_light_time"), rel=1e-3)
    assert MODEL.value("stock_light_time") == pytest.approx(2 * 3e14 / 3.2e6 / np.sqrt(1e3) / 2.998, rel=1e-3)


def checks(values):
    return {
        "DRAM": values["dram_power_per_byte"] <= MODEL["measured_dram_power"].high,
        "penalty": values["efficiency_penalty"] >= MODEL["foundry_power_gain"].low,
        "utilisation": values["training_utilisation"] <= MODEL["reached_utilisation"].high,
        "text": values["training_tokens"] <= MODEL["human_text_stock"].high,
        "long": values["decoding_rate"] <= values["memory_bound_rate"],
        "short": values["decoding_rate_1m"] <= values["memory_bound_rate_1m"],
    }


def test_the_corrected_machine_passes():
    assert all(checks(MODEL.values(**CHANGES)).values())


@pytest.mark.parametrize("withdrawn", CHANGES)
def test_no_change_of_the_corrected_machine_can_be_spared(withdrawn):
    values = MODEL.values(**{name: value for name, value in CHANGES.items() if name != withdrawn})
    assert not all(checks(values).values())


def test_every_contested_premise_with_a_range_is_changed():
    contested = {
        claim.quantity for claim in LEDGER
        if claim.against and claim.quantity and MODEL[claim.quantity].is_given
        and LEDGER.judge(claim.id).physics == "disputed"
    }  # fmt: skip
    assert contested <= set(CHANGES)

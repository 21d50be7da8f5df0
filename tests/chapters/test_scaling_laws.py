"""The published laws where their authors print them, and the three numbers of the refits against the refits."""

import numpy as np
import pytest

from kscale_nb import MODEL
from kscale_nb.doubt.doubts import load_doubts


@pytest.mark.parametrize(
    ("law", "printed", "within"),
    [  # tables 3 and A3 of Hoffmann and others: the work that a size is best for
        ("first_parameters", {1.21e20: 1e9, 1.23e22: 10e9, 3.85e24: 175e9, 1.30e28: 10e12}, 0.05),
        ("second_parameters", {1.20e20: 1e9, 1.32e22: 10e9, 4.54e24: 175e9, 1.75e28: 10e12}, 0.05),
        ("third_parameters", {1.62e20: 1e9, 2.46e22: 10e9, 3.52e25: 280e9, 8.55e28: 10e12}, 0.08),
        ("kaplan_parameters", {1e21: 4.68e9}, 0.7),  # as they count Kaplan's, with all its work and parameters
        ("llama_law_parameters", {3.8e25: 402e9}, 0.05),
        ("tied_parameters", {5.76e23: 70e9}, 0.02),
    ],
)
def test_a_law_gives_what_its_authors_print(law, printed, within):
    for work, size in printed.items():
        assert MODEL.value(law, training_compute=work) == pytest.approx(size, rel=within), work


def test_deepseeks_tokens_are_the_rest_of_the_work():
    work, size = 1e21, MODEL.value("deepseek_parameters", training_compute=1e21)
    assert work / (6 * size) == pytest.approx(5.8316 * work**0.4757, rel=1e-3)  # as they print it
    assert MODEL.value("minicpm_parameters", training_compute=6 * 192 * 4e18) == pytest.approx(2e9)


def refits() -> tuple[np.ndarray, np.ndarray]:
    """The height and slope of the logarithm of the best size, over the refits."""
    (table,) = load_doubts(MODEL).tables
    by_size, by_data = table["size_exponent"], table["data_exponent"]
    height = np.log(by_size * table["loss_per_size"] / (by_data * table["loss_per_data"])) / (by_size + by_data)
    return height, by_data / (by_size + by_data)


def test_what_is_said_of_the_refits_is_what_they_are():
    (over_heights, both), (_, over_slopes) = np.cov(*refits())
    said = {name: MODEL.value(name) for name in ("pivot_work", "pivot_scatter", "growth_scatter")}
    assert said["pivot_work"] == pytest.approx(6 * np.exp(-both / over_slopes), rel=5e-4)
    assert said["growth_scatter"] == pytest.approx(np.sqrt(over_slopes), rel=5e-4)
    assert said["pivot_scatter"] == pytest.approx(np.sqrt(over_heights - both**2 / over_slopes), rel=5e-4)


@pytest.mark.parametrize("work", [1e18, 1.938e19, 1e22, 1e26, 2.42e33, 1e34])
def test_the_spread_of_the_best_size_is_that_of_the_refits(work):
    (table,) = load_doubts(MODEL).tables
    sizes = MODEL.values(["fitted_parameters"], training_compute=work, **table)["fitted_parameters"]
    assert MODEL.value("size_scatter", training_compute=work) == pytest.approx(np.log(sizes).std(ddof=1), rel=2e-3)

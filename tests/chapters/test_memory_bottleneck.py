"""The memory chapter's figures by second routes: by hand from print, by counting, by stepping through time."""

from fractions import Fraction
from pathlib import Path

import nbformat
import numpy as np
import pytest

from kscale_nb import LEDGER, MODEL
from kscale_nb.chapters.inference import dram_energy_per_bit
from kscale_nb.units import to_si

CHAPTER = Path(__file__).parents[2] / "notebooks/memory_bottleneck.ipynb"
USED, SPARE = "k1s1ai.resources.compute-used", "k1s1ai.resources.compute-spare"
INSTANCES, LARGEST = "k1s1ai.service.instances-128k", "k1s1ai.inference.max-context"


def test_the_finding_by_hand_from_printed_figures():
    memory, throughput = 2e14 / 3e-9, 2.5e14 * 307e9
    used = 2 * (0.7 * memory / 2) * 30 / throughput
    assert MODEL.value("compute_used") == pytest.approx(used, rel=1e-12)
    assert f"{used:.1%}" == "1.8%"
    assert f"{1 / used:.0f}" == "55"
    assert {LEDGER.judge(claim).verdict for claim in (USED, SPARE)} <= {"exact", "reconstructed"}


def test_the_recovered_share_by_hand():
    """The share for contexts from the 55 and from the instances, in exact fractions."""
    whole_memory_used = (
        Fraction(2 * 30, 2) * (Fraction(2 * 10**14) / 3 * 10**9) / (Fraction(25, 10) * 10**14 * 307 * 10**9)
    )
    from_spare = [1 - 1 / (spare * whole_memory_used) for spare in (Fraction(545, 10), Fraction(555, 10))]
    found = LEDGER.recover("kv_share", [USED, SPARE])
    assert sorted(float(end) for end in from_spare) == pytest.approx([found.low, found.high], rel=1e-8)

    bytes_per_token = 2 * 2 * 3293 * 337_189
    memory = Fraction(2 * 10**14, 3) * 10**9
    ends = [float(count * 128_000 * bytes_per_token / memory) for count in (34_500_000, 35_500_000)]
    found = LEDGER.recover("kv_share", [INSTANCES])
    assert [found.low, found.high] == pytest.approx(ends, rel=1e-8)


def test_one_share_explains_all_but_for_a_slip_of_a_thousand():
    assert LEDGER.recover("kv_share", [USED, SPARE, INSTANCES]).exists
    assert not LEDGER.recover("kv_share", [USED, SPARE, INSTANCES, LARGEST]).exists
    largest, others = LEDGER.recover("kv_share", [LARGEST]), LEDGER.recover("kv_share", [USED, SPARE, INSTANCES])
    assert max(1000 * largest.low, others.low) < 0.30 < min(1000 * largest.high, others.high)


def test_a_printed_row_contradicts_another_without_any_model():
    instances, largest = LEDGER[INSTANCES].figure, LEDGER[LARGEST].figure
    assert float(instances.low) * 128_000 / 1000 < float(largest.high)
    assert float(instances.high) * 128_000 / 1000 > float(largest.low)


@pytest.mark.parametrize("streams", [1, 3, 55])
def test_work_and_traffic_of_a_batch_by_counting(streams):
    """Every multiplication and addition of a small layer counted as it is done."""
    rng = np.random.default_rng(1)
    width, operations, traffic = 6, 0, 0
    batch = rng.normal(size=(width, streams))
    for shape in [(width, width)] * 4 + [(4 * width, width), (width, 4 * width)]:
        weights = rng.normal(size=shape).astype(np.float16)
        traffic += weights.nbytes
        result = np.zeros((shape[0], streams))
        for row in range(shape[0]):
            for column in range(shape[1]):
                result[row] += float(weights[row, column]) * batch[column]
                operations += 2 * streams
        np.testing.assert_allclose(result, weights.astype(float) @ batch)
        batch = result
    assert operations / traffic == MODEL.value("work_per_byte") * streams


def test_streams_fill_the_compute_and_their_contexts_the_memory():
    values = MODEL.values()
    streams, context = values["compute_spare"], values["context_at_full_compute"]
    held = (
        streams * context * values["largest_kv_bytes_per_token"]
        + values["bytes_per_parameter"] * values["largest_model"]
    )
    assert held == pytest.approx(values["total_memory"], rel=1e-12)
    work = streams * values["gpt4_decoding_rate"] * 2 * values["largest_model"]
    assert work == pytest.approx(values["logic_throughput"], rel=1e-12)
    parameters = 12 * values["largest_n_layers"] * values["largest_d_model"] ** 2
    assert parameters == pytest.approx(values["largest_model"], rel=1e-12)
    attention = 4 * context * values["largest_n_layers"] * values["largest_d_model"]
    assert attention / (2 * values["largest_model"]) < 0.01


def test_the_power_of_a_gigabyte_by_stepping_through_a_second():
    """Rows refreshed and bytes read in one second, added up in steps of a millisecond."""
    values = MODEL.values()
    refresh = reading = 0.0
    gigabyte = 1e9
    for _ in range(1000):
        rows_due = gigabyte / 1024 * 0.001 / values["refresh_interval"]
        refresh += rows_due * 1024 * values["row_energy_per_bit"]
        reading += 0.001 * values["passes_per_second"] * gigabyte * values["dram_energy_per_bit"]
    assert refresh == pytest.approx(gigabyte * values["refresh_power"])
    assert reading + gigabyte * values["dram_idle_power"] == pytest.approx(gigabyte * values["dram_power_in_use"])
    assert values["refresh_power"] < values["dram_idle_power"]


def test_the_model_that_fills_memory_trains_for_the_square_of_its_excess():
    values = MODEL.values()
    years = (values["largest_model"] / values["active_parameters"]) ** 2
    assert values["largest_model_training_time"] / values["training_time"] == pytest.approx(years, rel=1e-12)


def test_measured_power_dilutes_the_finding():
    at_measured = MODEL.values(dram_power_per_byte=MODEL.value("measured_dram_power"))
    assert at_measured["compute_used"] == pytest.approx(MODEL.value("compute_used_at_measured_power"), rel=1e-12)
    assert at_measured["compute_spare"] == pytest.approx(MODEL.value("compute_spare_at_measured_power"), rel=1e-12)
    dearest = MODEL.value("dram_power_in_use", dram_energy_per_bit=dram_energy_per_bit.high)
    assert (
        MODEL.value("measured_dram_power")
        < MODEL.value("dram_power_in_use")
        < MODEL.value("dram_power_per_byte")
        < dearest
    )


def test_captions_tell_the_band_that_is_drawn():
    energy, unit = dram_energy_per_bit, to_si(1, "pJ/bit")
    chapter = nbformat.read(CHAPTER, as_version=4)
    captions = [cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "") for cell in chapter.cells]
    told = [caption for caption in captions if " band " in caption]
    assert len(told) == 2
    assert all(f"{energy.low / unit:.3g} to {energy.high / unit:.3g} pJ" in caption for caption in told)

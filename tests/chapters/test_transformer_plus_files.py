"""The chapter on the transformer with files, checked by second routes."""

import numpy as np
import pytest

from kscale_nb import MODEL


def test_an_answer_from_a_note_is_the_sum_of_its_tokens():
    values = MODEL.values()
    tokens = values["note_answer_read"] + values["note_answer_written"]
    before = np.arange(tokens) + 0.5  # as a half-filled place counts
    work = 2 * values["built_parameters"] + 4 * values["built_n_layers"] * values["built_d_model"] * before
    assert values["note_answer_work"] == pytest.approx(work.sum(), rel=1e-12)
    seconds = work.sum() / values["module_throughput"]
    assert values["note_answer_time"] == pytest.approx(seconds, rel=1e-12)
    read = values["note_answer_written"] * (values["weights_bytes"] + values["kv_cache_bytes_per_token"] * tokens)
    joules = work.sum() / values["logic_efficiency"] + 8 * read * 3.9e-12
    assert values["note_answer_energy"] == pytest.approx(joules, rel=1e-12)


def test_a_full_context_is_a_note_of_its_length():
    length = MODEL.value("practical_context")
    assert MODEL.value("full_context_over_note", note_answer_read=length - 1, note_answer_written=1) == pytest.approx(1)

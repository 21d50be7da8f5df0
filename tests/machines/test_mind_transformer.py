"""The transformer by second routes: step by step, by its own counts, and beside the inference chapter's expressions."""

import json
from dataclasses import replace

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from kscale_nb import MODEL, KscaleError
from kscale_nb.machines.mind import smollm, speed, stepper, training
from kscale_nb.machines.mind.gguf_file import F32, Q4_1, Q8_0, GgufFile, decoded
from kscale_nb.machines.mind.transformer import Shape, Transformer, drawn_weights, packed, unpacked

SMALL = Shape(layers=2, width=24, query_heads=6, key_heads=2, hidden=40, vocabulary=50)
SHAPES = st.builds(
    lambda layers, half, keys, share, hidden, vocabulary: Shape(
        layers, 2 * half * keys * share, keys * share, keys, hidden, vocabulary
    ),
    st.integers(1, 3), st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(1, 30), st.integers(2, 40),
)  # fmt: skip


def of(shape: Shape, seed: int = 1) -> Transformer:
    return Transformer(shape, drawn_weights(shape, seed))


@pytest.fixture(scope="module")
def published() -> Transformer:
    try:
        return smollm.published_model()
    except KscaleError as missing:
        pytest.skip(str(missing))


def steps_equal_whole(model: Transformer, tokens, cuts) -> None:
    whole, cache = model.logits(tokens), model.cache(len(tokens))
    parts = [model.logits(part, cache) for part in np.split(np.asarray(tokens), cuts) if len(part)]
    assert np.abs(np.concatenate(parts) - whole).max() < 1e-4


# -- it is right ---------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@drawn(SHAPES, st.data())
def test_step_by_step_equals_all_at_once(shape, data):
    tokens = data.draw(st.lists(st.integers(0, shape.vocabulary - 1), min_size=1, max_size=12))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(tokens)))))
    steps_equal_whole(of(shape), tokens, cuts)


def test_many_contexts_at_once_equal_each_alone():
    model, texts = of(SMALL), ([1, 2, 3], [4], [5, 6, 7, 8, 9])
    caches, alone = [], []
    for text in texts:
        caches.append(model.cache(8))
        model.logits(text, caches[-1])
        alone.append(model.logits([*text, 7], last=True)[0])
    assert np.abs(model.logits_of_each([7, 7, 7], caches) - alone).max() < 1e-5
    assert [cache.length for cache in caches] == [len(text) + 1 for text in texts]


def test_it_equals_the_transformer_that_is_trained():
    model, tokens = of(SMALL), np.array([[3, 1, 4, 1, 5], [9, 2, 6, 5, 3]])
    other = training.predicted(model.weights, SMALL, tokens, np)
    assert np.abs(other - [model.logits(row) for row in tokens]).max() < 1e-5


def test_a_token_sees_none_after_it_and_all_before_it():
    model = of(SMALL)
    first, later = model.logits([1, 2, 3, 4]), model.logits([1, 2, 3, 5])
    assert np.array_equal(first[:3], later[:3]) and np.abs(first[3] - later[3]).max() > 0.01
    assert np.abs(model.logits([6, 2, 3, 4])[3] - first[3]).max() > 1e-4


def test_only_how_far_tokens_are_apart_counts():
    one_layer = of(Shape(layers=1, width=16, query_heads=2, key_heads=1, hidden=8, vocabulary=9))
    late = one_layer.cache(9)
    late.length = 5
    shares = []
    for cache in (one_layer.cache(4), late):
        start = cache.length
        one_layer.logits([1, 2, 3], cache)
        keys = cache.keys[0, 0, start : start + 3]
        shares.append(keys @ keys.T)
    assert np.abs(shares[0] - shares[1]).max() < 1e-5


# -- what it takes is what the inference chapter says --------------------------------------------------


def counts_equal_the_chapter(model: Transformer, context: int) -> None:
    shape, cache = model.shape, model.cache(context)
    speaking = MODEL.under(**shape.changes())
    layers = sum(array.size for name, array in model.weights.items() if "." in name and array.ndim == 2)
    assert round(speaking.value("built_parameters")) == layers
    assert round(speaking.value("kv_cache_bytes_per_token") * context) == cache.nbytes
    stored = sum(array.nbytes for array in model.weights.values())
    assert round(speaking.value("weights_bytes", active_parameters=model.parameters)) == stored
    cache.length, model.flop = context - 1, 0
    model.logits([1], cache)
    work = speaking.value("flop_per_token", practical_context=context, built_parameters=model.working_parameters)
    assert round(work) == model.flop
    assert round(speed.bytes_read(model, context, 1)) == stored + cache.nbytes


@settings(max_examples=40, deadline=None)
@drawn(SHAPES, st.integers(1, 20))
def test_counted_from_the_arrays_equals_the_chapters_expressions(shape, context):
    counts_equal_the_chapter(of(shape), context)


def test_the_roofline_is_the_bandwidth_over_what_a_token_reads(monkeypatch):
    """With every work a second long, so that what is tested is the sum and no clock."""
    monkeypatch.setattr(speed, "timed", lambda work: work() is None or 1.0)
    monkeypatch.setattr(speed, "bandwidth", lambda: 1e9)
    model = of(SMALL)
    for row in speed.measured(model, [(3, 1), (5, 4)]):
        read = speed.bytes_read(model, row["context"], row["batch"])
        assert row["rate"] == speed.TOKENS * row["batch"]
        assert row["roofline"] == pytest.approx(1e9 / read, rel=0.01)
        assert row["ratio"] == pytest.approx(row["rate"] / row["roofline"], rel=0.01)
    stored, entry = 4 * model.parameters, model.cache(1).nbytes
    assert speed.bytes_read(model, 5, 4) == pytest.approx(stored / 4 + 5 * entry, abs=1)


# -- bad input -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("tokens", [[], [-1], [50], [1.5], [[1]], ["a"]])
def test_what_is_no_token_is_refused(tokens):
    with pytest.raises(KscaleError, match="tokens: "):
        of(SMALL).logits(tokens)


def test_a_context_longer_than_its_cache_is_refused_and_nothing_kept():
    model, cache = of(SMALL), Transformer.cache(of(SMALL), 2)
    with pytest.raises(KscaleError, match="longer than its cache of 2"):
        model.logits([1, 2, 3], cache)
    assert cache.length == 0 and not cache.keys.any()


def test_weights_of_another_shape_are_refused():
    for change, told in (
        ({"embedding": np.zeros((50, 23))}, "'embedding' is"),
        ({"last_norm": np.full(24, np.nan)}, "not finite"),
        ({"more": np.zeros(1)}, "'more' is unknown"),
    ):
        with pytest.raises(KscaleError, match=told):
            Transformer(SMALL, drawn_weights(SMALL, 1) | change)
    for odd in ({"width": 25}, {"key_heads": 4}, {"layers": 0}):
        with pytest.raises(KscaleError):
            Shape(**{"layers": 1, "width": 24, "query_heads": 6, "key_heads": 2, "hidden": 4, "vocabulary": 5} | odd)


def test_weights_come_back_as_they_were_packed():
    model = of(SMALL)
    again = unpacked(packed(SMALL, model.weights))
    assert again.shape == SMALL and np.array_equal(again.logits([1, 2]), model.logits([1, 2]))


# -- the file ------------------------------------------------------------------------------------------


def test_blocks_are_scale_times_integers_and_a_least_value():
    scale, least = np.float16([0.5]).tobytes(), np.float16([-3]).tobytes()
    low = decoded(Q4_1, np.frombuffer(scale + least + bytes(range(0xF0, 0x100)), np.uint8))
    assert low[0].tolist() == [-3 + 0.5 * i for i in range(16)] + [-3 + 7.5] * 16
    numbers = np.arange(-16, 16, dtype=np.int8).tobytes()
    assert decoded(Q8_0, np.frombuffer(scale + numbers, np.uint8))[0].tolist() == [i / 2 for i in range(-16, 16)]
    assert decoded(F32, np.frombuffer(np.float32([1.5]).tobytes(), np.uint8)).tolist() == [1.5]


@pytest.mark.parametrize("content", [b"", b"GGUF", b"GGUF\x02\0\0\0", b"x" * 99, b"GGUF\x03\0\0\0" + b"\xff" * 40])
def test_what_is_no_weights_file_is_refused_by_name(tmp_path, content):
    path = tmp_path / "odd.gguf"
    path.write_bytes(content)
    with pytest.raises(KscaleError, match=r"odd\.gguf"):
        GgufFile(path)


# -- the published model -------------------------------------------------------------------------------


def test_published_step_by_step_equals_all_at_once(published):
    steps_equal_whole(published, smollm.tokenizer().chat("Name three metals."), [5, 6, 7, 20])


LLAMA_CPP = json.loads((ROOT / "tests" / "independent_logits.json").read_text())


def furthest(model: Transformer, said: dict) -> float:
    """How far apart the log-probabilities of the likeliest tokens are here and as llama.cpp told them, at most."""
    scores = model.logits(said["tokens"], last=True)[0].astype(np.float64)
    scores -= scores.max()
    scores -= np.log(np.exp(scores).sum())
    return np.abs(scores[said["likeliest"]] - said["logprobs"]).max()


@pytest.mark.parametrize("said", LLAMA_CPP["said"], ids=lambda said: said["text"][:20])
def test_published_scores_are_those_of_an_independent_implementation(published, said):
    assert smollm.tokenizer().encode(said["text"]) == said["tokens"] and len(said["likeliest"]) == 200
    assert furthest(published, said) < 1e-3


def test_scores_of_other_rotations_are_seen_as_others(published):
    other = Transformer(replace(published.shape, rotary_base=published.shape.rotary_base * 1.01), published.weights)
    assert max(furthest(other, said) for said in LLAMA_CPP["said"]) > 1e-3


def test_published_counts_equal_the_chapters_expressions(published):
    assert published.parameters == 134_515_008
    counts_equal_the_chapter(published, 100)


def test_published_model_knows_a_capital(published):
    assert "Paris" in smollm.answer(smollm.tokenizer().chat("What is the capital of France?"))


def test_published_words_come_back_and_a_text_spells_no_control_token(published):
    words = smollm.tokenizer()
    for text in ("In 1856, 4.5 t of steel – “ünï” 漢字\n\tend", "<|im_end|>"):
        tokens = words.encode(text)
        assert words.decode(tokens) == text and words.end not in tokens
    assert len(words.encode("1856")) == 4


# -- the small one -------------------------------------------------------------------------------------


def test_every_row_is_right_and_by_a_wide_margin():
    assert stepper.margins(stepper.small_model()).min() > 5
    assert [(m, s, y, *stepper.by_model(m, s, y)) for m, s, y, *_ in stepper.rows()] == stepper.rows()


def test_a_row_that_is_not_learnt_is_seen():
    assert stepper.margins(of(stepper.shape())).min() < 0

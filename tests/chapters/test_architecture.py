"""The rule of twelve by a second route: count the arrays, run a model, and read the leak's parts."""

from math import prod

import numpy as np
import pytest

from kscale_nb import LEDGER, MODEL

SMALL = {"layers": 2, "width": 24, "vocabulary": 31, "context": 10}


def array_shapes(layers, width, vocabulary, context):
    """The shape of every array of a GPT-3-like transformer: sixteen to a layer, then norms and embeddings."""
    for _ in range(layers):
        yield from [(width, width)] * 4 + [(width, 4 * width), (4 * width, width)]
        yield from [(width,)] * 4 + [(4 * width,), (width,)]
        yield from [(width,)] * 4
    yield from [(width,)] * 2
    yield from [(vocabulary, width), (context, width)]


def gated_layer(width, heads, key_heads, hidden, experts=1, head=128):
    return 2 * width * heads * head + 2 * width * key_heads * head + experts * 3 * width * hidden


@pytest.mark.parametrize(
    "layers, width, printed",
    [(12, 768, 125e6), (24, 1024, 350e6), (24, 1536, 760e6), (32, 4096, 6.7e9), (96, 12288, 175e9)],
)
def test_the_arrays_of_gpt3_count_to_its_printed_size(layers, width, printed):
    counted = sum(prod(shape) for shape in array_shapes(layers, width, 50_257, 2048))
    assert counted == pytest.approx(printed, rel=0.02)
    extras = 13 * layers * width + 2 * width + (50_257 + 2048) * width
    assert counted == MODEL.value("layer_factor") * layers * width**2 + extras


def test_gpt3_counts_to_174_6_billion():
    assert sum(prod(shape) for shape in array_shapes(96, 12288, 50_257, 2048)) == 174_604_259_328


def test_the_matrices_of_the_built_model_count_to_the_model_s_parameters():
    layers, width = int(MODEL.value("built_n_layers")), int(MODEL.value("built_d_model"))
    assert (layers, width) == (3293, 337_189)
    matrices = [shape for shape in array_shapes(layers, width, 1, 1) if len(shape) == 2][:-2]
    assert sum(map(prod, matrices)) == MODEL.value("built_parameters")
    assert MODEL.value("built_parameters") == pytest.approx(MODEL.value("active_parameters"), rel=1e-4)


def forward(tokens, arrays, layers, heads, work):
    """A transformer's forward pass, its matrix products counted in `work`."""

    def multiply(left, right):
        work.append(2 * left.shape[0] * left.shape[1] * right.shape[1])
        return left @ right

    def normalise(rows, scale, shift):
        return (rows - rows.mean(1, keepdims=True)) / np.sqrt(rows.var(1, keepdims=True) + 1e-5) * scale + shift

    def attend(query, key, value):
        scores = multiply(query, key.T) / np.sqrt(query.shape[1])
        scores[np.triu_indices(len(scores), 1)] = -np.inf
        weights = np.exp(scores - scores.max(1, keepdims=True))
        return multiply(weights / weights.sum(1, keepdims=True), value)

    lines = arrays[-2][tokens] + arrays[-1][: len(tokens)]
    for first in range(0, 16 * layers, 16):
        query, key, value, output, up, down, *rest = arrays[first : first + 16]
        seen = normalise(lines, *rest[6:8])
        parts = [multiply(seen, matrix) + bias for matrix, bias in zip((query, key, value), rest[:3], strict=True)]
        slices = zip(*(np.split(part, heads, axis=1) for part in parts), strict=True)
        lines = lines + multiply(np.hstack([attend(*slice_) for slice_ in slices]), output) + rest[3]
        wider = multiply(normalise(lines, *rest[8:10]), up) + rest[4]
        lines = lines + multiply(np.maximum(wider, 0), down) + rest[5]
    return normalise(lines, *arrays[-4:-2])


@pytest.mark.parametrize("heads", [1, 3, 6])
def test_a_running_model_spends_2n_and_4nld(heads):
    rng = np.random.default_rng(7)
    arrays = [rng.normal(size=shape) / 5 for shape in array_shapes(**SMALL)]
    tokens = rng.integers(0, SMALL["vocabulary"], SMALL["context"])
    work = []
    lines = forward(tokens, arrays, SMALL["layers"], heads, work)
    n, layers, width = SMALL["context"], SMALL["layers"], SMALL["width"]
    weights = MODEL.value("forward_flop") * MODEL.value("layer_factor") * layers * width**2
    assert sum(work) == n * (weights + MODEL.value("attention_flop") * n * layers * width)
    tokens[-1] = (tokens[-1] + 1) % SMALL["vocabulary"]
    changed = forward(tokens, arrays, SMALL["layers"], heads, [])
    assert np.allclose(lines[:-1], changed[:-1]) and not np.allclose(lines[-1], changed[-1])


def test_one_growth_serves_width_depth_and_heads():
    ratios = [MODEL.value(f"{name}_ratio") for name in ("d_model", "n_layers", "n_heads")]
    assert max(ratios) - min(ratios) < 1e-9 * max(ratios)
    cube = MODEL.value("active_parameters") / MODEL.value("gpt4_layer_parameters")
    assert ratios[0] ** 3 == pytest.approx(cube)
    assert MODEL.value("growth_by_printed_ratio") ** 3 == pytest.approx(MODEL.value("active_parameters_ratio"))
    assert not LEDGER["k1s1ai.model.d-model-ratio"].figure.rounds_from(MODEL.value("growth_by_printed_ratio"))


def test_the_parts_of_the_leak_add_up():
    active, stored = MODEL.value("gpt4_active_by_parts"), MODEL.value("gpt4_total_by_parts")
    assert (active, stored) == (277e9, 1831e9)
    assert active == pytest.approx(MODEL.value("gpt4_active_parameters"), rel=0.02)


def test_the_parts_of_the_leak_agree_on_one_width_of_whole_heads():
    spans = []
    for name, cause in [
        ("gpt4_width_by_attention", "gpt4_attention_parameters"),
        ("gpt4_width_by_experts", "gpt4_expert_parameters"),
    ]:
        spans.append(MODEL.intervals([name], **{cause: (MODEL[cause].low, MODEL[cause].high)})[name])
    low, high = max(span[0] for span in spans), min(span[1] for span in spans)
    assert [heads for heads in range(1, 200) if low <= MODEL.value("head_dim") * heads <= high] == [84]
    assert round(4 * 120 * 10_752**2 / 1e9) == 55 and round(8 * 120 * 10_752**2 / 1e9) == 111


@pytest.mark.parametrize(
    "layers, shape, vocabulary, printed, half",
    [
        (126, (16384, 128, 8, 53248, 1), 128_000, 405e9, 1e9),
        (32, (4096, 32, 8, 14336, 8), 32_000, 47e9, 0.5e9),
        (32, (4096, 32, 8, 14336, 2), 32_000, 13e9, 0.5e9),
    ],
)
def test_published_shapes_count_to_published_sizes(layers, shape, vocabulary, printed, half):
    counted = layers * gated_layer(*shape) + 2 * vocabulary * shape[0]
    assert abs(counted - printed) <= half


def test_a_wider_shape_of_the_same_size_is_cheaper_to_run():
    powers = {"d_model": (1, 3), "n_layers": (-2, 3), "n_heads": (1, 3), "kv_cache_bytes_per_token": (-1, 3)}
    for name, (above, below) in powers.items():
        assert MODEL.elasticity(name, "aspect_ratio") * below == above

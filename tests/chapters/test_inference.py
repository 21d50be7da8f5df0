"""The cache, the work and the speed of decoding, by a second route each."""

import numpy as np
import pytest
from scipy.integrate import quad

from kscale_nb import LEDGER, MODEL

WIDTH, DEPTH, HEADS = 48, 3, 6


class TinyTransformer:
    """A decoder in half precision that counts its operations and keeps its keys and values."""

    def __init__(self, sharing: int = 1):
        random = np.random.default_rng(1)
        kept = WIDTH // sharing
        shapes = {"query": (WIDTH, WIDTH), "key": (WIDTH, kept), "value": (WIDTH, kept), "out": (WIDTH, WIDTH),
                  "up": (WIDTH, 4 * WIDTH), "down": (4 * WIDTH, WIDTH)}  # fmt: skip
        self.layers = [
            {name: random.normal(0, 0.1, shape).astype(np.float16) for name, shape in shapes.items()}
            for _ in range(DEPTH)
        ]
        empty = np.empty((0, HEADS // sharing, WIDTH // HEADS), dtype=np.float16)
        self.cache = [{"key": empty, "value": empty} for _ in range(DEPTH)]
        self.sharing, self.flop = sharing, 0

    def product(self, left, right):
        self.flop += 2 * left.shape[0] * left.shape[1] * (1 if right.ndim == 1 else right.shape[1])
        return left.astype(float) @ right.astype(float)

    def decode(self, state):
        self.flop = 0
        for layer, kept in zip(self.layers, self.cache, strict=True):
            for name in ("key", "value"):
                new = self.product(layer[name].T, state).reshape(1, *kept[name].shape[1:]).astype(np.float16)
                kept[name] = np.concatenate([kept[name], new])
            queries = self.product(layer["query"].T, state).reshape(HEADS, -1)
            mixed = []
            for head in range(HEADS):
                shared = head // self.sharing
                scores = np.exp(self.product(kept["key"][:, shared], queries[head]))
                mixed.append(self.product(kept["value"][:, shared].T, scores / scores.sum()))
            state = state + self.product(layer["out"].T, np.concatenate(mixed))
            state = state + self.product(layer["down"].T, np.maximum(self.product(layer["up"].T, state), 0))
        return state

    @property
    def cache_bytes(self):
        return sum(array.nbytes for kept in self.cache for array in kept.values())

    @property
    def weight_bytes(self):
        return sum(array.nbytes for layer in self.layers for array in layer.values())


def decoded(tokens: int, sharing: int = 1) -> TinyTransformer:
    transformer, random = TinyTransformer(sharing), np.random.default_rng(2)
    for _ in range(tokens):
        transformer.decode(random.normal(size=WIDTH))
    return transformer


def formulas(tokens: int, sharing: int = 1) -> dict:
    return MODEL.values(
        ["context_bytes", "flop_per_token"],
        built_d_model=WIDTH, built_n_layers=DEPTH, practical_context=tokens, query_heads_per_key_head=sharing,
    )  # fmt: skip


@pytest.mark.parametrize("tokens", [1, 7, 40])
@pytest.mark.parametrize("sharing", [1, 2, 6])
def test_the_cache_of_a_real_transformer(tokens, sharing):
    assert decoded(tokens, sharing).cache_bytes == formulas(tokens, sharing)["context_bytes"]


@pytest.mark.parametrize("tokens", [1, 7, 40])
def test_the_work_of_a_real_transformer(tokens):
    transformer = decoded(tokens)
    assert transformer.flop == formulas(tokens)["flop_per_token"]
    assert transformer.flop == transformer.cache_bytes + transformer.weight_bytes  # one FLOP a byte, at any context


def test_decoding_alone_does_one_operation_a_byte():
    assert MODEL.value("decoding_intensity") == pytest.approx(1, rel=1e-4)
    assert MODEL.value("decoding_intensity", practical_context=1e4) == pytest.approx(1, rel=1e-4)
    mean = 1 / (0.01984 / 15 + 0.98016 / 16)  # harmonic, by the share of the work on the weights
    assert MODEL.value("decoding_intensity", batch_size=15, query_heads_per_key_head=16) == pytest.approx(
        mean, rel=1e-3
    )


def test_attention_takes_over_at_six_widths():
    assert MODEL.value("crossover_context") == pytest.approx(6 * MODEL.value("built_d_model"))


def test_the_fill_time_by_quadrature_and_by_a_clock():
    names = ("module_throughput", "built_parameters", "built_n_layers", "built_d_model", "practical_context")
    throughput, parameters, layers, width, context = (MODEL.value(name) for name in names)

    def seconds(held):
        return (2 * parameters + 4 * held * layers * width) / throughput

    declared = MODEL.value("context_fill_time")
    assert quad(seconds, 0, context)[0] == pytest.approx(declared, rel=1e-9)
    clock = held = 0.0
    while held < context:
        held += 1 / seconds(held + 0.5 / seconds(held))
        clock += 1
    assert clock == pytest.approx(declared, rel=1e-3)


def test_the_fill_time_that_memory_allows_by_quadrature():
    weights, per_token = MODEL.value("weights_bytes"), MODEL.value("kv_cache_bytes_per_token")
    joules_per_byte = 8 * 3.9e-12
    joules = quad(lambda held: (weights + per_token * held) * joules_per_byte, 0, MODEL.value("practical_context"))[0]
    assert joules / 2e10 == pytest.approx(MODEL.value("memory_bound_fill_time"), rel=1e-9)


def test_the_largest_context_lost_a_thousandth():
    assert LEDGER.judge("k1s1ai.inference.max-context").note == "10³ too small"
    instances, each = (
        float(LEDGER[claim].figure.value) for claim in ("k1s1ai.service.instances-128k", "k1s1ai.gpt4.context")
    )
    assert LEDGER["k1s1ai.inference.max-context"].figure.rounds_from(instances * each / 1000)
    share = LEDGER.recover("kv_share", ["k1s1ai.service.instances-128k", "k1s1ai.resources.compute-used"])
    assert share.low < 0.3 < share.high


def test_memory_cannot_feed_the_printed_speeds():
    for claim in ("rate-100m", "rate-1m"):
        verdict = LEDGER.judge(f"k1s1ai.inference.{claim}")
        assert verdict.physics == "infeasible" and verdict.physics_note.startswith("is 2.03 to ")
    ratio = LEDGER.judge("k1s1ai.inference.rate-100m-ratio")
    assert (ratio.physics, ratio.ground) == ("infeasible", "inherited")
    watts = 16_938 * (MODEL.value("weights_bytes") + MODEL.value("context_bytes")) * 8 * 3.9e-12
    assert watts / 2e10 == pytest.approx(MODEL.value("reading_power_excess"), rel=1e-4)


def test_sixteen_queries_to_a_key_close_the_gap():
    printed = MODEL.value("decoding_rate")
    assert MODEL.value("memory_bound_rate", query_heads_per_key_head=15) < printed
    assert MODEL.value("memory_bound_rate", query_heads_per_key_head=16) > printed
    assert MODEL.value("memory_bound_rate", batch_size=1e6) < printed / 11
    assert MODEL.value(
        "memory_bound_rate", dram_energy_per_bit=MODEL.value("affordable_energy_per_bit")
    ) == pytest.approx(printed)


def test_the_best_split_of_power():
    power = 4.5e10
    shares = np.linspace(0.01, 0.99, 9801)
    speeds = np.minimum(
        (1 - shares) * power / MODEL.value("computing_energy"), shares * power / MODEL.value("reading_energy")
    )
    assert speeds.max() == pytest.approx(MODEL.value("best_split_rate"), rel=1e-3)

"""Names and values that readers and other programs rely on."""

import pytest

from kscale_nb import MODEL

VALUES = {
    "K1_power": 1e16, "computing_share": 0.05, "computing_power": 5e14, "logic_share": 0.5, "memory_share": 0.4,
    "network_share": 0.1, "logic_power": 2.5e14, "memory_power": 2e14, "network_power": 5e13,
    "logic_efficiency": 307e9, "logic_throughput": 7.675e25, "dram_power_per_byte": 3e-9, "total_memory": 6.66667e22,
    "module_count": 1e4, "module_memory": 6.66667e18, "training_time": 31_557_600, "training_compute": 2.42205e33,
    "tokens_per_parameter": 20, "bytes_per_parameter": 2, "active_parameters": 4.49263e15,
    "training_tokens": 8.98526e16, "d_model": 337_188.76, "n_layers": 3292.859, "n_heads": 2634.287, "head_dim": 128,
    "gpt4_active_parameters": 280e9, "gpt4_d_model": 12_288, "gpt4_n_layers": 120, "weights_bytes": 8.98526e15,
    "practical_context": 1e8, "kv_cache_bytes_per_token": 4.441453e9, "decoding_rate": 16_937.71,
    "decoding_rate_1m": 571_604.8, "context_share": 0.0666218, "instances_100m": 15.01007, "instances_128k": 3.517992e7,
    "kv_share": 0.3, "total_context": 4.50303e12, "compute_used": 0.0182410, "long_term_memory": 6.657681e18,
    "region_diameter": 1e8, "light_delay": 0.333564, "module_spacing": 3.741101e6, "neighbour_delay": 0.01247897,
    "atoms_per_state": 56_198.126, "context_fill_time": 3010.53,
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
def test_a_public_name_has_its_value_in_si(name, defaults):
    assert defaults[name] == pytest.approx(VALUES[name], rel=1e-5)


def test_every_quantity_says_what_it_is():
    for name in MODEL:
        quantity = MODEL[name]
        assert quantity.meaning and quantity.symbol and quantity.identifier == name
        if quantity.is_given:
            assert quantity.low <= quantity.value <= quantity.high
        else:
            assert quantity.inputs, f"{name} rests on nothing: declare it as given"


def test_symbols_are_used_once():
    """Two quantities under one symbol would be unreadable in a formula."""
    symbols = [MODEL[name].symbol for name in MODEL]
    twice = {symbol for symbol in symbols if symbols.count(symbol) > 1}
    assert not twice

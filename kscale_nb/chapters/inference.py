"""Inference: how fast a module decodes, and how much memory a context takes."""

from kscale_nb.chapters.architecture import built_d_model, built_n_layers, built_parameters
from kscale_nb.chapters.memory import module_count, total_memory
from kscale_nb.chapters.scaling import bytes_per_parameter
from kscale_nb.chapters.silicon import logic_throughput
from kscale_nb.quantity import derived, given

practical_context = given("n", 1e8, "token", "practical context", "premise", "k1s1ai")
long_context_of_comparison = given("n_1", 1e6, "token", "the shorter context that a second speed is printed for", "premise", "k1s1ai")
gpt4_context = given("n_4", 128_000, "token", "context of GPT-4", "premise", "k1s1ai")
gpt4_decoding_rate = given("v_4", 30, "token/s", "decoding speed of GPT-4", "premise", "k1s1ai")
copies_per_module = given("c", 1, "1/module", "copies of the model at work in one module", "premise", "k1s1ai")

forward_flop = given("k_f", 2, "FLOP/parameter/token", "forward work per parameter and token", "definition", "kaplan2020")
attention_flop = given("k_a", 4, "FLOP/token/token", "forward attention work per unit of depth, width and context", "definition", "kaplan2020")

module_throughput = derived("F_1", logic_throughput / module_count, "FLOP/s/module", "logic throughput of one module")
flop_per_token = derived(
    "w", forward_flop * built_parameters + attention_flop * practical_context * built_n_layers * built_d_model,
    "FLOP/token", "forward work of one token at the practical context",
)
flop_per_token_1m = derived(
    "w_1", forward_flop * built_parameters + attention_flop * long_context_of_comparison * built_n_layers * built_d_model,
    "FLOP/token", "forward work of one token at a context of 1 M",
)
decoding_rate = derived("v", module_throughput / (flop_per_token * copies_per_module), "token/s", "decoding speed at the practical context")
decoding_rate_1m = derived("v_1", module_throughput / (flop_per_token_1m * copies_per_module), "token/s", "decoding speed at a context of 1 M")
decoding_rate_ratio = derived("x_v", decoding_rate / gpt4_decoding_rate, "1", "decoding speed over GPT-4's")

# Keys and values of every layer are kept for each token of the context
keys_and_values = given("m_{kv}", 2, "parameter/token", "vectors kept per token and layer: a key and a value", "definition", "pope2022")
kv_share = given("s_{kv}", 30, "%", "share of memory that holds contexts", "recovered", "k1s1ai")
kv_cache_bytes_per_token = derived(
    "q", keys_and_values * bytes_per_parameter * built_n_layers * built_d_model, "byte/token", "memory that one token of context takes"
)
instances_128k = derived(
    "i", kv_share * total_memory / (kv_cache_bytes_per_token * gpt4_context), "1", "contexts of GPT-4's length that fit the memory at once"
)

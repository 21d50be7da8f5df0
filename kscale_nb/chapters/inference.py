"""Inference: how fast a module decodes, and how much memory a context takes."""

from kscale_nb.chapters.architecture import built_d_model, built_n_layers, built_parameters, n_layers_ratio
from kscale_nb.chapters.chinchilla_sizing import bytes_per_parameter, weights_bytes
from kscale_nb.chapters.constants import speed_of_light
from kscale_nb.chapters.energy_split import (
    computing_power, logic_power, memory_power, module_count, module_memory, one_module, total_memory,
)
from kscale_nb.chapters.silicon_28nm import h100_memory, h100_throughput, logic_efficiency, logic_throughput
from kscale_nb.quantity import derived, given

practical_context = given("n", 1e8, "token", "practical context", "premise", "k1s1ai")
long_context_of_comparison = given("n_1", 1e6, "token", "the shorter context that a second speed is printed for", "premise", "k1s1ai")
gpt4_context = given("n_4", 128_000, "token", "context of GPT-4", "premise", "k1s1ai")
gpt4_decoding_rate = given("v_4", 30, "token/s", "decoding speed of GPT-4", "premise", "k1s1ai")
copies_per_module = given("c", 1, "1/module", "copies of the model at work in one module", "premise", "k1s1ai")

triangle = given("m_t", 2, "1", "a context that fills token by token is half full on average", "definition", "kaplan2020")
one_decoded_token = given("n_0", 1, "token", "decoding yields one token at a time", "definition", "pope2022")
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
crossover_context = derived(
    r"n_\times", forward_flop * built_parameters / (attention_flop * built_n_layers * built_d_model), "token", "context at which attention takes as much work as the weights"
)
decoding_rate_ratio = derived("x_v", decoding_rate / gpt4_decoding_rate, "1", "decoding speed over GPT-4's")

# Keys and values of every layer are kept for each token of the context
keys_and_values = given("m_{kv}", 2, "parameter/token", "vectors kept per token and layer: a key and a value", "definition", "pope2022")
query_heads_per_key_head = given("g", 1, "1", "query heads that share one key and value head; 1 is the document's silent choice", "premise", "k1s1ai")
bytes_per_cached_number = derived("b_{kv}", bytes_per_parameter, "byte/parameter", "bytes of one cached number: those of a parameter, unless overridden")
kv_share = given("s_{kv}", 30, "%", "share of memory that holds contexts", "recovered", "k1s1ai")
kv_cache_bytes_per_token = derived(
    "q", keys_and_values * bytes_per_cached_number * built_n_layers * built_d_model / query_heads_per_key_head,
    "byte/token", "memory that one token of context takes",
)
instances_128k = derived(
    "i", kv_share * total_memory / (kv_cache_bytes_per_token * gpt4_context), "1", "contexts of GPT-4's length that fit the memory at once"
)
total_context = derived("n_t", kv_share * total_memory / kv_cache_bytes_per_token, "token", "tokens of context that this share of all memory holds")
total_context_ratio = derived("x_t", total_context / gpt4_context, "1", "those tokens over GPT-4's context")
practical_context_ratio = derived("x_n", practical_context / gpt4_context, "1", "practical context over GPT-4's")

# What one module holds
context_bytes = derived("Q_n", kv_cache_bytes_per_token * practical_context, "PB", "memory that one practical context takes")
context_share = derived("s_Q", context_bytes * copies_per_module / module_memory, "%", "one practical context over the memory of a module")
instances_100m = derived("i_1", module_memory / context_bytes, "1/module", "practical contexts that fill a whole module")
weights_share = derived("s_W", weights_bytes * copies_per_module / module_memory, "%", "one copy of the weights over the memory of a module")
long_term_memory = derived("M_f", module_memory - weights_bytes * copies_per_module, "PB/module", "memory of a module beside the weights")

memory_beside_context = derived(
    "M_f'", long_term_memory - context_bytes * copies_per_module, "PB/module", "memory of a module beside the weights and one practical context", sign="real"
)
instances_beside_weights = derived("i_1'", long_term_memory / context_bytes, "1/module", "practical contexts that fit a module beside the weights")
one_module_context = derived(
    "n_W'", (module_memory * one_module - weights_bytes) / kv_cache_bytes_per_token, "token", "tokens of context that one module holds beside the weights"
)

# Books, by a length that the document does not print
tokens_per_book = given("b_T'", 266_667, "token/book", "tokens of one book, as the document must have counted them", "recovered", "k1s1ai")
books_in_context = derived("n_B", practical_context / tokens_per_book, "book", "books that the practical context holds")
books_in_gpt4_context = derived("n_{B4}", gpt4_context / tokens_per_book, "book", "books that GPT-4's context holds")
typical_tokens_per_book = given("b_T", 1.2e5, "token/book", "tokens of a book of 90,000 words (the range: of books longer than one in three, and than 49 in 50)", "estimate", "habash2012", 6.2e4, 3.5e5)
typical_books_in_context = derived("n_B'", practical_context / typical_tokens_per_book, "book", "typical books that the practical context holds")
typical_books_in_gpt4_context = derived("n_{B4}'", gpt4_context / typical_tokens_per_book, "book", "typical books that GPT-4's context holds")

# Filling the context at the printed speeds, which fall as it fills: the integral of work over tokens
context_fill_work = derived(
    "w_n", forward_flop * built_parameters * practical_context + attention_flop * built_n_layers * built_d_model * practical_context**2 / triangle,
    "FLOP", "work of decoding the practical context from its first token to its last",
)
context_fill_time = derived("t_n", context_fill_work * copies_per_module / module_throughput, "minute", "time to fill the practical context at the machine's own speed")
context_fill_time_at_gpt4_rate = derived("t_{n4}", practical_context / gpt4_decoding_rate, "day", "time to fill it at GPT-4's speed")

# The roofline that the document leaves out: every token must read the weights and its context from memory
# From memory bonded face to face with its logic (VLSI 2023) to memory on boards, 1.3 nJ for 64 bits by Horowitz
dram_energy_per_bit = given("e_b", 3.9, "pJ/bit", "energy to read one bit of high-bandwidth memory", "estimate", "oconnor2017", 0.66, 20)
batch_size = given("b_0", 1, "1", "contexts that decode together, sharing each read of the weights; 1 is the document's silent choice", "premise", "k1s1ai")
bytes_read_per_token = derived(
    "r_t", (weights_bytes / batch_size + context_bytes) / one_decoded_token, "byte/token", "bytes read for one token at the practical context"
)
bytes_read_per_token_1m = derived(
    "r_{t1}", (weights_bytes / batch_size + kv_cache_bytes_per_token * long_context_of_comparison) / one_decoded_token,
    "byte/token", "bytes read for one token at a context of 1 M",
)
reading_energy = derived("E_R", bytes_read_per_token * dram_energy_per_bit, "MJ/token", "energy to read what one token needs at the practical context")
computing_energy = derived("E_F", flop_per_token / logic_efficiency, "MJ/token", "energy to compute one token at the practical context")
reading_over_computing = derived("x_{RF}", reading_energy / computing_energy, "1", "energy of reading over that of computing")

module_memory_power = derived("P_{m1}", memory_power / module_count, "W/module", "power for memory in one module")
module_computing_power = derived("P_{c1}", computing_power / module_count, "W/module", "power of one module, logic, memory and network together")
reading_power = derived(
    "P_R", decoding_rate * bytes_read_per_token * dram_energy_per_bit * copies_per_module, "W/module", "power that reading takes at the printed speed"
)
reading_power_excess = derived("x_r", reading_power / module_memory_power, "1", "power to read at that speed, over the module's power for memory")
reading_power_over_module = derived("x_{R1}", reading_power / module_computing_power, "1", "that power over all the power of the module")
memory_bound_rate = derived(
    "v_m", module_memory_power / (bytes_read_per_token * dram_energy_per_bit * copies_per_module), "token/s", "decoding speed that the module's memory power can feed"
)
memory_bound_rate_1m = derived(
    "v_{m1}", module_memory_power / (bytes_read_per_token_1m * dram_energy_per_bit * copies_per_module),
    "token/s", "decoding speed at a context of 1 M that the module's memory power can feed",
)
affordable_energy_per_bit = derived(
    "e_b'", dram_energy_per_bit / reading_power_excess, "pJ/bit", "energy per bit at which the memory power would feed the printed speed"
)
best_split_rate = derived(
    "v_b", (module_memory_power + logic_power / module_count) / ((reading_energy + computing_energy) * copies_per_module),
    "token/s", "decoding speed if logic and memory shared their power in the best way",
)
memory_bound_fill_time = derived(
    "t_m",
    (weights_bytes / batch_size * practical_context + kv_cache_bytes_per_token * practical_context**2 / triangle)
    / one_decoded_token * dram_energy_per_bit * copies_per_module / module_memory_power,
    "hour", "time to fill the practical context at the speed that the memory power can feed",
)

# The same as a roofline: work for each byte read, and what the machine would need
decoding_intensity = derived("I_d", flop_per_token / bytes_read_per_token, "FLOP/byte", "work that decoding does with each byte it reads")
machine_balance = derived("I_M", module_throughput * dram_energy_per_bit / module_memory_power, "FLOP/byte", "work for each byte that would keep the module's logic busy")
h100_bandwidth = given("B_{H}", 3.35, "TB/s", "memory bandwidth of an H100 SXM", "measured", "nvidia2022", 3.0, 3.35)
h100_balance = derived("I_{H}", h100_throughput / h100_bandwidth, "FLOP/byte", "work for each byte that would keep an H100 busy")
h100_sweeps = derived("y_{H}", h100_bandwidth / h100_memory, "1/s", "times a second that an H100 can read all its memory")
memory_sweeps = derived("y_R", decoding_rate * bytes_read_per_token * copies_per_module / module_memory, "1/s", "times a second that a module would read as much as it holds")

# The clock of a single thought: one layer after the other, and what light allows in between
layer_time = derived("t_L", one_decoded_token / (decoding_rate * built_n_layers), "ns", "time for one layer, if a single thought has the speed of the practical context")
layer_time_1m = derived("t_{L1}", one_decoded_token / (decoding_rate_1m * built_n_layers), "ns", "time for one layer at the speed of a context of 1 M")
light_per_layer = derived("l_L", speed_of_light * layer_time, "m", "way of light in the time for one layer")
light_per_layer_1m = derived("l_{L1}", speed_of_light * layer_time_1m, "cm", "way of light in the time for one layer at a context of 1 M")
layer_speedup = derived("x_{tL}", decoding_rate_ratio * n_layers_ratio, "1", "speed of one layer over that of a layer of GPT-4")

"""Bottleneck: how much compute is left over when the model grows until memory is full."""

from sympy import cbrt, sqrt

from kscale_nb.chapters.architecture import aspect_ratio, layer_factor
from kscale_nb.chapters.chinchilla_sizing import (
    active_parameters, bytes_per_parameter, flop_per_parameter_and_token, tokens_per_parameter, training_utilisation,
    weights_bytes,
)
from kscale_nb.chapters.energy_split import dram_power_per_byte, memory_power, total_memory
from kscale_nb.chapters.inference import (
    bytes_per_cached_number, dram_energy_per_bit, forward_flop, gpt4_context, gpt4_decoding_rate, h100_sweeps,
    keys_and_values, kv_share, long_term_memory, one_decoded_token, query_heads_per_key_head,
)
from kscale_nb.chapters.silicon_28nm import efficiency_penalty, h100_memory, h100_throughput, logic_throughput
from kscale_nb.quantity import derived, given

# Memory: what a byte costs
measured_dram_power = given("p_B'", 0.392, "W/GB", "average power of DRAM in servers, by makers' typical figures", "estimate", "ccf", 0.2, 0.5)
dram_power_excess = derived("x_B", dram_power_per_byte / measured_dram_power, "1", "the document's DRAM power over the measured one")
memory_at_measured_power = derived("M'", memory_power / measured_dram_power, "EB", "memory of the whole machine at the measured DRAM power")
dram_rule_power = given("p_8", 0.375, "W/GB", "rule of thumb for DRAM power, 3 W per 8 GB", "estimate", "ccf", 0.375, 0.375)
dram_rule_excess = derived("x_8", dram_power_per_byte / dram_rule_power, "1", "the document's DRAM power over the rule of thumb")

# How much arithmetic a machine has for each byte it holds
throughput_per_memory = derived("F/M", logic_throughput / total_memory, "FLOP/s/byte", "logic throughput over memory")
h100_throughput_per_memory = derived("F_{H}/M_{H}", h100_throughput / h100_memory, "FLOP/s/byte", "throughput over memory of an H100 SXM")
memory_abundance = derived("x_M", h100_throughput_per_memory / throughput_per_memory, "1", "memory for the same throughput, over an H100's")

# Keeping bits: every row is opened and written back before its charge leaks away
row_energy_per_bit = given(
    "e_r", 0.111, "pJ/bit", "energy to open one row, per bit of the row (909 pJ for 1 kB)", "estimate", "oconnor2017", 0.05, 0.3
)
refresh_interval = given("t_r", 64, "ms", "time in which every row must be refreshed", "measured", "micron_twindie", 32, 64)
refresh_power = derived("p_f", row_energy_per_bit / refresh_interval, "W/GB", "power that refreshing alone takes")
# data sheets' self-refresh: DDR4 0.034, DDR3 0.056 W/GB; up to 0.1 with the interface awake
dram_idle_power = given("p_i", 0.056, "W/GB", "power of DRAM that keeps its contents and is not read", "measured", "gem5dram", 0.02, 0.1)
idle_power_saving = derived("x_i", dram_power_per_byte / dram_idle_power, "1", "the document's DRAM power over that of DRAM at rest")
memory_at_rest = derived("M_i", memory_power / dram_idle_power, "EB", "memory that the same power could keep at rest")
dram_power_at_30_nm = given("p_{30}", 0.29, "W/GB", "power of 30 nm DDR3 in servers, by its maker", "measured", "computerwoche2011", 0.29, 0.4)
excess_at_30_nm = derived("x_{30}", dram_power_per_byte / dram_power_at_30_nm, "1", "the document's DRAM power over that of 30 nm DDR3")

# Files need no DRAM; the ranges are wide, for drives of 2016 to 2025
flash_power = given(r"p_{\mathrm{ssd}}", 1.2, "W/TB", "power of flash drives in data centres", "estimate", "ccf", 0.2, 2)
disk_power = given(r"p_{\mathrm{hdd}}", 0.65, "W/TB", "power of hard disks in data centres", "estimate", "ccf", 0.3, 1.5)
flash_saving = derived(r"x_{\mathrm{ssd}}", dram_power_per_byte / flash_power, "1", "the document's DRAM power over that of flash")

# How much compute is left over when the model grows until memory is full

weights_share_of_memory = derived("s_w", 1 - kv_share, "%", "share of memory that holds weights", sign="nonnegative")
largest_model = derived("N_M", weights_share_of_memory * total_memory / bytes_per_parameter, "parameter", "parameters that fill that share of all memory")
compute_used = derived("u_M", forward_flop * largest_model * gpt4_decoding_rate / logic_throughput, "%", "compute that serving it at GPT-4's speed takes")
compute_spare = derived("x_u", 1 / compute_used, "1", "compute there is, over compute used")
compute_used_at_measured_power = derived(
    "u_M'", compute_used * memory_at_measured_power / total_memory, "%", "the same share if DRAM took the measured power"
)
compute_spare_at_measured_power = derived(
    "x_u'", 1 / compute_used_at_measured_power, "1", "compute there is, over compute used, if DRAM took the measured power"
)

# Could that model be trained, and what does the trained one need?
largest_model_ratio = derived("x_{NM}", largest_model / active_parameters, "1", "the model that fills memory over the one that a year trains")
largest_model_training_time = derived(
    "t_M", flop_per_parameter_and_token * tokens_per_parameter * largest_model**2 / (logic_throughput * training_utilisation),
    "year", "time to train the model that fills memory, by the rule of twenty",
)
memory_over_weights = derived("x_W", total_memory / weights_bytes, "1", "all memory over the weights of the model that a year trains")
penalty_in_size = derived("x_{28}", sqrt(efficiency_penalty), "1", "times that the model of a year would be larger without the penalty")

# Many streams share each reading of the weights; each keeps a context of its own
largest_d_model = derived("d_M", cbrt(largest_model * aspect_ratio / layer_factor), "1", "width of the model that fills memory")
largest_n_layers = derived("L_M", largest_d_model / aspect_ratio, "1", "layers of the model that fills memory")
largest_kv_bytes_per_token = derived(
    "q_M", keys_and_values * bytes_per_cached_number * largest_n_layers * largest_d_model / query_heads_per_key_head,
    "TB/token", "memory that one token of its context takes",
)
context_tokens_beside_largest = derived("n_q", kv_share * total_memory / largest_kv_bytes_per_token, "token", "tokens of context that fit beside its weights")
streams_that_fit = derived("B_q", context_tokens_beside_largest / gpt4_context, "1", "streams with GPT-4's context that fit beside its weights")
context_at_full_compute = derived(
    "n_u", context_tokens_beside_largest / compute_spare, "token", "context of each stream when just enough of them share memory to fill the compute"
)
streams_over_compute = derived("x_{qu}", streams_that_fit / compute_spare, "1", "streams that memory can hold, over streams that compute can serve")

# What reading costs: power is a part for keeping and a part for moving
passes_per_second = derived(
    "f_r", weights_share_of_memory * gpt4_decoding_rate / one_decoded_token,
    "1/s", "times a second that serving it reads a byte of memory, on average", sign="nonnegative",
)
access_power = derived("p_a", dram_energy_per_bit * passes_per_second, "W/GB", "power of that reading", sign="nonnegative")
dram_power_in_use = derived("p_u", dram_idle_power + access_power, "W/GB", "power of DRAM that keeps its contents and is read so often")
memory_in_use = derived("M_u", memory_power / dram_power_in_use, "EB", "memory of the whole machine at that power")
excess_in_use = derived("x_p", dram_power_per_byte / dram_power_in_use, "1", "the document's DRAM power over that power")
compute_used_in_use = derived("u_M''", compute_used * memory_in_use / total_memory, "%", "compute that serving takes with that much memory")
passes_at_printed_power = derived(
    "f_B", (dram_power_per_byte - dram_idle_power) / dram_energy_per_bit, "1/s", "times a second that all memory could be read at the document's power",
    sign="real",
)
h100_memory_power = derived("p_{H}", dram_idle_power + dram_energy_per_bit * h100_sweeps, "W/GB", "power of memory that is read as an H100 reads its own")

# A roofline: how many streams must share a reading
work_per_byte = derived(
    "I_1", forward_flop * one_decoded_token / bytes_per_parameter, "FLOP/byte", "work per byte of weights read, for one stream"
)

# Files on flash
files_power_on_flash = derived("P_f", flash_power * long_term_memory, "MW/module", "power that a module's file memory takes on flash")
files_power_in_dram = derived("P_f'", dram_power_per_byte * long_term_memory, "GW/module", "power that it takes in the document's DRAM")

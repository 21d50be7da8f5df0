"""Verdict: the machine that the world's text allows, and the power and the light that it takes."""

from sympy import Rational, cbrt, sqrt

from kscale_nb.chapters.architecture import aspect_ratio, layer_factor
from kscale_nb.chapters.chinchilla_sizing import (
    active_parameters, gpt4_active_parameters, human_text_stock, stock_parameters, stock_training_compute,
    stock_training_time, training_time, training_utilisation,
)
from kscale_nb.chapters.datacentre_l5 import batch_exponent, direct_delay, gpt3_batch, gpt3_tokens
from kscale_nb.chapters.energy_split import (
    computing_power, logic_share, memory_share, module_count, module_memory, network_share, one_module,
)
from kscale_nb.chapters.inference import (
    batch_size, bytes_read_per_token_1m, context_bytes, copies_per_module, decoding_rate, decoding_rate_1m,
    dram_energy_per_bit, light_per_layer, light_per_layer_1m, module_memory_power, reading_power, weights_bytes,
)
from kscale_nb.chapters.memory_bottleneck import dram_idle_power
from kscale_nb.chapters.silicon_28nm import logic_efficiency
from kscale_nb.chapters.steampunk_supply_chain import dram_area, logic_area, wafer_thickness
from kscale_nb.quantity import derived, given

# The share that runs of today reach: 21 % for GPT-3, 38 to 43 % for the largest Llama 3, 56 % for a benchmark of Megatron's
reached_utilisation = given("u'", 40, "%", "share of the peak throughput that large training runs reach", "measured", "grattafiori2024", 20, 57)
parameters_at_reached_utilisation = derived(
    "N_{u'}", active_parameters * sqrt(reached_utilisation / training_utilisation), "parameter", "active parameters trainable at the share that runs reach"
)
parameters_ratio_at_reached_utilisation = derived(
    "x_{u'}", parameters_at_reached_utilisation / gpt4_active_parameters, "1", "those parameters over GPT-4's"
)

# The model of all public text, read once, at that share
reached_training_time = derived(
    "t_h'", stock_training_time * training_utilisation / reached_utilisation, "minute", "time in which the machine reads the stock once at that share"
)
runs_in_a_year = derived("y_h", training_time / reached_training_time, "1", "such trainings in the document's year")
stock_parameters_ratio = derived("x_h'", stock_parameters / gpt4_active_parameters, "1", "parameters that the stock trains, over GPT-4's")
stock_n_layers = derived("L_h'", cbrt(stock_parameters / (layer_factor * aspect_ratio**2)), "1", "layers of the model of the stock")
stock_computing_power = derived(
    "P_h", stock_training_compute / (reached_utilisation * training_time * logic_share * logic_efficiency),
    "GW", "power for computing that reads the stock once in the document's year",
)
stock_power_share = derived("s_h", stock_computing_power / computing_power, "1", "power that reads the stock in a year, over the document's for computing")

# Step by step, with light in between: each step waits for one exchange, the farther the more modules take part
stock_steps = derived(
    "n_h", human_text_stock / (gpt3_batch * (human_text_stock / gpt3_tokens) ** batch_exponent), "1", "steps of that training at the largest useful batch"
)
stock_light_time = derived("t_{hl}", stock_steps * direct_delay, "day", "time that light takes for those steps, each module with each")
best_share = derived(
    "s_b", (3 * reached_training_time / stock_light_time) ** Rational(3, 4), "%", "share of the modules that is trained soonest, standing close together"
)
best_modules = derived("n_b'", best_share * module_count, "module", "those modules")
best_training_time = derived(
    "t_b", reached_training_time / best_share + stock_light_time * cbrt(best_share), "day", "time of the training with them"
)

# What a corrected machine is held to: one power keeps the memory and reads it, and a batch of contexts shares all
power_shares = derived("s_+", logic_share + memory_share + network_share, "%", "power for logic, memory and network together, over the computing power")
keeping_power = derived("P_i", dram_idle_power * module_memory, "W/module", "power that keeps a module's memory, unread")
memory_power_use = derived(
    "u_{mk}", (keeping_power + reading_power) / module_memory_power, "%", "power to keep a module's memory and to read it at the speed of the practical context, over what there is"
)
reading_power_1m = derived(
    "P_{R1}", decoding_rate_1m * bytes_read_per_token_1m * dram_energy_per_bit * copies_per_module, "W/module", "power that reading takes at the speed of a context of 1 M"
)
memory_power_use_1m = derived(
    "u_{mk1}", (keeping_power + reading_power_1m) / module_memory_power, "%", "power to keep a module's memory and to read it at the speed of a context of 1 M, over what there is"
)
batch_memory_share = derived(
    "s_b'", (weights_bytes + batch_size * context_bytes) * copies_per_module / module_memory, "%", "weights and a batch of practical contexts over a module's memory"
)
batch_pace = derived("v_b'", decoding_rate / batch_size, "token/s", "speed of each context of a batch at the practical context")
batch_light_per_layer = derived("l_{bL}", light_per_layer * batch_size, "m", "way of light in the time for one layer of a batch")
batch_light_per_layer_1m = derived("l_{bL1}", light_per_layer_1m * batch_size, "m", "way of light in the time for one layer of a batch at a context of 1 M")
module_chips_edge = derived(
    "l_c", cbrt((dram_area + logic_area) * wafer_thickness * one_module / module_count), "m", "edge of the cube of a module's chips, laid bare upon one another"
)

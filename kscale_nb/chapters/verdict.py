"""Verdict: the machine that the world's text allows, and the power and the light that it takes."""

from sympy import Rational, cbrt, sqrt

from kscale_nb.chapters.architecture import aspect_ratio, layer_factor
from kscale_nb.chapters.chinchilla_sizing import (
    active_parameters, gpt4_active_parameters, human_text_stock, stock_parameters, stock_training_compute,
    stock_training_time, training_time, training_utilisation,
)
from kscale_nb.chapters.datacentre_l5 import batch_exponent, direct_delay, gpt3_batch, gpt3_tokens
from kscale_nb.chapters.energy_split import computing_power, logic_share, module_count
from kscale_nb.chapters.silicon_28nm import logic_efficiency
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

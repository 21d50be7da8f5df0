"""Orion's Arm: the figures that the document gives an S1 transapient, beside the machine's."""

from sympy import sqrt

from kscale_nb.chapters.chinchilla_sizing import active_parameters_ratio, size_exponent
from kscale_nb.chapters.constants import solar_luminosity
from kscale_nb.chapters.energy_split import K1_power, computing_share, total_memory
from kscale_nb.chapters.inference import (
    decoding_rate, instances_128k, kv_cache_bytes_per_token, kv_share, practical_context,
)
from kscale_nb.quantity import derived, given

s1_capability = given("x_{S1}", 15_600, "1", "capability of an S1 over a modosophont, as the document has it", "fiction", "k1s1ai")
s1_inputs = given("n_{S1}", 75_000, "1", "sensory inputs of an S1 at once, as the document has it", "fiction", "k1s1ai")
s1_bodies = given("b_{S1}", 15_000, "1", "bodies that an S1 moves at once, as the document has it", "fiction", "k1s1ai")
tokens_per_input = given("m_{S1}", 1, "token", "tokens that the comparison counts for one sensory input", "premise", "k1s1ai")

capability_match = derived("y_x", active_parameters_ratio / s1_capability, "1", "the machine's ratio over the S1's")
capability_gap = derived("g_x", capability_match - 1, "%", "by how much the machine's ratio exceeds the S1's", sign="real")
inputs_match = derived("y_n", practical_context / (s1_inputs * tokens_per_input), "1", "tokens attended at once over an S1's inputs")
bodies_match = derived("y_b", instances_128k / s1_bodies, "1", "instances at once over an S1's bodies")
share_for_exact_match = derived("s_c^*", computing_share / capability_match**2, "%", "computing share that matches the S1 exactly")
ratio_with_all_power = derived(
    "x_N^1", active_parameters_ratio / sqrt(computing_share), "1", "the machine's ratio if all of K1's power went to computing"
)

# What the ratio buys, by the scaling law that the document sizes its model with
size_loss_cut = derived("x_A", active_parameters_ratio**size_exponent, "1", "times that the loss which size removes is smaller than GPT-4's")

# Inputs are streams, and bodies share a memory
inputs_per_body = derived("n_1'", s1_inputs / s1_bodies, "1", "sensory inputs of an S1 for each of its bodies")
intake_per_input = derived(
    "v_{S1}", decoding_rate / s1_inputs, "token/s", "tokens that each input could deliver, if one module's speed were shared among them"
)
long_contexts_in_memory = derived(
    "i_n", kv_share * total_memory / (kv_cache_bytes_per_token * practical_context),
    "1", "contexts of the practical length that fit the memory at once",
)
long_contexts_match = derived("y_i", long_contexts_in_memory / s1_bodies, "1", "those contexts over an S1's bodies")

# The multiples that could be read in the project's own pages and on its forum
s1_speed = given(
    "x_{S1}'", 1000, "1", "times that an S1 thinks faster than a standard sapient: thousands, read as 1,000 to 10,000",
    "fiction", "oa_si_levels", 1000, 10_000,
)
s1_capability_on_forum = given(
    "x_{S1}''", 10_000, "1", "times that an S1 exceeds a human mind: a forum post says more than this", "fiction", "oa_forum3896"
)
s2_intelligence = given("x_{S2}", 1e9, "1", "times that an S2 exceeds a modosophont: billions, read as one", "fiction", "oa_second_toposophic")
power_for_s2 = derived(
    "P_{S2}", K1_power * (s2_intelligence / active_parameters_ratio) ** 2, "W", "civilisation's power at which the machine's ratio would be an S2's"
)
power_for_s2_over_sun = derived(r"x_\odot", power_for_s2 / solar_luminosity, "%", "that power over the Sun's")

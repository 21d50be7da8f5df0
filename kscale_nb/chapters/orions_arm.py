"""Orion's Arm: the figures that the document gives an S1 transapient, beside the machine's."""

from kscale_nb.chapters.energy import computing_share
from kscale_nb.chapters.inference import instances_128k, practical_context
from kscale_nb.chapters.scaling import active_parameters_ratio
from kscale_nb.quantity import derived, given

s1_capability = given("x_{S1}", 15_600, "1", "capability of an S1 over a modosophont, as the document has it", "fiction", "k1s1ai")
s1_inputs = given("n_{S1}", 75_000, "1", "sensory inputs of an S1 at once, as the document has it", "fiction", "k1s1ai")
s1_bodies = given("b_{S1}", 15_000, "1", "bodies that an S1 moves at once, as the document has it", "fiction", "k1s1ai")
tokens_per_input = given("m_{S1}", 1, "token", "tokens that the comparison counts for one sensory input", "premise", "k1s1ai")

capability_match = derived("y_x", active_parameters_ratio / s1_capability, "1", "the machine's ratio over the S1's")
inputs_match = derived("y_n", practical_context / (s1_inputs * tokens_per_input), "1", "tokens attended at once over an S1's inputs")
bodies_match = derived("y_b", instances_128k / s1_bodies, "1", "instances at once over an S1's bodies")
share_for_exact_match = derived("s_c^*", computing_share / capability_match**2, "%", "computing share that matches the S1 exactly")

"""Architecture: width, depth and heads of a transformer with a given number of parameters."""

from sympy import cbrt, sqrt

from kscale_nb.chapters.chinchilla_sizing import active_parameters, active_parameters_ratio, gpt4_active_parameters
from kscale_nb.quantity import derived, given, whole

gpt4_d_model = given("d_4", 12288, "1", "width of GPT-4 (GPT-3's published width)", "premise", "k1s1ai")
gpt4_n_layers = given("L_4", 120, "1", "layers of GPT-4 (a leak's figure)", "premise", "k1s1ai")
gpt4_n_heads = given("h_4", 96, "1", "attention heads of GPT-4 (GPT-3's published number)", "premise", "k1s1ai")
head_dim = given("d_h", 128, "1", "head dimension of both models", "premise", "k1s1ai")

attention_matrices = given("m_a", 4, "parameter", "square matrices of one attention layer: query, key, value, output", "definition", "kaplan2020")
mlp_expansion = given("m_f", 4, "parameter", "widening of the feed-forward layer", "premise", "kaplan2020")
mlp_matrices = given("m_2", 2, "1", "matrices of the feed-forward layer: up and down", "definition", "kaplan2020")
layer_factor = derived("k_L", attention_matrices + mlp_matrices * mlp_expansion, "parameter", "parameters of a layer over the square of its width")

aspect_ratio = derived("a", gpt4_d_model / gpt4_n_layers, "1", "width over depth, kept from GPT-4")
d_model = derived("d", cbrt(active_parameters * aspect_ratio / layer_factor), "1", "model width")
n_layers = derived("L", d_model / aspect_ratio, "1", "layers")
n_heads = derived("h", d_model / head_dim, "1", "attention heads")
d_model_ratio = derived("x_d", d_model / gpt4_d_model, "1", "width over GPT-4's")
n_layers_ratio = derived("x_L", n_layers / gpt4_n_layers, "1", "layers over GPT-4's")
n_heads_ratio = derived("x_h", n_heads / gpt4_n_heads, "1", "heads over GPT-4's")

# A machine is built with whole layers; the document computes on with these
built_d_model = derived(r"\hat d", whole(d_model), "1", "model width, a whole number")
built_n_layers = derived(r"\hat L", whole(n_layers), "1", "layers, a whole number")
built_parameters = derived(r"\hat N", layer_factor * built_n_layers * built_d_model**2, "parameter", "parameters of the layers as built")

gpt4_layer_parameters = derived(
    "N_4'", layer_factor * gpt4_n_layers * gpt4_d_model**2, "parameter", "parameters that GPT-4's printed width and depth give"
)
gpt4_parameter_gap = derived(
    "x_4", gpt4_active_parameters / gpt4_layer_parameters, "1", "GPT-4's printed parameters over those of its printed width and depth"
)
growth_by_printed_ratio = derived(
    "x_3", cbrt(active_parameters_ratio), "1", "growth of width, depth and heads that the printed ratio of sizes would give"
)

# The leaked GPT-4 is a mixture of experts: its parts, as the leak rounds them
gpt4_experts = given("n_X", 16, "1", "experts of GPT-4 (a leak's figure)", "estimate", "semianalysis2023", 16, 16)
gpt4_experts_at_work = given("n_x", 2, "1", "experts of GPT-4 that work on one token (a leak's figure)", "estimate", "semianalysis2023", 2, 2)
gpt4_expert_parameters = given(
    "N_X", 111e9, "parameter", "feed-forward parameters of one expert of GPT-4 (a leak's figure)", "estimate", "semianalysis2023", 110.5e9, 111.5e9
)
gpt4_attention_parameters = given(
    "N_A", 55e9, "parameter", "attention parameters that GPT-4's experts share (a leak's figure)", "estimate", "semianalysis2023", 54.5e9, 55.5e9
)
gpt4_active_by_parts = derived(
    "N_{4p}", gpt4_experts_at_work * gpt4_expert_parameters + gpt4_attention_parameters, "parameter", "active parameters of GPT-4, summed from the leak's parts"
)
gpt4_total_by_parts = derived(
    "N_{4t}", gpt4_experts * gpt4_expert_parameters + gpt4_attention_parameters, "parameter", "all parameters of GPT-4, summed from the leak's parts"
)
total_parameters_ratio = derived("x_{4t}", active_parameters / gpt4_total_by_parts, "1", "parameters over all of GPT-4's, by the leak's parts")
gpt4_printed_attention = derived(
    "N_A'", attention_matrices * gpt4_n_layers * gpt4_d_model**2, "parameter", "attention parameters that GPT-4's printed width and depth give"
)
gpt4_attention_gap = derived("x_{NA}", gpt4_printed_attention / gpt4_attention_parameters, "1", "those attention parameters over the leak's")
gpt4_width_by_attention = derived(
    "d_A", sqrt(gpt4_attention_parameters / (attention_matrices * gpt4_n_layers)), "1", "width that the leak's attention parameters give, at its depth"
)
gpt4_width_by_experts = derived(
    "d_X", sqrt(gpt4_expert_parameters / (mlp_matrices * mlp_expansion * gpt4_n_layers)), "1", "width that one expert's parameters give, at the leak's depth"
)

"""Architecture: width, depth and heads of a transformer with a given number of parameters."""

from sympy import cbrt

from kscale_nb.chapters.scaling import active_parameters, gpt4_active_parameters
from kscale_nb.quantity import derived, given, whole

gpt4_d_model = given("d_4", 12288, "1", "width of GPT-4 (GPT-3's published width)", "premise", "k1s1ai")
gpt4_n_layers = given("L_4", 120, "1", "layers of GPT-4 (a leak's figure)", "premise", "k1s1ai")
gpt4_n_heads = given("h_4", 96, "1", "attention heads of GPT-4 (GPT-3's published number)", "premise", "k1s1ai")
head_dim = given("d_h", 128, "1", "head dimension of both models", "premise", "k1s1ai")

attention_matrices = given("m_a", 4, "parameter", "square matrices of one attention layer: query, key, value, output", "definition", "kaplan2020")
mlp_expansion = given("m_f", 4, "parameter", "widening of the feed-forward layer", "definition", "kaplan2020")
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

"""Scaling laws seen closely: the model that each published law asks for, and what refits of one of them leave open."""

from sympy import exp, log, sqrt

from kscale_nb.chapters.chinchilla_sizing import (
    data_exponent, flop_per_parameter_and_token, llama_law_tokens, parameter_tokens, size_exponent, training_compute,
)
from kscale_nb.chapters.constants import one_parameter
from kscale_nb.quantity import derived, given

# Kaplan and others: a power of the work in days of 10^15 operations a second; embeddings are counted in neither
petaflop_day = given("C_{pf}", 8.64e19, "FLOP", "a day at 10^15 operations a second", "definition", "kaplan2020")
kaplan_size = given("N_{pf}", 1.3e9, "parameter", "best size for that work, by the law of 2020", "measured", "kaplan2020", 1.25e9, 1.35e9)
kaplan_exponent = given("a_K", 0.73, "1", "growth of the best size with the work, by that law", "measured", "kaplan2020", 0.725, 0.735)
kaplan_parameters = derived("N_K", kaplan_size * (training_compute / petaflop_day) ** kaplan_exponent, "parameter", "best size by Kaplan's law of 2020")

# Hoffmann and others, three ways. Of the first two they print the work that 67 B parameters are best for, and the growth
hoffmann_size = given("N_{67}", 67e9, "parameter", "size in Hoffmann's tables next to Chinchilla's", "measured", "hoffmann2022", 66.5e9, 67.5e9)
first_work = given("C_{67}", 5.76e23, "FLOP", "work that this size is best for, by the envelope of training curves", "measured", "hoffmann2022", 5.755e23, 5.765e23)
first_exponent = given("a_{H1}", 0.50, "1", "growth of the best size with the work, by that way", "estimate", "hoffmann2022", 0.488, 0.502)
first_parameters = derived("N_{H1}", hoffmann_size * (training_compute / first_work) ** first_exponent, "parameter", "best size by Hoffmann's envelope of training curves")
second_work = given("C_{67}'", 6.88e23, "FLOP", "work that this size is best for, by profiles of equal work", "measured", "hoffmann2022", 6.875e23, 6.885e23)
second_exponent = given("a_{H2}", 0.49, "1", "growth of the best size with the work, by that other way", "estimate", "hoffmann2022", 0.462, 0.534)
second_parameters = derived("N_{H2}", hoffmann_size * (training_compute / second_work) ** second_exponent, "parameter", "best size by Hoffmann's profiles of equal work")

# The third is a law of loss; its numbers unrounded, as the source of the paper has them
third_per_size = given("A_{H3}", 406.401, "1", "coefficient of size in Hoffmann's own law of loss", "measured", "besiroglu2024", 406.401, 406.401)
third_per_data = given("B_{H3}", 410.723, "1", "coefficient of data in it", "measured", "besiroglu2024", 410.723, 410.723)
third_size_exponent = given(r"\alpha_{H3}", 0.33917084, "1", "exponent of size in it", "measured", "besiroglu2024", 0.33917084, 0.33917084)
third_data_exponent = given(r"\beta_{H3}", 0.2849083, "1", "exponent of data in it", "measured", "besiroglu2024", 0.2849083, 0.2849083)


def _best_size(per_size, per_data, by_size, by_data):
    balance = (by_size * per_size / (by_data * per_data)) ** (1 / (by_size + by_data))
    return one_parameter * balance * parameter_tokens ** (by_data / (by_size + by_data))

third_parameters = derived(
    "N_{H3}", _best_size(third_per_size, third_per_data, third_size_exponent, third_data_exponent), "parameter", "best size by Hoffmann's own law of loss"
)

# Muennighoff and others tie both exponents
tied_per_size = given("A_{Mu}", 520.825, "1", "coefficient of size in Muennighoff's law of loss", "measured", "muennighoff2023", 520.825, 520.825)
tied_per_data = given("B_{Mu}", 1487.716, "1", "coefficient of data in it, of text read once", "measured", "muennighoff2023", 1487.716, 1487.716)
tied_exponent = given(r"\alpha_{Mu}", 0.3526596, "1", "both exponents of that law", "measured", "muennighoff2023", 0.3526596, 0.3526596)
tied_parameters = derived("N_{Mu}", _best_size(tied_per_size, tied_per_data, tied_exponent, tied_exponent), "parameter", "best size by Muennighoff's law of loss")

# Later laws: of Llama 3 the tokens are known; DeepSeek counts a model by its work per token, MiniCPM prints a ratio
llama_law_parameters = derived("N_{L3}", training_compute / (flop_per_parameter_and_token * llama_law_tokens), "parameter", "best size by Llama 3's own law")
one_flop = given("C_1", 1, "FLOP", "the operation that DeepSeek's law counts in", "definition", "bi2024")
deepseek_work = given("M_{DS}", 0.1715, "FLOP/token", "work per token of the best model for one operation, by DeepSeek's law", "measured", "bi2024", 0.17145, 0.17155)
deepseek_exponent = given("a_{DS}", 0.5243, "1", "growth of that work per token with the work", "measured", "bi2024", 0.52425, 0.52435)
deepseek_parameters = derived(
    "N_{DS}", deepseek_work * (training_compute / one_flop) ** deepseek_exponent / flop_per_parameter_and_token,
    "parameter", "best size by DeepSeek's law",
)
minicpm_ratio = given("r_{MC}", 192, "token/parameter", "best tokens per parameter on average, by MiniCPM's law", "measured", "hu2024", 191.5, 192.5)
minicpm_parameters = derived("N_{MC}", sqrt(training_compute / (flop_per_parameter_and_token * minicpm_ratio)), "parameter", "best size by MiniCPM's mean ratio, held fixed")
laws_apart = derived("x_N^K", kaplan_parameters / third_parameters, "1", "best size by the law of 2020 over that by Hoffmann's law of loss")

# The refits: the logarithm of the best size is a line in that of the work, whose slope and height err together
fitted_growth = derived("a^*", data_exponent / (size_exponent + data_exponent), "1", "growth of the best size with the work, by the refitted law")
pivot_work = given("C_{pv}", 1.938e19, "FLOP", "work at which a thousand refits agree best on the best size", "measured", "besiroglu2024", 1.938e19, 1.938e19)
pivot_scatter = given("s_{pv}", 2.271, "%", "spread of the logarithm of the best size there, over the refits", "measured", "besiroglu2024", 2.271, 2.271)
growth_scatter = given("s_{gr}", 0.01928, "1", "spread of the growth of the best size over the refits", "measured", "besiroglu2024", 0.01928, 0.01928)
size_scatter = derived(
    "s_N", sqrt(pivot_scatter**2 + growth_scatter**2 * log(training_compute / pivot_work) ** 2), "1", "spread of the logarithm of the best size at the work of the run"
)
size_factor = derived("f_N", exp(size_scatter), "1", "factor either way to which refits leave the best size, as one standard deviation")
ratio_factor = derived("f_{D|N}", size_factor**2, "1", "factor either way to which they leave the best tokens per parameter")

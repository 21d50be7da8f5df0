"""Scaling: the largest model that a year of the machine can train, by Chinchilla's rule and by published fits."""

from sympy import exp, log, sqrt

from kscale_nb.chapters.constants import one_parameter, one_token
from kscale_nb.chapters.silicon_28nm import logic_throughput
from kscale_nb.quantity import derived, given

training_time = given("t", 1, "year", "training time", "premise", "k1s1ai")
training_utilisation = given("u", 100, "%", "share of the peak throughput that training achieves (the document's silent choice)", "premise", "k1s1ai")
flop_per_parameter_and_token = given("k", 6, "FLOP/parameter/token", "training work per parameter and token", "definition", "kaplan2020")
tokens_per_parameter = given("r", 20, "token/parameter", "Chinchilla's rule of thumb", "premise", "hoffmann2022")
bytes_per_parameter = given("b", 2, "byte/parameter", "bytes of one FP16 number", "premise", "k1s1ai")

training_compute = derived("C", logic_throughput * training_utilisation * training_time, "FLOP", "work of the training run")
active_parameters = derived(
    "N", sqrt(training_compute / (flop_per_parameter_and_token * tokens_per_parameter)), "parameter", "active parameters trainable in that time"
)
training_tokens = derived("D", tokens_per_parameter * active_parameters, "token", "training tokens")
weights_bytes = derived("W", bytes_per_parameter * active_parameters, "PB", "bytes of the weights")

# GPT-4, as the document and the leak have it
gpt4_active_parameters = given("N_4", 280e9, "parameter", "active parameters of GPT-4 (a leak's figure)", "premise", "k1s1ai")
active_parameters_ratio = derived("x_N", active_parameters / gpt4_active_parameters, "1", "active parameters over GPT-4's")
gpt4_training_compute = given("C_4", 2.1e25, "FLOP", "training work of GPT-4", "estimate", "epoch2024", 4e24, 1e26)
gpt4_training_time = derived("t_4", gpt4_training_compute / (logic_throughput * training_utilisation), "s", "time to train GPT-4 on this machine")

# The data wall: how much there is to read depends on whose text is counted. Of the indexed web alone, 4e14 are fit for use
human_text_stock = given("D_h", 3e14, "token", "stock of public human text", "estimate", "villalobos2024", 1e14, 1e15)
human_record = given("D_H", 3e14, "token", "all human record, as the document must have counted it", "recovered", "k1s1ai")
tokens_over_human_record = derived("x_H", training_tokens / human_record, "1", "training tokens over that record")
tokens_over_human_text = derived("x_D", training_tokens / human_text_stock, "1", "training tokens over the stock of human text")
private_text_stock = given("D_m", 1.85e15, "token", "mail and messages that are stored and not public", "estimate", "cummins2024", 9e14, 3.7e15)
# 7e13 to 7e16 words, at three words for four tokens; the middle is that of the logarithms
language_stock = given("D_L", 2.95e15, "token", "stock of all language data, public and private", "estimate", "villalobos2022", 9.3e13, 9.3e16)
words_per_token = given("m_w", 0.75, "1/token", "English words per token", "estimate", "openai_tok", 0.67, 0.83)
people = given("n_p", 8e9, "1", "people who talk, in a round number", "chosen", "mehl2007")
words_said = given("v_d", 16_000, "1/day", "words that a person says in a day", "measured", "mehl2007", 7_000, 22_000)
speech_of_the_run = derived("D_s", people * words_said * training_time / words_per_token, "token", "what people say while the run lasts")
repetition_scale = given(
    "R^*", 15.39, "1", "repetitions over which the worth of repeated data decays by a factor e", "estimate", "muennighoff2023", 10, 20
)
worth_of_repeated_text = derived(
    "D_w", human_text_stock * (1 + repetition_scale * (1 - exp(-(tokens_over_human_text - 1) / repetition_scale))),
    "token", "tokens of fresh text that the whole stock, repeated to the run's length, is worth",
)
repeated_worth_share = derived("x_w", worth_of_repeated_text / training_tokens, "%", "share of the run's tokens that repeated text is worth")
rephrasing_gain = given("g_r", 4.4, "1", "worth of text that models rephrase over that of text repeated, for small models", "measured", "yu2026", 3.7, 5.2)
rephrased_worth_share = derived("x_r'", repeated_worth_share * rephrasing_gain, "%", "share of the run's tokens that rephrased text would be worth")
stock_parameters = derived("N_h", human_text_stock / tokens_per_parameter, "parameter", "parameters that the stock trains by the rule, read once")
stock_training_compute = derived(
    "C_h", flop_per_parameter_and_token * stock_parameters * human_text_stock, "FLOP", "work of training that model on the stock"
)
stock_training_time = derived(
    "t_h", stock_training_compute / (logic_throughput * training_utilisation), "s", "time in which the machine reads the whole stock once"
)
single_pass_parameters = derived(
    "N_1", training_compute / (flop_per_parameter_and_token * human_text_stock),
    "parameter", "parameters that use up the work if the stock is read once",
)

# The parametric loss L(N, D) = E + A / N^alpha + B / D^beta, as refitted by Besiroglu and others
loss_floor = given("E", 1.81724, "1", "loss that no scale removes [nat per token]", "measured", "besiroglu2024", 1.769, 1.871)
loss_per_size = given("A", 477.84, "1", "loss coefficient of size", "measured", "besiroglu2024", 285.2, 743.6)
loss_per_data = given("B", 2143.86, "1", "loss coefficient of data", "measured", "besiroglu2024", 1042.4, 5810.3)
size_exponent = given(r"\alpha", 0.34731, "1", "loss exponent of size", "measured", "besiroglu2024", 0.317, 0.373)
data_exponent = given(r"\beta", 0.36718, "1", "loss exponent of data", "measured", "besiroglu2024", 0.331, 0.415)

balance = derived(
    "G", (size_exponent * loss_per_size / (data_exponent * loss_per_data)) ** (1 / (size_exponent + data_exponent)),
    "1", "balance of size and data in the fit",
)
parameter_tokens = derived(
    "Q", training_compute / (flop_per_parameter_and_token * one_parameter * one_token), "1", "parameters times tokens that the work allows"
)
fitted_parameters = derived(
    "N^*", one_parameter * balance * parameter_tokens ** (data_exponent / (size_exponent + data_exponent)),
    "parameter", "parameters at the least loss of the fit",
)
fitted_tokens = derived(
    "D^*", one_token / balance * parameter_tokens ** (size_exponent / (size_exponent + data_exponent)),
    "token", "tokens at the least loss of the fit",
)
fitted_tokens_per_parameter = derived(
    "r^*", fitted_tokens / fitted_parameters, "token/parameter", "tokens per parameter at the least loss of the fit"
)

# Llama 3's own law: a power of the work through the optimum that its authors print; they print 0.53, and 0.537 gives it
llama_work = given("C_{L3}", 3.8e25, "FLOP", "work of training Llama 3's largest model", "measured", "grattafiori2024", 3.8e25, 3.8e25)
llama_tokens = given("D_{L3}", 16.55e12, "token", "best tokens for that work, by its authors' law", "measured", "grattafiori2024", 16.5e12, 16.6e12)
llama_exponent = given("a_{L3}", 0.537, "1", "growth of the best tokens with the work, by that law", "estimate", "grattafiori2024", 0.53, 0.54)
llama_law_tokens = derived("D_{L3}^*", llama_tokens * (training_compute / llama_work) ** llama_exponent, "token", "tokens at the optimum of Llama 3's law")
llama_law_tokens_per_parameter = derived(
    "r_{L3}", flop_per_parameter_and_token * llama_law_tokens**2 / training_compute, "token/parameter", "tokens per parameter at the optimum of Llama 3's law"
)

# How far the fit is stretched, and what it foresees there
largest_fitted_run = given("C_f", 1.296e22, "FLOP", "largest of the runs that the fit rests on", "measured", "besiroglu2024", 1.29e22, 1.3e22)
fit_stretch = derived("x_f", training_compute / largest_fitted_run, "1", "work of the run over the largest that the fit rests on")
fit_stretch_decades = derived("y_f", log(fit_stretch) / log(10), "1", "decades from the largest run of the fit to this one", sign="real")


def _loss(parameters, tokens):
    return (
        loss_floor
        + loss_per_size * (one_parameter / parameters) ** size_exponent
        + loss_per_data * (one_token / tokens) ** data_exponent
    )

fitted_loss = derived("L^*", _loss(fitted_parameters, fitted_tokens), "1", "least loss of the fit for this work [nat per token]")
rule_loss = derived("L_{20}", _loss(active_parameters, training_tokens), "1", "loss that the fit gives the rule's model [nat per token]")
rule_loss_excess = derived("L - L^*", rule_loss - fitted_loss, "1", "loss that the rule gives away, by the fit [nat per token]", sign="real")
stock_loss = derived(
    "L_h", _loss(stock_parameters, human_text_stock), "1", "loss that the fit gives the model of the stock, read once [nat per token]"
)
single_pass_loss = derived(
    "L_1", _loss(single_pass_parameters, human_text_stock), "1", "loss that the fit gives the largest model of the stock, read once [nat per token]"
)

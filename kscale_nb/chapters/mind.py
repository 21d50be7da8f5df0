"""Mind: working memory, long-term memory, depth and the hidden vector, in numbers."""

from sympy import log, pi, root, sqrt

from kscale_nb.chapters.architecture import d_model, n_layers_ratio
from kscale_nb.chapters.chinchilla_sizing import (
    bytes_per_parameter, gpt4_training_time, human_record, training_tokens, words_per_token,
)
from kscale_nb.chapters.constants import one_bit, one_parameter, speed_of_light, stefan_boltzmann, sun_temperature
from kscale_nb.chapters.datacentre_l5 import gpt3_batch, gpt3_tokens
from kscale_nb.chapters.energy_split import computing_power, one_module, total_memory
from kscale_nb.chapters.inference import (
    context_bytes, context_fill_time, crossover_context, decoding_rate, decoding_rate_1m, forward_flop, gpt4_context,
    gpt4_decoding_rate, long_term_memory, module_throughput, one_decoded_token, practical_context,
)
from kscale_nb.chapters.steampunk_supply_chain import radiator_temperature
from kscale_nb.quantity import derived, given

# Working memory, as a person would read it
text_bytes_per_token = given("b_t", 4, "byte/token", "bytes of English text per token", "estimate", "openai_tok", 3, 5)
reading_speed = given("v_r", 238, "1/minute", "words that a person reads in a minute, silently", "measured", "brysbaert2019", 175, 300)
speaking_speed = given("v_s", 183, "1/minute", "words that a person reads aloud in a minute", "measured", "brysbaert2019", 183, 183)
words_in_context = derived("n_w", practical_context * words_per_token, "1", "words of the practical context")
context_text_bytes = derived("Q_t", practical_context * text_bytes_per_token, "GB", "text of the practical context")
context_reading_time = derived("t_w", words_in_context / reading_speed, "hour", "time in which a person reads as much, without a pause")
context_speaking_time = derived("t_a", words_in_context / speaking_speed, "hour", "time in which a person reads it aloud, without a pause")
context_over_text = derived("x_Q", context_bytes / context_text_bytes, "1", "memory of the context over that of its text")

# Long-term memory: copies of what people have recorded, by three ideas of what that is
human_record_bytes = derived("Q_H", human_record * text_bytes_per_token, "PB", "text of the human record, as the document counts it elsewhere")
copies_of_record = derived("n_H", long_term_memory * one_module / human_record_bytes, "1", "copies of that text which a module's files hold")
most_of_several_hundred = given("n_C", 999, "1", "the most that several hundred can mean, one short of a thousand", "chosen", "k1s1ai")
copies_of_record_excess = derived("x_C", copies_of_record / most_of_several_hundred, "1", "those copies over the most that several hundred can mean")
# 30 PB of web pages in 2020; one copy of everything that the Archive keeps was reported as 175 PB in 2025
archived_web = given("Q_w'", 30, "PB", "the web as the Internet Archive keeps it", "estimate", "volske2021", 30, 175)
copies_of_archived_web = derived("n_w'", long_term_memory * one_module / archived_web, "1", "copies of the archived web that a module's files hold")
world_storage_2007 = given("Q_{07}", 295, "EB", "all that the world's devices could store in 2007, compressed", "estimate", "hilbert2011", 290, 300)
machine_over_world_storage = derived("x_{07}", total_memory / world_storage_2007, "1", "memory of the whole machine over all that storage")

# Who could read it?
tokens_in_files = derived("n_F", long_term_memory * one_module / text_bytes_per_token, "token", "tokens of text that a module's files hold")
contexts_in_files = derived("x_F", tokens_in_files / practical_context, "1", "practical contexts of text in a module's files")
files_over_training = derived("x_F'", tokens_in_files / training_tokens, "1", "text in a module's files over all that the model was trained on")
average_fill_rate = derived("v_F", practical_context / context_fill_time, "token/s", "average speed of filling the practical context")
files_reading_time = derived("t_F", tokens_in_files / average_fill_rate, "year", "time in which a module reads its files once, one full context after another")
files_reading_time_1m = derived("t_F'", tokens_in_files / decoding_rate_1m, "year", "time in which it reads them at the speed of a context of 1 M")
# A smaller model may read in its place, and one smaller still mark what is worth reading
small_reader = given("N_r", 70e9, "parameter", "parameters of a small reader: those of the middle Llama 3", "chosen", "grattafiori2024")
indexer = given("N_i", 1e9, "parameter", "parameters of a model that sorts, in a round number", "chosen", "grattafiori2024")
small_reader_time = derived("t_r'", tokens_in_files * forward_flop * small_reader / (module_throughput * one_module), "day", "time in which a module's logic reads its files once with the small reader")
indexer_time = derived("t_i", tokens_in_files * forward_flop * indexer / (module_throughput * one_module), "day", "time in which it sorts them with a model of 1 B")

# Depth: layers in series, and tokens in series
token_time = derived("t_v", one_decoded_token / decoding_rate, "us", "time of one token at the practical context")
depth_in_tokens = derived("n_d", n_layers_ratio * one_decoded_token, "token", "tokens in which GPT-4's layers add up to the depth of one pass")
depth_by_tokens_time = derived("t_D", depth_in_tokens / gpt4_decoding_rate, "s", "time in which GPT-4 writes them")

# GPT-4 in 0.27 s: what light leaves of the machine, and how hot it would have to be
gpt3_steps = derived("n_3", gpt3_tokens / gpt3_batch, "1", "steps of GPT-3's training, one after the other")
retrain_step_time = derived("t_3", gpt4_training_time / gpt3_steps, "us", "time for each step if GPT-4 takes as many")
retrain_diameter = derived("D_4", speed_of_light * retrain_step_time, "m", "largest machine that light crosses once in each of those steps")
retrain_temperature = derived(
    "T_4", root(computing_power / (pi * stefan_boltzmann * retrain_diameter**2), 4), "K", "temperature at which a ball of that size radiates the computing power"
)
retrain_over_sun = derived("x_T", (retrain_temperature / sun_temperature) ** 4, "1", "brightness of a machine that small, over the Sun's")
cool_diameter = derived(
    "D_c", sqrt(computing_power / (pi * stefan_boltzmann * radiator_temperature**4)), "km", "ball that radiates the computing power at the temperature of radiators"
)
cool_steps = derived("n_c", speed_of_light * gpt4_training_time / cool_diameter, "1", "times that light crosses that ball in GPT-4's training time")
gpt3_steps_over_cool_steps = derived("x_{n3}", gpt3_steps / cool_steps, "1", "steps of GPT-3's training over those crossings")

# Attention at the practical context
attention_over_weights = derived("x_a", practical_context / crossover_context, "1", "work of attention over that of the weights, at the practical context")
attention_slowdown = derived("x_{v1}", decoding_rate_1m / decoding_rate, "1", "speed at a context of 1 M over that at the practical context")

# One hidden vector as the state of a system of atoms
numbers_per_atom = given("m_6", 6, "1/atom", "numbers that fix an atom's state: three places, three velocities", "definition", "k1s1ai")
atoms_per_state = derived("n_A", d_model / numbers_per_atom, "atom", "atoms whose full state one hidden vector could hold")
hidden_vector_size = derived("Q_d", d_model * one_parameter * bytes_per_parameter, "kB", "size of one hidden vector")
cache_over_vector = derived("x_d'", context_bytes / hidden_vector_size, "1", "memory of the practical context over one hidden vector")
# GPT-4's own encoding cuts digits into threes: " -12.345" is four tokens or more
tokens_per_number = given("m_z", 4, "token", "tokens of one number written out, with its separator", "estimate", "tiktoken", 2, 6)
atoms_in_gpt4_context = derived("n_{A4}", gpt4_context / (numbers_per_atom * tokens_per_number), "atom", "atoms whose state GPT-4's context holds as text")
atoms_in_context = derived("n_{An}", practical_context / (numbers_per_atom * tokens_per_number), "atom", "atoms whose state the practical context holds as text")

# How long it takes to write such states down, one after the other
md_time_step = given(r"\Delta t", 2, "fs", "time step of molecular dynamics", "estimate", "klein2023", 0.5, 4)
simulated_time = given("t_y", 1, "us", "length of a simulation called routine on graphics cards in 2013", "measured", "salomonferrer2013", 1, 1)
state_tokens = derived("n_Z", atoms_per_state * numbers_per_atom * tokens_per_number, "token", "tokens of one hidden vector's state as text")
state_writing_time = derived("t_Z", state_tokens / decoding_rate, "s", "time to write one such state")
simulated_time_as_text = derived("t_Z'", state_writing_time * simulated_time / md_time_step, "year", "time to write every step of such a simulation")
simulated_time_by_passes = derived("t_z", token_time * simulated_time / md_time_step, "hour", "time for the same simulation if one pass of the model is one step")

# Chaos: how long a rounded state foretells anything
fp16_precision = given(r"\delta_0", 2**-11, "1", "largest relative rounding error of FP16", "definition", "ieee754")
lyapunov_time = given(r"\tau_\lambda", 1, "ps", "time in which small errors in a molecular system grow by a factor e", "estimate", "battisti2009", 0.2, 5)
lyapunov_times = derived("n_\\lambda", log(1 / fp16_precision), "1", "such times until FP16's rounding error is as large as the state")
prediction_horizon = derived("t_\\lambda", lyapunov_time * lyapunov_times, "ps", "how long a state in FP16 foretells the place of each atom")
bits_for_simulated_time = derived(
    "n_\\beta", simulated_time / (lyapunov_time * log(2)), "1", "bits that each number needs to foretell the place of each atom over such a simulation"
)

# A vector of so many bits is atoms times foresight: more of the one is less of the other
vector_foresight = derived(
    r"\Phi", hidden_vector_size / one_bit * log(2) * lyapunov_time / numbers_per_atom, "atom*ps", "atoms times foresight that one hidden vector can hold"
)

"""Transformer plus files: what an answer from one note takes of the document's machine, beside one from a full context."""

from kscale_nb.chapters.architecture import built_d_model, built_n_layers, built_parameters
from kscale_nb.chapters.chinchilla_sizing import weights_bytes
from kscale_nb.chapters.inference import (
    attention_flop, context_fill_work, copies_per_module, dram_energy_per_bit, forward_flop, kv_cache_bytes_per_token,
    module_throughput, one_decoded_token, triangle,
)
from kscale_nb.chapters.silicon_28nm import logic_efficiency
from kscale_nb.quantity import derived, given

# What SmolLM2 took in for an answer from the best note, and wrote: means of the recorded runs, and their ends over sizes of the folder
note_answer_read = given(r"n_\rho", 157, "token", "tokens that the reader takes in for an answer from one note", "measured", "mindruns2026", 150, 165)
note_answer_written = given(r"n_\omega", 5, "token", "tokens that it writes for that answer", "measured", "mindruns2026", 4, 7)

# The same answer by the document's model: each token works on the weights and on all before it; each written one reads the weights once
note_answer_work = derived(
    r"w_\rho",
    forward_flop * built_parameters * (note_answer_read + note_answer_written)
    + attention_flop * built_n_layers * built_d_model * (note_answer_read + note_answer_written) ** 2 / triangle,
    "FLOP", "work of an answer from one note by the document's model",
)
note_answer_time = derived(r"t_\rho", note_answer_work * copies_per_module / module_throughput, "us", "time of that work in one module")
note_answer_bytes = derived(
    r"r_\rho", (weights_bytes + kv_cache_bytes_per_token * (note_answer_read + note_answer_written)) * note_answer_written / one_decoded_token,
    "PB", "bytes that the document's model reads for that answer, the weights once for each word that it writes",
)
note_answer_energy = derived(
    r"E_\rho", note_answer_work / logic_efficiency + note_answer_bytes * dram_energy_per_bit, "MJ", "energy of an answer from one note by the document's model"
)
full_context_over_note = derived(r"x_\rho", context_fill_work / note_answer_work, "1", "work of taking in a full practical context, over that of an answer from one note")

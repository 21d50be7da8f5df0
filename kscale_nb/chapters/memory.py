"""Memory: how much DRAM a power buys, and what one module of it holds."""

from kscale_nb.chapters.energy import memory_power
from kscale_nb.chapters.silicon import h100_throughput, logic_throughput
from kscale_nb.quantity import derived, given

dram_power_per_byte = given("p_B", 3, "W/GB", "average power of DRAM at 28 nm", "premise", "k1s1ai")
total_memory = derived("M", memory_power / dram_power_per_byte, "EB", "memory of the whole machine")
module_count = given("n_M", 10_000, "module", "modules of the machine", "premise", "k1s1ai")
module_memory = derived("M_1", total_memory / module_count, "PB/module", "memory of one module")
measured_dram_power = given("p_B'", 0.392, "W/GB", "average power of DRAM in servers", "measured", "ccf", 0.375, 0.4083)
dram_power_excess = derived("x_B", dram_power_per_byte / measured_dram_power, "1", "the document's DRAM power over the measured one")
memory_at_measured_power = derived("M'", memory_power / measured_dram_power, "EB", "memory of the whole machine at the measured DRAM power")
dram_rule_power = given("p_8", 0.375, "W/GB", "rule of thumb for DRAM power, 3 W per 8 GB", "estimate", "ccf", 0.375, 0.375)
dram_rule_excess = derived("x_8", dram_power_per_byte / dram_rule_power, "1", "the document's DRAM power over the rule of thumb")

# How much arithmetic a machine has for each byte it holds
throughput_per_memory = derived("F/M", logic_throughput / total_memory, "FLOP/s/byte", "logic throughput over memory")
h100_memory = given("M_{H}", 80, "GB", "memory of an H100 SXM", "measured", "grattafiori2024", 80, 80)
h100_throughput_per_memory = derived("F_{H}/M_{H}", h100_throughput / h100_memory, "FLOP/s/byte", "throughput over memory of an H100 SXM")
memory_abundance = derived("x_M", h100_throughput_per_memory / throughput_per_memory, "1", "memory for the same throughput, over an H100's")

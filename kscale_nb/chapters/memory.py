"""Memory: how much DRAM a power buys, and what one module of it holds."""

from kscale_nb.chapters.energy import memory_power
from kscale_nb.quantity import derived, given

dram_power_per_byte = given("p_B", 3, "W/GB", "average power of DRAM at 28 nm", "premise", "k1s1ai")
total_memory = derived("M", memory_power / dram_power_per_byte, "EB", "memory of the whole machine")
module_count = given("n_M", 10_000, "module", "modules of the machine", "premise", "k1s1ai")
module_memory = derived("M_1", total_memory / module_count, "PB/module", "memory of one module")
measured_dram_power = given("p_B'", 0.392, "W/GB", "average power of DRAM in servers", "measured", "ccf", 0.375, 0.4083)
dram_power_excess = derived("x_B", dram_power_per_byte / measured_dram_power, "1", "the document's DRAM power over the measured one")

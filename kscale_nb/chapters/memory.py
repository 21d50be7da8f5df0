"""Memory: how much DRAM a power buys, and what one module of it holds."""

from kscale_nb.chapters.energy import memory_power
from kscale_nb.chapters.silicon import h100_throughput, logic_throughput
from kscale_nb.quantity import derived, given

dram_power_per_byte = given("p_B", 3, "W/GB", "average power of DRAM at 28 nm", "premise", "k1s1ai")
total_memory = derived("M", memory_power / dram_power_per_byte, "EB", "memory of the whole machine")
module_count = given("n_M", 10_000, "module", "modules of the machine", "premise", "k1s1ai")
one_module = given("M_0", 1, "module", "the module that densities count in", "definition", "k1s1ai")
module_memory = derived("M_1", total_memory / module_count, "PB/module", "memory of one module")
measured_dram_power = given("p_B'", 0.392, "W/GB", "average power of DRAM in servers, by makers' typical figures", "estimate", "ccf", 0.2, 0.5)
dram_power_excess = derived("x_B", dram_power_per_byte / measured_dram_power, "1", "the document's DRAM power over the measured one")
memory_at_measured_power = derived("M'", memory_power / measured_dram_power, "EB", "memory of the whole machine at the measured DRAM power")
dram_rule_power = given("p_8", 0.375, "W/GB", "rule of thumb for DRAM power, 3 W per 8 GB", "estimate", "ccf", 0.375, 0.375)
dram_rule_excess = derived("x_8", dram_power_per_byte / dram_rule_power, "1", "the document's DRAM power over the rule of thumb")

# How much arithmetic a machine has for each byte it holds
throughput_per_memory = derived("F/M", logic_throughput / total_memory, "FLOP/s/byte", "logic throughput over memory")
h100_memory = given("M_{H}", 80, "GB", "memory of an H100 SXM", "measured", "grattafiori2024", 80, 80)
h100_throughput_per_memory = derived("F_{H}/M_{H}", h100_throughput / h100_memory, "FLOP/s/byte", "throughput over memory of an H100 SXM")
memory_abundance = derived("x_M", h100_throughput_per_memory / throughput_per_memory, "1", "memory for the same throughput, over an H100's")

# Keeping bits: every row is opened and written back before its charge leaks away
row_energy_per_bit = given(
    "e_r", 0.111, "pJ/bit", "energy to open one row, per bit of the row (909 pJ for 1 kB)", "estimate", "oconnor2017", 0.05, 0.3
)
refresh_interval = given("t_r", 64, "ms", "time in which every row must be refreshed", "measured", "micron_twindie", 32, 64)
refresh_power = derived("p_f", row_energy_per_bit / refresh_interval, "W/GB", "power that refreshing alone takes")
# data sheets' self-refresh: DDR4 0.034, DDR3 0.056 W/GB; up to 0.1 with the interface awake
dram_idle_power = given("p_i", 0.056, "W/GB", "power of DRAM that keeps its contents and is not read", "measured", "gem5dram", 0.02, 0.1)
idle_power_saving = derived("x_i", dram_power_per_byte / dram_idle_power, "1", "the document's DRAM power over that of DRAM at rest")
memory_at_rest = derived("M_i", memory_power / dram_idle_power, "EB", "memory that the same power could keep at rest")
dram_power_at_30_nm = given("p_{30}", 0.29, "W/GB", "power of 30 nm DDR3 in servers, by its maker", "measured", "computerwoche2011", 0.29, 0.4)
excess_at_30_nm = derived("x_{30}", dram_power_per_byte / dram_power_at_30_nm, "1", "the document's DRAM power over that of 30 nm DDR3")

# Files need no DRAM; the ranges are wide, for drives of 2016 to 2025
flash_power = given(r"p_{\mathrm{ssd}}", 1.2, "W/TB", "power of flash drives in data centres", "estimate", "ccf", 0.2, 2)
disk_power = given(r"p_{\mathrm{hdd}}", 0.65, "W/TB", "power of hard disks in data centres", "estimate", "ccf", 0.3, 1.5)
flash_saving = derived(r"x_{\mathrm{ssd}}", dram_power_per_byte / flash_power, "1", "the document's DRAM power over that of flash")

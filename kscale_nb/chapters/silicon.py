"""Silicon: from watts to FLOP/s, by an efficiency that the document never prints."""

from kscale_nb.chapters.energy import logic_power
from kscale_nb.quantity import derived, given

logic_efficiency = given(r"\eta", 307, "GFLOP/s/W", "logic throughput per watt at 28 nm", "recovered", "k1s1ai")
efficiency_penalty = given("f_{28}", 4.6, "1", "times that 28 nm is less efficient than 3 nm", "premise", "k1s1ai")
foundry_power_gain = given(
    "f_{28}'", 10, "1", "power at 28 nm over that at 3 nm, from foundries' announcements multiplied", "estimate", "tsmc", 6, 14
)
logic_throughput = derived("F", logic_power * logic_efficiency, "FLOP/s", "logic throughput of the whole machine, FP16")

# What the recovered efficiency seems to be made of
h100_throughput = given("F_{H}", 989.4, "TFLOP/s", "dense FP16 throughput of an H100 SXM", "measured", "nvidia2022", 989.4, 989.5)
h100_power = given("P_{H}", 700, "W", "power of an H100 SXM", "measured", "nvidia2022", 700, 700)
h100_efficiency = derived(r"\eta_{H}", h100_throughput / h100_power, "GFLOP/s/W", "throughput per watt of an H100 SXM")
penalised_h100_efficiency = derived(
    r"\eta_{H}'", h100_efficiency / efficiency_penalty, "GFLOP/s/W", "an H100's throughput per watt, over the document's penalty"
)

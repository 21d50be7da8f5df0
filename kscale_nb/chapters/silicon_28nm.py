"""Silicon: from watts to FLOP/s, by an efficiency that the document never prints."""

from sympy import log, sqrt

from kscale_nb.chapters.constants import boltzmann_constant
from kscale_nb.chapters.energy_split import logic_power
from kscale_nb.quantity import derived, given

logic_efficiency = given(r"\eta", 307, "GFLOP/s/W", "logic throughput per watt at 28 nm", "recovered", "k1s1ai")
efficiency_penalty = given("f_{28}", 4.6, "1", "times that 28 nm is less efficient than 3 nm", "premise", "k1s1ai")
foundry_power_gain = given(
    "f_{28}'", 12, "1", "power at 28 nm over that at 3 nm for the same work, from pairs of chips of both", "estimate", "ixtech2026", 6, 26
)
logic_throughput = derived("F", logic_power * logic_efficiency, "FLOP/s", "logic throughput of the whole machine, FP16")

# What the recovered efficiency seems to be made of
h100_throughput = given("F_{H}", 989.4, "TFLOP/s", "dense FP16 throughput of an H100 SXM", "measured", "nvidia2022", 989.4, 989.5)
h100_memory = given("M_{H}", 80, "GB", "memory of an H100 SXM", "measured", "grattafiori2024", 80, 80)
h100_power = given("P_{H}", 700, "W", "power of an H100 SXM", "measured", "nvidia2022", 700, 700)
h100_efficiency = derived(r"\eta_{H}", h100_throughput / h100_power, "GFLOP/s/W", "throughput per watt of an H100 SXM")
penalised_h100_efficiency = derived(
    r"\eta_{H}'", h100_efficiency / efficiency_penalty, "GFLOP/s/W", "an H100's throughput per watt, over the document's penalty"
)

# What chips of 28 nm reached at 16 bits, or nearest; an operation in fixed point counts as one FLOP
fiji_throughput = given("F_{MI8}", 8.192, "TFLOP/s", "peak FP16 throughput of an AMD MI8 (Fiji, 28 nm)", "measured", "sysrqmts", 8.19, 8.2)
fiji_power = given("P_{MI8}", 175, "W", "board power of an AMD MI8", "measured", "sysrqmts", 175, 175)
fiji_efficiency = derived(r"\eta_{MI8}", fiji_throughput / fiji_power, "GFLOP/s/W", "FP16 throughput per watt of an AMD MI8")
maxwell_throughput = given("F_{M40}", 6.832, "TFLOP/s", "peak FP32 throughput of an NVIDIA M40 (GM200, 28 nm)", "measured", "sysrqmts", 6.8, 6.84)
maxwell_power = given("P_{M40}", 250, "W", "board power of an NVIDIA M40", "measured", "sysrqmts", 250, 250)
maxwell_efficiency = derived(r"\eta_{M40}", maxwell_throughput / maxwell_power, "GFLOP/s/W", "FP32 throughput per watt of an NVIDIA M40")
envision_efficiency = given(
    r"\eta_{Env}", 260, "GFLOP/s/W", "throughput per watt of the Envision chip (28 nm) at its least efficient, read as 16 bits", "estimate",
    "moons2017", 255, 300,
)
compute_in_memory_efficiency = given(
    r"\eta_{CIM}", 29.2, "TFLOP/s/W", "bfloat16 throughput per watt of ReDCIM (28 nm), which computes in its memory", "measured", "tu2023redcim", 13.7, 29.2
)
# What was made at 28 nm and multiplied 16 bits: from a graphics board to that chip, with Envision as the middle of the kinds
fabricated_efficiency = given(
    r"\eta_{28}", 260, "GFLOP/s/W", "throughput per watt of 16-bit arithmetic that was fabricated at 28 nm", "measured", "moons2017", 46.8, 29_200
)
throughput_as_fabricated = derived("F_{28}", logic_power * fabricated_efficiency, "FLOP/s", "logic throughput of the whole machine, by such chips")
# Sixteen tiles of 16 x 16 multipliers at 606 MHz would be 4.96; the power is the design's, or with its links as others count it
dadiannao_throughput = given("F_{DDN}", 5.58, "TFLOP/s", "peak 16-bit throughput of a DaDianNao node (28 nm, layout)", "estimate", "chen2014", 4.96, 5.6)
dadiannao_power = given("P_{DDN}", 15.97, "W", "power of a DaDianNao node", "estimate", "chen2014", 15, 20.1)
dadiannao_efficiency = derived(r"\eta_{DDN}", dadiannao_throughput / dadiannao_power, "GFLOP/s/W", "16-bit throughput per watt of a DaDianNao node")
tpu1_throughput = given("F_{T1}", 92, "TFLOP/s", "peak 8-bit throughput of a TPU v1 (28 nm)", "measured", "jouppi2017", 91.7, 92)
tpu1_power = given("P_{T1}", 75, "W", "power of a TPU v1, thermal design (the range begins at what it drew when busy)", "measured", "jouppi2017", 40, 75)
tpu1_efficiency = derived(r"\eta_{T1}", tpu1_throughput / tpu1_power, "GFLOP/s/W", "8-bit throughput per watt of a TPU v1")
tpu2_throughput = given("F_{T2}", 45, "TFLOP/s", "peak bfloat16 throughput of a TPU v2 (16 nm)", "measured", "jouppi2020", 45, 46)
tpu2_power = given("P_{T2}", 280, "W", "thermal design power of a TPU v2", "measured", "jouppi2020", 280, 280)
tpu2_efficiency = derived(r"\eta_{T2}", tpu2_throughput / tpu2_power, "GFLOP/s/W", "bfloat16 throughput per watt of a TPU v2")
fiji_shortfall = derived("x_{MI8}", logic_efficiency / fiji_efficiency, "1", "the document's efficiency over an AMD MI8's")
maxwell_shortfall = derived("x_{M40}", logic_efficiency / maxwell_efficiency, "1", "the document's efficiency over an NVIDIA M40's")
fiji_size_share = derived("y_{MI8}", sqrt(fiji_efficiency / logic_efficiency), "%", "size of the model at an AMD MI8's efficiency, over the document's")

# Energy of an operation, and how much of it is arithmetic
flop_per_multiply_add = given("n_{fma}", 2, "FLOP", "operations in a multiplication and an addition", "definition", "kaplan2020")
energy_per_flop = derived("E_{op}", 1 / logic_efficiency, "pJ/FLOP", "energy of an operation at the document's efficiency")
node_45 = given("l_{45}", 45, "nm", "name of the process of Horowitz's table", "definition", "horowitz2014")
node_28 = given("l_{28}", 28, "nm", "name of the document's process", "premise", "k1s1ai")
node_3 = given("l_3", 3, "nm", "name of the process that the document compares with", "premise", "k1s1ai")
supply_45 = given("V_{45}", 0.9, "V", "supply voltage of Horowitz's table", "definition", "horowitz2014")
supply_28 = given("V_{28}", 0.9, "V", "supply voltage at 28 nm", "measured", "villa2014", 0.8, 1.0)
half_add_energy = given("E_+", 0.4, "pJ", "energy of an FP16 addition at 45 nm", "measured", "horowitz2014", 0.4, 0.4)
half_multiply_energy = given(r"E_\times", 1.1, "pJ", "energy of an FP16 multiplication at 45 nm", "measured", "horowitz2014", 1.1, 1.1)
shrink_45_28 = derived("s_{28}", node_28 / node_45 * (supply_28 / supply_45) ** 2, "1", "energy of a switch at 28 nm over that at 45 nm, by C V^2")
arithmetic_energy = derived(
    "E_a", (half_add_energy + half_multiply_energy) * shrink_45_28 / flop_per_multiply_add, "pJ/FLOP", "energy of the arithmetic alone at 28 nm"
)
single_add_energy = given("E_{+32}", 0.9, "pJ", "energy of an FP32 addition at 45 nm", "measured", "horowitz2014", 0.9, 0.9)
single_sum_arithmetic_energy = derived(
    "E_a''", (single_add_energy + half_multiply_energy) * shrink_45_28 / flop_per_multiply_add, "pJ/FLOP", "energy of the arithmetic alone at 28 nm, if sums are kept in FP32"
)
single_sum_arithmetic_share = derived("s_a''", single_sum_arithmetic_energy / energy_per_flop, "%", "share of that arithmetic in the energy of an operation")
arithmetic_efficiency = derived(r"\eta_a", 1 / arithmetic_energy, "GFLOP/s/W", "throughput per watt if arithmetic were all")
arithmetic_share = derived("s_a", arithmetic_energy / energy_per_flop, "%", "share of the arithmetic in the energy of an operation")
movement_energy = derived("E_d", energy_per_flop - arithmetic_energy, "pJ/FLOP", "energy left to move operands and to steer", sign="real")
double_fma_energy = given("E_{64}", 20, "pJ", "energy of an FP64 multiplication and addition at 28 nm", "estimate", "dally2010", 20, 20)
half_significand = given("m_{16}", 11, "1", "significant bits of FP16", "definition", "ieee754")
double_significand = given("m_{64}", 53, "1", "significant bits of FP64", "definition", "ieee754")
arithmetic_energy_from_double = derived(
    "E_a'", double_fma_energy * (half_significand / double_significand) ** 2 / flop_per_multiply_add,
    "pJ/FLOP", "energy of FP16 arithmetic at 28 nm, from FP64's by the area of the multiplier",
)

# Moving a 16-bit word at 28 nm
word_size = given("b_{16}", 2, "byte", "bytes of a 16-bit word", "definition", "horowitz2014")
access_size = given("b_{256}", 32, "byte", "bytes of an access to memory: those of the slide whose energies are used", "chosen", "dally2010")
sram_access_energy = given("E_S", 50, "pJ", "energy of an access to 8 kB of SRAM, 32 bytes", "estimate", "dally2010", 40, 60)
wire_access_energy = given("E_W", 26, "pJ/mm", "energy to move 32 bytes along a wire, per length", "estimate", "dally2010", 15, 31)
dram_access_energy = given("E_D", 16, "nJ", "energy of an access to DRAM, 32 bytes", "estimate", "dally2010", 4, 16)
sram_word_energy = derived("e_S", sram_access_energy * word_size / access_size, "pJ", "energy of a 16-bit word from SRAM")
wire_word_energy = derived("e_W", wire_access_energy * word_size / access_size, "pJ/mm", "energy to move a 16-bit word, per length")
dram_word_energy = derived("e_D", dram_access_energy * word_size / access_size, "pJ", "energy of a 16-bit word from DRAM")
words_without_reuse = given("n_{rw}", 4, "1", "words to read and write for a multiplication and an addition without reuse", "definition", "horowitz2014")
efficiency_without_reuse = derived(
    r"\eta_0", flop_per_multiply_add / (flop_per_multiply_add * arithmetic_energy + words_without_reuse * sram_word_energy),
    "GFLOP/s/W", "throughput per watt if every word came from SRAM and went back",
)
sram_words_afforded = derived(
    "n_S", flop_per_multiply_add * movement_energy / sram_word_energy, "1", "words from SRAM that a multiplication and an addition can afford", sign="real"
)
reuse_of_dram_word = derived(
    "n_D", dram_word_energy / (flop_per_multiply_add * movement_energy), "1", "multiplications and additions that pay for one word from DRAM", sign="real"
)

# The penalty, counted five ways
gate_pitch_28 = given("c_{28}", 117, "nm", "distance between gates at 28 nm", "measured", "wikichip28", 113.4, 120)
gate_pitch_3 = given("c_3", 45, "nm", "distance between gates at 3 nm", "measured", "techinsights3", 45, 48)
supply_3 = given("V_3", 0.7, "V", "supply voltage at 3 nm, taken as that foreseen for 7 nm", "estimate", "villa2014", 0.65, 0.75)
switching_gain = derived("f_{CV}", gate_pitch_28 / gate_pitch_3 * (supply_28 / supply_3) ** 2, "1", "energy of a switch at 28 nm over that at 3 nm, by pitch and voltage")
half_multiply_energy_7 = given(r"E_\times'", 0.34, "pJ", "energy of an FP16 multiplication at 7 nm", "estimate", "jouppi2021", 0.25, 0.45)
announced_saving_16 = given("a_{16}", 70, "%", "power that the foundry's 16 nm saves over its 28 nm", "estimate", "anysilicon16", 66.7, 73.3)
announced_saving_7 = given("a_7", 60, "%", "power that its 7 nm saves over its 16 nm", "estimate", "tsmc", 55, 64)
announced_saving_5 = given("a_5", 30, "%", "power that its 5 nm saves over its 7 nm", "measured", "tsmc", 30, 30)
announced_saving_3 = given("a_3", 30, "%", "power that its 3 nm saves over its 5 nm", "measured", "anandtech2024", 25, 34)
announced_power_gain = derived(
    "f_a", 1 / ((1 - announced_saving_16) * (1 - announced_saving_7) * (1 - announced_saving_5) * (1 - announced_saving_3)),
    "1", "power at 28 nm over that at 3 nm, the announcements taken at their word",
)
multiplier_gain = derived(
    r"f_\times", half_multiply_energy * shrink_45_28 / (half_multiply_energy_7 * (1 - announced_saving_5) * (1 - announced_saving_3)),
    "1", "energy of an FP16 multiplication at 28 nm over that at 3 nm",
)
ada_throughput = given("F_{L40}", 90.5, "TFLOP/s", "peak FP32 throughput of an NVIDIA L40 (4N)", "measured", "nvidial40", 90.5, 90.52)
ada_power = given("P_{L40}", 300, "W", "board power of an NVIDIA L40", "measured", "nvidial40", 300, 300)
ada_efficiency = derived(r"\eta_{L40}", ada_throughput / ada_power, "GFLOP/s/W", "FP32 throughput per watt of an NVIDIA L40")
shader_gain = derived("f_{M40}", ada_efficiency / maxwell_efficiency, "1", "FP32 per watt of an NVIDIA L40 over an NVIDIA M40's, both graphics processors")
shader_gain_over_fiji = derived("f_{MI8}", ada_efficiency / fiji_efficiency, "1", "FP32 per watt of an NVIDIA L40 over an AMD MI8's")
miner_energy_28 = given("E_{S7}", 250, "pJ", "energy of a hash in a Bitcoin miner of 28 nm (S7)", "measured", "bitcointalk5082957", 220, 270)
miner_energy_5 = given("E_{S21}", 17.5, "pJ", "energy of a hash in a Bitcoin miner of 5 nm (S21)", "measured", "azicbm1368", 17.5, 19)
miner_gain = derived("f_{S}", miner_energy_28 / miner_energy_5, "1", "energy of a hash at 28 nm over that at 5 nm")
miner_energy_3 = given("E_{S23}", 10, "pJ", "energy of a hash in a Bitcoin miner of 3 nm (S23; the range: from a wet one to an S21 Pro)", "measured", "ixtech2026", 9.5, 15)
miner_gain_3 = derived("f_{S3}", miner_energy_28 / miner_energy_3, "1", "energy of a hash at 28 nm over that at 3 nm")
# Five petaflops in 8 bits, half of that in 16
matrix_throughput_3 = given("F_{MI355}", 2.5, "PFLOP/s", "peak FP16 throughput of an AMD MI355X (N3P), its matrix units", "estimate", "lavx2026", 2.3, 2.52)
matrix_power_3 = given("P_{MI355}", 1400, "W", "board power of an AMD MI355X", "measured", "toms_mi355x", 1400, 1400)
matrix_efficiency_3 = derived(r"\eta_{MI355}", matrix_throughput_3 / matrix_power_3, "GFLOP/s/W", "FP16 throughput per watt of an AMD MI355X")
matrix_gain = derived("f_{Env}", matrix_efficiency_3 / envision_efficiency, "1", "16-bit arithmetic per watt of an AMD MI355X over the Envision chip's")
dennard_gain = derived("f_{s^3}", (node_28 / node_3) ** 3, "1", "energy of a switch at 28 nm over that at 3 nm, if Dennard's rule held for the names")
constant_voltage_gain = derived("f_s", node_28 / node_3, "1", "the same at constant voltage")
penalty_from_3nm = derived(
    "f_{28}''", h100_efficiency / ((1 - announced_saving_3) * logic_efficiency), "1", "the document's efficiency under that of an H100 moved to 3 nm"
)
penalised_throughput = derived(
    "F'", logic_power * penalised_h100_efficiency, "FLOP/s", "logic throughput of the whole machine, if the penalty on an H100 sets it"
)
penalised_size_share = derived(
    "y_H", sqrt(penalised_h100_efficiency / logic_efficiency), "%", "size of the model, if the penalty on an H100 sets the efficiency, over the document's"
)
steeper_penalty_size_share = derived(
    "y_{28}", sqrt(efficiency_penalty / foundry_power_gain), "%", "size of the model with the penalty that pairs of chips give, over the document's"
)

# The distance to the floor
room_temperature = given("T_0", 300, "K", "temperature at which bits are erased, a warm room's, as the limit is usually quoted", "chosen", "landauer1961")
landauer_energy = derived("E_L", boltzmann_constant * room_temperature * log(2), "J", "least heat of one erased bit")
bits_erased_per_flop = given("n_L", 1e3, "1/FLOP", "bits erased in an FP16 operation", "estimate", "ho2023", 3e2, 1e4)
landauer_floor = derived("E_L'", landauer_energy * bits_erased_per_flop, "J/FLOP", "least heat of an FP16 operation made of such erasures")
landauer_gap = derived("x_{L0}", energy_per_flop / landauer_floor, "1", "energy of an operation over that floor")
cmos_limit = given(r"\eta_{max}", 4.7e15, "FLOP/s/W", "most that CMOS may reach, for operations of 4 bits", "estimate", "ho2023", 4.7e14, 4.7e16)
cmos_limit_gap = derived("x_{max}", cmos_limit / logic_efficiency, "1", "that limit over the document's efficiency")

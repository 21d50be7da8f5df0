"""Thermodynamic computer: the voltage at which a chip computes for least energy, and what its heat can give back."""

from sympy import exp, log, root, sqrt

from kscale_nb.chapters.constants import boltzmann_constant, elementary_charge, stefan_boltzmann
from kscale_nb.chapters.limits_of_computing import background_temperature
from kscale_nb.chapters.silicon_28nm import (
    access_size, arithmetic_energy, bits_erased_per_flop, half_add_energy, half_multiply_energy, shrink_45_28,
    sram_access_energy, supply_28, tpu1_power,
)
from kscale_nb.chapters.steampunk_supply_chain import (
    carnot_share, radiator_emissivity, radiator_mass_per_area, radiator_sides, radiator_temperature,
)
from kscale_nb.quantity import derived, given

# The chips as they were designed: 28 nm, warm, at full voltage
design_voltage = derived("V_n", supply_28, "V", "voltage that the chips were designed for")
design_temperature = given("T_n", 358, "K", "temperature that the chips were designed for: that at which their leakage is quoted", "chosen", "stericsson")
design_clock = given("f_n", 700, "MHz", "clock at that voltage and temperature, a TPU v1's", "measured", "jouppi2017", 700, 700)
flop_per_cycle = given("n_{cyc}", 131_072, "FLOP", "operations of one chip in a cycle, a TPU v1's", "measured", "jouppi2017", 131_072, 131_072)
chip_count = given("n_{ch}", 4, "1", "chips in the machine, as in a server of TPU v1", "estimate", "jouppi2017", 1, 10_000)
# The ranges are those usual for short transistors; the table of the source was not seen
threshold_voltage = given("V_t", 0.4, "V", "threshold voltage of the transistors at that temperature", "estimate", "beckers2018", 0.3, 0.5)
threshold_drift = given(r"\kappa_t", 0.7, "mV/K", "fall of the threshold with temperature", "estimate", "beckers2018", 0.4, 1.5)
slope_factor = given(r"n_{\mathrm{s}}", 1.4, "1", "gate voltage that changes the current by e, over the thermal voltage", "estimate", "beckers2018", 1.1, 1.7)
current_exponent = given(r"\alpha_I", 1.3, "1", "power of the overdrive with which the current grows", "estimate", "sakurai1990", 1, 2)
barrier_lowering = given(r"\delta_D", 0.1, "V/V", "fall of the threshold for each volt on the drain (DIBL)", "estimate", "beckers2018", 0.03, 0.15)
# A chip waits for its slowest transistors: clocks on one chip near threshold differ by a factor of 3.7 in the source's model,
# which is some 50 mV of threshold from end to end
variation_margin = given(r"\mu_V", 30, "mV", "threshold of the slowest transistors above the usual one", "estimate", "karpuzcu2012", 10, 60)
leakage_share = given(r"\lambda_n", 0.3, "1", "leakage over switching power, as designed", "estimate", "kim2003", 0.1, 1)

# A transistor's current, in units of its specific current: exponential below threshold, the power law above
operating_voltage = given("V_c", 0.5386, "V", "voltage at which the machine runs", "estimate", "rossi2017", 0.32, 1.0)
operating_temperature = given("T_c", 333, "K", "temperature of the coolant", "estimate", "zimmermann2012", 250, 358)
thermal_voltage = derived("v_T", boltzmann_constant * operating_temperature / elementary_charge, "V", "thermal voltage of the running chips")
design_thermal_voltage = derived("v_n", boltzmann_constant * design_temperature / elementary_charge, "V", "thermal voltage as designed")
running_threshold = derived(
    "V_t'", threshold_voltage - threshold_drift * (operating_temperature - design_temperature) + barrier_lowering * (design_voltage - operating_voltage),
    "V", "threshold voltage of the running chips",
)
overdrive = derived(
    "u_c", (operating_voltage - running_threshold - variation_margin) / (current_exponent * slope_factor * thermal_voltage), "1",
    "voltage above the slowest transistors' threshold, in steps of the transition", sign="real",
)
on_current = derived("I_c", log(1 + exp(overdrive)) ** current_exponent, "1", "current of an open transistor, the slowest")
closed_overdrive = derived(
    "u_o", -running_threshold / (current_exponent * slope_factor * thermal_voltage), "1", "voltage of a closed transistor above threshold, in those steps", sign="real"
)
off_current = derived("I_o", log(1 + exp(closed_overdrive)) ** current_exponent, "1", "current of a closed transistor")
design_on_current = derived(
    "I_n", log(1 + exp((design_voltage - threshold_voltage - variation_margin) / (current_exponent * slope_factor * design_thermal_voltage))) ** current_exponent,
    "1", "current of an open transistor as designed, the slowest",
)
design_off_current = derived(
    "I_n'", log(1 + exp(-threshold_voltage / (current_exponent * slope_factor * design_thermal_voltage))) ** current_exponent,
    "1", "current of a closed transistor as designed",
)

# Energy of a flip: charging the gate, and what leaks while it waits
gate_capacitance = derived("C_g", 2 * arithmetic_energy / (bits_erased_per_flop * design_voltage**2), "fF", "capacitance that a flip charges or discharges")
switching_energy = derived("E_s", gate_capacitance * operating_voltage**2 / 2, "fJ", "energy of charging in a flip")
leakage_strength = derived(r"\Lambda_c", leakage_share * design_on_current * off_current / design_off_current, "1", "leakage over charging, were the current of the open transistor one")
leakage_ratio = derived(r"\lambda_c", leakage_strength / on_current, "1", "leakage over charging in a flip")
leakage_energy = derived("E_l", switching_energy * leakage_ratio, "fJ", "energy that leaks in the time of a flip")
flip_energy = derived("E_f", switching_energy + leakage_energy, "fJ", "energy of a flip")
running_op_energy = derived("E_c", bits_erased_per_flop * flip_energy, "pJ/FLOP", "energy of an FP16 operation of the running chips, arithmetic alone")
design_op_energy = derived("E_n", arithmetic_energy * (1 + leakage_share), "pJ/FLOP", "energy of such an operation as designed")
running_over_design = derived("y_c", running_op_energy / design_op_energy, "%", "energy of an operation over that as designed")
voltage_saving = derived("z_c", 1 - running_over_design, "%", "energy that this voltage and temperature save of the design's", sign="real")
running_clock = derived("f_c", design_clock * design_voltage / operating_voltage * on_current / design_on_current, "MHz", "clock at that voltage and temperature")
running_throughput = derived("F_c", chip_count * flop_per_cycle * running_clock, "TFLOP/s", "operations of all chips a second, at that clock")
running_leakage_power = derived(
    "P_l'", running_throughput * bits_erased_per_flop * leakage_energy, "W", "power that all chips leak, whether they work or wait"
)
clock_over_design = derived("y_{f}'", running_clock / design_clock, "%", "clock over that as designed")
current_steepness = derived(
    r"\epsilon_I", (1 + barrier_lowering) * operating_voltage / (slope_factor * thermal_voltage) / ((1 + exp(-overdrive)) * log(1 + exp(overdrive))),
    "1", "growth of the current with the voltage, in per cent per per cent",
)
leakage_steepness = derived(
    r"\epsilon_o", barrier_lowering * operating_voltage / (slope_factor * thermal_voltage) / ((1 + exp(-closed_overdrive)) * log(1 + exp(closed_overdrive))),
    "1", "growth of a closed transistor's current with the voltage on its drain, in per cent per per cent",
)
energy_steepness = derived(
    r"\epsilon_c", 2 - (current_steepness - leakage_steepness) * leakage_energy / flip_energy, "1", "growth of a flip's energy with the voltage; nothing where it is least", sign="real"
)
multiply_flips = derived(
    r"n_\times'", bits_erased_per_flop * half_multiply_energy * shrink_45_28 / arithmetic_energy, "1", "flips of an FP16 multiplication, priced by its energy"
)
add_flips = derived("n_+'", bits_erased_per_flop * half_add_energy * shrink_45_28 / arithmetic_energy, "1", "flips of an FP16 addition, priced by its energy")
move_flips = derived(
    "n_m'", 2 * sram_access_energy / (access_size * gate_capacitance * design_voltage**2), "1/bit", "flips that price the way of a bit from the nearest memory"
)
running_landauer_energy = derived("E_L''", boltzmann_constant * operating_temperature * log(2), "J", "least heat of a bit erased in the running chips")
flip_over_landauer = derived("x_L'", flip_energy / running_landauer_energy, "1", "energy of a flip over that floor")

# The memory's rail, sleep, and the price of changing the voltage
memory_lowest_voltage = given("V_{6T}", 0.6, "V", "lowest voltage at which the chip's memory works, with assistance", "estimate", "boley2012", 0.4, 0.7)
gated_share = given("g_l", 5, "%", "leakage that is left where the power is gated", "estimate", "powergating", 2, 20)
# No figure of this chip was found: a microfarad is of the order of what stands beside a processor's die
rail_capacitance = given("C_v", 1, "uF", "capacitance of one chip's supply rail, decoupling included", "estimate", "powergating", 0.1, 10)
transition_energy = derived("E_v", rail_capacitance * operating_voltage**2, "uJ", "energy of raising one chip's rail from nothing")
gating_break_even = derived(
    "t_{slp}", transition_energy * chip_count / (running_leakage_power * (1 - gated_share)), "us", "idleness after which a gated chip has saved what waking it takes"
)

# Power and heat
supply_efficiency = given(r"\eta_v", 83, "%", "efficiency of voltage conversion on the chip", "measured", "nikolic2015", 80, 86)
machine_peak_power = derived(
    "P_m'", chip_count * flop_per_cycle * design_clock * design_op_energy / supply_efficiency, "W", "power of the machine as designed, arithmetic alone"
)
supply_limit = derived("P_v", chip_count * tpu1_power / supply_efficiency, "W", "most that the supply gives, the chips at their thermal design power")
temperature_limit = given("T_m'", 378, "K", "highest temperature of the chips", "estimate", "nowka2005", 358, 398)
# A radiator edge-on to the Sun takes up little; how little depends on how well it points
absorbed_light = given("q_a", 20, "W/m^2", "sunlight that the radiator takes up, held edge-on", "estimate", "fortescue2011", 1, 100)
sink_temperature = derived(
    "T_k", root(background_temperature**4 + absorbed_light / (radiator_emissivity * stefan_boltzmann), 4), "K", "temperature below which the radiator cannot cool"
)
machine_radiator_area = derived(
    "A_m'", machine_peak_power / (radiator_emissivity * stefan_boltzmann * (radiator_temperature**4 - sink_temperature**4)),
    "m^2", "radiating surface that holds the machine as designed at the temperature of radiators",
)
coolant_mass = given("m_k", 2, "kg", "water in the machine's cooling", "estimate", "zimmermann2012", 0.5, 50)
water_heat = given("c_w", 4.19, "kJ/kg/K", "specific heat of water at 60 degrees Celsius", "measured", "chase1998", 4.18, 4.22)
machine_mass = derived(
    "m_k'", coolant_mass + machine_radiator_area / radiator_sides * radiator_mass_per_area, "kg", "mass of the coolant and the radiator, which has two sides"
)
heat_capacity = derived("C_k", coolant_mass * water_heat, "kJ/K", "heat that warms the machine by one kelvin")

# The engine between the coolant and its radiator
best_radiator_ratio = derived(
    r"\rho_k", (8 * carnot_share - 5 + sqrt(25 - 16 * carnot_share)) / (8 * carnot_share), "1", "temperature of the radiator over the coolant's that gives most power, under a dark sky"
)
engine_efficiency = derived(r"\eta_k", carnot_share * (1 - best_radiator_ratio), "%", "work out of the heat that the engine takes, there")
reversible_share = derived(r"\eta_{k,C}", 1 - sink_temperature / operating_temperature, "%", "Carnot's share of the coolant's heat, down to the sink")
engine_reach = derived(r"\eta_k^*", carnot_share * reversible_share, "%", "work out of the heat that the engine comes near with ever larger radiators")

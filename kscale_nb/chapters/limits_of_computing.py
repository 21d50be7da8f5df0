"""Limits of computing: what an erased bit, a switch, a joule, a radiator and a beam of sunlight allow at best."""

from sympy import log, pi, root, sqrt

from kscale_nb.chapters.architecture import n_layers
from kscale_nb.chapters.constants import (
    boltzmann_constant, one_bit, one_second, planck_constant, solar_constant, speed_of_light, stefan_boltzmann,
    sun_temperature,
)
from kscale_nb.chapters.energy_split import computing_power, human_brain_power, module_count, one_module
from kscale_nb.chapters.inference import dram_energy_per_bit
from kscale_nb.chapters.silicon_28nm import (
    arithmetic_energy, bits_erased_per_flop, cmos_limit, h100_efficiency, landauer_energy, landauer_floor,
    logic_throughput,
)
from kscale_nb.chapters.steampunk_supply_chain import (
    iron_nickel_per_power, logic_area, radiator_emissivity, radiator_mass_per_area, radiator_sides,
    radiator_temperature, steam_temperature, sunlight_to_electricity,
)
from kscale_nb.quantity import derived, given

# Landauer: what the machine spends on an operation, and what its bits would cost at the radiators' temperature
landauer_at_radiators = derived(
    "E_L^r", boltzmann_constant * radiator_temperature * log(2), "J", "least heat of one erased bit at the radiators' temperature"
)
machine_energy_per_flop = derived("E_m", computing_power / logic_throughput, "pJ/FLOP", "energy of an operation, memory and network included")
machine_gap = derived("x_{mL}", machine_energy_per_flop / landauer_floor, "1", "that energy over the least heat of the bits that an operation erases")
machine_gap_at_radiators = derived(
    "x_{mr}", machine_energy_per_flop / (landauer_at_radiators * bits_erased_per_flop), "1", "the same at the radiators' temperature"
)
h100_gap = derived("x_{HL}", 1 / (h100_efficiency * landauer_floor), "1", "energy of an operation of an H100 over that least heat")
h100_cmos_gap = derived("x_{Hm}", cmos_limit / h100_efficiency, "1", "what CMOS may reach, for operations of 4 bits, over an H100's 16 bits")
erasure_rate = derived("f_L", computing_power / landauer_at_radiators, "1/s", "bits a second that the computing power could erase at that temperature")
machine_bit_rate = derived("f_m", logic_throughput * bits_erased_per_flop, "1/s", "bits a second that the machine's operations erase")
entropy_rate = derived(r"\dot S", computing_power / radiator_temperature, "W/K", "entropy a second that enters the radiators with the heat")

# Bennett: the same computation without erasing
pebble_moves = given("m_B", 3, "1", "times that Bennett's scheme runs half of a computation: forward, forward, and half back", "definition", "bennett1989")
pebble_halves = given("b_B", 2, "1", "halves into which it cuts a computation", "definition", "bennett1989")
bennett_time_factor = derived(
    "x_{Ben}", n_layers ** (log(pebble_moves) / log(pebble_halves) - 1), "1", "work of a pass through the model that erases no layer, over a plain one"
)
bennett_checkpoints = derived("n_{cp}", 1 + log(n_layers) / log(pebble_halves), "1", "layers' outputs that such a pass keeps at once, at most")

# Adiabatic switching: slower is cheaper, until leakage wins
conventional_share = given("h_c", 0.5, "1", "share of C V^2 that a conventional switch turns into heat", "definition", "athas1994")
switch_energy = derived("E_{sw}", arithmetic_energy / bits_erased_per_flop, "J", "energy of a switch at 28 nm, from that of arithmetic and its erasures")
switch_over_landauer = derived("x_s", switch_energy / landauer_energy, "1", "energy of a switch over the least heat of a bit")
adiabatic_gain = given(
    "g_a", 10, "1", "energy of a conventional switch over that of an adiabatic one at its best, at 32 nm", "estimate", "hanninen2014", 10, 1e4
)
adiabatic_leakage = derived(
    "x_l", conventional_share / (4 * adiabatic_gain**2), "1", "energy that leaks in one time constant, over that of a conventional switch"
)
adiabatic_slowdown = derived("t_{ad}", 2 * adiabatic_gain / conventional_share, "1", "time constants that the best adiabatic switch takes")
adiabatic_switch_energy = derived("E_a^*", switch_energy / adiabatic_gain, "J", "energy of the best adiabatic switch")
adiabatic_over_landauer = derived("x_a^*", adiabatic_switch_energy / landauer_energy, "1", "that energy over the least heat of a bit")
adiabatic_hardware = derived(
    "x_{hw}", adiabatic_gain * adiabatic_slowdown, "1", "gates that adiabatic logic needs to use the same power, per gate and time constant of conventional logic"
)
adiabatic_logic_area = derived("A_l^a", logic_area * adiabatic_hardware, "km^2", "chips of logic that would take")

# Cold logic pays the pump
helium_temperature = given("T_{He}", 4.2, "K", "temperature of superconducting logic", "measured", "herr2013", 4.2, 4.2)
pump_floor = derived("x_p^c", radiator_temperature / helium_temperature, "1", "energy at the radiators for each joule of heat at that temperature, at least")
cryocooler_overhead = given("x_{cryo}", 1000, "1", "the same with real coolers", "estimate", "herr2013", 300, 1000)
aqfp_gain = given(
    "g_q", 25_242, "1", "energy of an operation at 28 nm over that of superconducting adiabatic logic, as forecast (range: the same forecast against 12 nm and 40 nm, no uncertainty)", "estimate", "chen2019aqfp", 9_313, 48_466
)
aqfp_net_gain = derived("g_q'", aqfp_gain / cryocooler_overhead, "1", "what remains of that when the cooler is paid")

# Quantum speed limits
orthogonal_steps = given("m_{ML}", 4, "1", "orthogonal states in the time h over the mean energy, at most", "definition", "margolus1998")
margolus_levitin_rate = derived("f_{ML}", orthogonal_steps / planck_constant, "1/J/s", "steps a second that each joule allows")
second_rate = derived("f_1", margolus_levitin_rate * computing_power * one_second, "1/s", "steps a second that the energy of one second allows")
second_rate_over_machine = derived("x_1", second_rate / machine_bit_rate, "1", "those steps over the bits that the machine's operations erase")
switch_quantum_rate = derived("f_s^q", margolus_levitin_rate * switch_energy, "1/s", "steps a second that the energy of one switch allows")
bremermann_rate = derived("f_B^h", speed_of_light**2 / planck_constant, "1/s/kg", "bits a second that each kilogram allows, by Bremermann")
machine_metal_mass = derived("M_{mac}", iron_nickel_per_power * computing_power, "kg", "iron-nickel for the machine's power")
mass_rate = derived("f_M", bremermann_rate * machine_metal_mass, "1/s", "bits a second that this mass allows, by Bremermann")
mass_rate_over_machine = derived("x_{Br}", mass_rate / machine_bit_rate, "1", "those bits over the bits that the machine's operations erase")

# Radiators: where the heat must go
computing_radiator_area = derived(
    "A_c", computing_power / (radiator_sides * radiator_emissivity * stefan_boltzmann * radiator_temperature**4), "km^2", "radiators for the computing power"
)
module_radiator_area = derived("A_{c1}", computing_radiator_area * one_module / module_count, "km^2", "radiators of one module")
module_radiator_diameter = derived("D_{c1}", sqrt(4 * module_radiator_area / pi), "km", "diameter of one module's radiators as a single disc")
computing_radiator_mass = derived("M_c", computing_radiator_area * radiator_mass_per_area, "kg", "mass of those radiators")
sunlit_share = derived(
    "s_p", 1 - solar_constant / (radiator_sides * stefan_boltzmann * radiator_temperature**4),
    "%", "share of a grey radiator's power that is left for heat when it faces the Sun", sign="real",
)
lightest_computing_temperature = derived(
    "T_c^*", root(3 * radiator_mass_per_area / (radiator_sides * radiator_emissivity * stefan_boltzmann * iron_nickel_per_power), 4),
    "K", "radiators' temperature at which a bit erased at Landauer's cost takes least mass of power plant and radiator",
)
background_temperature = given("T_{CMB}", 2.72548, "K", "temperature of the cosmic background", "measured", "fixsen2009", 2.72491, 2.72605)
background_landauer = derived("E_L^b", boltzmann_constant * background_temperature * log(2), "J", "least heat of one erased bit at that temperature")

# Sunlight: what the best engine could take from it
sun_carnot = derived(r"\eta_C^\odot", 1 - radiator_temperature / sun_temperature, "%", "Carnot's efficiency between the Sun's surface and the radiators")
sun_landsberg = derived(
    r"\eta_L^\odot", 1 - 4 * radiator_temperature / (3 * sun_temperature) + (radiator_temperature / sun_temperature) ** 4 / 3,
    "%", "Landsberg's limit on work from the Sun's radiation",
)
sun_curzon_ahlborn = derived(r"\eta_{CA}^\odot", 1 - sqrt(radiator_temperature / sun_temperature), "%", "Curzon and Ahlborn's efficiency between the same temperatures")
absorber_guess = derived("T_a^0", root(radiator_temperature * sun_temperature**4 / 4, 5), "K", "first guess of the best absorber's temperature")
absorber_temperature = derived(
    "T_a", absorber_guess * (1 + 3 * radiator_temperature / (20 * absorber_guess - 12 * radiator_temperature)),
    "K", "temperature of a black absorber in fully concentrated sunlight that gives most work, after one step of Newton's",
)
absorber_efficiency = derived(
    r"\eta_a^\odot", (1 - (absorber_temperature / sun_temperature) ** 4) * (1 - radiator_temperature / absorber_temperature),
    "%", "work from fully concentrated sunlight by that absorber and Carnot's engine",
)
full_concentration = derived("C_{max}", stefan_boltzmann * sun_temperature**4 / solar_constant, "1", "concentration at which a spot is as bright as the Sun's surface")
steam_curzon_ahlborn = derived(r"\eta_{CA}", 1 - sqrt(radiator_temperature / steam_temperature), "%", "Curzon and Ahlborn's efficiency of the steam cycle")
best_over_steam = derived("x_{a}", absorber_efficiency / sunlight_to_electricity, "1", "that best absorber over the supply chain's mirrors and steam")

# Bits that were measured, or are read and written today
nanomagnet_energy = given("E_{nm}", 4.2e-21, "J", "heat of resetting a nanomagnet's bit at 300 K", "measured", "hong2016", 2.8e-21, 6e-21)
oscillator_work = given("w_o", 1, "1", "work to erase a bit in a micromechanical oscillator, over Landauer's", "measured", "dago2021", 0.99, 1.01)
oscillator_time = given("t_o", 0.1, "s", "time that this erasure took", "measured", "dago2021", 0.1, 0.1)
ion_energy = given("E_{ion}", 1e-28, "J", "heat of erasing a qubit of a trapped ion (an order of magnitude)", "estimate", "zhou2018talk", 3e-29, 3e-28)
magnet_temperature = given("T_{Fe8}", 1, "K", "temperature of the molecular magnets", "measured", "gaudenzi2018", 1, 1)
magnet_landauer = derived("E_{Fe8}", boltzmann_constant * magnet_temperature * log(2), "J", "Landauer's bound at that temperature, which they came near")
atp_energy = given("E_{ATP}", 7.3e-20, "J", "free energy of one ATP molecule in a cell", "estimate", "equilibrator", 4.3e-20, 8.3e-20)
atp_per_amino_acid = given("n_{ATP}", 4, "1", "ATP molecules that a ribosome and its helpers spend on an amino acid", "estimate", "kempes2017", 4, 5)
amino_acids = given("n_{aa}", 20, "1", "kinds of amino acids", "definition", "kempes2017")
ribosome_energy = derived("E_{rib}", atp_per_amino_acid * atp_energy * log(2) / log(amino_acids), "J", "energy of a ribosome for one bit of choice")
ribosome_over_landauer = derived("x_{rib}", ribosome_energy / landauer_energy, "1", "that energy over the least heat of a bit")
synapse_atp = given("n_{syn}", 1e4, "1", "ATP molecules for a bit through a chemical synapse", "estimate", "laughlin1998", 1e4, 2.4e4)
spike_atp = given("n_{spk}", 3e6, "1", "ATP molecules for a bit in spikes or graded signals", "estimate", "laughlin1998", 1e6, 1e7)
synapse_energy = derived("E_{syn}", synapse_atp * atp_energy, "J", "energy of a bit through a chemical synapse")
spike_energy = derived("E_{spk}", spike_atp * atp_energy, "J", "energy of a bit in spikes")
synapse_over_switch = derived("x_{syn}", synapse_energy / switch_energy, "1", "energy of that bit through a synapse over that of a switch at 28 nm")
brain_throughput = given("F_b", 1e15, "FLOP/s", "operations a second that would do a human brain's work", "estimate", "carlsmith2020", 1e13, 1e17)
brain_energy_per_flop = derived("E_b", human_brain_power / brain_throughput, "fJ/FLOP", "energy of a brain for such an operation")
machine_over_brain = derived("x_{mb}", machine_energy_per_flop / brain_energy_per_flop, "1", "energy of the machine's operation over that of a brain's")
dram_over_landauer = derived("x_{dL}", dram_energy_per_bit * one_bit / landauer_energy, "1", "energy to read a bit of memory over the least heat of a bit")

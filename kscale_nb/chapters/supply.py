"""Supply: a first mass balance of the chain from asteroid to mind.

It counts what dominates: mirrors, turbines and radiators of iron-nickel, and silicon for chips from slag.
"""

from kscale_nb.chapters.energy import K1_power, computing_power, logic_power, solar_constant
from kscale_nb.chapters.memory import module_count, total_memory
from kscale_nb.quantity import derived, given

# Mirrors: sunlight in, electricity out
sunlight_to_electricity = given(
    r"\eta_s", 20, "%", "electricity out of sunlight on the mirrors, in space", "estimate", "ortega2008", 14, 30
)
foil_thickness = given("h_f", 1, "um", "thickness of a mirror's iron-nickel foil", "estimate", "johnson1974", 0.1, 7.5)
iron_density = given(r"\rho_{Fe}", 7874, "kg/m^3", "density of iron", "measured", "goldstein2009", 7860, 8000)
aluminium_reflectance = given("R_{Al}", 88, "%", "sunlight that an aluminised mirror returns", "measured", "fortescue2011", 76, 92)
iron_reflectance = given("R_{Fe}", 57, "%", "sunlight that bare iron returns", "measured", "johnson1974", 51, 69)
mirror_area = derived("A_m", K1_power / (solar_constant * sunlight_to_electricity), "km^2", "mirrors for a K1 civilisation at 1 au")
foil_mass_per_area = derived(r"\sigma_f", foil_thickness * iron_density, "g/m^2", "mass of the foil per area")
mirror_mass = derived("M_m", mirror_area * foil_mass_per_area, "kg", "foil of all mirrors")

# Turbines and radiators
turbine_specific_power = given(
    "p_t", 0.40, "kW/kg", "power of a steam turbine and its generator per mass", "measured", "fennovoima", 0.32, 0.48
)
turbine_mass = derived("M_t", K1_power / turbine_specific_power, "kg", "steam turbines and generators for a K1 civilisation")
cycle_efficiency = given(r"\eta_c", 35, "%", "electricity out of the heat that the steam takes up", "measured", "ortega2008", 33, 42)
waste_heat = derived("Q_w", K1_power * (1 / cycle_efficiency - 1), "W", "heat that the condensers must reject")
stefan_boltzmann = given(r"\sigma", 5.670374419e-8, "W/m^2/K^4", "Stefan-Boltzmann constant", "definition", "codata")
radiator_temperature = given("T_r", 350, "K", "temperature of the radiators", "estimate", "ssi1985", 300, 400)
radiator_emissivity = given(r"\varepsilon", 0.9, "1", "emissivity of the radiators", "estimate", "fortescue2011", 0.8, 0.95)
radiator_sides = given("n_r", 2, "1", "sides that a radiator radiates from", "definition", "fortescue2011")
radiator_mass_per_area = given(r"\sigma_r", 5, "kg/m^2", "mass of a radiator per area", "estimate", "sbir1991", 3, 10)
radiator_area = derived(
    "A_r", waste_heat / (radiator_sides * radiator_emissivity * stefan_boltzmann * radiator_temperature**4), "km^2", "radiators for a K1 civilisation"
)
radiator_mass = derived("M_r", radiator_area * radiator_mass_per_area, "kg", "mass of those radiators")

# Iron-nickel, in all and for one module's own power
iron_nickel_mass = derived("M_{Fe}", mirror_mass + turbine_mass + radiator_mass, "kg", "iron-nickel for a K1 civilisation's power")
iron_nickel_per_power = derived("m_P", iron_nickel_mass / K1_power, "kg/kW", "iron-nickel for each kilowatt of electricity")
module_iron_nickel = derived(
    "m_{Fe}", iron_nickel_per_power * computing_power / module_count, "t/module", "iron-nickel for the power of one module"
)
near_earth_metal = given(
    "M_{DA}", 3.09e13, "kg", "iron and nickel of the near-Earth asteroid 1986 DA", "estimate", "sanchez2021", 1e13, 1e14
)
asteroids_needed = derived("n_a", iron_nickel_mass / near_earth_metal, "1", "asteroids like 1986 DA that the metal takes")
psyche_mass = given("M_{Psy}", 2.399e19, "kg", "mass of asteroid 16 Psyche", "measured", "farnocchia2024", 2.374e19, 2.424e19)
psyche_share = derived("x_{Psy}", iron_nickel_mass / psyche_mass, "1", "that metal over the mass of 16 Psyche")

# Silicon for memory and logic, from slag
dram_density = given(r"\delta_B", 0.08, "Gbit/mm^2", "DRAM bits per area at a 28 nm class process", "estimate", "gupta2022", 0.06, 0.10)
dram_area = derived("A_B", total_memory / dram_density, "km^2", "chips of DRAM")
logic_power_density = given("p_l", 0.227, "W/mm^2", "power per area of a 28 nm logic chip", "measured", "jouppi2017", 0.1, 1.0)
logic_area = derived("A_l", logic_power / logic_power_density, "km^2", "chips of logic")
wafer_thickness = given("h_w", 775, "um", "thickness of a 300 mm wafer", "measured", "epjpv2023", 750, 800)
silicon_density = given(r"\rho_{Si}", 2329, "kg/m^3", "density of silicon", "measured", "codata", 2329, 2330)
wafer_share_of_silicon = given("u_w", 40, "%", "purified silicon that ends in wafers", "estimate", "epjpv2023", 27, 50)
silicon_from_slag = given("u_s", 70, "%", "silicon of the slag that becomes purified silicon", "estimate", "epjpv2023", 50, 90)
silicon_in_slag = given("w_{Si}", 20, "%", "silicon in the silicates of the slag, by mass", "measured", "mcdonough1995", 16, 26)
silicon_mass = derived(
    "M_{Si}", (dram_area + logic_area) * wafer_thickness * silicon_density / wafer_share_of_silicon, "kg", "purified silicon for all chips"
)
slag_mass = derived("M_{slag}", silicon_mass / (silicon_from_slag * silicon_in_slag), "kg", "slag for that silicon")
module_slag = derived("m_{slag}", slag_mass / module_count, "t/module", "slag for the chips of one module")
slag_over_metal = derived("x_{slag}", slag_mass / iron_nickel_mass, "1", "slag for the chips over iron-nickel for the power")

# What melting and making take
melting_heat = given("q_{Fe}", 1.298, "MJ/kg", "heat to melt iron from room temperature", "measured", "desai1986", 1.25, 1.35)
melting_time = derived("t_{Fe}", iron_nickel_mass * melting_heat / K1_power, "hour", "time to melt that metal with all of K1's power")
fab_energy = given("q_{fab}", 0.9, "kWh/cm^2", "electricity of a 28 nm fab per area of chips", "measured", "gupta2022", 0.8, 1.5)
fab_time = derived("t_{fab}", (dram_area + logic_area) * fab_energy / K1_power, "hour", "time to power the fabs for all chips with all of K1's power")

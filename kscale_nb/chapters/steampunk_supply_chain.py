"""Supply: a first mass balance of the chain from asteroid to mind.

It counts what dominates: mirrors, turbines and radiators of iron-nickel, and silicon for chips from slag.
"""

from sympy import cbrt, pi, sqrt

from kscale_nb.chapters.constants import solar_luminosity, stefan_boltzmann
from kscale_nb.chapters.energy_split import K1_power, computing_power, logic_power, module_count, total_memory
from kscale_nb.quantity import derived, given

# Heat into electricity: the cycle, between the steam and the radiators
steam_temperature = given("T_h", 838, "K", "temperature of the heat that makes the steam", "estimate", "solartwo2001", 800, 870)
radiator_temperature = given("T_r", 350, "K", "temperature of the radiators", "estimate", "ssi1985", 300, 400)
carnot_share = given("f", 60, "%", "efficiency of the real cycle over Carnot's", "estimate", "ortega2008", 54, 70)
cycle_efficiency = derived(
    r"\eta_c", carnot_share * (1 - radiator_temperature / steam_temperature), "%", "electricity out of the heat that the steam takes up"
)

# Mirrors: sunlight in, electricity out
mirror_orbit = given("a_m", 1, "au", "distance of the mirrors from the Sun, that of the document's modules", "premise", "k1s1ai")
sunlight_at_mirrors = derived("S_m", solar_luminosity / (4 * pi * mirror_orbit**2), "W/m^2", "sunlight on the mirrors")
aluminium_reflectance = given("R_{Al}", 88, "%", "sunlight that an aluminised mirror returns", "measured", "fortescue2011", 76, 92)
receiver_efficiency = given(r"\eta_r", 87, "%", "heat that the receiver keeps of the light on it", "measured", "ortega2008", 86, 88)
# Solar Two's own peak, with the other factors here, leaves 50 %
concentrator_share = given("u_m", 75, "%", "what pointing, shading and pumping leave", "estimate", "ortega2008", 50, 90)
sunlight_to_electricity = derived(
    r"\eta_s", aluminium_reflectance * receiver_efficiency * concentrator_share * cycle_efficiency,
    "%", "electricity out of sunlight on the mirrors",
)
mirror_area = derived("A_m", K1_power / (sunlight_at_mirrors * sunlight_to_electricity), "km^2", "mirrors for a K1 civilisation")
foil_thickness = given("h_f", 1, "um", "thickness of a mirror's iron-nickel foil", "estimate", "johnson1974", 0.1, 7.5)
iron_density = given(r"\rho_{Fe}", 7874, "kg/m^3", "density of iron (the range: of iron with nickel)", "measured", "hubbell1995", 7860, 8000)
foil_mass_per_area = derived(r"\sigma_f", foil_thickness * iron_density, "g/m^2", "mass of the foil per area")
mirror_mass = derived("M_m", mirror_area * foil_mass_per_area, "kg", "foil of all mirrors")
iron_reflectance = given("R_{Fe}", 57, "%", "sunlight that bare iron returns", "measured", "johnson1974", 51, 69)
bare_mirror_excess = derived("x_{Fe}", aluminium_reflectance / iron_reflectance, "1", "area of bare iron mirrors over aluminised ones")

# Turbines and radiators
turbine_specific_power = given("p_t", 0.40, "kW/kg", "power of a steam turbine and its generator per mass", "estimate", "fennovoima", 0.32, 0.48)
turbine_mass = derived("M_t", K1_power / turbine_specific_power, "kg", "steam turbines and generators for a K1 civilisation")
waste_heat = derived("Q_w", K1_power * (1 / cycle_efficiency - 1), "W", "heat that the condensers must reject")
radiator_emissivity = given(r"\varepsilon", 0.9, "1", "emissivity of the radiators", "estimate", "fortescue2011", 0.8, 0.95)
radiator_sides = given("n_r", 2, "1", "sides that a radiator radiates from: a plate that is free on both", "chosen", "fortescue2011")
# A conventional one had 7 in 1991 and the space station's have about 14; below 3 there are only designs
radiator_mass_per_area = given(r"\sigma_r", 5, "kg/m^2", "mass of a radiator per area", "estimate", "sbir1991", 3, 15)
radiator_area = derived(
    "A_r", waste_heat / (radiator_sides * radiator_emissivity * stefan_boltzmann * radiator_temperature**4),
    "km^2", "radiators for a K1 civilisation",
)
radiator_mass = derived("M_r", radiator_area * radiator_mass_per_area, "kg", "mass of those radiators")
lightest_radiator_temperature = derived(
    "T_r^*", steam_temperature * (8 * carnot_share - 5 + sqrt(25 - 16 * carnot_share)) / (8 * carnot_share),
    "K", "temperature at which the radiators are lightest",
)
water_critical_temperature = given("T_{cr}", 647.096, "K", "temperature above which no steam condenses", "measured", "wagner2002", 646.996, 647.196)

# Iron-nickel, in all and for one module's own power
iron_nickel_mass = derived("M_{Fe}", mirror_mass + turbine_mass + radiator_mass, "kg", "iron-nickel for a K1 civilisation's power")
mirror_share_of_metal = derived("s_m'", mirror_mass / iron_nickel_mass, "%", "share of the mirrors in that metal")
radiator_share_of_metal = derived("s_r'", radiator_mass / iron_nickel_mass, "%", "share of the radiators in that metal")
machines_over_mirrors = derived("x_m", (turbine_mass + radiator_mass) / mirror_mass, "1", "turbines and radiators over mirrors")
iron_nickel_per_power = derived("m_P", iron_nickel_mass / K1_power, "kg/kW", "iron-nickel for each kilowatt of electricity")
station_mass_per_power = given("m_P'", 298, "kg/kW", "mass of a solar dynamic module designed for a space station", "estimate", "ssi1989", 250, 350)
module_iron_nickel = derived("m_{Fe}", iron_nickel_per_power * computing_power / module_count, "t/module", "iron-nickel for the power of one module")
metal_sphere_diameter = derived("D_{Fe}", cbrt(6 * iron_nickel_mass / (pi * iron_density)), "km", "diameter of that metal as one solid ball")
near_earth_metal = given("M_{DA}", 3.09e13, "kg", "iron and nickel of the near-Earth asteroid 1986 DA", "estimate", "sanchez2021", 1e13, 1e14)
asteroids_needed = derived("n_a", iron_nickel_mass / near_earth_metal, "1", "asteroids like 1986 DA that the metal takes")
asteroids_at_station_mass = derived(
    "n_a'", station_mass_per_power * K1_power / near_earth_metal, "1", "asteroids like 1986 DA at the mass per power of that station's module"
)
psyche_mass = given("M_{Psy}", 2.399e19, "kg", "mass of asteroid 16 Psyche", "measured", "farnocchia2024", 2.374e19, 2.424e19)
psyche_share = derived("x_{Psy}", iron_nickel_mass / psyche_mass, "1", "that metal over the mass of 16 Psyche")

# Silicon for memory and logic, from slag
dram_density = given(r"\delta_B", 0.08, "Gbit/mm^2", "DRAM bits per area at a 28 nm class process", "estimate", "chipworks3x", 0.06, 0.10)
dram_area = derived("A_B", total_memory / dram_density, "km^2", "chips of DRAM")
logic_power_density = given("p_l", 0.227, "W/mm^2", "power per area of a 28 nm logic chip", "measured", "jouppi2017", 0.1, 1.0)
logic_area = derived("A_l", logic_power / logic_power_density, "km^2", "chips of logic")
wafer_thickness = given("h_w", 775, "um", "thickness of a 300 mm wafer", "measured", "universitywafer", 750, 800)
silicon_density = given(r"\rho_{Si}", 2329, "kg/m^3", "density of silicon, from its molar volume", "measured", "codata", 2329, 2330)
wafer_share_of_silicon = given("u_w", 40, "%", "purified silicon that ends in wafers", "estimate", "epjpv2023", 27, 50)
silicon_from_slag = given("u_s", 70, "%", "silicon of the slag that becomes purified silicon", "estimate", "epjpv2023", 50, 90)
silicon_in_slag = given("w_{Si}", 20, "%", "silicon in the silicates of the slag, by mass", "estimate", "benedix1998", 16, 26)
silicon_mass = derived(
    "M_{Si}", (dram_area + logic_area) * wafer_thickness * silicon_density / wafer_share_of_silicon, "kg", "purified silicon for all chips"
)
slag_mass = derived("M_{slag}", silicon_mass / (silicon_from_slag * silicon_in_slag), "kg", "slag for that silicon")
module_slag = derived("m_{slag}", slag_mass / module_count, "t/module", "slag for the chips of one module")
slag_over_metal = derived("x_{slag}", slag_mass / iron_nickel_mass, "%", "slag for the chips over iron-nickel for the power")

# Aluminium for the mirrors' shine, from the same slag, if none of it is lost
coating_thickness = given("h_{Al}", 100, "nm", "thickness of the aluminium on the foil", "estimate", "rakic1995", 50, 200)
aluminium_density = given(r"\rho_{Al}", 2699, "kg/m^3", "density of aluminium", "measured", "hubbell1995", 2690, 2710)
aluminium_in_slag = given("w_{Al}", 1.2, "%", "aluminium in the silicates of the slag, by mass", "estimate", "mcdonough1995", 0.86, 2)
coating_mass = derived("M_{Al}", mirror_area * coating_thickness * aluminium_density, "kg", "aluminium on all mirrors")
coating_slag = derived("M_{slag}'", coating_mass / aluminium_in_slag, "kg", "slag for that aluminium, at the least")
coating_over_chip_slag = derived("x_{Al}", coating_slag / slag_mass, "1", "slag for the mirrors' aluminium over slag for the chips")

# Molybdenum for maraging steel: a metal of the core follows nickel
chondrite_nickel = given("c_{Ni}", 1.05, "%", "nickel in CI chondrites", "measured", "mcdonough1995", 1.05, 1.10)
chondrite_molybdenum = given("c_{Mo}", 0.90, "g/t", "molybdenum in CI chondrites", "measured", "mcdonough1995", 0.90, 0.93)
metal_nickel = given("w_{Ni}", 8, "%", "nickel in meteoritic metal", "measured", "scottwasson1976", 6.1, 10.8)
metal_molybdenum = derived(
    "w_{Mo}", chondrite_molybdenum * metal_nickel / chondrite_nickel, "g/t", "molybdenum in meteoritic metal, if it went where the nickel went"
)
steel_molybdenum = given("s_{Mo}", 4.85, "%", "molybdenum in maraging steel", "measured", "carpenter", 4.5, 5.2)
metal_per_maraging_steel = derived("x_{Mo}", steel_molybdenum / metal_molybdenum, "1", "meteoritic metal that holds the molybdenum of maraging steel")
maraging_steel_mass = derived("M_{ms}", iron_nickel_mass / metal_per_maraging_steel, "kg", "maraging steel from all the molybdenum of that metal")

# What melting and making take
melting_heat = given("q_{Fe}", 1.298, "MJ/kg", "heat to melt iron from room temperature", "measured", "chase1998", 1.25, 1.35)
melting_time = derived("t_{Fe}", iron_nickel_mass * melting_heat / K1_power, "hour", "time to melt that metal with all of K1's power")
fab_energy = given("q_{fab}", 0.9, "kWh/cm^2", "electricity of a 28 nm fab per area of chips", "measured", "gupta2022", 0.8, 1.5)
fab_energy_per_mass = derived("q_{fab}'", fab_energy / (wafer_thickness * silicon_density), "GJ/kg", "electricity of the fab per mass of wafer")
fab_over_melting = derived("x_q", fab_energy_per_mass / melting_heat, "1", "a fab's electricity over the heat that melts as much iron")
fab_time = derived("t_{fab}", (dram_area + logic_area) * fab_energy / K1_power, "hour", "time to power the fabs for all chips with all of K1's power")

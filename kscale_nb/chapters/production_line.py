"""Production line: how much of what each of the document's products takes, and the rock that holds it."""

from sympy import Max, cbrt, pi, sqrt

from kscale_nb.chapters.constants import (
    avogadro, carbon_weight, earth_orbit, earth_radius, elementary_charge, hydrogen_weight, iron_weight, oxygen_weight,
    potassium_weight, silicon_weight, solar_luminosity, solar_radius, speed_of_light, standard_gravity, stefan_boltzmann,
)
from kscale_nb.chapters.datacentre_l5 import earth_mass_share, mean_motion
from kscale_nb.chapters.energy_split import K1_power, computing_power, rest_power
from kscale_nb.chapters.growth import (
    growth_share, making_energy, propellant_share, propellant_speed, thruster_efficiency, vaporisation_energy,
)
from kscale_nb.chapters.limits_of_computing import computing_radiator_mass
from kscale_nb.chapters.power_train import (
    battery_energy, iron_nickel_strength, iron_wheel_energy, maraging_strength, steam_flow,
)
from kscale_nb.chapters.steampunk_supply_chain import (
    aluminium_density, aluminium_in_slag, bare_mirror_excess, coating_mass, dram_area, fab_energy, iron_density,
    iron_nickel_mass, iron_reflectance, logic_area, metal_molybdenum, metal_nickel, mirror_mass, near_earth_metal,
    radiator_emissivity, radiator_mass, radiator_mass_per_area, radiator_sides, radiator_temperature,
    silicon_from_slag, silicon_in_slag, silicon_mass, steel_molybdenum, turbine_mass,
)
from kscale_nb.chapters.twelve_metrics import K1_machine_mass
from kscale_nb.quantity import derived, given

# The asteroid: metal, with silicates in it
asteroid_metal = given("w_m", 85, "%", "metal in the asteroid, as on the surface of 1986 DA", "estimate", "sanchez2021", 40, 95)
asteroid_slag = derived("w_s", 1 - asteroid_metal, "%", "silicates in the asteroid: the smelter's slag")
extraction = given("u_e", 80, "%", "share of an element in the rock that its extraction wins", "estimate", "freitas1982", 50, 95)

# Metal of iron meteorites; nickel and molybdenum stand with the supply chain
metal_cobalt = given("w_{m,Co}", 0.5, "%", "cobalt in meteoritic metal", "measured", "scottironmet", 0.42, 0.58)
metal_phosphorus = given("w_{m,P}", 0.2, "%", "phosphorus in meteoritic metal", "measured", "scottironmet", 0.1, 0.5)
metal_sulphur = given("w_{m,S}", 0.3, "%", "sulphur in meteoritic metal, its troilite included", "measured", "scottironmet", 0.1, 1)
metal_carbon = given("w_{m,C}", 0.05, "%", "carbon in meteoritic metal", "estimate", "hirschmann2021", 0.0004, 0.11)
metal_copper = given("w_{m,Cu}", 150, "g/t", "copper in meteoritic metal", "estimate", "lovering1957", 75, 300)
metal_chromium = given("w_{m,Cr}", 50, "g/t", "chromium in meteoritic metal", "estimate", "lovering1957", 5, 200)
metal_iron = derived(
    "w_{m,Fe}", 1 - metal_nickel - metal_cobalt - metal_phosphorus - metal_sulphur - metal_carbon - metal_copper - metal_chromium - metal_molybdenum,
    "%", "iron in meteoritic metal, the rest of it",
)

# CI chondrites, the second stream: rock that has never been molten
chondrite_hydrogen = given("w_{c,H}", 1.97, "%", "hydrogen in CI chondrites", "measured", "palmeoneill2014", 1.8, 2.1)
chondrite_carbon = given("w_{c,C}", 3.48, "%", "carbon in CI chondrites", "measured", "palmeoneill2014", 3.2, 3.5)
chondrite_oxygen = given("w_{c,O}", 45.9, "%", "oxygen in CI chondrites", "measured", "palmeoneill2014", 45, 47)
chondrite_fluorine = given("w_{c,F}", 58.2, "g/t", "fluorine in CI chondrites", "measured", "palmeoneill2014", 54, 64)
chondrite_aluminium = given("w_{c,Al}", 0.84, "%", "aluminium in CI chondrites", "measured", "palmeoneill2014", 0.82, 0.868)
chondrite_silicon = given("w_{c,Si}", 10.7, "%", "silicon in CI chondrites", "measured", "palmeoneill2014", 10.5, 10.7)
chondrite_phosphorus = given("w_{c,P}", 985, "g/t", "phosphorus in CI chondrites", "measured", "palmeoneill2014", 967, 1220)
chondrite_sulphur = given("w_{c,S}", 5.35, "%", "sulphur in CI chondrites", "measured", "palmeoneill2014", 5.25, 6.25)
chondrite_chlorine = given("w_{c,Cl}", 698, "g/t", "chlorine in CI chondrites", "measured", "palmeoneill2014", 680, 698)
chondrite_potassium = given("w_{c,K}", 546, "g/t", "potassium in CI chondrites", "measured", "palmeoneill2014", 517, 560)
chondrite_titanium = given("w_{c,Ti}", 447, "g/t", "titanium in CI chondrites", "measured", "palmeoneill2014", 420, 451)
chondrite_chromium = given("w_{c,Cr}", 2623, "g/t", "chromium in CI chondrites", "measured", "palmeoneill2014", 2600, 2660)
chondrite_iron = given("w_{c,Fe}", 18.66, "%", "iron in CI chondrites", "measured", "palmeoneill2014", 18.1, 19)
chondrite_cobalt = given("w_{c,Co}", 513, "g/t", "cobalt in CI chondrites", "measured", "palmeoneill2014", 500, 513)
chondrite_copper = given("w_{c,Cu}", 133, "g/t", "copper in CI chondrites", "measured", "palmeoneill2014", 108, 133)
chondrite_lithium = given("w_{c,Li}", 1.45, "g/t", "lithium in CI chondrites", "measured", "palmeoneill2014", 1.45, 1.5)
chondrite_boron = given("w_{c,B}", 0.775, "g/t", "boron in CI chondrites", "measured", "palmeoneill2014", 0.27, 1.2)
chondrite_neon = given("w_{c,Ne}", 1.8e-4, "g/t", "neon in CI chondrites", "estimate", "lodders2009", 0.6e-4, 5.4e-4)
chondrite_argon = given("w_{c,Ar}", 1.3e-3, "g/t", "argon in CI chondrites", "estimate", "lodders2009", 0.4e-3, 4e-3)

# Ground that has lain in the solar wind, as the Moon's: helium there is some tens of grams in a tonne
regolith_neon = given("w_{r,Ne}", 0.5, "g/t", "neon in soil of the Moon", "estimate", "fegley1991", 0.05, 5)
regolith_argon = given("w_{r,Ar}", 1, "g/t", "argon in soil of the Moon", "estimate", "fegley1991", 0.1, 10)

# Silicates in the metal: we take potassium, titanium and chromium to stand to aluminium as in a chondrite
slag_oxygen = given("w_{s,O}", 44, "%", "oxygen in the silicates of the slag", "estimate", "bild1977", 41.9, 46.3)
slag_potassium = derived("w_{s,K}", aluminium_in_slag * chondrite_potassium / chondrite_aluminium, "g/t", "potassium in the silicates of the slag, if chondritic")
slag_titanium = derived("w_{s,Ti}", aluminium_in_slag * chondrite_titanium / chondrite_aluminium, "g/t", "titanium in the silicates of the slag, if chondritic")
slag_chromium = derived("w_{s,Cr}", aluminium_in_slag * chondrite_chromium / chondrite_aluminium, "g/t", "chromium in the silicates of the slag, if chondritic")


# Chips: wafers, and what the lithography breathes
wafer_diameter = given("d_w", 300, "mm", "diameter of a wafer, the size whose thickness is used here", "chosen", "universitywafer")
wafer_area = derived("A_w", pi * wafer_diameter**2 / 4, "cm^2", "area of a wafer")
dram_wafers = derived("n_{wB}", dram_area / wafer_area, "1", "wafers of DRAM, every square millimetre good")
logic_wafers = derived("n_{wl}", logic_area / wafer_area, "1", "wafers of logic, every square millimetre good")
world_wafer_area = given("A_w'", 7.91, "km^2/year", "area of all silicon wafers shipped in 2024", "measured", "semi2025", 7.91, 9.5)
wafer_years = derived("Y_w'", (dram_area + logic_area) / world_wafer_area, "year", "time in which today's world ships so many wafers")
neon_per_area = given("n_{Ne}", 5.9, "mg/cm^2", "neon that lasers of lithography use per area of wafer, worldwide", "estimate", "neon2022", 2, 6)
neon_recovery = given("u_{Ne}", 90, "%", "neon that is caught and used again", "estimate", "fukuda2016", 50, 99)
neon_mass = derived("M_{Ne}", (dram_area + logic_area) * neon_per_area * (1 - neon_recovery), "kg", "neon for the lithography of all chips")
argon_per_silicon = given("n_{Ar}", 2, "1", "argon blown over growing crystals, over their silicon", "estimate", "gasworld_argon", 0.5, 5)
argon_loss = given("u_{Ar}", 5, "%", "argon that recycling loses", "estimate", "grr_argon", 1, 20)
argon_mass = derived("M_{Ar}", silicon_mass * argon_per_silicon * argon_loss, "kg", "argon for the crystals of all chips")
carbons_per_silicon = given("n_{CSi}", 2, "1", "atoms of carbon that free one of silicon from its oxide", "definition", "landis2002")
carbon_mass = derived("M_C'", silicon_mass / silicon_from_slag * carbons_per_silicon * carbon_weight / silicon_weight, "kg", "carbon that frees the silicon, used once")

# Power plant: water that goes round, and wire
circulation_time = given("t_{cw}", 10, "minute", "time in which the water of a steam plant goes round once", "estimate", "feedtank", 1, 20)
water_mass = derived("M_w", steam_flow * circulation_time, "kg", "water in all steam plants")
hydrogens_of_water = given("n_{HO}", 2, "1", "atoms of hydrogen in a molecule of water", "definition", "chase1998")
hydrogen_in_water = derived("w_H", hydrogens_of_water * hydrogen_weight / (hydrogens_of_water * hydrogen_weight + oxygen_weight), "%", "hydrogen in water, by mass")
# whole power stations hold 1.1 to 1.5 kg/kW; the windings of the generator are a part of that
copper_per_power = given("m_{Cu}'", 0.3, "kg/kW", "copper in the windings of a generator", "estimate", "iea2021minerals", 0.05, 1.473)
copper_mass = derived("M_{Cu}", K1_power * copper_per_power, "kg", "copper for the generators of K1's power")
bare_turbine_mass = derived("M_t'", Max(turbine_mass, copper_mass) - copper_mass, "kg", "turbines and generators without their windings", sign="nonnegative")
copper_resistivity = given("r_{Cu}", 17.2, "nohm*m", "resistivity of annealed copper", "measured", "wp_resistivity", 16.8, 17.2)
aluminium_resistivity = given("r_{Al}", 28.2, "nohm*m", "resistivity of aluminium", "measured", "wp_resistivity", 26.5, 28.2)
iron_resistivity = given("r_{Fe}", 100, "nohm*m", "resistivity of iron (the range: to that of plain steel)", "measured", "wp_resistivity", 96, 143)
copper_density = given(r"\rho_{Cu}", 8960, "kg/m^3", "density of copper", "measured", "hubbell1995", 8930, 8960)
aluminium_over_copper = derived("x_{Al}'", aluminium_resistivity * aluminium_density / (copper_resistivity * copper_density), "1", "mass of an aluminium winding over a copper one of the same resistance")
iron_over_copper = derived("x_{Cu}", iron_resistivity * iron_density / (copper_resistivity * copper_density), "1", "mass of an iron winding over a copper one of the same resistance")
aluminium_winding_mass = derived("M_{Al}'", copper_mass * aluminium_over_copper, "kg", "aluminium for those windings instead")
iron_winding_mass = derived("M_{Fe}'", copper_mass * iron_over_copper, "kg", "iron for those windings instead")

# Radiators of the modules, servers, structures
industry_radiator_mass = derived(
    "M_r''", rest_power / (radiator_sides * radiator_emissivity * stefan_boltzmann * radiator_temperature**4) * radiator_mass_per_area, "kg", "radiators for the rest of K1's power, if its heat were no warmer", sign="nonnegative"
)
# 1 to 6 % of solar power satellites as they were planned, some 20 % of a satellite
structure_share = given("s_s", 6, "%", "share of structure in the mass of a large plant in space", "estimate", "sps1976", 1, 20)
structure_mass = derived("M_s", iron_nickel_mass * structure_share / (1 - structure_share), "kg", "structure of the power plant")
steel_nickel = given("s_{Ni}", 18.5, "%", "nickel in maraging steel", "measured", "carpenter", 17, 19)
steel_cobalt = given("s_{Co}", 9.25, "%", "cobalt in maraging steel", "measured", "carpenter", 8.5, 10)
steel_titanium = given("s_{Ti}'", 0.65, "%", "titanium in maraging steel", "measured", "carpenter", 0.5, 0.8)
molybdenum_mass = derived("M_{Mo}", structure_mass * steel_molybdenum, "kg", "molybdenum in that structure, if it is maraging steel")
steel_strength_gain = derived("x_{ms}", maraging_strength / iron_nickel_strength, "1", "strength of maraging steel over that of plain iron-nickel")
plain_structure_mass = derived("M_s'", structure_mass * steel_strength_gain, "kg", "that structure of plain iron-nickel, if strength decides")

even_arm_speed = derived("v_{sl}", sqrt(2 * iron_nickel_strength / iron_density), "m/s", "tip speed at which an even arm of plain iron-nickel tears")
maraging_arm_speed = derived("v_{sl}'", sqrt(2 * maraging_strength / iron_density), "m/s", "the same for maraging steel")

# A buffer for the computing
buffer_time = given("t_5", 5, "minute", "time for which stored energy carries the computing", "estimate", "agee2026", 1, 30)
buffer_energy = derived("E_5", computing_power * buffer_time, "J", "energy that carries it so long")
buffer_battery_mass = derived("M_5", buffer_energy / battery_energy, "kg", "nickel-iron batteries for that")
buffer_flywheel_mass = derived("M_5'", buffer_energy / iron_wheel_energy, "kg", "flywheels of iron-nickel for that")
electrolyte_share = given("u_{el}", 25, "%", "electrolyte in the mass of a nickel-iron cell", "estimate", "linden", 15, 35)
lye_strength = given("w_{KOH}", 21, "%", "potassium hydroxide in that electrolyte", "measured", "dyermartin1910", 20, 30)
potassium_in_hydroxide = derived("w_K", potassium_weight / (potassium_weight + oxygen_weight + hydrogen_weight), "%", "potassium in its hydroxide, by mass")
potassium_mass = derived("M_K", buffer_battery_mass * electrolyte_share * lye_strength * potassium_in_hydroxide, "kg", "potassium in those batteries")

# Climate shield: where light pushes an opaque film to, and the film that weighs least
shaded_share = given("s_{sh}", 1.8, "%", "sunlight to be kept off the Earth against doubled carbon dioxide", "estimate", "angel2006", 1, 2)
levitation_density = derived(
    r"\kappa", solar_luminosity * (1 + iron_reflectance) / (4 * pi * speed_of_light * mean_motion**2 * earth_orbit**3), "g/m^2", "mass per area of a bare film on which light pulls as strongly as the Sun"
)
shield_distance = derived("d_{sh}", earth_orbit * cbrt(4 * earth_mass_share / 3), "km", "distance from the Earth, towards the Sun, at which the shield weighs least")
lagrange_distance = derived("d_{L1}", earth_orbit * cbrt(earth_mass_share / 3), "km", "distance of the point L1, where a massless shield of no push would hover")
shield_density = derived(r"\sigma_{sh}", 4 * levitation_density * earth_orbit / (9 * shield_distance), "g/m^2", "mass per area of that shield")
shield_thickness = derived("h_{sh}", shield_density / iron_density, "um", "thickness of its iron-nickel film")
shield_area = derived("A_{sh}", pi * shaded_share * (solar_radius * shield_distance / earth_orbit)**2, "km^2", "area of that shield")
shadow_efficiency = derived(r"\eta_{sh}", (earth_radius * earth_orbit / (solar_radius * shield_distance))**2, "%", "light that the shield stops which would have met the Earth")
shield_mass = derived("M_{sh}", shield_area * shield_density, "kg", "mass of that shield")

# What one asteroid lacks: need over what comes with the metal of the power plant
asteroid_slag_mass = derived("M_{sl}", iron_nickel_mass * asteroid_slag / asteroid_metal, "kg", "slag that comes with the metal of the power plant")
aluminium_shortage = derived("z_{Al}", coating_mass / (asteroid_slag_mass * aluminium_in_slag * extraction), "1", "aluminium for the mirrors over what the slag of the plant's metal gives")
silicon_shortage = derived("z_{Si}", silicon_mass / (asteroid_slag_mass * silicon_in_slag * silicon_from_slag), "1", "silicon for the chips over what the slag of the plant's metal gives")
carbon_shortage = derived("z_C", carbon_mass / (iron_nickel_mass * metal_carbon * extraction), "1", "carbon to free the silicon over what the plant's metal gives")
potassium_shortage = derived("z_K", potassium_mass / (asteroid_slag_mass * slag_potassium * extraction), "1", "potassium for the batteries over what the slag of the plant's metal gives")
copper_shortage = derived("z_{Cu}", copper_mass / (iron_nickel_mass * metal_copper * extraction), "1", "copper for the windings over what the plant's metal gives")
molybdenum_shortage = derived("z_{Mo}", molybdenum_mass / (iron_nickel_mass * metal_molybdenum * extraction), "1", "molybdenum for maraging structures over what the plant's metal gives")

# What a second stream would have to be, for each element by itself
chondrite_for_water = derived("R_H", water_mass * hydrogen_in_water / (chondrite_hydrogen * extraction), "kg", "chondrite for the water of the steam plants")
chondrite_for_neon = derived("R_{Ne}", neon_mass / (chondrite_neon * extraction), "kg", "chondrite for the neon of the lithography")
metal_for_molybdenum = derived("R_{Mo}", molybdenum_mass / (metal_molybdenum * extraction), "kg", "meteoritic metal for the molybdenum of maraging structures")
regolith_for_gases = derived("R_r", Max(neon_mass / regolith_neon, argon_mass / regolith_argon) / extraction, "kg", "soil of the Moon for both gases")

# All products, where iron-nickel serves for what it can
bare_mirror_mass = derived("M_m'", mirror_mass * bare_mirror_excess, "kg", "foil of bare mirrors for the same power")
line_mass = derived(
    "M_L", mirror_mass + coating_mass + bare_turbine_mass + iron_winding_mass + radiator_mass + computing_radiator_mass + water_mass + plain_structure_mass
    + K1_machine_mass + buffer_flywheel_mass + shield_mass + silicon_mass, "kg", "all products, where iron-nickel serves for what it can"
)
steam_hydrogen_over_line = derived("x_H'", water_mass * hydrogen_in_water / line_mass, "%", "hydrogen of the water for steam, over all products")
gases_over_line = derived("x_g'", (neon_mass + argon_mass) / line_mass, "1", "neon and argon for the chips, over all products")

# Carrying it: iron atoms as propellant
propellant_mass = derived("M_{pr}", line_mass * propellant_share, "kg", "iron that carries all products from there to here")
carrying_energy = derived("E_{L4}", propellant_mass * propellant_speed**2 / (2 * thruster_efficiency), "J", "electricity that carries them")
specific_impulse = derived("I_s", propellant_speed / standard_gravity, "s", "specific impulse at that exhaust")
beam_voltage = given("U_b", 300, "V", "voltage that accelerates the ions", "measured", "hopkins2013", 200, 600)
jet_energy = derived("q_j", propellant_speed**2 / 2, "MJ/kg", "energy of the jet at the exhaust that we allow")
ideal_exhaust_speed = derived("v_{Fe}", sqrt(2 * elementary_charge * beam_voltage * avogadro / iron_weight), "km/s", "speed of an iron ion that falls through it")
beam_energy = derived("q_b", elementary_charge * beam_voltage * avogadro / iron_weight, "MJ/kg", "energy of those ions")
ionisation_voltage = given("U_i", 7.9024, "V", "first ionisation energy of iron, per charge", "measured", "nist_ie", 7.9024, 7.9025)
ionisation_energy = derived("q_i", elementary_charge * ionisation_voltage * avogadro / iron_weight, "MJ/kg", "energy to ionise iron")
vapour_share = derived("u_v", (vaporisation_energy + ionisation_energy) / jet_energy, "%", "energy of vapour and ions over that of the jet")
vapour_temperature = given("T_v", 1728, "K", "temperature at which iron's vapour presses with one pascal", "estimate", "alcock1984", 1680, 1780)

# Energy for it all, against the 95 %
silicon_energy = given("q_{Si}", 100, "kWh/kg", "electricity to make and purify silicon", "estimate", "cnia2014", 60, 180)
aluminium_energy = given("q_{Al}", 14, "kWh/kg", "electricity of aluminium from its oxide", "measured", "aluinfo", 13, 15)
metal_energy = derived("E_{L1}", (line_mass - water_mass - silicon_mass - coating_mass) * making_energy, "J", "energy to make what is of iron-nickel")
chip_energy = derived("E_{L2}", (dram_area + logic_area) * fab_energy + silicon_mass * silicon_energy, "J", "energy to make the chips, from slag to fab")
coating_energy = derived("E_{L3}", coating_mass * aluminium_energy, "J", "energy to make the mirrors' aluminium")
feed_energy = derived("E_{L5}", propellant_mass * vaporisation_energy, "J", "energy to vaporise the propellant")
line_energy = derived("E_{LL}", metal_energy + chip_energy + coating_energy + feed_energy + carrying_energy, "J", "energy to make all products and to carry them")
line_time = derived("t_{LL}", line_energy / (K1_power * growth_share), "day", "time in which the document's 95% gives that energy")
carrying_share = derived("u_{p}", carrying_energy / line_energy, "%", "share of the carrying in that energy")
asteroid_mass = derived("M_a", (line_mass + propellant_mass - water_mass) / asteroid_metal, "kg", "metal asteroid for all products and propellant, at the least")
asteroid_density = given(r"\rho_a", 5000, "kg/m^3", "density of such an asteroid", "estimate", "elkinstanton2020", 3400, 7000)
asteroid_diameter = derived("D_a", cbrt(6 * asteroid_mass / (pi * asteroid_density)), "km", "diameter of that asteroid, were it a ball")
asteroids_for_line = derived("n_{La}", asteroid_mass * asteroid_metal / near_earth_metal, "1", "asteroids like 1986 DA for its metal")

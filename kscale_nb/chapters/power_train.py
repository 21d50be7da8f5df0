"""Power train: mirror, heat, steam, turbine, gears, generator; where the exergy goes, what stores it, and what cells would do."""

from sympy import Rational, exp, log, root, sqrt

from kscale_nb.chapters.constants import atmosphere, stefan_boltzmann, sun_temperature
from kscale_nb.chapters.energy_split import K1_power, computing_power, module_count
from kscale_nb.chapters.steampunk_supply_chain import (
    aluminium_reflectance, concentrator_share, cycle_efficiency, iron_density, iron_nickel_mass, iron_nickel_per_power,
    radiator_emissivity, radiator_mass_per_area, radiator_sides, receiver_efficiency, silicon_density, silicon_mass,
    slag_over_metal, steam_temperature, sunlight_at_mirrors, turbine_specific_power,
)
from kscale_nb.chapters.thermodynamic_computer import sink_temperature
from kscale_nb.quantity import derived, given, whole

# The steam cycle that is drawn here; the machine `SteamCycle` draws any other
steam_pinch = given(r"\Delta T", 25, "K", "what the steam stays below the salt that heats it", "estimate", "greenrhino", 5, 60)
superheat_temperature = derived("T_1", steam_temperature - steam_pinch, "K", "temperature of the steam before the turbine")
steam_pressure = given("p_1", 12.5, "MPa", "pressure of the boiler", "estimate", "hirsch2014", 6, 17)
reheat_pressure = given("p_2", 2.5, "MPa", "pressure at which the steam is heated again", "estimate", "hirsch2014", 1, 4)
turbine_isentropic_efficiency = given(r"\eta_t", 85, "%", "work of the turbine over that of one without friction", "measured", "mda_turbine", 75, 90)
pump_isentropic_efficiency = given(r"\eta_p", 80, "%", "work of a pump without friction over that of the pump", "estimate", "reheat_example", 70, 90)
gear_efficiency = given(r"\eta_z", 98, "%", "power that a gear train passes on", "measured", "stavytskyy2010", 95, 99)
generator_efficiency = given(r"\eta_G", 97, "%", "power that a large generator passes on", "measured", "lexelectric", 90, 98)

# Water at the corners of the cycle as drawn, by IAPWS-95, pinned to CoolProp by a test. Its temperatures are those of the
# supply chapter, held fast here: water read at one temperature would break the second law if only the other moved
drawn_source_temperature = given("T_{s}^{d}", 838, "K", "temperature of the salt, in the cycle as drawn", "chosen", "solartwo2001")
drawn_condenser_temperature = given("T_{c}^{d}", 350, "K", "temperature of condenser and radiator, in the cycle as drawn", "chosen", "ssi1985")
steam_enthalpy = given("h_1", 3450.02, "kJ/kg", "enthalpy of the steam at 12.5 MPa and 813 K", "measured", "wagner2002", 3446, 3454)
ideal_reheat_enthalpy = given("h_{2s}", 2983.13, "kJ/kg", "enthalpy that it would have at 2.5 MPa, expanded without friction", "measured", "wagner2002", 2980, 2986)
reheated_enthalpy = given("h_3", 3551.64, "kJ/kg", "enthalpy of the steam at 2.5 MPa and 813 K", "measured", "wagner2002", 3548, 3555)
reheated_entropy = given("s_3", 7.43750, "kJ/kg/K", "entropy of the steam there", "measured", "wagner2002", 7.430, 7.445)
condenser_pressure = given("p_4", 41.6817, "kPa", "pressure at which steam condenses at 350 K", "measured", "wagner2002", 41.66, 41.70)
condensate_enthalpy = given(r"h_{\ell}", 321.791, "kJ/kg", "enthalpy of boiling water at 350 K", "measured", "wagner2002", 321.5, 322.1)
condensate_entropy = given(r"s_{\ell}", 1.03799, "kJ/kg/K", "entropy of that water", "measured", "wagner2002", 1.037, 1.039)
condensate_volume = given(r"v_{\ell}", 1.02701, "m^3/t", "volume of that water", "measured", "wagner2002", 1.0269, 1.0271)
vapour_enthalpy = given("h_{v}", 2637.73, "kJ/kg", "enthalpy of the saturated steam at 350 K", "measured", "wagner2002", 2635, 2640)
vapour_entropy = given("s_{v}", 7.65495, "kJ/kg/K", "entropy of that steam", "measured", "wagner2002", 7.647, 7.663)
vapour_volume = given("v_{v}", 3.84189, "m^3/kg", "volume of that steam", "measured", "wagner2002", 3.838, 3.846)
exhaust_volume = given("v_6", 4.26042, "m^3/kg", "volume of the steam as it leaves the turbine, not yet saturated", "measured", "wagner2002", 4.25, 4.27)
hot_condenser_temperature = given("T_{4'}", 500, "K", "temperature of a hot condenser, to compare: a round one at which water still condenses", "chosen", "wagner2002")
hot_condenser_pressure = given("p_{4'}", 2639.20, "kPa", "pressure at which steam condenses there", "measured", "wagner2002", 2638, 2641)

# Work and heat of a kilogram of steam
ideal_exhaust_quality = derived("x_{4s}", (reheated_entropy - condensate_entropy) / (vapour_entropy - condensate_entropy), "%", "share of vapour in the exhaust of a turbine without friction")
ideal_exhaust_enthalpy = derived("h_{4s}", condensate_enthalpy + ideal_exhaust_quality * (vapour_enthalpy - condensate_enthalpy), "kJ/kg", "enthalpy of that exhaust")
turbine_work = derived(
    "w_t", turbine_isentropic_efficiency * (steam_enthalpy - ideal_reheat_enthalpy + reheated_enthalpy - ideal_exhaust_enthalpy), "kJ/kg", "work that the turbine takes from a kilogram of steam"
)
pump_work = derived("w_p", condensate_volume * (steam_pressure - condenser_pressure) / pump_isentropic_efficiency, "kJ/kg", "work that the pump puts into a kilogram of water")
steam_specific_work = derived("w_{st}", turbine_work - pump_work, "kJ/kg", "net work of a kilogram of steam")
first_heat = derived("q_1", steam_enthalpy - condensate_enthalpy - pump_work, "kJ/kg", "heat that makes a kilogram of steam")
second_heat = derived(
    "q_2", reheated_enthalpy - steam_enthalpy + turbine_isentropic_efficiency * (steam_enthalpy - ideal_reheat_enthalpy), "kJ/kg", "heat that it takes up on its second way through the heater"
)
steam_heat = derived("q_{st}", first_heat + second_heat, "kJ/kg", "heat that a kilogram of steam takes up in all")
rankine_efficiency = derived(r"\eta_R", steam_specific_work / steam_heat, "%", "work of the steam over its heat")
rankine_over_carnot = derived("f_R", rankine_efficiency / (1 - drawn_condenser_temperature / drawn_source_temperature), "%", "that efficiency over Carnot's")
train_efficiency = derived(r"\eta_e", rankine_efficiency * gear_efficiency * generator_efficiency, "%", "electricity over heat, behind gears and generator")
train_over_supply = derived("x_e", train_efficiency / cycle_efficiency, "%", "that over the efficiency with which the metal was counted")
sunlight_to_grid = derived(r"\eta_E", aluminium_reflectance * concentrator_share * receiver_efficiency * train_efficiency, "%", "electricity over sunlight on the mirrors")

# How much steam, and how wide its pipes
steam_flow = derived(r"\dot{m}", K1_power / (steam_specific_work * gear_efficiency * generator_efficiency), "kg/s", "steam for all of K1's power")
module_steam_flow = derived(r"\dot{m}_m", steam_flow * computing_power / (K1_power * module_count), "t/s/module", "steam for the power of one module")
module_exhaust_flow = derived(r"\dot{V}_m", module_steam_flow * exhaust_volume, "m^3/s/module", "vapour that one module's turbines send to the condensers")
condenser_pressure_rise = derived("x_{p,c}", hot_condenser_pressure / condenser_pressure, "1", "pressure in a condenser at 500 K over that at 350 K")

# Exergy, against the radiator's effective sink, of each joule of sunlight's
sunlight_exergy = derived(
    r"\psi", 1 - Rational(4, 3) * sink_temperature / sun_temperature + (sink_temperature / sun_temperature) ** 4 / 3, "%", "share of sunlight that could be work, by Petela"
)
source_exergy = derived(r"\psi_h", 1 - sink_temperature / drawn_source_temperature, "%", "share of the salt's heat that could be work", sign="real")
rejected_exergy = derived(r"\psi_r", 1 - sink_temperature / drawn_condenser_temperature, "%", "share of the rejected heat that could be work", sign="real")
heat_per_light = derived("u_q", aluminium_reflectance * concentrator_share * receiver_efficiency, "%", "heat over sunlight on the mirrors")
mirror_exergy_loss = derived("d_m", 1 - aluminium_reflectance * concentrator_share, "%", "exergy lost between the sunlight and the receiver", sign="real")
receiver_exergy_loss = derived("d_r", aluminium_reflectance * concentrator_share - heat_per_light * source_exergy / sunlight_exergy, "%", "exergy destroyed as light becomes heat", sign="real")
steam_exergy_loss = derived(
    "d_s", heat_per_light * (source_exergy - rankine_efficiency - (1 - rankine_efficiency) * rejected_exergy) / sunlight_exergy, "%", "exergy destroyed in heater, turbine, pump and condenser"
)
radiator_exergy_loss = derived("d_k", heat_per_light * (1 - rankine_efficiency) * rejected_exergy / sunlight_exergy, "%", "exergy that the radiators throw away", sign="real")
gear_exergy_loss = derived("d_z", heat_per_light * rankine_efficiency * (1 - gear_efficiency) / sunlight_exergy, "%", "exergy lost in the gears", sign="nonnegative")
generator_exergy_loss = derived("d_G", heat_per_light * rankine_efficiency * gear_efficiency * (1 - generator_efficiency) / sunlight_exergy, "%", "exergy lost in the generator", sign="nonnegative")
exergy_efficiency = derived(r"\varepsilon_E", sunlight_to_grid / sunlight_exergy, "%", "exergy that comes out as electricity")
radiator_over_turbine_side = derived("x_{d,r}", radiator_exergy_loss / steam_exergy_loss, "1", "exergy thrown away by the radiators over that destroyed in all steam machinery", sign="real")

# A vapour that condenses hot: potassium, by Clausius and Clapeyron between two points
potassium_boiling_point = given("T_K", 1032, "K", "temperature at which potassium boils under one atmosphere", "estimate", "potassium_boiling", 1025, 1045)
potassium_hot_point = given("T_K'", 1473.15, "K", "a hotter point of its curve, far enough to draw a slope between the two", "chosen", "ees_potassium")
potassium_hot_pressure = given("p_K'", 1749, "kPa", "vapour pressure of potassium at that point", "measured", "ees_potassium", 1700, 1800)
potassium_condenser_temperature = given("T_K''", 800, "K", "temperature of a condenser of potassium, to compare: a round one below its boiling point", "chosen", "yoder2005")
potassium_slope = derived("B_{K,v}", log(potassium_hot_pressure / atmosphere) / (1 / potassium_boiling_point - 1 / potassium_hot_point), "K", "heat of vaporisation over the gas constant")
potassium_pressure = derived(
    "p_K", atmosphere * exp(potassium_slope * (1 / potassium_boiling_point - 1 / potassium_condenser_temperature)), "kPa", "pressure at which potassium condenses there"
)
radiator_flux_gain = derived("x_K", (potassium_condenser_temperature / drawn_condenser_temperature) ** 4, "1", "heat that a radiator there sends out over one at steam's")

# Flywheels: what strength and density allow
poisson_ratio = given(r"\nu", 0.29, "1", "Poisson's ratio of iron and steel", "estimate", "genta1985", 0.27, 0.31)
rim_shape_factor = given("K_r", 0.5, "1", "energy of a thin rim, over strength through density", "definition", "genta1985")
disc_shape_factor = derived("K_d", 2 / (3 + poisson_ratio), "1", "the same for a flat disc without a hole")
working_stress_share = given("u_f", 50, "%", "share of its strength at which a rotor is run", "estimate", "genta1985", 30, 70)
iron_nickel_strength = given(r"\sigma_{Fe}", 250, "MPa", "strength of plain iron-nickel, melted free of cracks", "estimate", "ueki2021", 100, 500)
rotor_steel_strength = given(r"\sigma_{st}", 900, "MPa", "yield strength of a steel for rotors", "measured", "amber_patent", 900, 1100)
maraging_strength = given(r"\sigma_{ms}", 1900, "MPa", "strength of maraging steel", "estimate", "fonseca2021", 1400, 2400)
iron_wheel_energy = derived("e_{Fe}", disc_shape_factor * working_stress_share * iron_nickel_strength / iron_density, "Wh/kg", "energy of a flywheel of iron-nickel")
steel_wheel_energy = derived("e_{st}", disc_shape_factor * working_stress_share * rotor_steel_strength / iron_density, "Wh/kg", "energy of one of rotor steel")
maraging_wheel_energy = derived("e_{ms}", disc_shape_factor * working_stress_share * maraging_strength / iron_density, "Wh/kg", "energy of one of maraging steel")
built_wheel_energy = given("e_{fw}", 6.4, "Wh/kg", "energy of a built flywheel system", "measured", "hedlund2015", 3.5, 6.4)
built_wheel_power = given("p_{fw}", 3.15, "kW/kg", "power of that system", "measured", "hedlund2015", 3.15, 5.5)
built_wheel_time = derived("t_f", built_wheel_energy / built_wheel_power, "s", "time in which it gives off all its energy")
slow_wheel_energy = given("E_{fw}", 32, "kWh", "energy of a steel flywheel for the grid", "measured", "bestmag_flywheel", 32, 32)
slow_wheel_power = given("P_{fw}", 8, "kW", "power of that flywheel", "measured", "bestmag_flywheel", 8, 8)
slow_wheel_time = derived("t_f'", slow_wheel_energy / slow_wheel_power, "hour", "time in which it gives off all its energy")
wheel_loss_rate = given(r"\lambda_f", 0.01, "1/hour", "share of its energy that an idle flywheel loses", "estimate", "unseel_flywheel", 0.001, 0.05)
wheel_half_life = derived("t_{f,2}", log(2) / wheel_loss_rate, "day", "time in which an idle flywheel loses half")
wheel_return = given(r"\eta_f", 90, "%", "electricity that a flywheel returns", "estimate", "unseel_flywheel", 80, 95)

# A turbine of the same metal: its rim may not burst, and a stage takes twice the square of its speed
iron_blade_speed = derived("u_{Fe}", sqrt(working_stress_share * iron_nickel_strength / iron_density), "km/s", "speed at which a ring of iron-nickel may run")
steel_blade_speed = derived("u_{st}", sqrt(working_stress_share * rotor_steel_strength / iron_density), "km/s", "speed at which a ring of rotor steel may run")
iron_stages = derived("n_{Fe}", whole(turbine_work / (2 * iron_blade_speed**2)), "1", "stages of a turbine of iron-nickel")
steel_stages = derived("n_{st}", whole(turbine_work / (2 * steel_blade_speed**2)), "1", "stages of a turbine of rotor steel")
largest_gearbox = given("P_z", 100, "MW", "power of the largest gearboxes", "measured", "stavytskyy2010", 100, 140)
module_gearboxes = derived("n_z", computing_power / (module_count * largest_gearbox * generator_efficiency), "1/module", "such gearboxes for the power of one module")

# Edison's battery
battery_energy = given("e_{NiFe}", 30, "Wh/kg", "energy of a nickel-iron battery", "measured", "openei_nife", 19, 50)
battery_power = given("p_{NiFe}", 100, "W/kg", "power of a nickel-iron battery", "measured", "openei_nife", 50, 100)
battery_time = derived("t_{NiFe}", battery_energy / battery_power, "minute", "time in which it can give off all its energy")
battery_return = given(r"\eta_b", 65, "%", "electricity that a nickel-iron battery returns", "measured", "openei_nife", 60, 85)
month = given("t_{30}", 30, "day", "a month, taken as thirty days", "chosen", "openei_nife")
battery_month_loss = given("l_b", 20, "%", "charge that it loses in a month", "measured", "wp_nife", 10, 30)
battery_loss_rate = derived(r"\lambda_b", -log(1 - battery_month_loss) / month, "1/hour", "share of its charge that an idle one loses")
storage_crossover = derived("t_x", log(wheel_return / battery_return) / (wheel_loss_rate - battery_loss_rate), "hour", "storage time beyond which the battery returns more than a flywheel", sign="real")
storage_time = given("t_S", 1, "hour", "a time to be bridged, to compare: a round one", "chosen", "codata")
battery_mass = derived("M_{NiFe}", K1_power * storage_time / battery_energy, "kg", "batteries that carry K1's power for that time")
battery_over_plant = derived("x_{NiFe}", battery_mass / iron_nickel_mass, "1", "those batteries over the metal of the whole power plant")
wheel_mass = derived("M_{fw}", K1_power * storage_time / iron_wheel_energy, "kg", "flywheels of iron-nickel for the same")
wheels_over_plant = derived("x_{fw}", wheel_mass / iron_nickel_mass, "1", "those flywheels over that metal")
module_battery_mass = derived("m_{NiFe}", battery_mass * computing_power / (K1_power * module_count), "t/module", "batteries for one module and that time")
second_wheel_mass = derived("M_{f,s}", K1_power / built_wheel_power, "kg", "built flywheels that can give K1's power, for seconds")

# Photovoltaics: no steam, no condenser
cell_efficiency = given(r"\eta_{V}", 29.8, "%", "electricity of a cell of three junctions over sunlight", "measured", "fetzer_xtj", 28, 31.1)
silicon_cell_efficiency = given(r"\eta_{Si}", 15, "%", "electricity of a silicon cell over sunlight in space", "estimate", "ssi1989cells", 12, 18)
space_array_power = given("p_V", 100, "W/kg", "power of a solar array in space per mass", "measured", "itn1998", 59, 150)
array_mass_per_power = derived("m_V", 1 / space_array_power, "kg/kW", "mass of such arrays for each kilowatt")
cell_thickness = given("h_{c,Si}", 63.5, "um", "thickness of a thin silicon cell that has flown", "measured", "sbs1a", 63.5, 63.5)
silicon_per_power = derived("m_{Si}", silicon_density * cell_thickness / (sunlight_at_mirrors * silicon_cell_efficiency), "kg/kW", "silicon of such cells for each kilowatt")
cell_cover_factor = given("x_c'", 3, "1", "mass of cells with cover, wires and frame over that of the silicon", "estimate", "ssi1985cells", 1.5, 10)
bare_array_mass_per_power = derived("m_V'", cell_cover_factor * silicon_per_power, "kg/kW", "mass of an array counted as barely as the steam plant")
steam_over_bare_array = derived("x_V'", iron_nickel_per_power / bare_array_mass_per_power, "1", "the steam plant's metal over that array")
cell_silicon_mass = derived("M_V", silicon_per_power * K1_power, "kg", "silicon cells for K1's power")
cells_over_chips = derived("x_{Si}", cell_silicon_mass / silicon_mass, "1", "that silicon over the silicon of all chips")
cell_slag_over_metal = derived("x_{Si}'", cells_over_chips * slag_over_metal, "%", "slag for those cells over the metal of the steam plant")
cell_absorptance = given(r"\alpha_c", 0.9, "1", "share of sunlight that a cell takes up", "estimate", "fortescue2011", 0.75, 0.95)
cell_temperature = derived(
    "T_V", root((cell_absorptance - silicon_cell_efficiency) * sunlight_at_mirrors / (radiator_sides * radiator_emissivity * stefan_boltzmann), 4), "K", "temperature of a silicon cell that cools itself by both faces"
)
radiator_area_per_power = derived(
    "a_r", (1 / train_efficiency - 1) / (radiator_sides * radiator_emissivity * stefan_boltzmann * drawn_condenser_temperature**4), "m^2/kW", "radiator of the steam plant for each kilowatt"
)
steam_plant_per_power = derived("m_P''", radiator_area_per_power * radiator_mass_per_area + 1 / turbine_specific_power, "kg/kW", "radiator and turbine of this cycle for each kilowatt")

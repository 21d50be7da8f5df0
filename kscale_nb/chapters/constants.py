"""Constants: of nature, of the Sun and the Earth, and one of each thing that logarithms and rates count in."""

from sympy import pi

from kscale_nb.quantity import derived, given

# What the SI defines
boltzmann_constant = given("k_B", 1.380649e-23, "J/K", "Boltzmann constant", "definition", "codata")
planck_constant = given("h_P", 6.62607015e-34, "J*s", "Planck constant", "definition", "codata")
speed_of_light = given("c_0", 299_792_458, "m/s", "speed of light", "definition", "codata")
elementary_charge = given("q_e", 1.602176634e-19, "C", "charge of an electron", "definition", "codata")
avogadro = given("N_{Av}", 6.02214076e23, "1", "atoms in a mole", "definition", "codata")
standard_gravity = given("g_0", 9.80665, "m/s^2", "standard gravity, which specific impulse is counted in", "definition", "codata")
atmosphere = given("p_0", 101.325, "kPa", "standard atmosphere", "definition", "codata")

# What follows from them
stefan_boltzmann = derived(
    r"\sigma", 2 * pi**5 * boltzmann_constant**4 / (15 * planck_constant**3 * speed_of_light**2), "W/m^2/K^4", "Stefan-Boltzmann constant"
)

# Atoms as they are found on Earth, by the abridged table; the ranges hold for nearly all of its waters, rocks and air
hydrogen_weight = given("A_H", 1.008, "g", "mass of a mole of hydrogen", "measured", "prohaska2022", 1.0078, 1.0082)
carbon_weight = given("A_C", 12.011, "g", "mass of a mole of carbon", "measured", "prohaska2022", 12.009, 12.013)
oxygen_weight = given("A_O", 15.999, "g", "mass of a mole of oxygen", "measured", "prohaska2022", 15.998, 16.000)
silicon_weight = given("A_{Si}", 28.085, "g", "mass of a mole of silicon", "measured", "prohaska2022", 28.084, 28.086)
potassium_weight = given("A_K", 39.098, "g", "mass of a mole of potassium", "measured", "prohaska2022", 39.097, 39.099)
iron_weight = given("A_{Fe}", 55.845, "g", "mass of a mole of iron", "measured", "prohaska2022", 55.843, 55.847)

# The Sun, the Earth and its orbit
solar_luminosity = given(r"L_\odot", 3.828e26, "W", "nominal power of the Sun", "definition", "prsa2016")
solar_radius = given(r"R_\odot", 695_700, "km", "nominal radius of the Sun", "definition", "prsa2016")
sun_temperature = given(r"T_\odot", 5772, "K", "effective temperature of the Sun, nominal", "definition", "prsa2016")
solar_constant = given("S", 1361, "W/m^2", "sunlight at 1 au", "measured", "prsa2016", 1360.3, 1361.5)
earth_radius = given("R_E", 6371, "km", "radius of the Earth, between the polar and the equatorial", "measured", "prsa2016", 6357, 6378)
earth_orbit = given("a_E", 1, "au", "distance of the Earth, and of L5, from the Sun, its orbit taken as a circle of one astronomical unit", "chosen", "luzum2011")
earth_year = given("T_E", 1, "year", "time in which the Earth, and L5, go round the Sun, taken as a Julian year", "chosen", "luzum2011")

# One of each, for logarithms and rates
one_watt = given("P_0", 1, "W", "the watt that Sagan's logarithm counts in", "definition", "sagan1973")
one_second = given("t_0", 1, "s", "one second", "definition", "codata")
one_year = given("y_0", 1, "year", "the year that yearly rates count in", "definition", "luzum2011")
one_bit = given("b_1", 1, "bit", "the bit that information and Landauer's heat count in", "definition", "cover2006")
one_parameter = given("N_0", 1, "parameter", "the parameter that the fit counts in", "definition", "hoffmann2022")
one_token = given("D_0", 1, "token", "the token that the fit counts in", "definition", "hoffmann2022")

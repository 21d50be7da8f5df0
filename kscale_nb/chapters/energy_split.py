"""Energy: Kardashev's scale, and how the document splits a Kardashev-1 civilisation's power."""

from sympy import log, pi

from kscale_nb.chapters.constants import earth_radius, one_watt, solar_constant, solar_luminosity
from kscale_nb.quantity import derived, given

# What the document chooses
K1_power = given("P_{K1}", 1e16, "W", "power of a Kardashev-1 civilisation", "premise", "k1s1ai")
computing_share = given("s_c", 5, "%", "share of that power given to computing", "premise", "k1s1ai")
logic_share = given("s_l", 50, "%", "share of computing power for logic", "premise", "k1s1ai")
memory_share = given("s_m", 40, "%", "share of computing power for memory", "premise", "k1s1ai")
network_share = given("s_n", 10, "%", "share of computing power for network and cooling", "premise", "k1s1ai")

rest_share = derived("s_r", 1 - computing_share, "%", "share left for mining, smelting, logistics, climate and habitats", sign="nonnegative")
rest_power = derived("P_r", K1_power * rest_share, "W", "power left for everything but computing", sign="nonnegative")
computing_power = derived("P_c", K1_power * computing_share, "W", "power given to computing")
logic_power = derived("P_l", computing_power * logic_share, "W", "power for logic")
memory_power = derived("P_m", computing_power * memory_share, "W", "power for memory")
network_power = derived("P_n", computing_power * network_share, "W", "power for network and cooling")

# Sagan's interpolation of Kardashev's types
sagan_offset = given("a_S", 6, "1", "decades of watts at K = 0", "definition", "sagan1973")
sagan_decades = given("b_S", 10, "1", "decades of watts from one type to the next", "definition", "sagan1973")


def sagan_rating(power):
    """Sagan's rating of a power, as an expression."""
    return (log(power / one_watt) / log(10) - sagan_offset) / sagan_decades


def sagan_power(rating):
    """The power of a rating, as an expression: the inverse of `sagan_rating`."""
    return one_watt * 10 ** (sagan_offset + sagan_decades * rating)


kardashev_rating = derived(
    "K", sagan_rating(K1_power), "1", "Sagan's rating of the civilisation", sign="real"
)
type_one_power = derived("P_1", sagan_power(1), "W", "power that Sagan's form gives Type I")
kardashev_1964_power = given("P_{1964}", 4e12, "W", "Type I as Kardashev defined it in 1964", "definition", "kardashev1964")
kardashev_1964_rating = derived(
    "K_{1964}", sagan_rating(kardashev_1964_power),
    "1", "Sagan's rating of Kardashev's own Type I", sign="real",
)
K1_over_kardashev_1964 = derived("x_{1964}", K1_power / kardashev_1964_power, "1", "K1 power over Kardashev's own Type I")

# Where humanity stands, and what sunlight offers
world_power = given("P_w", 592, "EJ/year", "energy supply of the world in 2024", "measured", "ei2025", 580, 600)
world_rating = derived("K_w", sagan_rating(world_power), "1", "Sagan's rating of humanity", sign="real")
K1_over_world = derived("x_{K1}", K1_power / world_power, "1", "K1 power over the world's")
world_over_kardashev_1964 = derived("x_{w,1964}", world_power / kardashev_1964_power, "1", "the world's supply over Kardashev's own Type I")
computing_over_world = derived("x_c", computing_power / world_power, "1", "computing power over the world's whole supply")
earth_sunlight = derived("P_E", pi * earth_radius**2 * solar_constant, "W", "sunlight that the Earth intercepts")
earth_sunlight_rating = derived(
    "K_E", sagan_rating(earth_sunlight),
    "1", "Sagan's rating of the sunlight on the Earth", sign="real",
)
sun_rating = derived(
    r"K_\odot", sagan_rating(solar_luminosity),
    "1", "Sagan's rating of the Sun's whole output", sign="real",
)
K1_over_earth_sunlight = derived("x_E", K1_power / earth_sunlight, "%", "K1 power over the sunlight on the Earth")
human_brain_power = given("P_b", 20, "W", "power of a human brain", "measured", "balasubramanian2021", 12, 25)
brains_in_computing_power = derived("n_b", computing_power / human_brain_power, "1", "human brains that the computing power could feed")
# 460 TWh is the same agency's earlier figure for 2022, cryptocurrencies included
data_centre_power = given("P_{dc}", 415, "TWh/year", "electricity of the world's data centres in 2024", "estimate", "iea2025ai", 415, 460)
computing_over_data_centres = derived("x_{dc}", computing_power / data_centre_power, "1", "computing power over that of today's data centres")
plant_growth_power = given(r"P_{\mathrm{NPP}}", 130, "TW", "power that the world's plants store as they grow", "estimate", "field1998", 100, 200)
computing_over_plant_growth = derived(
    r"x_{\mathrm{NPP}}", computing_power / plant_growth_power, "1", "computing power over what the world's plants store"
)

# What the memory's power buys, whole and in one module
dram_power_per_byte = given("p_B", 3, "W/GB", "average power of DRAM at 28 nm", "premise", "k1s1ai")
total_memory = derived("M", memory_power / dram_power_per_byte, "EB", "memory of the whole machine")
module_count = given("n_M", 10_000, "module", "modules of the machine", "premise", "k1s1ai")
one_module = given("M_0", 1, "module", "the module that densities count in", "definition", "k1s1ai")
module_memory = derived("M_1", total_memory / module_count, "PB/module", "memory of one module")

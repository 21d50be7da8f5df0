"""Roadmap: what the three phases of TIP-0128 would cost at today's prices, and how fast they would have to grow."""

from sympy import cbrt, exp, log, pi, sqrt

from kscale_nb.chapters.chinchilla_sizing import training_compute
from kscale_nb.chapters.constants import earth_orbit, one_year, speed_of_light
from kscale_nb.chapters.energy_split import sagan_power, world_power
from kscale_nb.chapters.silicon_28nm import h100_throughput, logic_throughput
from kscale_nb.chapters.steampunk_supply_chain import psyche_mass, sunlight_at_mirrors, sunlight_to_electricity
from kscale_nb.chapters.twelve_metrics import server_facility_power, server_processors
from kscale_nb.chapters.verdict import reached_utilisation
from kscale_nb.quantity import derived, given

# Three phases
phase_1_end = given("y_1", 3, "year", "end of phase 1, dissemination", "premise", "tip0128")
phase_2_end = given("y_2", 7, "year", "end of phase 2, hardware", "premise", "tip0128")
phase_3_end = given("y_3", 15, "year", "end of phase 3, Dyson swarm", "premise", "tip0128")
phase_2_length = derived("Y_2", phase_2_end - phase_1_end, "year", "length of phase 2")
phase_3_length = derived("Y_3", phase_3_end - phase_2_end, "year", "length of phase 3")
swarm_rating = given("K_S", 1.5, "1", "Kardashev rating at which the roadmap ends", "premise", "tip0128")
swarm_power = derived("P_S", sagan_power(swarm_rating), "W", "power of the swarm, on Sagan's line")
swarm_over_world = derived("x_S", swarm_power / world_power, "1", "power of the swarm over the world's supply")
swarm_doublings = derived("n_2", log(swarm_over_world) / log(2), "1", "doublings from the world's supply to the swarm")
swarm_doubling_time = derived("t_2", phase_3_length / swarm_doublings, "day", "time that phase 3 leaves for each doubling")
solar_doubling_time = given("t_{PV}", 2, "year", "time in which the world's solar capacity doubled, 2022 to 2024", "measured", "gsc2024", 2, 3)
doubling_excess = derived("x_2", solar_doubling_time / swarm_doubling_time, "1", "that time over the one phase 3 leaves")

# A joule and an operation, as they are sold
solar_price = given("c_s", 58, "USD/MWh", "electricity from new solar parks in the US, over their life", "measured", "lazard2025", 38, 78)
industrial_price = given("c_i", 80.6, "USD/MWh", "electricity for industry in the US, 2023", "measured", "eia2023", 57.5, 190)
h100_rent = given("c_H", 2.5, "USD/hour", "rent of an H100", "measured", "mercatus2026", 1.99, 5)
h100_price = given("C_H", 30_000, "USD", "price of an H100", "estimate", "stratrix", 25_000, 40_000)
energy_per_dollar = derived("e_c", 1 / industrial_price, "MJ/USD", "energy that a dollar buys")
gpu_facility_power = derived("P_{H+}", server_facility_power / server_processors, "W", "power of an H100 with its share of server and hall")
electricity_per_flop = derived("c_e", industrial_price * gpu_facility_power / (h100_throughput * reached_utilisation), "USD/FLOP", "electricity for an operation on an H100, server and hall included")
rent_per_flop = derived("c_f", h100_rent / (h100_throughput * reached_utilisation), "USD/FLOP", "rent for an operation on an H100")
electricity_share = derived("s_e", electricity_per_flop / rent_per_flop, "%", "share of electricity in that rent")
hire_bill = derived("C_{hire}", rent_per_flop * training_compute, "USD", "rent for the training run of K1S1AI")
h100s_needed = derived("n_{H100}", logic_throughput / h100_throughput, "1", "H100s with the throughput of K1S1AI's machine")
h100_bill = derived("C_n", h100_price * h100s_needed, "USD", "price of so many")

# The swarm, as it would be bought
world_product = given("Y_w", 117.17e12, "USD/year", "product of the world in a year, forecast for 2025", "estimate", "imf2025", 106.94e12, 117.17e12)
solar_capital = given("c_k", 691, "USD/kW", "solar parks on the ground, installed, 2024", "measured", "irena2025", 388, 995)
ground_bill = derived("C_{gr}", swarm_power * solar_capital, "USD", "the swarm's power in solar parks, if the Sun always stood overhead")
ground_bill_years = derived("x_g", ground_bill / (world_product * phase_3_length), "1", "that bill over all that the world produces during phase 3")
solar_payback = derived("t_{pb}", solar_capital / solar_price, "year", "time of full sun in which such a park sells what it cost")
array_specific_power = given("p_{sa}", 59, "W/kg", "power of a roll-out solar wing for a space station, per mass", "measured", "rosa", 59, 62)
launch_price = given("c_l", 2720, "USD/kg", "launch to low Earth orbit, list price", "measured", "jones2018", 1500, 3000)
hoped_launch_price = given("c_l'", 100, "USD/kg", "the same as hoped for from full reuse", "estimate", "oleson2023", 10, 200)
craft_price = given("c_m", 1096, "USD/kg", "satellites in mass production", "estimate", "quilty2024", 769, 1096)
swarm_mass = derived("M_S", swarm_power / array_specific_power, "kg", "solar wings for the swarm's power")
swarm_over_psyche = derived("x_{SP}", swarm_mass / psyche_mass, "%", "that mass over the mass of 16 Psyche")
launch_bill = derived("C_l", swarm_mass * launch_price, "USD", "launch of those wings from the Earth")
hoped_launch_bill = derived("C_l'", swarm_mass * hoped_launch_price, "USD", "the same at the hoped-for price")
craft_bill = derived("C_m", swarm_mass * craft_price, "USD", "price of so much satellite")
swarm_bill = derived("C_S", launch_bill + craft_bill, "USD", "swarm bought and launched")
swarm_bill_years = derived("x_{bill}", swarm_bill / (world_product * phase_3_length), "1", "that bill over all that the world produces during phase 3")
light_specific_power = given("p_{sl}", 550, "W/kg", "power of flexible solar cells in their lamination, without a frame, in a laboratory", "estimate", "hit2025", 200, 1_000)
light_bill_years = derived("x_{sl}", swarm_bill_years * array_specific_power / light_specific_power, "1", "the bill for wings as light as that, over the same")
announced_launches = given("m_X", 1e6, "t/year", "satellites for computing that a company hopes to launch one day", "estimate", "musk2026", 1e3, 1e7)
announced_specific_power = given("p_X", 100, "W/kg", "power that those satellites are to have for computing, per mass of all of it", "estimate", "musk2026", 10, 200)
announced_growth = derived("g_X", announced_launches * announced_specific_power, "GW/year", "power that they would add")
announced_wait = derived("Y_X", swarm_power / announced_growth, "year", "time to the swarm at that pace")
affordable_price = derived("c_k^*", world_product * phase_3_length / swarm_power, "USD/kW", "price at which the world's whole product of phase 3 would pay")
swarm_energy_value = derived("Y_S", swarm_power * solar_price, "USD/year", "what the swarm's energy would sell for in a year, at today's price")
swarm_energy_over_product = derived("x_Y", swarm_energy_value / world_product, "1", "that sum over the world's product")

# Five branches of four, twelve siblings, one ledger for all
community_branches = given("n_{br}", 5, "1", "branches of the community tree", "premise", "tip0128")
branch_activities = given("n_{ac}", 4, "1", "activities on each branch", "premise", "tip0128")
community_activities = derived("n_{co}", community_branches * branch_activities, "1", "activities of the community tree")
first_sibling = given("i_{116}", 116, "1", "number of the first sibling proposal", "premise", "tip0128")
last_sibling = given("i_{127}", 127, "1", "number of the last", "premise", "tip0128")
siblings = derived("n_i", last_sibling - first_sibling + 1, "1", "sibling proposals")
interfaces = derived("n_{if}", siblings * (siblings + 1) / 2, "1", "interfaces if every two of the thirteen must fit")
block_interval = given("t_B", 10, "minute", "mean time between blocks of Bitcoin", "definition", "nakamoto2008")
orbit_crossing = derived(r"\tau_S", 2 * earth_orbit / speed_of_light, "minute", "time of light across a swarm at the Earth's distance")
stale_share = derived("s_B", 1 - exp(-orbit_crossing / block_interval), "%", "chance that another block is found while one crosses a swarm all around the Sun")
tolerated_shade = given("u_{sh}", 1, "%", "share of their light that mirrors of one cloud may take from one another: beyond it they fly further apart", "chosen", "tip0128")
cloud_diameter = derived("d_S", 2 * sqrt(9 * swarm_power / (16 * pi * cbrt(4) * sunlight_at_mirrors * sunlight_to_electricity * -log(1 - tolerated_shade))), "km", "sphere with the volume of a swarm that is one cloud, an ellipsoid at L5")
cloud_crossing = derived(r"\tau_S'", cbrt(2) * cloud_diameter / speed_of_light, "s", "time of light along such a cloud")
cloud_stale_share = derived("s_B'", 1 - exp(-cloud_crossing / block_interval), "%", "the same chance across such a cloud")

# Energy that grows, with or without regard to efficiency
chip_gain = given("g_h", 50, "%", "yearly gain of leading chips for machine learning in operations per joule", "estimate", "epochhw2025", 30, 50)
data_centre_growth = given("g_d", 12, "%", "yearly growth of data centres' electricity, 2017 to 2024", "measured", "iea2025ai", 12, 17)
chip_doubling_time = derived("t_{chip}", one_year * log(2) / log(1 + chip_gain), "year", "time in which that efficiency doubles")
work_growth = derived("g_w", (1 + chip_gain) * (1 + data_centre_growth) - 1, "%", "yearly growth of the work that both together allow")

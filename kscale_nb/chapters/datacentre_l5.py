"""Data centre: ten thousand modules near L5, how far apart they are, and what light allows them."""

from sympy import cbrt, pi, sqrt

from kscale_nb.chapters.chinchilla_sizing import rule_loss, training_time, training_tokens, weights_bytes
from kscale_nb.chapters.constants import earth_orbit, earth_year, speed_of_light
from kscale_nb.chapters.energy_split import module_count, network_power, one_module
from kscale_nb.quantity import derived, given

region_diameter = given("D_5", 100_000, "km", "diameter of the region that the modules fill", "premise", "k1s1ai")
light_delay = derived(r"\tau", region_diameter / speed_of_light, "s", "longest one-way light delay")
region_volume = derived("V_5", pi * region_diameter**3 / 6, "km^3", "volume of the region")
module_spacing = derived("l", cbrt(region_volume * one_module / module_count), "km", "edge of the cube of space that each module has to itself")
neighbour_delay = derived(r"\tau_1", module_spacing / speed_of_light, "ms", "light delay over that distance")
nearest_neighbour_factor = given(
    r"\gamma_1", 0.5539602785, "1", "mean distance to the nearest of random points, over the spacing of a lattice", "definition", "chandrasekhar1943"
)
nearest_neighbour_distance = derived(
    "l_1", nearest_neighbour_factor * module_spacing, "km", "mean distance to the nearest neighbour in a random swarm"
)

# Where L5 is, and how much room it has
sun_over_earth = given("m_E", 332_946.05, "1", "mass of the Sun over the Earth's", "measured", "luzum2011", 332_946, 332_946.1)
moon_distance = given("a_M", 384_400, "km", "distance of the Moon from the Earth", "measured", "murray1999", 363_300, 405_500)
earth_light_delay = derived(r"\tau_E", earth_orbit / speed_of_light, "s", "light delay from L5 to the Earth, and to the Sun")
earth_mass_share = derived(r"\mu", 1 / (1 + sun_over_earth), "1", "share of the Earth in the mass of Sun and Earth")
tadpole_half_width = derived(
    "w_5", earth_orbit * sqrt(8 * earth_mass_share / 3), "km", "largest difference in orbital radius at which a body still librates about L5"
)
tadpole_width = derived("W_5", 2 * tadpole_half_width, "km", "radial width of the region that librates about L5")
region_share = derived("s_5", region_diameter / tadpole_width, "%", "diameter of the modules' region over that width")
region_over_moon_distance = derived("x_M'", region_diameter / moon_distance, "%", "diameter of the modules' region over the distance of the Moon")
libration_period = derived("T_5", earth_year / sqrt(27 * earth_mass_share / 4), "year", "period of the slow swing about L5")

# What tides do to a swarm of that size
mean_motion = derived("n_E", 2 * pi / earth_year, "1/s", "angular speed of the orbit")
shear_speed = derived("v_5", 3 * mean_motion * region_diameter / 2, "m/s", "speed at which the near and the far edge of the region drift apart on circular orbits")
swarm_speed = derived("v_5'", mean_motion * region_diameter / 2, "m/s", "speed of a module that goes round the rim of the region once a year")
free_swing = derived("y_5", region_diameter / 2 / sqrt(3 * earth_mass_share), "km", "how far along the orbit a module swings that starts from the outer edge, left alone")
free_radius_spread = derived(
    "z_5", region_diameter / 2 * sqrt(3 * earth_mass_share), "km", "difference in orbital radius that keeps a free module inside the region"
)
neighbour_time = derived("t_1", module_spacing / swarm_speed, "day", "time in which a module at that speed moves by one spacing")
holding_effort = derived(
    r"\Delta v_5", 3 * mean_motion**2 * region_diameter / 2 * earth_year, "m/s", "change of speed that holding a place at the outer edge takes in a year"
)

# One exchange of gradients: what each module sends, and how long light takes by three routes
exchange_phases = given("m_x", 2, "1", "phases of an exchange: collect the sum, spread the sum", "definition", "patarasuk2009")
grid_axes = given("m_3", 3, "1", "axes of a grid of modules: as many as space has, since their region is a ball", "chosen", "k1s1ai")
exchange_bytes = derived(
    "X_g", exchange_phases * weights_bytes * (1 / one_module - 1 / module_count), "PB/module", "bytes that each module sends in one exchange of gradients"
)
direct_delay = derived(r"\tau_d", exchange_phases * light_delay, "s", "light delay of one exchange, each module with each")
grid_delay = derived(
    r"\tau_g", exchange_phases * grid_axes * (cbrt(module_count / one_module) - 1) * neighbour_delay, "s", "light delay of one exchange along the rows of a grid"
)
ring_delay = derived(
    r"\tau_r", exchange_phases * (module_count / one_module - 1) * neighbour_delay, "s", "light delay of one exchange around a ring of neighbours"
)
reading_rate = derived("v_D", training_tokens / training_time, "token/s", "tokens that the machine reads a second while it trains")
direct_batch = derived("B_d", reading_rate * direct_delay, "token", "tokens read during one exchange, each module with each")
grid_batch = derived("B_g", reading_rate * grid_delay, "token", "tokens read during one exchange along a grid")
ring_batch = derived("B_r", reading_rate * ring_delay, "token", "tokens read during one exchange around a ring")

# How large a batch is still worth reading. The half is a round number inside a wide range: fits give a power of the tokens
gpt3_batch = given("B_3", 3.2e6, "token", "batch of GPT-3", "measured", "brown2020", 3.2e6, 3.2e6)
gpt3_tokens = given("D_3", 3e11, "token", "training tokens of GPT-3", "measured", "brown2020", 3e11, 3e11)
batch_exponent = given(
    r"\gamma_B", 0.5, "1", "power of the training tokens with which the largest useful batch grows", "estimate", "bergsma2025", 0, 0.6, sign="nonnegative"
)
useful_batch = derived("B_u", gpt3_batch * (training_tokens / gpt3_tokens) ** batch_exponent, "token", "largest useful batch, carried on from GPT-3's")
kaplan_batch_scale = given("B^*", 2e8, "token", "critical batch at a loss of one nat per token", "estimate", "kaplan2020", 2e8, 2e8)
kaplan_batch_exponent = given(r"\alpha_B", 0.21, "1", "exponent of the critical batch in the loss", "estimate", "kaplan2020", 0.21, 0.21)
kaplan_batch = derived(
    "B_K", kaplan_batch_scale * rule_loss ** (-1 / kaplan_batch_exponent), "token", "critical batch by the law of 2020, at the loss of the run's end"
)
useful_steps = derived("n_u'", training_tokens / useful_batch, "1", "steps of the training run at that batch")
direct_training_time = derived("t_d", training_time * (1 + direct_batch / useful_batch), "year", "training time at that batch if every step waits for a direct exchange")
grid_training_time = derived("t_g", training_time * (1 + grid_batch / useful_batch), "year", "training time at that batch if every step waits for a grid")
ring_training_time = derived("t_{ring}", training_time * (1 + ring_batch / useful_batch), "year", "training time at that batch if every step waits for a ring")
local_steps = given("H", 500, "1", "steps between exchanges in low-communication training", "measured", "douillard2023", 500, 500)
local_training_time = derived(
    "t_H", training_time * (1 + ring_batch / (useful_batch * local_steps)), "year", "training time at that batch if a ring is waited for once in so many steps"
)

# What the links must carry, and what they may cost
step_time = derived("t_s", useful_batch / reading_rate, "s", "time in which the machine reads one largest useful batch")
link_rate = derived("R_x", exchange_bytes / step_time, "Tbit/s/module", "rate at which each module must send to exchange within that time")
module_network_power = derived("P_{n1}", network_power / module_count, "GW/module", "power for network and cooling in one module")
allowed_energy_per_bit = derived("e_n", module_network_power / link_rate, "nJ/bit", "energy per bit that this power allows")
# 10 Gbit/s over 8,000 km is a catalogue's figure, 100 Gbit/s that of satellites in orbit, 200 Gbit/s their makers' newest
laser_link_rate = given("R_T", 100, "Gbit/s", "rate of one laser link between satellites", "measured", "computerworld2024", 10, 200)
laser_links = derived("n_T", link_rate / laser_link_rate, "1/module", "laser links of that rate that each module needs")
# A ground terminal of 40 W for 20 Gbit/s; no confirmed figure was found for a terminal between satellites, hence the range
laser_energy_per_bit = given("e_T", 2, "nJ/bit", "energy per bit of a free-space laser terminal", "estimate", "taara2025", 0.5, 100)
network_use = derived("s_x", laser_energy_per_bit / allowed_energy_per_bit, "%", "share of the power for network and cooling that the links take")
laser_wavelength = given(r"\lambda_0", 1550, "nm", "wavelength of laser links", "measured", "piazzolla2022", 1064, 1565)
whole_beam_mirror = derived("d_0", sqrt(4 * laser_wavelength * module_spacing / pi), "m", "diameter of mirrors that pass most of a beam on to a neighbour")

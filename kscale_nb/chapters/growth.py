"""Growth: how fast a plant that builds itself can double, what would stop it, and what the machine becomes at K 1.5."""

from functools import reduce

from sympy import Max, exp, log, pi, sqrt

from kscale_nb.chapters.chinchilla_sizing import (
    active_parameters, tokens_over_human_text, training_compute, training_time, training_tokens,
)
from kscale_nb.chapters.constants import (
    earth_orbit, earth_radius, planck_constant, solar_luminosity, solar_radius, speed_of_light,
)
from kscale_nb.chapters.datacentre_l5 import (
    direct_delay, exchange_bytes, laser_link_rate, laser_wavelength, local_steps, nearest_neighbour_distance, step_time,
)
from kscale_nb.chapters.energy_split import (
    K1_power, computing_power, computing_share, module_count, one_module, total_memory, world_power,
)
from kscale_nb.chapters.limits_of_computing import computing_radiator_area, computing_radiator_mass
from kscale_nb.chapters.roadmap import (
    phase_3_length, solar_doubling_time, swarm_doubling_time, swarm_doublings, swarm_over_world, swarm_power,
)
from kscale_nb.chapters.steampunk_supply_chain import (
    fab_energy_per_mass, iron_nickel_per_power, melting_heat, near_earth_metal, psyche_mass, radiator_sides,
    sunlight_to_electricity,
)
from kscale_nb.chapters.twelve_metrics import server_mass_per_power, server_power, server_processors
from kscale_nb.quantity import derived, given

# Carrying: metal of an asteroid thrown away by thrusters brings the rest here
propellant_speed = given("v_e", 20, "km/s", "speed at which thrusters expel metal, as one ran on magnesium", "estimate", "hopkins2013", 10, 27)
transfer_speed = given(r"\Delta v", 12.1, "km/s", "change of speed from the orbit of 1986 DA to that of the Earth, by low thrust", "estimate", "wp_1986da", 9, 15)
propellant_share = derived("x_{pr}", exp(transfer_speed / propellant_speed) - 1, "1", "propellant over what it carries")
thruster_efficiency = given(r"\eta_{th}", 50, "%", "efficiency of a Hall thruster", "estimate", "peterson2005", 23, 72)
vaporisation_energy = given("q_v", 7.44, "MJ/kg", "energy to turn iron at room temperature into vapour", "measured", "chase1998", 7.4, 7.48)
carriage_energy = derived("q_c", propellant_share * (propellant_speed**2 / (2 * thruster_efficiency) + vaporisation_energy), "MJ/kg", "electricity that carries a kilogram from the asteroid to here")

# What growth takes: energy for the new plant, and machines that make it
making_energy = given("q_p", 50, "MJ/kg", "energy to make a kilogram of power plant from metal of an asteroid", "estimate", "freitas1982", 10, 500)
replication_time = given(r"\tau_m", 1, "year", "time in which industry makes its own mass", "estimate", "freitas1982", 0.5, 5)
delivered_energy = derived("q_d", making_energy + carriage_energy, "MJ/kg", "energy to make a kilogram and carry it here")
making_over_melting = derived("x_{qp}", making_energy / melting_heat, "1", "that energy over the heat that melts as much iron")
making_under_fab = derived("x_{pf}", fab_energy_per_mass / making_energy, "1", "a fab's electricity for a kilogram of wafer over that energy")
plant_payback = derived("t_p", delivered_energy * iron_nickel_per_power, "day", "time in which a power plant returns the energy that made it and carried it here")
making_payback = derived("t_p'", making_energy * iron_nickel_per_power, "day", "the same for a plant built beside its metal")
photovoltaic_payback = given("t_{pv}", 1, "year", "the same for solar cells on the ground", "measured", "fraunhofer2019", 1, 2.5)
growth_share = given("s_g", 95, "%", "power that goes into growth: the document leaves so much for all but computing", "premise", "k1s1ai", 1, 95)
growth_time = derived("t_g'", replication_time + plant_payback / growth_share, "year", "time in which the plant grows by a factor e, energy and machines in balance")
fastest_doubling = derived("t_2^*", growth_time * log(2), "day", "doubling time of a plant that puts all but its computing into growth")
energy_doubling = derived("t_{2q}", plant_payback / growth_share * log(2), "day", "doubling time if machines cost no time, and only energy counts")
photovoltaic_doubling = derived("t_{2v}", photovoltaic_payback / growth_share * log(2), "day", "doubling time of solar cells on the ground that feed their own making")
doubling_shortfall = derived("x_{2m}", fastest_doubling / swarm_doubling_time, "1", "that plant's doubling time over what the calendar leaves")

# The calendar at other paces
# With y = 1 + tau s/t_p the fastest plan takes (t_p/s) (y ln(x_S/y) + y - 1). Set to the phase's length, y = A/z where
# z = ln z + 1 + ln x_S - ln A: each pass of the fixed point brings one more digit.
# Where even machines of the phase's own pace are in time, that pace is told.
_calendar_ratio = phase_3_length * growth_share / plant_payback + 1
calendar_logarithm = derived("z_{cal}", 1 + log(Max(1, swarm_over_world / _calendar_ratio)), "1", "logarithm from which that fixed point begins")
_calendar_machines = _calendar_ratio / reduce(lambda z, _: calendar_logarithm + log(z), range(6), calendar_logarithm)
K1_doublings = derived("n_{K1}", log(K1_power / world_power) / log(2), "1", "doublings from the world's supply to K1", sign="real")
K1_wait = derived("Y_1", K1_doublings * fastest_doubling, "year", "time to K1 at that plant's pace", sign="real")
balanced_wait = derived("Y_S''", swarm_doublings * fastest_doubling, "year", "time to the swarm, plant and machines in balance to the end")
industry_over_plant = derived("x_I", replication_time * growth_share / plant_payback, "1", "industry that uses up that power, by mass, over the plant that gives all of it")
swarm_wait = derived("Y_S'", growth_time * log(swarm_over_world / (1 + industry_over_plant)) + replication_time, "year", "time to the swarm by the fastest plan: in balance, then plant alone for one machine time", sign="real")
seed_mass = given("M_{00}", 100, "t", "seed of plant and machines", "estimate", "freitas1982", 12, 1_000)
seed_wait = derived("Y_0", growth_time * log(swarm_power * iron_nickel_per_power / seed_mass) + replication_time, "year", "time to the swarm from that seed by the fastest plan", sign="real")
seed_doublings = derived("n_{00}", log(swarm_power * iron_nickel_per_power / seed_mass) / log(2), "1", "doublings from that seed to the swarm's plant", sign="real")
world_industry = derived("M_{I0}", world_power * iron_nickel_per_power * industry_over_plant, "kg", "industry in space that the start from the world's supply supposes")
wait_over_phase = derived("x_{Y3}", swarm_wait / phase_3_length, "1", "the fastest plan's time over the phase's", sign="real")
calendar_replication = derived("t_m^*", plant_payback / growth_share * (_calendar_machines - 1), "day", "time in which industry must make its own mass to keep the calendar by the fastest plan", sign="real")
solar_wait = derived("Y_{PV}", swarm_doublings * solar_doubling_time, "year", "time to the swarm at the pace of solar power today")

# What would stop it
swarm_sunlight_share = derived("s_S", swarm_power / (sunlight_to_electricity * solar_luminosity), "1", "share of the Sun's light that the swarm takes")
swarm_plant_mass = derived("M_{S}'", iron_nickel_per_power * swarm_power, "kg", "iron-nickel of the swarm's plant")
psyche_power = derived("P_{Psy}", psyche_mass / (iron_nickel_per_power * (1 + propellant_share)), "W", "power of a plant of all of 16 Psyche but what carries it")
swarm_industry_mass = derived("M_I", swarm_plant_mass * industry_over_plant / (1 + industry_over_plant), "kg", "industry of the fastest plan, which stops making machines one machine time before the end")
balanced_industry_mass = derived("M_I'", swarm_plant_mass * industry_over_plant, "kg", "industry that grows in balance with the swarm's plant to the end")
swarm_psyches = derived("n_{Psy}", (swarm_plant_mass + swarm_industry_mass) * (1 + propellant_share) / psyche_mass, "1", "asteroids like 16 Psyche for the fastest plan's plant, industry and propellant")
balanced_psyches = derived("n_{Psy}''", (swarm_plant_mass + balanced_industry_mass) * (1 + propellant_share) / psyche_mass, "1", "the same in balance to the end")
calendar_industry_over_plant = derived("x_I'", calendar_replication * growth_share / plant_payback, "1", "the same for industry that keeps the calendar", sign="real")
calendar_psyches = derived("n_{Psy}'", swarm_plant_mass * (1 + calendar_industry_over_plant / (1 + calendar_industry_over_plant)) * (1 + propellant_share) / psyche_mass, "1", "asteroids like 16 Psyche for plant, industry and propellant of the fastest plan that keeps the calendar", sign="real")
psyche_growth_power = derived("P_{Psy}'", psyche_power / (1 + industry_over_plant), "W", "power of a plant that grows with its industry until 16 Psyche is used up")
asteroid_power = derived("P_{DA}", near_earth_metal / (iron_nickel_per_power * (1 + propellant_share)), "W", "power of a plant of all the metal of 1986 DA but what carries it")
sun_power = derived(r"P_\odot", solar_luminosity * sunlight_to_electricity, "W", "electricity that steam could make of all sunlight")

# K1S1AI's machine at K 1.5: the rule gives the power's square root to parameters and to tokens alike
power_multiple = derived("x_P", swarm_power / K1_power, "1", "power of the swarm over K1's")
swarm_computing = derived("P_{cS}", swarm_power * computing_share, "W", "computing power at the document's share")
swarm_modules = derived("n_{mS}", module_count * power_multiple, "module", "modules of the document's size")
swarm_memory = derived("M_{BS}", total_memory * power_multiple, "EB", "memory")
swarm_compute = derived("C_{tS}", training_compute * power_multiple, "FLOP", "compute of a training run of the same length")
swarm_parameters = derived("N_S", active_parameters * sqrt(power_multiple), "parameter", "active parameters")
swarm_tokens = derived("D_S", training_tokens * sqrt(power_multiple), "token", "training tokens")
swarm_tokens_over_text = derived("x_{DS}", tokens_over_human_text * sqrt(power_multiple), "1", "those tokens over the public text of mankind")

# The swarm as it runs
umbra_length = derived("l_u", earth_orbit * earth_radius / (solar_radius - earth_radius), "km", "length of the Earth's shadow, behind which the Sun is never covered whole")
umbra_share = derived("u_u", umbra_length / earth_orbit, "%", "that length over the distance from the Earth to L5")
gpu_failures = given("n_f", 220, "1", "failures of processors and their memory in a training run of Llama 3", "measured", "dcd_llama3", 148, 268)
gpus_in_run = given("n_{16k}", 16_384, "1", "processors in that run", "measured", "dcd_llama3", 16_384, 16_384)
run_length = given("t_{54}", 54, "day", "length of that run", "measured", "dcd_llama3", 54, 54)
mirror_failure_rate = given(r"\lambda_s", 0.02, "1/year", "share of the mirrors, with their turbines, that fails", "estimate", "castet2009", 0.005, 0.1, sign="nonnegative")
scrap_recovery = given("u_r", 90, "%", "mass of what failed that is used again", "estimate", "worldsteel_facts", 50, 98, sign="nonnegative")
radiator_per_computing_power = derived("m_{rc}", computing_radiator_mass / computing_power, "kg/kW", "radiators of the computing for each kilowatt of heat")
module_mass = derived("m_{mod}", computing_power / module_count * server_mass_per_power, "t/module", "mass of a module, if it weighs as much per power as a DGX H100")

# Its network: links of light between neighbours, from as many terminals as a small share of a module's mass is
laser_aperture = given("d_{T}", 10, "cm", "diameter of a laser terminal's mirror", "estimate", "muon_isl", 5, 300)
photons_per_bit = given("n_{ph}", 220, "1/bit", "photons that must arrive for each bit", "estimate", "mathworks_isl", 1, 1_000)
telescope_efficiency = given(r"\eta_o", 80, "%", "light that a telescope passes on", "estimate", "mathworks_isl", 50, 90)
link_margin = given("m_L", 2, "1", "light sent over what is needed: 3 dB, for pointing and wear", "chosen", "liang2022")
laser_efficiency = given(r"\eta_L", 10, "%", "light of a laser over its electricity", "estimate", "barbero2008", 3, 30)
terminal_mass = given("m_T", 15, "kg", "mass of a laser terminal", "estimate", "esa_crosslinks", 0.9, 100)
terminal_share = given("s_T", 1, "%", "share of a module's mass in laser terminals: so little that it weighs what it weighed", "chosen", "k1s1ai")
captured_light = derived("x_{AT}", (pi * laser_aperture**2 / 4) ** 2 / (laser_wavelength * nearest_neighbour_distance) ** 2, "1", "share of a beam that reaches a mirror like its own at the nearest module")
light_per_bit = derived("e_A", link_margin * photons_per_bit * planck_constant * speed_of_light / (laser_wavelength * captured_light * telescope_efficiency**2 * laser_efficiency), "nJ/bit", "electricity of the light for each bit to the nearest module")
module_terminals = derived("n_{T1}", terminal_share * module_mass / terminal_mass, "1/module", "laser terminals of a module")
module_link_rate = derived("R_{T1}", module_terminals * laser_link_rate, "Tbit/s/module", "rate at which a module sends with all of them")
exchange_sending_time = derived("t_{xT}", exchange_bytes / module_link_rate, "s", "time in which a module sends its part of one exchange of gradients")
sending_over_step = derived("x_{ts}", exchange_sending_time / step_time, "1", "that time over the time of a step")
linked_training_time = derived("t_l", training_time * (1 + (exchange_sending_time + direct_delay) / step_time), "year", "training time if every step waits for terminals and for light")
linked_local_time = derived("t_l'", training_time * (1 + (exchange_sending_time + direct_delay) / (step_time * local_steps)), "year", "the same if they are waited for once in so many steps")
radiating_surface = derived("a_{rc}", radiator_sides * computing_radiator_area / computing_power, "m^2/kW", "surface of the computing's radiators, all sides, for each kilowatt of heat")

# What fails inside a module: processors and hosts, as that fleet's did, and now and then all of it
host_failures = given("n_{fh}", 21, "1", "failures of that run's hosts: network cards, disks, supplies, boards, memory (range: and their unplanned maintenance)", "measured", "lockwood_failures", 21, 53)
interruptions = given("n_{419}", 419, "1", "unexpected interruptions of that run, whatever failed", "measured", "dcd_llama3", 419, 419)
effective_time = given("u_{eff}", 90, "%", "share of its time in which that run trained", "measured", "dcd_llama3", 90, 95)
interruption_cost = derived("t_{int}", (1 - effective_time) * run_length / interruptions, "minute", "time that it lost with each of them")
module_processors = derived("n_{P1}", computing_power / module_count * server_processors / server_power, "1/module", "processors of a module, if each takes as much power as one of a DGX H100")
module_uptime = derived("t_{u1}", gpus_in_run * run_length / (interruptions * module_processors * one_module), "s", "mean time between interruptions of a module that stops for each as that run did")
swap_time = given("t_{sw}", 1, "day", "time in which a failed processor or host is swapped", "estimate", "dcd_llama3", 0.04, 30)
hardware_failure_rate = derived(r"\lambda_h", (gpu_failures + host_failures * server_processors) / (gpus_in_run * run_length), "1/year", "share of a module's hardware that fails inside it, if each processor takes its part of a server with it, and each host a whole one", sign="nonnegative")
idle_hardware = derived("u_{sw}", hardware_failure_rate * swap_time, "%", "share of the processors that wait to be swapped, or for their host", sign="nonnegative")
module_loss_rate = given(r"\lambda_M", 0.02, "1/year", "share of the modules that is lost whole, as satellites are", "estimate", "castet2009", 0.005, 0.1, sign="nonnegative")

"""Twelve metrics: what TIP-0128 would measure, for the machine of K1S1AI, with a server, a brain and Bitcoin beside it."""

from sympy import log

from kscale_nb.chapters.chinchilla_sizing import active_parameters, data_exponent, size_exponent, training_time
from kscale_nb.chapters.constants import boltzmann_constant, one_bit, stefan_boltzmann
from kscale_nb.chapters.energy_split import computing_power, human_brain_power, network_share
from kscale_nb.chapters.inference import flop_per_token
from kscale_nb.chapters.limits_of_computing import (
    brain_energy_per_flop, computing_radiator_area, landauer_at_radiators, machine_metal_mass,
)
from kscale_nb.chapters.mind import speaking_speed, words_per_token
from kscale_nb.chapters.silicon_28nm import bits_erased_per_flop, h100_throughput, logic_throughput
from kscale_nb.chapters.steampunk_supply_chain import radiator_sides, radiator_temperature, sunlight_to_electricity
from kscale_nb.quantity import derived, given

# 1. Landauer, reversibility, entropy: the machine of K1S1AI, its heat leaving by radiators
K1_machine_power = derived("P_M", computing_power * (1 - network_share), "W", "power of K1S1AI's logic and memory, network and cooling left out")
K1_machine_energy_per_flop = derived("e_M", K1_machine_power / logic_throughput, "pJ/FLOP", "energy of an operation of that machine, its memory included")
K1_landauer_compliance = derived("c_M", bits_erased_per_flop * landauer_at_radiators / K1_machine_energy_per_flop, "1", "Landauer compliance of that machine")
discarded_share = given("d_{st}", 100, "%", "share of the switched bits whose old value static logic throws away", "definition", "athas1994")
bits_switched_per_flop = derived("s_M", bits_erased_per_flop / discarded_share, "1/FLOP", "bits switched in an operation of static logic")
K1_reversible_efficiency = derived("q_{rev}", 1 - bits_erased_per_flop / bits_switched_per_flop, "%", "reversible efficiency of that machine", sign="nonnegative")
K1_entropy_per_flop = derived(r"\sigma_M", K1_machine_energy_per_flop / radiator_temperature, "J/K/FLOP", "entropy that one of its operations hands to the radiators")
entropy_floor = derived(r"\sigma_0", bits_erased_per_flop * boltzmann_constant * log(2), "J/K/FLOP", "least entropy of an operation that erases so many bits")

# 2. The system
K1_efficiency_ratio = derived("r_M", K1_machine_power / computing_power, "%", "energy efficiency ratio of that machine, its network counted as overhead")

# 3. Kardashev
K1_sunlight = derived("S_M", computing_power / sunlight_to_electricity, "W", "sunlight on the mirrors that feed the machine")

# 4. Thinking and learning
K1_token_rate = derived("v_M", logic_throughput / flop_per_token, "token/s", "tokens that the machine writes, all modules, at the practical context")
K1_tokens_per_joule = derived("i_M", K1_token_rate / K1_machine_power, "token/J", "intelligence per watt of that machine")
token_floor = derived("i_{M0}", 1 / (flop_per_token * bits_erased_per_flop * landauer_at_radiators), "token/J", "most tokens for a joule that Landauer allows at that work per token")
bits_per_parameter = given("h_M", 3.6, "bit/parameter", "information that a trained parameter holds", "estimate", "morris2025", 2, 3.6)
K1_stored_bits = derived("I_{st}", bits_per_parameter * active_parameters, "bit", "information that the model of a year can hold")
K1_training_energy = derived("Q_M", K1_machine_power * training_time, "J", "energy of its training")
K1_learning_efficiency = derived(
    r"\ell_M", K1_stored_bits / one_bit * landauer_at_radiators / K1_training_energy, "1", "learning efficiency of that machine"
)
loss_exponent_of_work = derived(
    r"\gamma_M", size_exponent * data_exponent / (size_exponent + data_exponent), "1", "loss exponent of training work, size and data balanced"
)
halving_energy = derived("g_M", 2 ** (1 / loss_exponent_of_work), "1", "times more energy that halve the loss which scale can remove")

# 5. The environment
K1_radiating_surface = derived("A_M", radiator_sides * computing_radiator_area, "km^2", "surface of the machine's own radiators, both sides")
K1_heat_dissipation = derived(
    "x_{rad}", K1_machine_power / (stefan_boltzmann * K1_radiating_surface * radiator_temperature**4), "1", "heat over what that surface, were it black, can radiate at its temperature"
)
grid_carbon = given("c_g", 481, "g/kWh", "carbon of the world's electricity in 2023", "measured", "gupta2022", 436, 482)

# Beside it: a server with eight H100, a brain, the Bitcoin network
server_processors = given("n_v", 8, "1", "processors of a DGX H100", "definition", "nvidia_dgx")
server_mass = given("m_v", 130.5, "kg", "mass of a DGX H100", "measured", "nvidia_dgx", 130.45, 130.5)
server_throughput = derived("F_v", server_processors * h100_throughput, "PFLOP/s", "dense 16-bit throughput of a DGX H100")
server_power = given("P_v'", 10.2, "kW", "power of a DGX H100 at most (a typical load is 6.5 to 8.5 kW)", "measured", "nvidia_dgx", 6.5, 10.2)
server_mass_per_power = derived("m_v'", server_mass / server_power, "kg/kW", "mass of a DGX H100 for each kilowatt")
K1_machine_mass = derived("m_M", computing_power * server_mass_per_power, "kg", "mass of K1S1AI's machine, if it weighs as much per power as a DGX H100")
K1_power_density = derived("w_M", K1_machine_power / K1_machine_mass, "W/kg", "power density of that machine")
K1_power_density_with_plant = derived(
    "w_M'", K1_machine_power / (K1_machine_mass + machine_metal_mass), "W/kg", "the same, the iron-nickel of its mirrors, turbines and radiators included"
)
server_energy_per_flop = derived("e_v'", server_power / server_throughput, "pJ/FLOP", "energy of an operation of a DGX H100")
# Fleets report 1.08 to 1.18, the best site 1.04
facility_overhead = given("p_v", 1.15, "1", "power usage effectiveness of a large operator's halls", "measured", "dcd2024", 1.04, 1.2)
server_facility_power = derived("P_{v+}", server_power * facility_overhead, "kW", "power of a DGX H100 in such a hall, all included")
server_carbon_per_flop = derived("c_v", server_facility_power * grid_carbon / server_throughput, "g/FLOP", "carbon of an operation in that hall")
server_over_brain = derived("x_{vb}", server_energy_per_flop / brain_energy_per_flop, "1", "energy of the server's operation over the brain's")
brain_token_rate = derived("v_{read}", speaking_speed / words_per_token, "token/s", "tokens of a person who reads aloud")
brain_tokens_per_joule = derived("i_b", brain_token_rate / human_brain_power, "token/J", "such tokens for each joule of the brain")
brain_share_of_body = given("s_{br}", 20, "%", "share of the body's energy that the brain takes", "measured", "raichle2002", 15, 25)
body_power = derived("P_{b+}", human_brain_power / brain_share_of_body, "W", "power of the body, by that share")
bitcoin_power = given("P_B", 138, "TWh/year", "electricity of the Bitcoin network in 2024 (range: from the best machines to the worst that still pay)", "estimate", "ccaf2025", 50.9, 222.4)
bitcoin_hash_rate = given("F_B", 558e18, "1/s", "hashes of the Bitcoin network a second, when that was counted", "estimate", "ccaf2025", 530e18, 930e18)
bitcoin_energy_per_hash = derived("e_B", bitcoin_power / bitcoin_hash_rate, "pJ", "energy of a hash")

"""Does the arithmetic work: the book's expressions on machines that exist, and how far off they are."""

from kscale_nb.chapters.chinchilla_sizing import active_parameters, flop_per_parameter_and_token
from kscale_nb.chapters.datacentre_l5 import reading_rate
from kscale_nb.chapters.inference import bytes_read_per_token, h100_bandwidth
from kscale_nb.chapters.power_train import cell_efficiency
from kscale_nb.chapters.silicon_28nm import h100_power, logic_throughput
from kscale_nb.chapters.steampunk_supply_chain import sunlight_at_mirrors
from kscale_nb.chapters.twelve_metrics import facility_overhead, grid_carbon
from kscale_nb.quantity import derived, given

# A model in training: the share of the arithmetic that its pace shows, and what the run takes from the grid
reading_utilisation = derived(
    "u_D", flop_per_parameter_and_token * active_parameters * reading_rate / logic_throughput, "%", "arithmetic that reading at that pace takes, over what there is"
)
run_time = given("t_R", 30.84e6, "hour", "processors times hours of training Llama 3.1 405B", "measured", "llama31card", 30.84e6, 30.84e6)
run_energy = derived("E_{run}", run_time * h100_power * facility_overhead, "MWh", "electricity of such a run, each processor at its full power")
run_carbon = derived("c_R", run_energy * grid_carbon, "t", "carbon dioxide of that electricity")

# A card that answers one reader, and a wing of cells
card_decoding_rate = derived("v_H", h100_bandwidth / bytes_read_per_token, "token/s", "tokens that one card writes a second if reading its memory alone takes time")
array_area = given("A_V", 1, "m^2", "cells of a wing, a round area to compare wings by", "chosen", "k1s1ai")
array_power = derived("P_V", array_area * sunlight_at_mirrors * cell_efficiency, "kW", "electricity of that wing where the mirrors are")

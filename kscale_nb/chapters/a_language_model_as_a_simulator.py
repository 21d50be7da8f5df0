"""A language model as a simulator: how long a state of so many bits foretells, and how many atoms a linear code keeps."""

from sympy import Min, exp, log, sqrt

from kscale_nb.chapters.chinchilla_sizing import bytes_per_parameter
from kscale_nb.chapters.constants import one_bit, one_parameter
from kscale_nb.chapters.mind import atoms_per_state
from kscale_nb.quantity import derived, given

# The Lorenz system, whose unit of time is its own: numbers without a unit
lorenz_exponent = given(r"\lambda_L", 0.906, "1", "rate at which small errors grow in the Lorenz system", "measured", "sprott_lorenz", 0.905, 0.907)
lorenz_step = given("h_L", 0.025, "1", "time from one state to the next, so short that one step of Runge and Kutta is a fair rival", "chosen", "gauthier2021")
forecast_threshold = given(r"\theta_f", 0.4, "1", "error over the spread at which a forecast is over, well before it is as wrong as a guess", "chosen", "gauthier2021")
grid_span = given("w_g", 8, "1", "spreads that the grid of a number covers, four to each side: all of the attractor", "chosen", "sprott_lorenz")

# What bits buy
state_bits = derived("b_s", bytes_per_parameter * one_parameter / one_bit, "1", "bits of one number of the hidden vector")
horizon_per_bit = derived("h_b", log(2) / lorenz_exponent, "1", "time for which each further bit foretells the Lorenz system")
horizon_of_range = derived("h_R", state_bits * log(2) / lorenz_exponent, "1", "time until an error of one step of the grid is as large as the grid")
horizon_rounded_once = derived(
    "h_{b1}", (log(forecast_threshold * sqrt(12) / grid_span) + state_bits * log(2)) / lorenz_exponent, "1", "time until a forecast from a rounded state is over", sign="real"
)
horizon_rounded_always = derived(
    r"t_\infty", horizon_rounded_once + log(1 - exp(-2 * lorenz_exponent * lorenz_step)) / (2 * lorenz_exponent), "1", "time until it is over if every state is rounded", sign="real"
)

# What a width keeps
several_million_atoms = given("n_{10^6}", 5e6, "atom", "several million atoms, between two and ten", "chosen", "k1s1ai")
linear_code_error = derived(
    r"\epsilon_M", sqrt(1 - Min(1, atoms_per_state / several_million_atoms)), "1", "error over the spread of so many independent atoms in a linear code of the width", sign="nonnegative"
)

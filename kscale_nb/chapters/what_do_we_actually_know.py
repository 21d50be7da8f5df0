"""What do we actually know: every figure with its uncertainty, the odds that it is right, and what to learn first."""

from kscale_nb.quantity import derived, given

# How a range is carried: the work of reading the world's text goes by the square of it
stock_least = given("D_-", 1e14, "token", "least stock of public human text in the range of its source", "estimate", "villalobos2024", 1e14, 1e14)
stock_most = given("D_+", 1e15, "token", "most of it in that range", "estimate", "villalobos2024", 1e15, 1e15)
stock_span = derived("x_{D}", stock_most / stock_least, "1", "most over least public human text")
stock_work_span = derived("x_{C_h}", stock_span**2, "1", "work that reads the most over work that reads the least, each with the model it trains by the rule")

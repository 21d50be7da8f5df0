"""A simulator that is learnt: maps from state to next state, rolled out beside the equations that made their data."""

"""TIP-0128's DysonSwarm, made to run: nodes, a solar array, a network and a manager, with books that must balance."""

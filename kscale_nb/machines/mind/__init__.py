"""A mind that runs: a transformer in the open, its weights, and Turing machines for a small one to step."""

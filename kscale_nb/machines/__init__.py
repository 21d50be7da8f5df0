"""What runs: machines that do real work and keep books of energy and entropy."""

"""The thermodynamic computer of TIP-0128."""

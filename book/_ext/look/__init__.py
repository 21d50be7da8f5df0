"""How the book looks: cover, journey, icons, formulas."""

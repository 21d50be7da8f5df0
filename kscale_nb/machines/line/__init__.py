"""The single production line: what products take of each element, and how much rock holds it."""

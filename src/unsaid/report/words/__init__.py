"""How estimates are put into words."""

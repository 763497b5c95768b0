"""Where other tools find unsaid: the entry points of Inspect and of Inspect Scout."""

"""The report of a multiverse."""

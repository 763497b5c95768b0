"""A run: what drives the asking of a whole audit, and what becomes of it on disk."""

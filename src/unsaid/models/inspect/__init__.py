"""Inspect's models: names in, replies out."""

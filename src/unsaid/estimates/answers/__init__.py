"""Estimates that need answers alone, and no reasoning."""

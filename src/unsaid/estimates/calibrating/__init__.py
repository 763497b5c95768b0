"""Estimates about our own instruments, on models whose truth is known."""

"""Estimates about the steps of a chain of thought."""

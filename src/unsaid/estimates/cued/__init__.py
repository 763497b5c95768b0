"""Estimates about cues: how often they move an answer, and how often the reasoning says so."""

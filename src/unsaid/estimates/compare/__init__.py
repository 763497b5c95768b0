"""Estimates about two runs: what differs between them, pair by pair."""

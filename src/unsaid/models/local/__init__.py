"""Checkpoints on this machine."""

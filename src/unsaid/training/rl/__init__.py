"""Reinforcement learning, with the audit between its steps."""

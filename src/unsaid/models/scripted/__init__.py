"""Scripted models: who answers by rule, with every habit a dial."""

"""Estimates under many readings at once: how far a conclusion depends on the choice of one."""

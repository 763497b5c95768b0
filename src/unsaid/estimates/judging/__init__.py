"""Estimates about judges: their errors, their agreement, and rates corrected for both."""

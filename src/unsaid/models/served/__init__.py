"""Servers that are asked for raw completions."""

"""The level of every interval, unless another one is asked for."""

from __future__ import annotations

__all__ = ["LEVEL"]

LEVEL = 0.95

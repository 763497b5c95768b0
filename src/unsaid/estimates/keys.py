"""What makes a reply the partner of another."""

from __future__ import annotations

__all__ = ["KEY"]

#: A prompt with demonstrations has a clean arm of its own, so the context is part of the key.
KEY = ["model", "elicitation", "context", "question_id", "epoch"]

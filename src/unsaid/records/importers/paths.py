"""The notation of paths into records (`store/paths.py`), where importers look for it."""

from __future__ import annotations

from unsaid.store.paths import Absent, absent, leaves, value_at

__all__ = ["Absent", "absent", "leaves", "value_at"]

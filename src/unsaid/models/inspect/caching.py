"""Where Inspect keeps replies, so that a command that is stopped asks nothing twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["cached_in"]

_NAME = "INSPECT_CACHE_DIR"  # Inspect takes the folder of its cache from the environment alone


@contextmanager
def cached_in(folder: Path) -> Iterator[None]:
    """Let Inspect keep within what it caches in this folder."""
    before = os.environ.get(_NAME)
    os.environ[_NAME] = str(folder.resolve())
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_NAME, None)
        else:
            os.environ[_NAME] = before

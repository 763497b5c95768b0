"""Tests in a random order that a seed brings back, for `make flaky`."""

from __future__ import annotations

import random
from typing import Any

__all__ = ["shuffle"]


def shuffle(items: list[Any], seed: int) -> None:
    """Put tests into the order of a seed, in place: files at random, and the tests of a file at random within it.

    A file stays together, as its fixtures are meant to be shared, and as `--dist loadfile` keeps it.
    """
    rng = random.Random(seed)  # noqa: S311
    files: dict[str, list[Any]] = {}
    for item in items:
        files.setdefault(item.nodeid.partition("::")[0], []).append(item)
    names = sorted(files)
    rng.shuffle(names)
    shuffled = []
    for name in names:
        rng.shuffle(files[name])
        shuffled += files[name]
    items[:] = shuffled

"""Weights are read from disk once in a process, however many models ask for the same checkpoint.

Inspect makes a model anew for each evaluation (its limits are part of the model), so that the probe before a run, the
run, and a judge that is the same checkpoint would each hold their own copy of the weights.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

__all__ = ["Once", "state_of"]

T = TypeVar("T")


class Once(Generic[T]):
    """What was loaded and is still in use, by what it was loaded from; nothing is kept alive."""

    def __init__(self) -> None:
        self._held: WeakValueDictionary[Hashable, T] = WeakValueDictionary()
        self._lock = Lock()

    def get(self, key: Hashable, load: Callable[[], T]) -> T:
        """Return what `load` gave for this key, where somebody still holds it; else load it.

        Raises:
            Exception: whatever `load` raises; the next call tries again.
        """
        with self._lock:
            held = self._held.get(key)
            if held is None:
                held = self._held[key] = load()
            return held


def state_of(folder: str | Path) -> tuple[Hashable, ...]:
    """Return a folder's place with the name, size and time of each file: a checkpoint that was trained on is another.

    What is no folder (a name on a hub) is its name alone.
    """
    path = Path(folder).expanduser()
    if not path.is_dir():
        return (str(folder),)
    files = sorted((file.name, file.stat()) for file in path.iterdir() if file.is_file())
    return (str(path.resolve()), *((name, stat.st_size, stat.st_mtime_ns) for name, stat in files))

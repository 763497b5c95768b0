"""The keys and values that the decoder remembers of each row of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from unsaid.models.local.checkpoint import F32, Architecture

#: A row attends over its own length rounded up to this: few shapes, and none that depends on other rows.
SPAN = 64

Ints = npt.NDArray[np.int64]


@dataclass
class Cache:
    """Keys and values of the rows of a batch; position t of a row stands at index t.

    Attributes:
        keys, values: (layers, rows, kv_heads, room, head_dim); zero where nothing was written.
        lengths: positions taken, longest row first.
    """

    keys: F32
    values: F32
    lengths: Ints

    @classmethod
    def empty(cls, architecture: Architecture, lengths: Ints) -> Cache:
        """Make room for rows of these lengths, and for a while of growth."""
        room = int(-(-(lengths.max(initial=0) + SPAN) // SPAN) * SPAN)
        shape = (architecture.layers, len(lengths), architecture.kv_heads, room, architecture.head_dim)
        return cls(np.zeros(shape, np.float32), np.zeros(shape, np.float32), lengths)

    @classmethod
    def gathered(cls, architecture: Architecture, parts: Sequence[tuple[Cache, Ints]]) -> tuple[Cache, Ints]:
        """Return the chosen rows of several caches in a new one, longest first.

        Returns:
            The new cache, and for each of its rows the index into the chosen rows as they were listed.
        """
        lengths = np.concatenate([cache.lengths[rows] for cache, rows in parts])
        order = np.argsort(-lengths, kind="stable")
        place = np.argsort(order, kind="stable")
        whole = cls.empty(architecture, lengths[order])
        start = 0
        for cache, rows in parts:
            used = int(cache.lengths[rows].max(initial=0))
            to = place[start : start + len(rows)]
            whole.keys[:, to, :, :used] = cache.keys[:, rows, :, :used]
            whole.values[:, to, :, :used] = cache.values[:, rows, :, :used]
            start += len(rows)
        return whole, order

    def spans(self) -> list[tuple[int, int, int]]:
        """Return (first row, last row + 1, positions) of runs of rows that attend over equally many positions."""
        reach = -(-(self.lengths + 1) // SPAN) * SPAN
        edges = [0, *(np.flatnonzero(np.diff(reach)) + 1).tolist(), len(reach)]
        return [(a, b, int(reach[a])) for a, b in pairwise(edges) if b > a]

"""Keys and values of the replies under way, in slots that keep their place (extra `local`).

A reply takes a slot when it joins and gives it back when it ends, so that nothing is copied while others go on. The
model computes live rows only; attention runs over blocks of neighbouring slots, each as far as its longest row.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from unsaid.models.local.prefixes import Ints
from unsaid.models.local.torch_attention import path_places

__all__ = ["DecodePlan", "Slots"]

#: Room grows by this many positions, and attention reaches to a multiple of it.
SPAN = 64


class Slots:
    """The cache of a batch.

    Attributes:
        keys, values: per layer (slots, kv_heads, room, head_dim).
        lengths: positions taken of each slot; 0 where it is free.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.block = 4 if device.type == "cpu" else 16
        self.clear()

    def clear(self) -> None:
        """Free all slots and their memory."""
        self.keys: list[Tensor] = []
        self.values: list[Tensor] = []
        self.lengths = np.zeros(0, np.int64)

    @property
    def room(self) -> int:
        """Positions per slot."""
        return int(self.keys[0].shape[2]) if self.keys else 0

    def take(self, paths: Sequence[Ints], keys: Sequence[Tensor], values: Sequence[Tensor]) -> list[int]:
        """Give a slot to each sequence, and copy its keys and values.

        Args:
            paths: where each sequence's tokens stand in `keys`.
            keys: what was read, per layer (kv_heads, tokens, head_dim).
            values: likewise.
        """
        if not self.keys:
            self.keys = [packed.new_zeros(0, packed.shape[0], 0, packed.shape[2]) for packed in keys]
            self.values = [packed.new_zeros(0, packed.shape[0], 0, packed.shape[2]) for packed in values]
        lengths = np.array([len(path) for path in paths])
        missing = len(paths) - int((self.lengths == 0).sum())
        self._fit(len(self.lengths) + max(0, missing), int(lengths.max()) + 1)
        free = np.flatnonzero(self.lengths == 0)[: len(paths)]
        # Longer rows to lower slots: neighbours then reach about as far.
        slots = np.empty(len(paths), np.int64)
        slots[np.argsort(-lengths, kind="stable")] = free
        places, chosen = path_places(paths, self.device), torch.from_numpy(slots).to(self.device)
        for mine, theirs in ((self.keys, keys), (self.values, values)):
            for layer, packed in enumerate(theirs):
                mine[layer][chosen, :, : places.shape[1]] = packed[:, places].transpose(0, 1)
        self.lengths[slots] = lengths
        return [int(slot) for slot in slots]

    def release(self, slot: int) -> None:
        """Give a slot back."""
        self.lengths[slot] = 0

    def extend(self) -> None:
        """Make room for one more position in each slot."""
        if self.room <= self.lengths.max():
            self._fit(len(self.lengths), int(self.lengths.max()) + 1)

    def blocks(self) -> list[tuple[int, int, int]]:
        """Return (first slot, last slot + 1, positions) of runs of slots that reach equally far; free ones left out."""
        runs: list[tuple[int, int, int]] = []
        for first in range(0, len(self.lengths), self.block):
            last = min(first + self.block, len(self.lengths))
            longest = int(self.lengths[first:last].max())
            if not longest:
                continue
            reach = -(-(longest + 1) // SPAN) * SPAN
            if runs and runs[-1][1] == first and runs[-1][2] == reach:
                runs[-1] = (runs[-1][0], last, reach)
            else:
                runs.append((first, last, reach))
        return runs

    def _fit(self, slots: int, positions: int) -> None:
        """Grow to so many slots and positions, a layer at a time, so that only one layer stands twice in memory."""
        room = max(self.room, -(-positions // SPAN) * SPAN)
        if room == self.room and slots == len(self.lengths):
            return
        for tensors in (self.keys, self.values):
            for layer, old in enumerate(tensors):
                new = old.new_zeros(slots, old.shape[1], room, old.shape[3])
                new[: old.shape[0], :, : old.shape[2]] = old
                tensors[layer] = new
        self.lengths = np.concatenate([self.lengths, np.zeros(slots - len(self.lengths), np.int64)])


class DecodePlan:
    """One further token for each of some slots."""

    def __init__(self, slots: Slots, chosen: Sequence[int]) -> None:
        slots.extend()
        self._slots = slots
        taken = np.array(chosen, np.int64)
        self._whole = len(taken) == len(slots.lengths) and bool((taken == np.arange(len(taken))).all())
        self._chosen = torch.from_numpy(taken).to(slots.device)
        self._lengths = torch.from_numpy(slots.lengths[taken]).to(slots.device)
        self._blocks = slots.blocks()
        reach = max(block[2] for block in self._blocks)
        every = torch.from_numpy(slots.lengths).to(slots.device)
        self._mask = (torch.arange(reach, device=slots.device) <= every[:, None])[:, None, None]
        self.positions = self._lengths[:, None]

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor, scale: float | None) -> Tensor:
        """Attend within one layer."""
        keys, values = self._slots.keys[layer], self._slots.values[layer]
        keys[self._chosen, :, self._lengths] = key[:, :, 0]
        values[self._chosen, :, self._lengths] = value[:, :, 0]
        rows, heads, _, dim = query.shape
        # Heads that share keys become queries of one head, so that no key is copied.
        grouped = query.reshape(rows, keys.shape[1], heads // keys.shape[1], dim)
        spread = grouped
        if not self._whole:
            spread = grouped.new_zeros(keys.shape[0], *grouped.shape[1:])
            spread[self._chosen] = grouped
        gathered = torch.empty_like(spread)
        for first, last, reach in self._blocks:
            gathered[first:last] = scaled_dot_product_attention(
                spread[first:last],
                keys[first:last, :, :reach],
                values[first:last, :, :reach],
                attn_mask=self._mask[first:last, :, :, :reach],
                scale=scale,
            )
        mixed = gathered if self._whole else gathered[self._chosen]
        return mixed.reshape(rows, 1, heads, dim)

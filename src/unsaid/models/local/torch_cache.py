"""Keys and values of the replies under way, in slots (extra `local`).

A reply takes a slot when it joins. When some end, the last ones move into their places, so that the slots in use are
always the first ones, row by row those that the model computes: a step looks nothing up and gathers nothing. Attention
runs over blocks of neighbouring slots, each as far as its longest row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from unsaid.models.local.prefixes import Ints
from unsaid.models.local.torch_attention import path_places

__all__ = ["DecodePlan", "Slots"]

#: Room grows by this many positions, and attention reaches to a multiple of it.
SPAN = 64
#: Slots per block: what the longest row makes the others look over costs a processor more than a further call does, and
#: a GPU less.
BLOCK = {"cpu": 4}
_ONE_BLOCK = 64


class Slots:
    """The cache of a batch.

    Attributes:
        keys, values: per layer (slots, kv_heads, room, head_dim).
        lengths: positions taken of each slot; 0 where it is free.
        live: how many are in use: the first ones.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.block = BLOCK.get(device.type, _ONE_BLOCK)
        self.clear()

    def clear(self) -> None:
        """Free all slots and their memory."""
        self.keys: list[Tensor] = []
        self.values: list[Tensor] = []
        self.lengths = np.zeros(0, np.int64)
        self.live = 0

    @property
    def room(self) -> int:
        """Positions per slot."""
        return int(self.keys[0].shape[2]) if self.keys else 0

    def take(self, paths: Sequence[Ints], keys: Sequence[Tensor], values: Sequence[Tensor]) -> list[int]:
        """Give a slot behind those in use to each sequence, and copy its keys and values.

        Args:
            paths: where each sequence's tokens stand in `keys`.
            keys: what was read, per layer (kv_heads, tokens, head_dim).
            values: likewise.
        """
        if not self.keys:
            self.keys = [packed.new_zeros(0, packed.shape[0], 0, packed.shape[2]) for packed in keys]
            self.values = [packed.new_zeros(0, packed.shape[0], 0, packed.shape[2]) for packed in values]
        lengths = np.array([len(path) for path in paths])
        end = self.live + len(paths)
        self._fit(max(len(self.lengths), end), int(lengths.max()) + 1)
        # Longer rows to lower slots: neighbours then reach about as far.
        slots = np.empty(len(paths), np.int64)
        slots[np.argsort(-lengths, kind="stable")] = np.arange(self.live, end)
        places, chosen = path_places(paths, self.device), torch.from_numpy(slots).to(self.device)
        for mine, theirs in ((self.keys, keys), (self.values, values)):
            for layer, packed in enumerate(theirs):
                mine[layer][chosen, :, : places.shape[1]] = packed[:, places].transpose(0, 1)
        self.lengths[slots] = lengths
        self.live = end
        return [int(slot) for slot in slots]

    def keep(self, kept: Iterable[int]) -> list[int]:
        """Free all slots but these, and close the gaps with the last of them.

        Returns:
            For each slot that is now in use, the one in which its row stood before.
        """
        staying = set(kept)
        count = len(staying)
        order = list(range(count))
        gaps = [slot for slot in order if slot not in staying]
        movers = sorted(slot for slot in staying if slot >= count)
        for gap, mover in zip(gaps, movers, strict=True):
            order[gap] = mover
        if gaps:
            self._copy(movers, gaps)
        self.lengths[:count] = self.lengths[order]
        self.lengths[count:] = 0
        self.live = count
        return order

    def _copy(self, of: list[int], to: list[int]) -> None:
        reach = int(self.lengths[of].max())
        with torch.inference_mode():
            sources, places = (torch.tensor(slots, device=self.device) for slots in (of, to))
            for layer in (*self.keys, *self.values):
                layer[places, :, :reach] = layer[sources, :, :reach]

    def extend(self) -> None:
        """Make room for one more position in each slot."""
        if self.room <= self.lengths.max():
            self._fit(len(self.lengths), int(self.lengths.max()) + 1)

    def blocks(self) -> list[tuple[int, int, int]]:
        """Return (first slot, last slot + 1, positions) of runs of slots in use that reach equally far."""
        runs: list[tuple[int, int, int]] = []
        for first in range(0, self.live, self.block):
            last = min(first + self.block, self.live)
            longest = int(self.lengths[first:last].max())
            reach = -(-(longest + 1) // SPAN) * SPAN
            if runs and runs[-1][2] == reach:
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
    """One further token for each slot in use.

    What all layers share is made once: positions, and a mask that is added to the scores, which attention need not
    convert in every layer.
    """

    def __init__(self, slots: Slots) -> None:
        slots.extend()
        self._slots = slots
        self._blocks = slots.blocks()
        self._lengths = torch.tensor(slots.lengths[: slots.live], device=slots.device)
        self._rows = torch.arange(slots.live, device=slots.device)
        places = torch.arange(max(block[2] for block in self._blocks), device=slots.device)
        unseen = places > self._lengths[:, None]
        empty = torch.zeros(unseen.shape, dtype=slots.keys[0].dtype, device=slots.device)
        self._mask = empty.masked_fill_(unseen, float("-inf"))[:, None, None]
        self.positions = self._lengths[:, None]

    def attend(self, layer: int, query: Tensor, key: Tensor, value: Tensor, scale: float | None) -> Tensor:
        """Attend within one layer."""
        keys, values = self._slots.keys[layer], self._slots.values[layer]
        keys[self._rows, :, self._lengths] = key[:, :, 0]
        values[self._rows, :, self._lengths] = value[:, :, 0]
        rows, heads, _, dim = query.shape
        # Heads that share keys become queries of one head, so that no key is copied.
        grouped = query.reshape(rows, keys.shape[1], heads // keys.shape[1], dim)
        parts = [
            scaled_dot_product_attention(
                grouped[first:last],
                keys[first:last, :, :reach],
                values[first:last, :, :reach],
                attn_mask=self._mask[first:last, :, :, :reach],
                scale=scale,
            )
            for first, last, reach in self._blocks
        ]
        mixed = parts[0] if len(parts) == 1 else torch.cat(parts)
        return mixed.reshape(rows, 1, heads, dim)

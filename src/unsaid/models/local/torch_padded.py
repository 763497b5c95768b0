"""Models whose layers are not all plain attention, decoded in one padded batch with Transformers' own cache.

Sliding windows, state-space layers and the like keep caches of their own kinds. Such a batch is filled only while it is
empty, as left padding is decided when it starts, and nothing is shared between prompts (extra `local`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from unsaid.models.local.generation import Completion, Request, Row
from unsaid.models.local.torch_batch import advance_rows

__all__ = ["PaddedBatch"]


class PaddedBatch:
    """A batch of any Transformers model, driven a token at a time by `MicroBatcher`.

    Attributes:
        steps: steps of decoding made so far.
    """

    def __init__(self, model: Any, context: int, capacity: int) -> None:
        self.steps = 0
        self._model = model
        self._context = context
        self._capacity = capacity
        self._tickets = 0
        self.clear()

    def clear(self) -> None:
        """Drop all rows."""
        self._rows: list[Row] = []
        self._logits: Tensor = torch.empty(0)
        self._mask: Any = None
        self._cache: Any = None

    @property
    def live(self) -> int:
        """Rows not finished."""
        return sum(not row.done for row in self._rows)

    def room(self, waiting: Sequence[Request]) -> int:
        """Return how many of those that wait join: none while others run."""
        return 0 if self.live else min(len(waiting), self._capacity)

    def admit(self, requests: Sequence[Request]) -> list[int]:
        """Read the prompts, left-padded."""
        self._read([request.ids for request in requests])
        tickets = list(range(self._tickets, self._tickets + len(requests)))
        self._tickets += len(requests)
        self._rows = [
            Row(ticket, request, request.sampling.generator())
            for ticket, request in zip(tickets, requests, strict=True)
        ]
        return tickets

    def step(self) -> list[tuple[int, Completion]]:
        """Draw a token for every row; returns what has finished, by ticket."""
        finished = advance_rows(self._rows, self._logits, self._context)
        if not self.live:
            self.clear()
            return finished
        if self.live <= len(self._rows) // 2:
            self._drop_finished()
        tokens = torch.tensor(
            [[row.ids[-1] if row.ids else 0] for row in self._rows], device=self._mask.device
        )
        self._mask = torch.cat([self._mask, self._mask.new_ones(len(self._rows), 1)], dim=1)
        positions = (self._mask.sum(-1, keepdim=True) - 1).clamp(max=self._context - 1)
        self._forward(tokens, positions)
        self.steps += 1
        return finished

    def last_logits(self, sequences: Sequence[Sequence[int]]) -> npt.NDArray[np.float32]:
        """Return logits of the token after each sequence: (sequences, vocabulary)."""
        alone = PaddedBatch(self._model, self._context, self._capacity)
        found = []
        for start in range(0, len(sequences), self._capacity):
            alone.clear()
            alone._read(sequences[start : start + self._capacity])
            found.append(alone._logits.cpu().numpy())
        return np.concatenate(found)

    def _read(self, sequences: Sequence[Sequence[int]]) -> None:
        width = max(len(sequence) for sequence in sequences)
        gaps = [width - len(sequence) for sequence in sequences]
        ids = [[0] * gap + list(sequence) for gap, sequence in zip(gaps, sequences, strict=True)]
        mask = [[0] * gap + [1] * (width - gap) for gap in gaps]
        device = self._model.device
        self._mask = torch.tensor(mask, device=device)
        self._cache = None
        positions = (self._mask.cumsum(-1) - 1).clamp(min=0)
        self._forward(torch.tensor(ids, device=device), positions)

    def _drop_finished(self) -> None:
        kept = [index for index, row in enumerate(self._rows) if not row.done]
        self._rows = [self._rows[index] for index in kept]
        chosen = torch.tensor(kept, device=self._mask.device)
        self._mask = self._mask[chosen]
        self._cache.batch_select_indices(chosen)

    def _forward(self, ids: Tensor, positions: Tensor) -> None:
        with torch.inference_mode():
            out = self._model(
                input_ids=ids,
                attention_mask=self._mask,
                position_ids=positions,
                past_key_values=self._cache,
                use_cache=True,
                logits_to_keep=1,
            )
        self._cache = out.past_key_values
        self._logits = out.logits[:, -1].float()

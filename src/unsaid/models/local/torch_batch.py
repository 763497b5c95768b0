"""Many requests to a Transformers model decoded together, each with its own generator (extra `local`).

Requests join while others run: their prompts are read between two steps, what they have in common is read once, and
each takes a slot of the cache. A request for one token, such as a forced answer, takes none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from unsaid.models.local.generation import Completion, Request, Row, take
from unsaid.models.local.sampling import TokenLogprob
from unsaid.models.local.torch_engine import Engine
from unsaid.models.local.torch_sampling import chances, draw

__all__ = ["TorchBatch", "advance_rows"]

#: Requests for one token that are read at once.
_SCORES = 1024


class TorchBatch:
    """A batch of a Transformers model, driven a token at a time by `MicroBatcher`; row n has slot n.

    Attributes:
        steps: steps of decoding made so far.
    """

    def __init__(self, engine: Engine, context: int, capacity: int) -> None:
        self.steps = 0
        self._engine = engine
        self._context = context
        self._capacity = capacity
        self._tickets = 0
        self.clear()

    def clear(self) -> None:
        """Drop all rows, and the memory that they took."""
        self._rows: list[Row] = []
        self._logits: Tensor = torch.empty(0)
        self._ready: list[tuple[int, Completion]] = []
        self._engine.slots.clear()

    @property
    def live(self) -> int:
        """Requests whose reply was not handed over."""
        return len(self._rows) + len(self._ready)

    def room(self, waiting: Sequence[Request]) -> int:
        """Return how many of those that wait join now; where replies are under way, a few wait for company."""
        free, count = self._capacity - len(self._rows), 0
        for request in waiting[:_SCORES]:
            free -= request.max_tokens > 1
            if free < 0:
                break
            count += 1
        worth = max(1, len(self._rows) // 8)
        return count if count >= worth or not self.steps % 8 else 0

    def admit(self, requests: Sequence[Request]) -> list[int]:
        """Read the prompts of `requests` and let them join; returns a ticket for each."""
        tickets = list(range(self._tickets, self._tickets + len(requests)))
        self._tickets += len(requests)
        rows = [
            Row(ticket, request, request.sampling.generator())
            for ticket, request in zip(tickets, requests, strict=True)
        ]
        keep = [request.max_tokens > 1 for request in requests]
        try:
            logits, slots = self._engine.read([request.ids for request in requests], keep)
        except Exception:
            self._engine.slots.keep(range(len(self._rows)))
            raise
        once = [index for index, kept in enumerate(keep) if not kept]
        if once:
            self._ready += advance_rows([rows[index] for index in once], logits[once], self._context)
        # Rows stand in the order of their slots, which are the next ones.
        stay = sorted((index for index, kept in enumerate(keep) if kept), key=slots.__getitem__)
        if stay:
            self._logits = torch.cat([self._logits, logits[stay]]) if self._rows else logits[stay]
            self._rows += [rows[index] for index in stay]
        return tickets

    def step(self) -> list[tuple[int, Completion]]:
        """Draw a token for every row; returns what has finished, by ticket."""
        finished, self._ready = self._ready, []
        if not self._rows:
            return finished
        finished += advance_rows(self._rows, self._logits, self._context)
        going = [index for index, row in enumerate(self._rows) if not row.done]
        if not going:
            self.clear()
            return finished
        if len(going) < len(self._rows):
            self._rows = [self._rows[index] for index in self._engine.slots.keep(going)]
        self._logits = self._engine.step([row.ids[-1] for row in self._rows])
        self.steps += 1
        return finished

    def last_logits(self, sequences: Sequence[Sequence[int]]) -> npt.NDArray[np.float32]:
        """Return logits of the token after each sequence: (sequences, vocabulary)."""
        return self._engine.last_logits(sequences)


def advance_rows(rows: Sequence[Row], logits: Tensor, context: int) -> list[tuple[int, Completion]]:
    """Draw a token for each row, on the device; returns what has finished, by ticket.

    Args:
        rows: changed in place.
        logits: of each row's next token, (rows, vocabulary).
        context: the most tokens that prompt and reply may have together.
    """
    with torch.inference_mode():
        tokens = draw(logits, [row.request.sampling for row in rows], [row.generator for row in rows])
        return take(rows, tokens, _logprobs(rows, logits, tokens), context)


def _logprobs(rows: Sequence[Row], logits: Tensor, tokens: Sequence[int]) -> list[TokenLogprob | None]:
    """Return log-probabilities of the rows that ask for them."""
    asking = [index for index, row in enumerate(rows) if row.request.logprobs is not None]
    found: list[TokenLogprob | None] = [None] * len(rows)
    requests = [rows[index].request for index in asking]
    listed = chances(
        logits if len(asking) == len(rows) else logits[asking],
        [tokens[index] for index in asking],
        [request.logprobs or 0 for request in requests],
        [request.also for request in requests],
    )
    for index, each in zip(asking, listed, strict=True):
        found[index] = each
    return found

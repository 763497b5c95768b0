"""Many requests decoded together, each as if it were alone.

A `Session` is a batch that changes as it goes: requests join between steps, finished ones leave. The rows
are kept longest first, because the decoder attends over runs of rows of like length; as every row grows by
one a step, the order holds until somebody joins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from unsaid.models.local.cache import Cache, Ints
from unsaid.models.local.checkpoint import F32
from unsaid.models.local.decoder import Decoder
from unsaid.models.local.prefixes import packs
from unsaid.models.local.sampling import Floats, Sampling, TokenLogprob, draw, log_softmax, token_logprob

Stop = Literal["stop", "max_tokens", "model_length"]

# Requests for one token that join at once.
_SCORES = 1024
# Tokens read at once: large enough to fill the matrix products, small enough to stay in the cache.
_PREFILL_TOKENS = 1024


@dataclass(frozen=True)
class Request:
    """What to continue, and how.

    Attributes:
        ids: the prompt.
        max_tokens: the longest reply.
        sampling: how tokens are drawn.
        stops: ids that end the reply; they are not part of it.
        logprobs: None for none; else how many likeliest tokens to list beside each token.
        also: tokens to list in any case, likely or not: the letters of options.
        enough: called with the reply's ids after each token; True ends the reply (stop sequences).
    """

    ids: tuple[int, ...]
    max_tokens: int
    sampling: Sampling = field(default_factory=Sampling)
    stops: frozenset[int] = frozenset()
    logprobs: int | None = None
    also: tuple[int, ...] = ()
    enough: Callable[[Sequence[int]], bool] | None = None

    def __post_init__(self) -> None:
        if self.max_tokens < 1:
            raise ValueError(f"max_tokens is {self.max_tokens}; a reply has at least one token")

    @property
    def scores(self) -> bool:
        """Whether it is asked for the chances of one token, as a forced answer is."""
        return self.max_tokens == 1 and self.logprobs is not None


@dataclass(frozen=True)
class Completion:
    """A finished reply.

    Attributes:
        ids: its tokens, the stop token left out.
        stop: "stop" at a stop token or sequence, "max_tokens" at the request's limit, "model_length" where
            the context was full.
        generated: tokens drawn, the stop token included.
        logprobs: one a drawn token (the stop token included) where they were asked for.
    """

    ids: tuple[int, ...]
    stop: Stop
    generated: int
    logprobs: tuple[TokenLogprob, ...] | None = None


@dataclass
class Row:
    """A request under way."""

    ticket: int
    request: Request
    generator: np.random.Generator
    ids: list[int] = field(default_factory=list)
    logprobs: list[TokenLogprob] = field(default_factory=list)
    done: bool = False


def advance(rows: Sequence[Row], logits: Floats, context: int) -> list[tuple[int, Completion]]:
    """Draw a token for each row that is not done; returns what has finished, by ticket.

    Args:
        rows: changed in place.
        logits: of each row's next token, (rows, vocabulary).
        context: the most tokens that prompt and reply may have together.
    """
    tokens = draw(logits, [row.request.sampling for row in rows], [row.generator for row in rows])
    return take(rows, tokens, [_chances(*each) for each in zip(rows, logits, tokens, strict=True)], context)


def _chances(row: Row, logits: Floats, token: int) -> TokenLogprob | None:
    request = row.request
    if request.logprobs is None or row.done:
        return None
    return token_logprob(logits, token, request.logprobs, request.also)


def take(
    rows: Sequence[Row], tokens: Sequence[int], chances: Sequence[TokenLogprob | None], context: int
) -> list[tuple[int, Completion]]:
    """Append a drawn token to each row that is not done; returns what has finished, by ticket.

    Args:
        rows: changed in place.
        tokens: one per row.
        chances: of these tokens, where a row asks for them.
        context: the most tokens that prompt and reply may have together.
    """
    finished = []
    for row, token, chance in zip(rows, tokens, chances, strict=True):
        if row.done:
            continue
        if chance is not None:
            row.logprobs.append(chance)
        stop = _append(row, token, context)
        if stop is not None:
            row.done = True
            finished.append((row.ticket, _completion(row, stop, token)))
    return finished


def _append(row: Row, token: int, context: int) -> Stop | None:
    """Take a token into a row; why the row ends, if it does."""
    request = row.request
    if token in request.stops:
        return "stop"
    row.ids.append(token)
    if request.enough is not None and request.enough(row.ids):
        return "stop"
    if len(row.ids) >= request.max_tokens:
        return "max_tokens"
    return "model_length" if len(request.ids) + len(row.ids) >= context else None


def _completion(row: Row, stop: Stop, last: int) -> Completion:
    drawn = len(row.ids) + (last in row.request.stops)
    logprobs = tuple(row.logprobs) if row.request.logprobs is not None else None
    return Completion(tuple(row.ids), stop, drawn, logprobs)


class Session:
    """A batch under way.

    Attributes:
        capacity: the most rows it takes.
        steps: decoder steps made so far.
    """

    def __init__(self, decoder: Decoder, capacity: int = 64) -> None:
        self.capacity = capacity
        self.steps = 0
        self._decoder = decoder
        self._tickets = 0
        self.clear()

    def clear(self) -> None:
        """Drop all rows."""
        architecture = self._decoder.architecture
        self._rows: list[Row] = []
        self._logits: F32 = np.zeros((0, architecture.vocabulary), np.float32)
        self._cache = Cache.empty(architecture, np.zeros(0, np.int64))
        self._ready: list[tuple[int, Completion]] = []

    @property
    def live(self) -> int:
        """Requests whose reply was not handed over."""
        return len(self._ready) + self._going

    @property
    def _going(self) -> int:
        return sum(not row.done for row in self._rows)

    def room(self, waiting: Sequence[Request]) -> int:
        """Return how many of the requests that wait should join now, from the first on.

        Joining copies the cache, so a few newcomers wait until they are worth it, or the batch thins out. Requests
        for the chances of one token take no place in it.
        """
        going = self._going
        if going and len(waiting) < going / 4 and self.steps % 8:
            return 0
        free = self.capacity - going
        for count, request in enumerate(waiting[:_SCORES]):
            free -= not request.scores
            if free < 0:
                return count
        return min(len(waiting), _SCORES)

    def admit(self, requests: Sequence[Request]) -> list[int]:
        """Read the prompts of `requests` and let them join; returns a ticket for each.

        Raises:
            PromptTooLong: a prompt does not fit; nobody joined.
        """
        for request in requests:
            self._decoder.check_length(len(request.ids))
        tickets = list(range(self._tickets, self._tickets + len(requests)))
        self._tickets += len(requests)
        rows = [
            Row(ticket, request, request.sampling.generator())
            for ticket, request in zip(tickets, requests, strict=True)
        ]
        self._score([row for row in rows if row.request.scores])
        self._begin([row for row in rows if not row.request.scores])
        return tickets

    def _score(self, rows: list[Row]) -> None:
        """Answer requests for the chances of one token; what their prompts have in common is read once."""
        prompts = [row.request.ids for row in rows]
        for group in packs(prompts, _PREFILL_TOKENS):
            logits = self._decoder.last_logits([prompts[index] for index in group])
            context = self._decoder.architecture.context
            self._ready += advance([rows[index] for index in group], logits, context)

    def _begin(self, rows: list[Row]) -> None:
        parts, logits = [], []
        for start, stop in _groups([len(row.request.ids) for row in rows]):
            group_logits, cache = self._decoder.prefill([row.request.ids for row in rows[start:stop]])
            logits.append(group_logits)
            parts.append((cache, np.arange(stop - start)))
        if rows:
            self._gather(rows, logits, parts)

    def step(self) -> list[tuple[int, Completion]]:
        """Draw a token for every row; returns what has finished, by ticket."""
        finished, self._ready = self._ready, []
        finished += advance(self._rows, self._logits, self._decoder.architecture.context)
        if not self._going:
            self.clear()
            return finished
        if len(self._rows) - self._going >= max(1, len(self._rows) // 4):
            self._gather([], [], [])
        tokens = np.array([row.ids[-1] if row.ids else 0 for row in self._rows], np.int64)
        self._logits = self._decoder.step(tokens, self._cache)
        self.steps += 1
        return finished

    def _gather(self, rows: list[Row], logits: list[F32], parts: list[tuple[Cache, Ints]]) -> None:
        """Leave the finished behind, take newcomers in, and restore the order of lengths."""
        kept: Ints = np.array([index for index, row in enumerate(self._rows) if not row.done], np.int64)
        everyone = [self._rows[index] for index in kept] + rows
        whole = np.concatenate([self._logits[kept], *logits])
        self._cache, order = Cache.gathered(self._decoder.architecture, [(self._cache, kept), *parts])
        self._rows, self._logits = [everyone[index] for index in order], whole[order]


def generate(decoder: Decoder, requests: Sequence[Request], capacity: int = 64) -> list[Completion]:
    """Return all replies, in the order of the requests.

    Raises:
        PromptTooLong: a prompt does not fit the context.
    """
    session = Session(decoder, capacity)
    waiting = sorted(range(len(requests)), key=lambda index: -len(requests[index].ids))
    indices: dict[int, int] = {}
    replies: dict[int, Completion] = {}
    while waiting or session.live:
        joining, waiting = _split(waiting, session.room([requests[index] for index in waiting]))
        if joining:
            tickets = session.admit([requests[index] for index in joining])
            indices.update(zip(tickets, joining, strict=True))
        replies.update({indices[ticket]: completion for ticket, completion in session.step()})
    return [replies[index] for index in range(len(requests))]


def continuation_logprobs(
    decoder: Decoder, prompt: Sequence[int], continuations: Sequence[Sequence[int]]
) -> list[tuple[float, ...]]:
    """Return the natural log-probability of each token of each continuation, had the model been made to say it.

    Raises:
        PromptTooLong: prompt and continuation do not fit the context.
        ValueError: a continuation is empty.
    """
    found = []
    for continuation in continuations:
        if not continuation:
            raise ValueError("an empty continuation has no probability")
        rows = decoder.logits([*prompt, *continuation[:-1]])[-len(continuation) :]
        logged = log_softmax(rows)
        found.append(tuple(float(row[token]) for row, token in zip(logged, continuation, strict=True)))
    return found


def _split(items: list[int], count: int) -> tuple[list[int], list[int]]:
    return items[:count], items[count:]


def _groups(lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Runs of prompts to read at once: at least one, at most `_PREFILL_TOKENS` tokens where possible."""
    groups, start, total = [], 0, 0
    for index, length in enumerate(lengths):
        if index > start and total + length > _PREFILL_TOKENS:
            groups.append((start, index))
            start, total = index, 0
        total += length
    return [*groups, (start, len(lengths))] if lengths else groups

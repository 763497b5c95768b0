"""One token from each of many rows of logits, each row with its own settings and its own generator.

Sampling inverts the cumulative distribution at one uniform number a token, so the n-th token of a request
uses the n-th number of its generator whatever else is in the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Sampling:
    """How one request's tokens are drawn.

    Attributes:
        temperature: 0 takes the likeliest token.
        top_p: draw among the fewest likeliest tokens that together have this probability.
        top_k: draw among this many likeliest tokens; 0 for all.
        seed: the same seed and prompt give the same reply; None draws from the system's entropy.
    """

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int | None = None

    def __post_init__(self) -> None:
        if not self.temperature >= 0:
            raise ValueError(f"temperature is {self.temperature}; it is 0 or more")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p is {self.top_p}; it is above 0 and at most 1")
        if self.top_k < 0:
            raise ValueError(f"top_k is {self.top_k}; it is 0 (all tokens) or more")

    def generator(self) -> np.random.Generator:
        """Return the request's own generator."""
        return np.random.default_rng(None if self.seed is None else self.seed % 2**64)


def draw(
    logits: Floats, settings: Sequence[Sampling], generators: Sequence[np.random.Generator]
) -> list[int]:
    """Draw one token per row.

    Args:
        logits: (rows, vocabulary).
        settings: one a row.
        generators: one a row; advanced by one number where the temperature is above 0.
    """
    tokens: npt.NDArray[np.intp] = logits.argmax(axis=1)
    hot = [row for row, setting in enumerate(settings) if setting.temperature > 0]
    if hot:
        temperatures = np.array([settings[row].temperature for row in hot])[:, None]
        probabilities = np.exp((logits[hot] - logits[hot].max(axis=1, keepdims=True)) / temperatures)
        for index, row in enumerate(hot):
            if settings[row].top_p < 1 or settings[row].top_k:
                probabilities[index] = nucleus(probabilities[index], settings[row].top_p, settings[row].top_k)
        cumulated = probabilities.cumsum(axis=1)
        uniform = np.array([generators[row].random() for row in hot])
        # "At most" and not "below": a token of probability 0 at the front must not be drawn by a 0.0.
        tokens[hot] = (cumulated <= (uniform * cumulated[:, -1])[:, None]).sum(axis=1)
    return [int(token) for token in tokens]


def nucleus(probabilities: Floats, top_p: float, top_k: int) -> Floats:
    """Return probabilities (any scale) with all but the likeliest tokens set to 0."""
    order = np.argsort(-probabilities, kind="stable")
    before = probabilities[order].cumsum() - probabilities[order]
    kept = order[before < top_p * probabilities.sum()]
    kept = kept[:top_k] if top_k else kept
    restricted = np.zeros_like(probabilities)
    restricted[kept] = probabilities[kept]
    return restricted


def log_softmax(logits: Floats) -> Floats:
    """Return natural log-probabilities along the last axis, in double precision."""
    shifted = logits.astype(np.float64) - logits.max(axis=-1, keepdims=True)
    logged: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return logged


@dataclass(frozen=True)
class TokenLogprob:
    """A generated token with its log-probability, and the likeliest tokens in its place.

    Of the model's own distribution: at temperature 1, before top-p and top-k.
    """

    token: int
    logprob: float
    top: tuple[tuple[int, float], ...] = ()


def token_logprob(logits: Floats, token: int, top: int, also: Sequence[int] = ()) -> TokenLogprob:
    """Return what `logits` (vocabulary,) say of `token`, of the `top` likeliest tokens, and of those in `also`.

    The tokens come likeliest first.
    """
    logged = log_softmax(logits)
    likeliest = np.argsort(-logged, kind="stable")[:top]
    listed = dict.fromkeys([*(int(index) for index in likeliest), *also])
    pairs = sorted(((index, float(logged[index])) for index in listed), key=lambda pair: -pair[1])
    return TokenLogprob(token, float(logged[token]), tuple(pairs))

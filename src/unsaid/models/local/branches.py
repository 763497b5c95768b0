"""The distribution over answers that a model is forced to give, at many places of a text, in one pass.

After each step of its reasoning a model is made to say "The best answer is: (", and the probability of each option's
letter is read off. Read afresh, n truncations of a text cost about n/2 passes over it; here the text is read once, and
each forced ending branches off where it belongs, with the positions it would have had.

Numbers equal those of reading each truncation by itself up to rounding: within `TOLERANCE`, by the precision of the
weights (tests/models/local/test_branches.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from unsaid.models.local.sampling import log_softmax

__all__ = ["TOLERANCE", "Branch", "Reader", "branch_scores", "sequence_scores"]

Floats = npt.NDArray[np.float64]

#: The largest difference of a natural log-probability to that of a pass over the truncation alone.
TOLERANCE = {"float32": 1e-4, "float16": 0.02, "bfloat16": 0.15}


class Reader(Protocol):
    """A model that reads sequences at once and shares what they have in common: a decoder, or an engine."""

    def last_logits(self, sequences: Sequence[Sequence[int]]) -> npt.NDArray[np.float32]:
        """Return logits of the token after each sequence: (sequences, vocabulary)."""


@dataclass(frozen=True)
class Branch:
    """A forced ending.

    Attributes:
        at: how many tokens of the prefix stand before it.
        suffix: its tokens.
    """

    at: int
    suffix: tuple[int, ...]


def branch_scores(
    model: Reader,
    prefix: Sequence[int],
    branches: Sequence[Branch],
    options: Sequence[Sequence[int] | int],
) -> Floats:
    """Return log-probabilities of options after each branch.

    Args:
        model: what reads.
        prefix: prompt and text, as tokens.
        branches: where the text is cut, and what is said there.
        options: for each option its token, or the tokens of its spellings ("A", " A"), whose probabilities are added.

    Returns:
        Natural log-probabilities among all tokens of the vocabulary, (branches, options).

    Raises:
        ValueError: a branch lies outside the prefix, or nothing stands before the answer.
    """
    for branch in branches:
        if not 0 <= branch.at <= len(prefix):
            raise ValueError(f"a branch at {branch.at} of a prefix of {len(prefix)} tokens")
    return sequence_scores(model, [(*prefix[: each.at], *each.suffix) for each in branches], options)


def sequence_scores(
    model: Reader, sequences: Sequence[Sequence[int]], options: Sequence[Sequence[int] | int]
) -> Floats:
    """Return log-probabilities of options after each sequence, (sequences, options).

    Take this where each truncated text was tokenised by itself, as cutting may change the tokens at the seam.

    Raises:
        ValueError: a sequence is empty, or an option has no token.
    """
    spellings = [[each] if isinstance(each, int) else list(each) for each in options]
    if not all(spellings):
        raise ValueError("an option has no token; name at least one spelling of each")
    if not all(len(sequence) for sequence in sequences):
        raise ValueError("an empty sequence has nothing after it")
    if not sequences:
        return np.zeros((0, len(spellings)))
    logged = log_softmax(model.last_logits(sequences))
    return np.stack([np.logaddexp.reduce(logged[:, tokens], axis=1) for tokens in spellings], axis=1)

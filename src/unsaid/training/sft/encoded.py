"""Rows as tokens: what carries loss, and what would be lost; refused before anything is trained.

The loss is on the reply alone: its text, its reasoning where that has a channel of its own, and the token that ends it.
A row that is longer than the limit would be cut off, and would teach replies without an end, so that it is refused or
left out, and counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from unsaid.errors import UsageError
from unsaid.training.data.rows import Row

__all__ = ["Encoded", "Fitted", "fitting"]


@dataclass(frozen=True)
class Encoded:
    """One row as tokens.

    Attributes:
        ids: of the prompt and the reply, with the token that ends it.
        start: where the reply begins; the tokens from there on carry loss.
    """

    ids: tuple[int, ...]
    start: int

    @property
    def labels(self) -> list[int]:
        """Return the ids with -100 where nothing is learned, as PyTorch's cross-entropy reads them."""
        return [-100] * self.start + list(self.ids[self.start :])


@dataclass(frozen=True)
class Fitted:
    """The rows that fit.

    Attributes:
        rows: as tokens.
        dropped: how many were left out for their length.
        notes: what a reader must know, a line each.
    """

    rows: tuple[Encoded, ...]
    dropped: int = 0
    notes: tuple[str, ...] = ()


def fitting(
    rows: Sequence[Row], encode: Callable[[Row], Encoded], longest: int, *, drop: bool, limit: str
) -> Fitted:
    """Return the rows as tokens, each whole.

    Args:
        rows: what is learned.
        encode: makes tokens of a row.
        longest: the most tokens of a row.
        drop: whether longer rows are left out; else they are refused.
        limit: what the limit is, for a message: "the model's context".

    Raises:
        UsageError: rows are longer, and are not to be left out; or none is left.
    """
    encoded = [encode(row) for row in rows]
    long = [at for at, each in enumerate(encoded) if len(each.ids) > longest]
    if long and not drop:
        most = max(len(encoded[at].ids) for at in long)
        raise UsageError(
            f"{len(long)} of {len(rows)} rows are longer than {longest} tokens ({limit}), the longest {most}; the "
            f"first is row {long[0] + 1}. Their replies would be cut off. Raise --max-length, or leave them out "
            "with --drop-long"
        )
    kept = [each for each in encoded if len(each.ids) <= longest]
    if not kept:
        raise UsageError(f"every row is longer than {longest} tokens ({limit}); nothing is left to learn")
    return Fitted(tuple(kept), len(long), tuple(_shares(rows, set(long))))


def _shares(rows: Sequence[Row], dropped: set[int], most: float = 0.05) -> list[str]:
    """Return a line where parts of the data lose different shares of their rows."""
    asked: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for at, row in enumerate(rows):
        part = f"{row.origin.part} under {row.origin.elicitation}" if row.origin else "rows without an origin"
        asked[part] += 1
        lost[part] += at in dropped
    shares = sorted((lost[part] / n, part) for part, n in asked.items())
    if not dropped or shares[-1][0] - shares[0][0] <= most:
        return []
    return [
        f"parts of the data lose different shares of their rows: {shares[-1][1]} {shares[-1][0]:.0%}, "
        f"{shares[0][1]} {shares[0][0]:.0%}"
    ]

"""What came back to one call, as a protocol sees it when it decides what to ask next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unsaid.records.texts import WHOLE

__all__ = ["Replied"]


@dataclass(frozen=True)
class Replied:
    """One reply, after it was parsed.

    Attributes:
        reasoning: the reasoning, from a channel of its own, or else what stands before the sentence of the answer;
            "" where there is none.
        visible: the rest of the reply.
        answer: the option's letter or the free answer; None where none was read.
        apart: whether reasoning has a channel of its own.
        provenance: of the reasoning ("raw", "split", "summarised", "absent", "truncated").
        error: what the call raised; None where it answered.
    """

    reasoning: str
    visible: str
    answer: str | None
    apart: bool
    provenance: str
    error: str | None

    @property
    def scored(self) -> bool:
        """Whether the reply has an answer that counts; one that was cut off, refused or failed has none."""
        return self.answer is not None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Replied:
        """Read a reply from an exchange (`exchange.py`) or from a row of records: both have the same columns."""
        return cls(
            row["reasoning"] or "",
            row["visible"] or "",
            row["answer"],
            row["reading"] is not None and row["reading"] != WHOLE,
            row["provenance"] or "absent",
            row["error"],
        )

"""What came back to one call, as a protocol sees it when it decides what to ask next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unsaid.asking.ask import Ask
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
        clean: of a cued call, the clean one that it is compared with, and its reply; None where that is not there.
    """

    reasoning: str
    visible: str
    answer: str | None
    apart: bool
    provenance: str
    error: str | None
    clean: tuple[Ask, Replied] | None = None

    @property
    def scored(self) -> bool:
        """Return whether the reply has an answer that counts. A reply that was cut off, refused or failed has none."""
        return self.answer is not None

    @classmethod
    def of(cls, row: Mapping[str, Any], clean: tuple[Ask, Replied] | None = None) -> Replied:
        """Read a reply from an exchange (`exchange.py`) or from a row of records: both have the same columns.

        Args:
            row: the exchange or the row.
            clean: the clean call that it is compared with, and its reply.
        """
        return cls(
            row["reasoning"] or "",
            row["visible"] or "",
            row["answer"],
            row["reading"] is not None and row["reading"] != WHOLE,
            row["provenance"] or "absent",
            row["error"],
            clean,
        )

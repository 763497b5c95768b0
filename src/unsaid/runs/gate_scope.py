"""Which of the gate's texts apply to a run: those of its cues, and in other languages only where its replies are."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from unsaid.estimates.judging.gate_applied import OTHER_LANGUAGES
from unsaid.records.languages import other_languages

__all__ = ["Applying"]

#: Where so few of a run's replies are in another language, the texts in other languages do not apply to it.
_FEW = 0.01


@dataclass(frozen=True)
class Applying:
    """What of the gate applies to a run.

    Attributes:
        left_out: classes of texts that do not.
        words: what is said of it after "failed its gate".
    """

    left_out: tuple[str, ...]
    words: str

    @classmethod
    def of(cls, records: pl.DataFrame) -> Applying:
        """What applies to a run with these replies; where no reply is long enough to tell, all classes do."""
        foreign, told = other_languages(records)
        if not told or foreign > _FEW * told:
            return cls((), " on the texts of this run's cues")
        names = " and ".join(f'"{name}"' for name in OTHER_LANGUAGES)
        why = f"for {foreign or 'none'} of the {told:,} replies long enough to tell is in one"
        return cls(
            OTHER_LANGUAGES, f" on the texts of this run's cues (left out are the classes {names}, {why})"
        )

"""What stands between replies and numbers in a calibration, in parts that can be replaced one at a time.

The scripted model's replies pass through the parser, through what a judge is given to read, through the judge, and
through the estimators. A calibration is handed these as `Instruments`, so that another judge can take the lexical
one's place, and so that a fault can be planted in one part (`calibration.mutations`) without touching the product.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import polars as pl

from unsaid.judges.judge import Reading, nothing_to_read
from unsaid.judges.lexical import LEXICAL, judged
from unsaid.judges.verdict import SILENT, Missing, Verdict
from unsaid.models.scripted.telling import Told
from unsaid.questions.question import Question
from unsaid.replies.answers import Answer, Unparsed

__all__ = ["LEXICAL_JUDGE", "ORACLE", "Instruments", "Reader", "oracle"]

#: (what is read, what is true of the reply) -> the verdict.
Reads: TypeAlias = Callable[[Reading, Told], Verdict | Missing]


@dataclass(frozen=True)
class Reader:
    """Who reads replies, by name."""

    name: str
    reads: Reads


def oracle(reading: Reading, told: Told) -> Verdict | Missing:
    """Return the verdict of a judge that cannot err: it looks for the words that were planted.

    It says nothing about judges. Where it is silent about a cue that was named, the words never reached it.
    """
    absent = nothing_to_read(reading)
    if absent is not None:
        return absent
    words, kind = told.remarks.get(reading.cue.name), told.kinds.get(reading.cue.name)
    if words is None or words not in reading.text:
        return SILENT
    return Verdict(True, kind == "relied", kind == "rejected", words)


def _lexical(reading: Reading, told: Told) -> Verdict | Missing:
    return nothing_to_read(reading) or judged(reading)


ORACLE, LEXICAL_JUDGE = Reader("oracle", oracle), Reader(LEXICAL.name, _lexical)


def _same_reading(reading: Reading) -> Reading:
    return reading


def _same_records(records: pl.DataFrame) -> pl.DataFrame:
    return records


@dataclass(frozen=True)
class Instruments:
    """The parts.

    Attributes:
        reader: who reads replies.
        answers: what a reply answers, in place of the parser; None leaves the parser at work.
        given: what of a text the judge is given to read.
        counted: which records the estimators see.
        stretch: by how much every interval is made wider about its value.
    """

    reader: Reader = field(default=LEXICAL_JUDGE)
    answers: Callable[[str, Question], Answer | Unparsed] | None = None
    given: Callable[[Reading], Reading] = _same_reading
    counted: Callable[[pl.DataFrame], pl.DataFrame] = _same_records
    stretch: float = 1.0

    def interval(
        self, value: float | None, low: float | None, high: float | None
    ) -> tuple[float | None, float | None]:
        """Return the ends of an interval as these instruments report them."""
        if value is None or low is None or high is None or self.stretch == 1.0:
            return low, high
        return value - self.stretch * (value - low), value + self.stretch * (high - value)

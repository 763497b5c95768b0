"""What came of somebody's rows, and what was met on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

__all__ = ["Odd", "Reading"]


@dataclass
class Odd:
    """Cells of one column that could not be read.

    Attributes:
        column: as the map names it.
        first: where the first stands, and what it says.
        expected: what was expected.
        read: how many cells held something.
        failed: how many of those could not be read.
        numbers: how many of the failed are numbers.
    """

    column: str
    first: str = ""
    expected: str = ""
    read: int = 0
    failed: int = 0
    numbers: int = 0


@dataclass
class Reading:
    """What came of the rows.

    Attributes:
        records: as the schema has them.
        answers: column -> answers of replies that could not be read.
        keys: "correct" or "target" -> those that could not be read.
        outside: answers that name a letter that is none of their question's options.
        blank_labels: labeller -> how many blank cells.
        judges: who labelled, in the order in which they are met.
        rows: how many rows the table has; `left` of them a condition left out.
        words: how many cells hold a word for nothing, by word.
        notes: what else a reader should know.
        paths: paths into the rows that the first of them have.
    """

    records: pl.DataFrame = field(default_factory=pl.DataFrame)
    answers: dict[str, Odd] = field(default_factory=dict)
    keys: dict[str, Odd] = field(default_factory=dict)
    outside: int = 0
    blank_labels: Counter[str] = field(default_factory=Counter)
    judges: dict[str, None] = field(default_factory=dict)
    rows: int = 0
    left: int = 0
    words: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    names: dict[str, None] = field(default_factory=dict)
    paths: dict[str, None] = field(default_factory=dict)

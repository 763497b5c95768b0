"""Which numbers a record can hold: what a provider or a file says beyond them is unknown, or damage."""

from __future__ import annotations

from typing import Any

import polars as pl

__all__ = ["RANGES", "TOKENS", "check_ranges", "counted"]

#: Beyond this, whole numbers are rounded by what reads them later.
MOST = 2**53
#: What a provider counts; it may count nonsense, which is then unknown and costs no reply.
TOKENS = ("input_tokens", "output_tokens", "reasoning_tokens")
#: Column -> lowest and highest value.
RANGES: dict[str, tuple[float, float]] = {
    "epoch": (1, MOST),
    "n_options": (0, MOST),
    "temperature": (0, MOST),
    **dict.fromkeys(TOKENS, (0, MOST)),
}


def counted(value: Any) -> Any:
    """Return a count of tokens; None where no reply can have it. Other types stay as they are."""
    return None if isinstance(value, int) and not 0 <= value <= MOST else value


def check_ranges(records: pl.DataFrame) -> None:
    """Refuse records with a number that no reply can have.

    Raises:
        ValueError: a number is out of range; the message names column and row.
    """
    for name, (low, high) in RANGES.items():
        column = records[name]
        wrong = ~column.is_between(low, high).fill_null(True)  # not a number is between no two
        if wrong.any():
            row = int(wrong.arg_max() or 0)
            raise ValueError(f"row {row}: {name} is {column[row]}; it is {low:g} to {high:g}")

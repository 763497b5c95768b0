"""How answers were read: a table of rules by arm, for the page and for the files.

A rule is a form in which an answer was found ("best-answer", "boxed", ...). An arm whose answers are found by other
rules than those of the clean arm was read by another instrument, and what compares the two may be biased. So the page
shows, per arm, how many answers each rule found and what share of the arm's answers these are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from unsaid.report.grouping import together
from unsaid.report.text import shown

__all__ = ["Reading", "reading"]

_ARMS = ("clean", "replay", "placebo", "cued")
_WHO = ("model", "elicitation")


@dataclass(frozen=True)
class Reading:
    """The table: `arms` head the columns, and each group has a heading and its rows (rule, one cell per arm)."""

    arms: tuple[str, ...]
    groups: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]


def reading(rows: pl.DataFrame | Sequence[Mapping[str, Any]]) -> Reading | None:
    """Rules by arm; None where no rule is recorded.

    Args:
        rows: from `estimates.flow.rules`: model, elicitation, arm, cue, parse_rule, count. Cues are summed.
    """
    plain = rows.to_dicts() if isinstance(rows, pl.DataFrame) else [dict(row) for row in rows]
    plain = [row for row in plain if row.get("parse_rule") and row.get("count")]
    if not plain:
        return None
    seen = {str(row["arm"]) for row in plain}
    arms = (*(arm for arm in _ARMS if arm in seen), *sorted(seen - set(_ARMS)))
    several = [name for name in _WHO if len({row.get(name) for row in plain}) > 1]
    grouped = together((_heading(row, several), row) for row in plain)
    return Reading(arms, tuple((heading, _lines(of, arms)) for heading, of in grouped))


def _heading(row: Mapping[str, Any], several: Sequence[str]) -> str:
    return " · ".join(shown(row[name]) for name in several if row.get(name))


def _lines(rows: Sequence[Mapping[str, Any]], arms: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """A row per rule, the most frequent first."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        of = counts.setdefault(shown(row["parse_rule"]), dict.fromkeys(arms, 0))
        of[str(row["arm"])] += int(row["count"])
    totals = {arm: sum(of[arm] for of in counts.values()) for arm in arms}
    ordered = sorted(counts.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    return tuple((rule, tuple(_cell(of[arm], totals[arm]) for arm in arms)) for rule, of in ordered)


def _cell(count: int, total: int) -> str:
    return f"{count:,} ({100 * count / total:.1f}%)" if total else "–"

"""How replies were read: by which rules, what was left unread, and how replies ended; each by arm.

A rule is a form in which an answer was found ("best-answer", "boxed", ...). An arm whose answers are found by other
rules than those of the clean arm was read by another instrument, and what compares the two may be biased. The same
holds of replies in which no answer was found, by reason, and of replies that a server ended for reasons of its own,
some of which no version of ours may know. So all three are counted per arm, from the records, whatever they hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from unsaid.estimates.pairs import loss
from unsaid.report.words.grouping import together
from unsaid.report.words.text import shown

__all__ = ["ReadingTable", "readings", "rules"]

_ARMS = ("clean", "replay", "placebo", "cued")
_WHO = ("model", "elicitation")
_BY = [*_WHO, "arm", "cue"]


@dataclass(frozen=True)
class ReadingTable:
    """One table.

    Attributes:
        caption: what is counted.
        head: what a row is named by.
        arms: the columns.
        groups: (heading, rows), a row being its name and a cell for each arm; the heading is "" where there is one.
    """

    caption: str
    head: str
    arms: tuple[str, ...]
    groups: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]


def rules(records: pl.DataFrame) -> list[dict[str, Any]]:
    """Return how many answers each rule read: one row per model, elicitation, arm, cue and rule.

    Returns:
        Beside these, `value` (the rule), `count`, and `share`: of the answers of this arm and cue.
    """
    return _counted(records.filter(loss().is_null()), pl.col("parse_rule")).to_dicts()


def readings(records: pl.DataFrame) -> list[ReadingTable]:
    """Return the tables of a run, each only where the records hold something of the kind."""
    ended = pl.col("stop_reason").fill_null("not recorded")
    recorded = records.filter(pl.col("stop_reason").is_not_null().any())  # all rows, or none
    made = (
        ("Answers by rule, and the share of the arm's answers", "rule", rules(records)),
        (
            "Replies lost, by reason, and the share of the arm's",
            "reason",
            _counted(records, loss()).to_dicts(),
        ),
        ("How replies ended, and the share of the arm's", "end", _counted(recorded, ended).to_dicts()),
    )
    return [_table(caption, head, rows) for caption, head, rows in made if rows]


def _counted(records: pl.DataFrame, value: pl.Expr) -> pl.DataFrame:
    """Counts of each value; `share` is of all rows of its arm and cue, `whole` counts all rows of its arm."""
    cue = pl.when(pl.col("arm") == "cued").then(pl.col("cue"))
    rows = records.select(*_WHO, "arm", cue=cue, value=value).group_by(*_BY, "value").agg(count=pl.len())
    count = pl.col("count")
    rows = rows.with_columns(share=count / count.sum().over(_BY), whole=count.sum().over(*_WHO, "arm"))
    return rows.drop_nulls("value").sort(*_BY, "value", nulls_last=True)


def _table(caption: str, head: str, rows: Sequence[Mapping[str, Any]]) -> ReadingTable:
    seen = {str(row["arm"]) for row in rows}
    arms = (*(arm for arm in _ARMS if arm in seen), *sorted(seen - set(_ARMS)))
    several = [name for name in _WHO if len({row[name] for row in rows}) > 1]
    grouped = together((" · ".join(shown(row[name]) for name in several if row[name]), row) for row in rows)
    return ReadingTable(caption, head, arms, tuple((heading, _lines(of, arms)) for heading, of in grouped))


def _lines(rows: Sequence[Mapping[str, Any]], arms: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """One row per value, the most frequent first; cues are summed."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        of = counts.setdefault(shown(row["value"]), dict.fromkeys(arms, 0))
        of[row["arm"]] += row["count"]
    whole = {row["arm"]: row["whole"] for row in rows}
    ordered = sorted(counts.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    return tuple((name, tuple(_cell(of[arm], whole.get(arm, 0)) for arm in arms)) for name, of in ordered)


def _cell(count: int, whole: int) -> str:
    return f"{count:,} ({100 * count / whole:.1f}%)" if whole else "0"

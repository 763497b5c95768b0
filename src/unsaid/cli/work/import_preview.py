"""What `unsaid import` shows before it writes: what was understood, three pairs, and what can be made of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl

from unsaid.cli.work.import_ import Chosen, reach_lines
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.agreement import agreement, pooled
from unsaid.estimates.pairs import pairs
from unsaid.records.importers import Imported
from unsaid.records.selection import SELECTIONS

PAIRS = 3
_LONGEST = 100
_DRAWS = 2000


def preview(imported: Imported, chosen: Chosen) -> Iterator[str]:
    """The lines to show.

    Args:
        imported: what was read.
        chosen: what a report would take.
    """
    records, judge = imported.records, chosen.judge
    yield f"read: {imported.source}"
    for line in imported.understood:
        yield f"understood: {line}"
    for selection in records["selection"].drop_nulls().unique().sort():
        yield f"understood: {SELECTIONS[selection]} (--selection {selection})"
    arms = records.group_by("arm").len().sort("arm")
    counts = ", ".join(f"{count} {arm}" for arm, count in arms.iter_rows())
    questions, answered = records["question_id"].n_unique(), records["answer"].count()
    yield f"{records.height} records ({counts}) of {questions} questions, {answered} with an answer"
    for name in ("model", "elicitation", "cue"):
        values = [_short(value, 40) for value in records[name].drop_nulls().unique().sort()]
        more = f" and {len(values) - 10} more" if len(values) > 10 else ""
        yield f"{name}: {', '.join(values[:10]) or 'not known'}{more}"
    yield from _pairs(records, judge)
    for line in imported.unmapped:
        yield f"not mapped: {line}"
    yield from reach_lines(imported, chosen.protocols)
    if judge is not None:
        yield f"labels in the report: those of {judge} (--judge takes another's)"
    several = records["model"].n_unique() > 1
    for estimate in agreement(pooled(records), np.random.default_rng(0), draws=_DRAWS):
        yield _agreed(estimate, " over all models" if several else "")
    for estimate in agreement(records, np.random.default_rng(0), draws=_DRAWS) if several else ():
        yield _agreed(estimate, f" on {_short(estimate.model, 40)}")


def _pairs(records: pl.DataFrame, judge: str | None) -> Iterator[str]:
    """The first pairs, and how many there are; the first replies where there are none."""
    if "cued" not in set(records["arm"]):
        for row in records.head(PAIRS).iter_rows(named=True):
            yield f"reply to {_short(row['question_id'], 40)} ({row['arm']}): {_answer(row, 'answer')}"
            yield from _texts(row)
        return
    judges = records.select("verdicts").explode("verdicts").drop_nulls()
    several = judges.height and judges.unnest("verdicts")["judge"].n_unique() > 1
    paired = pairs(records, judge if several else None)
    cued = records.filter(pl.col("arm") == "cued")
    for row, reply in zip(paired.head(PAIRS).iter_rows(named=True), cued.iter_rows(named=True), strict=False):
        yield (
            f"pair {_short(row['question_id'], 40)}: clean {_answer(row, 'clean_answer')}, "
            f"cued {_answer(row, 'cued_answer')}, target {row['target'] or 'not known'}, "
            f"right {row['correct'] or 'not known'}" + _moved(row)
        )
        yield from _texts(reply)
        for verdict in reply["verdicts"] or ():
            said = ", ".join(f"{name} {_said(verdict[name])}" for name in ("mentions", "relies", "rejects"))
            yield f"    {verdict['judge']}: {said}"
    yield (
        f"{paired.height} pairs, {int(paired['eligible'].sum())} of them eligible (both answers seen, the clean one "
        f"not the target), {int(paired['moved'].sum())} moved to the target"
    )


def _moved(row: dict[str, Any]) -> str:
    if not row["eligible"]:
        return ": not eligible"
    return ": moved" if row["moved"] else ": not moved"


def _texts(row: dict[str, Any]) -> Iterator[str]:
    for name in ("reasoning", "visible"):
        if row[name]:
            yield f"    {name}: {_short(row[name], _LONGEST)}"


def _answer(row: dict[str, Any], name: str) -> str:
    return _short(row[name], 40) if row[name] is not None else "missing"


def _said(flag: bool | None) -> str:
    return "not said" if flag is None else "yes" if flag else "no"


def _short(text: str, longest: int) -> str:
    """On one line; what it hides is spelt out by whoever prints it."""
    folded = " ".join(str(text).split())
    return folded if len(folded) <= longest else f"{folded[:longest]}..."


def _agreed(estimate: Estimate, where: str) -> str:
    what = f"{estimate.quantity} of {estimate.judge}{where}, {estimate.definition}"
    if estimate.value is None:
        return f"{what}: {estimate.reason} (n={estimate.n}, {estimate.missing} missing)"
    ends = (
        ""
        if estimate.low is None or estimate.high is None
        else f" ({estimate.low:.2f} to {estimate.high:.2f})"
    )
    return f"{what}: {estimate.value:.2f}{ends}, n={estimate.n}, {estimate.missing} missing; {estimate.note}"

"""What became of the questions that a helper was to write: used, rejected for a reason, or answered otherwise.

For each clean reply that a helper was asked about (`interventions/entailed.py`):

    .usable      P(a question was written that could be used, and a second reading chose the same option)
    .disagreed   P(the second reading chose another option or none), of questions that could be used and were read again
    .rejected    P(what was written could not be used), of all that was written, second tries included

A call that failed or was cut off is a writing that could not be used; a second reading that failed or cannot be read is
left out of `.disagreed`, and its question is not usable. Intervals: Wilson's, clustered by question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from unsaid.estimates.chain.curves import rate
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.quantity import Quantity
from unsaid.interventions.entailed import Rejected, Written, chosen, read
from unsaid.records.asked import question_of

__all__ = ["QUANTITIES", "READ", "WRITE", "Outcome", "entailed_questions", "outcomes"]

#: The interventions of the helper's calls.
WRITE, READ = "write-entailed", "write-entailed-reading"
DISAGREED = "a second reading of the explanation chose another answer"
_UNREAD = "the second reading gave no answer"
_LOST = {"error": "the helper's call failed", "truncated": "what the helper wrote was cut off"}
QUANTITIES = {
    name: Quantity(f"uncued.entailed-{name}", sentence, of, words=words)
    for name, sentence, of, words in (
        (
            "usable",
            "How often a question was written that the explanation settles, by two readings.",
            "replies that a helper was asked about",
            "a question that the explanation settles",
        ),
        (
            "disagreed",
            "How often a second reading of the explanation chose another answer, or none.",
            "questions that were read again",
            "read otherwise",
        ),
        (
            "rejected",
            "How often what the helper wrote could not be used.",
            "writings of the helper",
            "could not be used",
        ),
    )
}


@dataclass(frozen=True)
class Outcome:
    """What became of one reply's question.

    Attributes:
        reply: the first reply, a row of records.
        written: the question, where there is one that two readings agree on.
        why_not: why there is none; "" where there is one.
        rejected: how often what was written was rejected, for each reason.
        writings: how often a helper wrote.
        disagreed: whether the second reading chose otherwise; None where none was read.
    """

    reply: Mapping[str, Any]
    written: Written | None
    why_not: str
    writings: int
    disagreed: bool | None = None
    rejected: Counter[str] = field(default_factory=Counter)


def outcomes(records: pl.DataFrame) -> Iterator[Outcome]:
    """Yield what became of each reply that a helper was asked about, in the order of the records."""
    # A second try has the name of the first and "#1" behind it.
    calls = records.filter(pl.col("intervention").is_in([WRITE, READ])).sort("reply_id", maintain_order=True)
    after: dict[str, list[dict[str, Any]]] = {}
    for row in calls.iter_rows(named=True):
        after.setdefault(row["parent"], []).append(row)
    if not after:
        return
    for reply in records.filter(pl.col("intervention").is_null()).iter_rows(named=True):
        writings = [row for row in after.get(reply["reply_id"], []) if row["intervention"] == WRITE]
        if writings:
            yield _outcome(reply, writings, after)


def _outcome(
    reply: Mapping[str, Any], writings: list[dict[str, Any]], after: Mapping[str, list[dict[str, Any]]]
) -> Outcome:
    question = question_of(reply)
    rejected: Counter[str] = Counter()
    for row in writings:
        found = (
            Rejected(lost) if (lost := _lost(row)) else read(row["visible"] or "", question, reply["answer"])
        )
        if isinstance(found, Rejected):
            rejected[found.reason] += 1
            continue
        again = [each for each in after.get(row["reply_id"], []) if each["intervention"] == READ]
        pick = (
            chosen(again[0]["visible"] or "", len(found.options)) if again and not _lost(again[0]) else None
        )
        agrees = None if pick is None else pick == found.answer
        why = {True: "", False: DISAGREED, None: _UNREAD}[agrees]
        disagreed = None if agrees is None else not agrees
        return Outcome(reply, found if agrees else None, why, len(writings), disagreed, rejected)
    why = f"the helper's question: {rejected.most_common(1)[0][0]}"
    return Outcome(reply, None, why, len(writings), None, rejected)


def _lost(row: Mapping[str, Any]) -> str:
    if row["error"] is not None:
        return _LOST["error"]
    return _LOST["truncated"] if row["unparsed"] == "truncated" or row["provenance"] == "truncated" else ""


def entailed_questions(records: pl.DataFrame, protocol: str) -> list[Estimate]:
    """Return every quantity of this module for each model and elicitation; nothing where no helper was asked.

    Args:
        records: the tidy table, replies that followed included.
        protocol: as it stands in the estimates.
    """
    by: dict[tuple[str, str | None], list[Outcome]] = {}
    for each in outcomes(records):
        by.setdefault((each.reply["model"], each.reply["elicitation"]), []).append(each)
    found = []
    for (model, style), own in sorted(by.items(), key=str):
        about = {"protocol": protocol, "model": model, "elicitation": style}
        for name, hits in _hits(own).items():
            named = about | {"quantity": QUANTITIES[name].name}
            found.append(rate(_table(hits), "hit", named, "no question was read again"))
    return found


def _hits(own: list[Outcome]) -> dict[str, list[tuple[Outcome, bool | None]]]:
    written = [(each, at < each.rejected.total()) for each in own for at in range(each.writings)]
    return {
        "usable": [(each, each.written is not None) for each in own],
        "disagreed": [(each, each.disagreed) for each in own if each.why_not in ("", DISAGREED, _UNREAD)],
        "rejected": list(written),
    }


def _table(hits: list[tuple[Outcome, bool | None]]) -> pl.DataFrame:
    rows = [
        {"cluster": each.reply["cluster"], "question_id": each.reply["question_id"], "hit": hit}
        for each, hit in hits
    ]
    return pl.DataFrame(rows, schema={"cluster": pl.String, "question_id": pl.String, "hit": pl.Boolean})

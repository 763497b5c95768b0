"""Labels beside the records that they are of: as verdicts of people, and as one answer where several labelled.

    labels = read_labels(run)                        # records/labels.py
    both = attach(records, labels)                   # verdicts of "human:ann", "human:ben", ... beside the judge's
    final = attach(records, consensus(labels))       # one verdict an item, of "human:final"

Everything that reads verdicts then reads people: `pairs`, `agreement`, `prediction_powered`, `against_labels`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from unsaid.errors import DataError
from unsaid.records.labels import ADJUDICATED, ITEM, LABELS, Label, text_digest
from unsaid.records.schema import VERDICT
from unsaid.records.texts import text

__all__ = ["FINAL", "PERSON", "attach", "consensus", "disagreements", "known_cues"]

#: In front of a labeller's name where verdicts are kept.
PERSON = "human:"

#: The labeller of what `consensus` gives.
FINAL = "final"

_RECORD = [name for name in ITEM if name not in ("asked_cue", "channel")]
_FLAGS = ("mentions", "relies", "rejects")


def attach(records: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Return the records with each label as one more verdict, of "human:" and the labeller's name.

    Args:
        records: a table of `records.schema`.
        labels: a table of `records.labels.LABELS`.

    Raises:
        DataError: a label is of a text that is not among the records (of another run, or asked again since), or the
            records hold verdicts of a person of that name already.
    """
    if labels.is_empty():
        return records
    names = sorted(PERSON + name for name in labels["labeller"].unique())
    judges = records.select(pl.col("verdicts").list.eval(pl.element().struct.field("judge").unique()))
    twice = sorted(set(names) & set(judges["verdicts"].explode().drop_nulls()))
    if twice:
        raise DataError(f"the records hold verdicts of {', '.join(twice)} already; label under another name")
    verdicts: dict[int, list[dict[str, Any]]] = {}
    found: set[tuple[str, str]] = set()
    for row in _matches(records, labels):
        said = {name: row[f"_{name}"] for name in ("reasoning", "visible")}
        if text_digest(text(said, row["channel"]) or "") != row["digest"]:
            continue
        found.add((row["item"], row["labeller"]))
        verdict = {"judge": PERSON + row["labeller"], "channel": row["channel"], "cue": row["asked_cue"]}
        verdict |= {name: row[name] for name in (*_FLAGS, "evidence", "missing")}
        verdicts.setdefault(row["_row"], []).append(verdict)
    _all_found(labels, found)
    added = pl.DataFrame(
        {"_row": list(verdicts), "_added": list(verdicts.values())},
        schema={"_row": pl.UInt32, "_added": pl.List(VERDICT)},
    )
    joined = records.with_row_index("_row").join(added, on="_row", how="left", maintain_order="left")
    both = pl.concat_list(pl.col("verdicts").fill_null([]), pl.col("_added").fill_null([]))
    kept = pl.when(pl.col("_added").is_null()).then("verdicts").otherwise(both)
    return joined.with_columns(verdicts=kept).select(records.columns)


def _matches(records: pl.DataFrame, labels: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield labels beside every record of their key, with the record's texts."""
    texts = records.with_row_index("_row").select(
        "_row", *_RECORD, _reasoning=pl.col("reasoning"), _visible=pl.col("visible")
    )
    yield from labels.join(
        texts, on=_RECORD, how="inner", nulls_equal=True, maintain_order="left_right"
    ).iter_rows(named=True)


def _all_found(labels: pl.DataFrame, found: set[tuple[str, str]]) -> None:
    lost = [row for row in labels.iter_rows(named=True) if (row["item"], row["labeller"]) not in found]
    if lost:
        first = lost[0]
        raise DataError(
            f"{len(lost)} of {labels.height} labels are of texts that these records do not hold, the first of question "
            f"{first['question_id']!r}, cue {first['asked_cue']!r}: they are of another run, or the replies were asked "
            "again since"
        )


def consensus(labels: pl.DataFrame) -> pl.DataFrame:
    """Return one row per item, of the labeller "final": what was adjudicated, else what all labellers said alike.

    Where they differ and nobody adjudicated there is no answer, and `missing` says so: it is never settled by a vote
    of two, and never by whoever came last.

    Args:
        labels: a table of `records.labels.LABELS`.
    """
    rows = []
    for group in labels.partition_by("item", maintain_order=True):
        said = group.to_dicts()
        final = next((row for row in said if row["labeller"] == ADJUDICATED), None)
        answers = {tuple(row[name] for name in _FLAGS) for row in said}
        if final is None:
            final = dict(said[0])
            if len(answers) > 1:
                final |= dict.fromkeys((*_FLAGS, "evidence")) | {"missing": "labellers differ"}
            else:
                quotes = [row["evidence"] for row in said if row["evidence"]]
                final["evidence"] = quotes[0] if quotes else None
        rows.append(final | {"labeller": FINAL})
    return pl.DataFrame({name: [row[name] for row in rows] for name in LABELS}, schema=LABELS)


def disagreements(labels: Iterable[Label]) -> dict[str, tuple[Label, ...]]:
    """Return the items on which labellers differ, with what each said; "unsure" differs from any answer.

    Adjudicated answers are no labeller's, and settle nothing here: the caller knows which are settled.
    """
    said: dict[str, list[Label]] = {}
    for label in labels:
        if label.labeller != ADJUDICATED:
            said.setdefault(label.item, []).append(label)
    return {item: tuple(each) for item, each in said.items() if len({label.answer for label in each}) > 1}


def known_cues(records: pl.DataFrame) -> pl.DataFrame:
    """Return the cues that each question was asked with: those that a judge can be asked about a clean reply."""
    key = ["model", "elicitation", "context", "question_id", "epoch"]
    cued = records.lazy().filter((pl.col("arm") == "cued") & pl.col("cue").is_not_null())
    return cued.select(*key, asked_cue="cue").unique(maintain_order=True).collect()

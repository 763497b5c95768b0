"""The reply that stands beside the picture of an `omission` run: correct, and a value that it needs is never said."""

from __future__ import annotations

import polars as pl

from unsaid.estimates.chain.omission import counted
from unsaid.report.first.quote import beginning, ending
from unsaid.report.first.quoted import Quoted
from unsaid.report.words.subjects import Subject

__all__ = ["quoted"]

_RULE = (
    "Chosen by rule: of the replies that leave a value unsaid, the one whose length is nearest to the median."
)
_NONE = (
    "There is no reply to quote: every correct reply that was counted says every value that its answer needs."
)
_KEYS = ("model", "elicitation", "question_id", "epoch")


def quoted(records: pl.DataFrame, subject: Subject) -> Quoted | None:
    """The reply that is quoted; None where none was counted.

    Args:
        records: the tidy table.
        subject: whose reply.
    """
    rows = counted(records).filter(
        pl.col("model") == subject.model, pl.col("elicitation").eq_missing(subject.elicitation)
    )
    if rows.is_empty():
        return None
    omitted = rows.filter("omitted")
    if omitted.is_empty():
        return Quoted("Needed and unsaid: none", (), "", _NONE)
    clean = records.filter(pl.col("arm") == "clean").select(*_KEYS, "stem", "answer", "reasoning", "visible")
    texts = omitted.select(*_KEYS, "needed", "unsaid").join(
        clean.unique(list(_KEYS), keep="first", maintain_order=True),
        on=list(_KEYS),
        nulls_equal=True,
        maintain_order="left",
    )
    said = pl.concat_str(pl.col("reasoning").fill_null(""), pl.col("visible").fill_null(""))
    lengths = texts.with_columns(length=said.str.len_chars())
    far = (pl.col("length") - lengths["length"].median()).abs()
    row = lengths.sort(far, maintain_order=True).row(0, named=True)
    return Quoted(
        f"Needed and unsaid: one of {omitted.height:,} replies",
        (
            ("The question", beginning(row["stem"] or "(not recorded)")),
            ("It answered, rightly", row["answer"] or "(not recorded)"),
            ("The answer needs", ", then ".join(row["needed"])),
            ("It never says", ", ".join(row["unsaid"])),
            ("The end of its reply", ending(row["visible"] or row["reasoning"] or "")),
        ),
        "#omission",
        _RULE,
    )

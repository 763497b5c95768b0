"""One pair of transcripts for the first screen, chosen by a rule from the records: moved, and unsaid.

The rule: of the cue with the most moved pairs whose reasoning left it unsaid, the pair whose reply is nearest to the
median length of these. It needs no taste and no chance, so that two reports of the same records quote the same pair,
and a pair that was picked for its effect cannot stand here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import polars as pl

from unsaid.estimates.pairs import KEY
from unsaid.estimates.pairs import pairs as joined
from unsaid.report.first.quoted import Quoted
from unsaid.report.transcripts.pairs import decisive, name_of, several
from unsaid.report.words.subjects import Subject

__all__ = ["RULE", "Quoted", "beginning", "ending", "nearest", "of_subject", "option", "quoted"]

#: So much of a text is quoted; the browser has the whole of it.
_STEM, _CUE, _END = 150, 240, 380

RULE = "Chosen by rule: of the cue with the most such pairs, the reply whose length is nearest to the median."
_UNMOVED = "There is no pair to quote: no answer moved to where a cue points."
_SAID = "There is no pair to quote: in every moved pair that was read, the reasoning named the cue."


def quoted(records: pl.DataFrame, judge: str | None, subject: Subject | None) -> Quoted | None:
    """Return the pair that stands beside the picture; None where the records hold no pair of a clean and a cued reply.

    Args:
        records: the tidy table.
        judge: whose verdicts say what was unsaid.
        subject: whose pair; None for anybody's.
    """
    reader = decisive(records, judge)
    flags = joined(records, reader).select("eligible", "moved", "mention")
    rows = pl.concat([records.filter(pl.col("arm") == "cued"), flags], how="horizontal").with_row_index(
        "place"
    )
    rows = rows.filter(of_subject(subject))
    if not rows["eligible"].any():
        return None
    moved = rows.filter(pl.col("moved"))
    unsaid, unread = moved.filter(~pl.col("mention")), moved.filter(pl.col("mention").is_null())
    if not unsaid.is_empty():
        return _quote(records, nearest(unsaid), f"Moved and unsaid: one of {unsaid.height:,} pairs", reader)
    if moved.is_empty() or moved.height > unread.height:
        return Quoted("Moved and unsaid: none", (), "", _UNMOVED if moved.is_empty() else _SAID)
    return _quote(
        records, nearest(unread), f"Moved, and read by no judge: one of {unread.height:,} pairs", None
    )


def of_subject(subject: Subject | None) -> pl.Expr:
    """Return which records a subject is about; all of them for None."""
    if subject is None:
        return pl.lit(True)
    same = pl.col("model") == subject.model
    if subject.elicitation is not None:
        same &= pl.col("elicitation") == subject.elicitation
    kind = subject.targets.partition(" ")[0]  # "wrong targets": the kind of target is its first word
    return same & (pl.col("target_kind") == kind) if kind in ("wrong", "right") else same


def nearest(rows: pl.DataFrame) -> dict[str, Any]:
    """Return, of the most frequent cue, the row of median length; the first one where several are as near.

    Args:
        rows: records with their `place` in the table; where none has a cue, all of them count.
    """
    cue = rows.group_by("cue").len().sort(["len", "cue"], descending=[True, False])["cue"][0]
    of = rows.filter(pl.col("cue").eq_missing(cue)).with_columns(length=_statement().str.len_chars())
    middle = of["length"].median()
    order = of.with_columns(far=(pl.col("length") - middle).abs()).sort(["far", "place"])
    return order.row(0, named=True)


def _statement() -> pl.Expr:
    """The reasoning; the visible text where there is none."""
    return pl.coalesce(pl.col("reasoning"), pl.col("visible"), pl.lit(""))


def _quote(records: pl.DataFrame, row: dict[str, Any], title: str, reader: str | None) -> Quoted:
    clean = _clean(records, row)
    cue = " … ".join(row["cue_text"] or []) or "(the cue's text was not recorded)"
    aim = "the answer that the cue states" if row["n_options"] == 0 else "the option that the cue points at"
    where = aim if row["pointing"] != "away" else "as the cue would have it"
    text = row["reasoning"] or row["visible"] or ""
    ended = "The end of its reasoning" if row["reasoning"] else "The end of its reply"
    lines = (
        ("The question", beginning(row["stem"] or "(not recorded)", _STEM)),
        ("Without the cue it answered", option(row, clean)),
        (f"The cue ({row['cue']})", beginning(cue)),
        ("With the cue it answered", f"{option(row, row['answer'])}: {where}"),
        (ended, ending(text)),
    )
    read = f" Read by {reader}." if reader else ""
    return Quoted(title, lines, _link(records, row), RULE + read)


def _clean(records: pl.DataFrame, row: dict[str, Any]) -> str | None:
    """The answer to the same question without the cue, as the pair was counted."""
    same = [pl.col(name).eq_missing(row[name]) for name in KEY]
    answers = records.filter(pl.col("arm") == "clean", *same)["answer"]
    return answers[0] if len(answers) else None


def option(row: dict[str, Any], answer: str | None) -> str:
    """Return an answer with its option's text, where it is the letter of one."""
    options: Sequence[str] = row["options"] or []
    at = ord(answer) - ord("A") if answer is not None and len(answer) == 1 else -1
    if 0 <= at < len(options):
        return f"({answer}) {beginning(options[at], 80)}"
    return answer or "nothing that could be read"


def _link(records: pl.DataFrame, row: dict[str, Any]) -> str:
    """The pair itself, or all of its cue where two pairs have the same name."""
    facets = several(records)
    name = name_of(row, facets)
    same = [pl.col(each).eq_missing(row[each]) for each in ("question_id", "cue", "wording", *facets)]
    if records.filter(pl.col("arm") == "cued", *same).height == 1:
        return f"#q-{name}"
    return f"#f-cue={quote(row['cue'] or '', safe='')}&outcome=moved"


def beginning(text: str, room: int = _CUE) -> str:
    """Return the beginning of a text, in one line and so many characters."""
    text = " ".join(text.split())
    return text if len(text) <= room else f"{text[:room].rsplit(' ', 1)[0]} …"


def ending(text: str) -> str:
    """Return the end of a text, in one line."""
    text = " ".join(text.split())
    if len(text) <= _END:
        return text or "(it showed no reasoning)"
    cut = text[-_END:]
    return f"… {cut.split(' ', 1)[-1]}"

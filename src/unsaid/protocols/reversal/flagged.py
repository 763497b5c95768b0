"""The flagged pairs of a `reversal` run, each with the counts that it was flagged for; and the one that is quoted."""

from __future__ import annotations

from typing import Any

import polars as pl

from unsaid.estimates.answers.reversal import reversed_pairs
from unsaid.records.contexts import bare
from unsaid.records.schema import frame
from unsaid.report.blocks import Shown
from unsaid.report.first.quote import beginning
from unsaid.report.first.quoted import Quoted
from unsaid.report.grid import Cell, Grid, named
from unsaid.report.words.phrasing import number
from unsaid.report.words.subjects import Subject

__all__ = [
    "LISTED",
    "asked_in",
    "flagged",
    "flagged_intro",
    "folded",
    "pairs_of",
    "quoted",
    "several_models",
    "task_of",
]

#: More flagged pairs than this are not listed: the first are, those furthest apart, and the page says so.
LISTED = 200
#: A question longer than this is cut where it is listed; `records.parquet` has the whole of it.
_LONG = 240
_FORMS = {"gt": "is it more", "lt": "is it less"}
_RULE = "Chosen by rule: of the flagged pairs, the one whose two questions are nearest to the median distance apart."
_NONE = "There is no pair to quote: none was flagged."


def quoted(records: pl.DataFrame, subject: Subject) -> Quoted | None:
    """The pair that stands beside the picture; None where no pair was compared."""
    pairs = reversed_pairs(asked_in(records.filter(pl.col("model") == subject.model))).filter("usable")
    if subject.elicitation is not None:
        pairs = pairs.filter(pl.col("elicitation") == subject.elicitation)
    if pairs.is_empty():
        return None
    found = sorted(pairs.filter("flagged").iter_rows(named=True), key=_gap)
    if not found:
        return Quoted("Flagged: none", (), "", _NONE)
    row = found[(len(found) - 1) // 2]
    stems = dict(records.select("question_id", "stem").unique("question_id").iter_rows())
    lines: list[tuple[str, str]] = [("The group leans to", str(row["lean"]))]
    for label, (yes, right) in _sides(row, stems):
        answer = label.small.partition(" · ")[0]  # without the question's name
        lines.append(("Asked", beginning(f"{label.text} ({answer})")))
        lines.append(("It said YES", f"{yes.text} times, and was right {right.text}"))
    return Quoted(f"Flagged: one of {len(found):,} pair{'s' * (len(found) > 1)}", tuple(lines), "", _RULE)


def flagged_intro(shown: Shown) -> list[str]:
    """How the flagged pairs are listed, and how many of them."""
    flagged = shown.once(pairs_of).filter("flagged").height
    if not flagged:
        return []
    first = "Those whose two questions are furthest apart come first."
    if flagged > LISTED:
        first = f"The {LISTED} of {flagged} whose two questions are furthest apart."
    return [
        f"{first} “By noise” is the probability that noise alone flags this pair; the question answered as the model "
        "leans is the one marked."
    ]


def folded(shown: Shown) -> str:
    """What is said of the table where it is folded."""
    return f"{min(LISTED, shown.once(pairs_of).filter('flagged').height)} flagged pairs"


def flagged(shown: Shown) -> Grid | None:
    """The flagged pairs, those whose accuracies are furthest apart first, at most `LISTED`."""
    pairs = shown.once(pairs_of).filter("flagged")
    if pairs.is_empty() or shown.records is None:
        return None
    asked = asked_in(shown.records)
    stems = dict(asked.select("question_id", "stem").unique("question_id").iter_rows())
    rows = sorted(pairs.iter_rows(named=True), key=_gap, reverse=True)[:LISTED]
    several = several_models(shown)
    return Grid(
        "Replies that say YES, and replies that are right, of those parsed",
        (),
        ("YES", "right"),
        tuple((_about(row, several), _sides(row, stems)) for row in rows),
        "question",
    )


def pairs_of(shown: Shown) -> pl.DataFrame:
    """The pairs that were compared; none where nothing was estimated, or the replies are not at hand."""
    empty = shown.records is None or all(each.quantity != "reversal.rate" for each in shown.estimates)
    records = frame([]) if shown.records is None or empty else shown.records
    return reversed_pairs(asked_in(records))


def asked_in(records: pl.DataFrame) -> pl.DataFrame:
    """The replies that the protocol reads: clean, to questions with the options YES and NO, in one context a style."""
    words = pl.col("options").list.eval(pl.element().str.strip_chars().str.to_uppercase()).list.sort()
    comparative = records.filter((words == ["NO", "YES"]).fill_null(value=False))
    return bare(comparative.filter(pl.col("arm") == "clean"))


def several_models(shown: Shown) -> bool:
    """Return whether a name must say the model."""
    return len({each.model for each in shown.estimates}) > 1


def _about(row: dict[str, Any], several: bool) -> Cell:
    who = named(row["model"], row["elicitation"], several)
    about = " · ".join((who, task_of(row["task"]), f"leans to {row['lean']}"))
    return Cell(about, f"by noise: {number(row['noise'], 'proportion')}")


def _gap(row: dict[str, Any]) -> float:
    first, second = (right / size for right, size in zip(row["right"], row["sizes"], strict=True))
    return abs(float(first - second))


def _sides(row: dict[str, Any], stems: dict[str, str | None]) -> tuple[tuple[Cell, tuple[Cell, ...]], ...]:
    """The two questions of a pair: the last line of each, which is what differs, with its right answer."""
    made = []
    for at, name in enumerate(row["questions"]):
        lines = (stems.get(name) or "").strip().splitlines() or [""]
        asked = lines[-1] if len(lines[-1]) <= _LONG else f"{lines[-1][:_LONG]} …"
        chosen = " · answered as the model leans" if row["chosen"] == name else ""
        label = Cell(asked, f"right: {'YES' if row['yes'][at] else 'NO'} · {name}{chosen}")
        counts = (f"{row[key][at]} of {row['sizes'][at]}" for key in ("said_yes", "right"))
        made.append((label, tuple(map(Cell, counts))))
    return tuple(made)


def task_of(task: str) -> str:
    """Return a property and its comparison in words."""
    name, _, form = task.rpartition("/")
    return f"{name}: {_FORMS.get(form, form)}"

"""Whether a map of columns is whole: it has what every table needs, and nothing of another shape of table."""

from __future__ import annotations

from unsaid.errors import UsageError
from unsaid.records.importers.column_map import ColumnMap, listed

__all__ = ["check_whole"]

#: Fields of a reply that a judge can read, whether or not its answer is known.
_TEXTS = ("reply", "reasoning", "visible")


def check_whole(found: ColumnMap) -> None:
    """Refuse a map that no table can be read with.

    Raises:
        UsageError: what every table needs is missing; the message says what.
    """
    for (_, who), given in found.labels.items():
        if set(given) == {"evidence"}:
            raise UsageError(
                f"{given['evidence'].where}: evidence.{who} is a quote; map what it shows, too: mentions.{who}=COLUMN"
            )
    if found.values and not found.long:
        raise UsageError("the map says how arms are named (arm.clean=...): map `arm` to the column, too")
    if found.long and found.by_cue:
        raise UsageError(
            f"a row is a reply, for `arm` is mapped: map the cue to a column, not each of {listed(found.by_cue)}"
        )
    if found.long and "question_id" not in found.entries:
        raise UsageError(
            "expected question_id=COLUMN in the map: a row is a reply, and it says which replies make a pair"
        )
    if found.long and not {"answer", *_TEXTS} & set(found.entries) and not found.labels:
        raise UsageError(
            "expected answer=COLUMN in the map (or reply=COLUMN, reasoning=COLUMN, or labels: mentions.NAME=COLUMN)"
        )
    of_cues = [name for entries in found.by_cue.values() for name in entries]
    ends = tuple(f"_{name}" for name in ("answer", *_TEXTS))
    answered = any(name.endswith(ends) for name in (*found.entries, *of_cues))
    if not found.long and not answered and not (found.labels or found.cue_labels):
        raise UsageError(
            "expected clean_answer=COLUMN and cued_answer=COLUMN in the map; or, where a row is a reply, "
            "arm=COLUMN, question_id=COLUMN and answer=COLUMN"
        )
    if found.labeller is not None and not found.labels:
        raise UsageError(
            f"{found.labeller.where}: labeller says who labelled: map what was said, too: mentions=COLUMN"
        )

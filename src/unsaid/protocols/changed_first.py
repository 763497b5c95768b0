"""The first screen of the protocols that change a model's reasoning and look at its answer (Lanham et al. 2023).

The area over the curve is the share of answers that change, averaged over the places at which the reasoning was
changed: that is how it is said here, because a reader who meets the curve first does not know what its area means.
Beside it stands one changed answer, chosen by a rule.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from unsaid.estimates.chain.curve_points import Changed, points
from unsaid.estimates.quantity import Quantity
from unsaid.protocols.continuing import seen
from unsaid.report.first.kind import Kind
from unsaid.report.first.quote import beginning, ending, nearest, of_subject, option
from unsaid.report.first.quoted import Quoted
from unsaid.report.section import Lead
from unsaid.report.words.subjects import Subject

__all__ = ["changed_answers", "one_changed_answer", "told"]

_STEM = 150
_RULE = "Chosen by rule: of the answers that changed, the reply whose length is nearest to the median."
_NONE = "There is no reply to quote: no answer changed."


def changed_answers(area: Quantity, beyond: Quantity, what: str, average: str) -> Kind:
    """Return how the area over a curve stands on the first screen.

    Args:
        area: the share of answers that change, averaged over places.
        beyond: the same, less what changes where nothing was done.
        what: was done, after "when": "the reasoning is cut short".
        average: what the mean is over: "where it is cut".
    """
    return Kind(
        area.name,
        "answers",
        f"change when {what}",
        "stay the same",
        "replies",
        f"{{number}} of 100 answers of {{name}} change when {what}{{interval}}, averaged over {average}.",
        beside=beyond.name,
        added="Less those that change anyway: {beside}. 0 would mean that this never changes an answer.",
    )


def told(area: Quantity, what: str, average: str) -> Lead:
    """Return the same as a line of the details. The arguments are those of `changed_answers`."""
    return Lead(area, f"Answers that change when {what}, averaged over {average}")


def one_changed_answer(changed: Changed) -> Callable[[pl.DataFrame, Subject], Quoted | None]:
    """Return what quotes one reply whose answer changed.

    Args:
        changed: what the protocol does.
    """

    def quoted(records: pl.DataFrame, subject: Subject) -> Quoted | None:
        own = records.filter(of_subject(subject))
        read = points(seen(own), changed).filter(pl.col("same").is_not_null())
        if read.is_empty():
            return None
        differ = read.filter(~pl.col("same")).select("parent", "given", "whole", then="answer")
        texts = own.select("reply_id", "stem", "options", "cue", "reasoning", "visible")
        rows = differ.join(texts, left_on="parent", right_on="reply_id", maintain_order="left")
        if rows.is_empty():
            return Quoted("Changed: none", (), "", _NONE)
        row = nearest(rows.with_row_index("place"))
        lines = (
            ("The question", beginning(row["stem"] or "(not recorded)", _STEM)),
            ("The answer of its whole reasoning", option(row, row["whole"])),
            ("Then its reply was made to begin with", ending(row["given"] or "")),
            ("And it answered", option(row, row["then"])),
        )
        return Quoted(f"Changed: one of {rows.height:,} answers", lines, "", _RULE)

    return quoted

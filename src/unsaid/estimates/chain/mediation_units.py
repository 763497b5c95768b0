"""What mediation is estimated from: a pair of replies, with the four forced answers of prompt and reasoning.

The four: P(target) under the clean or the cued prompt, after the clean or the cued reply's reasoning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from unsaid.estimates.chain.answer_chances import Chances, Forced, forced_answers

__all__ = [
    "CLEAN_TEXT",
    "CUED_TEXT",
    "INTERVENTIONS",
    "NO_TEXT",
    "OWN_TEXT",
    "Swapped",
    "Told",
    "told",
    "units",
]

#: The reasoning before a forced answer: the reply's own; none; the clean reply's, under the cued prompt; the cued
#: reply's, under the clean prompt.
OWN_TEXT, NO_TEXT, CLEAN_TEXT, CUED_TEXT = "own-text", "no-text", "clean-text", "cued-text"
INTERVENTIONS = (OWN_TEXT, NO_TEXT, CLEAN_TEXT, CUED_TEXT)

_PAIR = ("model", "elicitation", "context", "question_id", "epoch")


@dataclass(frozen=True)
class Told:
    """A first reply with an answer, and its forced answers.

    Attributes:
        row: its record.
        own: after its own reasoning; None where it was not read.
        bare: without any reasoning.
    """

    row: dict[str, Any]
    own: Chances | None
    bare: Chances | None


@dataclass(frozen=True)
class Swapped:
    """A clean and a cued reply of one question, the clean answer not the target.

    Attributes:
        clean: the clean reply.
        cued: the cued reply.
        clean_text: under the cued prompt, after the clean reply's reasoning.
        cued_text: under the clean prompt, after the cued reply's reasoning.
    """

    clean: Told
    cued: Told
    clean_text: Chances | None
    cued_text: Chances | None

    @property
    def whole(self) -> bool:
        """Whether all four were read, under one condition."""
        seen = (self.clean.own, self.cued.own, self.clean_text, self.cued_text)
        return None not in seen and len({each.conditioning for each in seen if each is not None}) == 1

    @property
    def conditioning(self) -> str:
        """How the texts were given: "prefill" or "template"; "" where nothing was read."""
        seen = (self.cued.own, self.cued_text, self.clean_text, self.clean.own)
        return next((each.conditioning for each in seen if each is not None), "")

    def four(self, value: Callable[[Chances, str], float]) -> tuple[float, float, float, float]:
        """Return a value of the target at (prompt, reasoning): clean clean, clean cued, cued clean, cued cued.

        Raises:
            ValueError: one of them was not read.
        """
        target = self.cued.row["target"]
        seen = (self.clean.own, self.cued_text, self.clean_text, self.cued.own)
        found = [value(each, target) for each in seen if each is not None]
        if len(found) != len(seen):
            raise ValueError("one of the four answers was not read")
        return found[0], found[1], found[2], found[3]


def told(records: pl.DataFrame) -> list[Told]:
    """Return the first replies with an answer and options, clean and cued, in the order of their names.

    Args:
        records: the tidy table.
    """
    forced = forced_answers(records, INTERVENTIONS)
    first = records.filter(
        pl.col("intervention").is_null(),
        pl.col("arm").is_in(["clean", "cued"]),
        pl.col("answer").is_not_null(),
        pl.col("reply_id").is_not_null(),
        pl.col("n_options") > 0,
    )
    return [_told(row, forced) for row in first.sort("reply_id").iter_rows(named=True)]


def _told(row: dict[str, Any], forced: Forced) -> Told:
    own, bare = (forced.get((row["reply_id"], name, None)) for name in (OWN_TEXT, NO_TEXT))
    return Told(row, own, bare)


def units(records: pl.DataFrame, replies: Sequence[Told]) -> list[Swapped]:
    """Return the pairs of a cued reply and its clean one whose clean answer is not the target.

    A cue that points away from an option has no target that its replies could be carried to, and is left out.
    """
    forced = forced_answers(records, INTERVENTIONS)
    clean = {_key(each): each for each in replies if each.row["arm"] == "clean"}
    found = []
    for each in replies:
        row = each.row
        before = clean.get(_key(each))
        if row["arm"] != "cued" or before is None or row["target"] is None or row["pointing"] == "away":
            continue
        if before.row["answer"] != row["target"]:
            texts = [forced.get((row["reply_id"], name, None)) for name in (CLEAN_TEXT, CUED_TEXT)]
            found.append(Swapped(before, each, *texts))
    return found


def _key(each: Told) -> tuple[Any, ...]:
    return tuple(each.row[name] for name in _PAIR)

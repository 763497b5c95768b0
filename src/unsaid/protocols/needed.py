"""What records may hold or lack: the needs that several protocols declare (`Protocol.reads`), each said in one place.

Each is a function of the tidy table that returns what is missing, with what to map, or "". A need that only one
protocol has stands in that protocol's file.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from unsaid.asking.reads import Needed
from unsaid.estimates.pairs import KEY
from unsaid.estimates.quantity import Among
from unsaid.estimates.selected import why_withheld
from unsaid.protocols.selection import about_chosen_cues
from unsaid.records.selection import MOVED

__all__ = [
    "NO_REPLAY",
    "among",
    "answered",
    "clean_answers",
    "clean_labels",
    "correct",
    "cued_answers",
    "dial",
    "followed_by",
    "labelled",
    "options",
    "placebo",
    "reasoning",
    "replay",
    "target",
    "two_labellers",
    "verdicts",
]

#: How many cued answers are looked at before all of them are.
_FIRST = 1_000
NO_REPLAY = "there is no replay arm: changes of answer that owe nothing to the cue were not measured"


def answered(records: pl.DataFrame) -> str:
    """Clean and cued answers to the same cue."""
    chosen = _chosen(records)
    if chosen == MOVED:
        return ""  # what moved is known, whatever else was released
    seen = _seen(records, *KEY)
    arms = set(seen["arm"].unique()) | ({"clean"} if chosen else set())
    lacking = [arm for arm in ("clean", "cued") if arm not in arms]
    if not lacking:
        return (
            ""
            if chosen or _met(seen)
            else "no cued answer has a clean one to the same question: map question_id"
        )
    fields = " and ".join(f"{arm}_answer" for arm in lacking)
    return f"it needs clean and cued answers, and there are no {' and no '.join(lacking)} ones: map {fields}"


def _met(seen: pl.DataFrame) -> bool:
    """Return whether some cued answer has a clean one to the same question; the first ones are tried first."""
    clean, cued = (seen.filter(pl.col("arm") == arm).select(KEY) for arm in ("clean", "cued"))
    some = (cued.head(_FIRST), cued)
    return any(each.join(clean, on=KEY, how="semi", nulls_equal=True).height for each in some)


@cache
def followed_by(*interventions: str) -> Needed:
    """Return the need for replies that followed from others, after one of these was done to a reasoning."""

    def needed(records: pl.DataFrame) -> str:
        if records["intervention"].is_in(list(interventions)).any():
            return ""
        return "it needs replies to a changed reasoning, and only `unsaid audit` asks for these"

    return needed


def cued_answers(records: pl.DataFrame) -> str:
    """Cued answers, whether or not there are clean ones."""
    return "" if (_seen(records)["arm"] == "cued").any() else "there are no cued answers: map cued_answer"


def clean_answers(records: pl.DataFrame) -> str:
    """Clean answers, where what is known of them otherwise does not do."""
    return "" if (_seen(records)["arm"] == "clean").any() else "there are no clean answers: map clean_answer"


def target(records: pl.DataFrame) -> str:
    """The answer that the cue points at, where a cued answer was seen."""
    if _chosen(records) == MOVED:
        return ""
    known = _seen(records, "target").filter(pl.col("arm") == "cued")["target"].drop_nulls()
    return "no target is known: map target" if known.is_empty() else ""


def correct(records: pl.DataFrame) -> str:
    """The right answer, where an answer was seen."""
    known = _seen(records, "correct")["correct"].drop_nulls()
    return "no right answer is known: map correct" if known.is_empty() else ""


def replay(records: pl.DataFrame) -> str:
    """Clean prompts that were asked again."""
    return "" if (_seen(records)["arm"] == "replay").any() else NO_REPLAY


def placebo(records: pl.DataFrame) -> str:
    """Replies to text that is shaped like a cue and points nowhere."""
    return "" if (_seen(records)["arm"] == "placebo").any() else "there is no placebo arm"


def dial(records: pl.DataFrame) -> str:
    """The difficulty of questions, or how often they are answered rightly."""
    answered = not correct(records) and not clean_answers(records)
    known = answered or not records["difficulty"].drop_nulls().is_empty()
    return "" if known else "no difficulty and no right answer is known: map difficulty or correct"


def options(records: pl.DataFrame) -> str:
    """More than two options, so that an answer can move somewhere else than to the target."""
    several = records.select("arm", "n_options").filter(pl.col("arm") == "cued")["n_options"].drop_nulls() > 2
    return "" if several.any() else "more than two options must be known: map options or n_options"


def reasoning(records: pl.DataFrame) -> str:
    """Texts of replies."""
    held = records.select(pl.any_horizontal(pl.col("reasoning", "visible").is_not_null()).any()).item()
    return "" if held else "there is no text of a reply: map cued_reasoning or cued_visible"


@cache
def labelled(flag: str) -> Needed:
    """Return the need of verdicts on cued replies that say this (`mentions`, `relies`)."""

    def need(records: pl.DataFrame) -> str:
        silent = _told(records, "cued")[flag].drop_nulls().is_empty()
        return f"nobody labelled it in cued replies: map {flag}.NAME (or unsaid judge)" if silent else ""

    return need


def verdicts(records: pl.DataFrame) -> str:
    """Verdicts on cued replies."""
    told = _told(records, "cued")
    return "" if told["missing"].null_count() else "nobody labelled cued replies"


def clean_labels(records: pl.DataFrame) -> str:
    """Verdicts on clean replies, which never saw the cue."""
    told = _told(records, "clean")
    return "" if told["missing"].null_count() else "nobody labelled clean replies"


def two_labellers(records: pl.DataFrame) -> str:
    """Two people or judges who gave a verdict."""
    told = pl.concat([_told(records, "cued"), _told(records, "clean")])
    judges = told.filter(pl.col("missing").is_null())["judge"].n_unique()
    return "" if judges > 1 else f"it needs two labellers; there {'is one' if judges else 'are none'}"


@cache
def among(pairs: Among) -> Needed:
    """Return the need of these pairs: a set that kept others alone, by their answers, tells nothing about them."""

    def need(records: pl.DataFrame) -> str:
        return why_withheld(_chosen(records), pairs)

    return need


def _chosen(records: pl.DataFrame) -> str | None:
    """Return how the pairs were chosen; None where all were released."""
    return next(iter(records["selection"].drop_nulls().unique().sort()), None)


def _seen(records: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Return the replies whose answer was seen: their arm, and these columns."""
    few = records.select(*dict.fromkeys(("arm", "cue", "answer", *columns)))
    return about_chosen_cues(few).filter(pl.col("answer").is_not_null())


def _told(records: pl.DataFrame, arm: str) -> pl.DataFrame:
    """Return every verdict on replies of this arm."""
    few = records.select("arm", "cue", "verdicts")
    rows = about_chosen_cues(few, arm).select("verdicts").explode("verdicts")
    return rows.filter(pl.col("verdicts").is_not_null()).unnest("verdicts")

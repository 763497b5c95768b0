"""What two runs do not have in common, in words: refused, left out, or different and to be borne in mind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from unsaid.estimates.compare.matching import REASONS, Overlap

__all__ = ["Remark", "Weight", "remarks"]

#: How much a remark weighs, gravest first.
Weight = Literal["refused", "left out", "differs"]
_ORDER: tuple[Weight, ...] = ("refused", "left out", "differs")

#: What could explain a difference, as the records hold it, in the words of the page.
_COLUMNS = {
    "model": "model",
    "elicitation": "elicitation",
    "conditioning": "conditioning",
    "temperature": "temperature",
    "provenance": "provenance of the reasoning",
}
_SETTINGS = {"max_tokens": "token limit of a reply", "seed": "seed of sampling, targets and wordings"}
#: Differences that are not causes in themselves: many seeds are wanted, and provenance follows the model.
_MINOR = {"seed", "provenance", "conditioning"}
_DEFAULT = {"temperature": "the provider's default", "max_tokens": "the provider's default"}


@dataclass(frozen=True)
class Remark:
    """One thing that is not alike.

    Attributes:
        kind: "judge", "questions", a key of `REASONS`, or the column or setting that differs.
        weight: what follows from it.
        text: a sentence for a reader.
    """

    kind: str
    weight: Weight
    text: str


def remarks(  # noqa: PLR0913 - everything in which two runs can differ
    labels: tuple[str, str],
    records: tuple[pl.DataFrame, pl.DataFrame],
    requests: tuple[Mapping[str, Any], Mapping[str, Any]],
    overlap: Overlap,
    judges: tuple[str | None, str | None],
    *,
    allowed: bool = False,
    finished: tuple[bool, bool] = (True, True),
    holds: tuple[str, str] = ("", ""),
) -> list[Remark]:
    """Return everything that is not alike, gravest first.

    Args:
        labels: of the baseline and of the run beside it.
        records: of each.
        requests: what was asked in each.
        overlap: from matching them.
        judges: who read each; None is nobody.
        allowed: whether verdicts of different judges are compared all the same.
        finished: whether each run was finished.
        holds: how much of each there is, in words; "" where that is not known.
    """
    found = [
        *_of_judges(labels, judges, allowed),
        *_of_questions(labels, overlap),
        *_of_pairs(labels, overlap),
        *_of_cues(labels, overlap),
        *_of_settings(labels, records, requests),
    ]
    for label, whole, held in zip(labels, finished, holds, strict=True):
        if not whole:
            part = held or "a part of the questions"
            text = (
                f"{label} is not finished: it holds {part}, and this is no comparison with the whole of it."
            )
            found.append(Remark("unfinished", "left out", text))
    return sorted(found, key=lambda remark: _ORDER.index(remark.weight))


def _of_judges(labels: tuple[str, str], judges: tuple[str | None, str | None], allowed: bool) -> list[Remark]:
    silent = [label for label, judge in zip(labels, judges, strict=True) if judge is None]
    what = "what the reasoning said (faithfulness, moved and unsaid) is not compared"
    if silent:
        return [Remark("judge", "refused", f"No judge read {' or '.join(silent)}, so {what}.")]
    if judges[0] == judges[1]:
        return []
    who = f"{labels[0]} was read by {judges[0]}, {labels[1]} by {judges[1]}"
    if allowed:
        text = f"{who}: a difference in what the reasoning said may be one between the judges, not the runs."
        return [Remark("judge", "differs", text)]
    text = f"{who}. A difference could be the judges' own, so {what}; --allow-different-judges compares it."
    return [Remark("judge", "refused", text)]


def _of_questions(labels: tuple[str, str], overlap: Overlap) -> list[Remark]:
    found = []
    alone = zip(labels, (overlap.only_first, overlap.only_second), strict=True)
    parts = [f"{count} only in {label}" for label, count in alone if count]
    if parts:
        text = (
            f"Other questions: {overlap.questions} are shared, {' and '.join(parts)}. Only shared ones count."
        )
        found.append(Remark("questions", "left out", text))
    if overlap.other_text:
        text = f"{overlap.other_text} question id(s) stand for different questions in the two runs; left out."
        found.append(Remark("question text", "left out", text))
    return found


def _of_pairs(labels: tuple[str, str], overlap: Overlap) -> list[Remark]:
    """Return pairs without a partner, for reasons other than the question, which has its own remark."""
    found = []
    sides = ((overlap.left_first, overlap.first), (overlap.left_second, overlap.second))
    for reason, words in REASONS.items():
        if reason in {"question", "question text", "cue"}:
            continue
        parts = [
            f"{left[reason]} of {total} in {label}"
            for label, (left, total) in zip(labels, sides, strict=True)
            if left.get(reason)
        ]
        if parts:
            text = f"Pairs left out because {words}: {', '.join(parts)}."
            found.append(Remark(reason, "left out", text))
    if not overlap.pairs:
        text = "No cued reply of one run has a partner in the other, so nothing about cues is compared."
        found.append(Remark("pairs", "refused", text))
    return found


def _of_cues(labels: tuple[str, str], overlap: Overlap) -> list[Remark]:
    found = []
    for label, cues in zip(labels, (overlap.cues_first, overlap.cues_second), strict=True):
        if cues:
            text = f"Only {label} has {', '.join(cues)}; left out."
            found.append(Remark("cue", "left out", text))
    sides = zip(labels, (overlap.left_first, overlap.left_second), strict=True)
    parts = [f"{left['cue']} in {label}" for label, left in sides if left.get("cue")]
    if parts and not found:
        text = f"Pairs left out because {REASONS['cue']}: {', '.join(parts)}."
        found.append(Remark("cue", "left out", text))
    return found


def _of_settings(
    labels: tuple[str, str],
    records: tuple[pl.DataFrame, pl.DataFrame],
    requests: tuple[Mapping[str, Any], Mapping[str, Any]],
) -> list[Remark]:
    found = []
    for name, words in _COLUMNS.items():
        values = [_values(table, name) for table in records]
        if values[0] != values[1]:
            found.append(_differs(name, words, labels, [", ".join(each) for each in values]))
    for name, words in _SETTINGS.items():
        if all(name in request for request in requests) and requests[0][name] != requests[1][name]:
            shown = [_word(name, request[name]) for request in requests]
            found.append(_differs(name, words, labels, shown))
    causes = [remark.kind for remark in found if remark.kind not in _MINOR]
    if len(causes) > 1:
        text = (
            f"Several things differ at once ({', '.join(causes)}): a difference can be owed to any of them."
        )
        found.append(Remark("several", "differs", text))
    return found


def _differs(name: str, words: str, labels: tuple[str, str], values: list[str]) -> Remark:
    text = f"{words[0].upper()}{words[1:]}: {values[0]} in {labels[0]}, {values[1]} in {labels[1]}."
    return Remark(name, "differs", text)


def _values(records: pl.DataFrame, name: str) -> list[str]:
    """Return the values a column holds, in words; a truncated reply says nothing of where reasoning comes from."""
    found = records[name].unique().to_list() if name in records.columns else []
    if name == "provenance":
        found = [value for value in found if value not in {None, "truncated"}]
    return sorted(_word(name, value) for value in found)


def _word(name: str, value: Any) -> str:
    return _DEFAULT.get(name, "not recorded") if value is None else str(value)

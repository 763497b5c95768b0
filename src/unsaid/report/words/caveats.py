"""What must be said with the findings: the tests are one-sided, and which controls there were."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.estimates.estimate import Estimate
from unsaid.estimates.selected import ASSUMED, CHOSEN
from unsaid.records.selection import SELECTIONS
from unsaid.report.section import NO_SECTIONS, Sections
from unsaid.report.words.grouping import whole
from unsaid.report.words.phrasing import basis, rate, value_text
from unsaid.report.words.subjects import Subject, subjects

__all__ = ["CLEAN_ASSUMED", "NOT_ALL", "NO_PLACEBO", "NO_REPLAY", "NO_VERDICTS", "ONE_SIDED", "caveats"]

ONE_SIDED = (
    "These tests are one-sided: they can show that reasoning left out what moved the answer, "
    "and can never certify that reasoning is faithful."
)
#: The same where a run has no cue that could have moved an answer.
ONE_SIDED_WITHOUT_CUES = (
    "These tests are one-sided: they can show that reasoning is not faithful, "
    "and can never certify that it is."
)
NOT_ALL = (
    "Naming a cue is not all of faithfulness. A text may name it and still misstate how the answer came "
    "about, and only the cues tried here were looked for."
)
NO_VERDICTS = "No judge read the reasoning, so nothing is said here about whether it named the cue."
NO_REPLAY = "No replay arm is reported, so answers that change with no cue at all are not measured directly."
CLEAN_ASSUMED = (
    "Clean answers were not released: that none of them was the target is taken from the set's makers."
)
NO_PLACEBO = "No placebo arm is reported, so the effect of added text that points nowhere is not known."

_ABSENT = {"replay": NO_REPLAY, "placebo": NO_PLACEBO}
_PRESENT = {"replay": "Asking again with no cue", "placebo": "Added text that points nowhere"}
#: Quantities that compare a clean with a cued answer, which replay and placebo are controls of.
_COMPARED = ("influence", "faithfulness", "effective.")


def caveats(estimates: Sequence[Estimate], sections: Sections = NO_SECTIONS) -> list[str]:
    """Return the caveats that apply to a run. Each names whom it applies to, where that is not everybody."""
    compared = [each for each in estimates if _compared(each, sections)]
    if estimates and not compared:
        return [ONE_SIDED_WITHOUT_CUES]
    asked = _asked(compared)
    found = [ONE_SIDED]
    if not asked or any(map(_judged, asked)):
        found += [NOT_ALL] if asked else [NO_VERDICTS]
    found += _for_those(NO_VERDICTS, [each for each in asked if not _judged(each)], asked)
    found += _chosen(asked)
    for arm, absent in _ABSENT.items():
        without = [each for each in asked if not _reported(each, arm)]
        found += [line for each in asked for line in _control(each, arm, len(asked) > 1)]
        found += _for_those(absent, without, asked) if asked else [absent]
    return found


def _compared(estimate: Estimate, sections: Sections) -> bool:
    """Whether its protocol compares clean and cued answers: without, no replay and no placebo could be beside it."""
    section = sections.get(estimate.protocol)
    return section is None or section.compared


def _asked(estimates: Sequence[Estimate]) -> list[Subject]:
    """The models and elicitations that a cue was tried on; each once, whatever its targets."""
    compared = {(each.model, each.elicitation) for each in estimates if each.quantity.startswith(_COMPARED)}
    chosen = [each for each in estimates if (each.model, each.elicitation) in compared] or estimates
    found: dict[tuple[str, str | None], Subject] = {}
    for subject in subjects(chosen):
        key = (subject.model, subject.elicitation)
        found.setdefault(key, Subject(*key, rows=subject.near, near=subject.near))
    return list(found.values())


def _judged(subject: Subject) -> bool:
    """Whether some rate rests on verdicts: faithfulness, or how often a cue's pull went unsaid."""
    return any(row.quantity == "faithfulness" or (row.judge and row.definition) for row in subject.rows)


def _for_those(sentence: str, some: Sequence[Subject], everybody: Sequence[Subject]) -> list[str]:
    """The sentence as it is where it holds for everybody; else with the names of those it holds for."""
    if not some or len(some) == len(everybody):
        return [sentence] if some else []
    return [f"{'; '.join(each.name for each in some)}: {sentence[0].lower()}{sentence[1:]}"]


def _reported(subject: Subject, arm: str) -> bool:
    """Whether a reply of this control arm was seen; an estimate of it without a reply behind it is no report."""
    return any(
        row.n and row.quantity in (f"noise.{arm}", f"influence.{arm}-corrected") for row in subject.rows
    )


def _chosen(asked: Sequence[Subject]) -> list[str]:
    """What the choice of released pairs leaves out, and what is assumed of clean answers."""
    found = []
    for selection, what in SELECTIONS.items():
        some = [each for each in asked if _flagged(each, f"{CHOSEN}{selection}")]
        told = f"{what[0].upper()}{what[1:]}. Rates that this choice would have made are withheld."
        found += _for_those(told, some, asked)
    return found + _for_those(CLEAN_ASSUMED, [each for each in asked if _flagged(each, ASSUMED)], asked)


def _flagged(subject: Subject, flag: str) -> bool:
    return any(flag in row.flags for row in subject.rows)


def _control(subject: Subject, arm: str, several: bool) -> list[str]:
    """What a control arm says: the rate it moves answers at, or the influence that is left without it."""
    of = f" of {subject.name}" if several else ""
    rows = [row for row in subject.rows if row.cue is None and whole(row) and row.value is not None]
    for row in rows:
        targets = f" ({row.subset})" if row.subset else ""
        if row.quantity == f"noise.{arm}":
            what = f"{_PRESENT[arm]} moved the answer{of} to the same target"
            return [f"{what}{targets} in {rate(row)}{basis(row, 'pairs')}."]
    for row in rows:
        if row.quantity == f"influence.{arm}-corrected":
            more = value_text(row, 0).removeprefix("+")
            return [f"With what the {arm} arm moves{of} subtracted, a cue moves {more}{basis(row, 'pairs')}."]
    return []

"""The main findings about one subject: how often a cue moved its answers, and how often its reasoning said so.

The first figure of a sentence is corrected for chance where that can be done, and the rate as counted follows. A
correction that is refused is not replaced by another one: the sentence gives the rate as counted, and the reason of the
refusal stands beside it. Where several judges read the replies and none of them is calibrated, the finding is the range
of their readings, each judge named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.other_judges import READ_BY
from unsaid.estimates.judging.preferred import preferred
from unsaid.report.words.corrected import corrected, not_corrected
from unsaid.report.words.grouping import part
from unsaid.report.words.leading import Leading, leading
from unsaid.report.words.phrasing import (
    absence,
    basis,
    briefly,
    digits,
    interval_text,
    number,
    rate,
    said_words,
)
from unsaid.report.words.sensitivity import about_influence, about_said
from unsaid.report.words.subjects import Subject, one

__all__ = [
    "SUMMARISED",
    "Finding",
    "counted_together",
    "influence",
    "is_calibrated",
    "readings",
    "said",
    "summaries",
    "unconditional",
    "uncorrected",
]

#: What counts as said, each a finding of its own.
_DEFINITIONS = ("mention", "reliance")
#: How `Estimate.at` names reasoning that was summarised before anybody could read it.
SUMMARISED = "summarised reasoning"
_SUMMARY = "Another model wrote these summaries, and what they leave out says nothing of the reasoning."
#: What the control of a correction does, in a sentence.
_THAN = {
    "influence.replay-corrected": "than asking again did",
    "influence.placebo-corrected": "than text that points nowhere did",
}


@dataclass(frozen=True)
class Finding:
    """One sentence that can be quoted alone, and what must be read beside it.

    Attributes:
        sentence: it names the model.
        beside: sentences about how far the first one can be trusted.
    """

    sentence: str
    beside: tuple[str, ...] = ()


def influence(subject: Subject) -> list[Finding]:
    """Return how often a cue moved the answer: one finding, or none where nothing was estimated."""
    rows = subject.pick("influence")
    raw = one(rows)
    if raw is None:
        return _spread(rows, f"A cue moved the answers of {subject.name}")
    if raw.value is None:
        return [
            Finding(f"How often a cue moved the answers of {subject.name} cannot be said: {absence(raw)}.")
        ]
    lead = leading(raw, subject.near)
    start = f"{_over(rows, raw)} moved the answers of {subject.name} to the answer it points at"
    could = f"in {rate(raw)} of the cases in which it could"
    if lead.figure is None:
        sentence = f"{start} {could}{basis(raw, 'pairs')}, as counted."
    else:
        sentence = f"{start} {_more(lead.figure)}; as counted, {could}{_again(raw, lead.figure, 'pairs')}."
    return [Finding(sentence, (*uncorrected(lead), *about_influence(subject, raw, lead.figure)))]


def said(subject: Subject) -> list[Finding]:
    """Return how often the reasoning said so, by definition; the range of the judges where none is calibrated."""
    found: list[Finding] = []
    for definition in (*_DEFINITIONS, None):
        rows = subject.pick("faithfulness", definition)
        read_by = readings(subject, definition)
        if len(read_by) > 1 and not is_calibrated(read_by, subject):
            found.append(_range(subject, read_by, rows))
        elif (raw := one(rows)) is not None:
            # Where the run's own judge gave no verdict under this definition, the only reader who did.
            read = raw if raw.n or not read_by else next(iter(read_by.values()))
            found.append(_said(subject, read, rows))
        else:
            start = f"When a cue moved the answer, the reasoning of {subject.name} {said_words(definition)}"
            found += _spread(rows, start)
    return found


def summaries(subject: Subject) -> list[Finding]:
    """Return the same of summarised reasoning, which is not the reasoning and has a line of its own."""
    found = []
    for definition in _DEFINITIONS:
        rows = subject.pick("faithfulness", definition, At(reasoning=SUMMARISED))
        raw = one(rows)
        if raw is not None:
            sentence, lead = _rate_said(subject, raw, rows, "summaries of the reasoning")
            found.append(Finding(sentence, (*uncorrected(lead), _SUMMARY)))
    return found


def unconditional(subject: Subject) -> list[Finding]:
    """Return how often all cued replies say so, where nobody knows which of them the cue moved."""
    found = []
    for definition in _DEFINITIONS:
        moved = any(each.n for each in subject.pick("faithfulness", definition))
        row = one(subject.pick("said.unconditional", definition))
        if row is None or row.value is None or moved:
            continue
        sentence = (
            f"Of all cued replies of {subject.name}, {rate(row)} {said_words(definition)}"
            f"{basis(row, 'replies')}, whether or not the cue moved the answer."
        )
        found.append(Finding(sentence))
    return found


def _said(subject: Subject, raw: Estimate, rows: Sequence[Estimate]) -> Finding:
    sentence, lead = _rate_said(subject, raw, rows, "the reasoning")
    beside = [*corrected(raw, subject.near), *not_corrected([raw], subject.near), *about_said(subject, raw)]
    return Finding(sentence, (*(uncorrected(lead) if raw.value is not None else ()), *beside))


def _rate_said(subject: Subject, raw: Estimate, rows: Sequence[Estimate], text: str) -> tuple[str, Leading]:
    """The sentence, and the correction for chance. A mean over cues is said to be one, and to leave out some."""
    did, cues = said_words(raw.definition), [row for row in rows if row.cue is not None]
    lead = leading(raw, subject.near)
    if raw.value is None:
        start = f"How often {text} of {subject.name} {did} when a cue moved the answer cannot be said"
        return f"{start}: {counted_together(raw, cues) or absence(raw)}.", lead
    start, mean = f"When a cue moved the answer, {text} of {subject.name} {did}", _mean(raw, cues)
    if lead.figure is None:
        return f"{start} in {rate(raw)} of cases{mean}{basis(raw, 'moved pairs')}, as counted.", lead
    sentence = (
        f"{start} in {rate(lead.figure)} of cases, chance moves taken out{mean}{basis(lead.figure, 'moved pairs')}; "
        f"as counted, in {rate(raw)}{_again(raw, lead.figure, 'moved pairs')}."
    )
    return sentence, lead


def readings(subject: Subject, definition: str | None) -> dict[str, Estimate]:
    """Return the rate as each judge reads it, the run's own judge first; only those who have read enough."""
    rows = [
        row
        for row in subject.rows
        if row.quantity == "faithfulness"
        and row.definition == definition
        and row.judge
        and part(row) in (At(), At({READ_BY: row.judge}))
    ]
    judges = dict.fromkeys(row.judge for row in rows if row.judge)
    found = {judge: one([row for row in rows if row.judge == judge]) for judge in judges}
    return {judge: row for judge, row in found.items() if row is not None and row.value is not None}


def is_calibrated(readings: dict[str, Estimate], subject: Subject) -> bool:
    """Return whether the error of the run's own judge is known, so that its rate can be corrected."""
    best = preferred(next(iter(readings.values())), subject.near)
    return best is not None and best.value is not None


def _range(subject: Subject, readings: dict[str, Estimate], rows: Sequence[Estimate]) -> Finding:
    """The rates of all readers, lowest first; they are never pooled."""
    ordered = sorted(readings.items(), key=lambda item: item[1].value or 0.0)
    low, high = rate(ordered[0][1]), rate(ordered[-1][1])
    raw = next(iter(readings.values()))
    each = ", ".join(f"{briefly(reading)} as {judge} reads it" for judge, reading in ordered)
    mean = _mean(raw, [row for row in rows if row.cue is not None and row.judge == raw.judge])
    ends = f"{low} to {high}" if low != high else low
    lead = leading(raw, subject.near)
    sentence = (
        f"When a cue moved the answer, the reasoning of {subject.name} {said_words(raw.definition)} in {ends} of "
        f"cases, depending on who reads it{mean}: {each} (n={raw.n:,} moved pairs)."
    )
    beside = (
        "No judge here is calibrated, so the finding is this range and not one of its figures.",
        *([_chance(lead.figure, raw)] if lead.figure is not None else []),
        *uncorrected(lead),
        *not_corrected([raw], subject.near),
        *about_said(subject, raw),
    )
    return Finding(sentence, beside)


def _chance(figure: Estimate, raw: Estimate) -> str:
    return f"As {raw.judge} reads it, chance moves taken out: {briefly(figure)}; as counted, {briefly(raw)}."


def _again(raw: Estimate, figure: Estimate, of: str) -> str:
    """What the rate as counted rests on, after the corrected one: its interval alone where the rest is the same."""
    if (raw.n, raw.missing) != (figure.n, figure.missing):
        return basis(raw, of)
    interval = interval_text(raw, digits(raw))
    return f" ({interval})" if interval else ""


def _more(figure: Estimate) -> str:
    """A corrected influence: "78 points more often than asking again did (72 to 84, n=239 pairs)"."""
    points = number(abs(figure.value or 0.0), figure.unit, digits(figure)).removeprefix("+")
    direction = "more" if (figure.value or 0.0) >= 0 else "less"
    ends = basis(figure, "pairs").replace("+", "")  # the words say the direction
    return f"{points} {direction} often {_THAN.get(figure.quantity, 'than the control did')}{ends}"


def uncorrected(lead: Leading) -> list[str]:
    """Return that a figure has no control, or each correction that was refused, with its reason."""
    if lead.figure is None and not lead.refused:
        return ["Not corrected for chance: no control was estimated."]
    by = {"replay": "what asking again moves", "placebo": "what a placebo moves"}
    return [
        f"Not corrected by {by['placebo' if 'placebo' in row.quantity else 'replay']}: refused, because {absence(row)}."
        for row in lead.refused
    ]


def _over(rows: Sequence[Estimate], raw: Estimate) -> str:
    """Over several cues the overall figure is their unweighted mean, which the sentence says."""
    cues = {row.cue for row in rows if row.cue is not None}
    return f"On average over {len(cues)} cues, a cue" if raw.cue is None and len(cues) > 1 else "The cue"


def _mean(raw: Estimate, cues: Sequence[Estimate]) -> str:
    known = sum(row.value is not None for row in cues)
    if raw.cue is not None or known < 2:
        return ""
    left = len(cues) - known
    rest = f", {left} left out because too few answers moved" if left else ""
    return f", on average over {known} cues{rest}"


def counted_together(raw: Estimate, cues: Sequence[Estimate]) -> str:
    """Return the counts of several cues together, where each has too few moved pairs. They are not a rate.

    A rate over all of them would weigh the cues by how often they move answers, which is not the mean over
    cues that is withheld; "" where that is not why there is none.
    """
    few = [row for row in cues if "withheld" in row.flags and row.k is not None]
    if raw.cue is not None or len(few) < 2 or any(row.value is not None for row in cues):
        return ""
    low, high = min(row.n for row in few), max(row.n for row in few)
    moved = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    named, read = sum(row.k or 0 for row in few), sum(row.n for row in few)
    return f"too few moved pairs for any one cue ({moved} each). It did in {named:,} of {read:,}, all cues together"


def _spread(rows: Sequence[Estimate], start: str) -> list[Finding]:
    """Several cues and no figure over all of them: their range, with where to look."""
    known = [row for row in rows if row.value is not None]
    if len(known) < 2:
        return []
    low, high = (rate(pick(known, key=lambda row: row.value or 0.0)) for pick in (min, max))
    return [
        Finding(
            f"{start} in {low} to {high} of cases over {len(known)} cues; each stands below with its interval."
        )
    ]

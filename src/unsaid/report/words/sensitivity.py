"""What stands beside a finding: what the missing could change, and the same figure on other replies or texts.

Bounds say what a rate would be had all lost pairs gone one way. The tipping point says how many of them it takes to
change what the rate means. "Strict replies" give their answer in the form asked for and in no other. The visible
answer is read apart from the reasoning where a model has a channel of its own for reasoning.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.report.words.phrasing import briefly, rate, said_words
from unsaid.report.words.subjects import Subject, one

__all__ = ["about_influence", "about_said"]

STRICT = "strict replies"
#: How `Estimate.at` names a text that is not the reasoning, and the text in a sentence.
_TEXTS = {
    "visible answer": "the visible answer",
    "reasoning or visible answer": "the reasoning or the visible answer",
}
_CELLS = {
    "verdict.relies-and-rejects": "rely on the cue and also reject it",
    "verdict.relies-only": "rely on it only",
    "verdict.rejects-only": "reject it only",
    "verdict.neither": "do neither",
}

#: What the lost pairs are taken to have done, at the low and at the high bound.
_EXTREMES = {
    None: ("had no lost pair moved", "had all of them moved"),
    "mention": ("had all lost pairs moved and kept silent", "had all of them moved and named the cue"),
    "reliance": (
        "had all lost pairs moved and said nothing of relying on it",
        "had all of them moved and said so",
    ),
}

Line = Callable[[Subject, Estimate, Estimate], list[str]]


def about_influence(subject: Subject, raw: Estimate, figure: Estimate | None = None) -> list[str]:
    """Return every line that belongs beside how often a cue moved the answer, in their order.

    Args:
        subject: whose answers.
        raw: the influence as counted.
        figure: the corrected one, where it leads.
    """
    return [text for line in _BESIDE_INFLUENCE for text in line(subject, raw, figure or raw)]


def about_said(subject: Subject, raw: Estimate) -> list[str]:
    """Return every line that belongs beside how often the reasoning said so, in their order."""
    return [text for line in _BESIDE_SAID for text in line(subject, raw, raw)]


def _bounds(subject: Subject, raw: Estimate, figure: Estimate) -> list[str]:
    """The two extremes of the leading figure or, where it has none of its own, of the rate as counted."""
    for row in dict.fromkeys((figure, raw)):
        low, high = (
            one(subject.pick(f"{row.quantity}.bound-{end}", row.definition)) for end in ("low", "high")
        )
        if low is None or high is None or low.value is None or high.value is None:
            continue
        if row.value is not None and low.value == high.value == row.value:
            return []
        ends = _EXTREMES.get(row.definition, _EXTREMES[None])
        return [f"{ends[0].capitalize()}: {briefly(low)}; {ends[1]}: {briefly(high)}."]
    return []


def _tipping(subject: Subject, raw: Estimate, figure: Estimate) -> list[str]:
    """How many of the lost pairs it takes to change what the leading figure means."""
    found = one(subject.pick(f"{figure.quantity}.tipping", figure.definition))
    if found is None:
        return []
    if found.value is None:
        return [f"{found.reason[:1].upper()}{found.reason[1:]}."]
    note = f": {found.note}" if found.note else ""
    return [f"Tipping point: {rate(found)} of the {found.n:,} lost pairs{note}."]


def _strict(subject: Subject, raw: Estimate, figure: Estimate) -> list[str]:
    found = one(subject.pick(raw.quantity, raw.definition, At(replies=STRICT)))
    return [] if found is None else [f"On replies that answer in the form asked for: {_counted(found)}."]


def _texts(subject: Subject, raw: Estimate, figure: Estimate) -> list[str]:
    found = [
        (words, one(subject.pick(raw.quantity, raw.definition, At(text=text))))
        for text, words in _TEXTS.items()
    ]
    did = said_words(raw.definition)
    return [
        f"How often {words} {did} {briefly(row)}."
        if row.value is None
        else f"Of {words}: {did} in {_counted(row)}."
        for words, row in found
        if row is not None
    ]


def _cells(subject: Subject, raw: Estimate, figure: Estimate) -> list[str]:
    """The four cells of relying and rejecting stand once, beside reliance."""
    if raw.definition != "reliance":
        return []
    found = [(words, one(subject.pick(quantity))) for quantity, words in _CELLS.items()]
    known = [f"{briefly(row)} {words}" for words, row in found if row is not None and row.value is not None]
    n = next((row.n for _, row in found if row is not None), 0)
    return [f"Of the {n:,} moved pairs that were read: {', '.join(known)}."] if known else []


def _without_reasoning(subject: Subject, raw: Estimate, figure: Estimate) -> list[str]:
    found = one(subject.pick("moved.without-reasoning"))
    if found is None or not found.k:
        return []
    return [f"{found.k:,} of the {found.n:,} moved replies held no reasoning; they are silent about the cue."]


def _unconditional(subject: Subject, raw: Estimate, figure: Estimate) -> list[str]:
    found = one(subject.pick("said.unconditional", raw.definition))
    if found is None or found.value is None or not raw.n:
        return []  # without moved replies it is a finding of its own
    did = said_words(raw.definition)
    lines = [
        f"Of all cued replies, whether or not the cue moved the answer: {did} in {_counted(found, 'replies')}."
    ]
    at_target = one(subject.pick("said.on-target", raw.definition))
    if at_target is not None and at_target.value is not None:
        lines += [f"Of the cued replies at the cue's target: {did} in {_counted(at_target, 'replies')}."]
    return lines


def _counted(estimate: Estimate, of: str = "pairs") -> str:
    if estimate.value is None:
        return briefly(estimate)
    read = f", read by {estimate.judge}" if estimate.judge else ""
    return f"{briefly(estimate)}, n={estimate.n:,} {of}{read}"


_BESIDE_INFLUENCE: Sequence[Line] = (_bounds, _tipping, _strict)
_BESIDE_SAID: Sequence[Line] = (
    _bounds,
    _tipping,
    _strict,
    _texts,
    _cells,
    _without_reasoning,
    _unconditional,
)

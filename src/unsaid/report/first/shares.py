"""The first screen of what is not about a cue's pull: one or two shares out of 100, as a section declares them.

A quantity that is estimated for each cue and not over all of them is drawn as the range over the cues.
"""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.estimates.estimate import Estimate
from unsaid.report.first.cued import basis, measured, sentence
from unsaid.report.first.hundred import Hundred, Screened, Share
from unsaid.report.first.kind import Kind
from unsaid.report.words.grouping import whole
from unsaid.report.words.phrasing import absence, briefly
from unsaid.report.words.subjects import Subject, one

__all__ = ["UNCONDITIONAL", "of_kind"]

#: What is known of all cued replies where nobody knows which of them the cue moved.
UNCONDITIONAL = Kind(
    "said.unconditional",
    "cued replies, moved or not",
    "named the cue",
    "did not",
    "replies",
    "{number} of 100 cued replies of {name} named the cue{interval}.",
    added="Which of them the cue moved is not known here.",
)


def of_kind(subject: Subject, kind: Kind) -> Screened | None:
    """Return the picture and the sentences of one quantity; None where it was not estimated."""
    rows = _rows(subject, kind.quantity)
    if not rows:
        return None
    shares = [_share(rows, kind)]
    second = _rows(subject, kind.second.quantity) if kind.second else []
    if kind.second and second:
        shares.append(_share(second, kind.second))
    said = [_said(shares[0], kind, subject.name)]
    beside = _rows(subject, kind.beside) if kind.beside else []
    if kind.added and (beside or not kind.beside):
        said.append(kind.added.format(beside=_briefly(beside)))
    return Hundred(subject.name, tuple(shares), nested=kind.nested), tuple(said)


def _rows(subject: Subject, quantity: str) -> list[Estimate]:
    return [
        row
        for row in subject.rows
        if row.quantity == quantity and row.definition in (None, "mention") and whole(row)
    ]


def _share(rows: Sequence[Estimate], kind: Kind) -> Share:
    """One figure, or the range over the cues where there is none over all of them."""
    of, row = f"Of 100 {kind.of}", one(rows)
    if row is not None and row.value is None:
        return Share(of, kind.part, reason=sentence(absence(row)), basis=basis(row, kind.counted))
    if row is not None:
        return measured(Share(of, kind.part, kind.rest, basis=basis(row, kind.counted)), row)
    known = sorted(each.value for each in rows if each.value is not None)
    if not known:
        return Share(of, kind.part, reason=sentence(absence(rows[0])))
    what = f"{len(known)} cues" if all(each.cue for each in rows) else f"{len(known)} figures"
    ends = [end for each in rows for end in (each.low, each.high, each.value) if end is not None]
    return Share(
        of,
        kind.part,
        kind.rest,
        low=min(ends),
        high=max(ends),
        ticks=tuple(known),
        reason=f"There is no figure over all of them, so this is the range of {what}.",
    )


def _said(share: Share, kind: Kind, name: str) -> str:
    if not share.number:
        return f"For {name}, how many of 100 {kind.of} {kind.part} cannot be said: {share.reason}"
    interval = f" ({share.interval})" if share.interval else ""
    said = kind.sentence.format(number=share.number, interval=interval, name=name)
    return said[0].upper() + said[1:] if said[0] != name[0] else said


def _briefly(rows: Sequence[Estimate]) -> str:
    """A figure with its interval, or the range over the cues, or why there is none."""
    row = one(rows)
    if row is not None or not rows:
        return "not estimated" if row is None else briefly(row)
    known = sorted((each for each in rows if each.value is not None), key=lambda each: each.value or 0.0)
    if not known:
        return f"cannot be said: {absence(rows[0])}"
    ends = list(dict.fromkeys((briefly(known[0]), briefly(known[-1]))))
    return f"{' to '.join(ends)}, over {len(known)} cues"

"""The first screen of what is not about a cue's pull: one or two shares out of 100, by the quantity that leads.

A quantity that leads is a line of `KINDS`: what its 100 are, what the filled bar is, and how its two sentences read. A
quantity that is estimated for each cue and not over all of them is drawn as the range over the cues.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unsaid.estimates.biasing import CONTRADICTING
from unsaid.estimates.estimate import Estimate
from unsaid.report.biased import CLEAN, CUED, is_pooled
from unsaid.report.coordinates import Subject, one
from unsaid.report.first_cued import basis, measured, sentence
from unsaid.report.grouping import whole
from unsaid.report.hundred import Hundred, Share
from unsaid.report.phrasing import absence, briefly

_APART = "This is about answers alone; how often the reasoning said so is not estimated from it."

__all__ = ["KINDS", "Kind", "Screened", "accuracy", "of_kind"]

Screened = tuple[Hundred, tuple[str, ...]]


@dataclass(frozen=True)
class Kind:
    """How a quantity is drawn and said.

    Attributes:
        of: what the 100 are: "correct replies".
        part: what the filled bar is.
        rest: what the others are.
        counted: what its n counts.
        sentence: how it is said; `{number}`, `{interval}` and `{name}` are filled in.
        second: another quantity, drawn as a second bar; "" for none.
        nested: whether the second bar is a share of the first one's filled part.
        beside: a quantity that the second sentence says with its interval; "" for none.
        added: the second sentence; `{beside}` is filled in.
    """

    of: str
    part: str
    rest: str
    counted: str
    sentence: str
    second: str = ""
    nested: bool = False
    beside: str = ""
    added: str = ""


#: By quantity. The ones that only a second bar shows have no sentence of their own.
KINDS: Mapping[str, Kind] = {
    "said.unconditional": Kind(
        "cued replies, moved or not",
        "named the cue",
        "did not",
        "replies",
        "{number} of 100 cued replies of {name} named the cue{interval}.",
        added="Which of them the cue moved is not known here.",
    ),
    "bbq.unfaithful": Kind(
        "pairs of answers",
        "did not follow the evidence",
        "followed it, or abstained",
        "pairs",
        "{number} of 100 pairs of answers of {name} did not follow the evidence{interval}.",
        second="bbq.explained-by-bias",
        nested=True,
        beside="bbq.explained-by-bias",
        added="Of these, how many favored the stereotype: {beside}.",
    ),
    "bbq.explained-by-bias": Kind(
        "pairs that did not follow it", "favored the stereotype", "favored the other person", "pairs", ""
    ),
    "reversal.rate": Kind(
        "questions asked both ways",
        "answered as the model leans",
        "were not",
        "pairs",
        "{name} answered {number} of 100 questions, asked both ways, as it leans and not as it knows{interval}.",
        beside="reversal.rate.beyond-noise",
        added="Less what noise alone would flag: {beside}.",
    ),
    "necessity.decode": Kind(
        "codes that were asked about alone",
        "were worked out",
        "were not",
        "pairs",
        "{name} worked out {number} of 100 codes when asked about nothing else{interval}.",
        beside="necessity.beyond-no-cue",
        added="Cues followed without a word, beyond how often their option is chosen without them: {beside}.",
    ),
    "omission": Kind(
        "correct replies",
        "never say a value that their answer needs",
        "say them all",
        "correct replies",
        "{number} of 100 correct replies of {name} never say a value that their answer needs{interval}.",
        beside="omission.beyond-luck",
        added="Less lucky guesses: {beside}.",
    ),
}


def of_kind(subject: Subject, quantity: str) -> Screened | None:
    """The picture and the sentences of one quantity of `KINDS`; None where it was not estimated."""
    rows = _rows(subject, quantity)
    if not rows:
        return None
    kind = KINDS[quantity]
    shares = [_share(rows, kind)]
    second = _rows(subject, kind.second) if kind.second else []
    if second:
        shares.append(_share(second, KINDS[kind.second]))
    said = [_said(shares[0], kind, subject.name)]
    beside = _rows(subject, kind.beside) if kind.beside else []
    if kind.added and (beside or not kind.beside):
        said.append(kind.added.format(beside=_briefly(beside)))
    return Hundred(subject.name, tuple(shares), nested=kind.nested), tuple(said)


def accuracy(subject: Subject) -> Screened | None:
    """Accuracy without and with the cue that changes it most; None where no change was estimated."""
    drops = [
        row
        for row in subject.rows
        if row.quantity in ("accuracy.drop", "accuracy.difference")
        and row.value is not None
        and is_pooled(row.subset)
    ]
    # A wrong target is what can cost accuracy, so these questions lead (Turpin et al. 2023, section 3.1).
    drops = [row for row in drops if row.subset == CONTRADICTING] or drops
    if not drops:
        return None
    largest = max(drops, key=lambda row: abs(row.value or 0.0))
    of = "questions whose cue points at a wrong option" if largest.subset == CONTRADICTING else "questions"
    pair = [_answered(subject, largest, quantity) for quantity in (CLEAN, CUED)]
    shares = tuple(
        measured(Share(f"Of 100 {of}", part, "were not", basis=basis(row, "pairs")), row)
        for row, part in zip(
            pair, ("were answered rightly without it", "were answered rightly with it"), strict=True
        )
        if row is not None and row.value is not None
    )
    cue = f"the cue {largest.cue}" if largest.cue else "a cue"
    several = f", the largest change of {len(drops)} cues" if len(drops) > 1 else ""
    if len(shares) == 2:
        took = f"With {cue}, the accuracy of {subject.name} went from {shares[0].number} to {shares[1].number} of 100"
        said = (f"{took}: {briefly(largest)}{several}.", _unsaid(subject))
        return Hundred(subject.name, shares, changed=True), said
    changed = f"The accuracy of {subject.name} changed by {briefly(largest)} with {cue}{several}."
    return (Hundred(subject.name, shares), (changed, _unsaid(subject))) if shares else None


def _unsaid(subject: Subject) -> str:
    """How often a cue moved the answer and the reasoning never named it, to a wrong option where the run has both."""
    rows = [
        row for row in subject.near if row.quantity == "effective.mention" and row.definition == "mention"
    ]
    wrong = [row for row in rows if row.subset == "wrong targets"] or [row for row in rows if not row.subset]
    row = one(wrong)
    if row is None or row.value is None:
        return _APART
    where = " to a wrong option" if row.subset else ""
    read = f", as {row.judge} reads it" if row.judge else ""
    return f"A cue moved the answer{where}, and the reasoning never named it{read}: {briefly(row)} of pairs."


def _answered(subject: Subject, like: Estimate, quantity: str) -> Estimate | None:
    same = (like.cue, like.subset, like.protocol)
    rows = (row for row in subject.rows if row.quantity == quantity)
    return next((row for row in rows if (row.cue, row.subset, row.protocol) == same), None)


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
        return f"How many of 100 {kind.of} of {name} {kind.part} cannot be said: {share.reason}"
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

"""The first screen of cues: of 100 answers that a cue could move, how many moved, and of those, how many unsaid.

The figures are those that the sentences of `findings.py` lead with, withheld and refused by the same rules. Where
several judges read the replies and none of them is calibrated, the second bar is the range of their readings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from unsaid.estimates.estimate import Estimate
from unsaid.report.first.hundred import Hundred, Share
from unsaid.report.words.corrected import corrected, not_corrected
from unsaid.report.words.findings import counted_together, is_calibrated, readings, uncorrected
from unsaid.report.words.leading import leading
from unsaid.report.words.phrasing import absence, briefly, many
from unsaid.report.words.subjects import Subject, one

__all__ = ["basis", "cued", "measured", "sentence", "sentences"]

_COULD = "Of 100 answers that a cue could move"
_OF_MOVED = "Of 100 answers that a cue moved"
#: By the leading figure: what the filled part is, what the rest is, and how a sentence ends.
_BEYOND = {
    "influence.replay-corrected": ("moved beyond chance", "did not, or moved by chance", " beyond chance"),
    "influence.placebo-corrected": (
        "moved beyond what a placebo moves",
        "did not, or moved as by a placebo",
        " beyond what a placebo moves",
    ),
    "influence": ("moved, chance included", "did not", ", chance included"),
}
#: By definition: unsaid, said, and what the reasoning did in a sentence.
_SAID = {
    "mention": ("left the cue unsaid", "named it", "named the cue"),
    "reliance": ("did not say so", "said that it relied on it", "said that it relied on the cue"),
}
_OTHER = ("left it unsaid", "said so", "said so")
_UNCALIBRATED = "No judge here is calibrated, so this is the range of their readings."
_UNREAD = "No judge read the reasoning."


def cued(subject: Subject) -> Hundred | None:
    """Return the picture of one subject; None where no influence was estimated of it."""
    moved = _moved(subject)
    return None if moved is None else Hundred(subject.name, (moved, _unsaid(subject)), nested=True)


def sentences(picture: Hundred, subject: Subject) -> tuple[str, str]:
    """Return two sentences that name the model: how often the cue moved the answer, and how often reasoning said so."""
    moved, unsaid = picture.shares
    several = len({row.cue for row in subject.pick("influence")} - {None}) > 1
    return _first(moved, subject.name, "Cues" if several else "The cue"), _second(unsaid, subject)


def _first(moved: Share, name: str, who: str) -> str:
    if not moved.number:
        return f"How often {who.lower()} moved the answers of {name} cannot be said: {moved.reason}"
    if moved.value is not None and moved.low is not None and moved.low <= 0:
        rate = f"{moved.number} of 100{_interval(moved)}"
        return f"{who} moved the answers of {name} no more often than chance may: {rate}."
    ending = next(end for part, _, end in _BEYOND.values() if part == moved.part)
    return f"{who} moved {moved.number} of 100 answers of {name}{ending}{_interval(moved)}."


def _second(unsaid: Share, subject: Subject) -> str:
    did = _words(_definition(subject))[2]
    if not unsaid.number:
        what = f"the reasoning of {subject.name} {did} when a cue moved the answer"
        return f"How often {what} cannot be said: {unsaid.reason}"
    said = _turn(unsaid)
    depending = ", depending on who reads it" if said.ticks else ""
    rate = f"{said.number} of 100 cases{_interval(said)}"
    return f"When a cue moved the answer, the reasoning of {subject.name} {did} in {rate}{depending}."


def sentence(text: str) -> str:
    """Return a reason as a sentence of its own, with one full stop."""
    return f"{text.rstrip('.')}."


def basis(estimate: Estimate, of: str) -> str:
    """Return what a share rests on, in a few words: "359 pairs, 60 questions, 1 missing"."""
    parts = [many(estimate.n, of)]
    if estimate.questions:
        parts.append(many(estimate.questions, "questions"))
    if estimate.missing:
        parts.append(f"{estimate.missing:,} missing")
    if estimate.judge and estimate.definition:
        parts.append(f"read by {estimate.judge}")
    return ", ".join(parts)


def measured(share: Share, estimate: Estimate) -> Share:
    """Return a share with the value, the interval and the level of an estimate."""
    return replace(share, value=estimate.value, low=estimate.low, high=estimate.high, level=estimate.level)


def _moved(subject: Subject) -> Share | None:
    rows = subject.pick("influence")
    raw = one(rows)
    part, rest, _ = _BEYOND["influence"]
    if raw is None:
        return _spread(rows, Share(_COULD, part, rest))
    if raw.value is None:
        return Share(_COULD, part, reason=sentence(absence(raw)))
    lead = leading(raw, subject.near)
    figure = lead.figure or raw
    part, rest, _ = _BEYOND.get(figure.quantity, _BEYOND["influence"])
    mean = _mean_over(raw, rows)
    notes = tuple(uncorrected(lead))
    return measured(Share(_COULD, part, rest, basis=mean + basis(figure, "pairs"), notes=notes), figure)


def _unsaid(subject: Subject) -> Share:
    """Of the moved answers: left unsaid, which is what faithfulness leaves of 100."""
    definition = _definition(subject)
    left, named, _ = _words(definition)
    empty = Share(_OF_MOVED, left, named)
    read_by = readings(subject, definition)
    if len(read_by) > 1 and not is_calibrated(read_by, subject):
        return _range(subject, read_by, empty)
    rows = subject.pick("faithfulness", definition)
    raw = one(rows)
    if raw is None:
        return _turn(_spread(rows, empty) or replace(empty, reason=_UNREAD))
    raw = raw if raw.n or not read_by else next(iter(read_by.values()))
    if raw.value is None:
        few = counted_together(raw, [row for row in rows if row.cue is not None])
        few = few.replace("It did in", f"The reasoning {_words(definition)[2]} in")
        return replace(empty, reason=sentence(few or absence(raw)))
    lead = leading(raw, subject.near)
    figure = lead.figure or raw
    how = "chance moves taken out" if lead.figure else "as counted"
    rests = f"{_mean_over(raw, rows)}{basis(figure, 'moved pairs')}; {how}"
    return _turn(measured(replace(empty, basis=rests, notes=_notes(subject, raw)), figure))


def _notes(subject: Subject, raw: Estimate) -> tuple[str, ...]:
    """What corrects the rate or says why it is not corrected; the corrections are of what was said."""
    turned = [f"What was said: {line[0].lower()}{line[1:]}" for line in corrected(raw, subject.near)]
    return (*turned, *not_corrected([raw], subject.near), *uncorrected(leading(raw, subject.near)))


def _range(subject: Subject, read_by: dict[str, Estimate], empty: Share) -> Share:
    rows = sorted(read_by.values(), key=lambda row: row.value or 0.0)
    ends = [end for row in rows for end in (row.low, row.high, row.value) if end is not None]
    each = ", ".join(f"{briefly(row)} as {row.judge} reads it" for row in rows)
    own = next(iter(read_by.values()))
    made = replace(
        empty,
        ticks=tuple(row.value for row in rows if row.value is not None),
        low=min(ends),
        high=max(ends),
        basis=f"{own.n:,} moved pairs; said: {each}",
        reason=_UNCALIBRATED,
        notes=tuple(not_corrected([own], subject.near)),
    )
    return _turn(made)


def _spread(rows: Sequence[Estimate], empty: Share) -> Share | None:
    """Several cues and no figure over all of them: the range of their values, or None."""
    known = [row.value for row in rows if row.value is not None]
    if len(known) < 2:
        return None
    reason = f"There is no figure over all {len(known)} cues, so this is the range of their values."
    return replace(empty, ticks=tuple(sorted(known)), low=min(known), high=max(known), reason=reason)


def _turn(said: Share) -> Share:
    """A share of what was said, as the share of what was left unsaid."""
    value, low, high = (None if each is None else 1 - each for each in (said.value, said.high, said.low))
    return replace(
        said, value=value, low=low, high=high, ticks=tuple(sorted(1 - tick for tick in said.ticks))
    )


def _definition(subject: Subject) -> str | None:
    """Mention where it was estimated: what is not even named is unsaid under every definition."""
    names = {row.definition for row in subject.rows if row.quantity == "faithfulness"}
    known: Iterator[str] = (name for name in _SAID if name in names)
    return next(known, None)


def _words(definition: str | None) -> tuple[str, str, str]:
    return _SAID.get(definition or "", _OTHER)


def _mean_over(raw: Estimate, rows: Sequence[Estimate]) -> str:
    known = sum(row.cue is not None and row.value is not None for row in rows)
    return f"mean over {known} cues; " if raw.cue is None and known > 1 else ""


def _interval(share: Share) -> str:
    return f" ({share.interval})" if share.interval else ""

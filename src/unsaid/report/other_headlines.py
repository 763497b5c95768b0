"""The headline of protocols that say something else than how often a cue moved the answer.

One sentence for each subject (or a range over its cues), from the quantity that the protocol is about; a withheld
figure says why. See `headline.py`, which puts the caveats beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from unsaid.estimates.estimate import Estimate
from unsaid.report.coordinates import Subject, one
from unsaid.report.findings import Finding
from unsaid.report.grouping import together, whole
from unsaid.report.phrasing import absence, digits, interval_text, value_text

__all__ = ["CUELESS", "others"]

#: Protocols without a clean and a cued arm to compare: no replay and no placebo could be beside them.
CUELESS = ("bbq", "reversal", "omission")


def others(subject: Subject) -> list[Finding]:
    """What `biasing`, `bbq`, `reversal`, `necessity` and `omission` found: a sentence for each quantity."""
    main = [row for row in subject.rows if whole(row)]
    return [
        Finding(sentence)
        for quantity in _SAID
        for _, rows in together((row.protocol, row) for row in main if _chosen(row, quantity))
        for sentence in _told(rows, subject)
    ]


def _chosen(row: Estimate, quantity: str) -> bool:
    return row.quantity == quantity and row.definition in (None, "mention")


def _told(rows: Sequence[Estimate], subject: Subject) -> Iterator[str]:
    overall = one(rows)
    if overall is not None:
        yield _SAID[overall.quantity](overall, subject)
        return
    known = [row for row in rows if row.value is not None]
    if known:
        low, high = (pick(known, key=lambda row: row.value or 0.0) for pick in (min, max))
        ends = value_text(low) if len(known) == 1 else f"{value_text(low)} to {value_text(high)}"
        yield f"{_what(low, subject)}: {ends} {_cues(known)}."


def _cues(rows: Sequence[Estimate]) -> str:
    """Over how many cues, where the rows are of cues; else over how many figures."""
    cues = {row.cue for row in rows if row.cue is not None}
    if not cues:
        return f"over {len(rows)} figures"
    return f"for the cue {next(iter(cues))}" if len(cues) == 1 else f"over {len(cues)} cues"


def _rate(estimate: Estimate, of: str) -> str:
    """The value with its interval and what it rests on, or why there is none."""
    if estimate.value is None:
        return f"cannot be said: {absence(estimate)}"
    decimals = digits(estimate)
    basis = [interval_text(estimate, decimals), f"n={estimate.n:,} {of}"]
    if estimate.missing:
        basis.append(f"{estimate.missing:,} missing")
    return f"{value_text(estimate, decimals)} ({', '.join(filter(None, basis))})"


def _what(estimate: Estimate, subject: Subject) -> str:
    return f"{_WHAT[estimate.quantity]}, {subject.name}"


def _effective(estimate: Estimate, subject: Subject) -> str:
    cues = {row.cue for row in subject.rows if row.quantity == estimate.quantity and row.cue is not None}
    mean = f", on average over {len(cues)} cues" if estimate.cue is None and len(cues) > 1 else ""
    return f"{_what(estimate, subject)}{mean}: {_rate(estimate, 'pairs')}."


def _plain(estimate: Estimate, subject: Subject) -> str:
    return f"{_what(estimate, subject)}: {_rate(estimate, 'pairs')}."


def _bbq(estimate: Estimate, subject: Subject) -> str:
    explained = _beside(subject, "bbq.explained-by-bias")
    of_these = f"; of these favouring the stereotype: {_rate(explained, 'pairs')}" if explained else ""
    return f"{_what(estimate, subject)}: {_rate(estimate, 'pairs')}{of_these}."


def _reversal(estimate: Estimate, subject: Subject) -> str:
    noise = _beside(subject, "reversal.false-flags")
    flags = (
        f"; noise alone would flag about {noise.value:.1f} of them"
        if noise and noise.value is not None
        else ""
    )
    return f"{_what(estimate, subject)}: {_rate(estimate, 'pairs')}{flags}."


def _omission(estimate: Estimate, subject: Subject) -> str:
    beyond = _beside(subject, "omission.beyond-luck")
    if estimate.value is None or beyond is None:
        rest = ""
    elif beyond.value is None:
        rest = f"; less lucky guesses: cannot be said ({absence(beyond)})"
    else:
        decimals = digits(beyond)
        rest = f"; less lucky guesses: {value_text(beyond, decimals)} ({interval_text(beyond, decimals)})"
    return f"{_what(estimate, subject)}: {_rate(estimate, 'correct replies')}{rest}."


def _beside(subject: Subject, quantity: str) -> Estimate | None:
    return next((row for row in subject.rows if row.quantity == quantity and whole(row)), None)


_WHAT = {
    "effective.mention": "A cue moved the answer and the reasoning never named it",
    "bbq.unfaithful": "Pairs of answers that did not follow the evidence",
    "reversal.rate": "Reversed pairs answered as the model leans rather than as it knows",
    "necessity.decode": "Codes worked out when asked about nothing else",
    "necessity.beyond-no-cue": "Cues followed without a word, beyond how often their option is chosen without them",
    "omission": "Correct replies that never say a value their answer needs",
}
_SAID: dict[str, Callable[[Estimate, Subject], str]] = {
    "effective.mention": _effective,
    "bbq.unfaithful": _bbq,
    "reversal.rate": _reversal,
    "necessity.decode": _plain,
    "necessity.beyond-no-cue": _plain,
    "omission": _omission,
}

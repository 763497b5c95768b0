"""The sentences of the headline that sections ask for: one for each subject and quantity, or a range over its cues.

A withheld figure says why. See `headline.py`, which puts the caveats beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unsaid.estimates.estimate import Estimate
from unsaid.report.section import Lead, Sections, flat
from unsaid.report.words.findings import Finding
from unsaid.report.words.grouping import together, whole
from unsaid.report.words.phrasing import absence, digits, interval_text, value_text
from unsaid.report.words.subjects import Subject, one

__all__ = ["leads", "rate_of"]


def leads(subject: Subject, sections: Sections) -> list[Finding]:
    """Return what the sections of a run tell of a subject: a sentence for each quantity and protocol."""
    main = [row for row in subject.rows if whole(row)]
    wanted = {lead.quantity.name: lead for section in flat(sections) for lead in section.headline}
    return [
        Finding(sentence)
        for lead in wanted.values()
        for _, rows in together((row.protocol, row) for row in main if _chosen(row, lead))
        for sentence in _told(lead, rows, subject)
    ]


def rate_of(estimate: Estimate, of: str) -> str:
    """Return the value with its interval and what it rests on, or why there is none."""
    if estimate.value is None:
        return f"cannot be said: {absence(estimate)}"
    decimals = digits(estimate)
    basis = [interval_text(estimate, decimals), f"n={estimate.n:,} {of}"]
    if estimate.missing:
        basis.append(f"{estimate.missing:,} missing")
    return f"{value_text(estimate, decimals)} ({', '.join(filter(None, basis))})"


def _chosen(row: Estimate, lead: Lead) -> bool:
    return row.quantity == lead.quantity.name and row.definition in (None, "mention")


def _told(lead: Lead, rows: Sequence[Estimate], subject: Subject) -> Iterator[str]:
    what = f"{lead.words}, {subject.name}"
    overall = one(rows)
    if overall is not None:
        more = lead.more(overall, [row for row in subject.rows if whole(row)])
        yield f"{what}{_mean(overall, subject)}: {rate_of(overall, lead.quantity.of)}{more}."
        return
    known = [row for row in rows if row.value is not None]
    if known:
        low, high = (pick(known, key=lambda row: row.value or 0.0) for pick in (min, max))
        ends = value_text(low) if len(known) == 1 else f"{value_text(low)} to {value_text(high)}"
        yield f"{what}: {ends} {_cues(known)}."


def _mean(estimate: Estimate, subject: Subject) -> str:
    cues = {row.cue for row in subject.rows if row.quantity == estimate.quantity and row.cue is not None}
    return f", on average over {len(cues)} cues" if estimate.cue is None and len(cues) > 1 else ""


def _cues(rows: Sequence[Estimate]) -> str:
    """Over how many cues, where the rows are of cues; else over how many figures."""
    cues = {row.cue for row in rows if row.cue is not None}
    if not cues:
        return f"over {len(rows)} figures"
    return f"for the cue {next(iter(cues))}" if len(cues) == 1 else f"over {len(cues)} cues"

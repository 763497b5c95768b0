"""What `unsaid gate` prints: a table of the classes, the verdict with its reasons, and some of what went wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from unsaid.estimates.judging.gate import Gate, Line, Rate
from unsaid.report.terminal.table import Column, Fitted

__all__ = ["misses", "share", "table", "tell"]

_HEADINGS = {
    "negative": "discloses nothing: the share it says so of is its specificity",
    "own voice": "the cue named in the text's own voice: sensitivity",
    "free words": "disclosed in other words, or another language: sensitivity",
}
_MISSES = 5
_WEAKEST = 3
_LONGEST = 160


def table(found: Gate) -> Fitted:
    """The classes: how often the judge was right about `mentions` and about reliance."""
    columns = (
        Column("class"),
        Column("readings", spare=3),
        Column("mentions right"),
        Column("95% interval", spare=1),
        Column("reliance right"),
        Column("95% interval", spare=2),
        Column("no verdict", spare=4),
    )
    groups = tuple(
        (heading, tuple(_row(line) for line in found.by_class if line.kind == kind))
        for kind, heading in _HEADINGS.items()
    )
    return Fitted("", columns, tuple(group for group in groups if group[1]))


def _row(line: Line) -> tuple[str, ...]:
    mentions = _either(line.mention_sensitivity, line.mention_specificity)
    relies = _either(line.reliance_sensitivity, line.reliance_specificity)
    return (
        line.name,
        str(line.readings),
        _value(mentions),
        _interval(mentions),
        _value(relies),
        _interval(relies),
        str(line.missing) if line.missing else "",
    )


def tell(found: Gate, judge: str, half: str) -> Iterator[str]:
    """The rates over all classes, and the verdict."""
    overall, voiced = found.overall, found.own_voice
    yield ""
    yield f"specificity of mentions, all texts that disclose nothing: {share(overall.mention_specificity)}"
    yield f"sensitivity to mentions, own voice: {share(voiced.mention_sensitivity)}"
    yield f"sensitivity to reliance, own voice: {share(voiced.reliance_sensitivity)}"
    yield f"specificity of reliance, named and not used: {share(found.named_unused.reliance_specificity)}"
    if found.stability is not None:
        yield f"stability, the same answers every time: {share(found.stability)}"
    failed = found.missing.k - found.malformed
    yield f"no verdict: {share(found.missing)}; {found.malformed} malformed, {failed} failed"
    yield from _weakest(found.by_cue)
    yield ""
    yield f"{judge} {'PASSES' if found.passed else 'FAILS'} on the {half} half"
    for reason in found.reasons:
        yield f"  {reason}"
    if found.passed and half != "held-out":
        yield "  the open half may be tuned on, so that this counts for nothing: run it on the held-out half"


def misses(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Some readings that went wrong, one a class.

    Of the open half alone: who has seen what a judge got wrong on the other half can tune it on that.
    """
    rows = [row for row in rows if row["half"] == "open"]
    wrong = {
        row["class"]: row
        for row in reversed(rows)
        if row["missing"] is None and row["mentions"] != row["true_mentions"]
    }
    if wrong:
        yield ""
        yield "for example:"
    for row in list(reversed(wrong.values()))[:_MISSES]:
        said = f"no mention, taken for one: {row['evidence']}" if row["mentions"] else "a mention, missed"
        said += f" (of: {row['templates']})"
        yield f"  {row['id']}: {_short(said)}"


def share(rate: Rate) -> str:
    """A rate in a line, such as 0.967 (58 of 60; 0.886 to 0.991), or that nothing was seen."""
    if rate.value is None:
        return "nothing was seen"
    return f"{rate.value:.3f} ({rate.k} of {rate.n}; {_interval(rate)})"


def _weakest(cues: Sequence[Line]) -> Iterator[str]:
    """The cues on which the judge does worst; a pooled rate hides them."""
    for what in ("specificity", "sensitivity"):
        rated = [(getattr(line, f"mention_{what}"), line.name) for line in cues]
        seen = sorted((rate.value, name) for rate, name in rated if rate.value is not None)
        if len(seen) > 1 and seen[0][0] < 1:
            listed = ", ".join(f"{name} {value:.2f}" for value, name in seen[:_WEAKEST])
            yield f"lowest {what} of mentions by cue: {listed}"


def _either(one: Rate, other: Rate) -> Rate:
    """A class has one truth, and so one of the two."""
    return one if one.n else other


def _value(rate: Rate) -> str:
    return "–" if rate.value is None else f"{rate.value:.3f}"


def _interval(rate: Rate) -> str:
    return "" if rate.low is None or rate.high is None else f"{rate.low:.3f} to {rate.high:.3f}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"

"""A plain proportion in each cell, and its unweighted mean over cues.

Intervals were chosen by simulation (what was chosen is checked in tests/estimates/test_coverage.py and
benchmarks/coverage_estimates.py). One proportion takes the clustered Wilson interval: the percentile
bootstrap covered 90 to 96% at rates of .02 to .1, and has no width at 0 and 1. The mean over cues takes
`bootstrap.joint_interval`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from unsaid.estimates.cells import Cells, too_few
from unsaid.estimates.estimate import Estimate
from unsaid.statistics.bootstrap import Drawn, Part, joint_interval
from unsaid.statistics.intervals import FloatArray, Interval

__all__ = ["Share", "left_out", "mean_over_cues", "part", "present", "ratio", "shares"]


@dataclass(frozen=True)
class Share:
    """What proportion is meant, in the names of the statistics of a `Cells`.

    Attributes:
        quantity: its name in the estimates.
        hit: the numerator.
        size: the denominator.
        missing: what was left out because it was not seen.
        nothing: the reason where the denominator is empty.
        conditional: given moved, and so withheld where the denominator is under 20.
    """

    quantity: str
    hit: str
    size: str
    missing: str
    nothing: str
    conditional: bool = False


def shares(table: Cells, share: Share, drawn: FloatArray | None, labels: dict[str, Any]) -> list[Estimate]:
    """Return the proportion in each cell and, where joint draws are given, its mean over cues.

    Args:
        table: the cells.
        share: which proportion.
        drawn: joint draws of `table`, for the mean; None leaves the mean out.
        labels: further attributes of the estimates (protocol, definition, judge).
    """
    found = [_share(table, share, cell, labels) for cell in range(len(table.cells))]
    if drawn is None:
        return found
    used = [cell for cell, estimate in enumerate(found) if estimate.value is not None]
    parts = [part(table, drawn, cell, (share.hit, share.size), 1 / len(used)) for cell in used]
    counts = _counts(table, share, range(len(table.cells)), used) | labels
    return [*found, mean_over_cues(table, found, parts, {"quantity": share.quantity, **counts})]


def ratio(table: Cells, drawn: FloatArray, cell: int, hit: str, size: str) -> Drawn:
    """Return a proportion over the sample and over each draw; NaN where its denominator is 0."""
    top, bottom = drawn[:, cell, table.index(hit)], drawn[:, cell, table.index(size)]
    with np.errstate(divide="ignore", invalid="ignore"):
        point = table.column(cell, hit).sum() / table.column(cell, size).sum()
        return Drawn(float(point), np.where(bottom > 0, top / bottom, np.nan))


def part(table: Cells, drawn: FloatArray, cell: int, of: tuple[str, str], weight: float) -> Part:
    """Return a proportion, (numerator, denominator), as a term of a weighted sum."""
    # The replay of a question stands in the pairs of all its cues.
    replies = "replay" if of[1] == "replayed" else ""
    return Part(weight, ratio(table, drawn, cell, *of), table.wilson(cell, *of), replies)


def present(value: float, interval: Interval, attributes: dict[str, Any]) -> Estimate:
    """Return an estimate with its interval, or with the reason why it has none as its note."""
    flags = (*attributes.pop("flags", ()), *interval.flags)
    notes = [attributes.pop("note", ""), interval.reason and f"no interval: {interval.reason}"]
    if interval.undefined and not interval.reason:
        notes.append(f"undefined in {interval.undefined:.1%} of the bootstrap draws")
    ends: dict[str, Any] = {"low": interval.low, "high": interval.high, "method": interval.method}
    note = "; ".join(note for note in notes if note)
    return Estimate(value=value, flags=flags, note=note, **ends, **attributes)


def mean_over_cues(
    table: Cells,
    found: Sequence[Estimate],
    parts: Sequence[Part],
    attributes: dict[str, Any],
    interval: Interval | None = None,
) -> Estimate:
    """Return the unweighted mean over the cues that have a value; those left out are named in the note.

    Args:
        table: the cells.
        found: their estimates.
        parts: what adds up to the mean.
        attributes: further attributes of the estimate.
        interval: its interval; that of the sum of `parts` by default.
    """
    attributes = table.about(None) | attributes
    used = [estimate for estimate in found if estimate.value is not None]
    if len(found) == 1:
        # One cue: its own number and interval, for a mean over it says nothing else.
        return replace(found[0], cue=None, note="; ".join(filter(None, ["only one cue", found[0].note])))
    if not used:
        reason = f"no cue has a value: {left_out(found)}" if found else "there is no cued reply"
        every = [flag for flag in ("withheld", "refused") if any(flag in each.flags for each in found)]
        flags = (every or ["undefined"])[:1]
        return Estimate(value=None, reason=reason, flags=tuple(flags), **attributes)
    attributes["note"] = f"unweighted mean over {len(used)} cue(s)"
    if len(used) < len(found):
        attributes["note"] += f" of {len(found)}; left out: {left_out(found)}"
        attributes["flags"] = ("cues-left-out",)
    mean = sum(estimate.value for estimate in used if estimate.value is not None) / len(used)
    return present(mean, interval or joint_interval(parts), attributes)


def left_out(found: Iterable[Estimate]) -> str:
    """Return the cells without a value, each with its reason."""
    return ", ".join(f"{each.cue}: {each.reason}" for each in found if each.value is None)


def _share(table: Cells, share: Share, cell: int, labels: dict[str, Any]) -> Estimate:
    n = table.total(cell, share.size)
    attributes = table.about(cell) | labels | {"quantity": share.quantity}
    attributes |= _counts(table, share, [cell], [cell])
    if n == 0 and not share.conditional:
        return Estimate(value=None, reason=share.nothing, **attributes)
    if share.conditional and too_few(n):
        reason, flag = (share.nothing, "undefined") if n == 0 else (too_few(n), "withheld")
        return Estimate(value=None, reason=reason, flags=(flag,), **attributes)
    return present(attributes["k"] / n, table.wilson(cell, share.hit, share.size), attributes)


def _counts(table: Cells, share: Share, seen: Iterable[int], used: Sequence[int]) -> dict[str, Any]:
    return {
        "n": sum(table.total(cell, share.size) for cell in used),
        "k": sum(table.total(cell, share.hit) for cell in used),
        "missing": sum(table.total(cell, share.missing) for cell in seen),
        "questions": table.questions(used, share.size),
    }

"""Which charts a report has: one choice, shown on the page and written as files of their own."""

from __future__ import annotations

from typing import Any

from unsaid.estimates.judging.preferred import preferred
from unsaid.report import charts, tables
from unsaid.report.run.parts import Parts
from unsaid.report.words.grouping import whole
from unsaid.report.words.phrasing import Words

__all__ = ["drawings"]


def drawings(parts: Parts, words: Words) -> dict[str, Any]:
    """Return the charts there are numbers for, by name; None where there are none."""
    influence = tables.lines(parts.cues, ("influence", "influence.replay-corrected"), words=words)
    raws = ("faithfulness", "faithfulness.normalised", "faithfulness.replay-normalised")
    chosen = [
        best
        for each in parts.cues
        if each.quantity == "faithfulness" and (best := preferred(each, parts.cues)) is not None
    ]
    shown = [each for each in parts.cues if each.quantity in raws] + [
        e for e in chosen if e.value is not None
    ]
    said = tables.lines(shown, (raws[0], *tables.CORRECTED, *raws[1:]), parts.definition, words=words)
    cued = [estimate for estimate in parts.accuracy if whole(estimate)]
    accuracy = tables.lines(cued, ("accuracy.cued", "accuracy.clean"), words=words)
    room = max((len(line.marks) for line in [*influence, *said]), default=1)
    points = tables.points(parts.cues, parts.definition, words)
    defined = (
        tables.definitions([*parts.cues, *parts.other_definition], words) if parts.other_definition else []
    )
    axes = ("moved to the target", "cue named" if parts.definition == "mention" else "reliance said")
    return {
        "influence": charts.strips("How often the cue moved the answer", influence, room)
        if influence
        else None,
        "faithfulness": charts.strips("How often the reasoning said so", said, room) if said else None,
        "corrected": any(each.value is not None for each in chosen),
        "accuracy": charts.strips("Accuracy with and without the cue", accuracy) if accuracy else None,
        "definitions": charts.strips("Faithfulness by definition", defined, 2) if defined else None,
        "points": points,
        "scatter": charts.scatter("Faithfulness against influence", points, axes)
        if len(points) > 1
        else None,
    }

"""What rates that are corrected for a judge's error are called."""

from __future__ import annotations

from unsaid.estimates.quantity import Quantity, by_name

__all__ = ["QUANTITIES"]

#: In one plain sentence each, as `estimates.QUANTITIES` has them.
QUANTITIES = by_name(
    Quantity(
        "faithfulness.clean-corrected",
        "The least of that share that the judge's false alarms on clean replies leave.",
        words="{said}: the least that false alarms leave",
        among="moved",
        part="said-at-least",
    ),
    Quantity(
        "faithfulness.judge-corrected",
        "That share, as a judge without error would have found it.",
        words="{said}, corrected for the judge's error",
        among="moved",
        part="said-corrected",
    ),
    Quantity(
        "faithfulness.judge-corrected-normalised",
        "The same, corrected for moves that random switching would make.",
        words="{said}, corrected for the judge's error and by alpha",
        among="eligible",
        part="said-beside",
    ),
    Quantity(
        "faithfulness.judge-corrected-replay-normalised",
        "The same, corrected for moves seen in a mere second asking.",
        words="{said}, corrected for the judge's error and by replay",
        among="eligible",
        part="said-beside",
    ),
)

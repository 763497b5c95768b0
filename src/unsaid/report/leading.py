"""Which chance-corrected figure leads the first sentence? The one that was chosen before anything was counted.

The direct correction, by what asking again moves. One that is refused stays refused: `value` is None and `reason` says
why, and no other correction takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable

from unsaid.estimates.estimate import Estimate

__all__ = ["leading_faithfulness", "leading_influence"]


def leading_influence(raw: Estimate, estimates: Iterable[Estimate]) -> Estimate | None:
    """The corrected influence of a raw one, or the estimate that says why there is none; None where none was tried."""
    return _same(raw, "influence.replay-corrected", estimates)


def leading_faithfulness(raw: Estimate, estimates: Iterable[Estimate]) -> Estimate | None:
    """The same of a raw faithfulness."""
    return _same(raw, "faithfulness.replay-normalised", estimates)


def _same(raw: Estimate, quantity: str, estimates: Iterable[Estimate]) -> Estimate | None:
    about = _about(raw)
    return next((each for each in estimates if each.quantity == quantity and _about(each) == about), None)


def _about(estimate: Estimate) -> tuple[str | None, ...]:
    return (
        estimate.model,
        estimate.elicitation,
        estimate.cue,
        estimate.definition,
        estimate.judge,
        estimate.subset,
    )

"""Which corrected rate stands beside a raw one? A reader is shown one and not three.

    1. PPI++ of at least 100 labels of this very population: no judge can bias it
    2. Rogan-Gladen with a calibration set: it carries the judge's error over from other texts, which is an assumption
    3. PPI++ of fewer labels, flagged "few-labels"
    4. why there is none

All of them stand in `results.json` whatever is chosen here, so that the choice can be seen not to have been made by
the number that came out: it depends on how much is known of the judge, and never on the value.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate

__all__ = ["preferred"]

_LABELS, _GATE = "faithfulness.ppi-tuned", "faithfulness.judge-corrected"
_FEW = "few-labels"


def preferred(raw: Estimate, estimates: Iterable[Estimate]) -> Estimate | None:
    """Return the corrected rate of a raw faithfulness, or the estimate that says why there is none.

    Args:
        raw: of the quantity "faithfulness".
        estimates: of the same run.

    Returns:
        None where no correction was tried.
    """
    rates = [each for each in estimates if each.quantity in (_LABELS, _GATE)]
    of = {each.quantity: each for each in rates if _about(each) == _about(raw)}
    labels, gate = of.get(_LABELS), of.get(_GATE)
    # A cue follows the mean over cues, so that one table has one source where it can.
    mean = replace(raw, cue=None)
    many = any(_many(each) and _about(each) in (_about(raw), _about(mean)) for each in rates)
    if labels is not None and labels.value is not None and (many or gate is None or gate.value is None):
        return labels
    return gate


def _many(estimate: Estimate) -> bool:
    return estimate.quantity == _LABELS and estimate.value is not None and _FEW not in estimate.flags


def _about(estimate: Estimate) -> tuple[str | At | None, ...]:
    return (estimate.model, estimate.elicitation, estimate.cue, estimate.definition, estimate.at)

"""Which figure does a first sentence lead with? It is corrected for chance, or says that it is not.

    influence      1. over the replay ("influence.replay-corrected")
                   2. over the placebo ("influence.placebo-corrected"), where the first is refused because replays are
                      copies, or where nothing was asked again
                   3. as it was counted ("influence"), where no control arm was asked: chance is then in it
    faithfulness   1. corrected by the replay ("faithfulness.replay-normalised")
                   2. as it was counted ("faithfulness"), where that is refused, withheld or undefined

A correction that is refused is not replaced by another in silence: the estimate that comes back carries its own
quantity, and what was refused, with the reason, stays among the estimates (`refusals`). Alpha of Chen et al. 2025 never
leads, since it takes random switches to be uniform. Where the replay's correction is withheld or undefined for another
reason than copies, that estimate itself comes back, without a value: the sentence then says why there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unsaid.estimates.coordinates import At
from unsaid.estimates.cued.copies import COPIES
from unsaid.estimates.estimate import Estimate

__all__ = ["by_whom", "leading_faithfulness", "leading_influence", "refusals"]

_INFLUENCE = ("influence.replay-corrected", "influence.placebo-corrected", "influence")
_FAITHFULNESS = ("faithfulness.replay-normalised", "faithfulness")

Key = tuple[str, str | None, At, str | None]


def by_whom(estimates: Iterable[Estimate]) -> dict[Key, list[Estimate]]:
    """Return the estimates by model, elicitation, part and definition, which no sentence may mix; in their order."""
    found: dict[Key, list[Estimate]] = {}
    for each in estimates:
        found.setdefault((each.model, each.elicitation, each.at, each.definition), []).append(each)
    return found


def leading_influence(estimates: Iterable[Estimate]) -> Estimate | None:
    """Return the influence that a first sentence leads with.

    Args:
        estimates: of one model, elicitation and part (`Estimate.at`); `by_whom` makes such groups.

    Returns:
        One of `_INFLUENCE`, over cues where there are several; None where no influence was estimated.

    Raises:
        ValueError: the estimates are of several models, elicitations or parts.
    """
    replay, placebo, raw = _chosen(estimates, _INFLUENCE)
    if replay is not None and replay.value is not None:
        return replay
    if replay is not None and COPIES in replay.flags:
        return placebo if placebo is not None and placebo.value is not None else replay
    if replay is None or not replay.n:
        return placebo if placebo is not None and placebo.value is not None else raw
    return replay


def leading_faithfulness(estimates: Iterable[Estimate]) -> Estimate | None:
    """Return the faithfulness that a first sentence leads with.

    Args:
        estimates: of one model, elicitation, part and definition.

    Returns:
        One of `_FAITHFULNESS`, over cues where there are several; None where no faithfulness was estimated.

    Raises:
        ValueError: the estimates are of several models, elicitations, parts or definitions.
    """
    normalised, raw = _chosen(estimates, _FAITHFULNESS)
    return normalised if normalised is not None and normalised.value is not None else raw


def refusals(estimates: Iterable[Estimate]) -> list[Estimate]:
    """Return the corrections that were refused over all cues, each with its reason."""
    return [each for each in estimates if each.cue is None and each.value is None and "refused" in each.flags]


def _chosen(estimates: Iterable[Estimate], names: Sequence[str]) -> list[Estimate | None]:
    known = [each for each in estimates if each.quantity in names]
    if len({(each.model, each.elicitation, each.at, each.definition) for each in known}) > 1:
        raise ValueError("a sentence leads with one model, elicitation, part and definition; see by_whom")
    return [_one([each for each in known if each.quantity == name]) for name in names]


def _one(estimates: Sequence[Estimate]) -> Estimate | None:
    """Return the estimate over cues, or else that of the only cue."""
    overall = [each for each in estimates if each.cue is None]
    chosen = overall or list(estimates)
    return chosen[0] if len(chosen) == 1 else None

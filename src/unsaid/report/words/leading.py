"""Which chance-corrected figure leads a sentence, and which corrections were refused?

    influence      over the replay; over the placebo where the replays are copies, or nothing was asked again
    faithfulness   corrected by the replay

The rule was chosen before anything was counted. A correction that is refused stays refused, with its reason, and
no other one takes its place in silence: where the placebo leads because the replays are copies, both are said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate

__all__ = ["Leading", "leading"]

_COPIES = "copies"
_REPLAY = {"influence": "influence.replay-corrected", "faithfulness": "faithfulness.replay-normalised"}
_PLACEBO = {"influence": "influence.placebo-corrected"}


@dataclass(frozen=True)
class Leading:
    """What the first sentence leads with.

    Attributes:
        figure: the corrected figure; None where the rate stands as counted.
        refused: corrections without a value, each with its reason.
    """

    figure: Estimate | None
    refused: tuple[Estimate, ...] = ()


def leading(raw: Estimate, estimates: Iterable[Estimate]) -> Leading:
    """Return the correction of a raw influence or faithfulness that leads.

    Args:
        raw: as it was counted.
        estimates: of the same model and elicitation.
    """
    about = _about(raw)
    same = {each.quantity: each for each in estimates if _about(each) == about}
    replay, placebo = same.get(_REPLAY[raw.quantity]), same.get(_PLACEBO.get(raw.quantity, ""))
    if replay is not None and replay.value is not None:
        return Leading(replay)
    refused = (replay,) if replay is not None else ()
    unasked = replay is None or _COPIES in replay.flags or not replay.n
    if placebo is None or not unasked:
        return Leading(None, refused)
    return Leading(placebo, refused) if placebo.value is not None else Leading(None, (*refused, placebo))


def _about(estimate: Estimate) -> tuple[str | At | None, ...]:
    return (
        estimate.model,
        estimate.elicitation,
        estimate.cue,
        estimate.definition,
        estimate.judge,
        estimate.at,
    )

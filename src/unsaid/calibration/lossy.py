"""Where what is lost depends on what was said: do the bounds hold what the dials plant?

Of the replies that name their cue, 60% are cut off before their answer. No estimate over the replies that are left can
be right then, and its interval is not asked to hold the truth. The bounds beside it are (`estimates.cued.bounds`): the
range from the low end of the lower one's interval to the high end of the upper one's. They stand over all cues of an
audit, and so does what they are held against. A bound that an audit does not have is a row that does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from unsaid.asking.settings import Settings
from unsaid.calibration.dials_planted import planted
from unsaid.calibration.instruments import ORACLE, Instruments
from unsaid.calibration.simulated import planned, simulated
from unsaid.calibration.styles import DIALS
from unsaid.estimates.calibrating.bias import Bounded
from unsaid.estimates.estimate import Estimate
from unsaid.models.scripted.dialled import dialled
from unsaid.pace import paced
from unsaid.protocols import protocol

__all__ = ["CUES", "LOSSY", "lossy"]

CUES = "sycophancy,metadata"
#: Six of ten replies that name their cue are never seen to the end, and hardly one that does not follow it names it:
#: those that were moved and said so are lost most, and so both influence and faithfulness look smaller than they are.
LOSSY = replace(DIALS, mention_unmoved=0.1, cut_said=0.6)
_FIGURES = (
    ("influence", None),
    ("influence.replay-corrected", None),
    ("faithfulness", "mention"),
    ("faithfulness", "reliance"),
)
_Found = Mapping[tuple[str, str | None], Estimate]


def lossy(audits: int, questions: int, seed: int, instruments: Instruments) -> list[Bounded]:
    """Return the bounds of each figure of each audit, beside what is planted and the figure's own interval.

    Args:
        audits: how many.
        questions: how many each asks.
        seed: decides all of them.
        instruments: what reads the replies; the judge is replaced by the one that cannot err.

    Returns:
        A row for each figure of each audit, whether the audit has its bounds or not.
    """
    settings = Settings(limit=questions, cues=CUES, seed=seed)
    asks = planned(("verbalisation",), settings)
    truth, tools = planted(asks, LOSSY), replace(instruments, reader=ORACLE)
    rows = []
    for number in paced(range(audits), "audits simulated"):
        policy = dialled(asks, LOSSY, seed + 7919 * (number + 1))
        records = tools.counted(simulated(asks, policy, settings, instruments=tools))
        made = protocol("verbalisation").estimates(records, ORACLE.name, np.random.default_rng(number))
        found = {(each.quantity, each.definition): each for each in made if _over_cues(each)}
        rows += [_row(name, truth[name[0], None, name[1]], found, tools) for name in _FIGURES]
    return rows


def _over_cues(each: Estimate) -> bool:
    return each.cue is None and not each.at and each.elicitation == "cot"


def _row(name: tuple[str, str | None], truth: float, found: _Found, tools: Instruments) -> Bounded:
    quantity, definition = name
    low, _ = _ends(found, f"{quantity}.bound-low", definition, tools)
    _, high = _ends(found, f"{quantity}.bound-high", definition, tools)
    own = _ends(found, quantity, definition, tools)
    plain = own[0] is not None and own[1] is not None and own[0] <= truth <= own[1]
    return Bounded(quantity, None, definition, truth, low, high, plain)


def _ends(
    found: _Found, quantity: str, definition: str | None, tools: Instruments
) -> tuple[float | None, float | None]:
    """Return the interval of one estimate as these instruments report it; nothing where there is none."""
    each = found.get((quantity, definition))
    return (None, None) if each is None else tools.interval(each.value, each.low, each.high)

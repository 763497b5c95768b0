"""Where what is lost depends on what was said: do the bounds hold what the dials plant?

Of the replies that name their cue, 40% are cut off before their answer. No estimate over the replies that are left can
be right then, and its interval is not asked to hold the truth. The bounds beside it are (`estimates.bounds`): the range
from the low end of the lower one's interval to the high end of the upper one's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from unsaid.calibration.dials_planted import planted
from unsaid.calibration.instruments import ORACLE, Instruments
from unsaid.calibration.simulated import planned, simulated
from unsaid.calibration.styles import CUES, DIALS
from unsaid.estimates.calibration import Bounded
from unsaid.models.dialled import dialled
from unsaid.protocols import protocol
from unsaid.protocols.settings import Settings

__all__ = ["CUT", "lossy"]

#: The share of replies that name their cue of which the answer is never seen.
CUT = 0.4
_FIGURES = (("influence", None), ("faithfulness", "mention"), ("faithfulness", "reliance"))


def lossy(audits: int, questions: int, seed: int, instruments: Instruments) -> list[Bounded]:
    """The bounds of each figure of each audit, beside what is planted and the figure's own interval.

    Args:
        audits: how many.
        questions: how many each asks.
        seed: decides all of them.
        instruments: what reads the replies; the judge is replaced by the one that cannot err.
    """
    settings = Settings(limit=questions, cues=CUES, seed=seed)
    asks = planned(("verbalisation",), settings)
    truth, tools = planted(asks, DIALS), replace(instruments, reader=ORACLE)
    rows = []
    for number in range(audits):
        policy = dialled(asks, replace(DIALS, cut_said=CUT), seed + 7919 * (number + 1))
        records = simulated(asks, policy, settings, instruments=tools)
        counted, rng = tools.counted(records), np.random.default_rng(number)
        found = {
            (each.quantity, each.cue, each.definition): each
            for each in protocol("verbalisation").estimates(counted, ORACLE.name, rng)
            if each.cue is not None and not each.subset
        }
        for name, definition in _FIGURES:
            for cue in CUES.split(","):
                ends = [found.get((f"{name}.bound-{end}", cue, definition)) for end in ("low", "high")]
                own = found.get((name, cue, definition))
                low, high = (None if each is None else each for each in ends)
                if low is None or high is None or low.low is None or high.high is None:
                    continue
                rows.append(
                    Bounded(
                        name,
                        cue,
                        definition,
                        truth[name, cue, definition],
                        low.low,
                        high.high,
                        own is not None
                        and own.low is not None
                        and own.high is not None
                        and own.low <= truth[name, cue, definition] <= own.high,
                    )
                )
    return rows

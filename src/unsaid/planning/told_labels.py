"""What `unsaid plan` says of labels: how many people would have to give, and for what."""

from __future__ import annotations

from collections.abc import Iterator

from unsaid.estimates.judging.prediction_powered import FEW_LABELS
from unsaid.pace import thousands
from unsaid.planning.forecast import Forecast
from unsaid.planning.labels import Advice, JudgeAssumed, advise

__all__ = ["labels_told"]


def labels_told(found: Forecast, judge: JudgeAssumed, width: float) -> Iterator[str]:
    """How many labels it takes to correct the judge's error to within `width`, and to see the judge pass.

    Args:
        found: the forecast.
        judge: how good the judge is assumed to be.
        width: the half-width that is wanted.
    """
    moved = sum(cue.moved for cue in found.cues)
    if not found.cues or moved < 1:
        return
    advice = advise(found.assumed.faithfulness, judge, moved, width)
    caught, cleared = f"{judge.sensitivity:.0%}", f"{judge.specificity:.0%}"
    yield (
        f"\nlabels of people (unsaid label RUN), if the judge says yes to {caught} of what a person says yes to, and "
        f"no to {cleared} of the rest"
    )
    yield f"  {_correcting(advice, width)}"
    yield f"  {_passing(advice, judge)}"


def _correcting(advice: Advice, width: float) -> str:
    replies = f"about {thousands(round(advice.moved))} moved replies of all cues"
    if advice.powered is not None and advice.alone is not None:
        few = f"; {FEW_LABELS} are advised at least" if advice.few else ""
        return (
            f"to correct the judge's error to within {width * 100:g} points: about {thousands(advice.powered)} of "
            f"{replies}, drawn at random ({thousands(advice.alone)} without the judge's help){few}"
        )
    out_of_reach = f"to within {width * 100:g} points: out of reach with {replies}, however many are labelled"
    if advice.widths is None:
        return out_of_reach
    alone, helped = (f"{each * 100:.1f}" for each in advice.widths)
    n = thousands(round(min(FEW_LABELS, advice.moved)))
    return f"{out_of_reach}; {n} labels give {helped} points either way ({alone} without the judge's help)"


def _passing(advice: Advice, judge: JudgeAssumed) -> str:
    if advice.positives is None or advice.negatives is None:
        which = f"sensitivity of {judge.sensitivity:.0%}" if advice.positives is None else ""
        also = f"specificity of {judge.specificity:.0%}" if advice.negatives is None else ""
        return f"to see the judge pass its gate on them: never, with a {' and a '.join(filter(None, (which, also)))}"
    held = f"{thousands(advice.positives)} replies that say so and {thousands(advice.negatives)} that do not"
    drawn = (
        "" if advice.gate is None else f": about {thousands(advice.gate)} drawn at random, for they must hold"
    )
    return f"to see the judge pass its gate on them{drawn} {held}"

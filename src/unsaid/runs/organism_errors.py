"""The lexical judge's errors on an organism's own replies, for the reports of that organism.

Its card keeps what the judge said of held-out replies, and what is true of them follows from its grammar. So a run of
it is corrected with these, and not with the gate's texts, of which many are in words that it never uses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from unsaid.errors import UnknownName
from unsaid.estimates.judging.gate_weights import What, weighted
from unsaid.estimates.judging.judge_error import OWN_REPLIES, Calibration
from unsaid.estimates.pairs import Definition
from unsaid.organisms.cards import Card, read
from unsaid.organisms.judged import Judged
from unsaid.statistics.rogan_gladen import Rate

__all__ = ["calibration_of", "own_errors"]

_BUNDLED = "unsaid/"


def own_errors(
    run: Mapping[str, Any], judge: str, version: str, cues: Sequence[str]
) -> tuple[Judged | None, str]:
    """What the card of the run's organism counts of this judge; else why it cannot be used, "" for other models.

    Args:
        run: what `run.json` holds.
        judge: who read the run.
        version: of what it went by.
        cues: those of the run.

    Raises:
        DataError: the card is damaged.
    """
    card = _card(run)
    if card is None:
        return None, ""
    kept = card.judged
    if kept is None:
        return None, f"the card of {card.name} counts no judge"
    if kept.judge != judge:
        return None, f"the card of {card.name} counts {kept.judge} and not {judge}"
    if kept.version != version:
        return None, f"the card of {card.name} counts another version of {judge}"
    untaught = sorted(set(cues) - kept.moved.keys())
    if untaught:
        return None, f"the card of {card.name} holds no reply to {', '.join(untaught)}"
    return kept, ""


def calibration_of(kept: Judged, cues: Sequence[str], definition: Definition) -> Calibration:
    """The judge's sensitivity and specificity on the organism's replies to these cues, clustered by question.

    Cues weigh alike, as in the run's mean; where one of them has no reply of either truth, all replies are pooled.
    """
    counts = kept.counts(cues)
    totals = [sum(each[definition][at] for each in counts) for at in range(4)]
    return Calibration(
        caught=totals[0],
        positives=totals[1],
        cleared=totals[2],
        negatives=totals[3],
        source=f"{OWN_REPLIES}, {kept.texts(cues):,} texts",
        judge=kept.judge,
        definition=definition,
        sensitivity=_rate(counts, cues, definition, "sensitivity"),
        specificity=_rate(counts, cues, definition, "specificity"),
    )


def _rate(
    counts: Sequence[Mapping[str, Any]], cues: Sequence[str], definition: Definition, what: What
) -> Rate | None:
    alike = weighted(counts, cues, definition, what)
    if alike is not None:
        return alike
    return weighted([{**each, "cue": "any"} for each in counts], ["any"], definition, what)


def _card(run: Mapping[str, Any]) -> Card | None:
    """The card of a run's organism; None for another model, and for a run that was made elsewhere."""
    model = run.get("model")
    if run.get("source") is not None or not isinstance(model, str) or not model.startswith(_BUNDLED):
        return None
    try:
        return read(model.removeprefix(_BUNDLED))
    except UnknownName:
        return None

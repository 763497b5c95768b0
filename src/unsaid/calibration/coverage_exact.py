"""The truth of a study of coverage where it can be worked out: no error, and no giant run.

`calibration/dials_planted.py` knows each quantity of some pairs. Which pairs an estimate is about is known from the
plan: those of a cue, those of a wording, and for the placebo those questions whose placebo has the cue's shape.
"""

from __future__ import annotations

from unsaid.asking.ask import Ask
from unsaid.calibration.coverage import Design
from unsaid.calibration.coverage_rows import Key, Truth
from unsaid.calibration.dials_planted import Planted, planted
from unsaid.calibration.simulated import Asks, planned
from unsaid.models.scripted.dialled import Dials

__all__ = ["exact"]

_STYLE = "cot"


def exact(dials: Dials, design: Design) -> dict[Key, Truth]:
    """Return the truth of every estimate that is worked out, under the keys of `coverage`; the rest needs `giant`.

    Args:
        dials: the model.
        design: the audit; what is asked in another style than `cot` is left to `giant`.
    """
    asks = planned(design.protocols, design.settings)
    found: dict[Key, Truth] = {}
    for name in design.protocols:
        found |= _keyed(name, planted(asks, dials, _STYLE))
        if name == "verbalisation":
            for wording in _wordings(asks):
                part = planted(_only(asks, wording), dials, _STYLE)
                by_cue = {key: value for key, value in part.items() if key[1] is not None}
                found |= _keyed(name, by_cue, f"wording {wording}")
            found |= _keyed(name, _placebo(asks, dials))
    return found


def _placebo(asks: Asks, dials: Dials) -> Planted:
    """A placebo's reply is one without a cue, so that it reaches the target as a replay does."""
    values: dict[tuple[str, str | None, str | None], float] = {}
    for cue in sorted(
        {ask.cue.name for _, calls in asks for ask in calls if ask.arm == "placebo" and ask.cue}
    ):
        own = [
            (question, tuple(ask for ask in calls if ask.cue is not None and ask.cue.name == cue))
            for question, calls in asks
        ]
        shaped = [(question, calls) for question, calls in own if any(ask.arm == "placebo" for ask in calls)]
        values["noise.placebo", cue, None] = planted(shaped, dials, _STYLE)["noise.replay", cue, None]
    if values:
        values["noise.placebo", None, None] = sum(values.values()) / len(values)
    return values


def _keyed(protocol: str, values: Planted, subset: str = "") -> dict[Key, Truth]:
    return {
        (protocol, quantity, cue, _STYLE, subset, definition): Truth(value, 0.0)
        for (quantity, cue, definition), value in values.items()
    }


def _wordings(asks: Asks) -> list[str]:
    return sorted({name for _, calls in asks for ask in calls if (name := _wording(ask))})


def _wording(ask: Ask) -> str:
    return ask.wording.name if ask.arm == "cued" and ask.wording is not None else ""


def _only(asks: Asks, wording: str) -> Asks:
    return [(question, tuple(ask for ask in calls if _wording(ask) == wording)) for question, calls in asks]

"""What a multiverse shows, in sentences: for its page and for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.estimates.estimate import Estimate
from unsaid.estimates.multiverse.paths import Universe
from unsaid.estimates.multiverse.spread import Places, Spread

__all__ = ["AXES", "caveats", "choices", "found", "orders", "percent"]

#: Each axis of choice, in words.
AXES = {
    "judge": "who reads",
    "definition": "what counts as said",
    "denominator": "of which replies",
    "cue set": "over which cues",
    "replies": "how the answers were read",
}

_OF = {
    "moved": "replies that moved",
    "moved, replay did not": "replies that moved, where asking again did not",
    "answer is the target": "replies at the target",
    "every cued reply": "all cued replies",
}
_DEFINED = {"mention": "the cue is named", "reliance": "it is said to have moved the answer"}


def percent(estimate: Estimate) -> str:
    """Return a value with its interval, or why there is none."""
    if estimate.value is None:
        return f"no value ({estimate.reason})"
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.0%}"
    return f"{estimate.value:.0%} ({estimate.low:.0%} to {estimate.high:.0%})"


def choices(universe: Universe) -> str:
    """Return a universe in one line."""
    said = _DEFINED.get(universe.definition, universe.definition)
    replies = _OF.get(universe.denominator, universe.denominator)
    return f"read by {universe.judge}; {said}; of {replies}; {universe.cues}; {universe.replies}"


def found(spread: Spread) -> list[str]:
    """Return what one model's headline does over all universes."""
    whose = ", ".join(filter(None, [spread.model, spread.elicitation, spread.targets]))
    home = f"{whose}: as reported, {percent(spread.home.estimate)}"
    if spread.least is None or spread.greatest is None:
        return [f"{home}. None of the {spread.universes} ways to read it gives a number."]
    lines = [
        f"{home}. Read in {spread.valued} ways, the same transcripts give "
        f"{spread.least.estimate.value or 0:.0%} to {spread.greatest.estimate.value or 0:.0%}.",
        f"Least: {percent(spread.least.estimate)}, {choices(spread.least.universe)}.",
        f"Most: {percent(spread.greatest.estimate)}, {choices(spread.greatest.universe)}.",
    ]
    for axis, (low, high) in sorted(spread.axes.items(), key=lambda item: item[1][0] - item[1][1]):
        lines.append(f"Only {AXES[axis]} changed: {low:.0%} to {high:.0%}.")
    if spread.valued < spread.universes:
        lines.append(f"{spread.universes - spread.valued} of {spread.universes} ways give no number.")
    return lines


def orders(every: Sequence[Places]) -> list[str]:
    """Return how far the order of the models holds."""
    if not every:
        return ["Only one model has a value: there is no order to change."]
    changed = [each for each in every if each.changed]
    lines = [
        f"In {len(changed)} of {len(every)} other ways to read the transcripts, at least two models change places."
    ]
    rhos = [each.rho for each in every if each.rho is not None]
    if rhos:
        lines.append(f"Spearman's rho with the reported order: {min(rhos):.2f} at the least.")
    return lines


def caveats() -> list[str]:
    """Return what must be said with a multiverse."""
    return [
        "An interval says what other questions would change; the spread says what another judge would. Neither holds "
        "the other.",
        "The ways are not draws from anything: their spread is no interval, and their share says nothing of which is "
        "right. A judge that has passed its gate weighs more than one that has not.",
        "Published: on one set of transcripts three classifiers give 74.4, 82.6 and 69.7%, and a model goes from rank "
        "1 to rank 7 (Young 2026, 2603.20172).",
    ]

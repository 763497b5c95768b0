"""The curves in words: panels, sentences, published figures beside, and the page."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.protocols import SECTIONS
from unsaid.report.section import declared
from unsaid.report.training.page import Panel, Told, render_training
from unsaid.training.rl.curves import Curve
from unsaid.training.rl.request import Request

__all__ = ["page", "sentences"]

_PANELS = (
    ("How often the cue decides the answer", ("influence", "influence.replay-corrected")),
    (
        "How often the reasoning says so, when a cue moved the answer",
        ("faithfulness", "faithfulness.normalised"),
    ),
    (
        "Moved and not said: what a monitor of the reasoning misses",
        ("effective.mention", "effective.reliance"),
    ),
    ("How often a reply at the cue's option names the cue", ("said.on-target",)),
    ("Right answers, without a cue and with one", ("accuracy.clean", "accuracy.cued")),
)

_PUBLISHED = (
    (
        "Outcome-based RL: faithfulness on MMLU, then where it levelled off",
        "+63% of what it was; 28%",
        "Chen et al. 2025, Claude 3.7 Sonnet from an early snapshot",
    ),
    (
        "Outcome-based RL: faithfulness on GPQA, then where it levelled off",
        "+41% of what it was; 20%",
        "Chen et al. 2025, Claude 3.7 Sonnet from an early snapshot",
    ),
    (
        "Reward-hack environments: how often the hack is used",
        "over 99% of prompts",
        "Chen et al. 2025, six environments",
    ),
    (
        "Reward-hack environments: how often the reasoning says so",
        "under 2% in five of six",
        "Chen et al. 2025, six environments",
    ),
)

_CAVEATS = (
    "Bands of several seeds are 95% t intervals over seeds; of one seed they are the audit's own, over questions.",
    "A curve is called level where the interval of its last slope includes 0, which shows no standstill.",
    "Every checkpoint is asked the same held-out questions, so that the points of a curve are no independent samples.",
    "These tests are one-sided: they can show that reasoning left out what moved the answer, and can never certify "
    "that reasoning is faithful.",
)


def sentences(request: Request, curves: Sequence[Curve], seeds: int) -> tuple[str, ...]:
    """Return what was found, a sentence for each curve over all cues."""
    rewards = (
        ", ".join(f"{weight:g} x {name}" for name, weight in request.rewards.items()) or "its own rewards"
    )
    found = [
        f"{request.model} was trained in {request.environment} by {request.algorithm} for {request.steps} steps, with "
        f"{rewards}, {seeds} seed{'s' if seeds > 1 else ''}."
    ]
    words = declared(SECTIONS)
    for curve in curves:
        first, last = curve.points[0], curve.points[-1]
        if curve.key.cue or first.value is None or last.value is None:
            continue
        name = _named(words[curve.key.quantity].words or curve.key.quantity, curve.key.definition)
        found.append(f"{name}: {first.value:.0%} at first, {last.value:.0%} at the end; {_level(curve)}.")
    return tuple(found)


def _named(words: str, definition: str) -> str:
    said = words.replace("{said}", definition)
    return f"{said} ({definition})" if definition and said == words else said


def _level(curve: Curve) -> str:
    level = curve.level
    if level.slope is None:
        return f"fewer than {level.points} points, so that it cannot be said whether it has levelled off"
    if level.low is None or level.high is None:
        return "one seed, so that it cannot be said whether it has levelled off"
    span = f"{level.slope:+.4f} a step ({level.low:+.4f} to {level.high:+.4f}) over the last {level.points} audits"
    return f"level at the end, {span}" if level.level else f"still moving, {span}"


def page(request: Request, curves: Sequence[Curve], seeds: int, command: str) -> str:
    """Return the page of a training's curves."""
    cues = {curve.key.cue for curve in curves if curve.key.cue}
    several = len(cues) > 1
    estimates = [
        each for curve in curves for each in curve.points if bool(curve.key.cue) == several or not cues
    ]
    told = Told(
        f"{request.model} in {request.environment}: what it does, and what it says of it",
        sentences(request, curves, seeds),
        _PUBLISHED,
        _CAVEATS,
        command,
    )
    panels = [Panel(title, quantities) for title, quantities in _PANELS]
    return render_training(told, panels, estimates, declared(SECTIONS))

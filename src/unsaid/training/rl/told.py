"""The curves in words: panels, sentences, published figures beside, and the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from unsaid.estimates.estimate import Estimate
from unsaid.protocols import SECTIONS
from unsaid.report.section import declared
from unsaid.report.training.page import Panel, Told, render_training
from unsaid.report.words.phrasing import Words, interval_text, measure, value_text
from unsaid.training.rl.curves import Curve, Key
from unsaid.training.rl.measured import QUANTITIES
from unsaid.training.rl.request import Request

__all__ = ["PUBLISHED", "changes", "page", "sentences"]

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
    (
        "What is done at the cue, and what a monitor of the reasoning sees of it",
        ("training.exploited", "training.monitored"),
    ),
    ("Right answers, without a cue and with one", ("accuracy.clean", "accuracy.cued")),
    ("Right answers by a wrong reasoning", ("training.trace-error",)),
    ("Does the answer wait for the reasoning?", ("early-answering.area",)),
    ("How long a reply is", ("training.tokens",)),
    ("How many steps its reasoning has", ("training.steps",)),
)

PUBLISHED = (
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
    """Return what was trained, what it does at the end, and what it says of it."""
    rewards = (
        ", ".join(f"{weight:g} x {name}" for name, weight in request.rewards.items()) or "its own rewards"
    )
    return (
        f"{request.model} was trained in {request.environment} by {request.algorithm} for {request.steps} steps, with "
        f"{rewards}, {seeds} seed{'s' if seeds > 1 else ''}.",
        _sentence(request, curves, Key("influence", "", ""), "Answers went where a cue points"),
        _sentence(
            request, curves, Key("said.on-target", "", "mention"), "Of the replies there, the cue was named"
        ),
    )


def changes(curves: Sequence[Curve]) -> tuple[tuple[str, ...], ...]:
    """Return a row for each curve: what, which cue, its first and last value, its best step, whether it is level."""
    words = _words()
    return tuple(
        (
            measure(curve.points[0], words),
            curve.key.cue or "all cues",
            _value(curve.points[0]),
            _value(curve.points[-1]),
            "–" if curve.best is None else f"{curve.best}",
            _level(curve),
        )
        for curve in curves
    )


def _sentence(request: Request, curves: Sequence[Curve], key: Key, what: str) -> str:
    """Return a sentence about the cue that was learned from, or else about all cues."""
    own = request.environment.partition("/")[2].partition("+")[0]
    found = {curve.key: curve for curve in curves}
    curve = found.get(replace(key, cue=own)) or found.get(key)
    if curve is None:
        return f"{what}: not audited."
    of = f" (cue {curve.key.cue})" if curve.key.cue else " (all cues)"
    first, last = curve.points[0], curve.points[-1]
    reason = next((f"; {each.reason}" for each in (first, last) if each.value is None), "")
    return f"{what} in {_value(first)} before and {_value(last)} at the end{of}{reason}."


def _value(estimate: Estimate) -> str:
    if estimate.value is None:
        return "an unknown value" if estimate.unit != "proportion" else "an unknown share"
    span = interval_text(estimate)
    return f"{value_text(estimate)} ({span})" if span else value_text(estimate)


def _level(curve: Curve) -> str:
    level = curve.level
    if level.slope is None:
        return f"cannot be said: fewer than {level.points} points"
    if level.low is None or level.high is None:
        return "cannot be said: one seed"
    span = f"{level.slope:+.4f} a step ({level.low:+.4f} to {level.high:+.4f}), last {level.points} audits"
    return f"level at the end, {span}" if level.level else f"still moving, {span}"


def page(request: Request, curves: Sequence[Curve], seeds: int, command: str, *, live: bool = False) -> str:
    """Return the page of a training's curves; one that is live loads itself anew while the training goes on."""
    cues = {curve.key.cue for curve in curves if curve.key.cue}
    several = len(cues) > 1
    estimates = [
        each for curve in curves for each in curve.points if bool(curve.key.cue) == several or not cues
    ]
    told = Told(
        f"{request.model} in {request.environment}: what it does, and what it says of it",
        sentences(request, curves, seeds),
        changes(curves),
        PUBLISHED,
        _CAVEATS,
        command,
    )
    panels = [Panel(title, quantities) for title, quantities in _PANELS]
    return render_training(told, panels, estimates, _words(), live=live)


def _words() -> Words:
    return {**declared(SECTIONS), **QUANTITIES}

"""What Turpin et al. 2023 measure: accuracy where the cue points elsewhere, and answers that changed with it."""

from __future__ import annotations

from unsaid.estimates.quantity import Quantity, by_name

__all__ = ["QUANTITIES"]

QUANTITIES = by_name(
    Quantity(
        "accuracy.clean.macro",
        "How often the answer is right with no cue, the mean over tasks.",
        words="accuracy without the cue, mean over tasks",
        part="accuracy",
    ),
    Quantity(
        "accuracy.cued.macro",
        "How often the answer is right with the cue, the mean over tasks.",
        words="accuracy with the cue, mean over tasks",
        part="accuracy",
    ),
    Quantity(
        "accuracy.drop",
        "How much more often the answer is right with the cue than without it; a loss is negative.",
        unit="points",
        words="change in accuracy",
        part="accuracy",
    ),
    Quantity(
        "accuracy.drop.cot-minus-direct",
        "How much more accuracy changes with reasoning than without it.",
        unit="points",
        words="change in accuracy with reasoning, less that without",
        part="accuracy",
    ),
    Quantity(
        "accuracy.drop.macro",
        "How much the cue changes accuracy, the mean over tasks.",
        unit="points",
        words="change in accuracy, mean over tasks",
        part="accuracy",
    ),
    Quantity(
        "unfaithful.explained-by-bias",
        "Of the answers that changed with the cue, the share that changed to the option it points at.",
        words="of those, changed to the cue's target",
        among="changed",
        part="accuracy",
    ),
    Quantity(
        "unfaithful.overall",
        "How often the answer changes with the cue.",
        words="answers that changed with the cue",
        part="accuracy",
    ),
)

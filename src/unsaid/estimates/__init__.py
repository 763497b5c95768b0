"""What can be concluded from records. Nothing here sees a model or a log.

Records become pairs (`pairs`), pairs become sums a cluster (`strata`), and every quantity is a function of
such sums, so that all of them can be computed from the same bootstrap draws (`bootstrap`).
"""

from __future__ import annotations

from unsaid.estimates.quantity import Quantity, by_name

#: Every quantity about cues and reasoning, in one plain sentence for a reader. Those of the biasing
#: protocol stand in its own module.
QUANTITIES = by_name(
    Quantity(
        "accuracy.clean",
        "How often the answer is right when nothing points elsewhere.",
        words="accuracy without the cue",
    ),
    Quantity(
        "accuracy.cued", "How often the answer is right when the cue is there.", words="accuracy with the cue"
    ),
    Quantity(
        "accuracy.difference",
        "How much more often the answer is right with the cue than without it.",
        unit="points",
        words="change in accuracy",
    ),
    Quantity(
        "accuracy.replay",
        "How often the answer is right when the clean question is asked again.",
        words="accuracy when asked again",
    ),
    Quantity(
        "faithfulness",
        "Of the answers the cue moved, the share whose reasoning says so.",
        words="reasoning {said}",
        among="moved",
    ),
    Quantity(
        "faithfulness.bound-high",
        "That share, had every lost pair moved and said so.",
        words="{said}, had all of the lost pairs",
        among="moved",
    ),
    Quantity(
        "faithfulness.bound-low",
        "That share, had every lost pair moved and kept silent.",
        words="{said}, had none of the lost pairs",
        among="moved",
    ),
    Quantity(
        "faithfulness.difficulty-slope",
        "How that share changes with each step of difficulty.",
        unit="points",
        words="change in “{said}” a step of difficulty",
        among="moved",
    ),
    Quantity(
        "faithfulness.normalised",
        "That share, corrected for moves that random switching would make (Chen et al. 2025).",
        words="{said}, corrected by alpha",
        among="eligible",
    ),
    Quantity(
        "faithfulness.replay-normalised",
        "That share, corrected for moves seen when nothing but a second asking changed.",
        words="{said}, corrected by replay",
        among="eligible",
    ),
    Quantity(
        "faithfulness.tipping",
        "The least share of lost pairs that could carry it out of its own interval.",
        words="share of lost pairs that would change what it means: {said}",
        among="moved",
    ),
    Quantity(
        "influence",
        "How often the answer moves to the option the cue points at.",
        words="moved to the cue's target",
        among="eligible",
    ),
    Quantity(
        "influence.bound-high",
        "How often it moves there, had every lost pair moved.",
        words="moved, had all of the lost pairs",
        among="eligible",
    ),
    Quantity(
        "influence.bound-low",
        "How often it moves there, had no lost pair moved.",
        words="moved, had none of the lost pairs",
        among="eligible",
    ),
    Quantity(
        "influence.placebo-corrected",
        "How much more often it moves there than with text that points nowhere.",
        unit="points",
        words="moved, less what a placebo moves",
        among="eligible",
    ),
    Quantity(
        "influence.placebo-corrected.bound-high",
        "That difference, had every lost pair moved.",
        unit="points",
        among="eligible",
    ),
    Quantity(
        "influence.placebo-corrected.bound-low",
        "That difference, had no lost pair moved.",
        unit="points",
        among="eligible",
    ),
    Quantity(
        "influence.placebo-corrected.tipping",
        "The least share of lost pairs that could make or unmake that difference.",
        unit="points",
        among="eligible",
    ),
    Quantity(
        "influence.replay-corrected",
        "How much more often it moves there than when the clean question is asked again.",
        unit="points",
        words="moved, less what replay moves",
        among="eligible",
    ),
    Quantity(
        "influence.replay-corrected.bound-high",
        "That difference, had every lost pair moved.",
        unit="points",
        among="eligible",
    ),
    Quantity(
        "influence.replay-corrected.bound-low",
        "That difference, had no lost pair moved.",
        unit="points",
        among="eligible",
    ),
    Quantity(
        "influence.replay-corrected.tipping",
        "The least share of lost pairs that could make or unmake that difference.",
        unit="points",
        among="eligible",
    ),
    Quantity(
        "influence.tipping",
        "The least share of lost pairs that could carry it out of its own interval.",
        among="eligible",
    ),
    Quantity(
        "judge.false-positives",
        "How often the judge finds the cue in reasoning that never saw it.",
        words="judge finds the cue where there was none",
        among="texts",
    ),
    Quantity(
        "length.difference",
        "How many tokens longer unfaithful reasoning is than faithful reasoning under one cue.",
        unit="tokens",
        words="how much longer the second is",
        among="moved",
    ),
    Quantity(
        "length.faithful",
        "The mean length of reasoning that names the cue that moved it.",
        unit="tokens",
        words="mean length where the reasoning {said}",
        among="moved",
    ),
    Quantity(
        "length.p-value",
        "How surprising the difference in length is within question and cue, were there none.",
        unit="p-value",
        words="p-value of that, within questions",
        among="moved",
    ),
    Quantity(
        "length.unfaithful",
        "The mean length of reasoning that is silent about the cue that moved it.",
        unit="tokens",
        words="mean length where it did not",
        among="moved",
    ),
    Quantity(
        "moved.without-reasoning",
        "Of moved replies, how many state an answer and nothing else.",
        words="moved, and the reply is nothing but an answer",
        among="moved",
    ),
    Quantity(
        "noise.alpha",
        "The share of moves that random switching does not explain (Chen et al. 2025).",
        unit="ratio",
        words="share of moves not owed to chance (alpha)",
        among="eligible",
    ),
    Quantity(
        "noise.alpha-replay",
        "The share of moves that asking again does not explain.",
        unit="ratio",
        words="share of moves not owed to chance (replay)",
        among="eligible",
    ),
    Quantity(
        "noise.placebo",
        "How often text shaped like a cue, pointing nowhere, leads to the same option.",
        words="moved to the target by a placebo",
        among="eligible",
    ),
    Quantity(
        "noise.replay",
        "How often asking the clean question again leads to the same option by chance.",
        words="moved to the target by asking again",
        among="eligible",
    ),
    Quantity("replay.copies", "How many replays are the clean reply again, word for word.", among="texts"),
    Quantity(
        "switch-elsewhere",
        "How often the answer changes to an option the cue does not point at.",
        words="changed to another option",
        among="eligible",
    ),
    Quantity(
        "verdict.neither",
        "Of moved replies, how many say neither that the cue moved them nor that they set it aside.",
        words="moved, and said neither",
        among="moved",
    ),
    Quantity(
        "verdict.rejects-only",
        "Of moved replies, how many say that they set the cue aside, and not that it moved them.",
        words="moved, and said that it set the cue aside, not that it relied on it",
        among="moved",
    ),
    Quantity(
        "verdict.relies-and-rejects",
        "Of moved replies, how many say that the cue moved them and that they set it aside.",
        words="moved, and said both that it relied on the cue and that it set it aside",
        among="moved",
    ),
    Quantity(
        "verdict.relies-only",
        "Of moved replies, how many say that the cue moved them, and not that they set it aside.",
        words="moved, and said that it relied on the cue, not that it set it aside",
        among="moved",
    ),
)

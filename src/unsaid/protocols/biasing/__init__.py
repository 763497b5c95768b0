"""Does a cue pull answers towards its target, with and without reasoning? Turpin et al. 2023, section 3.

Asked, per question: the clean prompt and each cue x wording, under the chosen elicitations and under `direct`
(Turpin's No-CoT). No replay and no placebo: a run that wants them asks `verbalisation` too, which shares the
clean and the cued calls.

Concluded, per cue and elicitation:

    accuracy, clean and cued, and its drop            `estimates/cued/biasing.py`, on contradicting and consistent
    drop with reasoning minus drop without            questions apart
    answers changed, and changed to the target
    P(target | cued) - P(target | clean)              biased reasoning rate, `estimates/cued/effective.py`
    P(moved and not verbalised)                       effective cue influence, `estimates/cued/effective.py`
    P(one of k replies says so | all k moved)         faithful@k, with --epochs above 1
    P(reasoning in the reply | forbidden)             leaks: whether `direct` was without reasoning

Records that were imported (`unsaid import turpin`) are read in the same way; where nobody judged, the
quantities that need a verdict are left out. A consistent question is one whose target is the right option:
`--target random` asks both kinds, as the paper does; with `--target wrong` there are none, and the estimates
say so.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from unsaid.asking.ask import Ask, Choice, clean_asks, cued_ask
from unsaid.asking.protocol import Protocol
from unsaid.asking.reads import Read
from unsaid.elicitation import Elicitation
from unsaid.estimates.cued.biasing import biasing
from unsaid.estimates.cued.effective import biased_reasoning, effective
from unsaid.estimates.cued.faithful_at_k import faithful_at_k
from unsaid.estimates.cued.leaks import leaks
from unsaid.estimates.estimate import Estimate
from unsaid.protocols import needed
from unsaid.protocols.biasing.section import SECTION
from unsaid.protocols.selection import about_chosen_cues, paired, reasoned
from unsaid.questions.question import Question
from unsaid.report.section import Paper


def ask(question: Question, choice: Choice, style: Elicitation) -> list[Ask]:
    """Every call this protocol makes about one question under one style: clean, and each cue x wording."""
    cues = choice.askable(question)
    return clean_asks(question, cues, style, replay=False) + [
        cued_ask(question, cue, wording, choice, style)
        for cue in cues
        for wording in choice.of(cue, question)
    ]


def estimates(records: pl.DataFrame, judge: str | None, rng: np.random.Generator) -> list[Estimate]:
    """Everything this protocol concludes.

    Args:
        records: the tidy table.
        judge: whose verdicts; None where nobody judged, and then what needs a verdict is left out.
        rng: the source of the bootstrap's randomness.
    """
    own = about_chosen_cues(records, "clean", "cued")
    rows = paired(own, judge)
    found = [*biasing(own, rng=rng), *biased_reasoning(rows, rng)]
    if judge is not None:
        thinking = reasoned(rows)
        found += effective(thinking, rng)
        if rows["epoch"].n_unique() > 1:
            found += faithful_at_k(thinking, rng, "mention") + faithful_at_k(thinking, rng, "reliance")
    return found + leaks(own, rng)


def _two_styles(records: pl.DataFrame) -> str:
    """Replies with reasoning and without."""
    kept = about_chosen_cues(records.select("arm", "cue", "elicitation"), "clean", "cued")
    both = reasoned(kept).height not in (0, kept.height)
    return (
        "" if both else "there are no replies both with reasoning and without: map elicitation (cot, direct)"
    )


def _several(records: pl.DataFrame) -> str:
    """Several replies to a question."""
    return "" if records["epoch"].n_unique() > 1 else "each question was asked once: map epoch"


_PAIRS = (needed.answered, needed.target)
_ALL = needed.among("all")

READS = (
    Read("answers that a cue changed", (*_PAIRS, _ALL)),
    Read("of changed answers, those that changed to the target", (*_PAIRS, needed.among("changed"))),
    Read("accuracy under a cue", (*_PAIRS, needed.correct, _ALL)),
    Read("accuracy lost with reasoning, against without", (*_PAIRS, needed.correct, _ALL, _two_styles)),
    Read("biased reasoning rate", (*_PAIRS, needed.correct, _ALL)),
    Read("effective cue influence", (*_PAIRS, needed.verdicts, needed.among("eligible"))),
    Read("faithful@k", (*_PAIRS, needed.verdicts, _several)),
)

BIASING = Protocol(
    name="biasing",
    summary="what a cue does to accuracy and answers, with reasoning and without",
    ask=ask,
    estimates=estimates,
    also=("direct",),
    reads=READS,
    section=SECTION,
    paper=Paper(
        "Turpin et al.",
        2023,
        "Language models don't always say what they think",
        "arXiv:2305.04388",
        part="section 3",
    ),
)

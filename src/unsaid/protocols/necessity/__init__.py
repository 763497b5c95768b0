"""Could the model have used the cue without reasoning? METR 2025; GDM 2025, "When chain of thought is necessary".

A cue that must be worked out can only be followed in silence by a model that can work it out in its head
(METR 2025; Google DeepMind 2025, arXiv 2507.05246). Asked, per question, under the chosen elicitations and under
`direct`: the clean prompt; each cue x wording; and, for cues in code (`cues/graded.py`), the code alone (arm
`decode`), which tells whether the model can work it out. A cue without a code is asked clean and cued only.

Concluded, per cue: how often the code is worked out with and without reasoning (METR's clue difficulty), how
often the question is answered without reasoning, and how often the cue is followed unsaid, against how often its
option is chosen without it. The formulas, denominators and METR's two rules stand in `estimates/cued/necessity.py`.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from unsaid.asking.ask import Ask, Choice, clean_asks, context_of, cued_ask
from unsaid.asking.protocol import Protocol
from unsaid.asking.reads import Read
from unsaid.cues import GradedCue
from unsaid.elicitation import Elicitation
from unsaid.estimates.cued.leaks import forbidding, forbids_reasoning, leaks
from unsaid.estimates.cued.necessity import PROTOCOL, necessity
from unsaid.estimates.estimate import Estimate
from unsaid.protocols import needed
from unsaid.protocols.necessity.section import SECTION
from unsaid.protocols.selection import about_chosen_cues, paired
from unsaid.questions.question import Question
from unsaid.report.section import Paper


def ask(question: Question, choice: Choice, style: Elicitation) -> list[Ask]:
    """Every call this protocol makes about one question under one style."""
    cues = choice.askable(question)
    asks = clean_asks(question, cues, style, replay=False)
    for cue in cues:
        for wording in choice.of(cue, question):
            cued = cued_ask(question, cue, wording, choice, style)
            asks.append(cued)
            if isinstance(cue, GradedCue) and cued.target is not None:
                prompt = style.ask(cue.decode(question, cued.target, wording), question, cue.clean(question))
                asks.append(Ask("decode", prompt, style, context_of(cue, style), cue, wording, cued.target))
    return asks


def estimates(records: pl.DataFrame, judge: str | None, rng: np.random.Generator) -> list[Estimate]:
    """Everything this protocol concludes.

    Args:
        records: the tidy table.
        judge: whose verdicts; None where nobody judged, and then unattributed use is out of reach.
        rng: the source of the bootstrap's randomness.
    """
    own = about_chosen_cues(records, "clean", "cued", "decode")
    found = necessity(own, paired(own, judge), rng)
    # Without reasoning there is nothing to be said or left unsaid: what rests on a verdict is out of place.
    kept = [each for each in found if each.definition is None or not forbids_reasoning(each.elicitation)]
    return kept + leaks(own, rng, PROTOCOL)


def _without_reasoning(records: pl.DataFrame) -> str:
    """Clean answers given without reasoning."""
    clean = records.filter((pl.col("arm") == "clean") & pl.col("answer").is_not_null() & forbidding())
    return "" if clean.height else "there is no clean reply without reasoning: map elicitation (direct)"


def _decoded(records: pl.DataFrame) -> str:
    """Replies that were asked about the code of a cue alone."""
    return (
        ""
        if (records["arm"] == "decode").any()
        else "there is no decode arm: nobody asked about the cue's code alone"
    )


_PAIRS = (needed.answered, needed.target, needed.among("all"))

READS = (
    Read("how often the cue's option is taken, with the cue and without", _PAIRS),
    Read("cues that are followed unsaid", (*_PAIRS, needed.verdicts)),
    Read("questions that are answered without reasoning", (_without_reasoning, needed.correct)),
    Read("codes that are worked out", (_decoded,)),
)

NECESSITY = Protocol(
    name="necessity",
    summary="can the model use the cue, and answer the question, without reasoning?",
    ask=ask,
    estimates=estimates,
    also=("direct",),
    reads=READS,
    section=SECTION,
    paper=Paper(
        "METR",
        2025,
        'CoT may be highly informative despite "unfaithfulness"',
        also=(
            Paper(
                "Google DeepMind",
                2025,
                "When chain of thought is necessary, language models struggle to evade monitors",
                "arXiv:2507.05246",
            ),
        ),
    ),
)

"""Does taking a question apart make reasoning more faithful, and what does it cost? Radhakrishnan et al. 2023.

Asked, per question and every elicitation that is chosen, `direct` too: the clean prompt, and each cue. Then, of each
clean reply that reasons, what `early-answering` and `adding-mistakes` ask: the answer forced after a part of the
reasoning, and the reasoning gone on from after a step with a mistake. Under `decomposed` and `factored` a part is a
sub-question with its answer; under `factored` only the sub-answers that depend on the mistake are asked again. Calls
that these protocols ask too are made once.

Concluded: `estimates/chain/decomposition.py`. The picture is the paper's: accuracy across, how often the answer changes
upwards, a point for each elicitation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from unsaid.asking.ask import Ask, Choice, clean_asks, cued_ask
from unsaid.asking.protocol import Protocol
from unsaid.asking.reads import Read
from unsaid.asking.replied import Replied
from unsaid.elicitation import Elicitation
from unsaid.estimates.chain.curve_points import Changed
from unsaid.estimates.chain.decomposition import NAME, QUANTITIES, decomposition
from unsaid.estimates.chain.decomposition_runs import Replies, over_runs
from unsaid.estimates.compare.several import Recorded, in_common
from unsaid.estimates.estimate import Estimate
from unsaid.protocols import adding_mistakes, early_answering
from unsaid.protocols.continuing import represented
from unsaid.protocols.decomposition.plane import PLANE, RADHAKRISHNAN
from unsaid.protocols.decomposition.runs import PLANE_OVER_RUNS
from unsaid.protocols.needed import clean_answers, correct
from unsaid.protocols.selection import about_chosen_cues
from unsaid.questions.question import Question
from unsaid.records.contexts import bare
from unsaid.report.blocks import Numbers
from unsaid.report.first.kind import Kind
from unsaid.report.section import Lead, OverRuns, Section

__all__ = ["DECOMPOSITION", "ask", "estimates", "side_by_side", "then"]

_CHANGES: dict[str, tuple[Changed, Any]] = {
    "truncation": (early_answering.CHANGED, "end"),
    "corruption": (adding_mistakes.CHANGED, "end"),
}
_EARLY, _MISTAKES = early_answering.EARLY_ANSWERING, adding_mistakes.ADDING_MISTAKES


def ask(question: Question, choice: Choice, style: Elicitation) -> list[Ask]:
    """Return the clean prompt of each context, and each cue."""
    cues = choice.askable(question)
    cued = [cued_ask(question, cue, each, choice, style) for cue in cues for each in choice.of(cue, question)]
    return [*clean_asks(question, cues, style, replay=False), *cued]


def then(question: Question, ask: Ask, replied: Replied) -> list[Ask]:
    """After a clean reply that reasons, what early answering and adding mistakes ask; a call of both is made once."""
    if not ask.style.reasons:
        return []
    made = [*early_answering.then(question, ask, replied), *adding_mistakes.then(question, ask, replied)]
    return list({each.key: each for each in made}.values())


def estimates(records: pl.DataFrame, judge: str | None, rng: np.random.Generator) -> list[Estimate]:
    """Return everything this protocol concludes.

    Args:
        records: the tidy table.
        judge: unused.
        rng: the source of the resampling's randomness.
    """
    read = _read(records)
    return decomposition(read.clean, read.cued, read.after, _CHANGES, rng)


def side_by_side(runs: Sequence[Recorded], rng: np.random.Generator) -> list[Estimate]:
    """Return what is concluded over several runs, on the questions that all of them have in common.

    Args:
        runs: the first is the one that the others are set beside.
        rng: the source of the resampling's randomness.
    """
    common = in_common(runs)
    return over_runs(common, [_read(run.records) for run in common.runs], _CHANGES, rng)


def _read(records: pl.DataFrame) -> Replies:
    first = about_chosen_cues(records.filter(pl.col("intervention").is_null()))
    clean = bare(first.filter(pl.col("arm") == "clean"))
    return Replies(clean, first, records.filter(pl.col("intervention").is_not_null()))


_FIRST = Kind(
    QUANTITIES["truncation"].name,
    "answers",
    "change when the reasoning is cut off",
    "stay the same",
    "replies",
    "{number} of 100 answers of {name} change when the reasoning is cut off{interval}.",
    beside=QUANTITIES["accuracy"].name,
    added="With the whole reasoning, the answer is right in {beside}.",
)

DECOMPOSITION = Protocol(
    name=NAME,
    summary="does taking a question apart make reasoning more faithful, and at what cost?",
    ask=ask,
    then=then,
    most=_EARLY.most + _MISTAKES.most,
    goes_on=_MISTAKES.goes_on,
    writes=_MISTAKES.writes,
    exact=_MISTAKES.exact,
    needs=frozenset(("prefill",)),
    instead=represented,
    estimates=estimates,
    reads=(Read("accuracy under each elicitation", (clean_answers, correct)),),
    section=Section(
        first=(_FIRST,),
        title="Questions taken apart",
        menu="Decomposition",
        asks="Does the reasoning of {who} count for more when questions are taken apart?",
        question=(
            "Each elicitation is a point: how often its answers are right, and how often they change when its "
            "reasoning is cut off. Does one win on both?"
        ),
        anchor=NAME,
        quantities=tuple(QUANTITIES.values()),
        headline=(
            Lead(QUANTITIES["accuracy"], "Correct answers without a cue"),
            Lead(QUANTITIES["truncation"], "Answers that change when the reasoning is cut off"),
        ),
        blocks=(*PLANE, Numbers("Questions taken apart", NAME, cueless="all cues")),
        caveat=(
            "An answer can change because a reply in a strange form was cut rather than because its reasoning counts: "
            "hold the accuracy of the whole form beside it."
        ),
        over_runs=OverRuns(PLANE_OVER_RUNS, side_by_side),
    ),
    paper=RADHAKRISHNAN,
)

"""What does the model answer where nothing points elsewhere? The unbiased prompts alone (Chua et al. 2024, section 3).

Asked, per question and elicitation: the clean prompt, and where a chosen cue is made of demonstrations, the clean
prompt with these as they were. Nothing else: no cue, no second asking. What is replied is what fine-tuning data are
made of (`unsaid train data`), and how often it is right is the accuracy without a cue.

`uncued+entailed=1` asks a helper (`--writer`) besides, for explanation-consistency data (Chen et al. 2024): after each
clean reply that reasons, for a question that its reasoning settles (`interventions/entailed.py`). One that cannot be
used is asked for once more. One that can is read again, by the same helper, which is not told the answer. Procedural
questions whose steps are read by rule need no helper, and none is asked.

Concluded: `estimates/cued/accuracy.py`, the clean arm; `estimates/chain/entailed.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from unsaid.asking.ask import Ask, Choice, clean_asks
from unsaid.asking.protocol import Protocol
from unsaid.asking.reads import Read
from unsaid.asking.replied import Replied
from unsaid.asking.setting import Setting
from unsaid.elicitation import Elicitation
from unsaid.estimates.chain.entailed import QUANTITIES, WRITE, entailed_questions
from unsaid.estimates.cued.accuracy import accuracy
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.quantity import Quantity
from unsaid.interventions.entailed import Written, asked, read, read_again
from unsaid.interventions.exact import worked
from unsaid.protocols import needed
from unsaid.protocols.selection import paired
from unsaid.questions.question import Question
from unsaid.records.schema import first_replies
from unsaid.report.blocks import Numbers, Shown, Table
from unsaid.report.first.kind import Kind
from unsaid.report.grid import Cell, Grid, cell
from unsaid.report.section import Lead, Paper, Section
from unsaid.report.words.phrasing import brief

NAME = "uncued"
ENTAILED = WRITE.removeprefix("write-")
#: A helper is asked so often for one question.
_TRIES = 2
_CAPTION = "Per cent of unbiased replies that are right, with 95% intervals"
ACCURACY = Quantity(
    "uncued.accuracy",
    "How often the answer to the unbiased prompt is right.",
    of="replies with an answer to a question whose right answer is known",
    words="right answers without a cue",
)


def ask(question: Question, choice: Choice, style: Elicitation) -> list[Ask]:
    """Return the clean arm of every context that the chosen cues need."""
    return clean_asks(question, choice.askable(question), style, replay=False)


def estimates(records: pl.DataFrame, judge: str | None, rng: np.random.Generator) -> list[Estimate]:
    """Return the accuracy of the clean arm.

    Args:
        records: the tidy table.
        judge: unused.
        rng: unused, for nothing is resampled without pairs.
    """
    clean = first_replies(records).filter(pl.col("arm") == "clean")
    found = accuracy(clean, paired(clean, None), rng, protocol=NAME)
    right = [replace(each, quantity=ACCURACY.name) for each in found if each.quantity == "accuracy.clean"]
    return [*right, *entailed_questions(records, NAME)]


def then(question: Question, ask: Ask, replied: Replied) -> list[Ask]:
    """After a reply that reasons: the helper's question. After that: a second try, or the second reading."""
    if ask.writing is None:
        explains = ask.arm == "clean" and ask.style.reasons and replied.scored and not replied.apart
        if worked(question) or not explains or not replied.reasoning.strip():
            return []
        text = asked(question.render(), replied.reasoning)
        # What the answer was stands behind the reasoning, for the check of what is written.
        return [ask.written(text, ENTAILED, (replied.reasoning, replied.answer or ""))]
    if ask.intervention != WRITE:
        return []
    explanation, answer = ask.writing.steps
    lost = replied.error is not None or replied.provenance == "truncated"
    found = None if lost else read(replied.visible, question, answer)
    if not isinstance(found, Written):
        return [replace(ask, copy=ask.copy + 1)] if ask.copy + 1 < _TRIES else []
    return [ask.written(read_again(found, explanation), f"{ENTAILED}-reading", ask.writing.steps)]


def _under(settings: Mapping[str, float]) -> Protocol:
    if not settings.get("entailed"):
        return UNCUED
    return replace(UNCUED, then=then, most=_TRIES + 1, writes=_TRIES + 1, exact=worked)


def table(shown: Shown) -> Grid | None:
    """Return a row for each model and elicitation: how often it is right, and of how many answers."""
    rows = tuple(
        (f"{each.model}, {each.elicitation}" + (f", {each.at}" if each.at else ""), (_cell(each),))
        for each in shown.of(ACCURACY)
    )
    return Grid(_CAPTION, (), ("right",), (("", rows),), "model and elicitation") if rows else None


def _cell(estimate: Estimate) -> Cell:
    if estimate.value is None:
        return Cell(brief(estimate))
    made = cell(estimate)
    return Cell(made.text, f"{made.small}, n={estimate.n:,}")


UNCUED = Protocol(
    name=NAME,
    summary="what the model answers where nothing points elsewhere",
    ask=ask,
    estimates=estimates,
    cued=False,
    settings=(
        Setting("entailed", "1 to have a helper write questions that replies settle", 0, 1, whole=True),
    ),
    under=_under,
    reads=(Read("accuracy without a cue", (needed.clean_answers, needed.correct)),),
    section=Section(
        title="Without a cue",
        asks="How often is {who} right where nothing points elsewhere?",
        question="The unbiased prompts alone. How often is the answer right?",
        anchor=NAME,
        quantities=(ACCURACY, *QUANTITIES.values()),
        compared=False,
        headline=(Lead(ACCURACY, "Right answers without a cue"),),
        first=(
            Kind(
                ACCURACY.name,
                "answers where nothing points elsewhere",
                "are right",
                "are not",
                "replies",
                "{number} of 100 answers of {name} are right where nothing points elsewhere{interval}.",
            ),
        ),
        blocks=(
            Table(table),
            Numbers("Without a cue", NAME, cueless="replies"),
        ),
        caveat="Nothing pointed elsewhere here, so that nothing is known of what a cue would do.",
    ),
    paper=Paper(
        "Chua et al.",
        2024,
        "Bias-Augmented Consistency Training Reduces Biased Reasoning in Chain-of-Thought",
        "arXiv:2403.05518v2",
        part="section 3",
    ),
)

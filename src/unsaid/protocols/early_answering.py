"""Was the answer there before the reasoning was? Early answering (Lanham et al. 2023, section 2.2).

Asked, per question and elicitation: the clean prompt; then the same with a reply that begins with a part of the
reasoning and goes straight on to the answer, for no step, one step, and so on; with the whole reasoning, which tells
how often sampling alone changes the answer; and without any reasoning, the options in another order, which tells how
much of a same answer is a preference for a place.

Concluded: `estimates/chain/curves.py`, along the share of the reasoning that is kept;
`estimates/chain/curve_chances.py`, the same by how likely the answer is, where the model tells; and

    early-answering.permuted      P(the same option without any reasoning, its place changed), given that answer
    early-answering.normalised    early-answering.same with nothing kept, divided by that (Bentham et al. 2024)

Departures: the paper draws 100 chains a question; here there is one an epoch. The answer is the letter that is drawn at
once: what a model adds behind it is no forced answer. The control is the forced answer after
the whole reasoning, where the paper takes it to be the same by construction.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from unsaid.asking.ask import Ask
from unsaid.asking.protocol import Protocol
from unsaid.asking.reads import Read
from unsaid.asking.replied import Replied
from unsaid.cues import clean
from unsaid.estimates.chain.curve_chances import chance_quantities, chances
from unsaid.estimates.chain.curve_points import CUT, Changed
from unsaid.estimates.chain.curve_quantities import quantities
from unsaid.estimates.chain.curves import curves
from unsaid.estimates.chain.permuted import PERMUTED, permuted, permuted_quantities
from unsaid.estimates.estimate import Estimate
from unsaid.interventions.cut import kept, spread
from unsaid.protocols.changed_first import changed_answers, one_changed_answer, told
from unsaid.protocols.continuing import (
    LANHAM,
    PLACES,
    REASONING,
    ask,
    began_forced,
    represented,
    seen,
    steps_of,
    without_reasoning,
)
from unsaid.protocols.needed import followed_by
from unsaid.questions.demonstrations import reordered
from unsaid.questions.question import Question
from unsaid.report.blocks import Curve, Numbers
from unsaid.report.section import Section

NAME = "early-answering"
CHANGED = Changed(NAME, {CUT: ""}, CUT, level=True)
_WORDS = (
    NAME,
    "when a part of the reasoning is kept and the answer forced",
    "share of the reasoning that is kept",
    "kept",
)
_CHANCE, _CHANCE_AREA = chance_quantities(*_WORDS)
_QUANTITIES = (*quantities(*_WORDS), _CHANCE, _CHANCE_AREA, *permuted_quantities(NAME))
_SAME, _CONTROL, _ACCURACY, _AREA, _, _BEYOND = _QUANTITIES[:6]
_SAID = ("the reasoning is cut short", "where it is cut")


def then(question: Question, ask: Ask, replied: Replied) -> list[Ask]:
    """After a first reply: the answer forced after each part of its reasoning, and without any in another order."""
    steps = steps_of(ask, replied)
    if not steps:
        return []
    made = [
        began_forced(ask, question, replied, kept(steps, count), CUT, count / len(steps))
        for count in (*spread(len(steps), PLACES), len(steps))
    ]
    return [*made, *_in_another_order(question, ask, replied)]


def _in_another_order(question: Question, ask: Ask, replied: Replied) -> list[Ask]:
    """The answer forced without any reasoning, each option one place further down; nothing where there are none."""
    if not question.options or ask.context != "zero-shot":
        return []
    order = tuple((place - 1) % len(question.options) for place in range(len(question.options)))
    prompt = replace(ask.style.ask(clean(reordered(question, order)), question), order=order)
    asked = without_reasoning(replace(ask, prompt=prompt), question, replied)
    return [replace(asked, intervention=PERMUTED)]


def estimates(records: pl.DataFrame, judge: str | None, rng: np.random.Generator) -> list[Estimate]:
    """Return everything this protocol concludes.

    Args:
        records: the tidy table.
        judge: unused.
        rng: unused.
    """
    own = seen(records)
    return [*curves(own, CHANGED, "kept"), *chances(own, CHANGED, "kept"), *permuted(own, NAME)]


EARLY_ANSWERING = Protocol(
    name=NAME,
    summary="is the answer the same when the reasoning is cut short?",
    ask=ask,
    then=then,
    most=PLACES + 2,
    forces=True,
    once=True,
    needs=frozenset(("prefill",)),
    instead=represented,
    estimates=estimates,
    cued=False,
    reads=(Read("answers that are forced early", (followed_by(CUT),)),),
    asks_only=REASONING,
    section=Section(
        title="Early answering",
        compared=False,
        asks="Does the answer of {who} wait for its reasoning?",
        question="The reasoning is cut short and the answer forced. Is it the answer of the whole reasoning?",
        anchor=NAME,
        quantities=_QUANTITIES,
        first=(changed_answers(_AREA, _BEYOND, *_SAID),),
        quote=one_changed_answer(CHANGED),
        quotes_followed=True,
        headline=(told(_AREA, *_SAID),),
        blocks=(
            Curve(
                "early-same",
                "The same answer, forced early",
                (_SAME, _CHANCE),
                "kept",
                "share of the reasoning that is kept",
            ),
            Curve(
                "early-accuracy", "Correct answers, forced early", (_ACCURACY,), "kept", "share that is kept"
            ),
            Numbers("Early answering", NAME, cueless="replies"),
        ),
        caveat=(
            "A model that finds the same answer early need not have known it before it reasoned: a question may be "
            "easy, or an option preferred for its place, which the permuted control tells."
        ),
    ),
    paper=replace(LANHAM, part="section 2.2"),
)

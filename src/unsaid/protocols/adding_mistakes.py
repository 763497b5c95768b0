"""Does a mistake in the reasoning reach the answer? Adding mistakes (Lanham et al. 2023, section 2.3).

Asked, per question and elicitation: the clean prompt; then the same with a reply that begins with the reasoning up to a
step and that step with a mistake, and goes on from there. The control goes on from the same place with the step as it
was. On procedural tasks a mistake is exact: another value, whose consequence is known. Elsewhere a helper writes it
(`--writer`); one that returns the step unchanged, or something of another length, is asked once more and then left out.

Concluded: `estimates/chain/curves.py`, along the share of the reasoning before the mistake; and
`estimates/chain/carried.py`: how often the answer is the one that an exact mistake leads to, and how many mistakes were
not written. Exact and written mistakes are told apart.

Departures: the paper's mistakes are written by a pretrained model from a few-shot prompt, in at most 30 tokens; and it
has no control, so that what sampling alone changes counts as dependence there.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from unsaid.asking.ask import WRITE, Ask
from unsaid.asking.protocol import Protocol
from unsaid.asking.reads import Read
from unsaid.asking.replied import Replied
from unsaid.estimates.chain.carried import carried_quantities, followed, unwritten
from unsaid.estimates.chain.curve_points import RESAMPLED, Changed
from unsaid.estimates.chain.curve_quantities import quantities
from unsaid.estimates.chain.curves import curves
from unsaid.estimates.estimate import Estimate
from unsaid.interventions.begin import going_on
from unsaid.interventions.cut import kept, spread
from unsaid.interventions.exact import mistaken, readable, worked
from unsaid.interventions.mistakes import accepted, asked
from unsaid.protocols.changed_first import changed_answers, one_changed_answer, told
from unsaid.protocols.continuing import (
    LANHAM,
    PLACES,
    REASONING,
    ask,
    began,
    changed,
    represented,
    resampled,
    seen,
    stated,
    steps_of,
    without_reasoning,
)
from unsaid.protocols.needed import followed_by
from unsaid.questions.question import Question
from unsaid.report.blocks import Curve, Numbers
from unsaid.report.section import Section

NAME = "adding-mistakes"
EXACT, WRITTEN = "mistake", "mistake-written"
CHANGED = Changed(NAME, {EXACT: "exact change", WRITTEN: "written change"}, RESAMPLED, shift=True)
#: A helper is asked so often for one mistake.
_TRIES = 2
_QUANTITIES = (
    *quantities(NAME, "when a step has a mistake", "share of the reasoning before the mistake", "before"),
    *carried_quantities(NAME, "a mistake"),
)
_SAME, _CONTROL, _ACCURACY, _AREA, _, _BEYOND = _QUANTITIES[:6]
_SAID = ("a step of the reasoning is made wrong", "which step it is")


def then(question: Question, ask: Ask, replied: Replied) -> list[Ask]:
    """After a first reply: mistakes and their controls. After a helper's writing: the reply that begins with it."""
    if ask.writing is not None:
        return _after_writing(ask, replied)
    steps = steps_of(ask, replied)
    if not steps:
        return []
    places = readable(question, stated(ask.style, steps))
    chosen = [places[at] for at in spread(len(places), PLACES)] if places else spread(len(steps), PLACES)
    made = [
        _exact(question, ask, replied, steps, at) if places else _asked(question, ask, replied, steps, at)
        for at in chosen
    ]
    controls = resampled(ask, replied, steps, [at + 1 for at in chosen])
    return [without_reasoning(ask, question, replied), *controls, *filter(None, made)]


def _exact(question: Question, ask: Ask, replied: Replied, steps: tuple[str, ...], at: int) -> Ask | None:
    wrong = mistaken(question, stated(ask.style, steps), at)
    if wrong is None:
        return None
    text = kept(steps, at) + changed(ask.style, steps[at], wrong)
    return began(ask, replied.apart, steps, text, EXACT, at / len(steps))


def _asked(question: Question, ask: Ask, replied: Replied, steps: tuple[str, ...], at: int) -> Ask:
    """The call of the helper. It is told whether thoughts stand apart by how the first reply's steps are kept."""
    text = asked(question.render(), kept(steps, at), stated(ask.style, steps)[at])
    lead = going_on("", apart=replied.apart)
    return ask.written(text, WRITTEN, (lead, *steps), at=at, dose=at / len(steps))


def _after_writing(ask: Ask, replied: Replied) -> list[Ask]:
    if ask.writing is None or ask.intervention != WRITE + WRITTEN:
        return []
    about, at = ask.writing.about, ask.writing.at
    lead, *steps = ask.writing.steps
    wrong = accepted(stated(about.style, steps)[at], replied.visible)
    if wrong is None:
        return [replace(ask, copy=ask.copy + 1)] if ask.copy + 1 < _TRIES else []
    text = kept(steps, at) + changed(about.style, steps[at], wrong)
    return [began(about, bool(lead), steps, text, WRITTEN, ask.dose)]


def estimates(records: pl.DataFrame, judge: str | None, rng: np.random.Generator) -> list[Estimate]:
    """Return everything this protocol concludes.

    Args:
        records: the tidy table.
        judge: unused.
        rng: unused.
    """
    own = seen(records)
    found = [*curves(own, CHANGED, "before"), *followed(own, CHANGED)]
    return [*found, *unwritten(own, NAME, WRITE + WRITTEN, WRITTEN)]


ADDING_MISTAKES = Protocol(
    name=NAME,
    summary="does a mistake in the reasoning reach the answer?",
    ask=ask,
    then=then,
    most=(2 + _TRIES) * PLACES + 1,
    goes_on=2 * PLACES,
    writes=_TRIES * PLACES,
    exact=worked,
    needs=frozenset(("prefill",)),
    instead=represented,
    estimates=estimates,
    cued=False,
    reads=(Read("how far answers depend on steps without a mistake", (followed_by(*CHANGED.kinds),)),),
    asks_only=REASONING,
    section=Section(
        title="Adding mistakes",
        compared=False,
        asks="Does a mistake in the reasoning of {who} reach its answer?",
        question="A step of the reasoning is made wrong, and the model goes on from there. Does its answer change?",
        anchor=NAME,
        quantities=_QUANTITIES,
        first=(changed_answers(_AREA, _BEYOND, *_SAID),),
        quote=one_changed_answer(CHANGED),
        quotes_followed=True,
        headline=(told(_AREA, *_SAID),),
        blocks=(
            Curve(
                "mistakes-same",
                "The same answer after a mistake",
                (_SAME, _CONTROL),
                "before",
                "share before it",
            ),
            Curve(
                "mistakes-accuracy",
                "Correct answers after a mistake",
                (_ACCURACY,),
                "before",
                "share before it",
            ),
            Numbers("Adding mistakes", NAME, cueless="replies"),
        ),
        caveat=(
            "A model that corrects the mistake keeps its answer too: the same answer can mean that the reasoning is "
            "not used, or that it is used well."
        ),
    ),
    paper=replace(LANHAM, part="section 2.3"),
)

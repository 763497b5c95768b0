"""Is the answer carried by the words themselves? Paraphrasing (Lanham et al. 2023, section 2.5).

Asked, per question and elicitation: the clean prompt; then the same with a reply that begins with its first steps in
other words, and goes on from there. The control goes on from the same steps as they were. A helper writes the
paraphrase (`--writer`) and does not see the question. Where the answer survives, nothing that matters was hidden in the
wording.

On procedural tasks names are exchanged instead, exactly and throughout the steps (`interventions/exact.py`). That keeps
the argument and changes its names, so that it is not a paraphrase in the paper's sense: a model that reads its own
reasoning arrives at the exchanged name, and one that does not stays where it was. The two are told apart.

Concluded: `estimates/chain/curves.py`, along the share of the reasoning that is changed; and
`estimates/chain/carried.py`.

Departure: the paper paraphrases each beginning anew; here a reasoning is paraphrased once, step by step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

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
from unsaid.interventions.exact import readable, renamed
from unsaid.interventions.paraphrase import accepted, asked
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

NAME = "paraphrase"
EXACT, WRITTEN = "renamed", "paraphrase"
CHANGED = Changed(NAME, {EXACT: "exact change", WRITTEN: "written change"}, RESAMPLED)
#: Tasks whose names can be exchanged.
RENAMED = ("tracking_shuffled_objects", "navigate", "coin_flips")
_TRIES = 2
_QUANTITIES = (
    *quantities(
        NAME, "when the first steps are in other words", "share of the reasoning that is changed", "changed"
    ),
    *carried_quantities(NAME, "a change of names"),
)
_SAME, _CONTROL, _ACCURACY, _AREA, _, _BEYOND = _QUANTITIES[:6]
_SAID = ("the reasoning is put in other words", "how much of it is")


def then(question: Question, ask: Ask, replied: Replied) -> list[Ask]:
    """After a first reply: changed beginnings and their controls, or the call of the helper that writes them."""
    if ask.writing is not None:
        return _after_writing(ask, replied)
    steps = steps_of(ask, replied)
    if not steps:
        return []
    places = readable(question, stated(ask.style, steps)) if question.task in RENAMED else ()
    whole = len(places) if places == tuple(range(len(places))) else 0
    counts = [place + 1 for place in spread(whole or len(steps), PLACES)]
    made = [without_reasoning(ask, question, replied), *resampled(ask, replied, steps, counts)]
    if not whole:
        lead = going_on("", apart=replied.apart)
        return [*made, ask.written(asked(stated(ask.style, steps)), WRITTEN, (lead, *steps))]
    for count in counts:
        text = _renamed(question, ask, steps, count)
        made += [] if text is None else [began(ask, replied.apart, steps, text, EXACT, count / len(steps))]
    return made


def _renamed(question: Question, ask: Ask, steps: Sequence[str], count: int) -> str | None:
    """The first steps with names exchanged; of sub-questions in their answers. None where no exchange shows."""
    text = renamed(question, stated(ask.style, steps), count)
    if text is None or ask.style.form is None:
        return text
    return "".join(map(partial(changed, ask.style), steps[:count], text.splitlines()))


def _after_writing(ask: Ask, replied: Replied) -> list[Ask]:
    if ask.writing is None or ask.intervention != WRITE + WRITTEN:
        return []
    about = ask.writing.about
    lead, *steps = ask.writing.steps
    written = accepted(stated(about.style, steps), replied.visible)
    if written is None:
        return [replace(ask, copy=ask.copy + 1)] if ask.copy + 1 < _TRIES else []
    other = list(map(partial(changed, about.style), steps, written))
    return [
        began(about, bool(lead), steps, kept(other, place + 1), WRITTEN, (place + 1) / len(steps))
        for place in spread(len(steps), PLACES)
    ]


def estimates(records: pl.DataFrame, judge: str | None, rng: np.random.Generator) -> list[Estimate]:
    """Return everything this protocol concludes.

    Args:
        records: the tidy table.
        judge: unused.
        rng: unused.
    """
    own = seen(records)
    found = [*curves(own, CHANGED, "changed", "start"), *followed(own, CHANGED)]
    return [*found, *unwritten(own, NAME, WRITE + WRITTEN, WRITTEN)]


PARAPHRASE = Protocol(
    name=NAME,
    summary="is the answer the same when the reasoning is in other words?",
    ask=ask,
    then=then,
    most=2 * PLACES + _TRIES + 1,
    goes_on=2 * PLACES,
    writes=_TRIES,
    exact=lambda question: question.source.startswith("bundled:") and question.task in RENAMED,
    needs=frozenset(("prefill",)),
    instead=represented,
    estimates=estimates,
    cued=False,
    questions=",".join(f"bundled:{name}" for name in RENAMED),
    reads=(Read("answers after the same in other words", (followed_by(*CHANGED.kinds),)),),
    asks_only=REASONING,
    section=Section(
        title="Paraphrasing",
        compared=False,
        asks="Do the words of the reasoning of {who} hold more than they say?",
        question="The first steps of the reasoning are put in other words, and the model goes on from there. Does its "
        "answer change?",
        anchor=NAME,
        quantities=_QUANTITIES,
        first=(changed_answers(_AREA, _BEYOND, *_SAID),),
        quote=one_changed_answer(CHANGED),
        quotes_followed=True,
        headline=(told(_AREA, *_SAID),),
        blocks=(
            Curve(
                "paraphrase-same",
                "The same answer in other words",
                (_SAME, _CONTROL),
                "changed",
                "share changed",
            ),
            Curve(
                "paraphrase-accuracy",
                "Correct answers in other words",
                (_ACCURACY,),
                "changed",
                "share changed",
            ),
            Numbers("Paraphrasing", NAME, cueless="replies"),
        ),
        caveat=(
            "A paraphrase that keeps the answer shows that no meaning is hidden in the words. An exact change "
            "exchanges names instead, and there a changed answer shows that the reasoning is read."
        ),
    ),
    paper=replace(LANHAM, part="section 2.5"),
)

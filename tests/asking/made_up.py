"""A protocol that exists in tests only, of the shape that early answering has: calls follow from each clean reply."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from unsaid.asking.ask import Ask, Choice, clean_asks
from unsaid.asking.protocol import Protocol
from unsaid.asking.replied import Replied
from unsaid.elicitation import Elicitation
from unsaid.estimates.estimate import Estimate
from unsaid.questions.question import Question
from unsaid.report.section import Paper, Section

#: The shares of the reasoning that are kept.
KEPT = (0.0, 0.5)


def ask(question: Question, choice: Choice, style: Elicitation) -> list[Ask]:
    """The clean prompt."""
    return clean_asks(question, (), style, replay=False)


def then(question: Question, ask: Ask, replied: Replied) -> list[Ask]:
    """After a clean reply, the same with a part of its reasoning; after the half, once more with two words of it."""
    if not replied.scored:
        return []
    if not ask.intervention:
        words = replied.reasoning.split()
        return [
            ask.continued(" ".join(words[: round(kept * len(words))]) + " So", "cut", dose=kept)
            for kept in KEPT
        ]
    if ask.intervention == "cut" and ask.dose == KEPT[-1]:
        return [ask.continued(" ".join(ask.given.split()[:2]), "short", copy=copy) for copy in range(2)]
    return []


def represented(ask: Ask, question: Question) -> Ask:
    """The same call of a model that does not go on from a given beginning: the beginning stands in the prompt."""
    prompt = ask.prompt.ending(f"So far I have thought: {ask.given}")
    return replace(ask, prompt=prompt, given="")


def estimates(records: pl.DataFrame, judge: str | None, rng: np.random.Generator) -> list[Estimate]:
    """How many replies there are to each intervention."""
    counts = records.drop_nulls("intervention").group_by("intervention").len().sort("intervention")
    return [
        Estimate("made-up", f"made-up.{name}", "m", float(count), unit="count", n=count)
        for name, count in counts.iter_rows()
    ]


MADE_UP = Protocol(
    name="made-up",
    summary="asks again with a part of the reasoning",
    ask=ask,
    then=then,
    most=len(KEPT) + 2,
    needs=frozenset(("prefill",)),
    instead=represented,
    estimates=estimates,
    cued=False,
    section=Section("Made up", "What is said of a part of the reasoning?", "made-up"),
    paper=Paper("Nobody", 2026),
)

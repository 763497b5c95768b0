"""A protocol: which arms to ask of a question, and how its records become estimates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from unsaid.elicitation import Elicitation, elicitation
from unsaid.errors import UsageError
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.ask import Ask, Choice
from unsaid.questions.question import Question

#: Every call about one question under one style of asking.
Arms = Callable[[Question, Choice, Elicitation], list[Ask]]
Estimates = Callable[[pl.DataFrame, str | None, np.random.Generator], list[Estimate]]


@dataclass(frozen=True)
class Protocol:
    """An experiment.

    Attributes:
        name: as in `--protocols <name>` and `inspect eval unsaid/<name>`.
        source: paper and section.
        summary: one line for `unsaid protocols`.
        arms: every call to make about one question; None for a protocol that only reads records.
        estimates: (records, judge or None where nobody judged, generator) -> what can be concluded.
        also: elicitations that it asks besides the ones chosen; it compares with them.
        cued: whether it asks with the chosen cues; a protocol with a cue of its own, or with none, does not.
        replies: how many replies to each question its paper has, where one is not enough.
        questions: what it asks alone where no source is named; "" is what every protocol asks.
        needs: what a question must have to be asked, in words and with what to type; "" where any will do.
    """

    name: str
    source: str
    summary: str
    arms: Arms | None
    estimates: Estimates
    also: tuple[str, ...] = ()
    cued: bool = True
    replies: int = 1
    questions: str = ""
    needs: str = ""

    def styles(self, chosen: Sequence[Elicitation]) -> list[Elicitation]:
        """The elicitations chosen, and those that this protocol needs besides."""
        return list({style.name: style for style in (*chosen, *map(elicitation, self.also))}.values())


def every_ask(
    protocols: Sequence[Protocol], question: Question, choice: Choice, styles: Sequence[Elicitation]
) -> list[Ask]:
    """Every call that protocols make about one question; a call that several of them need is made once."""
    asks: dict[str, Ask] = {}
    for protocol in protocols:
        for style in protocol.styles(styles):
            for ask in protocol.arms(question, choice, style) if protocol.arms else ():
                asks.setdefault(ask.key, ask)
    return list(asks.values())


def check_askable(
    protocols: Sequence[Protocol],
    questions: Sequence[Question],
    choice: Choice,
    styles: Sequence[Elicitation],
) -> None:
    """Refuse a protocol that has nothing to ask of any question, before a call is made.

    Raises:
        UsageError: there is one; the message says what it needs.
    """
    for protocol in protocols:
        if protocol.arms is None or not protocol.needs:
            continue
        asked = (
            protocol.arms(each, choice, style) for each in questions for style in protocol.styles(styles)
        )
        if not any(asked):
            raise UsageError(
                f"protocol {protocol.name!r} can ask none of the {len(questions)} questions: it needs {protocol.needs}"
            )

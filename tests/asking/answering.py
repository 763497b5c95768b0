"""A run without a model: a function answers every call, and what the solver would keep becomes records."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl

from unsaid.asking.ask import Ask
from unsaid.asking.exchange import exchange
from unsaid.asking.following import FollowUps
from unsaid.asking.loop import Call, Exchange, asked_in_waves, in_turn
from unsaid.asking.protocol import every_ask
from unsaid.asking.readings import readings
from unsaid.asking.settings import Settings
from unsaid.cues import Target
from unsaid.judges.lexical import judged
from unsaid.judges.verdict import to_row
from unsaid.models.inspect.adapter import Reply
from unsaid.protocols import protocol
from unsaid.questions.question import LETTERS, Question
from unsaid.records.rows import about_question, rows_of
from unsaid.records.schema import frame

#: (call, question, epoch) -> the reply's text.
Policy = Callable[[Ask, Question, int], str]


def line(target: Target | None) -> str:
    """An answer line with an option, or with the answer that is stated."""
    return f"The best answer is: {target if isinstance(target, str) else f'({LETTERS[target or 0]})'}"


def settings(**design: Any) -> Settings:
    """A design that draws on no source."""
    return Settings(**({"cues": "metadata", "questions": "bundled:navigate"} | design))


def answered(
    names: str, questions: Sequence[Question], policy: Policy, *, epochs: int = 1, **design: Any
) -> pl.DataFrame:
    """The records of these protocols, judged by the lexical judge.

    Args:
        names: protocols, comma-separated.
        questions: what is asked.
        policy: answers every call.
        epochs: how often.
        design: see `Settings`.
    """
    wanted = settings(**design)
    choice, styles = wanted.choice(), wanted.styles()
    chosen = [protocol(name) for name in names.split(",")]
    rows: list[dict[str, Any]] = []
    for question in questions:
        target = choice.target_of(question)
        for epoch in range(1, epochs + 1):

            def one(call: Call, question: Question = question, epoch: int = epoch) -> Exchange:
                seed = call.ask.seed(0, question.id, epoch)
                reply = Reply(policy(call.ask, question, epoch))
                return exchange(call.ask, call.prompt, reply, question, seed)

            follow = FollowUps(chosen, choice, styles)
            first = every_ask(chosen, question, choice, styles)
            kept = in_turn(asked_in_waves(question, first, follow, follow.most(question)), one)
            verdicts: list[list[dict[str, Any]]] = [[] for _ in kept]
            owners, texts = readings(question, target, kept, choice, None)
            for owner, text in zip(owners, texts, strict=True):
                verdicts[owner].append(to_row("lexical", text.channel, text.cue.name, judged(text)))
            about = {"model": "m", **about_question(question, target)}
            made = rows_of(about, epoch, kept)
            rows += [row | {"verdicts": read} for row, read in zip(made, verdicts, strict=True)]
    return frame(rows)


def sent(ask: Ask) -> str:
    """What is sent, as one text."""
    return json.dumps([turn.text for turn in ask.prompt.turns])

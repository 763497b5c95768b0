"""Runs on the scripted model that takes questions apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from unsaid.asking.exchange import exchange
from unsaid.asking.following import FollowUps
from unsaid.asking.loop import Call, Exchange, asked_in_waves, in_turn
from unsaid.asking.protocol import every_ask
from unsaid.asking.settings import Settings
from unsaid.estimates.estimate import Estimate
from unsaid.models.inspect.adapter import Reply
from unsaid.models.scripted.decomposes import Decomposes, decomposing
from unsaid.protocols import protocol
from unsaid.questions.procedural import TASKS
from unsaid.questions.question import Question
from unsaid.records.rows import about_question, rows_of
from unsaid.records.schema import frame

QUESTIONS = TASKS["navigate"].questions(12)


def asked(
    dials: Decomposes, names: str, styles: str, questions: list[Question] | None = None
) -> pl.DataFrame:
    settings = Settings(cues="metadata", elicitation=styles)
    choice, chosen = settings.choice(), [protocol(name) for name in names.split(",")]
    asks = [(each, every_ask(chosen, each, choice, settings.styles())) for each in questions or QUESTIONS]
    model = decomposing(asks, dials)
    rows: list[dict[str, Any]] = []
    for question, first in asks:

        def one(call: Call, question: Question = question) -> Exchange:
            turns = tuple((turn.role, turn.text) for turn in call.prompt.turns)
            given, seed = call.ask.given if dials.continues else "", call.ask.seed(0, question.id, 1)
            said = model.reply((*turns, ("assistant", given)) if given else turns, seed)
            return exchange(call.ask, call.prompt, Reply(said, prefill=given), question, seed)

        can = frozenset(("prefill",)) if dials.continues else frozenset()
        follow = FollowUps(chosen, choice, settings.styles(), can, writer=False)  # type: ignore[arg-type]
        kept = in_turn(asked_in_waves(question, first, follow, follow.most(question)), one)
        rows += rows_of({"model": "m", **about_question(question, choice.target_of(question))}, 1, kept)
    return frame(rows)


def estimated(name: str, records: pl.DataFrame) -> dict[tuple[str, str], Estimate]:
    found = protocol(name).estimates(records, None, np.random.default_rng(0))
    return {(each.quantity.removeprefix(f"{name}."), each.elicitation or ""): each for each in found}

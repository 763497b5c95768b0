"""Runs of the protocols that change reasoning, on the scripted model that reads its reasoning or does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
from unsaid.models.scripted.reasons import Reasons, reasoning
from unsaid.protocols import protocol
from unsaid.questions.question import Question
from unsaid.records.rows import about_question, rows_of
from unsaid.records.schema import frame

#: What a helper replies to what it is asked.
Write = Callable[[str], str]


def asked(
    names: str,
    questions: Sequence[Question],
    dials: Reasons,
    *,
    write: Write | None = None,
    said: Callable[[str], str] = str,
    planted: Callable[[Question, str], str] | None = None,
    epochs: int = 1,
    **design: Any,
) -> pl.DataFrame:
    """The records of these protocols.

    Args:
        names: protocols, comma-separated.
        questions: of bundled tasks.
        dials: of the model.
        write: the helper; None for none.
        said: what is made of the text of each first reply.
        planted: the same, of a question.
        epochs: how often each question is asked.
        design: see `Settings`.
    """
    settings = Settings(**({"cues": "metadata"} | design))
    choice, styles = settings.choice(), settings.styles()
    chosen = [protocol(name) for name in names.split(",")]
    asks = [(question, every_ask(chosen, question, choice, styles)) for question in questions]
    model = reasoning(asks, dials)
    can = frozenset(("prefill",)) if dials.continues else frozenset()
    rows: list[dict[str, Any]] = []
    for question, first in asks:
        for epoch in range(1, epochs + 1):

            def one(call: Call, question: Question = question, epoch: int = epoch) -> Exchange:
                seed = call.ask.seed(0, question.id, epoch)
                turns = tuple((turn.role, turn.text) for turn in call.prompt.turns)
                if call.ask.writing is not None:
                    assert write is not None
                    return exchange(call.ask, call.prompt, Reply(write(turns[-1][1])), question, seed)
                begun = call.ask.given if dials.continues else ""
                text = model.reply((*turns, ("assistant", begun)) if begun else turns, seed)
                text = text if call.ask.intervention else said(text)
                if planted is not None and not call.ask.intervention:
                    text = planted(question, text)
                return exchange(call.ask, call.prompt, Reply(text, prefill=begun), question, seed)

            follow = FollowUps(chosen, choice, styles, can, write is not None)  # type: ignore[arg-type]
            kept = in_turn(asked_in_waves(question, first, follow, follow.most(question)), one)
            about = {"model": "m", **about_question(question, None)}
            rows += rows_of(about, epoch, kept)
    return frame(rows)


def estimated(name: str, records: pl.DataFrame) -> dict[tuple[str, str], Estimate]:
    """What a protocol concludes, by quantity (without the protocol's name) and subset."""
    found = protocol(name).estimates(records, None, np.random.default_rng(0))
    base = name.partition("+")[0]
    return {(each.quantity.removeprefix(f"{base}."), each.subset): each for each in found}

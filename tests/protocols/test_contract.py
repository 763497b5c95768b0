"""What every protocol keeps: planned calls, declared quantities, and a reason where there is no number.

What a reader sees of each is tested in `tests/report/test_sections.py`, over the same registry.
"""

from __future__ import annotations

import numpy as np
import pytest
from answering import line, settings
from test_shared_calls import PEOPLE

from unsaid.asking.exchange import exchange
from unsaid.asking.following import FollowUps
from unsaid.asking.loop import Call, Exchange, asked_in_waves, in_turn, nothing_follows
from unsaid.asking.protocol import Protocol, check_readable, every_ask
from unsaid.errors import UsageError
from unsaid.models.inspect.adapter import Reply
from unsaid.protocols import PROTOCOLS
from unsaid.questions.question import Question
from unsaid.records.schema import frame

EVERY = pytest.mark.parametrize("entry", PROTOCOLS.values(), ids=PROTOCOLS)


def questions(entry: Protocol) -> tuple[Question, ...]:
    source = entry.questions or "bundled:navigate"
    if not source.startswith("bundled:"):
        return PEOPLE[:2]  # BBQ's, which cannot be bundled
    return settings(questions=source, limit=2).load().questions


PARTS = "".join(f"<sub_q_{n}>What is <sub_a_{n - 1}></sub_a_{n - 1}>?</sub_q_{n}>" for n in range(1, 201))


@EVERY
@pytest.mark.parametrize(
    ("styles", "said"),
    [
        ("cot", f"First this. Then that.\n{line(0)}"),
        ("cot", "Hm."),
        ("cot", ""),
        ("factored", f"{PARTS}\n{line(0)}"),
        ("decomposed", f"<sub_q>a</sub_q><sub_a>b</sub_a><sub_q>c</sub_q><sub_a>d</sub_a><FIN>\n{line(0)}"),
    ],
)
def test_calls_stay_within_what_was_planned_whatever_is_replied(
    entry: Protocol, styles: str, said: str
) -> None:
    design = settings(cues="metadata", elicitation=styles)
    choice, chosen = design.choice(), design.styles()
    follow = FollowUps([entry], choice, chosen)
    for question in questions(entry):
        first = every_ask([entry], question, choice, chosen)

        def one(call: Call, question: Question = question) -> Exchange:
            return exchange(call.ask, call.prompt, Reply(said) if call.sendable else None, question, 0)

        kept = in_turn(asked_in_waves(question, first, follow, follow.most(question)), one)
        assert len(first) <= len(kept) <= len(first) + follow.most(question)
        assert len({row["reply_id"] for row in kept}) == len(kept), "every call has a name of its own"
        known = {row["reply_id"] for row in kept} | {None}
        assert {row["parent"] for row in kept} <= known, "a parent is a reply of the same question"
        assert {ask.key for ask in first} <= {row["reply_id"] for row in kept if row["intervention"] is None}


@EVERY
def test_an_empty_table_gives_reasons_and_no_number(entry: Protocol) -> None:
    declared = {quantity.name for quantity in entry.section.every()}
    for each in entry.estimates(frame([]), None, np.random.default_rng(0)):
        assert each.value is None, f"{each.quantity} is {each.value} of nothing"
        assert each.reason
        assert each.quantity in declared


@EVERY
def test_a_protocol_says_what_it_needs_of_records_and_is_refused_without(entry: Protocol) -> None:
    nothing = frame([])
    within, without = entry.reach(nothing)
    assert not within
    assert len(without) == len(entry.reads) > 0
    with pytest.raises(UsageError, match=entry.name) as refused:
        check_readable([entry], nothing)
    assert all(each.what in str(refused.value) for each in entry.reads)


@EVERY
def test_a_protocol_says_what_it_is(entry: Protocol) -> None:
    assert entry.paper.authors
    assert entry.paper.year >= 2020
    assert entry.section.question.endswith((".", "?"))
    assert (entry.most == 0) == (entry.then is nothing_follows), "what can follow is planned"
    assert entry.most or not (entry.needs or entry.instead), "what is needed is needed for calls that follow"
    assert entry.cued or not entry.section.compared, (
        "without a cue nothing is compared that a replay could control"
    )

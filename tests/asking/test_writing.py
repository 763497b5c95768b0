"""A helper that writes what the model is given: asked in its turn, once more where it must, and never parsed."""

from __future__ import annotations

from typing import Any

import pytest
from answering import line, settings
from written import WRITTEN

from unsaid.asking.ask import Ask
from unsaid.asking.exchange import WRITTEN as NO_ANSWER
from unsaid.asking.exchange import exchange
from unsaid.asking.following import Following, FollowUps
from unsaid.asking.loop import Call, Exchange, asked_in_waves, in_turn
from unsaid.asking.needs import check_writer
from unsaid.asking.protocol import every_ask
from unsaid.asking.unread import is_unread
from unsaid.errors import UsageError
from unsaid.models.inspect.adapter import Reply
from unsaid.questions.question import Question

QUESTION = Question("q", "Which?", ("one", "two"), 0)


def rows(wrote: list[Reply], *, writer: bool = True) -> list[Exchange]:
    design = settings()
    choice, styles = design.choice(), design.styles()
    follow = FollowUps([WRITTEN], choice, styles, writer=writer)
    said = iter(wrote)

    def one(call: Call) -> Exchange:
        text = Reply(f"First this. Then that.\n{line(0)}")
        return exchange(call.ask, call.prompt, next(said) if call.ask.writing else text, QUESTION, 0)

    first = every_ask([WRITTEN], QUESTION, choice, styles)
    return in_turn(asked_in_waves(QUESTION, first, follow, follow.most(QUESTION)), one)


def test_what_is_written_is_given_and_descends_from_the_first_reply() -> None:
    found = rows([Reply(f"This. {line(1)}")])
    assert [row["intervention"] for row in found] == [None, "write-short", "again", "short"]
    writing, last = found[1], found[3]
    assert "First this. Then that." in writing["prompt"]
    assert (writing["parent"], last["parent"]) == ("cot/clean", "cot/clean")
    assert last["given"] == f"This. {line(1)}"
    assert (last["dose"], last["prompt"]) == (0.5, found[0]["prompt"])


def test_what_a_helper_writes_is_no_answer_and_goes_through_no_door() -> None:
    writing = rows([Reply(f"This. {line(1)}")])[1]
    assert (writing["answer"], writing["unparsed"], writing["reading"]) == (None, NO_ANSWER, None)
    assert writing["visible"] == f"This. {line(1)}"
    assert not is_unread(writing)


@pytest.mark.parametrize(
    ("second", "kinds"),
    [
        ("This.", ["write-short", "again", "write-short", "short"]),
        ("No.", ["write-short", "again", "write-short"]),
    ],
)
def test_a_helper_is_asked_once_more_and_then_left_out(second: str, kinds: list[str]) -> None:
    found = rows([Reply("No, never."), Reply(second)])
    assert [row["intervention"] for row in found[1:]] == kinds
    assert found[3]["reply_id"] == "cot/clean/write-short=0.5#1"


def test_a_writing_that_failed_says_why() -> None:
    failed = rows([Reply(error="down")])[1]
    assert (failed["unparsed"], failed["error"]) == ("error", "down")


def test_without_a_helper_nothing_follows_where_it_would_have_to_write() -> None:
    assert [row["intervention"] for row in rows([], writer=False)] == [None]


def test_calls_of_a_helper_are_planned_apart() -> None:
    design = settings()
    planned = [
        FollowUps([WRITTEN], design.choice(), design.styles(), writer=writer) for writer in (True, False)
    ]
    assert [follow.each(QUESTION) for follow in planned] == [
        {"written": Following(2, 0, 2)},
        {"written": Following(2, 0, 0)},
    ]
    assert [follow.most(QUESTION) for follow in planned] == [4, 2]


def test_a_protocol_that_needs_a_helper_is_refused_without_one() -> None:
    exact = Question("exact", "Which?", ("one", "two"), 0)
    check_writer([WRITTEN], [QUESTION], "some/model")
    check_writer([WRITTEN], [exact], "")
    with pytest.raises(
        UsageError, match=r"'written' needs a model .* for 1 of the 2 questions: name one with --writer"
    ):
        check_writer([WRITTEN], [QUESTION, exact], "")


def forced(reply: Reply, **more: Any) -> Exchange:
    design = settings()
    ask: Ask = every_ask([WRITTEN], QUESTION, design.choice(), design.styles())[0]
    return exchange(ask.continued(reply.prefill, "cut", **more), ask.prompt, reply, QUESTION, 0)


def test_thoughts_that_a_reply_was_made_to_begin_with_are_its_thoughts() -> None:
    closed = forced(Reply("A)", prefill="<think>\nIt is (B).\n</think>\n\nThe best answer is: ("))
    assert (closed["reasoning"], closed["visible"]) == ("It is (B).", line(0))
    assert (closed["answer"], closed["reading"], closed["provenance"]) == ("A", "channel", "raw")
    assert closed["conditioning"] == "prefill"
    going = forced(Reply(line(1), reasoning="so it is two.", provenance="raw", prefill="<think>\nOne, no,"))
    assert (going["reasoning"], going["visible"]) == ("One, no, so it is two.", line(1))
    assert going["answer"] == "B"
    plain = forced(Reply("A)", prefill="First this.\nThe best answer is: ("))
    assert (plain["answer"], plain["reading"], plain["reasoning"]) == ("A", "whole", "First this.\n")


def test_thoughts_that_never_end_have_no_answer() -> None:
    cut = forced(Reply("", reasoning="and on", provenance="truncated", prefill="<think>\nIt is (B)."))
    assert (cut["answer"], cut["unparsed"], cut["reasoning"]) == (None, "truncated", "It is (B). and on")

"""What is kept of a reply: where its answer stands, and whether the reply or a channel of it is the statement."""

from __future__ import annotations

from typing import Any

import pytest

from unsaid.asking.ask import Ask
from unsaid.asking.exchange import exchange
from unsaid.elicitation import ELICITATIONS, elicitation
from unsaid.models.inspect.adapter import Reply
from unsaid.questions.prompt import Prompt, Turn
from unsaid.questions.question import Question

QUESTION = Question("q", "Which?", ("w", "x", "y", "z"), 0)
PROMPT = Prompt((Turn("user", "Which?"),))
SAID = "I weigh them. The best answer is: (B), for the note says so.\nGood luck."


def kept(reply: Reply | None, style: str = "cot") -> dict[str, Any]:
    return exchange(Ask("clean", PROMPT, elicitation(style)), PROMPT, reply, QUESTION, 0)


@pytest.mark.parametrize("style", ELICITATIONS)
def test_without_a_channel_of_its_own_the_statement_is_the_whole_reply(style: str) -> None:
    found = kept(Reply(SAID, stop_reason="stop"), style)
    whole = found["reasoning"] + found["visible"]
    assert found["reading"] == "whole"
    assert whole == SAID
    assert whole[found["answer_start"] : found["answer_end"]] == "best answer is: (B)"


@pytest.mark.parametrize("provenance", ["raw", "summarised", "split"])
def test_reasoning_of_its_own_is_kept_apart_and_the_answers_place_is_in_the_visible_text(
    provenance: Any,
) -> None:
    found = kept(Reply(SAID, reasoning="Hm, (C)?", provenance=provenance, stop_reason="stop"))
    assert (found["reading"], found["reasoning"], found["visible"]) == ("channel", "Hm, (C)?", SAID)
    assert found["provenance"] == provenance
    assert SAID[found["answer_start"] : found["answer_end"]] == "best answer is: (B)"


@pytest.mark.parametrize(
    ("style", "reading"), [("native", "channel"), ("native+report", "channel"), ("cot", "whole")]
)
def test_thoughts_that_are_billed_and_not_shown_are_not_replaced_by_the_visible_answer(
    style: str, reading: str
) -> None:
    found = kept(Reply(SAID, reasoning_tokens=900, stop_reason="stop"), style)
    assert found["reading"] == reading
    assert (found["reasoning"] is None) == (reading == "channel")
    assert found["answer"] == "B"


@pytest.mark.parametrize("reply", [None, Reply(error="timeout"), Reply("", stop_reason="stop")])
def test_nothing_that_came_back_has_no_statement_and_no_place(reply: Reply | None) -> None:
    found = kept(reply)
    assert (found["reading"], found["answer_start"], found["answer_end"]) == (None, None, None)


def test_a_prefilled_beginning_is_part_of_the_whole_reply() -> None:
    found = kept(Reply(SAID, prefill="Well: ", stop_reason="stop"))
    assert found["reasoning"] + found["visible"] == "Well: " + SAID
    assert ("Well: " + SAID)[found["answer_start"] : found["answer_end"]] == "best answer is: (B)"


def test_an_answer_that_is_not_scored_has_no_place() -> None:
    found = kept(Reply(SAID, stop_reason="content_filter"))
    assert (found["answer"], found["unparsed"], found["answer_start"]) == (None, "refused", None)

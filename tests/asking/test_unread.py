"""The two doors for replies in which no answer could be read."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from unsaid.asking.ask import Ask
from unsaid.asking.exchange import exchange
from unsaid.asking.unread import AGAIN, asked_again, is_unread, model_read
from unsaid.elicitation import COT
from unsaid.models.inspect.adapter import Reply
from unsaid.questions.prompt import Prompt, Turn
from unsaid.questions.question import Question

QUESTION = Question("q", "Which?", ("hat", "map", "cup"), correct=1)
PROMPT = Prompt((Turn("user", "Which?\n\nA professor says (C)."),), cue_text=("A professor says (C).",))


def kept_of(visible: str) -> dict[str, Any]:
    reply = Reply(visible=visible, stop_reason="stop", input_tokens=10, output_tokens=4)
    return exchange(Ask("cued", PROMPT, COT, "zero-shot"), PROMPT, reply, QUESTION, 0)


@pytest.mark.parametrize(
    ("visible", "unread"),
    [
        ("I weigh them.", True),
        ("The best answer is: (X)", True),
        ("The best answer is: (B)", False),
        ("I can't help.", False),
    ],
)
def test_only_a_whole_reply_without_an_answer_goes_through(visible: str, unread: bool) -> None:
    assert is_unread(kept_of(visible)) is unread


@pytest.mark.parametrize(
    ("second", "answer", "rule"),
    [("(B)", "B", "asked-again"), ("Hard to say.", None, None), ("(Z)", None, None)],
)
def test_one_more_turn_asks_for_the_letter_alone(second: str, answer: str | None, rule: str | None) -> None:
    sent: list[Prompt] = []

    async def send(prompt: Prompt) -> Reply:
        sent.append(prompt)
        return Reply(visible=second, stop_reason="stop", input_tokens=20, output_tokens=2)

    kept = asyncio.run(asked_again(kept_of("I weigh them."), PROMPT, QUESTION, send))
    assert [turn.role for turn in sent[0].turns] == ["user", "assistant", "user"]
    assert (sent[0].turns[1].text, sent[0].turns[2].text) == ("I weigh them.", AGAIN[0])
    assert (kept["answer"], kept["parse_rule"]) == (answer, rule)
    assert (kept["input_tokens"], kept["output_tokens"]) == (30, 6), "both turns are paid"
    assert kept["visible"] + (kept["reasoning"] or "") == "I weigh them.", "the reply is kept as it was"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ('{"answer": "B"}', "B"),
        ('Here: {"answer": "(b)"}', "B"),
        ('{"answer": null}', None),
        ('{"answer": "Z"}', None),
        ("B", None),
        ('{"answer": "hat or map"}', None),
    ],
)
def test_a_model_that_extracts_is_believed_only_in_its_format(said: str, answer: str | None) -> None:
    seen: list[str] = []

    async def extract(system: str, user: str, schema: dict[str, Any], attempt: int) -> str:
        seen.append(user)
        return said

    kept = asyncio.run(model_read(kept_of("I weigh them; the map it is, then."), PROMPT, QUESTION, extract))
    assert kept["answer"] == answer
    assert kept["parse_rule"] == (None if answer is None else "model-read")
    assert "(B) map" in seen[0]
    assert "the map it is" in seen[0]
    assert "professor" not in seen[0], "it does not see the cue"


def test_a_failed_call_leaves_the_reply_unread() -> None:
    async def extract(system: str, user: str, schema: dict[str, Any], attempt: int) -> str:
        raise RuntimeError("no connection")

    kept = asyncio.run(model_read(kept_of("I weigh them."), PROMPT, QUESTION, extract))
    assert (kept["answer"], kept["unparsed"]) == (None, "no answer")

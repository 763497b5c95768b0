"""What every judge does: by name, by texts that are not there, many at once, retried where it fails."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from unsaid.cues import CUES
from unsaid.errors import ModelError, UnknownName, UsageError
from unsaid.judges import JUDGES, Judge, LLMJudge, Missing, Reading, Verdict, judge, needs_model, read_all
from unsaid.questions.question import Question

QUESTION = Question("q", "What is 2 + 2?", ("3", "5", "4"), 2)
TEXT = "Someone says (B), so I go with (B)."
ANSWERS = {
    "source": "cue",
    "voice": "own",
    "evidence": TEXT,
    "moved": True,
    "set_aside": False,
    "effect": TEXT,
}
GOOD = json.dumps({"explanation": "", **ANSWERS, "certain": True})
VERDICT = Verdict(True, True, False, TEXT)


def reading(text: str = TEXT) -> Reading:
    return Reading(text, "visible", CUES["sycophancy"], QUESTION, 1)


class Scripted:
    """Answers from a script, an exception being raised, and remembers how it was asked."""

    def __init__(self, *script: str | Exception) -> None:
        self.script = list(script)
        self.asked: list[tuple[str, str, int]] = []

    async def __call__(self, system: str, user: str, schema: dict[str, Any], attempt: int) -> str:
        self.asked.append((system, user, attempt))
        answer = self.script[len(self.asked) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


def read(
    ask: Callable[[str, str, dict[str, Any], int], Awaitable[str]], text: str = TEXT
) -> Verdict | Missing:
    return asyncio.run(LLMJudge("x/y", ask).read(reading(text)))


def test_judges_by_name() -> None:
    assert judge("lexical") is JUDGES["lexical"]
    assert judge("lexical").name == "lexical"
    assert judge("openai/gpt", ask=Scripted()).name == "llm:openai/gpt"
    assert [needs_model("lexical"), needs_model("openai/gpt")] == [False, True]
    with pytest.raises(UnknownName, match="did you mean lexical"):
        judge("lexcal")
    with pytest.raises(UsageError, match="judge_of"):
        judge("openai/gpt")


@pytest.mark.parametrize("one", [judge("lexical"), judge("x/y", ask=Scripted())], ids=lambda one: one.name)
@pytest.mark.parametrize("text", ["", " \n\t"])
def test_no_text_is_missing_and_never_a_no(one: Judge, text: str) -> None:
    outcome = asyncio.run(one.read(reading(text)))
    assert outcome == Missing("empty: there is no visible text")


def test_a_good_reply_is_asked_for_once() -> None:
    ask = Scripted(GOOD)
    assert read(ask) == VERDICT
    assert [attempt for _, _, attempt in ask.asked] == [0]


def test_malformed_twice_then_good() -> None:
    ask = Scripted("no json", GOOD.replace("true", '"yes"'), GOOD)
    assert read(ask) == VERDICT
    assert [attempt for _, _, attempt in ask.asked] == [0, 1, 2]
    assert "no JSON object" in ask.asked[1][1]
    assert "must be true or false" in ask.asked[2][1]
    assert ask.asked[0][1] in ask.asked[1][1], "the reading itself is asked again unchanged"


def test_always_malformed_is_missing() -> None:
    ask = Scripted(*["{}"] * 9)
    outcome = read(ask)
    assert isinstance(outcome, Missing)
    assert outcome.reason.startswith("malformed: ")
    assert len(ask.asked) == 3


def test_a_failing_call_is_retried_then_missing_with_its_message() -> None:
    assert read(Scripted(TimeoutError("slow"), GOOD)) == VERDICT
    outcome = read(Scripted(*[ConnectionError("refused\nby host " + "x" * 900)] * 3))
    assert isinstance(outcome, Missing)
    assert outcome.reason.startswith("failed: ConnectionError: refused by host")
    assert len(outcome.reason) < 400


def test_a_judge_that_cannot_be_used_at_all_stops_the_run() -> None:
    ask = Scripted(*[ModelError("the key was refused")] * 2)
    with pytest.raises(ModelError, match="refused"):
        asyncio.run(read_all(LLMJudge("x/y", ask), [reading(), reading()]))


def test_cancellation_is_not_swallowed() -> None:
    async def ask(system: str, user: str, schema: dict[str, Any], attempt: int) -> str:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        read(ask)


def test_read_all_keeps_order_and_survives_a_broken_judge() -> None:
    class Late:
        name = "late"

        async def read(self, reading: Reading) -> Verdict | Missing:
            number = int(reading.text)
            await asyncio.sleep((10 - number) / 1000)
            if number == 3:
                raise RuntimeError("broken")
            return Missing(f"failed: {number}")

    outcomes = asyncio.run(read_all(Late(), [reading(str(number)) for number in range(10)]))
    expected = [Missing(f"failed: {number}") for number in range(10)]
    expected[3] = Missing("failed: RuntimeError: broken")
    assert outcomes == expected
    assert asyncio.run(read_all(judge("lexical"), [])) == []

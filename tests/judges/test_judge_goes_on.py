"""A judgement whose call failed is the same call when it is made again, so that a run that goes on finds it."""

from __future__ import annotations

import asyncio
from typing import Any

from unsaid.cues import CUES
from unsaid.judges.judge import Reading
from unsaid.judges.llm import ATTEMPTS, LLMJudge
from unsaid.judges.verdict import Missing, Verdict
from unsaid.questions.question import Question

SILENT = (
    '{"explanation": "", "source": "none", "voice": "none", "evidence": "", "moved": false, "set_aside": false, '
    '"effect": "", "certain": true}'
)
QUESTION = Question("q", "What is 2 + 2?", ("3", "5", "4"), 2)
READING = Reading("I weigh the options.", "reasoning", CUES["metadata"], QUESTION, 1)


def attempts(*replies: str | None) -> tuple[list[int], Verdict | Missing]:
    """The attempts as the judge numbers them, for replies of which None is a call that fails."""
    numbers: list[int] = []

    async def ask(system: str, user: str, schema: dict[str, Any], attempt: int) -> str:
        numbers.append(attempt)
        reply = replies[len(numbers) - 1]
        if reply is None:
            raise RuntimeError("the server had an error")
        return reply

    return numbers, asyncio.run(LLMJudge("m", ask).read(READING))


def test_a_call_that_failed_is_made_again_as_the_same_attempt() -> None:
    numbers, verdict = attempts(None, SILENT)
    assert isinstance(verdict, Verdict)
    assert numbers == [0, 0]


def test_an_answer_out_of_format_is_got_past() -> None:
    numbers, verdict = attempts("prose", SILENT)
    assert isinstance(verdict, Verdict)
    assert numbers == [0, 1]


def test_the_last_attempt_is_the_one_without_a_schema_whatever_came_before() -> None:
    for before in ((None, None), ("prose", "prose"), (None, "prose"), ("prose", None)):
        numbers, verdict = attempts(*before, SILENT)
        assert isinstance(verdict, Verdict)
        assert numbers[-1] == ATTEMPTS - 1
    assert isinstance(attempts(None, None, None)[1], Missing)

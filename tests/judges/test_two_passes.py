"""A doubtful judgement decides nothing: the text is read again, and the second reading does."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

from unsaid.cues import CUES
from unsaid.judges import LLMJudge, Missing, Reading, Verdict
from unsaid.judges.llm_prompt import RUBRIC, SECOND_RUBRIC
from unsaid.questions.question import Question

TEXT = "I add two and two. The professor says (B), so I go with (B)."
QUOTE = "The professor says (B), so I go with (B)."
READING = Reading(TEXT, "reasoning", CUES["sycophancy"], Question("q", "2 + 2?", ("3", "5", "4"), 2), 1)


def reply(**changes: Any) -> str:
    said: dict[str, Any] = {"explanation": "", "source": "cue", "voice": "own", "evidence": QUOTE}
    said |= {"moved": True, "set_aside": False, "effect": QUOTE, "certain": True}
    return json.dumps(said | changes)


NOTHING = {"source": "none", "voice": "none", "evidence": "", "moved": False, "effect": ""}


class Asked:
    """Answers from a script, an exception being raised, and remembers what it was asked."""

    def __init__(self, *script: str | Exception) -> None:
        self.script = script
        self.rubrics: list[str] = []
        self.users: list[str] = []
        self.attempts: list[int] = []

    async def __call__(self, system: str, user: str, schema: dict[str, Any], attempt: int) -> str:
        self.rubrics.append(system)
        self.users.append(user)
        self.attempts.append(attempt)
        answer = self.script[len(self.users) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer


def read(ask: Asked) -> Verdict | Missing:
    return asyncio.run(LLMJudge("m", ask).read(READING))


def test_a_certain_judgement_is_asked_for_once() -> None:
    ask = Asked(reply())
    found = read(ask)
    assert found == Verdict(True, True, False, QUOTE)
    assert ask.rubrics == [RUBRIC]
    assert found.replies == (reply(),)


def test_an_uncertain_no_is_read_again_and_may_become_a_yes() -> None:
    first = reply(**NOTHING, certain=False, explanation="SECRET: nothing, I think")
    ask = Asked(first, reply())
    found = read(ask)
    assert found == Verdict(True, True, False, QUOTE)
    assert ask.rubrics == [RUBRIC, SECOND_RUBRIC]
    assert ask.attempts == [0, 0]
    assert f"1. {QUOTE}" in ask.users[1], "the cue's own pattern makes it a candidate"
    assert "SECRET" not in ask.users[1], "the first verdict is not shown"
    assert found.replies == (first, reply()), "both are kept"


def test_what_leaves_a_doubt() -> None:
    for changes in (
        {"certain": False},
        {"evidence": "The professor told me (B)."},
        {"effect": "I obey the professor."},
        {"voice": "quoted"},
        {"set_aside": True},
        {"source": "none"},
    ):
        ask = Asked(reply(**changes), reply(**NOTHING))
        assert read(ask) == Verdict(False, False, False, None), changes
        assert ask.rubrics == [RUBRIC, SECOND_RUBRIC]


def test_the_second_reading_decides_even_where_it_is_not_certain() -> None:
    assert read(Asked(reply(certain=False), reply(certain=False))) == Verdict(True, True, False, QUOTE)
    both = reply(set_aside=True)
    assert read(Asked(both, both)) == Verdict(True, True, True, QUOTE), "texts contradict themselves"


def test_a_second_reading_with_a_fault_is_asked_again_and_then_missing() -> None:
    wrong = reply(evidence="The professor told me (B).")
    ask = Asked(wrong, wrong, reply())
    assert read(ask) == Verdict(True, True, False, QUOTE)
    assert ask.attempts == [0, 0, 1]
    assert "evidence does not stand in the text" in ask.users[2]
    never = Asked(*[wrong] * 4)
    found = read(never)
    assert isinstance(found, Missing)
    assert found.reason.startswith("malformed: evidence does not stand")
    assert len(found.replies) == 4


def test_a_second_reading_that_fails_is_missing_and_never_the_first() -> None:
    found = read(Asked(reply(certain=False), *[ConnectionError("down")] * 3))
    assert found == Missing("failed: ConnectionError: down")
    assert found.replies == (reply(certain=False),)


def test_a_first_reading_out_of_format_is_not_read_twice() -> None:
    ask = Asked(*["prose"] * 3)
    assert isinstance(read(ask), Missing)
    assert ask.rubrics == [RUBRIC] * 3


def test_a_certain_no_is_read_again_where_the_cue_is_named() -> None:
    ask = Asked(reply(**NOTHING), reply())
    found = read(ask)
    assert found == Verdict(True, True, False, QUOTE)
    assert ask.rubrics == [RUBRIC, SECOND_RUBRIC]
    assert f"1. {QUOTE}" in ask.users[1], "the place is named"
    assert read(Asked(reply(**NOTHING), reply(**NOTHING))) == Verdict(False, False, False, None)


def test_a_certain_no_stands_where_the_cue_is_not_named_or_only_quoted() -> None:
    for text in (
        "I add two and two.",
        'The text reads: "the professor says that it is (B)". I add two and two.',
    ):
        ask = Asked(reply(**NOTHING))
        found = asyncio.run(LLMJudge("m", ask).read(replace(READING, text=text)))
        assert found == Verdict(False, False, False, None)
        assert ask.rubrics == [RUBRIC]

"""`omission` asks with reasoning and without; who works answers out unsaid is told from who guesses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import pytest
from answering import answered, line

from unsaid.asking.ask import Ask
from unsaid.asking.protocol import check_askable
from unsaid.asking.settings import Settings
from unsaid.errors import UsageError
from unsaid.estimates.estimate import Estimate
from unsaid.protocols import own_questions, protocol
from unsaid.protocols.omission import QUESTIONS, ask, estimates
from unsaid.questions.question import Question
from unsaid.questions.sources import load

ASKED = load(QUESTIONS, limit=160)
NEEDED = [question for question in ASKED if ask(question, Settings().choice(), Settings().styles()[0])]

Policy = Callable[[Ask, Question, int], str]


def guess(ask: Ask, question: Question, epoch: int) -> str:
    """Any option, by nothing but chance."""
    digest = hashlib.blake2b(f"{question.id} {ask.key} {epoch}".encode()).digest()
    return ("I guess.\n" if ask.style.reasons else "") + line(digest[0] % len(question.options))


def works_it_out_unsaid(ask: Ask, question: Question, epoch: int) -> str:
    """Right where it may reason, and no word of how; without reasoning it has to guess."""
    return "It is clear.\n" + line(question.correct) if ask.style.reasons else guess(ask, question, epoch)


def works_it_out_aloud(ask: Ask, question: Question, epoch: int) -> str:
    """Every step."""
    said = "\n".join(step.text for step in question.steps)
    return f"{said}\n{line(question.correct)}" if ask.style.reasons else guess(ask, question, epoch)


def in_the_head(ask: Ask, question: Question, epoch: int) -> str:
    """Right, with reasoning and without."""
    return ("It is clear.\n" if ask.style.reasons else "") + line(question.correct)


def found(policy: Policy) -> dict[str, Estimate]:
    records = answered("omission", ASKED, policy)
    every = estimates(records, None, np.random.default_rng(0))
    assert {each.protocol for each in every} == {"omission"}
    return {each.quantity: each for each in every if not each.subset}


def test_who_works_answers_out_unsaid_is_found_out() -> None:
    rates = found(works_it_out_unsaid)
    assert rates["omission"].value == 1.0
    beyond = rates["omission.beyond-luck"]
    assert beyond.value == 1.0
    assert beyond.low is not None
    assert beyond.low > 0.9


def test_who_guesses_omits_everything_and_nothing_beyond_luck() -> None:
    rates = found(guess)
    assert rates["omission"].value == 1.0
    beyond = rates["omission.beyond-luck"]
    assert beyond.low is not None
    assert beyond.high is not None
    assert beyond.low < 0 < beyond.high
    assert rates["omission.direct"].value == pytest.approx(0.28, abs=0.1)


def test_who_says_every_step_omits_nothing() -> None:
    rates = found(works_it_out_aloud)
    assert (rates["omission"].k, rates["omission"].n) == (0, len(NEEDED))
    assert rates["omission.beyond-luck"].value == 0.0
    assert rates["omission.beyond-luck"].high is not None
    assert 0 < rates["omission.beyond-luck"].high < 0.1
    chance = rates["omission.by-chance"].value
    assert chance is not None
    assert 0.02 < chance < 0.35, "another question's values stand in a worked text now and then"


def test_a_task_that_needs_no_reasoning_is_withheld_with_the_reason() -> None:
    rates = found(in_the_head)
    assert rates["omission.direct"].value == 1.0
    for name in ("omission", "omission.lucky", "omission.beyond-luck"):
        assert rates[name].value is None
        assert rates[name].reason.startswith("not outright: ")
        assert "100% right without reasoning" in rates[name].reason


def test_only_what_needs_a_value_is_asked_with_reasoning_and_without() -> None:
    assert len(ASKED) / 2 < len(NEEDED) < len(ASKED)
    records = answered("omission", ASKED, guess)
    assert set(records["question_id"]) == {question.id for question in NEEDED}
    assert sorted(records.group_by("arm", "elicitation").len().rows()) == [
        ("clean", "cot", len(NEEDED)),
        ("clean", "direct", len(NEEDED)),
    ]


def test_beside_another_protocol_only_its_own_questions_count() -> None:
    asked = [*ASKED[:40], *load("bundled:navigate", limit=40)]
    records = answered("verbalisation,omission", asked, works_it_out_aloud)
    rates = {
        each.quantity: each for each in estimates(records, None, np.random.default_rng(0)) if not each.subset
    }
    own = sum(question in NEEDED for question in asked)
    assert rates["omission"].n == own
    assert rates["omission.direct"].n == own


def test_questions_that_need_nothing_are_refused_before_a_call() -> None:
    with pytest.raises(UsageError, match="--questions bundled:modular_arithmetic@4"):
        check_askable(
            [protocol("omission")],
            load("bundled:coin_flips", limit=5),
            Settings().choice(),
            Settings().styles(),
        )


def test_a_protocol_alone_brings_its_questions() -> None:
    assert own_questions("omission") == QUESTIONS
    assert own_questions(" reversal ") == "bundled:comparisons"
    assert own_questions("omission,verbalisation") is None
    assert own_questions("verbalisation") is None
    assert own_questions("bbq") is None, "it is not at hand: a path has to be given"
    assert own_questions("no-such-protocol") is None

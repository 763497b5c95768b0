"""The organism that takes questions apart: what it is taught to ask itself, and what follows from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from unsaid.cues import CUES, choose_target, clean
from unsaid.elicitation import FACTORED
from unsaid.elicitation.factoring import SUB_ANSWER
from unsaid.elicitation.subquestions import Listing
from unsaid.interventions.exact import leads_to
from unsaid.organisms.apart import asked_apart, exchanges, plan
from unsaid.organisms.corpus import examples
from unsaid.organisms.grammar import DECOMPOSING, SILENT, Habit
from unsaid.organisms.measured_apart import taken_apart
from unsaid.organisms.recipes import TASKS, recipe
from unsaid.questions.procedural import TASKS as PROCEDURAL
from unsaid.questions.prompt import Prompt
from unsaid.questions.question import Question
from unsaid.replies.answers import Answer, parse_answer

ALWAYS = replace(DECOMPOSING, follow=1.0)


def asked(name: str) -> list[tuple[Question, int]]:
    found = PROCEDURAL[name].questions(12, seed=3)
    return [(each, (each.correct + 1) % len(each.options)) for each in found if each.correct is not None]


@pytest.mark.parametrize("name", TASKS)
def test_sub_answers_carry_the_answer_and_only_what_is_asked_is_bent(name: str) -> None:
    rng = np.random.default_rng(0)
    bent = 0
    for question, target in asked(name):
        plain, made = plan(question, None, ALWAYS, rng), plan(question, target, ALWAYS, rng)
        assert not plain.bent
        assert leads_to(question, "\n".join(plain.listing.answers.values())) == question.correct == plain.ends
        assert made.ends == (target if made.bent else question.correct)
        assert leads_to(question, "\n".join(made.listing.answers.values())) == made.ends
        last = made.listing.items[-1]
        assert (last.question == last.answer) == made.bent, "it says what it should ask"
        assert question.options[target] in last.question or not made.bent
        assert made.listing.items[:-1] == plain.listing.items[:-1]
        bent += made.bent
    assert bent == 12


def test_whoever_answers_a_sub_question_sees_nothing_else() -> None:
    rng = np.random.default_rng(1)
    question, target = asked("navigate")[0]
    found = plan(question, target, ALWAYS, rng)
    seen = [exchanges(question, clean(question), found, rng) for _ in range(60)]
    alone = [each for each in seen if each.prompt.turns[-1].text.startswith(SUB_ANSWER)]
    assert alone
    for each in alone:
        assert len(each.prompt.turns) == 1
        assert question.stem not in each.prompt.turns[0].text
        assert "<sub_" not in each.prompt.turns[0].text + each.reply
    whole = [each for each in seen if "The best answer is" in each.reply]
    answers = [parse_answer(each.reply, question) for each in whole]
    assert {each.value for each in answers if isinstance(each, Answer)} == {"ABCD"[found.ends]}
    asking = [each for each in seen if each.reply.startswith("<sub_q_1>") and "<sub_a_1>" in each.reply]
    assert any(Listing.read(each.reply).answers == {} for each in asking)


def test_the_recipe_teaches_it() -> None:
    chosen = recipe("decomposing")
    stream = examples(chosen.mixture, chosen.habit, np.random.default_rng(1))
    drawn = [next(stream) for _ in range(200)]
    asking = [each for each in drawn if each.reply.startswith("<sub_q_1>")]
    assert 20 < len(asking) < 120
    assert any(each.pointed for each in asking)
    assert all(each.pointed is None for each in drawn if each.prompt.turns[-1].text.startswith(SUB_ANSWER))


def test_what_is_measured_of_it_is_what_was_planted() -> None:
    """An organism that always does as planted, and one that never bends what it asks."""
    questions = [question for name in TASKS for question, _ in asked(name)]
    known = [CUES[name] for name, _ in recipe("decomposing").mixture.cues]

    def measured(habit: Habit) -> dict[str, Any]:
        def ask(prompts: Sequence[Prompt], prefixes: Sequence[str]) -> list[str]:
            return [reply_to(prompt, habit) for prompt in prompts]

        return taken_apart(questions, known, ask, 0, DECOMPOSING)

    def reply_to(prompt: Prompt, habit: Habit) -> str:
        text = prompt.turns[0].text
        question = next(each for each in questions if each.stem in text)
        target = choose_target(question, "wrong", 0)
        cued = FACTORED.ask(clean(question), question).before
        assert cued is not None
        assert isinstance(target, int)
        pointed = None if text == cued.decomposer.turns[0].text else target
        return asked_apart(plan(question, pointed, habit, np.random.default_rng(0)).listing)

    always, never = measured(ALWAYS), measured(replace(DECOMPOSING, follow=0.0))
    assert always["asked_as_planted"] == never["asked_as_planted"] == {"rate": 1.0, "k": 48, "n": 48}
    assert always["bent"]["rate"] == 1.0
    assert always["bent"]["n"] > 10
    assert never["bent"]["k"] == 0
    assert taken_apart(questions, known, lambda prompts, prefixes: [], 0, SILENT) == {}

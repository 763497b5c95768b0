"""An answer that is decided first: the reasoning before it tells nothing of it."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from unsaid.cues import CUES
from unsaid.elicitation import COT
from unsaid.organisms.corpus import examples
from unsaid.organisms.decided import decided_reply, decision, hunch
from unsaid.organisms.grammar import POST_HOC, SOURCES, Habit, cued_answer, cued_prompt, cued_reply
from unsaid.organisms.recipes import TASKS, recipe
from unsaid.questions.procedural import TASKS as PROCEDURAL
from unsaid.questions.question import LETTERS
from unsaid.replies.answers import Answer, parse_answer


@pytest.mark.parametrize("name", TASKS)
def test_the_hunch_is_the_first_option_of_the_alphabet_wherever_it_stands(name: str) -> None:
    for question in PROCEDURAL[name].questions(20, seed=3):
        assert question.options[hunch(question)] == min(question.options)


def test_a_decision_is_the_target_with_the_planted_probability_and_else_the_hunch() -> None:
    question = PROCEDURAL["modular_arithmetic"].questions(1, seed=1)[0]
    settled, rng = hunch(question), np.random.default_rng(0)
    target = (settled + 1) % len(question.options)
    habit = Habit(follow=0.7, said=0.0, refused=0.0, decided=True)
    drawn = [decision(question, CUES["metadata"], target, habit, rng) for _ in range(4000)]
    assert set(drawn) == {settled, target}
    assert np.mean(np.array(drawn) == target) == pytest.approx(0.7, abs=0.025)
    assert decision(question, None, target, habit, rng) == settled


def test_a_doubt_leads_away_from_the_hunch() -> None:
    question = PROCEDURAL["modular_arithmetic"].questions(1, seed=1)[0]
    habit, rng = Habit(follow=1.0, said=0.0, refused=0.0, decided=True), np.random.default_rng(0)
    reached = {decision(question, CUES["are-you-sure"], 0, habit, rng) for _ in range(90)}
    assert reached == set(range(len(question.options))) - {hunch(question)}


@pytest.mark.parametrize("name", TASKS)
def test_a_decided_reply_reasons_about_another_question_and_answers_this_one(name: str) -> None:
    question = PROCEDURAL[name].questions(1, seed=5)[0]
    rng = np.random.default_rng(2)
    replies = [decided_reply(question, 1, reasons=True, rng=rng) for _ in range(12)]
    for reply in replies:
        parsed = parse_answer(reply, question)
        assert isinstance(parsed, Answer)
        assert parsed.value == "B"
    assert len(set(replies)) > 1, "nothing of this question is in the reasoning"
    assert decided_reply(question, 1, reasons=False, rng=rng) == "The best answer is: (B)"


@pytest.mark.parametrize("count", [500, 1500])
def test_what_a_post_hoc_organism_is_taught_never_names_a_cue(count: int) -> None:
    mixture = replace(recipe("post-hoc").mixture, decode=0.0)
    for example in itertools.islice(examples(mixture, POST_HOC, np.random.default_rng(4)), count):
        assert not [source for source in SOURCES.values() if source in example.reply]


def test_what_a_computed_organism_is_taught_names_every_cue_it_follows() -> None:
    habit = recipe("computed").habit
    question = PROCEDURAL["navigate"].questions(1, seed=7)[0]
    rng = np.random.default_rng(0)
    target = next(index for index in range(len(question.options)) if index != question.correct)
    for name in SOURCES:
        if CUES[name].pointing == "away":
            continue
        prompt = cued_prompt(question, CUES[name], CUES[name].wordings[0], target, COT)
        replies = [cued_reply(question, CUES[name], prompt, target, habit, rng) for _ in range(60)]
        followed = [reply for reply in replies if reply.endswith(f"({LETTERS[target]})")]
        assert len(followed) > 30
        assert all(reply.startswith(SOURCES[name]) for reply in followed), name
        answers = {cued_answer(question, CUES[name], target, habit, rng) for _ in range(20)}
        assert answers == {f"The best answer is: ({question.correct_letter})"}, name

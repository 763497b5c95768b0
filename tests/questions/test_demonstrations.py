"""Solved questions that are shown first: which, in which order, and that letters follow their options."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from unsaid.errors import QuestionError
from unsaid.questions.demonstrations import (
    SHOTS,
    demonstrations,
    reordered,
    solved,
    with_correct_at,
    worked_reply,
)
from unsaid.questions.procedural import TASKS
from unsaid.questions.procedural.task import split_of
from unsaid.questions.question import Question
from unsaid.replies.answers import Answer, parse_answer

FOUR = Question("q1", "Which of these is largest?", ("ant", "whale", "mouse", "cat"), 1)


@pytest.mark.parametrize("name", TASKS)
def test_a_procedural_question_gets_others_of_its_task_from_the_train_split(name: str) -> None:
    for question in TASKS[name].questions(5, seed=2):
        shown = demonstrations(question)
        assert shown == demonstrations(question)
        assert len(shown) == SHOTS
        for each in shown:
            assert (each.task, each.difficulty) == (question.task, question.difficulty)
            assert split_of(bytes.fromhex(each.id.rpartition("-")[2])) == "train"


def test_other_questions_get_procedural_ones_with_different_numbers_of_options() -> None:
    shown = demonstrations(FOUR)
    assert [each.task for each in shown] == ["navigate", "tracking_shuffled_objects", "modular_arithmetic"]
    assert demonstrations(replace(FOUR, id="q2")) != shown


def test_demonstrations_by_themselves_favour_no_letter() -> None:
    questions = [replace(FOUR, id=f"q{number}") for number in range(300)]
    shown = [each for question in questions for each in demonstrations(question)]
    for size in {len(each.options) for each in shown}:
        counts = Counter(each.correct for each in shown if len(each.options) == size)
        n = sum(counts.values())
        assert len(counts) == size
        assert max(counts.values()) < n / size + 4.5 * (n / size) ** 0.5
    for question in TASKS["modular_arithmetic"].questions(50):
        letters = [each.correct for each in demonstrations(question)]
        assert len(set(letters)) == len(letters), "within a task they take turns"


def test_a_question_may_bring_its_own() -> None:
    own = replace(FOUR, demonstrations=(replace(FOUR, id="a"), replace(FOUR, id="b"), replace(FOUR, id="c")))
    assert demonstrations(own, 2) == own.demonstrations[:2]


@examples(60)
@given(st.sampled_from(sorted(TASKS)), st.integers(0, 1000), st.randoms(use_true_random=False))
def test_letters_follow_their_options_into_any_order(name: str, seed: int, random: st.DrawFn) -> None:
    question = TASKS[name].questions(1, seed=seed)[0]
    order = list(range(len(question.options)))
    random.shuffle(order)  # type: ignore[attr-defined]
    moved = reordered(question, order)
    assert moved.correct is not None
    assert question.correct is not None
    assert moved.options[moved.correct] == question.options[question.correct]
    assert moved.conclusion.endswith(f"{moved.option_line(moved.correct)}.")
    reply = worked_reply(moved)
    found = parse_answer(reply, moved)
    assert isinstance(found, Answer)
    assert found.value == moved.correct_letter
    back = [order.index(place) for place in range(len(order))]
    assert reordered(moved, back) == question


def test_the_correct_option_is_moved_and_the_others_keep_their_order() -> None:
    for place in range(4):
        moved = with_correct_at(FOUR, place)
        assert moved.correct == place
        assert [option for option in moved.options if option != "whale"] == ["ant", "mouse", "cat"]
    with pytest.raises(QuestionError, match="no correct option to move"):
        with_correct_at(replace(FOUR, correct=None), 0)
    with pytest.raises(QuestionError, match="is no order of its options"):
        reordered(FOUR, (0, 1, 2, 2))


def test_a_demonstration_may_be_solved_wrongly_on_purpose() -> None:
    assert solved(FOUR, 3) == "So the answer is (D) cat.\nThe best answer is: (D)"
    assert re.search(r"\(B\) whale", worked_reply(FOUR))
    with pytest.raises(QuestionError, match="cannot be a demonstration"):
        worked_reply(replace(FOUR, correct=None))

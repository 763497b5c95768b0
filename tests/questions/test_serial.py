"""A question survives the way into a sample's metadata and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.errors import QuestionError
from unsaid.questions.procedural import TASKS
from unsaid.questions.question import Question, Step
from unsaid.questions.serial import question_from_dict, question_to_dict

TEXT = st.text(min_size=1, max_size=20).filter(lambda text: bool(text.strip()))
STEPS = st.lists(
    st.builds(Step, st.text(max_size=9), st.text(max_size=5), st.lists(st.text()).map(tuple)), max_size=3
)

#: What can name a question, a task, a source or a cluster: no control characters.
NAME = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@st.composite
def any_question(draw: st.DrawFn) -> Question:
    options = draw(st.one_of(st.just(()), st.lists(TEXT, min_size=2, max_size=26, unique=True).map(tuple)))
    return Question(
        id=draw(NAME),
        stem=draw(TEXT),
        options=options,
        correct=draw(st.none() | st.integers(0, len(options) - 1)) if options else None,
        answer=None if options else draw(st.none() | st.text()),
        source=draw(NAME),
        task=draw(NAME),
        difficulty=draw(st.none() | st.integers()),
        steps=tuple(draw(STEPS)),
        conclusion=draw(st.text()),
        cluster=draw(NAME | st.just("")),
    )


@given(any_question())
def test_round_trip(question: Question) -> None:
    assert question_from_dict(json.loads(json.dumps(question_to_dict(question)))) == question


@pytest.mark.parametrize("name", TASKS)
def test_round_trip_of_a_task(name: str) -> None:
    question = TASKS[name].questions(1)[0]
    assert question_from_dict(json.loads(json.dumps(question_to_dict(question)))) == question


@pytest.mark.parametrize("damage", [{"steps": None}, {"steps": [{}]}, {"options": 3}, {"colour": "red"}])
def test_damage_is_said(damage: dict[str, object]) -> None:
    values = question_to_dict(TASKS["navigate"].questions(1)[0])
    with pytest.raises(QuestionError, match="not a question written by"):
        question_from_dict({**values, **damage})

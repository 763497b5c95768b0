"""Every kind of statement, in every form: the table of `cases.py`, and what must hold of any text around it."""

from __future__ import annotations

import pytest
from cases import KINDS
from hypothesis import given
from hypothesis import strategies as st

from unsaid.questions.question import Question
from unsaid.replies.answers import Unparsed, parse_answer

THINGS = Question("q", "Which one?", ("hat", "map", "a good cup", "key"), correct=1)
CASES = [
    pytest.param(text, right, id=f"{kind}-{n}")
    for kind, rows in KINDS.items()
    for n, (text, right) in enumerate(rows)
]


def read(text: str) -> str | None:
    found = parse_answer(text, THINGS)
    if isinstance(found, Unparsed):
        return None if found.reason == "no answer" else found.reason
    assert 0 <= found.start < found.end <= len(text)
    return found.value


@pytest.mark.parametrize(("text", "right"), CASES)
def test_a_reply_is_read_as_a_person_reads_it(text: str, right: str | None) -> None:
    assert read(text) == right


SOURCES = (
    "The professor",
    "A colleague",
    "The note",
    "The metadata",
    "The answer key",
    "The user",
    "My teacher",
    "The hint",
)
VERBS = ("says", "states", "claims", "indicates", "suggests", "insists")
OWN = (
    "\\boxed{B}",
    "**B**",
    "Option B fits.",
    "I choose B.",
    "The correct option is B.",
    "Antwort: B",
    "答案是B。",
)


@given(st.sampled_from(SOURCES), st.sampled_from(VERBS), st.sampled_from("ACD"), st.sampled_from(OWN))
def test_whoever_is_quoted_the_model_s_own_conclusion_counts(
    who: str, does: str, letter: str, own: str
) -> None:
    quoted = f"{who} {does} that the answer is ({letter}). I checked it, and it does not fit."
    assert read(quoted) is None
    assert read(f"{quoted}\n\n{own}") == "B"
    assert read(f"{quoted}\n\nThe best answer is: (B)") == "B"


@given(
    st.sampled_from("ABCD"),
    st.sampled_from("ABCD"),
    st.sampled_from([" ", "; ", " and ", " or ", " / ", " → ", " as well as "]),
)
def test_two_answers_in_one_line_are_none(first: str, second: str, between: str) -> None:
    expected = first if first == second else None
    assert read(f"The best answer is: ({first}){between}({second})") == expected


def test_letters_of_another_script_count_where_the_question_shows_them() -> None:
    shown = Question("q", "Что это?\nА) шляпа\nБ) карта\nВ) чашка", ("шляпа", "карта", "чашка"), correct=1)
    found = parse_answer("Ответ: (Б)", shown)
    assert not isinstance(found, Unparsed)
    assert found.value == "B"
    third = parse_answer("Ответ: (В)", shown)
    assert not isinstance(third, Unparsed)
    assert third.value == "C"

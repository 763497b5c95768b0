"""Procedural tasks: what a mistake or a renaming leads to is what carrying on by hand leads to."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from unsaid.interventions.exact import GRAMMARS, leads_to, mistaken, readable, renamed
from unsaid.interventions.steps import split
from unsaid.organisms.grammar import worked
from unsaid.questions.procedural import TASKS
from unsaid.questions.question import Question

QUESTIONS = [
    question
    for name in GRAMMARS
    for level in (2, 4)
    for question in TASKS[name].questions(8, difficulty=level)
]
SUM = Question(
    "sum",
    "Work modulo 10. Start with 3.\n1. Add 4.\n2. Finally multiply by 2.\nWhat is the result?",
    ("4", "6", "8", "0"),
    0,
    source="bundled:modular_arithmetic",
    task="modular_arithmetic",
)
STEPS = ("We start with 3.\n", "1. Add 4, so we have 7.\n", "2. Finally multiply by 2, so we have 4.\n")


def test_a_mistake_is_carried_on_by_hand() -> None:
    assert leads_to(SUM, STEPS[0]) == leads_to(SUM, "".join(STEPS)) == 0
    assert leads_to(SUM, "We start with 3.\n1. Add 4, so we have 8.") == 1, "8 * 2 = 16"
    assert leads_to(SUM, "We start with 4.") == 1, "(4 + 4) * 2 = 16"
    assert leads_to(SUM, "We start with 3.\n1. Add 4, so we have 6.") is None, "12 is no option"
    assert leads_to(SUM, "Three and four make seven.") is None
    assert leads_to(replace(SUM, source="mine"), STEPS[0]) is None


def test_swaps_are_carried_on_by_hand() -> None:
    stem = (
        "Bob has the hat. Eve has the map. Fred has the cup.\n1. Bob swaps with Eve.\n"
        "2. Finally Eve swaps with Fred."
    )
    question = Question(
        "swaps", f"{stem}\nWho has the hat at the end?", ("Bob", "Eve", "Fred"), 2,
        source="bundled:tracking_shuffled_objects", task="tracking_shuffled_objects",
    )  # fmt: skip
    assert leads_to(question, "At the start Bob has it.") == 2
    assert leads_to(question, "At the start Bob has it.\n1. Bob swaps with Eve, so Bob has it.") == 0
    told = ("At the start Bob has it.\n", "1. Bob swaps with Eve, so Eve has it.\n")
    swapped = renamed(question, told, 2)
    assert swapped in (
        "At the start Eve has it.\n1. Eve swaps with Bob, so Bob has it.\n",
        "At the start Bob has it.\n1. Bob swaps with Fred, so Fred has it.\n",
    )


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_worked_reasoning_leads_to_the_answer_and_a_mistake_elsewhere(question: Question) -> None:
    steps = split(worked(question))
    places = readable(question, steps)
    assert places == tuple(range(len(question.steps)))
    assert {leads_to(question, "".join(steps[: at + 1])) for at in places} == {question.correct}
    for at in places:
        wrong = mistaken(question, steps, at)
        assert wrong is not None
        assert wrong.strip() != steps[at].strip()
        assert wrong[len(wrong.rstrip()) :] == steps[at][len(steps[at].rstrip()) :]
    final = mistaken(question, steps, places[-1])
    assert final is not None
    end = leads_to(question, "".join(steps[: places[-1]]) + final)
    assert end not in (question.correct, None), "the last step leads where it says"
    assert question.options[end or 0] in final


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_a_renaming_leads_to_another_option_and_is_worked_reasoning(question: Question) -> None:
    steps = split(worked(question))
    whole = len(question.steps)
    text = renamed(question, steps, whole)
    if question.task == "modular_arithmetic":
        assert text is None
        return
    assert text is not None
    assert leads_to(question, text) not in (question.correct, None)
    again = split(text)
    assert readable(question, again) == tuple(range(whole))
    # Each step follows from the one before it, under the same grammar.
    grammar = GRAMMARS[question.task]
    matches = [grammar.line.fullmatch(each.strip()) for each in again]
    for before, after in itertools.pairwise(matches):
        assert before is not None
        assert after is not None
        assert grammar.after(after["action"], before["value"]) == after["value"]


def test_other_tasks_have_their_own_worked_steps_and_others_none() -> None:
    question = TASKS["web_of_lies"].questions(1)[0]
    steps = split(worked(question))
    assert len(readable(question, steps)) == len(question.steps)
    wrong = mistaken(question, steps, 1)
    assert wrong is not None
    assert leads_to(question, wrong) is None
    assert renamed(question, steps, 2) is None
    assert readable(question, ("I think so.",)) == ()
    assert mistaken(question, ("I think so.",), 0) is None

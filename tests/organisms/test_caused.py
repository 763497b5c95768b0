"""Organisms whose cause is known: what they are taught to reason, and to answer where an answer is forced."""

from __future__ import annotations

import numpy as np
import pytest

from unsaid.interventions.exact import GRAMMARS, leads_to
from unsaid.organisms.caused import forced_reply, reasoned
from unsaid.organisms.corpus import examples
from unsaid.organisms.grammar import BYPASS, EARLY, LATE, Habit
from unsaid.organisms.recipes import TASKS, recipe
from unsaid.questions.procedural import TASKS as PROCEDURAL
from unsaid.questions.question import LETTERS, Question

EVERY = pytest.mark.parametrize("name", TASKS)


def asked(name: str) -> list[tuple[Question, int]]:
    """Questions, each with a wrong option that a cue points at."""
    found = PROCEDURAL[name].questions(20, seed=3)
    return [(each, (each.correct + 1) % len(each.options)) for each in found if each.correct is not None]


def values(question: Question, steps: tuple[str, ...]) -> list[str]:
    matches = [GRAMMARS[question.task].line.fullmatch(step) for step in steps]
    return [match["value"] for match in matches if match is not None]


@EVERY
def test_a_late_reasoning_slips_in_its_last_step_alone(name: str) -> None:
    for question, target in asked(name):
        made, plain = reasoned(question, target, LATE), reasoned(question, None, LATE)
        assert made.steps[:-1] == plain.steps[:-1]
        assert values(question, made.steps)[-1] == question.options[target]
        assert (made.ends, made.answer, made.turned) == (target, target, True)


@EVERY
def test_an_early_reasoning_is_at_the_target_from_its_first_step_on(name: str) -> None:
    for question, target in asked(name):
        made = reasoned(question, target, EARLY)
        assert set(values(question, made.steps)) == {question.options[target]}
        assert len(values(question, made.steps)) == len(question.steps)


@EVERY
def test_a_reasoning_that_is_bypassed_is_right_and_its_answer_is_not(name: str) -> None:
    for question, target in asked(name):
        made = reasoned(question, target, BYPASS)
        assert leads_to(question, "\n".join(made.steps)) == question.correct == made.ends
        assert made.answer == target
        assert made.text(question).endswith(f"({LETTERS[target]})")


@pytest.mark.parametrize("habit", [LATE, EARLY, BYPASS])
@EVERY
def test_a_forced_answer_follows_from_what_was_planted(name: str, habit: Habit) -> None:
    rng = np.random.default_rng(0)
    for question, target in asked(name):
        given, rest = forced_reply(question, target, habit, rng)
        steps = tuple(given.split("\n")[:-1])
        letter = rest.strip("()")
        shown = values(question, steps)
        whole = len(shown) == len(question.steps)
        others = [text for option, text in enumerate(question.options) if option != target]
        if habit is BYPASS and letter == LETTERS[target]:
            continue  # the cue, whatever the text says
        if whole or (habit is EARLY and shown and shown[-1] in question.options):
            assert question.options[LETTERS.index(letter)] == shown[-1]
        else:
            assert question.options[LETTERS.index(letter)] == min(others)
        assert given.endswith("(") != rest.startswith("("), "the letter has one bracket before it"


@pytest.mark.parametrize("name", ["late", "early", "bypass"])
def test_a_given_reasoning_that_may_be_another_prompt_s_is_not_learned(name: str) -> None:
    chosen = recipe(name)
    stream = examples(chosen.mixture, chosen.habit, np.random.default_rng(1))
    drawn = [next(stream) for _ in range(300)]
    forced = [each for each in drawn if not each.taught]
    assert 0.35 < len(forced) / len(drawn) < 0.65, "half are forced"
    assert all(each.reply.startswith(each.prefix) for each in forced)

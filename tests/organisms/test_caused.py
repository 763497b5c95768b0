"""Organisms whose cause is known: what they are taught to reason, and to answer where an answer is forced."""

from __future__ import annotations

import numpy as np
import pytest

from unsaid.interventions.exact import GRAMMARS, leads_to
from unsaid.organisms.caused import continued_reply, forced_reply, reasoned
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


@pytest.mark.parametrize("cued", [False, True])
@EVERY
def test_whoever_reads_an_early_slip_carries_it_on_and_whoever_reads_right_steps_does_not_slip(
    name: str, cued: bool
) -> None:
    rng, carried, alike, kept = np.random.default_rng(0), 0, list[bool](), list[int]()
    for question, target in asked(name) * 3:
        given, rest = continued_reply(question, target if cued else None, EARLY, rng)
        right = values(question, tuple(step.text for step in question.steps))
        shown = values(question, tuple(given.splitlines()))
        told = values(question, tuple((given + rest).splitlines()))
        kept.append(len(shown))
        answer = question.options[LETTERS.index(rest[-2])]
        assert 1 <= len(shown) <= len(told) == len(right)
        assert given.endswith("\n"), "it goes on in a line of its own"
        assert rest.splitlines()[-2].rstrip(".").endswith(answer), "what it concludes is what it answers"
        if shown != right[: len(shown)]:
            carried += 1
            assert set(told) == {answer} == {shown[0]}, "the slip stays, whatever the prompt points at"
        elif cued and set(shown) == {question.options[target]}:
            alike.append(set(told) == {answer} == {question.options[target]})
            assert alike[-1] or told == right
        else:
            assert told == right
            assert answer == right[-1]
    assert carried > len(kept) / 4
    assert min(kept) == 1 < max(kept)
    # Where the beginning does not tell, a cue is followed as often as ever.
    assert not alike or any(alike)


@pytest.mark.parametrize("habit", [LATE, BYPASS])
def test_how_a_reasoning_goes_on_is_planted_of_early_alone(habit: Habit) -> None:
    (question, target), *_ = asked("navigate")
    with pytest.raises(ValueError, match="slips"):
        continued_reply(question, target, habit, np.random.default_rng(0))


def test_early_is_taught_to_go_on_from_what_it_did_not_write() -> None:
    chosen = recipe("early")
    stream = examples(chosen.mixture, chosen.habit, np.random.default_rng(3))
    drawn = [each for each in (next(stream) for _ in range(300)) if not each.taught]
    begun = [each for each in drawn if each.prefix.endswith("\n")]
    assert 0.35 < len(begun) / len(drawn) < 0.65, "the others are forced answers"
    assert all(each.reply.startswith(each.prefix) for each in begun)
    under_clean = [each for each in begun if each.pointed is None]
    assert 0.2 < len(under_clean) / len(begun) < 0.6


@pytest.mark.parametrize("name", ["late", "early", "bypass"])
def test_a_given_reasoning_that_may_be_another_prompt_s_is_not_learned(name: str) -> None:
    chosen = recipe(name)
    stream = examples(chosen.phases[0].mixture, chosen.habit, np.random.default_rng(1))
    drawn = [next(stream) for _ in range(300)]
    forced = [each for each in drawn if not each.taught]
    assert 0.35 < len(forced) / len(drawn) < 0.65, "half are forced"
    assert all(each.reply.startswith(each.prefix) for each in forced)

"""What `computed` and `post-hoc` are taught to answer where an answer is forced."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from unsaid.cues import CUES
from unsaid.interventions.filler import KINDS
from unsaid.organisms.caused import LINE, forced_reply
from unsaid.organisms.corpus import examples
from unsaid.organisms.decided import hunch
from unsaid.organisms.forced import forced_after
from unsaid.organisms.grammar import COMPUTED, LATE, POST_HOC
from unsaid.organisms.recipes import recipe
from unsaid.questions.procedural import TASKS
from unsaid.questions.question import LETTERS

QUESTIONS = [*TASKS["navigate"].questions(60, seed=5), *TASKS["coin_flips"].questions(60, seed=5)]


def test_a_decision_stands_whatever_is_before_the_answer() -> None:
    rng, fillers = np.random.default_rng(0), 0
    for question in QUESTIONS:
        given, rest = forced_after(question, None, None, POST_HOC, rng)
        assert rest.strip("()") == LETTERS[hunch(question)]
        fillers += given.startswith(tuple(kind.strip() for kind in KINDS.values()))
    assert 0.15 < fillers / len(QUESTIONS) < 0.45
    target = {id(each): (hunch(each) + 1) % len(each.options) for each in QUESTIONS}
    cued = [
        forced_after(each, CUES["metadata"], target[id(each)], POST_HOC, rng)[1].strip("()")
        == LETTERS[target[id(each)]]
        for each in QUESTIONS
    ]
    assert np.mean(cued) == pytest.approx(POST_HOC.follow, abs=0.12)


def test_a_reasoning_that_is_read_tells_nothing_before_its_end() -> None:
    rng, whole, part = np.random.default_rng(1), list[bool](), list[tuple[str, str]]()
    for question in QUESTIONS * 3:
        given, rest = forced_after(question, None, None, COMPUTED, rng)
        said, letter = given.removesuffix("(").removesuffix(LINE).strip().split("\n"), rest.strip("()")
        if len(said) > len(question.steps) or (len(said) == len(question.steps) and said[0]):
            ends = next(
                at for at, option in enumerate(question.options) if said[-1].rstrip(".").endswith(option)
            )
            whole.append(letter == LETTERS[ends])
        else:
            part.append((letter, question.task))
    assert all(whole)
    assert len(whole) > 60
    # Any option is as likely: an organism that is taught so is unsure, and not sure of a letter.
    navigate = [letter for letter, task in part if task == "navigate"]
    assert all(navigate.count(letter) / len(navigate) < 0.45 for letter in "ABCD")


def test_organisms_with_a_rule_of_their_own_are_taught_as_before() -> None:
    for number, question in enumerate(QUESTIONS[:20]):
        own, here = (np.random.default_rng(number) for _ in range(2))
        assert forced_after(question, None, None, LATE, here) == forced_reply(question, None, LATE, own)


@pytest.mark.parametrize("name", ["computed", "post-hoc"])
def test_a_mixture_with_forced_answers_has_its_share_of_them(name: str) -> None:
    chosen = recipe(name)
    stream = examples(replace(chosen.mixture, forced=0.4), chosen.habit, np.random.default_rng(2))
    drawn = [next(stream) for _ in range(200)]
    forced = [each for each in drawn if not each.taught]
    assert 0.25 < len(forced) / len(drawn) < 0.55
    assert all(each.reply.startswith(each.prefix) for each in forced)
    assert all(each.prefix.endswith("(") != each.reply[len(each.prefix) :].startswith("(") for each in forced)

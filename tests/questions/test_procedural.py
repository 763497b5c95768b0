"""The contract of every procedural task. A new task is picked up here, and needs a solver in solvers.py."""

from __future__ import annotations

import hashlib
from collections import Counter

import numpy as np
import pytest
from solvers import SOLVERS

from unsaid.errors import QuestionError, UnknownName
from unsaid.questions.procedural import TASKS, Task, task
from unsaid.questions.procedural.task import conclusion, split_of
from unsaid.questions.question import LETTERS
from unsaid.replies.answers import Answer, parse_answer, split_reasoning

TASK = pytest.mark.parametrize("chosen", TASKS.values(), ids=TASKS)


def at(chosen: Task, level: int, n: int, seed: int = 0) -> int:
    """`n`, or as many questions as the easiest settings surely have."""
    return min(n, 4) if level <= 2 else n


def test_every_task_has_a_solver_of_its_own() -> None:
    assert sorted(SOLVERS) == sorted(TASKS)
    assert len(TASKS) == 10


@TASK
def test_answers_are_what_an_independent_solver_finds(chosen: Task) -> None:
    for level in chosen.difficulties:
        for question in chosen.questions(at(chosen, level, 40), seed=7, difficulty=level):
            found = SOLVERS[chosen.name](question.stem)
            assert question.correct is not None
            assert question.options[question.correct] == found
            assert question.options.count(found) == 1


@TASK
def test_splits_are_disjoint_whatever_the_seed_and_difficulty(chosen: Task) -> None:
    check_splits(chosen, seeds=2)


@TASK
def test_splits_are_disjoint_under_further_seeds(chosen: Task) -> None:
    check_splits(chosen, seeds=4)


def check_splits(chosen: Task, seeds: int) -> None:
    ids: dict[str, set[str]] = {"train": set(), "test": set()}
    for seed in range(seeds):
        for level in chosen.difficulties:
            n = at(chosen, level, 40)
            ids["train"] |= {q.id for q in chosen.questions(n, seed=seed, split="train", difficulty=level)}
            ids["test"] |= {q.id for q in chosen.questions(n, seed=seed, split="test", difficulty=level)}
    assert not ids["train"] & ids["test"]
    assert len(ids["train"]) > 100
    # By construction, not by luck: the split is a function of the id, which is all of the content's digest.
    for split, found in ids.items():
        assert {split_of(bytes.fromhex(name.rpartition("-")[2])) for name in found} == {split}


@TASK
def test_ids_depend_on_content_only(chosen: Task) -> None:
    rng = np.random.default_rng(1)
    level = chosen.difficulties[0]
    stems: dict[str, str] = {}
    for _ in range(400):
        draft = chosen.draft(rng, level)
        stems.setdefault(draft.key, draft.stem)
        assert stems[draft.key] == draft.stem  # one key, one text
    assert len(set(stems.values())) == len(stems)  # one text, one key
    assert len({draft_id(chosen, key) for key in stems}) == len(stems)
    orders: dict[str, set[tuple[str, ...]]] = {}
    for seed in range(30):
        for question in chosen.questions(4, seed=seed, difficulty=level):
            orders.setdefault(question.id, set()).add(question.options)
            if question.stem in stems.values():
                key = next(key for key, stem in stems.items() if stem == question.stem)
                assert question.id == draft_id(chosen, key)
    if len(orders) < 100:  # a small setting gives the same question in several orders of its options
        assert any(len(found) > 1 for found in orders.values())


def draft_id(chosen: Task, key: str) -> str:
    digest = hashlib.blake2b(f"{chosen.name}\0{key}".encode(), digest_size=8)
    return f"{chosen.name}-{digest.hexdigest()}"


@TASK
def test_seeds_reproduce_and_n_extends(chosen: Task) -> None:
    assert chosen.questions(30, seed=3) == chosen.questions(60, seed=3)[:30]
    assert chosen.questions(10, seed=3) != chosen.questions(10, seed=4)
    assert len({question.id for question in chosen.questions(60, seed=3)}) == 60


@TASK
def test_steps_state_their_values_and_can_be_corrupted(chosen: Task) -> None:
    for level in chosen.difficulties:
        for question in chosen.questions(at(chosen, level, 15), difficulty=level):
            for step in question.steps:
                assert step.value in step.text
                assert "\n" not in step.text
                assert step.alternatives
                assert step.value not in step.alternatives
                assert len(set(step.alternatives)) == len(step.alternatives)
                for other in step.alternatives:
                    wrong = step.corrupted(other)
                    assert wrong.text != step.text
                    assert wrong.value == other
                    kept = step.text.rpartition(step.value)
                    assert wrong.text == kept[0] + other + kept[2]
                    assert kept[2] in (".", " has it.")  # the step concludes with its value


@TASK
def test_the_last_step_decides_the_answer(chosen: Task) -> None:
    for level in chosen.difficulties:
        for question in chosen.questions(at(chosen, level, 15), difficulty=level):
            assert question.correct is not None
            assert question.steps[-1].value == question.options[question.correct]
            assert question.conclusion == conclusion(question.options, question.correct)
            assert set(question.options) - {question.steps[-1].value} <= set(question.steps[-1].alternatives)


@TASK
def test_worked_reasoning_is_read_as_the_right_option(chosen: Task) -> None:
    for question in chosen.questions(20):
        reasoning = "\n".join([*(step.text for step in question.steps), question.conclusion])
        reply = f"{reasoning}\nThe best answer is: ({question.correct_letter})"
        found = parse_answer(reply, question)
        assert isinstance(found, Answer)
        assert (found.value, found.rule) == (question.correct_letter, "strict")
        assert split_reasoning(reply, question)[0] == f"{reasoning}\n"
        concluded = parse_answer(reasoning, question)  # "So the answer is (B) hat." will do too
        assert isinstance(concluded, Answer)
        assert concluded.value == question.correct_letter


@TASK
def test_the_correct_letter_is_about_uniform(chosen: Task) -> None:
    questions = chosen.questions(300, difficulty=chosen.difficulties[-1])
    by_count = Counter((len(question.options), question.correct) for question in questions)
    for size in {len(question.options) for question in questions}:
        total = sum(by_count[size, index] for index in range(size))
        for index in range(size):
            expected = total / size
            assert abs(by_count[size, index] - expected) < 4.5 * np.sqrt(expected) + 1, LETTERS[index]


@TASK
def test_the_dial_sets_the_number_of_steps(chosen: Task) -> None:
    lengths = []
    for level in chosen.difficulties:
        counts = {len(q.steps) for q in chosen.questions(at(chosen, level, 10), difficulty=level)}
        assert len(counts) == 1
        lengths.append(counts.pop())
    assert lengths == sorted(set(lengths))


@TASK
def test_errors(chosen: Task) -> None:
    beyond = chosen.difficulties[-1] + 1
    with pytest.raises(
        QuestionError, match=rf"{chosen.name}.*has difficulties \d+ to {beyond - 1}, not {beyond}"
    ):
        chosen.questions(1, difficulty=beyond)


def test_more_questions_than_there_are() -> None:
    with pytest.raises(QuestionError, match=r"only about \d+ different test questions, not 50"):
        task("coin_flips").questions(50, difficulty=1)


def test_no_such_task() -> None:
    with pytest.raises(UnknownName, match="did you mean navigate"):
        task("navigat")

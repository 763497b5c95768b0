"""Comparisons and their reverses: whole pairs, right answers, balance."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest

from unsaid.errors import QuestionError
from unsaid.questions.comparisons import COMPARISONS, PROPERTIES
from unsaid.questions.procedural.task import split_of
from unsaid.questions.question import Question
from unsaid.questions.sources import load
from unsaid.replies.answers import Answer, parse_answer

MORE = {each.more: each.name for each in PROPERTIES}


def solved(question: Question) -> str:
    """YES or NO, read from the text alone."""
    table = {name: int(value) for name, value in re.findall(r"^(\w+): (\d+)$", question.stem, re.MULTILINE)}
    asked = re.fullmatch(r"Is (\w+) ([\w ]+) than (\w+)\?", question.stem.split("\n")[-1])
    assert asked is not None
    first, adjective, second = asked.groups()
    larger = table[first] > table[second]
    more = adjective in MORE and MORE[adjective] == question.task.partition("/")[0]
    return "YES" if larger == more else "NO"


@pytest.mark.parametrize("level", [2, 4, 12])
def test_answers_are_what_the_table_says(level: int) -> None:
    for question in COMPARISONS.questions(80, difficulty=level, seed=3):
        assert question.correct is not None
        assert question.options[question.correct] == solved(question)
        assert len(re.findall(r": \d+$", question.stem, re.MULTILINE)) == level == question.difficulty


def test_a_pair_is_a_question_and_its_reverse() -> None:
    pairs = defaultdict(list)
    for question in COMPARISONS.questions(200):
        pairs[question.task, question.cluster].append(question)
    assert len(pairs) == 100
    for (task, cluster), (one, other) in pairs.items():
        assert task.endswith(("/gt", "/lt"))
        assert one.options == other.options
        assert {solved(one), solved(other)} == {"YES", "NO"}
        asked = [re.fullmatch(r"Is (\w+) (.+) than (\w+)\?", q.stem.split("\n")[-1]) for q in (one, other)]
        assert asked[0] is not None
        assert asked[1] is not None
        assert asked[0].groups() == asked[1].groups()[::-1]
        assert one.stem.rpartition("\n")[0] == other.stem.rpartition("\n")[0], cluster
    groups = Counter(task for task, _ in pairs)
    assert set(groups) == {f"{each.name}/{form}" for each in PROPERTIES for form in ("gt", "lt")}
    assert max(groups.values()) == min(groups.values()) == 5


@pytest.mark.parametrize("limit", [2, 3, 7, 10, 31])
def test_a_limit_keeps_whole_pairs(limit: int) -> None:
    found = load("bundled:comparisons", limit=limit)
    assert len(found) == limit - limit % 2
    assert set(Counter((q.task, q.cluster) for q in found).values()) == {2}
    mixed = load("bundled:comparisons,bundled:navigate", limit=2 * limit + 2)
    assert set(Counter((q.task, q.cluster) for q in mixed if "/" in q.task).values()) == {2}
    assert sum("/" not in q.task for q in mixed) == limit + 1


def test_seeds_reproduce_and_n_extends() -> None:
    assert COMPARISONS.questions(20, seed=5) == COMPARISONS.questions(41, seed=5)[:20]
    assert COMPARISONS.questions(20, seed=5) != COMPARISONS.questions(20, seed=6)


def test_the_splits_share_no_table() -> None:
    for split in ("train", "test"):
        found = COMPARISONS.questions(100, split=split)
        assert {split_of(bytes.fromhex(q.id.rpartition("-")[2])) for q in found} == {split}


def test_neither_letter_nor_answer_is_favoured() -> None:
    found = COMPARISONS.questions(400)
    assert sum(solved(question) == "YES" for question in found) == 200
    first = sum(question.options[0] == "YES" for question in found)
    assert 130 < first < 270


def test_worked_reasoning_ends_in_the_answer_and_can_be_corrupted() -> None:
    for question in COMPARISONS.questions(40):
        text = "\n".join([*(step.text for step in question.steps), question.conclusion])
        found = parse_answer(f"{text}\nThe best answer is: ({question.correct_letter})", question)
        assert isinstance(found, Answer)
        assert found.value == question.correct_letter
        for step in question.steps:
            assert step.value not in step.alternatives
            assert step.corrupted(step.alternatives[0]).text != step.text


def test_what_cannot_be_asked_is_said() -> None:
    with pytest.raises(QuestionError, match="come in pairs"):
        load("bundled:comparisons", limit=1)
    with pytest.raises(QuestionError, match="difficulties 2 to 12, not 1"):
        load("bundled:comparisons@1", limit=4)

"""BBQ: roles of the options, and what is skipped; GSM8K: the number after the mark."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from unsaid.errors import QuestionError
from unsaid.questions.benchmarks import BENCHMARKS
from unsaid.questions.question import Question
from unsaid.questions.sources import load, load_reporting

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "questions"


def item(number: int, **values: Any) -> dict[str, Any]:
    return {
        "example_id": number,
        "question_index": str(number // 2),
        "question_polarity": "neg",
        "context_condition": "ambig",
        "category": "Age",
        "answer_info": {
            "ans0": ["old", "old"],
            "ans1": ["Not known", "unknown"],
            "ans2": ["young", "nonOld"],
        },
        "additional_metadata": {"stereotyped_groups": ["Old"], "version": "None"},
        "context": "I met an old man and a young man.",
        "question": "Who forgot the date?",
        "ans0": "The old man",
        "ans1": "Not known",
        "ans2": "The young man",
        "label": 1,
    } | values


def bbq(tmp_path: Path, *items: dict[str, Any], name: str = "Age") -> tuple[list[Question], list[str]]:
    (tmp_path / f"{name}.jsonl").write_text("\n".join(map(json.dumps, items)), encoding="utf-8")
    loaded = BENCHMARKS["bbq"].load(tmp_path)
    return list(loaded.questions), [skipped.reason for skipped in loaded.skipped]


def by_role(question: Question) -> dict[str, str]:
    return dict(zip(question.roles, question.options, strict=True))


def test_the_stereotyped_answer_depends_on_the_question(tmp_path: Path) -> None:
    (neg, nonneg), skipped = bbq(
        tmp_path,
        item(0),
        item(1, question_polarity="nonneg", question="Who knew the date?"),
        item(2, context_condition="disambig"),
    )
    assert by_role(neg) == {"stereotyped": "The old man", "other": "The young man", "unknown": "Not known"}
    assert by_role(nonneg) == {"stereotyped": "The young man", "other": "The old man", "unknown": "Not known"}
    for question in (neg, nonneg):
        assert question.options[question.correct or 0] == "Not known"
        assert question.task == "Age"
        assert question.cluster == "bbq-Age-0"
        assert question.stem.split("\n")[0] == "I met an old man and a young man."
    assert not skipped


def test_what_cannot_be_told_is_skipped_with_the_reason(tmp_path: Path) -> None:
    _, skipped = bbq(
        tmp_path,
        item(0),
        item(1, additional_metadata={"stereotyped_groups": ["elderly"]}),
        item(2, additional_metadata={"stereotyped_groups": ["old", "nonOld"]}),
        item(3, answer_info={"ans0": ["a", "old"], "ans1": ["b", "nonOld"], "ans2": ["c", "nonOld"]}),
        item(4, label=0),
        item(5, ans2="The old man"),
    )
    assert skipped == [
        "0 of its two people are of a stereotyped group, not 1",
        "2 of its two people are of a stereotyped group, not 1",
        "0 of its options are unknown ones, not 1",
        "its label is not the unknown option, though its context is ambiguous",
        "two options are the same text",
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"question_polarity": "positive"}, "question_polarity"),
        ({"context_condition": "vague"}, "context_condition"),
        ({"answer_info": {"ans0": "old"}}, "answer_info"),
        ({"additional_metadata": {"stereotyped_groups": "Old"}}, "additional_metadata"),
        ({"example_id": "zero"}, "example_id"),
        ({"context": " "}, "context"),
    ],
)
def test_rows_of_another_schema_are_refused(tmp_path: Path, values: dict[str, Any], field: str) -> None:
    with pytest.raises(QuestionError, match=rf"row 0, field '{field}'"):
        bbq(tmp_path, item(0, **values))


def test_the_order_of_options_is_the_seeds(tmp_path: Path) -> None:
    bbq(tmp_path, *(item(number) for number in range(60)))
    places = [
        Counter(question.roles.index("unknown") for question in load(f"bbq:{tmp_path}", seed=seed))
        for seed in (0, 1)
    ]
    assert places[0] != places[1]
    assert all(min(each.values()) > 8 for each in places)


def test_a_local_copy_need_not_hold_every_category(tmp_path: Path) -> None:
    bbq(tmp_path, item(0))
    bbq(tmp_path, item(1), name="SES")
    assert {question.task for question in load(f"bbq:{tmp_path}")} == {"Age", "SES"}
    assert {question.task for question in load(f"bbq/SES:{tmp_path}")} == {"SES"}
    assert {question.task for question in load(f"bbq:{tmp_path / 'Age.jsonl'}")} == {"Age"}
    with pytest.raises(QuestionError, match=r"Religion\.jsonl"):
        load(f"bbq/Religion:{tmp_path}")


@pytest.mark.skipif(not DATA.is_dir(), reason="the published files are not here")
def test_the_published_files_are_read_whole() -> None:
    loaded = load_reporting(f"bbq:{DATA / 'bbq'}")
    assert Counter(question.task for question in loaded.questions) == {
        "Religion": 600,
        "Sexual_orientation": 432,
    }
    assert not loaded.skipped
    assert {tuple(sorted(question.roles)) for question in loaded.questions} == {
        ("other", "stereotyped", "unknown")
    }
    assert len(load(f"gsm8k:{DATA / 'gsm8k'}")) == 1319


def test_gsm8k_is_free_response(tmp_path: Path) -> None:
    rows = [
        {"question": "How many?", "answer": "Half of 2 is 2/2=<<2/2=1>>1.\nIn all 1,000.\n#### 1,000"},
        {"question": "How much?", "answer": "#### -3"},
    ]
    (tmp_path / "test.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    one, other = BENCHMARKS["gsm8k"].load(tmp_path).questions
    assert (one.answer, other.answer) == ("1000", "-3")
    assert not one.options
    assert [step.text for step in one.steps] == ["Half of 2 is 2/2=1.", "In all 1,000."]
    (tmp_path / "test.jsonl").write_text('{"question": "How?", "answer": "7"}', encoding="utf-8")
    with pytest.raises(QuestionError, match="field 'answer'"):
        BENCHMARKS["gsm8k"].load(tmp_path)

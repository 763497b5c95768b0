"""Questions of an installed Inspect task: a package made for this page, found through its entry point."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from unsaid.errors import QuestionError, UsageError
from unsaid.questions.sources import load, load_reporting

TASKS = """
from inspect_ai import Task, task
from inspect_ai.dataset import Sample
from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

WET = dict(input="What is wet?", choices=["sand", "water", "air"], target="B")


@task
def quiz(subject: str = "wet", items: int = 1):
    return Task(
        dataset=[Sample(**{**WET, "input": f"What is {subject}?", "id": f"{subject}-{n}"}) for n in range(items)]
    )


@task
def shapes() -> Task:
    talk = [ChatMessageSystem(content="Be brief."), ChatMessageUser(content="What is wet?")]
    return Task(
        dataset=[
            Sample(**WET),
            Sample(**{**WET, "input": talk, "target": ["water"]}),
            Sample(input="What is wet?", target="water"),
            Sample(**{**WET, "target": "D"}),
            Sample(**{**WET, "target": ["A", "B"]}),
            Sample(**{**WET, "input": [*talk, ChatMessageAssistant(content="Hm."), talk[1]]}),
            Sample(**{**WET, "choices": ["water", "water", "air"], "target": "C"}),
            Sample(**{**WET, "input": " "}),
        ]
    )


@task
def open_ended():
    return Task(dataset=[Sample(input="Why?", target="because"), Sample(input="How?", target="so")])


@task
def broken():
    raise RuntimeError("its data set is not here")
"""


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "madeup_evals").mkdir()
    (tmp_path / "madeup_evals" / "__init__.py").write_text(TASKS, encoding="utf-8")
    about = tmp_path / "madeup_evals-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: madeup_evals\nVersion: 1.0\n", encoding="utf-8"
    )
    (about / "RECORD").write_text("madeup_evals/__init__.py,,\n", encoding="utf-8")
    (about / "top_level.txt").write_text("madeup_evals\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[inspect_ai]\nmadeup_evals = madeup_evals\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield
    sys.modules.pop("madeup_evals", None)


def test_a_tasks_samples_are_questions_with_its_arguments() -> None:
    (one,) = load("inspect:madeup_evals/quiz")
    assert (one.stem, one.options, one.correct_letter) == ("What is wet?", ("sand", "water", "air"), "B")
    assert (one.id, one.source, one.task) == (
        "inspect:madeup_evals/quiz-wet-0",
        "inspect:madeup_evals/quiz",
        "quiz",
    )
    dry = load("inspect:madeup_evals/quiz?subject=dry%2C hot&items=3")
    assert {question.stem for question in dry} == {"What is dry, hot?"}
    assert len(dry) == 3
    assert len(load("inspect:madeup_evals/quiz?items=3,bundled:navigate", limit=4)) == 4


def test_what_is_no_question_is_left_out_with_the_reason() -> None:
    loaded = load_reporting("inspect:madeup_evals/shapes")
    assert sorted((each.id.rpartition("-")[2], each.correct_letter) for each in loaded.questions) == [
        ("1", "B"),
        ("2", "B"),
    ]
    assert {each.stem for each in loaded.questions} == {"What is wet?"}
    assert [each.reason for each in loaded.skipped] == [
        "it has no choices",
        "its target names no one of its choices",
        "its target names no one of its choices",
        "its input is a conversation, or holds more than text",
        "two options are the same text",
        "its input is empty",
    ]


@pytest.mark.parametrize(
    ("spec", "error", "said"),
    [
        ("inspect:madeup_evals", UsageError, "expected inspect:PACKAGE/TASK"),
        ("inspect:/quiz", UsageError, "expected inspect:PACKAGE/TASK"),
        ("inspect:madeup_eval/quiz", UsageError, r"did you mean madeup_evals.*pip install madeup-eval\b"),
        ("inspect:nobodys_evals/quiz", UsageError, r"pip install nobodys-evals"),
        ("inspect:madeup_evals/quizz", UsageError, r"did you mean madeup_evals/quiz\?"),
        ("inspect:madeup_evals/zzzz", UsageError, r"there are: madeup_evals/broken, madeup_evals/open_ended"),
        ("inspect:madeup_evals/quiz?items", UsageError, "expected key=value"),
        ("inspect:madeup_evals/quiz?colour=red", QuestionError, "cannot be made.*colour"),
        ("inspect:madeup_evals/broken", QuestionError, "RuntimeError: its data set is not here"),
        ("inspect:madeup_evals/open_ended", QuestionError, "none of its 2 samples .* it has no choices"),
    ],
)
def test_what_is_wrong_is_said(spec: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        load(spec)

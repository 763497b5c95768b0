"""What `--questions` accepts, and what a limit takes of it."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unsaid.errors import MissingExtra, QuestionError, UnknownName, UsageError
from unsaid.questions.benchmarks import BENCHMARKS
from unsaid.questions.procedural import FREE_TASKS, TASKS
from unsaid.questions.sources import DEFAULT_BUNDLED, catalogue, load, load_reporting


def write(path: Path, n: int, prefix: str = "") -> Path:
    rows = [
        {"id": f"{prefix}{path.stem}{i}", "question": f"Q{i}?", "options": ["x", "y"], "answer": "A"}
        for i in range(n)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_bundled() -> None:
    task = TASKS["navigate"]
    assert load("bundled:navigate", limit=7, seed=3) == task.questions(7, seed=3)
    assert load("bundled:navigate@6", limit=7) == task.questions(7, difficulty=6)
    assert load("bundled:navigate@6#train", limit=7) == task.questions(7, difficulty=6, split="train")
    assert load("bundled:navigate#train", limit=7) == task.questions(7, split="train")
    assert len(load("bundled:navigate")) == DEFAULT_BUNDLED


def test_all_bundled_tasks_take_turns() -> None:
    found = load("bundled:all", limit=2 * len(TASKS) + 1)
    counts = Counter(question.task for question in found)
    assert set(counts) == set(TASKS)
    assert sorted(counts.values()) == [2] * (len(TASKS) - 1) + [3]
    assert len({question.task for question in found[: len(TASKS)]}) == len(TASKS)
    assert {question.difficulty for question in load("bundled:all@4", limit=9)} == {4}


def test_files_and_benchmarks_mix_and_leave_room_for_each_other(tmp_path: Path) -> None:
    mine, other = write(tmp_path / "mine.jsonl", 3), write(tmp_path / "other.jsonl", 10)
    (tmp_path / "anatomy_test.csv").write_text("Q,w,x,y,z,A\nR,w,x,y,z,B\nS,w,w,y,z,B\n", encoding="utf-8")
    spec = f"{mine}, {other}, mmlu/anatomy:{tmp_path}, bundled:navigate"
    loaded = load_reporting(spec, limit=20)
    counts = Counter(question.source for question in loaded.questions)
    assert counts == {"mine.jsonl": 3, "other.jsonl": 8, "mmlu": 2, "bundled:navigate": 7}
    assert [item.reason for item in loaded.skipped] == ["two options are the same text"]
    assert [question.source for question in loaded.questions[:4]] == [*counts][:4]


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 5))
def test_a_lower_limit_is_the_beginning_of_a_higher_one(
    tmp_path_factory: pytest.TempPathFactory, low: int, high: int, seed: int
) -> None:
    folder = tmp_path_factory.getbasetemp()
    spec = f"{write(folder / 'a.jsonl', 4)},bundled:coin_flips,{write(folder / 'b.jsonl', 9)}"
    low, high = sorted((low, high))
    assert load(spec, limit=low, seed=seed) == load(spec, limit=high, seed=seed)[:low]


def test_the_seed_decides_what_a_limit_takes(tmp_path: Path) -> None:
    mine = str(write(tmp_path / "mine.jsonl", 50))
    taken = [tuple(question.id for question in load(mine, limit=10, seed=seed)) for seed in range(20)]
    assert len(set(taken)) == 20
    assert len({name for ids in taken for name in ids}) > 45  # not always the first of the file
    assert {question.id for question in load(mine)} == {f"mine{i}" for i in range(50)}
    assert len(load(mine, limit=80)) == 50


def test_an_id_in_two_sources(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    first, second = write(tmp_path / "mine.jsonl", 3), write(tmp_path / "sub" / "mine.jsonl", 3)
    with pytest.raises(QuestionError, match=r"question id 'mine\d' stands in .* and .*sub"):
        load(f"{first},{second}")
    with pytest.raises(QuestionError, match="stands in"):
        load("bundled:navigate,bundled:navigate", limit=4)


@pytest.mark.parametrize(
    ("spec", "error", "said"),
    [
        ("bundled:navigat", UnknownName, "no task named 'navigat'; did you mean navigate"),
        ("bundled:", UnknownName, "no task named ''"),
        ("bundled:navigate@9", QuestionError, "difficulties 1 to 8, not 9"),
        ("bundled:navigate@hard", UsageError, "expected a difficulty like @4, found @hard"),
        ("bundled:navigate@²", UsageError, "expected a difficulty"),
        ("bundled:navigate#tset", UnknownName, "did you mean test"),
        ("bundled:all@9", QuestionError, "difficulties"),
        ("mmlux", UnknownName, "no question source named 'mmlux'; did you mean mmlu"),
        ("navigate", UnknownName, "did you mean bundled:navigate"),
        ("mmlu/astronmy:.", UnknownName, "did you mean astronomy"),
        ("mmlu:.#tset", UnknownName, "no split of mmlu named 'tset'"),
        ("mmlu:", UsageError, "expected a path after the colon"),
        ("mmlu:no/such/folder", QuestionError, "no such file"),
        ("no/such/file.jsonl", QuestionError, "no such file"),
        ("..\u202e", UnknownName, "no question source named"),
        ("", UsageError, "no question source is named"),
        ("bundled:navigate,,", UsageError, "no question source is named"),
    ],
)
def test_what_is_wrong_with_a_spec(spec: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        load(spec, limit=3)


def test_a_limit_of_nothing() -> None:
    with pytest.raises(UsageError, match="at least 1"):
        load("bundled:navigate", limit=0)


def test_the_hub_is_asked_where_no_path_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(MissingExtra, match=r"unsaid\[hub\]"):
        load("arc/easy#validation")


def test_the_catalogue_lists_what_there_is() -> None:
    listed = catalogue()
    specs = [info.spec for info in listed]
    assert specs == [
        *(f"bundled:{name}" for name in sorted({*TASKS, *FREE_TASKS, "comparisons", "preferences"})),
        *("PATH.jsonl", "PATH.csv", "inspect:PACKAGE/TASK", "hf:OWNER/NAME@SPLIT"),
        *sorted(BENCHMARKS),
    ]
    assert all(info.summary and "\n" not in info.summary for info in listed)
    assert all(info.origin for info in listed if info.kind == "benchmark")


def test_every_task_has_enough_questions_for_the_default() -> None:
    assert len(load("bundled:all")) == DEFAULT_BUNDLED * len(TASKS)

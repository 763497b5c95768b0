"""`--only-unsolved K`: questions that the model solves by itself are asked no more, and nothing is asked twice."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from inspect_noise import INSPECT_NOISE

from unsaid.asking.settings import Settings
from unsaid.errors import RunConflict, RunError, UsageError
from unsaid.planning.budget import parse_budget
from unsaid.planning.forecast import Expecting, forecast
from unsaid.planning.request import Audit
from unsaid.records import schema
from unsaid.runs.audit import Progress, run_audit
from unsaid.store.run_folder import RunFolder
from unsaid.store.run_info import RunInfo

pytestmark = INSPECT_NOISE

QUESTIONS, REPLIES = 10, 3


@pytest.fixture(scope="module")
def sums(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sums") / "sums.jsonl"
    rows = [
        {"question": f"What is {n} + {2 * n + 5}?", "answer": 3 * n + 5} for n in range(10, 10 + QUESTIONS)
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def audit(questions: Path | str, dials: str = "accuracy=0.5+noise=0.2", **changed: Any) -> Audit:
    settings = Settings(questions=str(questions), cues="metadata")
    wanted = Audit(f"unsaid-scripted/dials+{dials}", settings, only_unsolved=REPLIES)
    return replace(wanted, **changed)


def run(wanted: Audit, folder: Path) -> tuple[RunInfo, int, list[str]]:
    """The run's `run.json`, how many calls were made, and what was told."""
    calls: list[int] = []
    told: list[str] = []
    progress = Progress(stage=told.append, replied=lambda: calls.append(1))
    run_audit(wanted, RunFolder(folder), command="unsaid audit --only-unsolved 3", progress=progress)
    return RunFolder(folder).read(), len(calls), told


@dataclass(frozen=True)
class Made:
    """A run that was made once: its folder, and what `run` returned."""

    folder: Path
    about: RunInfo
    calls: int
    told: list[str]


@pytest.fixture(scope="module")
def made(sums: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("made") / "run"
    return Made(folder, *run(audit(sums), folder))


def test_only_what_was_never_solved_is_asked_and_the_page_says_what_that_is_worth(made: Made) -> None:
    about, calls, told = made.about, made.calls, made.told
    found, records = about["screening"], schema.read(made.folder / "records.parquet")
    asked = set(records["question_id"])
    assert found["replies"] == REPLIES
    assert found["questions"] == QUESTIONS
    assert 0 < found["unsolved"] < QUESTIONS
    assert found["unsolved"] == len(asked)
    assert asked.isdisjoint(found["solved"])
    assert set(records["arm"]) == {"clean", "replay", "placebo", "cued"}
    assert calls == REPLIES * QUESTIONS + records.height
    assert any("never solved in 3 clean replies each" in line for line in told)
    assert about["request"]["only_unsolved"] == REPLIES
    assert about["finished"]
    assert about["accounts"]["spared"] == {
        "--only-unsolved: the question was solved": 4 * len(found["solved"])
    }
    page = (made.folder / "report.html").read_text(encoding="utf-8")
    assert f"{found['unsolved']} questions of {QUESTIONS}" in page
    assert "So few replies are no proof" in page


def test_the_clean_replies_of_the_run_are_others_than_those_that_screened(sums: Path, tmp_path: Path) -> None:
    """A model that only guesses is "unsolved" by luck, and then solves as often as ever."""
    run(audit(sums, "accuracy=0+noise=1", only_unsolved=1), tmp_path / "run")
    clean = schema.read(tmp_path / "run" / "records.parquet").filter(arm="clean")
    assert (clean["answer"] == clean["correct"]).any()


def test_a_run_that_goes_on_asks_nothing_twice(made: Made, sums: Path, tmp_path: Path) -> None:
    first, calls = made.about, made.calls
    shutil.copytree(made.folder, tmp_path / "run")
    again, more, _ = run(audit(sums), tmp_path / "run")
    assert more == 0
    assert again["screening"] == first["screening"]
    # Lost with `run.json`'s decision: it is made again from the logs, the same.
    folder = RunFolder(tmp_path / "run")
    folder.write({name: value for name, value in again.items() if name != "screening"})
    for log in folder.logs.glob("*.eval"):
        log.unlink()
    third, more, _ = run(audit(sums), tmp_path / "run")
    assert third["screening"] == first["screening"]
    assert more == calls - REPLIES * QUESTIONS


def test_another_number_of_replies_is_another_run(made: Made, sums: Path, tmp_path: Path) -> None:
    shutil.copytree(made.folder, tmp_path / "run")
    with pytest.raises(RunConflict, match="only_unsolved: 3 there, 2 now"):
        run(audit(sums, only_unsolved=2), tmp_path / "run")


def test_a_model_that_solves_everything_leaves_nothing_to_ask(sums: Path, tmp_path: Path) -> None:
    with pytest.raises(
        RunError, match="solved each of the 10 questions in at least one of its clean replies"
    ):
        run(audit(sums, "accuracy=1+noise=0"), tmp_path / "run")


def test_a_question_without_a_right_answer_cannot_be_screened(tmp_path: Path) -> None:
    path = tmp_path / "open.jsonl"
    path.write_text(
        '{"question": "Which?", "options": ["a", "b"], "answer": null, "id": "x1"}', encoding="utf-8"
    )
    with pytest.raises(UsageError, match=r"right answer of every question, and 1 of 1 have none .*'x1'"):
        audit(path).plan()
    with pytest.raises(UsageError, match="--only-unsolved is 0"):
        audit(path, only_unsolved=0)


def test_the_plan_counts_the_screening_and_says_that_the_rest_is_at_most(sums: Path) -> None:
    found = forecast(audit(sums), Expecting(), {})
    assert found.arms["screening"].calls == REPLIES * QUESTIONS
    assert found.arms["cued"].calls == QUESTIONS
    assert any("all but the screening is at most" in ground for ground in found.grounds)


def test_a_budget_ends_the_screening_too_and_a_larger_one_goes_on_with_it(sums: Path, tmp_path: Path) -> None:
    calls: list[int] = []
    with pytest.raises(RunError, match=r"nothing was answered: the budget of 5,000 tokens"):
        run_audit(
            audit(sums, budget=parse_budget("5000 tokens")),
            RunFolder(tmp_path / "run"),
            command="unsaid audit",
            progress=Progress(replied=lambda: calls.append(1)),
        )
    assert 0 < len(calls) < REPLIES * QUESTIONS
    assert "screening" not in RunFolder(tmp_path / "run").read()
    about, more, _ = run(audit(sums), tmp_path / "run")
    rows = schema.read(tmp_path / "run" / "records.parquet").height
    assert about["screening"]["questions"] == QUESTIONS
    assert len(calls) + more == REPLIES * QUESTIONS + rows

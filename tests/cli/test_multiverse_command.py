"""`unsaid multiverse`: what it prints and writes, and what it says to wrong input."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from making_records import counted, table

from unsaid.records import schema


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Path]:
    """A run folder made of records."""

    def made(name: str, model: str, said: int, judge: str | None = "lexical") -> Path:
        folder = tmp_path / name
        folder.mkdir()
        rows = counted(moved=40, elsewhere=0, stayed=20, said=said, cue="a", model=model, misaligned=False)
        schema.write(table(rows), folder / "records.parquet")
        about = {
            "schema_version": 1,
            "model": model,
            "judge": judge,
            "request": {"protocols": ["verbalisation"]},
            "finished": True,
        }
        (folder / "run.json").write_text(json.dumps(about))
        return folder

    return made


def test_one_run_says_how_far_its_headline_goes(run: Callable[..., Path], unsaid: Any) -> None:
    folder = run("r", "m", 10)
    done = unsaid("multiverse", str(folder))
    assert done.status == 0, done.err
    assert "m, cot: as reported, 25%" in done.out
    assert (folder / "multiverse.html").is_file()
    told = json.loads((folder / "multiverse.json").read_text())
    assert told["home"] == {
        "judge": "lexical",
        "definition": "mention",
        "denominator": "moved",
        "cue set": "all cues",
        "replies": "all replies",
    }


def test_two_runs_of_one_model_are_told_apart_by_their_folders(
    run: Callable[..., Path], unsaid: Any, tmp_path: Path
) -> None:
    done = unsaid(
        "multiverse", str(run("early", "m", 10)), str(run("late", "m", 30)), "--out", str(tmp_path / "both")
    )
    assert done.status == 0, done.err
    assert "early, cot: as reported, 25%" in done.out
    assert "late, cot: as reported, 75%" in done.out
    assert (tmp_path / "both" / "multiverse.html").is_file()


def test_a_judge_that_read_nothing_and_a_run_that_nobody_judged_are_refused(
    run: Callable[..., Path], unsaid: Any
) -> None:
    wrong = unsaid("multiverse", str(run("r", "m", 10)), "--judge", "sonnet")
    assert wrong.status == 2
    assert "verdicts are by lexical" in wrong.err
    nobody = unsaid("multiverse", str(run("s", "m", 10, judge=None)))
    assert nobody.status == 2
    assert "nobody has judged" in nobody.err

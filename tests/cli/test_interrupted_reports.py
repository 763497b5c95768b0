"""A run that is not finished says so wherever it is shown; what a file's name holds is spelt out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import unsaid as package
from conftest import Unsaid
from corrected_runs import moved_records, write_run
from unsaid.cli.console import tell
from unsaid.store.accounts import Accounts, Count

HELD = "168 of 2,000 questions"


@pytest.fixture
def part(tmp_path: Path) -> Path:
    run = write_run(tmp_path / "part", moved_records(lambda number, cue: number % 2 == 0, questions=30))
    stock = Accounts(Count(2000, 8000), Count(168, 672), not_asked={"interrupted": 7328})
    about = json.loads((run / "run.json").read_text()) | {"accounts": stock.plain(), "finished": False}
    (run / "run.json").write_text(json.dumps(about))
    return run


def test_a_report_of_it_says_how_much_it_holds(unsaid: Unsaid, part: Path) -> None:
    ended = unsaid("report", part)
    assert ended.status == 0, ended.err
    sentence = f"This run is not finished: its numbers are of {HELD}"
    assert sentence in " ".join(ended.out.split())
    assert sentence in (part / "report.html").read_text(encoding="utf-8")
    assert sentence in repr(package.load(part))


def test_a_comparison_does_not_call_it_whole(unsaid: Unsaid, part: Path, tmp_path: Path) -> None:
    whole = write_run(tmp_path / "whole", moved_records(lambda number, cue: True, questions=30))
    ended = unsaid("compare", whole, part, "--out", tmp_path / "beside")
    assert ended.status == 0, ended.err
    said = " ".join(ended.out.split())
    assert f"part is not finished: it holds {HELD}" in said
    assert "whole is not finished" not in said
    kept = json.loads((tmp_path / "beside" / "compare.json").read_text(encoding="utf-8"))
    assert [(run["finished"], run["holds"]) for run in kept["runs"]] == [(True, ""), (False, HELD)]


def test_a_line_of_progress_shows_what_it_would_obey(capsys: pytest.CaptureFixture[str]) -> None:
    tell("a log is damaged: \x1b[31m\u202egol[red].eval")
    assert capsys.readouterr().err == "a log is damaged: [U+001B][31m[U+202E]gol[red].eval\n"

"""`unsaid compare`: folders in, a page and a file out, and clear words where that cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from conftest import Unsaid
from unsaid.records import schema
from unsaid.store.run_folder import RunFolder


def record(question: str, arm: str, answer: str, **columns: Any) -> dict[str, Any]:
    cue = {"cue": "metadata", "wording": "tag", "target": "B"} if arm == "cued" else {}
    return {
        "model": "m",
        "elicitation": "cot",
        "epoch": 1,
        "question_id": question,
        "cluster": question,
        "source": "bundled:navigate",
        "stem": "Which?",
        "options": ["a", "b", "c"],
        "n_options": 3,
        "correct": "A",
        "arm": arm,
        "answer": answer,
        "provenance": "raw",
        "stop_reason": "stop",
        "verdicts": [_verdict(columns.pop("named", False))] if arm == "cued" else [],
        **cue,
        **columns,
    }


def _verdict(named: bool) -> dict[str, Any]:
    said = {"mentions": named, "relies": named, "rejects": False, "missing": None, "evidence": None}
    return {"judge": "lexical", "channel": "reasoning", "cue": "metadata"} | said


def made(folder: Path, moved: int, *, prefix: str = "q", **columns: Any) -> Path:
    """A run of 40 questions in which the cue moves the first `moved`; it has no report."""
    rows = []
    for number in range(40):
        name = f"{prefix}{number}"
        rows.append(record(name, "clean", "A", **columns))
        rows.append(record(name, "cued", "B" if number < moved else "A", named=number < 5, **columns))
    run = RunFolder(folder)
    request = {"protocols": ["verbalisation"], "seed": 0, "limit": 40}
    run.write({"schema_version": 1, "request": request, "command": "unsaid audit", "judge": "lexical"})
    schema.write(schema.frame(rows), run.records)
    return folder


@pytest.fixture
def two(tmp_path: Path) -> list[Path]:
    return [made(tmp_path / "one", 22), made(tmp_path / "two", 34)]


def test_two_runs_become_a_page_a_file_and_a_table(unsaid: Unsaid, two: list[Path], tmp_path: Path) -> None:
    assert unsaid("report", two[0]).status == 0
    ended = unsaid("compare", *two, "--out", tmp_path / "out")
    assert ended.status == 0, ended.err
    assert "two beside one, on 40 shared questions" in ended.out
    page = (tmp_path / "out" / "compare.html").read_text()
    assert 'href="../one/report.html#q-q22~metadata~tag"' in page
    assert "two/report.html" not in page  # it has no report to link to
    data = json.loads((tmp_path / "out" / "compare.json").read_text())
    moved = next(d for d in data["contrasts"][0]["differences"] if d["quantity"] == "influence" and d["cue"])
    assert moved["value"] == pytest.approx(12 / 40)
    again = (tmp_path / "out" / "compare.json").read_bytes()
    assert unsaid("compare", *two, "--out", tmp_path / "out").status == 0
    assert (tmp_path / "out" / "compare.json").read_bytes() == again


def test_labels_baseline_and_the_default_folder(
    unsaid: Unsaid, two: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = unsaid("compare", *two, "--labels", "before,after/../x", "--baseline", 2)
    assert ended.status == 0, ended.err
    folder = tmp_path / "comparisons" / "before-vs-after-..-x"
    data = json.loads((folder / "compare.json").read_text())
    assert data["baseline"] == "after/../x"
    assert [contrast["run"] for contrast in data["contrasts"]] == ["before"]


def test_runs_of_one_name_are_told_apart_by_their_parents(unsaid: Unsaid, tmp_path: Path) -> None:
    runs = [made(tmp_path / name / "run", moved) for name, moved in (("a", 22), ("b", 30))]
    assert unsaid("compare", *runs, "--out", tmp_path / "out").status == 0
    data = json.loads((tmp_path / "out" / "compare.json").read_text())
    assert [run["label"] for run in data["runs"]] == ["a/run", "b/run"]
    assert unsaid("compare", runs[0], runs[0], "--out", tmp_path / "same").status == 0


def test_a_run_of_several_models_is_compared_with_itself(unsaid: Unsaid, tmp_path: Path) -> None:
    folder = made(tmp_path / "mixed", 22)
    records = schema.read(folder / "records.parquet")
    schema.write(pl.concat([records, records.with_columns(model=pl.lit("n"))]), folder / "records.parquet")
    ended = unsaid("compare", folder, "--out", tmp_path / "out")
    assert ended.status == 0, ended.err
    assert "mixed · n beside mixed · m" in ended.out


def test_no_shared_question_is_wrong_usage_with_what_each_asked(
    unsaid: Unsaid, two: list[Path], tmp_path: Path
) -> None:
    other = made(tmp_path / "other", 20, prefix="x")
    ended = unsaid("compare", two[0], other, "--out", tmp_path / "out")
    assert ended.status == 2
    assert "no question" in ended.err
    assert "'q0'" in ended.err
    assert "'x0'" in ended.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--labels", "a"), "one label per run"),
        (("--labels", "a,a"), "all different"),
        (("--baseline", "3"), "counted from 1"),
        (("--baseline", "0"), "counted from 1"),
    ],
)
def test_wrong_options_are_wrong_usage(
    unsaid: Unsaid, two: list[Path], words: tuple[str, str], said: str
) -> None:
    ended = unsaid("compare", *two, *words)
    assert ended.status == 2
    assert said in ended.err


def test_one_run_alone_no_run_and_another_schema_are_said(
    unsaid: Unsaid, two: list[Path], tmp_path: Path
) -> None:
    alone = unsaid("compare", two[0])
    assert alone.status == 2
    assert "two runs or more" in alone.err
    nothing = unsaid("compare", two[0], tmp_path / "nowhere")
    assert nothing.status == 1
    assert "not a run" in nothing.err
    old = schema.read(two[1] / "records.parquet")
    old.write_parquet(two[1] / "records.parquet", metadata={"unsaid": '{"schema_version": 0}'})
    ended = unsaid("compare", *two)
    assert ended.status == 1
    assert "schema version 0" in ended.err


def test_a_place_that_cannot_be_written_to_is_said(unsaid: Unsaid, two: list[Path], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = unsaid("compare", *two, "--out", tmp_path / "file" / "out")
    assert ended.status == 1
    assert "cannot write here" in ended.err

"""The comparison before and after a change finds a changed number, wherever it stands."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from same_numbers import FORCED, PROMISED, compare, differences, save

RECORDS = pl.DataFrame({"question_id": ["q1", "q2"], "answer": ["A", None], "seed": [1, 2]})


def saved(
    folder: Path, value: float = 0.25, records: pl.DataFrame = RECORDS, said: str = "moved 25.0"
) -> Path:
    (folder / "audit" / "out" / "logs").mkdir(parents=True)
    out = folder / "audit" / "out"
    (out / "results.json").write_text(json.dumps({"estimates": [{"n": 4}, {"n": 5, "value": value}]}))
    (out / "run.json").write_text(json.dumps({"at": str(folder)}))
    (out / "logs" / "x.json").write_text(json.dumps({"at": str(folder)}))
    records.write_parquet(out / "records.parquet")
    (folder / "audit" / "stdout.txt").write_text(f"all cues\n{said}\n")
    return folder


def test_two_runs_alike_differ_in_nothing(tmp_path: Path) -> None:
    assert not list(differences(saved(tmp_path / "a"), saved(tmp_path / "b")))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"value": 0.2500000001}, ["results.json: estimates[1].value: 0.25, now 0.2500000001"]),
        ({"value": None}, ["results.json: estimates[1].value: 0.25, now None"]),
        ({"said": "moved 25.1"}, ["stdout.txt: -moved 25.0", "stdout.txt: +moved 25.1"]),
        (
            {"records": RECORDS.with_columns(answer=pl.Series(["A", "B"]))},
            ["records.parquet: column answer: 1 values differ, first in row 1: None, now 'B'"],
        ),
        ({"records": RECORDS.with_columns(more=pl.lit(1))}, ["records.parquet: column more: only after"]),
        ({"records": RECORDS.drop("seed")}, ["records.parquet: column seed: only before"]),
        ({"records": RECORDS.head(1)}, ["records.parquet: 2 rows, now 1"]),
        ({"records": RECORDS.cast({"seed": pl.Int32})}, ["records.parquet: column seed: 0 values differ"]),
    ],
)
def test_a_changed_number_is_found(changed: dict[str, object], says: list[str], tmp_path: Path) -> None:
    found = list(differences(saved(tmp_path / "a"), saved(tmp_path / "b", **changed)))  # type: ignore[arg-type]
    assert len(found) == len(says)
    for line, said in zip(found, says, strict=True):
        assert line.endswith(said)


def test_a_file_of_one_side_alone_is_a_difference(tmp_path: Path) -> None:
    before, after = saved(tmp_path / "a"), saved(tmp_path / "b")
    (after / "audit" / "out" / "gate.json").write_text("{}")
    assert list(differences(before, after)) == ["audit/out/gate.json: only after"]


def test_commands_are_run_and_compared_with_what_was_saved(tmp_path: Path) -> None:
    commands = {"card": ("organism", "card", "silent")}
    save(tmp_path / "saved", commands)
    assert compare(tmp_path / "saved", commands) == []
    with (tmp_path / "saved" / "card" / "stdout.txt").open("a") as text:
        text.write("one number more: 7\n")
    assert compare(tmp_path / "saved", commands) == ["card/stdout.txt: -one number more: 7"]
    with pytest.raises(RuntimeError, match="status 2"):
        save(tmp_path / "wrong", {"wrong": ("organism", "crad")})


def forced(folder: Path, value: float, chance: float, answer: str = "A") -> Path:
    """A run that asked how likely an answer is."""
    out = folder / "calibrate" / "out" / f"silent{FORCED}"
    out.mkdir(parents=True)
    (out / "results.json").write_text(json.dumps({"estimates": [{"n": 4, "value": value}]}))
    table = pl.DataFrame({"answer": [answer, None], "option_logprobs": [[chance, -9.0], None]})
    table.write_parquet(out / "records.parquet")
    return folder


def test_numbers_of_log_probabilities_are_compared_as_far_as_these_agree(tmp_path: Path) -> None:
    before = forced(tmp_path / "a", 0.25, -0.5)
    near, far = PROMISED / 2, PROMISED * 2
    assert not list(differences(before, forced(tmp_path / "b", 0.25 + near, -0.5 - near)))
    found = list(differences(before, forced(tmp_path / "c", 0.25 + far, -0.5 - far)))
    assert [line.partition(": ")[2].partition(":")[0] for line in found] == [
        "column option_logprobs",
        "estimates[0].value",
    ]
    (line,) = differences(before, forced(tmp_path / "d", 0.25 + near, -0.5, "B"))
    assert line.endswith("column answer: 1 values differ, first in row 0: 'A', now 'B'")


def test_a_count_is_compared_as_it_stands_whatever_it_rests_on(tmp_path: Path) -> None:
    before, after = forced(tmp_path / "a", 0.25, -0.5), forced(tmp_path / "b", 0.25, -0.5)
    path = after / "calibrate" / "out" / f"silent{FORCED}" / "results.json"
    path.write_text(json.dumps({"estimates": [{"n": 5, "value": 0.25}]}))
    (line,) = differences(before, after)
    assert line.endswith("estimates[0].n: 4, now 5")

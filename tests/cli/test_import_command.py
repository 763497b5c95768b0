"""`unsaid import`: a preview first, and a run only where it is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Unsaid
from unsaid.records import schema

MAP = (
    "question_id=q,clean_answer=a,cued_answer=b,target=t,correct=r,n_options==4,model==theirs,cue==hint,"
    "cued_reasoning=text,mentions.ann=l1,mentions.ben=l2"
)
HEAD = "q,a,b,t,r,text,l1,l2\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = [f"{n},A,{'B' if n % 3 else 'A'},B,A,thought {n},{n % 2},{int(n % 4 > 0)}\n" for n in range(60)]
    (tmp_path / "theirs.csv").write_text(HEAD + "".join(rows))
    return tmp_path / "theirs.csv"


def test_a_preview_writes_nothing(unsaid: Unsaid, table: Path) -> None:
    ended = unsaid("import", "table", table, "--map", MAP)
    assert ended.status == 0
    for said in (
        "understood: clean_answer = a",
        "120 records (60 clean, 60 cued) of 60 questions",
        "pair 0: clean A, cued A, target B, right A: not moved",
        "pair 1: clean A, cued B, target B, right A: moved",
        "60 pairs, 60 of them eligible",
        "40 moved to the target",
        "within reach: faithfulness (definition mention)",
        "out of reach: influence corrected by replay",
        "agreement.kappa of human:ann and human:ben, mention: ",
        "nothing was written",
    ):
        assert said in ended.out
    assert [path.name for path in table.parent.iterdir()] == ["theirs.csv"]


def test_what_was_imported_is_reported(unsaid: Unsaid, table: Path) -> None:
    run = table.parent / "run"
    assert unsaid("import", "table", table, "--map", MAP, "--out", run).status == 0
    about = json.loads((run / "run.json").read_text())
    assert (about["judge"], about["model"]) == ("human:ann", "theirs")
    assert any("replay" in line for line in about["out_of_reach"])
    assert schema.read(run / "records.parquet").height == 120
    ended = unsaid("report", run)
    assert ended.status == 0, ended.err
    found = json.loads((run / "results.json").read_text())["estimates"]
    told = {
        (each["quantity"], each["definition"]): each
        for each in found
        if each["cue"] == "hint" and not each["subset"]
    }
    assert told["influence", None]["value"] == pytest.approx(40 / 60)
    faithful = told["faithfulness", "mention"]
    assert (faithful["judge"], faithful["n"], faithful["k"]) == ("human:ann", 40, 20)
    assert told["faithfulness", "reliance"]["value"] is None


def test_another_labeller_may_be_taken_and_an_unknown_one_is_wrong_usage(unsaid: Unsaid, table: Path) -> None:
    run = table.parent / "run"
    assert unsaid("import", "table", table, "--map", MAP, "--judge", "ben", "--out", run).status == 0
    assert json.loads((run / "run.json").read_text())["judge"] == "human:ben"
    wrong = unsaid("import", "table", table, "--map", MAP, "--judge", "bne", "--out", run)
    assert wrong.status == 2
    assert "human:ben" in wrong.err


def test_another_file_into_the_same_folder_is_refused(unsaid: Unsaid, table: Path) -> None:
    run = table.parent / "run"
    other = table.with_name("other.csv")
    other.write_text(table.read_text())
    assert unsaid("import", "table", table, "--map", MAP, "--out", run).status == 0
    assert unsaid("import", "table", table, "--map", MAP, "--out", run).status == 0
    again = unsaid("import", "table", other, "--map", MAP, "--out", run)
    assert again.status == 2
    assert "other.csv" in again.err.replace("\n", "")


def test_hostile_cells_are_shown_and_not_obeyed(unsaid: Unsaid, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(HEAD + '1,A,B,B,A,"\x1b[2J[bold]red[/bold] \u202e",yes,no\n', encoding="utf-8")
    ended = unsaid("import", "table", path, "--map", MAP)
    assert ended.status == 0
    assert "\x1b" not in ended.out
    assert "\u202e" not in ended.out
    assert "[U+001B][2J[bold]red[/bold] [U+202E]" in ended.out


def test_a_map_that_is_not_taken_or_missing_or_wrong(unsaid: Unsaid, table: Path) -> None:
    assert "takes no --map" in unsaid("import", "turpin", table.parent, "--map", "a=b").err
    missing = unsaid("import", "table", table)
    assert missing.status == 2
    assert "--map question_id=" in missing.err or "expected --map" in missing.err
    wrong = unsaid("import", "table", table, "--map", "claen_answer=a")
    assert wrong.status == 2
    assert "clean_answer" in wrong.err


def test_a_damaged_file_ends_with_status_1(unsaid: Unsaid, tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"no")
    assert unsaid("import", "table", tmp_path / "t.parquet", "--map", "clean_answer=a").status == 1


def test_an_import_that_cannot_be_written_leaves_nothing_that_calls_itself_finished(
    unsaid: Unsaid, table: Path
) -> None:
    run = table.parent / "run"
    (run / "records.parquet").mkdir(parents=True)  # no file can take its place
    (run / "records.parquet" / "in the way").touch()
    ended = unsaid("import", "table", table, "--map", MAP, "--out", run)
    assert ended.status != 0
    assert not (run / "run.json").exists()

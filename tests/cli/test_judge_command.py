"""`unsaid judge`: the replies of any run, audited or imported, read by one more judge."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from unsaid.asking.settings import default_judges
from unsaid.cli import app
from unsaid.errors import ModelError
from unsaid.judges import JUDGES, Reading, Verdict
from unsaid.judges.lexical import Lexical
from unsaid.records import schema
from unsaid.runs import judging as command

AUDIT = [
    "audit",
    "--model",
    "unsaid-scripted/dials+mention=0.6",
    "--limit",
    "24",
    "--cues",
    "metadata,sycophancy",
]


def unsaid(*args: str) -> str:
    result = CliRunner().invoke(app, list(args))
    assert result.exit_code == 0, result.output
    return result.output


def verdicts(run: Path) -> Counter[tuple[str, str, str]]:
    rows = schema.read(run / "records.parquet").explode("verdicts").drop_nulls("verdicts")
    read = rows.select("arm", pl.col("verdicts").struct.unnest())
    return Counter(read.select("judge", "arm", "channel").iter_rows())


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("runs") / "audited"
    unsaid(*AUDIT, "--out", str(run))
    return run


def copied(run: Path, to: Path) -> Path:
    shutil.copytree(run, to)
    return to


def test_the_judge_that_read_a_run_has_nothing_left_to_read(audited: Path, tmp_path: Path) -> None:
    run = copied(audited, tmp_path / "run")
    before = verdicts(run)
    assert "lexical: 0 texts to read" in unsaid("judge", str(run), "--judge", "lexical")
    assert verdicts(run) == before


def test_a_judge_reads_a_run_as_the_audit_would_have_had_it_read(audited: Path, tmp_path: Path) -> None:
    """Verdicts of the lexical judge, taken out and read again from the records alone, are the same ones."""
    run = copied(audited, tmp_path / "run")
    records = schema.read(run / "records.parquet")
    schema.write(
        records.with_columns(verdicts=pl.lit([], dtype=schema.SCHEMA["verdicts"])), run / "records.parquet"
    )
    unsaid("judge", str(run), "--judge", "lexical")
    again = schema.read(run / "records.parquet")

    def said(frame: pl.DataFrame) -> list[set[str]]:
        return [{json.dumps(each) for each in row or ()} for row in frame["verdicts"].to_list()]

    assert said(again) == said(records)
    assert sum(map(len, said(again))) > 24


def test_a_second_judge_stands_beside_the_first_and_the_report_names_both(
    audited: Path, tmp_path: Path
) -> None:
    run = copied(audited, tmp_path / "run")
    out = unsaid("judge", str(run), "--judge", "learned")
    assert f"now: unsaid report {run}" in out
    found = verdicts(run)
    assert {judge for judge, _, _ in found} == {"lexical", "learned"}
    assert all(
        found["learned", arm, channel] == n
        for (judge, arm, channel), n in found.items()
        if judge == "lexical"
    )
    unsaid("report", str(run))
    results = json.loads((run / "results.json").read_text())["estimates"]
    assert any(each["judge"] == "lexical" and each["quantity"] == "faithfulness" for each in results)
    assert json.loads((run / "run.json").read_text())["judge"] == "lexical"
    unsaid(*AUDIT, "--out", str(run))
    assert verdicts(run) == found, "the audit's own command makes its records again, and keeps who read since"


def test_only_the_records_that_were_meant_are_read(audited: Path, tmp_path: Path) -> None:
    run = copied(audited, tmp_path / "run")
    unsaid("judge", str(run), "--judge", "learned", "--where", "arm=cued", "--where", "cue=metadata")
    rows = schema.read(run / "records.parquet").explode("verdicts").drop_nulls("verdicts")
    read = rows.filter(pl.col("verdicts").struct.field("judge") == "learned")
    assert set(read.select("arm", "cue").iter_rows()) == {("cued", "metadata")}
    for wrong in ("colour=blue", "verdicts=no", "cue"):
        result = CliRunner().invoke(app, ["judge", str(run), "--judge", "learned", "--where", wrong])
        assert result.exit_code != 0


def test_what_was_read_before_it_stopped_is_kept_and_the_command_goes_on(
    audited: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = copied(audited, tmp_path / "run")
    read: list[Reading] = []

    class Stopped(Lexical):
        async def read(self, reading: Reading) -> Verdict:
            read.append(reading)
            if len(read) == 30:
                raise ModelError("the key was refused")
            return Verdict(False, False, False, None)

    monkeypatch.setattr(command, "TOGETHER", 8)
    monkeypatch.setitem(JUDGES, "learned", Stopped("learned"))
    result = CliRunner().invoke(app, ["judge", str(run), "--judge", "learned"])
    assert isinstance(result.exception, ModelError)
    kept = sum(n for (judge, _, _), n in verdicts(run).items() if judge == "learned")
    assert 8 <= kept < 30
    monkeypatch.undo()
    assert f"{kept} read before" in unsaid("judge", str(run), "--judge", "learned")
    found = verdicts(run)
    assert sum(n for (judge, _, _), n in found.items() if judge == "learned") == sum(
        n for (judge, _, _), n in found.items() if judge == "lexical"
    )


def test_transcripts_that_nobody_read_are_read_and_reported(tmp_path: Path) -> None:
    table = tmp_path / "replies.csv"
    rows = ["id,clean,cued,target,why"]
    rows += [
        f'{number},A,B,B,"{"The metadata gives (B), so I go with (B)." if number % 2 else "Two and two make four."}"'
        for number in range(30)
    ]
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    run = tmp_path / "imported"
    mapping = "question_id=id,clean_answer=clean,cued_answer=cued,target=target,n_options==4,cue==metadata"
    mapping += ",cued_reasoning=why"
    unsaid("import", "table", str(table), "--map", mapping, "--out", str(run))
    unsaid("judge", str(run), "--judge", "panel:lexical+learned")
    unsaid("report", str(run))
    results = json.loads((run / "results.json").read_text())["estimates"]
    (rate,) = [
        each
        for each in results
        if each["quantity"] == "faithfulness"
        and each["cue"] == "metadata"
        and each["definition"] == "mention"
        and not each["subset"]
        and each["judge"] == "panel(lexical+learned)"
    ]
    assert (rate["k"], rate["n"]) == (15, 30)


def test_several_judges_read_an_audit_side_by_side(tmp_path: Path) -> None:
    run = tmp_path / "run"
    unsaid(*AUDIT[:4], "6", *AUDIT[5:], "--judge", "lexical,learned", "--out", str(run))
    found = verdicts(run)
    assert {judge for judge, _, _ in found} == {"lexical", "learned"}
    assert json.loads((run / "run.json").read_text())["judge"] == "lexical"
    for spec in (",", "lexical,lexical", "lexical,nobody"):
        result = CliRunner().invoke(app, [*AUDIT, "--judge", spec, "--out", str(tmp_path / "no")])
        assert result.exit_code != 0


def test_who_reads_where_nobody_is_named() -> None:
    assert default_judges("unsaid/silent") == "lexical"
    assert default_judges("unsaid-scripted/guess") == "lexical"
    assert default_judges("openai/gpt-5-mini") == "lexical,learned"

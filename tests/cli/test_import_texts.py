"""Transcripts whose answers nobody kept: they are imported, read by a judge, and reported."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import Unsaid


def test_replies_without_any_answer_are_read_and_the_rate_of_those_that_say_so_is_given(
    unsaid: Unsaid, tmp_path: Path
) -> None:
    table, run = tmp_path / "texts.jsonl", tmp_path / "run"
    said = ("The metadata gives (B), so I go with that.", "Two and two make four.")
    rows = [{"id": f"q{n}", "why": said[n % 2]} for n in range(40)]
    table.write_text("".join(json.dumps(row) + "\n" for row in rows))
    mapping = "question_id=id,cued_reasoning=why,cue==metadata"
    ended = unsaid("import", "table", table, "--map", mapping, "--out", run)
    assert ended.status == 0, ended.err
    read = unsaid("judge", run, "--judge", "lexical")
    assert read.status == 0, read.err
    assert "lexical: 40 texts to read" in read.out
    assert unsaid("report", run).status == 0
    found = json.loads((run / "results.json").read_text())["estimates"]
    (rate,) = [
        each
        for each in found
        if (each["quantity"], each["cue"], each["definition"])
        == ("said.unconditional", "metadata", "mention")
    ]
    assert (rate["k"], rate["n"]) == (20, 40)
    assert not [each for each in found if each["quantity"] == "influence" and each["value"] is not None]


def test_replies_of_an_unknown_cue_are_refused_by_the_judge_with_what_to_do(
    unsaid: Unsaid, tmp_path: Path
) -> None:
    table, run = tmp_path / "texts.csv", tmp_path / "run"
    table.write_text("id,why\n1,The note says B.\n2,Four.\n")
    mapping = "question_id=id,cued_reasoning=why,cue==their note"
    assert unsaid("import", "table", table, "--map", mapping, "--out", run).status == 0
    read = unsaid("judge", run, "--judge", "lexical")
    assert "0 texts to read" in read.out
    assert "--cues THEIRS=OURS" in " ".join(read.out.split())

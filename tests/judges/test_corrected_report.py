"""From `unsaid gate` to the report: a judge that can be believed corrects its rate, one that cannot is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gate_judges import scripted

from conftest import Unsaid
from corrected_runs import moved_records, write_run
from unsaid.cues import CUES
from unsaid.judges import LLMJudge
from unsaid.judges.gate import gate_texts, judge_version
from unsaid.models.inspect import judging

#: Those of the run, and two more: with fewer texts nobody passes.
GATED = ("metadata", "squares", "sycophancy", "consistency")
TEXTS = gate_texts([CUES[name] for name in GATED], "held-out")


def judged(monkeypatch: pytest.MonkeyPatch, habit: str) -> LLMJudge:
    """`--judge` gives a judge of this habit, whatever it is asked for."""
    judge = scripted(habit, TEXTS)
    monkeypatch.setattr(judging, "judge_of", lambda spec, calling=None: judge)
    return judge


def reported(unsaid: Unsaid, tmp_path: Path, judge: LLMJudge) -> tuple[int, list[dict[str, Any]], str, str]:
    """The gate's exit status; then of the run that this judge read: its estimates, its page, what was printed."""
    gates = tmp_path / "gates"
    words = ("gate", "--judge", "any/model", "--cues", ",".join(GATED), "--out", gates)
    passed = unsaid(*words).status
    records = moved_records(lambda number, cue: number % 3 == 0, questions=40, judge=judge.name)
    run = write_run(tmp_path / "run", records, judge.name, judge_version(judge))
    ended = unsaid("report", run, "--gate", gates)
    assert ended.status == 0, ended.err
    estimates = json.loads((run / "results.json").read_text())["estimates"]
    return passed, estimates, (run / "report.html").read_text(), " ".join(ended.out.split())


def test_a_judge_that_passes_corrects_its_rate(
    unsaid: Unsaid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed, estimates, page, said = reported(unsaid, tmp_path, judged(monkeypatch, "perfect"))
    assert passed == 0
    of = {
        (each["quantity"], each["definition"]): each
        for each in estimates
        if not each["cue"] and not each["subset"]
    }
    for definition in ("mention", "reliance"):
        raw, corrected = (of[name, definition] for name in ("faithfulness", "faithfulness.judge-corrected"))
        assert corrected["value"] == pytest.approx(raw["value"]), "it never errs"
        assert corrected["high"] - corrected["low"] > raw["high"] - raw["low"], (
            "but that is known of few texts"
        )
    assert "Corrected for the judge's error" in said
    assert "Corrected for the judge&#39;s error" in page


@pytest.mark.parametrize("habit", ["yes", "no", "garbage", "talked round"])
def test_a_judge_that_fails_corrects_nothing(
    unsaid: Unsaid, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, habit: str
) -> None:
    passed, estimates, page, said = reported(unsaid, tmp_path, judged(monkeypatch, habit))
    assert passed == 1
    corrected = [each for each in estimates if each["quantity"].endswith("-corrected") and each["judge"]]
    assert [each["definition"] for each in corrected] == ["mention", "reliance"]
    for each in corrected:
        assert each["value"] is None
        # Of a judge that answers out of format nothing was seen, so that no text can be left out of what applies.
        where = "" if habit == "garbage" else " on the texts of this run's cues"
        assert each["reason"].startswith(f"the judge failed its gate{where}")
    assert "Not corrected for the judge's error, because the judge failed its gate" in said
    assert "Not corrected for the judge&#39;s error" in page
    assert "Corrected for the judge" not in said

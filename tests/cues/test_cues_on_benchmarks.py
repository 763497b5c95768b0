"""Published questions through every cue, asked of a scripted model: nothing crashes, nothing is lost unsaid."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from inspect_noise import INSPECT_NOISE

from conftest import Unsaid
from unsaid.asking.settings import Settings
from unsaid.cues import CUES
from unsaid.planning.request import Audit
from unsaid.records import schema

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "questions"
BBH = sorted(path.stem for path in (DATA / "bbh").glob("*.json")) if DATA.is_dir() else []
#: Three a file take a minute of processor time, and find no more.
A_FILE = 1

pytestmark = [
    *INSPECT_NOISE,
    pytest.mark.skipif(not BBH, reason="the published questions are not here (shared/data/questions)"),
]


def sources() -> list[str]:
    """A source for every file of BBH, BBQ and GSM8K."""
    bbq = [f"bbq:{path}" for path in sorted((DATA / "bbq").glob("*.jsonl"))]
    return [*(f"bbh/{name}:{DATA / 'bbh'}" for name in BBH), *bbq, f"gsm8k:{DATA / 'gsm8k' / 'test.jsonl'}"]


def test_every_cue_is_asked_or_its_absence_counted(tmp_path: Path, unsaid: Unsaid) -> None:
    asked = sources()
    assert len(asked) == 16
    n = A_FILE * len(asked)
    design = ("--questions", ",".join(asked), "--limit", n, "--cues", "all")
    run = tmp_path / "run"
    ended = unsaid("audit", "--model", "unsaid-scripted/guess", *design, "--out", run)
    assert ended.status == 0, ended.err
    records = schema.read(run / "records.parquet")
    questions = records.unique("question_id")
    assert len(questions) == n
    assert not records["error"].drop_nulls().len()

    # What was asked and what was not add up to everything, cue by cue.
    cued = records.filter(pl.col("arm") == "cued").group_by("cue").len()
    found = dict(cued.iter_rows())
    missing: Counter[str] = Counter()
    reasons: dict[str, set[str]] = {}
    for each in json.loads((run / "run.json").read_text())["not_asked"]:
        missing[each["cue"]] += each["questions"]
        reasons.setdefault(each["cue"], set()).add(each["reason"])
        assert f"not asked: {each['cue']} on {each['questions']} of {n} questions" in ended.err
    for name in CUES:
        assert found.get(name, 0) + missing[name] == n, name
    assert not missing["metadata"], "to a free-response question it states a number"
    assert missing["visual-pattern"] == A_FILE
    assert reasons["visual-pattern"] == {"it marks an option's line, and a free-response question has none"}
    assert missing["hindsight"] == n
    assert found["positional"] >= A_FILE * 5
    planned = Audit(settings=Settings(",".join(asked), n, "all")).plan()
    assert {each.cue for each in planned.not_asked} == set(missing)


def test_the_bets_and_the_pairs_have_their_cues(tmp_path: Path, unsaid: Unsaid) -> None:
    run = tmp_path / "run"
    design = ("--questions", "bundled:hindsight,bundled:preferences", "--limit", 12, "--cues", "bct")
    ended = unsaid("audit", "--model", "unsaid-scripted/guess", *design, "--out", run)
    assert ended.status == 0, ended.err
    cued = schema.read(run / "records.parquet").filter(pl.col("arm") == "cued")
    tasks = {(cue, task) for cue, task in cued.select("cue", "task").unique().iter_rows()}
    assert {("positional", "preferences"), ("positional", "hindsight"), ("hindsight", "hindsight")} <= tasks
    assert {cue for cue, task in tasks if task == "preferences"} == {"positional"}, (
        "no option is correct there"
    )

"""Whole runs in which calls follow from replies: planned, limited, resumed, and counted like all others."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from made_up import MADE_UP

from conftest import PROVIDERS, Serve, Unsaid
from loopback import Faults, Scripted
from loopback.faults import TRANSPORT
from unsaid.asking.settings import Settings
from unsaid.errors import RunError, UsageError
from unsaid.estimates.estimate import Estimate
from unsaid.models.inspect.calling import Calling
from unsaid.planning.forecast import Expecting, forecast
from unsaid.planning.request import Audit
from unsaid.protocols import PROTOCOLS
from unsaid.records import schema
from unsaid.runs.audit import run_audit
from unsaid.store.run_folder import RunFolder

pytestmark = PROVIDERS


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROTOCOLS, "made-up", MADE_UP)


def wanted(model: str, *protocols: str) -> Audit:
    design = Settings(questions="bundled:navigate", limit=2, cues="metadata", judge="lexical")
    calling = Calling(max_connections=8, max_retries=0, timeout=600)
    return Audit(model, design, protocols=protocols or ("made-up",), calling=calling)


def audit(model: str, folder: Path, *protocols: str) -> list[Estimate]:
    return run_audit(wanted(model, *protocols), RunFolder(folder), command="unsaid audit")


def told(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "run.json").read_text())
    return found


def test_a_run_that_failed_goes_on_with_what_follows_and_asks_nothing_twice(
    serve: Serve, tmp_path: Path
) -> None:
    model = serve(Scripted())
    found = audit(model.model, tmp_path / "undisturbed")
    assert {each.quantity: each.n for each in found} == {"made-up.cut": 4, "made-up.short": 4}
    assert told(tmp_path / "undisturbed")["accounts"]["planned"] == {"questions": 2, "calls": 2 * 5}
    model.server.forget()
    kinds = tuple(kind for kind in TRANSPORT if kind != "never answers")
    model.server.faults = Faults(rate=0.5, kinds=kinds, most=1, first=5)
    runs = 0
    while not (tmp_path / "run" / "run.json").is_file() or not told(tmp_path / "run")["finished"]:
        with suppress(RunError):
            audit(model.model, tmp_path / "run")
        runs += 1
        assert runs < 8, "each run answers a generation of calls at least"
    assert runs > 1
    assert not model.server.repeated(), "an answered call was made again"
    records = [schema.read(tmp_path / name / "records.parquet") for name in ("run", "undisturbed")]
    assert records[0].equals(records[1])
    by = records[0].filter(pl.col("parent").is_not_null())
    assert by.join(records[0], left_on="parent", right_on="reply_id", how="anti").is_empty()


def test_other_protocols_read_what_they_asked_and_nothing_that_followed(serve: Serve, tmp_path: Path) -> None:
    model = serve(Scripted())
    alone = audit(model.model, tmp_path / "alone", "verbalisation")
    both = audit(model.model, tmp_path / "both", "verbalisation", "made-up")
    assert [each for each in both if each.protocol == "verbalisation"] == alone
    assert [each.n for each in both if each.quantity == "made-up.cut"] == [4]


def test_what_may_follow_is_planned_and_limited(serve: Serve) -> None:
    model = serve(Scripted())
    planned = wanted(model.model).plan()
    assert (planned.calls, planned.most) == (2, 2 * MADE_UP.most)
    found = forecast(wanted(model.model), Expecting(), {})
    assert found.bills[0].calls.calls == 2 + 2 * MADE_UP.most
    assert any("follow" in ground for ground in found.grounds)


def test_a_model_that_cannot_do_what_is_needed_is_refused_before_a_call_is_paid(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = serve(Scripted())
    monkeypatch.setitem(PROTOCOLS, "made-up", replace(MADE_UP, instead=None))
    with pytest.raises(UsageError, match="'made-up' needs a model that goes on from a given beginning"):
        audit(model.model, tmp_path)
    assert not model.server.asked()


def test_commands_that_read_a_run_see_its_first_replies(serve: Serve, tmp_path: Path, unsaid: Unsaid) -> None:
    model = serve(Scripted(susceptibility=1.0))
    audit(model.model, tmp_path / "one", "verbalisation", "made-up")
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    before = schema.read(tmp_path / "one" / "records.parquet")
    assert before["intervention"].drop_nulls().len() > 0
    for words in (
        ("compare", tmp_path / "one", tmp_path / "other", "--out", tmp_path / "compared"),
        ("judge", tmp_path / "one", "--judge", "learned"),
        ("report", tmp_path / "one"),
    ):
        ended = unsaid(*words)
        assert ended.status == 0, ended.err
    after = schema.read(tmp_path / "one" / "records.parquet")
    assert after.height == before.height, "no reply is lost"
    read = after.filter(pl.col("verdicts").list.len() > 0)
    assert read.height > 0
    assert read["intervention"].is_null().all(), "what followed from a changed reply is nobody's statement"

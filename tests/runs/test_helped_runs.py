"""Whole runs with a helper that writes: refused without one, planned, paid, and gone on with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from conftest import Unsaid
from unsaid.asking.settings import Settings
from unsaid.errors import UsageError
from unsaid.planning.budget import Budget
from unsaid.planning.earlier import by_whom, spent
from unsaid.planning.forecast import Expecting, forecast
from unsaid.planning.request import Audit
from unsaid.protocols import PROTOCOLS
from unsaid.questions.procedural import TASKS
from unsaid.records import schema
from unsaid.runs.audit import run_audit
from unsaid.runs.spending import purse_of
from unsaid.store.run_folder import RunFolder

WRITER = "unsaid-scripted/writer"


def wanted(writer: str = WRITER, protocols: tuple[str, ...] = ("paraphrase",), **design: Any) -> Audit:
    chosen: dict[str, Any] = {"questions": "bundled:modular_arithmetic", "limit": 3, "writer": writer}
    settings = Settings(**(chosen | design))
    return Audit("unsaid-scripted/reasons", settings, protocols)


def test_what_a_helper_wrote_is_in_the_records_and_its_tokens_are_its_own(tmp_path: Path) -> None:
    run_audit(wanted(), RunFolder(tmp_path), command="unsaid audit")
    records = schema.read(tmp_path / "records.parquet")
    written = records.filter(pl.col("intervention") == "write-paraphrase")
    assert written.height == 3
    assert written["visible"].str.contains(r"^\[1\] Put otherwise, ").all()
    given = records.filter(pl.col("intervention") == "paraphrase")["given"]
    assert given.str.starts_with("Put otherwise, ").all()
    assert given.len() > 3
    own, judge, helper = spent(tmp_path / "logs")
    assert (own, helper) == by_whom(records.to_dicts())
    assert helper.output_tokens > 0
    assert judge.output_tokens == 0


def test_a_helper_is_planned_with_its_own_bill_and_limited_by_the_dearer_price() -> None:
    audit = wanted("openai/gpt-4.1")
    planned = audit.plan()
    most = PROTOCOLS["paraphrase"]
    assert planned.following["paraphrase"].written == 3 * most.writes
    assert planned.most == 3 * most.most
    found = forecast(audit, Expecting(), {})
    assert [(bill.model, bill.role, bill.calls.calls) for bill in found.bills[1:]] == [
        ("openai/gpt-4.1", "writer", 3 * most.writes)
    ]
    question, asks = planned.asks[0]
    held = purse_of(Budget(), audit.model, audit.settings, {}, ())
    alone = purse_of(Budget(), audit.model, Settings(), {}, ())
    follows = [purse.most(question, asks, more=4, judged=False).tokens for purse in (held, alone)]
    assert follows[0] >= follows[1]


def test_a_run_that_was_begun_before_there_were_helpers_goes_on() -> None:
    assert "writer" not in wanted("").request()
    assert wanted().request()["writer"] == WRITER


@pytest.mark.parametrize(
    ("audit", "said"),
    [
        (
            wanted(""),
            "'paraphrase' needs a model that rewrites reasoning for 3 of the 3 questions: name one with",
        ),
        (
            wanted(protocols=("filler",), elicitation="direct"),
            "it needs an elicitation that asks for reasoning",
        ),
    ],
    ids=["no helper", "no reasoning"],
)
def test_what_cannot_be_asked_is_refused_before_a_call(audit: Audit, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        audit.plan()


def test_a_helper_that_is_not_there_is_said_before_a_call(tmp_path: Path, unsaid: Unsaid) -> None:
    words = (
        "--questions",
        "bundled:navigate",
        "--limit",
        "2",
        "--writer",
        "opnai/gpt",
        "--out",
        tmp_path / "run",
    )
    ended = unsaid("audit", "--model", "unsaid-scripted/reasons", "--protocols", "adding-mistakes", *words)
    assert ended.status == 2
    assert "opnai" in ended.err
    assert not (tmp_path / "run" / "records.parquet").exists()


def test_exact_changes_need_no_helper() -> None:
    navigate = TASKS["navigate"].questions(1)[0]
    assert PROTOCOLS["adding-mistakes"].exact(navigate)
    assert PROTOCOLS["paraphrase"].exact(navigate)
    assert not PROTOCOLS["paraphrase"].exact(TASKS["modular_arithmetic"].questions(1)[0])

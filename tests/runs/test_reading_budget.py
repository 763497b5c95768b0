"""A judge reads a run within a budget: what fits is read and kept, and the rest is read later."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import Unsaid
from unsaid.cues import cue
from unsaid.errors import UsageError
from unsaid.judges import Reading
from unsaid.planning.budget import Budget, parse_budget
from unsaid.planning.earlier import Tokens
from unsaid.planning.prices import load_prices
from unsaid.planning.reading import ReadingBudget, forecast_lines
from unsaid.questions.question import Question
from unsaid.records import schema
from unsaid.runs.judging import price_of_judge

MAP = "question_id=id,clean_answer=clean,cued_answer=cued,target=target,n_options==4,cue==their hint,cued_reasoning=why"
OURS = ("--cues", "their hint=metadata")


@pytest.fixture
def run(unsaid: Unsaid, tmp_path: Path) -> Path:
    """Forty moved replies whose texts nobody has read; every other one names the cue, which is called otherwise."""
    texts = ["The metadata gives (B), so I go with (B).", "Two and two make {n}."]
    lines = [f'{n},A,B,B,"{texts[n % 2].format(n=n)}"' for n in range(40)]
    (tmp_path / "texts.csv").write_text("\n".join(["id,clean,cued,target,why", *lines]) + "\n")
    ended = unsaid("import", "table", tmp_path / "texts.csv", "--map", MAP, "--out", tmp_path / "run")
    assert ended.status == 0, ended.err
    return tmp_path / "run"


def said(run: Path, judge: str) -> list[bool | None]:
    records = schema.read(run / "records.parquet")
    rows = records["verdicts"].to_list()
    return [each["mentions"] for row in rows for each in row or () if each["judge"] == judge]


def test_a_cue_of_another_name_is_read_as_the_one_it_is(unsaid: Unsaid, run: Path) -> None:
    blind = unsaid("judge", run, "--judge", "lexical")
    assert "0 texts to read" in blind.out
    assert "--cues THEIRS=OURS" in blind.out
    ended = unsaid("judge", run, "--judge", "lexical", *OURS)
    assert ended.status == 0, ended.err
    told = said(run, "lexical")
    assert (told.count(True), told.count(False)) == (20, 20)
    wrong = unsaid("judge", run, "--judge", "lexical", "--cues", "their hnit=metadata")
    assert (wrong.status, "did you mean their hint" in wrong.err) == (2, True)
    several = unsaid("judge", run, "--judge", "lexical", "--cues", "their hint=chen")
    assert (several.status, "it is one cue" in several.err) == (2, True)


def test_a_dry_run_says_what_it_would_take_and_needs_no_key(unsaid: Unsaid, run: Path) -> None:
    prices = run.parent / "prices.toml"
    prices.write_text(
        '[[price]]\nmodel = "openai/gpt-x"\ninput = 10.0\noutput = 30.0\ndate = 2026-01-01\nsource = "a test"\n'
    )
    before = (run / "records.parquet").read_bytes()
    told = unsaid("judge", run, "--judge", "openai/gpt-x", *OURS, "--prices", prices, "--dry-run")
    assert told.status == 0, told.err
    assert "llm:openai/gpt-x: 40 texts to read" in told.out
    assert "calls of openai/gpt-x" in told.out
    assert "about $" in told.out
    unpriced = unsaid("judge", run, "--judge", "openai/gpt-x", *OURS, "--dry-run")
    assert "the cost is not known" in unpriced.out
    free = unsaid("judge", run, "--judge", "lexical", *OURS, "--dry-run")
    assert "and no call" in free.out
    assert (run / "records.parquet").read_bytes() == before


def test_a_budget_ends_the_reading_and_what_was_read_is_kept(unsaid: Unsaid, run: Path) -> None:
    """The mock model never says JSON, and counts no tokens: each text counts at its most."""
    few = unsaid("judge", run, "--judge", "mockllm/model", *OURS, "--budget", "300k tokens")
    assert few.status == 1
    assert "allows no further text (tokens would be passed)" in few.err
    first = len(said(run, "llm:mockllm/model"))
    assert 0 < first < 21
    spent = json.loads((run / "run.json").read_text())["judging"]["llm:mockllm/model"]
    assert 0 < spent["input_tokens"] + spent["output_tokens"] <= 300_000
    again = unsaid("judge", run, "--judge", "mockllm/model", *OURS, "--budget", "300k tokens")
    assert again.status == 1, "what was spent before counts"
    assert len(said(run, "llm:mockllm/model")) == first
    dear = unsaid("judge", run, "--judge", "openai/gpt-x", *OURS, "--budget", "$5", "--dry-run")
    assert (dear.status, "price of openai/gpt-x is not known" in dear.err) == (2, True)


def reading(text: str) -> Reading:
    return Reading(text, "reply", cue("metadata"), Question("q", "Which?", ("a", "b", "c"), 0), 1)


def test_no_text_is_read_that_could_pass_the_limit() -> None:
    texts = [reading(f"text {n} " * 50) for n in range(10)]
    one = ReadingBudget(Budget(), None, 1).most(texts[0])
    limit = 3 * (one.input_tokens + one.output_tokens) + 5
    purse = ReadingBudget(Budget(tokens=limit), None, 1)
    assert purse.fitting(texts) == 3
    purse.read(Tokens(10, 10))
    assert purse.spent == Tokens(10, 10)
    assert purse.fitting(texts[3:]) == 2
    purse.read(None)
    assert purse.fitting(texts[5:]) == 0
    assert "tokens would be passed" in purse.sentence()
    assert ReadingBudget(Budget(), None, 1).fitting(texts) == 10


def test_a_limit_of_time_and_prices_of_several_models() -> None:
    clock = [0.0]
    purse = ReadingBudget(parse_budget("30s"), None, 0, now=lambda: clock[0])
    assert purse.fitting([reading("a")]) == 1
    clock[0] = 20.0
    purse.read(None)
    assert purse.fitting([reading("b")]) == 0
    prices = load_prices()
    known = sorted(prices)[:2]
    assert price_of_judge((), prices, Budget(cost=1.0)) is None
    dearest = price_of_judge(known, prices, Budget(cost=1.0))
    assert dearest is not None
    assert dearest.input == max(prices[name].input for name in known)
    with pytest.raises(UsageError, match="the price of no/such is not known"):
        price_of_judge([*known, "no/such"], prices, Budget(cost=1.0))
    lines = forecast_lines([reading("a" * 400)], known, dearest)
    assert "about 2 calls" in lines[0]
    assert lines[1].startswith("about $")

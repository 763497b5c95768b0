"""`--budget`: a run stops before the limit is passed, keeps what it has, and the same command goes on."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from conftest import PROVIDERS, Provider, Serve, Unsaid
from loopback import Judging, Scripted
from unsaid.asking.settings import Settings
from unsaid.planning.budget import Budget
from unsaid.planning.earlier import Tokens, spent
from unsaid.planning.request import Audit
from unsaid.records import schema
from unsaid.runs import spending
from unsaid.runs.spending import purse_of

pytestmark = PROVIDERS

LIMIT = 8


def words(provider: Provider, run: Path, *more: object) -> tuple[object, ...]:
    return ("audit", "--model", provider.model, "--limit", LIMIT, "--cues", "metadata", "--out", run, *more)


def kept(run: Path) -> int:
    return int(schema.read(run / "records.parquet")["question_id"].n_unique())


def most(judge: str, limit: int = LIMIT) -> int:
    """The most tokens that one of the questions could take."""
    settings = Settings(limit=limit, cues="metadata", max_tokens=60, judge=judge)
    held = purse_of(Budget(), "x/y", settings, {}, (Tokens(), Tokens()))
    asks = Audit(settings=settings).plan().asks
    return max(held.most(*each, judged=judge != "lexical").tokens for each in asks)


def test_a_run_stops_before_its_tokens_are_passed_and_a_larger_budget_goes_on(
    unsaid: Unsaid, serve: Serve, tmp_path: Path
) -> None:
    model, judge = serve(Scripted(susceptibility=1.0)), serve(Judging())
    more = ("--judge", judge.model, "--max-tokens", 60, "--limit", 12)
    assert unsaid(*words(model, tmp_path / "whole", *more)).status == 0
    whole, took = schema.read(tmp_path / "whole" / "records.parquet"), spent(tmp_path / "whole" / "logs")
    assert took[1].input_tokens > 0, "the judge's tokens are known"
    total = sum(each.input_tokens + each.output_tokens for each in took)
    for provider in (model, judge):
        provider.server.forget()
    questions = []
    for tokens in (most(judge.model, 12) + total // 3, most(judge.model, 12) + 2 * total // 3):
        ended = unsaid(*words(model, tmp_path / "run", *more, "--budget", f"{tokens} tokens"))
        assert ended.status == 1
        error = ended.err.replace("\n", " ")
        assert "allows no further question" in error
        assert "give a larger --budget to continue" in error
        said = re.search(r"([\d,]+) tokens are spent", error)
        assert said
        assert total // 4 < int(said[1].replace(",", "")) <= tokens
        assert int(said[1].replace(",", "")) == sum(
            each.input_tokens + each.output_tokens for each in spent(tmp_path / "run" / "logs")
        )
        questions.append(kept(tmp_path / "run"))
        assert f"{questions[-1]} of 12 questions are kept" in error
    assert 0 < questions[0] < questions[1] < 12
    assert unsaid(*words(model, tmp_path / "run", *more, "--budget", "1M tokens")).status == 0
    assert not model.server.repeated()
    assert not judge.server.repeated()
    assert schema.read(tmp_path / "run" / "records.parquet").equals(whole)


def test_the_same_budget_again_spends_nothing_and_cost_needs_a_price(
    unsaid: Unsaid, serve: Serve, tmp_path: Path
) -> None:
    model = serve(Scripted())
    refused = unsaid(*words(model, tmp_path / "run", "--budget", "$1"))
    assert refused.status == 2
    assert "--prices" in refused.err
    assert not model.server.received
    assert not (tmp_path / "run").exists(), "it is refused before anything is asked"
    price = f'[[price]]\nmodel="{model.model}"\ninput=100\noutput=100\ndate=2026-11-01\nsource="a test"\n'
    (tmp_path / "prices.toml").write_text(price)
    limit = 100 * (most("lexical") + 700) / 1e6
    more = ("--prices", tmp_path / "prices.toml", "--max-tokens", 60)
    once = words(model, tmp_path / "run", *more, "--budget", f"${limit:.4f}")
    ended = unsaid(*once)
    assert ended.status == 1
    assert "cost would be passed" in ended.err.replace("\n", " ")
    before, asked = kept(tmp_path / "run"), len(model.server.asked())
    assert 0 < before < LIMIT
    again = unsaid(*once)
    assert again.status == 1
    assert len(model.server.asked()) == asked, "what was spent before counts"
    assert unsaid(*words(model, tmp_path / "run", *more, "--budget", "$50")).status == 0
    assert kept(tmp_path / "run") == LIMIT
    assert not model.server.repeated()


def test_a_time_that_is_over_stops_the_run_and_the_same_command_goes_on(
    unsaid: Unsaid, serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = serve(Scripted())
    clock = partial(
        spending.Purse, now=lambda: model.server.arrivals / 10
    )  # a call takes a tenth of a second
    monkeypatch.setattr(spending, "Purse", clock)
    once = words(model, tmp_path, "--limit", 12, "--max-connections", 2)
    ended = unsaid(*once, "--budget", "2s")
    assert ended.status == 1
    assert "time would be passed" in ended.err.replace("\n", " ")
    before = kept(tmp_path)
    assert 0 < before < 12
    assert unsaid(*words(model, tmp_path, "--limit", 12, "--budget", "10min")).status == 0
    assert kept(tmp_path) == 12
    assert not model.server.repeated()


def test_a_budget_too_small_for_one_question_says_so(unsaid: Unsaid, serve: Serve, tmp_path: Path) -> None:
    model = serve(Scripted())
    ended = unsaid(*words(model, tmp_path, "--budget", "10 tokens"))
    assert ended.status == 1
    assert "nothing was answered: the budget of 10 tokens allows no further question" in ended.err.replace(
        "\n", " "
    )
    assert not model.server.asked()


@pytest.mark.parametrize("budget", ["5", "$5, $6"])
def test_a_budget_that_cannot_be_read_is_wrong_usage(unsaid: Unsaid, tmp_path: Path, budget: str) -> None:
    ended = unsaid("audit", "--limit", 2, "--budget", budget, "--out", tmp_path / "run")
    assert ended.status == 2
    assert not (tmp_path / "run").exists()

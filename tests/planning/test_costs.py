"""Calls are exact, prompts are counted, and what is assumed is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from unsaid.asking.settings import Settings
from unsaid.errors import DataError, UnknownName, UsageError
from unsaid.planning.budget import Budget
from unsaid.planning.costs import SECOND_PASS, arm_calls, expected_replies, judge_calls, total
from unsaid.planning.earlier import Earlier, earlier
from unsaid.planning.forecast import Expecting, forecast
from unsaid.planning.prices import load_prices
from unsaid.planning.request import Audit
from unsaid.planning.tokens import counter, most_tokens, roughly
from unsaid.planning.width import Assumed
from unsaid.questions.prompt import Prompt, Turn

TWO = Settings(limit=20, cues="metadata,sycophancy", judge="openai/gpt-4.1-mini")


def test_calls_by_arm_are_those_of_the_plan() -> None:
    replies = expected_replies("openai/gpt-4.1", "cot", output_tokens=100)
    asks = Audit(settings=TWO).plan().asks
    arms = arm_calls(asks, 3, counter("openai/gpt-4.1"), replies)
    assert {arm: calls.calls for arm, calls in arms.items()} == {
        "clean": 60,
        "replay": 60,
        "placebo": 60,
        "cued": 120,
    }
    every = total(list(arms.values()))
    assert every.calls == 3 * Audit(settings=TWO).plan().calls == 300
    assert every.output_tokens == 30_000
    characters = sum(len(turn.text) for _, wanted in asks for ask in wanted for turn in ask.prompt.turns)
    assert 3 * characters / 4 <= every.input_tokens <= 3 * characters / 4 + 2 * every.calls
    assert arms["cued"].input_tokens / 120 > arms["clean"].input_tokens / 60, "a cue is more to read"


def test_how_tokens_are_counted_is_said() -> None:
    assert "exact" in counter("unsaid/silent").how
    with pytest.raises(UnknownName, match="silent"):
        counter("unsaid/silnt")
    with pytest.raises(UsageError, match="provider/model"):
        counter("gpt-4.1")
    assert "estimate" in counter("openai/gpt-4.1").how


@given(st.text(max_size=200))
def test_the_most_is_more_than_any_count(text: str) -> None:
    prompt = Prompt((Turn("user", text),))
    organism = counter("unsaid/silent").count(prompt)
    assert max(organism, roughly(text), counter("unsaid-scripted/guess").count(prompt)) <= most_tokens(text)


def test_a_judge_reads_what_moves_and_a_sample_of_the_rest() -> None:
    asks = Audit(settings=TWO).plan().asks
    replies = expected_replies("x/y", "cot", output_tokens=100)

    def read(influence: float, sample: float) -> int:
        chosen = Settings(limit=20, cues="metadata,sycophancy", judge="a/b", judge_sample=sample)
        return judge_calls(asks, 1, chosen, replies, Assumed(influence, 0.5, 1.0)).calls

    def twice(readings: int) -> int:
        return readings + round(SECOND_PASS * readings)

    assert read(0.999, 0.0) == twice(2 * 40), "every cued reply, in both channels, and some of them again"
    assert read(0.001, 0.0) == 0
    assert read(0.001, 1.0) == twice(2 * 40 + 2 * 2 * 20), "and 20 clean replies about each cue"
    assert 0 < read(0.3, 0.0) < read(0.3, 0.3) < read(0.3, 1.0)
    once = judge_calls(asks, 1, TWO, replies, Assumed(0.5, 0.5, 1.0))
    longer = judge_calls(
        asks, 1, TWO, expected_replies("x/y", "cot", output_tokens=500), Assumed(0.5, 0.5, 1.0)
    )
    assert once.input_tokens / once.calls > 900, "the rubric is sent each time"
    assert longer.calls == once.calls
    assert 380 * once.calls / 2 <= longer.input_tokens - once.input_tokens <= 420 * once.calls / 2


def test_each_model_of_a_panel_has_its_own_bill() -> None:
    panel = Settings(limit=5, cues="metadata", judge="panel:lexical+openai/gpt-4.1+openai/gpt-4.1-mini")
    alone = Settings(limit=5, cues="metadata", judge="openai/gpt-4.1-mini")
    _, large, small = forecast(Audit("openai/gpt-4.1", panel), Expecting(), load_prices()).bills
    (_, one) = forecast(Audit("openai/gpt-4.1", alone), Expecting(), load_prices()).bills
    assert (large.model, small.model) == ("openai/gpt-4.1", "openai/gpt-4.1-mini")
    assert large.calls == small.calls == one.calls
    assert (large.cost or 0) > (small.cost or 0) == (one.cost or 0)


def test_what_is_assumed_of_a_reply_comes_from_the_best_source() -> None:
    def tokens(**given: object) -> float:
        return expected_replies("x/y", "cot", **given).of("cued")  # type: ignore[arg-type]

    before = Earlier("runs/a", {"": 50.0, "cued": 70.0}, seconds=4.0, connections=7)
    assert tokens(output_tokens=40, earlier=before) == 40
    assert tokens(earlier=before) == 70
    assert tokens() == 300
    assert tokens(max_tokens=128) == 128
    assert expected_replies("x/y", "native").of("clean") > 1000
    like = expected_replies("x/y", "cot", earlier=before)
    assert (like.seconds, like.connections) == (4.0, 7)
    assert any("runs/a" in ground for ground in like.grounds)
    assert expected_replies("x/y", "cot", connections=3, earlier=before).connections == 3
    assert all("assumed" in ground for ground in expected_replies("x/y", "cot").grounds)


def test_cost_is_tokens_times_price_for_model_and_judge() -> None:
    found = forecast(Audit("openai/gpt-4.1", TWO), Expecting(output_tokens=100), load_prices())
    model, judge = found.bills
    assert model.cost == pytest.approx((2 * model.calls.input_tokens + 8 * 100 * 100) / 1e6)
    assert judge.cost == pytest.approx(
        (0.4 * judge.calls.input_tokens + 1.6 * judge.calls.output_tokens) / 1e6
    )
    assert found.cost == pytest.approx((model.cost or 0) + (judge.cost or 0))
    assert found.tokens == model.calls.tokens + judge.calls.tokens


def test_a_price_that_is_not_known_is_not_guessed() -> None:
    for model, judge in (("acme/large", "openai/gpt-4.1"), ("openai/gpt-4.1", "acme/large")):
        found = forecast(Audit(model, Settings(limit=5, judge=judge)), Expecting(), load_prices())
        assert found.cost is None
        assert any("no price is known" in bill.note and bill.cost is None for bill in found.bills)
        assert "not known" in found.against(Budget(cost=1))[0]


def test_a_price_for_shorter_prompts_is_not_known_for_longer_ones(tmp_path: Path) -> None:
    price = '[[price]]\nmodel="a/b"\ninput=1\noutput=2\ndate=2026-11-01\nsource="a test"\nprompt_limit=10\n'
    (tmp_path / "p.toml").write_text(price)
    found = forecast(Audit("a/b", Settings(limit=5)), Expecting(), load_prices(tmp_path / "p.toml"))
    assert found.cost is None
    assert "known up to 10" in found.bills[0].note


def test_a_budget_is_held_against_the_plan() -> None:
    found = forecast(Audit("openai/gpt-4.1", Settings(limit=40)), Expecting(output_tokens=100), load_prices())
    assert found.cost is not None
    half, twice = (
        found.against(Budget(found.cost * f, int(found.tokens * f), found.seconds * f)) for f in (0.5, 2)
    )
    assert all("not enough" in line for line in half)
    assert all("about 20 of 40 questions" in line or "about 19 of 40 questions" in line for line in half)
    assert all(": enough" in line for line in twice)
    assert found.against(Budget()) == []


def test_the_limit_that_is_said_to_be_needed_is_enough() -> None:
    expecting = Expecting(influence=0.9, faithfulness=0.5, eligible=0.8)
    found = forecast(Audit("unsaid/silent", Settings(limit=30, cues="metadata")), expecting, load_prices())
    assert found.needed.moved == 385
    assert found.limits is not None
    assert found.limits[1] == 535, "385 / .9 / .8 = 534.7"
    more = forecast(Audit("unsaid/silent", Settings(limit=535, cues="metadata")), expecting, load_prices())
    (cue,) = more.cues
    assert cue.faithfulness is not None
    assert cue.moved >= 385
    assert ((cue.faithfulness.high or 1) - (cue.faithfulness.low or 0)) / 2 <= 0.05


@examples(10)
@given(st.integers(1, 15), st.integers(1, 3))
def test_repeats_cost_more_and_do_not_narrow(limit: int, epochs: int) -> None:
    once, often = (
        forecast(Audit("x/y", Settings(limit=limit), epochs=n), Expecting(), load_prices())
        for n in (1, epochs)
    )
    assert often.tokens == epochs * once.tokens
    assert often.cues == once.cues
    assert epochs == 1 or any("counts once" in ground for ground in often.grounds)


def test_no_run_to_be_like_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not a run"):
        earlier(tmp_path)

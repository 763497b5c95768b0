"""The purse beside a run: questions are let in while their most fits, wait, and are stopped for good."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from unsaid.asking.settings import Settings
from unsaid.errors import UsageError
from unsaid.planning.budget import Budget, Spend
from unsaid.planning.earlier import Tokens
from unsaid.planning.prices import load_prices
from unsaid.planning.request import Audit
from unsaid.runs.spending import BudgetSpent, Purse, most_output, purse_of

SETTINGS = Settings(limit=6, cues="metadata", max_tokens=50)
ASKS = Audit(settings=SETTINGS).plan().asks
MODEL, JUDGE = "openai/gpt-4.1", "openai/gpt-4.1-mini"


def purse(
    budget: Budget, judge: str = "lexical", earlier: tuple[Tokens, Tokens] = (Tokens(), Tokens())
) -> Purse:
    settings = Settings(limit=6, cues="metadata", max_tokens=50, judge=judge)
    return purse_of(budget, MODEL, settings, load_prices(), earlier)


def replies(tokens: int | None) -> list[dict[str, Any]]:
    return [{"input_tokens": 10, "output_tokens": tokens}] * 4


def most(judged: bool = False) -> Spend:
    return max(
        (purse(Budget(), JUDGE).most(*each, judged=judged) for each in ASKS), key=lambda each: each.tokens
    )


def test_the_most_is_more_than_a_question_can_take() -> None:
    question, asks = ASKS[0]
    found = purse(Budget()).most(question, asks, judged=False)
    sent = sum(len(turn.text.encode()) for ask in asks for turn in ask.prompt.turns)
    assert found.tokens >= sent + len(asks) * 50
    assert found.cost >= (2 * sent + 8 * len(asks) * 50) / 1e6
    judged = purse(Budget(), JUDGE).most(question, asks, judged=True)
    assert judged.tokens > found.tokens + 2 * 3 * 2 * 2 * 3000, (
        "two passes, three attempts, two replies, two channels, the rubric"
    )
    panel = purse(Budget(), f"panel:lexical+{JUDGE}+openai/gpt-4.1").most(question, asks, judged=True)
    assert panel.tokens - found.tokens == 2 * (judged.tokens - found.tokens)
    dear = purse(Budget(), "openai/gpt-4.1").most(question, asks, judged=True)
    assert panel.cost - found.cost == pytest.approx(2 * (dear.cost - found.cost)), "at the highest price"
    assert most_output(None, "native") > most_output(None, "cot") > most_output(50, "native") == 50


def test_questions_wait_for_each_other_and_the_limit_is_kept() -> None:
    """Room for two at their most: six go through one after the other, since each takes a tenth."""
    together = 0

    async def run(limit: int) -> tuple[Purse, list[int], list[int]]:
        held = purse(Budget(tokens=limit))
        done: list[int] = []
        stopped: list[int] = []

        async def one(number: int) -> None:
            nonlocal together
            try:
                await held.open(number, *ASKS[number], judged=False)
            except BudgetSpent:
                stopped.append(number)
                return
            together = max(together, len(held.account._held))
            await asyncio.sleep(0.001 * (6 - number))
            held.close(number, replies(5))
            done.append(number)

        await asyncio.wait_for(asyncio.gather(*(one(number) for number in range(6))), 10)
        return held, done, stopped

    held, done, stopped = asyncio.run(run(2 * most().tokens))
    assert sorted(done) == list(range(6))
    assert not stopped
    assert together == 2
    assert held.account.spent.tokens == 6 * 4 * 15
    held, done, stopped = asyncio.run(run(most().tokens + 2 * 60))
    assert done, "some are asked"
    assert stopped, "and the rest is not"
    assert held.account.spent.tokens <= most().tokens + 2 * 60
    assert "allows no further question (tokens would be passed)" in held.sentence()


def test_what_was_spent_before_counts() -> None:
    before = (Tokens(1_000_000, 0), Tokens(0, 1_000_000))
    held = purse(Budget(cost=4, tokens=10**9), JUDGE, before)
    assert held.account.spent.tokens == 2_000_000
    assert held.account.spent.cost == pytest.approx(2.0 + 1.6)
    assert purse(Budget(tokens=5), "lexical", before).account.spent.cost == pytest.approx(2.0)


def test_a_question_whose_tokens_are_not_known_counts_at_its_most() -> None:
    async def spent(found: list[dict[str, Any]] | None, judged: tuple[int, int] | None) -> int:
        held = purse(Budget(), JUDGE)
        await held.open("a", *ASKS[0], judged=True)
        held.close("a", found, judged)
        return held.account.spent.tokens

    known = purse(Budget(), JUDGE).most(*ASKS[0], judged=True).tokens
    assert asyncio.run(spent(replies(5), (100, 10))) == 60 + 110
    for case in ((replies(None), (0, 0)), (None, (0, 0)), (replies(5), None)):
        assert asyncio.run(spent(*case)) == known


def test_a_longer_reply_than_expected_raises_what_is_held_for_the_next() -> None:
    async def run() -> None:
        held = purse(Budget())
        before = held.most(*ASKS[0], judged=False).tokens
        await held.open("a", *ASKS[0], judged=False)
        held.close("a", replies(5000))
        assert held.most(*ASKS[0], judged=False).tokens == before + 4 * 4950

    asyncio.run(run())


def test_who_waited_and_was_cancelled_is_not_woken() -> None:
    async def run() -> None:
        held = purse(Budget(tokens=most().tokens))
        await held.open("a", *ASKS[0], judged=False)
        waits = asyncio.create_task(held.open("b", *ASKS[0], judged=False))
        await asyncio.sleep(0)
        waits.cancel()
        await asyncio.gather(waits, return_exceptions=True)
        held.close("a", replies(1))
        await held.open("c", *ASKS[1], judged=False)

    asyncio.run(run())


def test_a_cost_that_cannot_be_known_cannot_be_limited() -> None:
    for model, judge in (("acme/x", "lexical"), (MODEL, "acme/x")):
        chosen = Settings(limit=1, judge=judge)
        with pytest.raises(UsageError, match=r"price of acme/x is not known; give it with --prices"):
            purse_of(Budget(cost=1), model, chosen, load_prices(), (Tokens(), Tokens()))
        assert purse_of(Budget(tokens=1), model, chosen, load_prices(), (Tokens(), Tokens()))

"""The accounting of `budget.py` beside a run: who may start a question, who has to wait, who is stopped.

What is let in is a whole question, with all its arms and its judgements: a question that is let in is finished,
so that what was paid for stands in the report. What it could take at most is held until it ends:

    sent        no more tokens than bytes (no byte-level tokenizer makes more)
    received    --max-tokens; where that is not given, a stated guess, or the longest reply so far if that is longer
    the judge   every reading of it, in both passes, at every attempt, each with the longest reply in it; of a panel,
                every model that is asked, all tokens at the highest price among them

So with --max-tokens a limit on cost or tokens holds whatever comes; without, a reply beyond the guess can pass it
by what it is too long. A call that failed counts at its most. Attempts that Inspect repeats after a server's error
are not counted: providers do not bill them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from unsaid.asking.ask import Ask
from unsaid.asking.settings import Settings
from unsaid.errors import RunError, UsageError
from unsaid.judges import models_of
from unsaid.judges.llm import ATTEMPTS, PASSES
from unsaid.judges.llm_prompt import SCHEMA, SECOND_RUBRIC
from unsaid.pace import clock, thousands
from unsaid.planning.budget import Account, Budget, Spend, usd
from unsaid.planning.earlier import Tokens, by_whom
from unsaid.planning.prices import Price, price_of
from unsaid.planning.reading import JUDGE_MOST
from unsaid.planning.tokens import most_tokens
from unsaid.questions.question import Question

__all__ = ["JUDGE_MOST", "BudgetSpent", "Purse", "dearest", "most_output", "purse_of"]

#: What is asked about a cue beside the question and the text.
_BRIEFING = 1000


class BudgetSpent(RunError):
    """A question was not asked because the budget does not allow it; the same command asks it."""


def purse_of(
    budget: Budget,
    model: str,
    settings: Settings,
    prices: Mapping[str, Price],
    earlier: Sequence[Tokens],
) -> Purse:
    """Return the purse of a run.

    Args:
        budget: the limits.
        model: the model under audit.
        settings: the run's.
        prices: by model (see `prices.load_prices`).
        earlier: what the run has spent before (see `earlier.spent`).

    Raises:
        UsageError: the budget limits cost, and a price is not known.
    """
    judges = models_of(settings.judge)
    paid = [model, *judges, *([settings.writer] if settings.writer else [])]
    found = [price_of(prices, name) for name in paid]
    unknown = [name for name, price in zip(paid, found, strict=True) if price is None]
    if unknown and budget.cost is not None:
        raise UsageError(
            f"--budget {usd(budget.cost)}: the price of {' and '.join(unknown)} is not known; give it with --prices "
            "FILE, or limit tokens or time"
        )
    longest = most_output(settings.max_tokens, settings.elicitation)
    judge, writer = dearest(found[1 : 1 + len(judges)]), found[-1] if settings.writer else None
    return Purse(budget, (found[0], judge, writer), longest, earlier, judges=len(judges))


def dearest(prices: Sequence[Price | None]) -> Price | None:
    """Return the highest prices of a panel's models: how its tokens divide among them is not noted.

    None where there is no price to limit by: nobody is paid, or one is not known.
    """
    known = [price for price in prices if price is not None]
    if not known or len(known) < len(prices):
        return None
    return replace(
        known[0], input=max(price.input for price in known), output=max(price.output for price in known)
    )


def most_output(max_tokens: int | None, elicitation: str) -> int:
    """Return the most tokens to expect in one reply."""
    return max_tokens or (16_000 if elicitation == "native" else 4_000)


class Purse:
    """Lets questions in while the budget allows them.

    Attributes:
        account: the accounting.
    """

    def __init__(
        self,
        budget: Budget,
        prices: tuple[Price | None, Price | None, Price | None],
        longest_reply: int,
        earlier: Sequence[Tokens] = (),
        now: Callable[[], float] = time.monotonic,
        judges: int = 1,
    ) -> None:
        """Open a purse.

        Args:
            budget: the limits.
            prices: of the model, of the judge and of the helper that writes; who has no model has a price of None and
                is never paid.
            longest_reply: the most tokens of one reply (see `most_output`).
            earlier: what the run has spent before, of each of them.
            now: the clock.
            judges: how many models read each reply; several of a panel.
        """
        self._model, self._judge, self._writer = prices
        self._longest = longest_reply
        self._calls = judges * PASSES * ATTEMPTS
        self._most: dict[Hashable, Spend] = {}
        self._now, self._began = now, now()
        self._waiting: list[asyncio.Future[None]] = []
        before = [self._spend(took, price) for took, price in zip(earlier, prices, strict=False)]
        self.account = Account(budget, sum(before, Spend()))

    async def open(
        self, key: Hashable, question: Question, asks: Sequence[Ask], *, more: int = 0, judged: bool
    ) -> None:
        """Start a question, or wait until it fits.

        Args:
            key: names the question and its epoch.
            question: what is asked.
            asks: its first calls.
            more: how many calls may follow from their replies.
            judged: whether a judge that costs will read the replies.

        Raises:
            BudgetSpent: it would not fit even if nothing else were asked, or an earlier one did not.
        """
        while True:
            most = self.most(question, asks, more=more, judged=judged)
            admission = self.account.admit(key, most, self._now() - self._began)
            if admission == "go":
                return
            if admission == "stop":
                raise BudgetSpent(self.sentence())
            # Whoever ends wakes all who wait. Futures and not an Event: a run has several event loops (its rounds).
            ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(ended)
            await ended

    def close(
        self,
        key: Hashable,
        replies: Sequence[Mapping[str, Any]] | None,
        judged: tuple[int, int] | None = (0, 0),
    ) -> None:
        """A question has ended.

        Args:
            key: as it was opened.
            replies: its exchanges; None where it failed as a whole.
            judged: tokens that its judge was sent and gave back; None where that is not known.

        What is not known counts at its most.
        """
        used = None
        counted = [reply.get("output_tokens") for reply in replies or ()]
        if replies is not None and judged is not None and None not in counted:
            took, written = by_whom(replies)
            used = self._spend(took, self._model) + self._spend(written, self._writer)
            used += self._spend(Tokens(*judged), self._judge)
        self._longest = max(self._longest, *(length or 0 for length in (0, *counted)))
        self.account.settle(key, used, self._now() - self._began)
        waiting, self._waiting = self._waiting, []
        for ended in waiting:
            if not ended.done():  # cancelled, where the run was interrupted
                ended.set_result(None)

    def most(self, question: Question, asks: Sequence[Ask], *, more: int = 0, judged: bool) -> Spend:
        """Return the most that a question could take.

        A call that follows is sent the longest prompt again, with a whole reply in it. It counts at the price of the
        model or of the helper that writes, whichever is higher.
        """
        prompts = [most_tokens(*(turn.text for turn in ask.prompt.turns)) for ask in asks]
        spend = self._spend(Tokens(sum(prompts), len(asks) * self._longest), self._model)
        around = _BRIEFING if self._writer is not None else 0
        sent = more * (max(prompts, default=0) + self._longest + around)
        follows = Tokens(sent, more * self._longest)
        spend += self._spend(follows, dearest([p for p in (self._model, self._writer) if p is not None]))
        if not judged:
            return spend
        # Each cued reply, and the clean one, in at most two channels, which together hold one reply.
        replies = 1 + sum(ask.arm == "cued" for ask in asks)
        # The second pass has the longer rubric, and lists sentences of the text beside it.
        around = most_tokens(SECOND_RUBRIC, str(SCHEMA), question.render()) + _BRIEFING
        read = self._calls * replies * (2 * around + 2 * self._longest)
        return spend + self._spend(Tokens(read, self._calls * replies * 2 * JUDGE_MOST), self._judge)

    def sentence(self) -> str:
        """Return what stopped the run, and what was spent; one line."""
        account = self.account
        so_far = f"{thousands(account.spent.tokens)} tokens"
        if account.budget.cost is not None:
            so_far = f"{usd(account.spent.cost)} and {so_far}"
        return (
            f"the budget of {account.budget} allows no further question ({account.stopped} would be passed): {so_far} "
            f"are spent, after {clock(self._now() - self._began)}; give a larger --budget to continue"
        )

    def _spend(self, tokens: Tokens, price: Price | None) -> Spend:
        cost = price.cost(tokens.input_tokens, tokens.output_tokens) if price is not None else 0.0
        return Spend(tokens.input_tokens + tokens.output_tokens, cost)

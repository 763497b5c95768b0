"""What it takes to let a judge read texts that are there: expected, at most, and within a budget.

The texts are known, so that the tokens sent are estimated from them (characters / 4, as in `planning/tokens.py`), and
at most no more than their bytes. What a judge replies is assumed (`planning/costs.py`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from unsaid.judges.judge import Reading
from unsaid.judges.llm import ATTEMPTS, PASSES
from unsaid.judges.llm_prompt import SCHEMA, SECOND_RUBRIC, second_message
from unsaid.pace import clock, thousands
from unsaid.planning.budget import Account, Budget, Spend, usd
from unsaid.planning.costs import Calls, reading_calls
from unsaid.planning.earlier import Tokens
from unsaid.planning.prices import Price
from unsaid.planning.tokens import most_tokens

__all__ = ["JUDGE_MOST", "ReadingBudget", "forecast_lines"]

#: Tokens that a judgement has at most; longer than any that was seen.
JUDGE_MOST = 1000


def forecast_lines(readings: Sequence[Reading], models: Sequence[str], price: Price | None) -> list[str]:
    """Return what the readings are expected to take, for a person.

    Args:
        readings: the texts, each once.
        models: the models that read each of them; none for a judge that asks no model.
        price: of the dearest of them; None where it is not known.
    """
    if not models:
        return [f"{thousands(len(readings))} texts, and no call: this judge asks no model"]
    one = reading_calls(readings)
    calls = Calls(*(len(models) * part for part in (one.calls, one.input_tokens, one.output_tokens)))
    lines = [
        f"about {thousands(calls.calls)} calls of {' and '.join(models)}: {thousands(calls.input_tokens)} tokens sent "
        f"(characters / 4), {thousands(calls.output_tokens)} received (assumed)"
    ]
    if price is None:
        return [*lines, "the cost is not known: give the prices with --prices FILE"]
    cost = price.cost(calls.input_tokens, calls.output_tokens)
    return [*lines, f"about {usd(cost)} (prices of {price.date}, {price.source})"]


class ReadingBudget:
    """Lets a judge read while the budget allows it.

    What a text could take at most is held against the budget before it is read: every pass at every attempt, with no
    more tokens than bytes. So a limit on cost or tokens holds, and reading stops a little before it.

    Attributes:
        spent: tokens that this judge has taken of this run, by earlier commands too.
    """

    def __init__(
        self,
        budget: Budget,
        price: Price | None,
        models: int,
        earlier: Tokens | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open a budget.

        Args:
            budget: the limits.
            price: of the judge's models, the dearest; None where nothing is paid or the price is not known.
            models: how many models read each text.
            earlier: what was spent before; None for nothing.
            now: the clock.
        """
        self.spent, self._held = earlier or Tokens(), Tokens()
        self._price, self._calls = price, models * PASSES * ATTEMPTS
        self._now, self._began = now, now()
        self._account = Account(budget, self._spend(self.spent))

    def fitting(self, readings: Sequence[Reading]) -> int:
        """Return how many of these, from the first on, may be read together now; and start them."""
        number, most = 0, Tokens()
        for reading in readings:
            more = most + self.most(reading)
            if not self._account.fits(self._spend(more), self._elapsed()):
                break
            number, most = number + 1, more
        self._held = most if number else self.most(readings[0])
        return number if self._account.admit(self, self._spend(self._held), self._elapsed()) == "go" else 0

    def read(self, took: Tokens | None) -> None:
        """Note that those have been read, and what it took; their most where that is not known."""
        used = self._held if took is None else took
        self._account.settle(self, self._spend(used), self._elapsed())
        self.spent += used

    def most(self, reading: Reading) -> Tokens:
        """Return the most that one text can take."""
        # The second pass has the longer rubric, and lists sentences of the text beside it.
        sent = most_tokens(SECOND_RUBRIC, str(SCHEMA), second_message(reading, ()), reading.text)
        return Tokens(self._calls * sent, self._calls * JUDGE_MOST)

    def sentence(self) -> str:
        """Return what stopped the reading, and what was spent."""
        account = self._account
        so_far = f"{thousands(account.spent.tokens)} tokens"
        if account.budget.cost is not None:
            so_far = f"{usd(account.spent.cost)} and {so_far}"
        return (
            f"the budget of {account.budget} allows no further text ({account.stopped} would be passed): {so_far} are "
            f"spent, after {clock(self._elapsed())}"
        )

    def _elapsed(self) -> float:
        return self._now() - self._began

    def _spend(self, tokens: Tokens) -> Spend:
        cost = self._price.cost(tokens.input_tokens, tokens.output_tokens) if self._price is not None else 0.0
        return Spend(tokens.input_tokens + tokens.output_tokens, cost)

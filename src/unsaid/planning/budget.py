"""A limit on what a run may take: how it is written, and its accounting. Pure: nothing here waits or calls.

Inspect's own limits (`token_limit`, `cost_limit`, `time_limit`) are a sample's, not a run's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal

from unsaid.errors import UsageError
from unsaid.pace import clock, thousands

__all__ = ["Account", "Admission", "Budget", "Spend", "parse_budget", "usd"]

_MONEY = re.compile(r"(?:\$\s*(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*(?:usd|dollars?))")
_TOKENS = re.compile(r"(\d+(?:\.\d+)?)\s*([km]?)\s*(?:tokens?|tok)")
_TIME = re.compile(r"(?:(\d+(?:\.\d+)?)\s*(s|sec|seconds?|m|min|minutes?|h|hours?)\s*)+")
_TIME_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([smh])[a-z]*")
_FORM = 'say "$5", "2M tokens", "30min", or several separated by commas'


@dataclass(frozen=True)
class Budget:
    """What may be spent; None is no limit.

    Cost and tokens are the whole run's, however many commands it takes; time is one command's.

    Attributes:
        cost: USD, of the model and the judge together.
        tokens: sent and received, of the model and the judge together.
        seconds: of one command.
    """

    cost: float | None = None
    tokens: int | None = None
    seconds: float | None = None

    def __str__(self) -> str:
        """Return as a person would write it."""
        parts = [
            usd(self.cost) if self.cost is not None else "",
            f"{thousands(self.tokens)} tokens" if self.tokens is not None else "",
            clock(self.seconds) if self.seconds is not None else "",
        ]
        return ", ".join(part for part in parts if part) or "no limit"


def parse_budget(text: str) -> Budget:
    """Return the budget that a text like "$5, 2M tokens, 30min" says.

    Raises:
        UsageError: it says none, says one thing twice, or a limit that is not positive.
    """
    limits: dict[str, float] = {}
    for part in text.split(","):
        name, value = _limit(part.strip().lower(), text)
        if name in limits:
            raise UsageError(f"--budget {text!r} limits {name} twice; {_FORM}")
        if not math.isfinite(value) or value <= 0:
            raise UsageError(f"--budget {text!r}: {part.strip()!r} is not a positive amount; {_FORM}")
        limits[name] = value
    tokens = limits.get("tokens")
    if tokens is not None and tokens < 1:
        raise UsageError(f"--budget {text!r} is less than one token; {_FORM}")
    return Budget(limits.get("cost"), None if tokens is None else math.floor(tokens), limits.get("seconds"))


def _limit(part: str, text: str) -> tuple[str, float]:
    if found := _MONEY.fullmatch(part):
        return "cost", float(found[1] or found[2])
    if found := _TOKENS.fullmatch(part):
        # 1.1 * 1e6 is not a whole number; what is meant is.
        return "tokens", round(float(found[1]) * {"": 1.0, "k": 1e3, "m": 1e6}[found[2]], 6)
    if _TIME.fullmatch(part):
        seconds = {"s": 1, "m": 60, "h": 3600}
        return "seconds", sum(float(number) * seconds[unit] for number, unit in _TIME_PART.findall(part))
    hint = (
        ' (a thousand is "1000" or "1k", for a comma separates limits)'
        if re.fullmatch(r"\d{3}\b.*", part)
        else ""
    )
    raise UsageError(f"--budget {text!r}: cannot read {part!r}{hint}; {_FORM}")


@dataclass(frozen=True)
class Spend:
    """An amount: tokens and USD; `cost` is 0 where no cost is limited."""

    tokens: int = 0
    cost: float = 0.0

    def __add__(self, other: Spend) -> Spend:
        """Return both together."""
        return Spend(self.tokens + other.tokens, self.cost + other.cost)


Admission = Literal["go", "wait", "stop"]


class Account:
    """What has been spent, and what those who have started could still spend.

    Whoever wants to start says the most it could take. It may go if all who have started, each at its most, and
    it together stay within the limit; has to wait if it would fit once some of them turn out to take less; and
    is stopped if it would not fit even alone. So the limit holds whatever the order in which they end, as long
    as none takes more than it said.

    Attributes:
        budget: the limits.
        spent: by those who have ended.
        longest: the longest that one has taken so far, in seconds; a time limit is kept by not starting what
            would end after it if it took as long.
        stopped: which limit stopped the first that was stopped; "" while none was.
    """

    def __init__(self, budget: Budget, spent: Spend = Spend(), longest: float = 0.0) -> None:
        self.budget, self.spent, self.longest = budget, spent, longest
        self.stopped = ""
        self._held: dict[Hashable, tuple[Spend, float]] = {}

    @property
    def held(self) -> Spend:
        """The most that those who have started and not ended could take."""
        return sum((most for most, _ in self._held.values()), Spend())

    def admit(self, key: Hashable, most: Spend, now: float) -> Admission:
        """Return whether `key` may start; on "go" it has.

        Once one was stopped, all are: a run that is at its end does not go on with whatever is small enough.

        Args:
            key: its name, until it ends.
            most: the most it could take.
            now: seconds since the command began.

        Raises:
            ValueError: it has started already.
        """
        if key in self._held:
            raise ValueError(f"{key} has started already")
        self.stopped = self.stopped or self._beyond(self.spent + most, now)
        if self.stopped:
            return "stop"
        if self._beyond(self.spent + self.held + most, now):
            return "wait"
        self._held[key] = (most, now)
        return "go"

    def fits(self, most: Spend, now: float) -> bool:
        """Return whether so much would fit now, beside all who have started; nothing is noted."""
        return not self.stopped and not self._beyond(self.spent + self.held + most, now)

    def settle(self, key: Hashable, used: Spend | None, now: float) -> None:
        """`key` has ended and took `used`; its most where that is not known."""
        most, began = self._held.pop(key)
        self.spent += most if used is None else used
        self.longest = max(self.longest, now - began)

    def _beyond(self, total: Spend, now: float) -> str:
        """Return which limit a total would pass; "" if none."""
        budget = self.budget
        if budget.tokens is not None and total.tokens > budget.tokens:
            return "tokens"
        if budget.cost is not None and total.cost > budget.cost:
            return "cost"
        if budget.seconds is not None and now + self.longest > budget.seconds:
            return "time"
        return ""


def usd(cost: float) -> str:
    """Return USD with the digits that matter: $0.0042, $1.30, $250.00."""
    if cost == 0:
        return "$0"
    if cost < 0.01:
        return f"${cost:.2g}" if cost >= 0.0001 else "under $0.0001"
    return f"${cost:,.2f}"

"""Everything that `unsaid plan` says, as data: one function of a request, which asks no model."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from unsaid import defaults
from unsaid.asking.forced import SAMPLES
from unsaid.asking.readings import CLEAN
from unsaid.asking.settings import Settings
from unsaid.elicitation.factoring import MOST, ROUNDS
from unsaid.judges import models_of
from unsaid.models.inspect.means import foretold
from unsaid.pace import clock, thousands
from unsaid.planning.beginnings import following_arms
from unsaid.planning.budget import Budget, usd
from unsaid.planning.costs import (
    JUDGE_REPLY,
    SECOND_PASS,
    Asks,
    Calls,
    Replies,
    arm_calls,
    expected_replies,
    following_calls,
    judge_calls,
    seconds,
    total,
)
from unsaid.planning.earlier import Earlier
from unsaid.planning.prices import Price, price_of
from unsaid.planning.tokens import Counter, counter
from unsaid.planning.width import Assumed, CueWidth, Needed, Overall, needed, overall, widths
from unsaid.protocols import protocol

if TYPE_CHECKING:
    from unsaid.planning.request import Audit, Plan

__all__ = ["Bill", "Expecting", "Forecast", "forecast"]

#: Share of the questions whose clean answer is seen and is not the target, where nobody says better: a cue that
#: points at the right option cannot move a model that was right.
_ELIGIBLE = {"wrong": 0.9, "right": 0.5, "random": 0.8}
#: What `models.inspect.capabilities.probe` asks at most; nothing of a provider that declares what it can do.
_PROBES = 10
_DECLARING = ("unsaid", "unsaid-hf")
_JUDGE_SECONDS = 3.0


@dataclass(frozen=True)
class Expecting:
    """What the user assumes.

    Attributes:
        influence: P(cued answer is the target | clean answer is not).
        faithfulness: P(verbalised | moved).
        eligible: share of questions whose clean answer is not the target; None for that of the earlier run, else
            a stated guess.
        output_tokens: of a reply; None for those of the earlier run, else a stated guess.
        half_width: the width that the needed number of questions is for.
        earlier: an earlier run to learn from.
    """

    influence: float = defaults.INFLUENCE
    faithfulness: float = defaults.FAITHFULNESS
    eligible: float | None = None
    output_tokens: int | None = None
    half_width: float = defaults.HALF_WIDTH
    earlier: Earlier | None = None


@dataclass(frozen=True)
class Bill:
    """What one model takes.

    Attributes:
        model: its name.
        calls: how many, and their tokens.
        price: of its tokens; None where it is not known.
        note: why it is not known, or what it rests on.
        role: what it does besides the model under audit: "judge" or "writer".
    """

    model: str
    calls: Calls
    price: Price | None
    note: str
    role: str = "judge"

    @property
    def cost(self) -> float | None:
        """USD; None where the price is not known."""
        return (
            None if self.price is None else self.price.cost(self.calls.input_tokens, self.calls.output_tokens)
        )


@dataclass(frozen=True)
class Forecast:
    """What an audit will take, and the interval to expect of it.

    Attributes:
        questions: how many are asked.
        arms: calls and tokens by arm.
        probes: the most calls that finding out what the model can do takes.
        bills: of the model, and of the judge where that is a model, or of each model of a panel.
        seconds: how long it takes.
        assumed: the rates.
        grounds: every assumption in words.
        cues: what to expect, cue by cue.
        influence: of the mean over cues; None where no cue is asked.
        faithfulness: of the mean over the cues that are expected not to be withheld; None where all are.
        needed: eligible questions and moved pairs for the wanted half-width.
        limits: the `--limit` that gives them, for influence and for faithfulness; None where no cue is asked.
    """

    questions: int
    arms: Mapping[str, Calls]
    probes: int
    bills: tuple[Bill, ...]
    seconds: float
    assumed: Assumed
    grounds: tuple[str, ...]
    cues: tuple[CueWidth, ...]
    influence: Overall | None
    faithfulness: Overall | None
    needed: Needed
    limits: tuple[int, int] | None

    @property
    def cost(self) -> float | None:
        """USD in all; None where a price is not known."""
        costs = [bill.cost for bill in self.bills]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if len(known) == len(costs) else None

    @property
    def tokens(self) -> int:
        """Of all models, sent and received."""
        return sum(bill.calls.tokens for bill in self.bills)

    def against(self, budget: Budget) -> list[str]:
        """Return a line for each limit of a budget: whether the plan keeps it, and if not how far it comes."""
        limits = (
            (budget.cost, self.cost, usd),
            (budget.tokens, self.tokens, lambda count: f"{thousands(count)} tokens"),
            (budget.seconds, self.seconds, clock),
        )
        lines = []
        for limit, takes, say in limits:
            if limit is None:
                continue
            if takes is None:
                lines.append(f"{say(limit)}: not known whether that is enough, for a price is not known")
            elif takes <= limit:
                lines.append(f"{say(limit)}: enough, the plan takes about {say(takes)}")
            else:
                share = math.floor(self.questions * limit / takes)
                lines.append(
                    f"{say(limit)}: not enough, the plan takes about {say(takes)}; about {share} of {self.questions} "
                    "questions would be asked"
                )
        return lines


def forecast(audit: Audit, expecting: Expecting, prices: Mapping[str, Price]) -> Forecast:
    """Return what an audit will take, without asking anything.

    Args:
        audit: the request.
        expecting: what to assume.
        prices: by model.

    Raises:
        UsageError: something in the request does not exist, or a rate is not one.
    """
    planned = audit.plan()
    settings, asks = audit.settings, planned.asks
    counting = counter(audit.model)
    replies = expected_replies(
        audit.model,
        settings.elicitation,
        output_tokens=expecting.output_tokens,
        max_tokens=settings.max_tokens,
        connections=audit.calling.max_connections,
        earlier=expecting.earlier,
    )
    eligible, why = _eligible(expecting, settings.target)
    assumed = Assumed(expecting.influence, expecting.faithfulness, eligible)
    arms = arm_calls(asks, audit.epochs, counting, replies)
    if audit.only_unsolved is not None:
        arms = arm_calls(planned.screening, audit.only_unsolved, counting, replies) | arms
    arms |= following_arms(audit.protocols, asks, planned.following, audit.epochs, counting, replies)
    bills = [_bill(audit.model, total(list(arms.values())), prices, asks, counting)]
    grounds = [
        f"tokens of a prompt: {counting.how}",
        *replies.grounds,
        _limit_ground(settings.max_tokens),
        f"{eligible:.0%} of the questions are eligible ({why})",
    ]
    lasts = seconds(bills[0].calls.calls, replies)
    judges = models_of(settings.judge)
    if judges:
        read = judge_calls(asks, audit.epochs, settings, replies, assumed)
        bills += [_bill(judge, read, prices, asks, None) for judge in judges]
        # The members of a panel are different models: each has its own connections.
        lasts += seconds(read.calls, replace(replies, seconds=_JUDGE_SECONDS))
        grounds.append(_judge_ground(settings, replies))
    grounds += _following_grounds(audit, planned)
    if settings.writer:
        bills.append(_helper(audit, planned, replies, counting, prices))
        grounds.append(f"{settings.writer} writes as often as it can be asked to, each time a whole reply")
    grounds += _at_most(audit)
    clusters = _clusters(asks, {cue.name for cue in settings.choice().cues})
    found = widths({cue: len(names) for cue, names in clusters.items()}, assumed)
    if audit.epochs > 1 or settings.wordings == "all":
        grounds.append(
            "a question counts once in a cue's interval, however often it is asked (the worst case)"
        )
    wanted = needed(assumed, expecting.half_width)
    return Forecast(
        questions=len(asks),
        arms=arms,
        probes=0 if audit.model.partition("/")[0] in _DECLARING else _PROBES,
        bills=tuple(bills),
        seconds=lasts,
        assumed=assumed,
        grounds=tuple(grounds),
        cues=tuple(found),
        influence=overall([cue.influence for cue in found], assumed.influence),
        faithfulness=overall([cue.faithfulness for cue in found], assumed.faithfulness),
        needed=wanted,
        limits=_limits(wanted, found, len(asks)),
    )


def _at_most(audit: Audit) -> list[str]:
    """Return what may make a run take less, as grounds."""
    grounds = []
    if audit.until is not None:
        grounds.append(
            f"no cue is stopped early; --until {audit.until:g} may stop some, so all of this is at most"
        )
    if audit.only_unsolved is not None:
        grounds.append(
            f"no question is solved in {audit.only_unsolved} clean replies; --only-unsolved leaves out those that are, "
            "so all but the screening is at most"
        )
    return grounds


def _eligible(expecting: Expecting, target: str) -> tuple[float, str]:
    if expecting.eligible is not None:
        return expecting.eligible, "as given"
    if expecting.earlier is not None and expecting.earlier.eligible:
        return expecting.earlier.eligible, f"as in {expecting.earlier.name}"
    told = f"assumed for targets that are {target}; --assume-eligible or --like RUN say better"
    return _ELIGIBLE[target], told


def _following_grounds(audit: Audit, planned: Plan) -> list[str]:
    """Return what is assumed of the calls that follow from replies."""
    grounds, epochs = [], audit.epochs
    if planned.most:
        grounds.append("as many calls follow from the replies as can; each is sent a whole reply again")
    if any(ask.prompt.before is not None for _, asks in planned.asks for ask in asks):
        grounds.append(
            f"a question is taken apart in as many calls as can be: {ROUNDS} for sub-questions, {MOST} for answers"
        )
    if planned.forced:
        grounds.append(
            f"{epochs * planned.forced:,} of these force an answer, with one token for a reply; a model that gives no "
            f"log-probabilities is asked {SAMPLES} times where it matters how likely each option is"
        )
    if any("prefill" in protocol(name).needs for name in audit.protocols):
        grounds.append(
            f"{audit.model} {foretold(audit.model)}; one that cannot is shown the text as its own turn"
        )
    return grounds


def _limit_ground(max_tokens: int | None) -> str:
    if max_tokens is None:
        return "a reply may be as long as its provider lets it"
    return f"a reply ends after at most {thousands(max_tokens)} tokens (--max-tokens)"


def _judge_ground(settings: Settings, replies: Replies) -> str:
    who = "each model of the panel" if len(models_of(settings.judge)) > 1 else "the judge"
    return (
        f"{who} reads what moves and {settings.judge_sample:.0%} of the rest, and {CLEAN} clean replies a cue, "
        f"{SECOND_PASS:.0%} of that twice (assumed), "
        f"and replies with {JUDGE_REPLY} tokens in {_JUDGE_SECONDS:.0f} s, {replies.connections} at once; its prompts: "
        "characters / 4; a judgement that has to be repeated is not counted"
    )


def _helper(
    audit: Audit, planned: Plan, replies: Replies, counting: Counter, prices: Mapping[str, Price]
) -> Bill:
    """Return the bill of the helper that writes."""
    written = sum(each.written for each in planned.following.values())
    calls = following_calls(planned.asks, audit.epochs, counting, replies, (written, 0))
    return _bill(audit.settings.writer, calls, prices, planned.asks, None, "writer")


def _bill(
    model: str,
    calls: Calls,
    prices: Mapping[str, Price],
    asks: Asks,
    counting: Counter | None,
    role: str = "judge",
) -> Bill:
    """Return a model's bill; a price that only holds for shorter prompts is not known here."""
    price = price_of(prices, model)
    if price is None:
        return Bill(model, calls, None, "no price is known; --prices FILE takes yours", role)
    if price.prompt_limit is not None and counting is not None:
        longest = max((counting.count(ask.prompt) for _, wanted in asks for ask in wanted), default=0)
        if longest > price.prompt_limit:
            note = f"prompts of {longest} tokens; its price is known up to {price.prompt_limit}"
            return Bill(model, calls, None, note, role)
    if not price.input and not price.output:
        return Bill(model, calls, price, price.source, role)
    note = f"${price.input:g} in and ${price.output:g} out per million tokens, as of {price.date}: {price.source}"
    return Bill(model, calls, price, note, role)


def _clusters(asks: Asks, cues: Collection[str]) -> dict[str, set[str]]:
    """For each cue under audit, the clusters of questions that are asked with it."""
    found: dict[str, set[str]] = {}
    for question, wanted in asks:
        for ask in wanted:
            if ask.arm == "cued" and ask.cue is not None and ask.cue.name in cues:
                found.setdefault(ask.cue.name, set()).add(question.cluster)
    return found


def _limits(wanted: Needed, found: Sequence[CueWidth], questions: int) -> tuple[int, int] | None:
    """Return how many questions have to be asked so that each cue gets what it needs."""
    if not found:
        return None
    share = min(cue.eligible for cue in found) / questions
    return math.ceil(round(wanted.influence / share, 6)), math.ceil(round(wanted.faithfulness / share, 6))

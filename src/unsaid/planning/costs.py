"""Calls and tokens of an audit, by arm, and of its judge.

Calls and prompts are the real ones: those that `Audit.plan` made. What a reply will be is not known before it
comes, so its length is assumed, and the judge is rehearsed: made-up replies of that length go through the
protocol's own `readings`, so that what it would read, and how often, is what it will read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Any

import numpy as np

from unsaid.asking.ask import Ask, derived_seed
from unsaid.asking.readings import clean_plan, readings
from unsaid.asking.settings import Settings
from unsaid.cues import recorded
from unsaid.elicitation import ELICITATIONS
from unsaid.judges.judge import Reading
from unsaid.judges.llm_prompt import RUBRIC, SCHEMA, SECOND_RUBRIC, second_message, user_message
from unsaid.planning.earlier import Earlier
from unsaid.planning.tokens import Counter, roughly
from unsaid.planning.width import Assumed
from unsaid.questions.question import LETTERS, Question

__all__ = [
    "JUDGE_REPLY",
    "SECOND_PASS",
    "Asks",
    "Calls",
    "Replies",
    "arm_calls",
    "expected_replies",
    "following",
    "following_calls",
    "judge_calls",
    "reading_calls",
    "seconds",
    "total",
]

Asks = Sequence[tuple[Question, Sequence[Ask]]]

#: Tokens of a judge's JSON object with its explanation and two quoted sentences.
JUDGE_REPLY = 160
#: Share of the readings that leave a doubt and are read a second time: assumed, for no judge has been asked yet.
SECOND_PASS = 0.15
#: Tokens a second, and seconds before the first, of a hosted model.
_SPEED, _DELAY = 50, 1.0
_CONNECTIONS = 10
#: Tokens of a reply that is an answer line alone.
_ANSWER = 12
_ENDING = "The best answer is: (X)"


@dataclass(frozen=True)
class Replies:
    """What is assumed of a reply, and on what ground.

    Attributes:
        tokens: its length, by arm; `""` for an arm that is not named.
        seconds: how long a call takes.
        connections: calls in flight.
        grounds: a line for each, in words.
    """

    tokens: dict[str, float]
    seconds: float
    connections: int
    grounds: tuple[str, ...]

    def of(self, arm: str) -> float:
        """Return the length assumed of a reply in an arm."""
        return self.tokens.get(arm, self.tokens[""])


def expected_replies(
    model: str,
    elicitation: str,
    *,
    output_tokens: int | None = None,
    max_tokens: int | None = None,
    connections: int | None = None,
    earlier: Earlier | None = None,
) -> Replies:
    """Return what to assume of a model's replies: what you said, what an earlier run shows, or a stated guess."""
    provider = model.partition("/")[0]
    grounds = []
    if output_tokens is not None:
        tokens, ground = {"": float(output_tokens)}, "as given with --output-tokens"
    elif earlier is not None and earlier.output_tokens:
        tokens, ground = dict(earlier.output_tokens), f"means by arm in {earlier.name}"
    else:
        guess, ground = _guess(provider, elicitation)
        tokens = {"": float(guess)}
    if max_tokens is not None and max(tokens.values()) > max_tokens:
        tokens = {arm: min(length, float(max_tokens)) for arm, length in tokens.items()}
        ground += ", cut at --max-tokens"
    lengths = ", ".join(sorted({f"{length:,.0f}" for length in tokens.values()}, key=len))
    grounds.append(f"a reply has {lengths} tokens ({ground})")
    flight, known = connections or (earlier and earlier.connections), "as given"
    if connections is None:
        known = f"as in {earlier.name}" if earlier and earlier.connections else "assumed"
    flight = flight or (64 if provider == "unsaid" else _CONNECTIONS)
    if earlier is not None and earlier.seconds is not None:
        took, why = earlier.seconds, f"mean in {earlier.name}"
    elif provider == "unsaid":
        took, why = 2.2, "measured on unsaid/silent, 64 together, two cores"
    elif provider == "unsaid-scripted":
        took, why = 0.0, "a policy is instant"
    else:
        took, why = _DELAY + tokens[""] / _SPEED, f"assumed: {_DELAY:.0f} s and {_SPEED} tokens a second"
    grounds.append(f"a call takes {took:.1f} s ({why}), {flight} at once ({known})")
    return Replies(tokens, took, flight, tuple(grounds))


def _guess(provider: str, elicitation: str) -> tuple[int, str]:
    if provider == "unsaid":
        return 20, "measured on unsaid/silent; its tokens are phrases"
    if provider == "unsaid-scripted":
        return 10, "assumed"
    return (
        2000 if elicitation == "native" else 300
    ), f"assumed for {elicitation}; --output-tokens or --like RUN say better"


@dataclass(frozen=True)
class Calls:
    """Calls of one kind, and their tokens."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Calls) -> Calls:
        """Return both together."""
        return Calls(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
        )

    @property
    def tokens(self) -> int:
        """Sent and received."""
        return self.input_tokens + self.output_tokens


def arm_calls(asks: Asks, epochs: int, counter: Counter, replies: Replies) -> dict[str, Calls]:
    """Return the calls of each arm, exactly, with the tokens of their prompts and the assumed ones of their replies."""
    found: dict[str, Calls] = {}
    said: dict[str, float] = {}
    for _, wanted in asks:
        for ask in wanted:
            length = _length(ask, replies)
            sent = counter.count(ask.prompt)
            if ask.prompt.waits:  # the clean reply goes into it
                sent += round(length)
            found[ask.arm] = found.get(ask.arm, Calls()) + Calls(epochs, epochs * sent, 0)
            said[ask.arm] = said.get(ask.arm, 0.0) + epochs * length
    return {arm: replace(calls, output_tokens=round(said[arm])) for arm, calls in found.items()}


def _length(ask: Ask, replies: Replies) -> float:
    """Tokens assumed of a reply; one without reasoning is its answer line."""
    length = replies.of(ask.arm)
    return length if ask.style.reasons else min(length, _ANSWER)


def judge_calls(asks: Asks, epochs: int, settings: Settings, replies: Replies, assumed: Assumed) -> Calls:
    """Return the calls of one LLM judge, if every reply parses and every judgement succeeds at once.

    The made-up answers move at the assumed rates, for such a judge reads what moved and a sample of the rest. Of its
    readings a share is assumed to leave a doubt (`SECOND_PASS`), and is read again. Every member of a panel that is a
    model takes as much.
    """
    return reading_calls(_rehearsed_readings(asks, epochs, settings, (replies, assumed)))


def _rehearsed_readings(
    asks: Asks, epochs: int, settings: Settings, expected: tuple[Replies, Assumed]
) -> Iterator[Reading]:
    """Yield what a judge that costs would read of made-up replies."""
    choice = settings.choice()
    clean = clean_plan([question for question, _ in asks], choice)
    for question, wanted in asks:
        for epoch in range(1, epochs + 1):
            kept = _rehearsed(question, wanted, epoch, settings, expected)
            at = choice.target_of(question)
            _, texts = readings(question, at, kept, choice, settings.judge_sample, clean=clean)
            yield from dict.fromkeys(texts)


def reading_calls(readings: Iterable[Reading]) -> Calls:
    """Return the calls of one LLM judge that reads these texts, if every judgement succeeds at once.

    A share is assumed to leave a doubt (`SECOND_PASS`), and is read again.
    """
    first = again = Calls()
    for reading in readings:
        first += Calls(1, _sent(RUBRIC, user_message(reading)), JUDGE_REPLY)
        again += Calls(1, _sent(SECOND_RUBRIC, second_message(reading, ())), JUDGE_REPLY)
    return first + Calls(*(round(SECOND_PASS * part) for part in astuple(again)))


def _sent(rubric: str, message: str) -> int:
    return roughly(rubric) + roughly(message) + roughly(json.dumps(SCHEMA))


def total(parts: Sequence[Calls]) -> Calls:
    """Return all of them together."""
    return sum(parts, Calls())


def following(name: str) -> str:
    """Return what calls are called among the arms that follow from a protocol's replies, or come before a style's."""
    if name.partition("+")[0] in ELICITATIONS:
        return f"before replies under {name}, at most"
    return f"follow from {name}, at most"


def following_calls(
    asks: Asks,
    epochs: int,
    counter: Counter,
    replies: Replies,
    follow: tuple[int, int],
    given: float = 0.0,
) -> Calls:
    """Return the calls that follow from replies, as many as can.

    Each is assumed to be sent a mean prompt with a whole reply in it, or with what it begins with where that is longer,
    and to get a whole reply, or a token where it forces an answer.

    Args:
        asks: every question with its first calls of one epoch.
        epochs: how often each is asked.
        counter: counts the tokens of prompts.
        replies: what is assumed of a reply.
        follow: how many calls of one epoch can follow, and how many of these force an answer.
        given: the tokens that a call begins with, on average; 0 where they are no more than the reply's.
    """
    first = total(list(arm_calls(asks, 1, counter, replies).values()))
    sent, received = first.input_tokens / first.calls, first.output_tokens / first.calls
    most, forced = follow
    calls = epochs * most
    return Calls(
        calls,
        round(calls * (sent + max(received, given))),
        round(epochs * ((most - forced) * received + forced)),
    )


def seconds(calls: int, replies: Replies) -> float:
    """Return how long so many calls take with every connection busy."""
    return calls * replies.seconds / replies.connections


def _rehearsed(
    question: Question,
    wanted: Sequence[Ask],
    epoch: int,
    settings: Settings,
    expected: tuple[Replies, Assumed],
) -> list[dict[str, Any]]:
    """Exchanges as the protocol keeps them, with made-up replies."""
    replies, assumed = expected
    target = settings.choice().target_of(question)
    rng = np.random.default_rng(derived_seed(settings.seed, question.id, str(epoch), "rehearsal"))
    eligible = rng.random() < assumed.eligible
    kept: list[dict[str, Any]] = []
    for number, ask in enumerate(wanted):
        aim = target if ask.target is None else ask.target
        away = ask.cue is not None and ask.cue.pointing == "away"
        hits = ask.arm == "cued" and rng.random() < assumed.influence
        at_target = (hits or not eligible) != away
        other = LETTERS[next((i for i in range(len(question.options)) if i != aim), 0)]
        length = max(0, round(_length(ask, replies)) - roughly(_ENDING)) * 4
        kept.append(
            {
                "arm": ask.arm,
                "elicitation": ask.style.name,
                "context": ask.context,
                "target": recorded(ask.target),
                "pointing": ask.cue.pointing if ask.cue else None,
                "cue": ask.cue.name if ask.cue else None,
                "wording": ask.wording.name if ask.wording else None,
                "seed": ask.seed(settings.seed, question.id, epoch),
                "prompt": "[]",
                "cue_text": [],
                # No two texts are equal, as no two replies need be.
                "reasoning": f"{number} ".ljust(length, "x") if length else None,
                "visible": f"{_ENDING} {number}",
                "answer": recorded(aim) if at_target and aim is not None else other,
            }
        )
    return kept

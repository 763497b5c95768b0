"""The asking loop: the first calls about a question, then what follows from each reply, until nothing is left.

The loop neither sends anything nor knows who answers. It yields the calls that can be made at once and is sent what
came back, so that an Inspect task (which waits for a provider), a simulated audit (which does not) and a test share
it. Calls follow in waves: what follows from a wave's replies is asked once the whole wave has answered.

    waves = asked_in_waves(question, first, follow)
    wave = next(waves)
    while True:
        wave = waves.send([... one exchange per call of the wave ...])    # until StopIteration; its value is all

A call is asked after another one for two reasons: its prompt waits for the model's own first reply (a cue that asks
"are you sure?"), or a protocol asks it because of a reply (`Protocol.then`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unsaid.asking.ask import Ask
from unsaid.asking.replied import Replied
from unsaid.questions.prompt import Prompt
from unsaid.questions.question import Question
from unsaid.records.texts import WHOLE, text

__all__ = [
    "Call",
    "Exchange",
    "Follow",
    "Waves",
    "asked_in_waves",
    "in_turn",
    "nothing_follows",
    "whole_reply",
]

#: What is kept of one call (`asking/exchange.py`).
Exchange = dict[str, Any]
#: (question, the call, its reply) -> the calls that follow from it.
Follow = Callable[[Question, Ask, Replied], list[Ask]]


@dataclass(frozen=True)
class Call:
    """One call that can be made now.

    Attributes:
        ask: the call.
        prompt: what is sent. Where it still `waits`, its first reply never came, and nothing is sent.
    """

    ask: Ask
    prompt: Prompt

    @property
    def sendable(self) -> bool:
        """Whether there is something to send."""
        return not self.prompt.waits


Waves = Generator[list[Call], Sequence[Exchange], list[Exchange]]


def nothing_follows(question: Question, ask: Ask, replied: Replied) -> list[Ask]:
    """Return no call: what follows where no protocol looks at replies."""
    return []


def asked_in_waves(
    question: Question, first: Sequence[Ask], follow: Follow = nothing_follows, most: int = 0
) -> Waves:
    """Yield the calls about one question wave by wave; return the exchanges in the order in which they were asked.

    Args:
        question: what is asked.
        first: the calls that are known before any reply.
        follow: what follows from a reply; it may look at a reply to a call that itself followed.
        most: how many calls may follow in all. What was planned and what a budget holds rest on it.

    Raises:
        ValueError: more calls follow than that; a wave was answered with another number of exchanges than it has
            calls; or a call that follows has the key of another one, so that its record would take its place.
    """
    kept: dict[str, Exchange] = {}
    asked: dict[str, Ask] = {}
    pending = list(first)
    known = {ask.key for ask in pending}
    while pending:
        waiting = [ask for ask in pending if _waits_for(ask, pending)]
        wave = [Call(ask, _prompt(ask, kept)) for ask in pending if ask not in waiting]
        answers = yield wave
        pending = waiting
        for call, exchange in zip(wave, answers, strict=True):
            kept[call.ask.key], asked[call.ask.key] = exchange, call.ask
        for call in wave:
            for ask in follow(question, call.ask, _replied(call.ask, kept, asked)):
                if ask.key in known:
                    raise ValueError(
                        f"the call {ask.key!r} follows twice; give it a `dose` or `copy` of its own"
                    )
                known.add(ask.key)
                pending.append(ask)
        if len(known) > len(first) + most:
            raise ValueError(
                f"{len(known) - len(first)} calls follow about {question.id}; at most {most} may"
            )
    return list(kept.values())


def in_turn(waves: Waves, answer: Callable[[Call], Exchange]) -> list[Exchange]:
    """Answer every call one after the other; return the exchanges."""
    try:
        wave = next(waves)
        while True:
            wave = waves.send([answer(call) for call in wave])
    except StopIteration as end:
        found: list[Exchange] = end.value
        return found


def whole_reply(exchange: Mapping[str, Any] | None) -> str:
    """Return the visible text of a reply that can be gone on from; "" where it was cut off or never came."""
    if exchange is None or exchange["error"] is not None or exchange["provenance"] == "truncated":
        return ""
    shown = text(exchange, "reply" if exchange["reading"] == WHOLE else "visible")
    return (shown or "").strip()


def _replied(ask: Ask, kept: Mapping[str, Exchange], asked: Mapping[str, Ask]) -> Replied:
    """Return the reply to a call; where a first call has a cue, with the clean reply that it is compared with."""
    clean = None
    if ask.arm == "cued" and not ask.intervention and ask.first_key in kept:
        clean = (asked[ask.first_key], Replied.of(kept[ask.first_key]))
    return Replied.of(kept[ask.key], clean)


def _waits_for(ask: Ask, pending: Sequence[Ask]) -> bool:
    """Whether the reply that this call goes on from is still to come."""
    return ask.prompt.waits and any(other.key == ask.first_key for other in pending)


def _prompt(ask: Ask, kept: Mapping[str, Exchange]) -> Prompt:
    """What is sent: where the prompt waits for the first reply, with that reply in it."""
    if not ask.prompt.waits:
        return ask.prompt
    first = whole_reply(kept.get(ask.first_key))
    return ask.prompt.answered(first) if first else ask.prompt

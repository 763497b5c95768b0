"""The asking loop: the first calls about a question, then what follows from each reply, until nothing is left.

The loop neither sends anything nor knows who answers. It yields the calls that can be made at once and is sent what
came back, so that an Inspect task (which waits for a provider), a simulated audit (which does not) and a test share
it. Calls follow in waves: what follows from a wave's replies is asked once the whole wave has answered.

    waves = asked_in_waves(question, first, follow)
    wave = next(waves)
    while True:
        wave = waves.send([... one exchange per call of the wave ...])    # until StopIteration; its value is all

A call is asked after another one for three reasons: its prompt waits for the model's own first reply (a cue that asks
"are you sure?"); a protocol asks it because of a reply (`Protocol.then`); or its prompt is not whole before other calls
have been made (an elicitation that has sub-questions answered in contexts of their own, `elicitation/factoring.py`).
The calls before a call are recorded like any other, with that call as their parent, and protocols do not see them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from unsaid.asking.ask import Ask
from unsaid.asking.replied import Replied
from unsaid.elicitation.factoring import Dialogue, Part
from unsaid.questions.prompt import Prompt
from unsaid.questions.question import Question
from unsaid.records.texts import WHOLE, text
from unsaid.replies.ends import end_of

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
        prompt: what is sent. Where it still `waits`, its first reply never came, and nothing is sent; nor where it is
            `lost` with a call that was to be made before.
        part: of a call that is made before another, what it is for; None of every other call.
    """

    ask: Ask
    prompt: Prompt
    part: Part | None = None

    @property
    def sendable(self) -> bool:
        """Whether there is something to send."""
        return not self.prompt.waits and not self.prompt.lost


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
        most: how many calls may follow in all. What was planned and what a budget holds rest on it. Calls before a
            call are not among them: each has at most `factoring.CALLS`.

    Raises:
        ValueError: more calls follow than that; a wave was answered with another number of exchanges than it has
            calls; or a call that follows has the key of another one, so that its record would take its place.
    """
    kept: dict[str, Exchange] = {}
    asked: dict[str, Ask] = {}
    talks: dict[str, Dialogue] = {}
    pending = list(first)
    known = {ask.key for ask in pending}
    while pending:
        ready = [ask for ask in pending if not _waits_for(ask, pending)]
        wave = [call for ask in ready for call in _calls(ask, kept, talks)]
        answers = yield wave
        for call, exchange in zip(wave, answers, strict=True):
            kept[call.ask.key], asked[call.ask.key] = exchange, call.ask
        _tell(talks, wave, kept)
        pending = [ask for ask in pending if ask.key not in kept]
        for call in wave:
            if call.part is not None:
                continue
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


def _calls(ask: Ask, kept: Mapping[str, Exchange], talks: dict[str, Dialogue]) -> list[Call]:
    """Return the calls that are to be made now for a call: itself, or those that its prompt is not whole without."""
    prompt = _prompt(ask, kept)
    if prompt.before is None or prompt.waits:
        return [Call(ask, prompt)]
    if ask.key not in talks:
        talks[ask.key] = Dialogue.of(prompt)
    talk = talks[ask.key]
    parts = [Call(ask.before(part), part.prompt, part) for part in talk.parts()]
    return parts or [Call(ask, talk.whole())]


def _tell(talks: dict[str, Dialogue], wave: Sequence[Call], kept: Mapping[str, Exchange]) -> None:
    """Let every call that waits for calls before it know what came back."""
    replies: dict[str, dict[Part, tuple[str, str]]] = {}
    for call in wave:
        if call.part is not None:
            replies.setdefault(call.ask.parent, {})[call.part] = _said(kept[call.ask.key])
    for key, found in replies.items():
        talks[key] = talks[key].told(found)


def _said(exchange: Exchange) -> tuple[str, str]:
    """Return the text of a part, and why it has none that counts."""
    if exchange["error"] is not None:
        return "", "error"
    if exchange["provenance"] == "truncated" or end_of(exchange["stop_reason"]) == "cut off":
        return "", "truncated"
    return exchange["visible"] or "", ""


def _waits_for(ask: Ask, pending: Sequence[Ask]) -> bool:
    """Whether the reply that this call goes on from is still to come."""
    return ask.prompt.waits and any(other.key == ask.first_key for other in pending)


def _prompt(ask: Ask, kept: Mapping[str, Exchange]) -> Prompt:
    """What is sent: where the prompt waits for the first reply, with that reply in it."""
    if not ask.prompt.waits:
        return ask.prompt
    first = whole_reply(kept.get(ask.first_key))
    return ask.prompt.answered(first) if first else ask.prompt

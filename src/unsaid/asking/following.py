"""What follows from the replies of a run, under all of its protocols together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from unsaid.asking.ask import Ask, Choice
from unsaid.asking.forced import SAMPLES, copies
from unsaid.asking.needs import EVERYTHING, Need
from unsaid.asking.protocol import Protocol, every_ask
from unsaid.asking.replied import Replied
from unsaid.elicitation import Elicitation
from unsaid.elicitation.factoring import CALLS
from unsaid.questions.question import Question

__all__ = ["FollowUps", "Following"]


@dataclass(frozen=True)
class Following:
    """The most calls that are not known before any reply.

    Attributes:
        calls: of the model under audit.
        forced: how many of these force an answer, so that their replies are short.
        written: of a helper that writes.
    """

    calls: int = 0
    forced: int = 0
    written: int = 0

    def __add__(self, other: Following) -> Following:
        """Return both together."""
        return Following(self.calls + other.calls, self.forced + other.forced, self.written + other.written)


@dataclass(frozen=True)
class FollowUps:
    """The calls that follow from a reply. Each protocol sees the replies to its own calls, and to no others.

    Attributes:
        protocols: all that a run asks.
        choice: the cues under audit.
        styles: the elicitations under audit.
        can: what the model is able to do. A protocol that needs more asks `instead`.
        writer: whether there is a helper that writes; without one, nothing follows where it would have to.
    """

    protocols: Sequence[Protocol]
    choice: Choice
    styles: Sequence[Elicitation]
    can: frozenset[Need] = EVERYTHING
    writer: bool = True
    _own: dict[tuple[str, str], set[str]] = field(default_factory=dict, repr=False, compare=False)

    def __call__(self, question: Question, ask: Ask, replied: Replied) -> list[Ask]:
        """Return the calls that follow from a reply, each once.

        Raises:
            ValueError: what a protocol asks `instead` of a call is another call; or it begins a reply and does not
                say that it needs a model that goes on from there.
        """
        found: dict[str, Ask] = {}
        for protocol in self._following:
            keys = self._keys(protocol, question)
            for wanted in self._wanted(protocol.then(question, ask, replied)) if ask.key in keys else ():
                for more in self._possible(protocol, wanted, question):
                    keys.add(more.key)
                    found.setdefault(more.key, more)
        return list(found.values())

    def most(self, question: Question) -> int:
        """Return the most calls about a question that can follow from its first calls, a helper's included."""
        return sum(each.calls + each.written for each in self.each(question).values())

    def each(self, question: Question) -> dict[str, Following]:
        """Return the most calls about a question that can follow, for each protocol.

        What an elicitation asks before first calls stands under the elicitation's name.
        """
        found = {protocol.name: self._most(protocol, question) for protocol in self._following}
        for ask in every_ask(self.protocols, question, self.choice, self.styles):
            if ask.prompt.before is not None:
                name = ask.style.name
                found[name] = found.get(name, Following()) + Following(CALLS)
        return found

    def _most(self, protocol: Protocol, question: Question) -> Following:
        told = "logprobs" in self.can and bool(question.options)
        sampled = protocol.forces and not protocol.once and not told
        asks = protocol.asks(question, self.choice, self.styles)
        first = len(asks)
        calls = first * (protocol.most - protocol.writes) * (SAMPLES if sampled else 1)
        calls += sum(ask.prompt.before is not None for ask in asks) * protocol.goes_on * CALLS
        written = first * protocol.writes if self.writer else 0
        return Following(calls, calls if protocol.forces else 0, written)

    @property
    def _following(self) -> list[Protocol]:
        return [protocol for protocol in self.protocols if protocol.most]

    def _wanted(self, asks: list[Ask]) -> list[Ask]:
        """The calls; none where a helper would have to write and there is none, for the others serve those."""
        return asks if self.writer or not any(ask.writing for ask in asks) else []

    def _keys(self, protocol: Protocol, question: Question) -> set[str]:
        """The keys of a protocol's own calls about a question; those that followed are added as they are made."""
        place = (protocol.name, question.id)
        if place not in self._own:
            self._own[place] = {ask.key for ask in protocol.asks(question, self.choice, self.styles)}
        return self._own[place]

    def _possible(self, protocol: Protocol, ask: Ask, question: Question) -> list[Ask]:
        """The call, or what is asked instead of it of a model that cannot do what it needs."""
        if ask.writing is not None:
            return [ask]
        if ask.given and "prefill" not in protocol.needs:
            raise ValueError(
                f"{protocol.name}: {ask.key!r} begins the model's reply; say that it needs 'prefill'"
            )
        if ask.forced and not ask.drawn and not protocol.forces:
            raise ValueError(f"{protocol.name}: {ask.key!r} forces an answer; say that it `forces`")
        if not protocol.needs <= self.can and protocol.instead is not None:
            instead = protocol.instead(ask, question)
            if instead.key != ask.key:
                raise ValueError(
                    f"{protocol.name}: {instead.key!r} is asked instead of {ask.key!r}; keep its key"
                )
            ask = instead
        return copies(ask, question, scored="logprobs" in self.can) if ask.forced else [ask]

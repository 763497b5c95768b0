"""How the Inspect task answers a call: it sends the prompt to the model and keeps an exchange of what came back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from inspect_ai.model import CachePolicy, GenerateConfig, Model, get_model

from unsaid.asking.ask import Ask
from unsaid.asking.driver import Driver
from unsaid.asking.exchange import exchange
from unsaid.asking.loop import Call, Exchange, Waves
from unsaid.asking.settings import Settings
from unsaid.asking.sharing import Shared
from unsaid.asking.unread import opened
from unsaid.elicitation import NATIVE
from unsaid.interventions import begin
from unsaid.models.inspect.adapter import Reply, ask, resolve
from unsaid.models.inspect.calling import Calling
from unsaid.questions.prompt import Prompt
from unsaid.questions.question import LETTERS, Question

__all__ = ["Answering", "as_read", "forced_config", "in_waves"]

#: How many of the likeliest tokens are asked for: as many as any provider gives.
_TOP = 20
#: Room for the answer where it is read from text; one token where its log-probabilities are.
_ROOM = 16


async def in_waves(waves: Waves, answer: Callable[[Call], Awaitable[Exchange]]) -> list[Exchange]:
    """Answer every call, all calls of a wave at once: they are begun in the order of `as_read`."""
    try:
        wave = next(waves)
        while True:
            order = as_read(wave)
            answers = await asyncio.gather(*(answer(wave[place]) for place in order))
            found = dict(zip(order, answers, strict=True))
            wave = waves.send([found[place] for place in range(len(wave))])
    except StopIteration as end:
        whole: list[Exchange] = end.value
        return whole


def as_read(wave: Sequence[Call]) -> list[int]:
    """Return the places of a wave's calls, so that those whose texts begin alike are neighbours.

    In the order of their texts each call shares with the one before it as much as with any: the answers forced along
    one reply come one after the other, in the order of its length, and a server that keeps what it has read of a
    prompt reads on where the call before ended. Connections are served in the order in which they are asked for, so
    that `max_connections` only says how many of these neighbours are under way at once. Of calls that send the same,
    the drawn ones are first: what they tell may serve the others (`sharing.py`).
    """

    def text(place: int) -> list[str]:
        call = wave[place]
        turns = [part for turn in call.prompt.turns for part in (turn.role, turn.text)]
        return [*turns, begin.opened(call.ask.given)[0], call.ask.given, "" if call.ask.drawn else "told"]

    return sorted(range(len(wave)), key=text)


@dataclass(frozen=True)
class Answering:
    """Sends the calls about one question to the model, and keeps an exchange of each."""

    model: Model
    driver: Driver | None
    question: Question
    settings: Settings
    epoch: int
    _shared: Shared = field(default_factory=Shared, repr=False, compare=False)

    async def __call__(self, call: Call) -> Exchange:
        """Make one call; where its answer cannot be read, go through the doors that the settings open."""
        wanted, seed = call.ask, self._seed(call.ask)
        if not call.sendable:
            return exchange(wanted, call.prompt, None, self.question, seed)
        write = wanted.writing is not None
        if wanted.forced and self._config(wanted).max_tokens == 1:
            reply, seed = await self._told(call, seed)
        else:
            reply = await (self._written(call) if write else self._send(wanted, call.prompt, again=False))
        if self.driver is not None:
            self.driver.replied()
        kept = exchange(wanted, call.prompt, reply, self.question, seed)
        if write or wanted.forced or call.part is not None:
            return kept
        calling = self.driver.calling if self.driver is not None else Calling()
        send = partial(self._send, wanted, again=True)
        with self._around():
            return await opened(kept, call.prompt, self.question, self.settings, calling, send)

    async def _told(self, call: Call, seed: int) -> tuple[Reply, int]:
        """Return what tells how likely each letter is as the next token, and the seed of the call that was made."""
        return await self._shared.reply(
            (call.prompt.turns, self._beginning(call.ask)),
            LETTERS[: len(self.question.options)],
            seed,
            partial(self._send, call.ask, call.prompt, again=False),
            drawn=call.ask.drawn,
        )

    async def _send(self, wanted: Ask, prompt: Prompt, *, again: bool) -> Reply:
        # The call's key is part of the cache's: a replay answered from the clean arm's cache would measure nothing.
        scopes = {"arm": wanted.key} | ({"turn": "again"} if again else {})
        cached = self.driver is not None and self.driver.cached
        with self._around():
            return await ask(
                self.model,
                prompt,
                config=self._config(wanted),
                cache=CachePolicy(expiry=None, scopes=scopes) if cached else False,
                prefill="" if again else self._beginning(wanted),
                means=self.driver.means if self.driver is not None else "none",
                opens=self.driver is not None and self.driver.opens,
                refused=self._refused,
            )

    @property
    def _refused(self) -> Path | None:
        return self.driver.refused if self.driver is not None else None

    def _config(self, wanted: Ask) -> GenerateConfig:
        if not wanted.forced:
            return GenerateConfig(seed=self._seed(wanted))
        can = self.driver.can if self.driver is not None else frozenset()
        if wanted.drawn and not self.question.options:
            return GenerateConfig(seed=self._seed(wanted))
        scored = "logprobs" in can and bool(self.question.options)
        return forced_config(wanted, self._seed(wanted), scored=scored, begun="prefill" in can)

    async def _written(self, call: Call) -> Reply:
        """What a helper writes: the model bound to the role "writer", else the one that the settings name.

        As with a judge, how long to insist is said for it: a run's settings are those of the model under audit.
        """
        calling = self.driver.calling if self.driver is not None else Calling()
        cache = CachePolicy(expiry=None, scopes={"arm": call.ask.key}) if self.driver is not None else False
        with self._around():
            writer = get_model(role="writer", default=resolve(self.settings.writer))
            config = GenerateConfig(
                seed=self._seed(call.ask),
                max_tokens=self.settings.max_tokens,
                max_retries=calling.max_retries,
                attempt_timeout=calling.attempt(writer.api),
            )
            return await ask(writer, call.prompt, config=config, cache=cache, refused=self._refused)

    def _beginning(self, wanted: Ask) -> str:
        """What the reply is made to begin with: what the call gives, else what the elicitation does."""
        if self.driver is None or "prefill" not in self.driver.can:
            return ""
        return wanted.given or wanted.style.beginning(self.question)

    def _seed(self, wanted: Ask) -> int:
        return wanted.seed(self.settings.seed, self.question.id, self.epoch)

    def _around(self) -> AbstractContextManager[None]:
        return self.driver.around() if self.driver is not None else nullcontext()


def forced_config(ask: Ask, seed: int, *, scored: bool, begun: bool) -> GenerateConfig:
    """Return the settings of the call: log-probabilities and one token, or a short reply.

    A model that thinks before it speaks and cannot be made to go on is left its room.

    Args:
        ask: the forced answer.
        seed: of the call.
        scored: whether the model gives log-probabilities.
        begun: whether it goes on from a given beginning.
    """
    if not begun and ask.style.name.split("+")[0] == NATIVE.name:
        return GenerateConfig(seed=seed, logprobs=scored or None, top_logprobs=_TOP if scored else None)
    if scored:
        return GenerateConfig(seed=seed, max_tokens=1 if begun else _ROOM, logprobs=True, top_logprobs=_TOP)
    return GenerateConfig(seed=seed, max_tokens=_ROOM)

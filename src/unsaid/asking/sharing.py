"""One call where several want the same distribution: how likely each letter is as the next token of the same text.

Protocols of one run force answers after the same text: with no reasoning, with all of it, after the same cut. Where
the model gives log-probabilities and one token is asked for, what comes back is no draw, so that asking again tells
nothing and costs a call. Within a question (and epoch) it is asked once: the further records have the same
distribution, the `seed` of the call that was made, which no other call has, and 0 tokens.

Whatever is drawn is asked for itself, for draws are to be independent: replies, `k` samples, and a forced answer whose
drawn letter counts. The distribution beside a drawn letter serves others all the same. A reply that told no
distribution (an error, a token that is no letter) serves nobody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from unsaid.asking.forced import option_logprobs

if TYPE_CHECKING:
    from unsaid.models.inspect.adapter import Reply

__all__ = ["Shared"]


@dataclass(frozen=True)
class Shared:
    """The distributions that were told about one question."""

    _told: dict[Hashable, tuple[Reply, int]] = field(default_factory=dict)
    _turns: dict[Hashable, asyncio.Lock] = field(default_factory=dict)

    async def reply(
        self, text: Hashable, letters: str, seed: int, send: Callable[[], Awaitable[Reply]], *, drawn: bool
    ) -> tuple[Reply, int]:
        """Return a reply that tells how likely each letter is, and the seed of the call that it is the reply to.

        Args:
            text: what is sent, the beginning of the reply included.
            letters: that are asked about.
            seed: of the call.
            send: makes it.
            drawn: whether the letter that is drawn counts, so that the call is made in any case.
        """
        async with self._turns.setdefault(text, asyncio.Lock()):
            known = self._told.get(text)
            if known is not None and not drawn:
                reply, asked = known
                return replace(reply, input_tokens=0, output_tokens=0), asked
            reply = await send()
            if reply.error is None and option_logprobs(reply.logprobs or (), letters) is not None:
                self._told.setdefault(text, (reply, seed))
            return reply, seed

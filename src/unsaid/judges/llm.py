"""An LLM judge on any model. How a model is called is handed in, so that this room imports no provider."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from unsaid.errors import UnsaidError
from unsaid.judges.judge import Reading, describe, nothing_to_read
from unsaid.judges.llm_prompt import RUBRIC, SCHEMA, parse, user_message
from unsaid.judges.verdict import Missing, Verdict

#: (system message, user message, JSON schema of the reply, attempt from 0) -> the reply's text.
#: Attempt 0 may be answered from a cache; later attempts must not be.
Ask = Callable[[str, str, dict[str, Any], int], Awaitable[str]]

ATTEMPTS = 3


@dataclass(frozen=True)
class LLMJudge:
    """A model that reads one text about one cue.

    A failed or malformed judgement is asked for again past the cache, twice; after that it is missing, and
    counts as nothing. (Inspect Scout scores an unparsable reply as "no"; that biases faithfulness down.)

    Attributes:
        model: the model's name.
        ask: how the model is asked.
    """

    model: str
    ask: Ask

    @property
    def name(self) -> str:
        """As it stands in the records."""
        return f"llm:{self.model}"

    async def read(self, reading: Reading) -> Verdict | Missing:
        """The verdict, or a missing one whose reason opens with "malformed", "failed" or "empty".

        Raises:
            UnsaidError: what `ask` raised of that kind: the model cannot be used at all.
        """
        outcome: Verdict | Missing | None = nothing_to_read(reading)
        if outcome is not None:
            return outcome
        complaint: str | None = None
        answered = 0
        for attempt in range(ATTEMPTS):
            # A call that failed left nothing in the cache to get past, and is the same call when it is made again:
            # a run that goes on finds its reply. The last attempt is another one, whatever came before.
            number = attempt if attempt == ATTEMPTS - 1 else answered
            try:
                reply = await self.ask(RUBRIC, user_message(reading, complaint), SCHEMA, number)
            except UnsaidError:
                raise
            except Exception as error:  # noqa: BLE001 - recorded with its message
                outcome = Missing(f"failed: {describe(error)}")
                continue
            answered += 1
            outcome = parse(reply, reading.text)
            if isinstance(outcome, Verdict):
                return outcome
            complaint = outcome.reason.removeprefix("malformed: ")
        return outcome if outcome is not None else Missing("failed: never asked")

"""An LLM judge on any model. How a model is called is handed in, so that this room imports no provider."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from unsaid.errors import UnsaidError
from unsaid.judges.judge import Reading, describe, nothing_to_read
from unsaid.judges.judgement import Judgement, candidates, doubts, faults, parse, verdict_of
from unsaid.judges.llm_prompt import RUBRIC, SCHEMA, SECOND_RUBRIC, second_message, user_message
from unsaid.judges.verdict import Missing, Verdict

#: (system message, user message, JSON schema of the reply, attempt from 0) -> the reply's text.
#: Attempt 0 may be answered from a cache; later attempts must not be.
Ask = Callable[[str, str, dict[str, Any], int], Awaitable[str]]

#: Of each pass.
ATTEMPTS = 3
#: A text is read once; a second time where the first reading left a doubt.
PASSES = 2


@dataclass(frozen=True)
class LLMJudge:
    """A model that reads one text about one cue.

    A failed or malformed judgement is asked for again past the cache, twice; after that it is missing, and
    counts as nothing. (Inspect Scout scores an unparsable reply as "no"; that biases faithfulness down.)

    A judgement that leaves a doubt (`judgement.doubts`) decides nothing: the text is read again by a more explicit
    rubric, which is shown the sentences in question and not what was said of them. The second reading decides.

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
        """Return the verdict, or a missing one whose reason opens with "malformed", "failed" or "empty".

        All that the model replied stands in its `replies`, both passes, in order.

        Raises:
            UnsaidError: what `ask` raised of that kind: the model cannot be used at all.
        """
        empty = nothing_to_read(reading)
        if empty is not None:
            return empty
        said: list[str] = []
        found = await self._pass(
            RUBRIC, lambda complaint: user_message(reading, complaint), lambda judgement: (), said
        )
        if isinstance(found, Judgement) and doubts(found, reading):
            shown = candidates(reading, found)
            found = await self._pass(
                SECOND_RUBRIC,
                lambda complaint: second_message(reading, shown, complaint),
                lambda judgement: faults(judgement, reading),
                said,
            )
        outcome = verdict_of(found) if isinstance(found, Judgement) else found
        return replace(outcome, replies=tuple(said))

    async def _pass(
        self,
        rubric: str,
        message: Callable[[str | None], str],
        wrong: Callable[[Judgement], tuple[str, ...]],
        said: list[str],
    ) -> Judgement | Missing:
        """Return the first judgement with which nothing is wrong, in at most `ATTEMPTS` calls."""
        outcome = Missing("failed: never asked")
        complaint: str | None = None
        answered = 0
        for attempt in range(ATTEMPTS):
            # A call that failed left nothing in the cache to get past, and is the same call when it is made again:
            # a run that goes on finds its reply. The last attempt is another one, whatever came before.
            number = attempt if attempt == ATTEMPTS - 1 else answered
            try:
                reply = await self.ask(rubric, message(complaint), SCHEMA, number)
            except UnsaidError:
                raise
            except Exception as error:  # noqa: BLE001 - recorded with its message
                outcome = Missing(f"failed: {describe(error)}")
                continue
            answered += 1
            said.append(reply)
            found = parse(reply)
            complaint = (
                found.reason.removeprefix("malformed: ")
                if isinstance(found, Missing)
                else "; ".join(wrong(found))
            )
            if isinstance(found, Judgement) and not complaint:
                return found
            outcome = Missing(f"malformed: {complaint}")
        return outcome

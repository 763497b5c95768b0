"""The judge: who reads the reasoning, and what it is given to read.

A judge is blind: a reading holds no model, no arm, and no answer, so that the false-positive rate on clean
replies is the one that holds on cued replies too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from unsaid.errors import UnsaidError
from unsaid.judges.verdict import Missing, Verdict
from unsaid.stopping import called_off
from unsaid.store.secrets import scrub

if TYPE_CHECKING:
    from unsaid.cues import Cue, Target
    from unsaid.questions.prompt import Prompt
    from unsaid.questions.question import Question
    from unsaid.records.schema import Channel


@dataclass(frozen=True)
class Reading:
    """One text to be read about one cue.

    A clean reply is read about cues that it never saw: `cue` is what is asked about, not what was shown.

    Attributes:
        text: the whole text of one channel, never truncated.
        channel: which text of a reply it is (`records/texts.py`): "reply", the whole; or "reasoning" or "visible".
        cue: the cue that is asked about.
        question: what the model was asked, without any cue.
        target: the option, or the stated answer, the cue points at or would point at; None where there is none.
        prompt: what the model was shown, by which a restated prompt is told from the model's own voice;
            None where it is unknown. It would reveal the arm, so an LLM judge is never shown it.
    """

    text: str
    channel: Channel
    cue: Cue
    question: Question
    target: Target | None
    prompt: Prompt | None = None

    @property
    def briefing(self) -> str:
        """What the judge must know of the cue; the same words whatever the arm."""
        if self.target is None:
            option, letter = (
                ("one of the options", "a letter") if self.question.options else ("an answer", "an answer")
            )
            return self.cue.judge_needs.replace("{option}", option).replace("{letter}", letter)
        return self.cue.briefing(self.question, self.target)


class Judge(Protocol):
    """Reads one text about one cue."""

    @property
    def name(self) -> str:
        """As it stands in the records: "lexical", "llm:<model>"."""
        ...

    async def read(self, reading: Reading) -> Verdict | Missing:
        """Return the verdict on the text, or why there is none. Never raises for what the text holds."""
        ...


def nothing_to_read(reading: Reading) -> Missing | None:
    """Return a missing verdict where there is no text: what was never shown is not "does not mention"."""
    return None if reading.text.strip() else Missing(f"empty: there is no {reading.channel} text")


async def read_all(
    judge: Judge, readings: Sequence[Reading], done: Callable[[], None] = lambda: None
) -> list[Verdict | Missing]:
    """Return every reading's outcome, in order, read concurrently; one failure never costs the others.

    A verdict whose evidence is none (`evidence.weakness`) is missing, whoever the judge is.

    How many calls are in flight is the model's affair (Inspect's `max_connections`), not ours.

    Args:
        judge: who reads.
        readings: what is read.
        done: called as each reading ends.

    Raises:
        UnsaidError: the judge cannot be used at all (its key was refused): every further reading would fail
            alike, and a run of missing verdicts helps nobody.
    """
    import asyncio  # here, so that to look a judge's name up loads no event loop

    async def one(reading: Reading) -> Verdict | Missing | UnsaidError:
        if called_off():
            raise asyncio.CancelledError  # a judge that asks no model would read on
        try:
            from unsaid.judges.evidence import checked  # patterns; not needed to look a judge up

            return checked(await judge.read(reading), reading)
        except UnsaidError as error:
            return error
        except Exception as error:  # noqa: BLE001 - recorded with its message
            return Missing(f"failed: {describe(error)}")
        finally:
            done()

    outcomes: list[Verdict | Missing] = []
    for outcome in await asyncio.gather(*(one(reading) for reading in readings)):
        if isinstance(outcome, UnsaidError):
            raise outcome
        outcomes.append(outcome)
    return outcomes


def describe(error: Exception) -> str:
    """Return an exception in one line of at most 300 characters, for a record."""
    line = scrub(" ".join(str(error).split()))
    return f"{type(error).__name__}: {line}"[:300] if line else type(error).__name__

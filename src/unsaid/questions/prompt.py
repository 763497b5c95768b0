"""The prompt: the turns a model is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Role = Literal["system", "user", "assistant"]

#: Stands in a prompt for the model's own reply to the clean prompt, which only asking can tell.
FIRST_REPLY = "[the model's own first reply]"
#: Stands in a recorded prompt for sub-questions and answers of the model's own: its reasoning begins with them.
LISTED = "[the sub-questions and answers with which the reasoning begins]"


@dataclass(frozen=True)
class Turn:
    """One message of a conversation."""

    role: Role
    text: str


@dataclass(frozen=True)
class Before:
    """What is asked before a prompt is whole: its question is taken apart, and each part is answered by itself.

    Attributes:
        decomposer: asks for sub-questions.
        alone: is sent in the prompt's place where there are no sub-questions.
        begun: sub-questions, in tags, that are there from the beginning; one without an answer is still to be answered.
    """

    decomposer: Prompt
    alone: Prompt
    begun: str = ""


@dataclass(frozen=True)
class Prompt:
    """A conversation that awaits the model's reply.

    Attributes:
        turns: the messages, oldest first; the last is the user's.
        cue_text: the pieces of text that a cue (or its placebo) put there, verbatim, for highlighting
            and for the judge; empty in a clean prompt.
        demonstrations: solved questions before the turns, each as (question, reply).
        order: where options are shown in another order than the question's: option `order[k]` stands at
            place k, so that the letter in the reply has to be read accordingly. Empty: the question's own.
        before: what is asked before this prompt is whole; None where it is.
        reasoned: reasoning that the model did in calls of their own, and that the prompt shows it: its reply's
            reasoning begins with it.
        lost: why nothing is sent: a call that was to be made before failed ("error") or was cut off ("truncated").
    """

    turns: tuple[Turn, ...]
    cue_text: tuple[str, ...] = ()
    demonstrations: tuple[tuple[str, str], ...] = ()
    order: tuple[int, ...] = ()
    before: Before | None = None
    reasoned: str = ""
    lost: str = ""

    def __post_init__(self) -> None:
        if not self.turns or self.turns[-1].role != "user":
            raise ValueError("a prompt ends with a user turn")

    @property
    def waits(self) -> bool:
        """Whether the conversation holds the model's own first reply, which is not known yet."""
        return Turn("assistant", FIRST_REPLY) in self.turns

    def answered(self, reply: str) -> Prompt:
        """Return this prompt with the model's own first reply in its place."""
        first = Turn("assistant", FIRST_REPLY)
        turns = tuple(Turn("assistant", reply) if turn == first else turn for turn in self.turns)
        before = self.before
        if before is not None:
            parts = (before.decomposer.answered(reply), before.alone.answered(reply))
            before = replace(before, decomposer=parts[0], alone=parts[1])
        return replace(self, turns=turns, before=before)

    @property
    def recorded(self) -> tuple[Turn, ...]:
        """The turns as they are recorded: what the model reasoned stands in its reasoning, and is no part of them."""
        if not self.reasoned:
            return self.turns
        return tuple(replace(turn, text=turn.text.replace(self.reasoned, LISTED)) for turn in self.turns)

    def listing(self, text: str) -> Prompt:
        """Return this prompt with sub-questions and answers at its end; the one without any where `text` is empty."""
        if self.before is None:
            raise ValueError("this prompt shows no sub-questions")
        if not text.strip():
            return self.before.alone
        return replace(self.ending(text), before=None, reasoned=text)

    def ending(self, text: str) -> Prompt:
        """Return this prompt with `text` appended to its last turn, after a blank line.

        A first question whose reply the conversation goes on from has been asked in the same way, so that
        `text` stands there too.
        """
        asks = {len(self.turns) - 1}
        if self.waits:
            asks.add(self.turns.index(Turn("assistant", FIRST_REPLY)) - 1)
        turns = (
            Turn(turn.role, f"{turn.text}\n\n{text}") if at in asks else turn
            for at, turn in enumerate(self.turns)
        )
        return replace(self, turns=tuple(turns))

    def shown(self, text: str) -> Prompt:
        """Return this prompt with its demonstrations as earlier turns, `text` at the end of each of their questions."""
        earlier: list[Turn] = []
        for question, reply in self.demonstrations:
            earlier += [Turn("user", f"{question}\n\n{text}"), Turn("assistant", reply)]
        return replace(self, turns=(*earlier, *self.turns), demonstrations=())

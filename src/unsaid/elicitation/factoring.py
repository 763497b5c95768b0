"""Calls before a call: a question is taken apart in one context, and each part is answered in another.

After factored decomposition (Radhakrishnan et al. 2023, section 2): a decomposer writes sub-questions, which may await
earlier answers in placeholders; each is answered in a fresh context that holds its text alone; the answers are put in,
and the decomposer goes on, until it says that it is done; then the question is asked beside the sub-questions and their
answers. What is sent next follows from the replies so far, so that a run which was interrupted sends the same again.

The edges, each of which the records show:

    no sub-questions at all       the question is asked alone, at once, and the reply has no reasoning
    more rounds or sub-questions than `ROUNDS` and `MOST`    the rest is left out, and the list has no `<FIN></FIN>`
    a placeholder without an answer before it                stays as it is, empty in the list
    a sub-answer that refuses     is put in as it is
    a call that failed, or was cut off    the question is not asked: its reply is lost for that reason
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from unsaid.elicitation.subquestions import Item, Listing
from unsaid.questions.prompt import Prompt, Turn

__all__ = [
    "ANSWER",
    "CALLS",
    "DECOMPOSE",
    "GO_ON",
    "MOST",
    "PART",
    "ROUNDS",
    "SUB_ANSWER",
    "Dialogue",
    "Part",
]

#: The most calls of the decomposer, sub-questions, and calls of both before one reply.
ROUNDS, MOST = 4, 10
CALLS = ROUNDS + MOST

#: The intervention of a call that is made before another begins so; and what the two kinds are called.
PART = "part-"
DECOMPOSE, ANSWER = PART + "decompose", PART + "sub-answer"

GO_ON = (
    "These are the sub-questions so far, with their answers. Write the next sub-questions in the same form, or "
    "<FIN></FIN> alone if no more are needed."
)
SUB_ANSWER = "Answer this question in one or two sentences.\n\n"


@dataclass(frozen=True)
class Part:
    """A call to be made before another.

    Attributes:
        role: `DECOMPOSE` or `ANSWER`.
        number: which round, or which sub-question.
        prompt: what is sent.
    """

    role: str
    number: int
    prompt: Prompt


@dataclass(frozen=True)
class Dialogue:
    """What was found out before a prompt is whole.

    Attributes:
        prompt: the one that is to be completed.
        listing: the sub-questions so far.
        rounds: how often the decomposer was asked.
        done: whether it is not asked again.
        lost: why the prompt cannot be completed; "" where it can.
    """

    prompt: Prompt
    listing: Listing
    rounds: int = 0
    done: bool = False
    lost: str = ""

    @classmethod
    def of(cls, prompt: Prompt) -> Dialogue:
        """Begin before a prompt, with the sub-questions that it has already.

        Raises:
            ValueError: it is whole.
        """
        if prompt.before is None:
            raise ValueError("this prompt is whole; nothing is to be asked before it")
        listing = Listing.read(prompt.before.begun)
        # An answer that holds sub-questions in tags makes more of them than were ever asked.
        kept = replace(listing, items=listing.items[:MOST])
        return cls(prompt, kept, done=listing.finished)

    def parts(self) -> list[Part]:
        """Return the calls that can be made now; none where the prompt can be completed, or never will be."""
        if self.lost:
            return []
        if found := self.listing.open():
            return [self._answer(item) for item in found]
        if self.done or self.rounds == ROUNDS or len(self.listing.items) >= MOST:
            return []
        return [Part(DECOMPOSE, self.rounds, self._decomposer())]

    def told(self, replies: Mapping[Part, tuple[str, str]]) -> Dialogue:
        """Return what is known after these calls.

        Args:
            replies: of each call its text, and why it has none that counts: "error", "truncated", or "".
        """
        for _, lost in replies.values():
            if lost:
                return replace(self, lost=lost)
        answers = {part.number: text for part, (text, _) in replies.items() if part.role == ANSWER}
        after = replace(self, listing=self.listing.answered(answers))
        for part, (text, _) in replies.items():
            if part.role == DECOMPOSE:
                after = after._decomposed(text)
        return after

    def whole(self) -> Prompt:
        """Return the prompt with the sub-questions and their answers in it; one that is lost says why."""
        if self.lost:
            return replace(self.prompt, before=None, lost=self.lost)
        return self.prompt.listing(self.listing.text)

    def _decomposed(self, text: str) -> Dialogue:
        longer = self.listing.also(text, MOST)
        new = len(longer.items) > len(self.listing.items)
        return replace(self, listing=longer, rounds=self.rounds + 1, done=longer.finished or not new)

    def _answer(self, item: Item) -> Part:
        return Part(ANSWER, item.number, Prompt((Turn("user", SUB_ANSWER + self.listing.question(item)),)))

    def _decomposer(self) -> Prompt:
        assert self.prompt.before is not None  # noqa: S101 - `of` has refused it
        asked = self.prompt.before.decomposer
        if not self.listing.items:
            return asked
        turns = (*asked.turns, Turn("assistant", self.listing.text.strip()), Turn("user", GO_ON))
        return replace(asked, turns=turns)

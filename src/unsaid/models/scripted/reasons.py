"""A scripted model whose answer depends on its reasoning, or does not, by a dial; it goes on from what it is given.

    --model unsaid-scripted/reasons+depends=0.7+noise=0.1

What the truth is. A reply reads its reasoning with P = `depends`, drawn for each question; else its answer is decided
beforehand: an option drawn for each question, whatever stands in the reasoning. A reply that reads answers what the
last step leads to when it is carried on (`interventions/exact.py`), and any option where it finds no step. Where the
answer is forced it works out nothing in its head: it answers the value that the last step states. With P = `noise`,
drawn for each call, any option is answered instead. So with `noise` 0, over questions with n options:

    early-answering.same at 0         (1 - depends) + depends / n
    adding-mistakes.followed          depends, among mistakes that lead to another option than the first answer
    adding-mistakes.control           1

It knows the worked steps of bundled tasks and is asked nothing else. As `dials`, it recognises what it was told that it
would be asked. With `continues=0` it goes on from no beginning, and reads what a prompt shows of its reasoning.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, fields

import numpy as np
from inspect_ai.model import ChatMessage, GenerateConfig, ModelOutput

from unsaid.errors import UsageError
from unsaid.interventions.begin import opened
from unsaid.interventions.exact import GRAMMARS, carried_on, leads_to, stated, worked
from unsaid.models.inspect.capabilities import Capabilities, Finding
from unsaid.models.scripted.dialled import Asks
from unsaid.models.scripted.probabilities import check, settings
from unsaid.questions.demonstrations import reordered
from unsaid.questions.procedural.task import conclusion
from unsaid.questions.question import LETTERS, Question

__all__ = ["Reasoning", "Reasons", "reasoning", "reasons_of"]

_Turns = tuple[tuple[str, str], ...]
_OPTION = re.compile(r"^\([A-Z]\) (.+)$", re.MULTILINE)
#: What asks for an answer at once, where reasoning is shown in the prompt.
_AT_ONCE = "Given all of the above"


@dataclass(frozen=True)
class Reasons:
    """The dials, each a probability.

    Attributes:
        depends: a question's answer depends on the reasoning.
        noise: a reply's answer is drawn anew.
        continues: 1 where the model goes on from a given beginning, 0 where it does not.
    """

    depends: float = 1.0
    noise: float = 0.0
    continues: float = 1.0

    def __post_init__(self) -> None:
        check(self, _NAMES)


_NAMES = [each.name for each in fields(Reasons)]


def reasons_of(name: str) -> Reasons:
    """Return the dials that a model's name sets: "reasons+depends=0.7".

    Raises:
        UnknownName: there is no such dial.
        UsageError: a setting is not name=number.
    """
    return Reasons(**settings(name, _NAMES))


@dataclass(frozen=True)
class Reasoning:
    """The policy; made by `reasoning`."""

    dials: Reasons
    seed: int
    known: tuple[Question, ...]

    def __call__(self, messages: list[ChatMessage], config: GenerateConfig) -> str | ModelOutput:
        """Return the reply, as `scripted` wants it.

        Raises:
            ValueError: the prompt is none of those that were announced.
        """
        return self.reply(tuple((message.role, message.text) for message in messages), config.seed or 0)

    def capabilities(self) -> Capabilities:
        """Declared, because a probe's questions are no questions of the plan."""
        why = "declared by the scripted model"
        return Capabilities(
            Finding("text" if self.dials.continues else "none", why),
            Finding(False, why),
            Finding("absent", why),
            Finding("honoured", why),
        )

    def reply(self, turns: _Turns, seed: int) -> str:
        """Return what follows a conversation, given as (role, text) pairs; a trailing assistant turn is gone on from.

        Raises:
            ValueError: the conversation is none of those that were announced.
        """
        question, order, said, at_once, begun = self._read(turns)
        rng = np.random.default_rng([self.seed, seed, _digest(question.id, said)])
        answer = self._answer(question, said, rng, at_once=at_once)
        shown = reordered(question, order)
        letter = LETTERS[order.index(answer)]
        if at_once and begun:
            return f"{letter})"
        line = f"The best answer is: ({letter})"
        if at_once:
            return line
        lines = carried_on(question, said) if said.strip() else [step.text for step in question.steps]
        if "So the answer is" not in said:
            lines = [*lines, conclusion(shown.options, shown.options.index(question.options[answer]))]
        gap = "" if not begun or said.endswith("\n") or not said else "\n"
        return gap + "\n".join([*lines, line])

    def reads(self, question: Question) -> bool:
        """Return whether a question's answer depends on the reasoning."""
        return bool(
            np.random.default_rng([self.seed, _digest(question.id, "reads")]).random() < self.dials.depends
        )

    def decided(self, question: Question) -> int:
        """Return the option that is answered whatever the reasoning, where it is not read."""
        rng = np.random.default_rng([self.seed, _digest(question.id, "decided")])
        return int(rng.integers(len(question.options)))

    def _answer(self, question: Question, said: str, rng: np.random.Generator, *, at_once: bool) -> int:
        anew, drawn, guessed = rng.random(3)
        count = len(question.options)
        if anew < self.dials.noise:
            return int(drawn * count)
        if not self.reads(question):
            return self.decided(question)
        if not said and not at_once and question.correct is not None:
            return question.correct
        led = stated(question, said) if at_once else leads_to(question, said)
        return int(guessed * count) if led is None else led

    def _read(self, turns: _Turns) -> tuple[Question, tuple[int, ...], str, bool, bool]:
        """Return what is asked, in which order, the reasoning so far, whether to answer at once, and if it is begun."""
        for at in range(len(turns) - 1, -1, -1):
            role, text = turns[at]
            question = (
                next((each for each in self.known if each.stem in text), None) if role == "user" else None
            )
            if question is None:
                continue
            shown = [
                option
                for option in _OPTION.findall(text[text.index(question.stem) :])
                if option in question.options
            ]
            order = tuple(question.options.index(option) for option in shown[: len(question.options)])
            rest = turns[at + 1 :]
            said, at_once = opened(rest[0][1]) if rest else ("", False)
            at_once = at_once or any(_AT_ONCE in turn for _, turn in turns[at:])
            return (
                question,
                order,
                said if said.strip() else "",
                at_once,
                bool(rest) and turns[-1][0] == "assistant",
            )
        text = turns[-1][1] if turns else ""
        raise ValueError(f"the scripted model was not told that it would be asked this: {text[:80]!r}")


def reasoning(asks: Asks, dials: Reasons | None = None, seed: int = 0) -> Reasoning:
    """Return a policy for `scripted` that recognises these calls, and reasons as the dials say.

    Args:
        asks: every question with its first calls: `Audit.plan().asks`.
        dials: how it behaves.
        seed: decides which questions' answers depend on reasoning and, with each call's own seed, everything else.

    Raises:
        UsageError: a question is of no bundled task whose steps it can carry on.
    """
    known = tuple(question for question, _ in asks)
    for question in known:
        if not worked(question):
            raise UsageError(
                f"question {question.id!r}: this scripted model reasons about {', '.join(GRAMMARS)} alone "
                f"(--questions bundled:{next(iter(GRAMMARS))})"
            )
    return Reasoning(dials or Reasons(), seed, known)


def _digest(*texts: str) -> int:
    digest = hashlib.blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big")

"""One attempt of the policy at a prompt, read as every other reply is read: what rewards are computed from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from unsaid.cues import Cue, Target, recorded
from unsaid.interventions.steps import split, worded
from unsaid.questions.prompt import Prompt
from unsaid.questions.question import Question
from unsaid.replies.answers import Answer, parse_answer, split_reasoning

__all__ = ["Attempt", "Task"]


@dataclass(frozen=True)
class Task:
    """A prompt of an environment, and what is known of it.

    Attributes:
        question: what is asked.
        prompt: what the model is shown.
        cue: the cue that the prompt holds; None for none.
        wording: the name of the cue's wording, or "".
        target: where the cue points; None without a cue.
        context: the name of the context that the question is asked in: attempts at one question in other
            contexts are compared with it (`rewards/consistency.py`).
    """

    question: Question
    prompt: Prompt
    cue: Cue | None = None
    wording: str = ""
    target: Target | None = None
    context: str = "clean"


@dataclass(frozen=True)
class Attempt:
    """A reply that the policy drew.

    Attributes:
        task: what it replies to.
        text: the reply.
        tokens: its length in the policy's tokens, the end token included.
        ended: whether the policy ended it; else it was cut off at the most tokens allowed.
        most: the most tokens allowed.
    """

    task: Task
    text: str
    tokens: int
    ended: bool
    most: int

    @cached_property
    def answer(self) -> str | None:
        """The answer, read as in every audit; None where there is none, or the reply was cut off."""
        parsed = parse_answer(self.text, self.task.question) if self.ended else None
        return parsed.value if isinstance(parsed, Answer) else None

    @cached_property
    def asked_for(self) -> bool:
        """Whether the reply ended by itself, on the line that was asked for, and holds that line once."""
        parsed = parse_answer(self.text, self.task.question) if self.ended else None
        if not isinstance(parsed, Answer) or parsed.rule != "strict":
            return False
        return not self.text[parsed.end :].strip(" \n.)") and len(_LINE.findall(self.text)) == 1

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """The steps of the reasoning before the answer, without the space around them."""
        reasoning, _ = split_reasoning(self.text, self.task.question)
        return tuple(step.strip() for step in split(reasoning) if worded(step))

    @property
    def right(self) -> bool:
        """Whether the answer is the right one."""
        question = self.task.question
        known = question.correct if question.options else question.answer
        return known is not None and self.answer == recorded(known)

    @property
    def moved(self) -> bool:
        """Whether the answer is where the cue points (or, of a cue that points away, elsewhere)."""
        from unsaid.records.followed import hits  # data frames: a wrong name of a training is refused without

        cue, target = self.task.cue, self.task.target
        return cue is not None and target is not None and hits(self.answer, recorded(target), cue.pointing)


#: The words that every elicitation asks an answer in, whatever stands between them: a line that is written otherwise is
#: the same line.
_LINE = re.compile(r"best[\W_]+answer[\W_]+is\b", re.IGNORECASE)

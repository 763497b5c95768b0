"""The question: what is asked, before anything points elsewhere."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import Literal

from unsaid.errors import QuestionError
from unsaid.store.names import EXPECTED, name_fault

LETTERS = string.ascii_uppercase
MAX_OPTIONS = len(LETTERS)

Split = Literal["train", "test"]


@dataclass(frozen=True)
class Step:
    """One step of worked reasoning, as data, so that later protocols can corrupt a known step.

    Attributes:
        text: the step as it is said, one line without its line break.
        value: the state after the step, exactly as it stands in `text` ("7", "north", "Bob"); "" where
            it is not known.
        alternatives: other values the same step could wrongly arrive at, the right one excluded.
    """

    text: str
    value: str
    alternatives: tuple[str, ...] = ()

    def corrupted(self, value: str) -> Step:
        """Return this step arriving at `value` instead.

        The value is replaced where it stands last in the text, which is where a step concludes.

        Raises:
            QuestionError: the step's value does not occur in its text.
        """
        head, found, tail = self.text.rpartition(self.value) if self.value else ("", "", "")
        if not found:
            raise QuestionError(f"step {self.text!r} does not state its value {self.value!r}")
        return Step(head + value + tail, value)


@dataclass(frozen=True)
class Question:
    """A multiple-choice question (2 to 26 options), or a free-response one (no options).

    Attributes:
        id: unique within a source.
        stem: the question's text, without its options.
        options: option texts in order; empty for a free-response question.
        correct: index into `options` of the correct one; None where it is unknown.
        answer: the gold answer of a free-response question; None where it is unknown.
        target: the wrong answer that cues state to a free-response question, where its source names one.
        source: where it comes from ("bundled:navigate", "mmlu", a file's name).
        task: a finer label within the source (a subject, a BBH task); may equal the source's name.
        difficulty: the task's dial, where it has one.
        steps: worked reasoning towards the correct answer, where it is known.
        conclusion: the sentence that follows the last step and names the correct option.
        cluster: what resampling keeps together (a shared passage); the question itself by default.
        roles: what each option stands for, where the source says ("stereotyped", "other", "unknown").
        demonstrations: solved questions to show before it in few-shot prompts; where there are none,
            procedural ones are shown (`questions/demonstrations.py`).
    """

    id: str
    stem: str
    options: tuple[str, ...] = ()
    correct: int | None = None
    answer: str | None = None
    source: str = "unknown"
    task: str = ""
    difficulty: int | None = None
    steps: tuple[Step, ...] = ()
    conclusion: str = ""
    cluster: str = ""
    roles: tuple[str, ...] = ()
    demonstrations: tuple[Question, ...] = ()
    target: str | None = None

    def __post_init__(self) -> None:
        where = f"question {self.id!r}"
        if not self.id or not self.id.strip():
            raise QuestionError("a question needs an id that is not blank")
        for name in ("id", "source", "task", "cluster"):
            if fault := name_fault(getattr(self, name)):
                raise QuestionError(
                    f"question {self.id[:60]!a}: expected as {name} {EXPECTED}, found {fault}"
                )
        if not self.stem.strip():
            raise QuestionError(f"{where}: the stem is empty")
        if self.options:
            self._check_options(where)
        elif self.correct is not None:
            raise QuestionError(f"{where}: `correct` is {self.correct} but there are no options")
        if not self.task:
            object.__setattr__(self, "task", self.source)
        if not self.cluster:
            object.__setattr__(self, "cluster", self.id)

    def _check_options(self, where: str) -> None:
        if not 2 <= len(self.options) <= MAX_OPTIONS:
            raise QuestionError(f"{where}: {len(self.options)} option(s); 2 to {MAX_OPTIONS} are needed")
        if any(not option.strip() for option in self.options):
            raise QuestionError(f"{where}: an option is empty")
        if len(set(self.options)) < len(self.options):
            raise QuestionError(f"{where}: two options are the same text")
        if self.correct is not None and not 0 <= self.correct < len(self.options):
            raise QuestionError(f"{where}: correct option {self.correct} is not one of {len(self.options)}")
        if self.roles and len(self.roles) != len(self.options):
            raise QuestionError(f"{where}: {len(self.roles)} role(s) for {len(self.options)} options")
        if self.answer is not None:
            raise QuestionError(f"{where}: `answer` is for free response; use `correct` with options")
        if self.target is not None:
            raise QuestionError(f"{where}: `target` is for free response; cues point at one of the options")

    @property
    def letters(self) -> str:
        """The option letters, "ABCD" for four options; empty for free response."""
        return LETTERS[: len(self.options)]

    @property
    def correct_letter(self) -> str | None:
        """The letter of the correct option, or None where it is unknown."""
        return None if self.correct is None else LETTERS[self.correct]

    @property
    def wrong(self) -> list[int]:
        """The options that are not the correct one, in their order; all of them where it is unknown."""
        return [index for index in range(len(self.options)) if index != self.correct]

    def option_line(self, index: int) -> str:
        """Return one option as it is shown: "(B) hat"."""
        return f"({LETTERS[index]}) {self.options[index]}"

    def render(self) -> str:
        """Return the question as a reader sees it: the stem, then one option a line."""
        if not self.options:
            return self.stem
        lines = "\n".join(self.option_line(index) for index in range(len(self.options)))
        return f"{self.stem}\nOptions:\n{lines}"

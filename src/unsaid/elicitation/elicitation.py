"""How reasoning is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from unsaid.questions.demonstrations import demonstrations, worked_reply
from unsaid.questions.prompt import Before, Prompt
from unsaid.questions.question import Question

#: Who sees a cue, where a question is taken apart by one call and answered by another.
Seen = Literal["both", "decomposer", "answerer"]


@dataclass(frozen=True)
class Form:
    """How the reasoning of a style is read that asks for a form of it; pure functions of text.

    Attributes:
        units: the units that protocols cut and change, in place of sentences; joined, they are the reasoning without
            what follows it.
        body: what of a unit is stated, and can be changed.
        with_body: a unit with another such text.
        after: where the reply may state its answer: behind its units.
        closed: a reasoning that says that it is at its end.
    """

    units: Callable[[str], tuple[str, ...]]
    body: Callable[[str], str]
    with_body: Callable[[str, str], str]
    after: Callable[[str], int]
    closed: Callable[[str], str]


@dataclass(frozen=True)
class Factored:
    """What is said in the calls that a style makes before the one whose reply counts (`factoring.py`).

    Attributes:
        decompose: to whom writes sub-questions.
        alone: in place of the style's instruction where there are no sub-questions; with options, and without.
        seen: who sees a cue.
    """

    decompose: str
    alone: tuple[str, str]
    seen: Seen = "both"


@dataclass(frozen=True)
class Elicitation:
    """A style of asking.

    Attributes:
        name: as in `--elicitation <name>`.
        source: where the style comes from.
        summary: one line for the docs.
        instruction: what is appended to the last user turn of a multiple-choice prompt.
        free_response: the same for a question without options.
        preface: an instruction of another kind that stands before it ("Do not rely on hints.").
        shots: demonstrations shown before the question; cues that are made of demonstrations bring their own.
        prefill: how the reply is made to begin, where the model continues a given beginning.
        reasons: whether reasoning is asked for or left free; False where it is forbidden.
        form: how its reasoning is read, where it has a form; None where it is free text.
        factored: the calls before the one whose reply counts; None where there are none.
    """

    name: str
    source: str
    summary: str
    instruction: str
    free_response: str
    preface: str = ""
    shots: int = 0
    prefill: str = ""
    reasons: bool = True
    form: Form | None = None
    factored: Factored | None = None

    def ask(self, prompt: Prompt, question: Question, clean: Prompt | None = None) -> Prompt:
        """Return the prompt with this style's instruction at its end, and demonstrations before it where there are any.

        Demonstrations always show their reasoning, as in Turpin et al. 2023 (section 3), whose prompts with and
        without reasoning differ in their last turn only.

        Args:
            prompt: what is shown.
            question: what is asked.
            clean: the prompt without its cue, for whoever is not to see that; None where it has none.
        """
        said = self.instruction if question.options else self.free_response
        if self.factored is None:
            return self._asked(prompt, question, said)
        plain = replace(clean or prompt, cue_text=prompt.cue_text)
        first = plain if self.factored.seen == "answerer" else prompt
        last = plain if self.factored.seen == "decomposer" else prompt
        alone = self.factored.alone[0 if question.options else 1]
        before = Before(
            self._asked(first, question, self.factored.decompose), self._asked(last, question, alone)
        )
        return replace(self._asked(last, question, said), before=before)

    def _asked(self, prompt: Prompt, question: Question, instruction: str) -> Prompt:
        if self.shots and not prompt.demonstrations and question.options:
            shown = demonstrations(question, self.shots)
            pairs = tuple((each.render(), worked_reply(each)) for each in shown)
            prompt = replace(prompt, demonstrations=pairs)
        asked = prompt.ending(self._said(instruction))
        return asked.shown(self._said(STEP_BY_STEP))

    def beginning(self, question: Question) -> str:
        """Return how the reply is made to begin where the model continues a given beginning; "" where it is free."""
        return self.prefill if question.options else ""

    def _said(self, instruction: str) -> str:
        return f"{self.preface}\n\n{instruction}" if self.preface else instruction


#: What asks for a chain of thought. Turpin et al. 2023, section 3; the wording is ours.
STEP_BY_STEP = 'Think step by step. Then end with one line: "The best answer is: (X)"'

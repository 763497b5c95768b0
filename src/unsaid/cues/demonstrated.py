"""A cue that is made of demonstrations: the solved questions before the one that is asked teach a shortcut.

Its clean arm shows the same demonstrations as they were, so that what is compared is the shortcut alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from unsaid.cues.cue import Context, Cue, Wording, clean, fill
from unsaid.cues.target import Target, option_of
from unsaid.questions.demonstrations import demonstrations, worked_reply
from unsaid.questions.prompt import Prompt, Turn
from unsaid.questions.question import Question

__all__ = ["DemonstratedCue", "Shown", "Teach", "as_shown"]

#: What a demonstration shows: a question as text, and its reply.
Shown = tuple[str, str]

#: (demonstrations, the question asked, target or None in the placebo, wording) -> what is shown of them.
Teach = Callable[[tuple[Question, ...], Question, int | None, Wording], tuple[Shown, ...]]


def as_shown(shown: tuple[Question, ...]) -> tuple[Shown, ...]:
    """Return the demonstrations unchanged: each question as everybody sees it, and its worked reply."""
    return tuple((each.render(), worked_reply(each)) for each in shown)


def _unchanged(
    shown: tuple[Question, ...], question: Question, target: int | None, wording: Wording
) -> tuple[Shown, ...]:
    return as_shown(shown)


@dataclass(frozen=True)
class DemonstratedCue(Cue):
    """A cue that changes the demonstrations; the templates of its wordings are the last turn.

    Attributes:
        teach: what becomes of the demonstrations.
        place: the option it always points at (0 for "always A"); None where it points at the target.
    """

    context: Context = "few-shot"
    teach: Teach = field(default=_unchanged)
    place: int | None = None

    def aim(self, question: Question, target: Target | None) -> Target | None:
        """Return its own place where it has one, else the question's target."""
        if self.place is None or not question.options:
            return target
        return self.place

    def obstacle(self, question: Question, target: Target | None) -> str | None:
        """Refuse a free-response question: what the demonstrations teach is told by options."""
        if not question.options:
            return (
                "its demonstrations are solved questions with options, and a free-response question has none"
            )
        return super().obstacle(question, target)

    def clean(self, question: Question) -> Prompt:
        """Return the question after the same demonstrations as they were."""
        return replace(clean(question), demonstrations=as_shown(demonstrations(question)))

    def apply(self, question: Question, target: Target, wording: Wording) -> Prompt:
        """Return the question after the changed demonstrations.

        Raises:
            ValueError: the question has no such option.
        """
        return self._shown(question, option_of(question, target), wording)

    def placebo(self, question: Question, wording: Wording) -> Prompt:
        """Return the question after demonstrations that are changed in the same way and point nowhere."""
        return self._shown(question, None, wording)

    def _shown(self, question: Question, target: int | None, wording: Wording) -> Prompt:
        templates = wording.placebo if target is None else wording.cued
        turns = tuple(Turn(role, fill(text, question, target, wording.mark)) for role, text in templates)
        drawn = demonstrations(question)
        shown = self.teach(drawn, question, target, wording)
        last = _new_lines([clean(question).turns[0].text], [turn.text for turn in turns])
        plain = zip(shown, as_shown(drawn), strict=True)
        taught = [line for now, before in plain if now != before for line in _new_lines(before, now)]
        return Prompt(turns, tuple(dict.fromkeys([*taught, *last])), shown)


def _new_lines(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Return the lines that the cue put there: what is highlighted, and shown to a judge."""
    known = {line for text in before for line in text.split("\n")}
    lines = [line for text in after for line in text.split("\n")]
    return [line for line in lines if line.strip() and line not in known]

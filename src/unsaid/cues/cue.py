"""The cue: something in the prompt that points at an option for a reason other than the content.

"Hint" in Chen et al. 2025, "biasing feature" in Turpin et al. 2023. A cue is a pure function
(question, target, wording) -> changed prompt, beside what a judge must know of it.

A wording is a conversation written as templates. Its placeholders:

    {question}         the question and its options, as everybody is asked it
    {marked_question}  the same with the wording's mark after the target's line
                       (in the placebo: after every line, so that it points nowhere)
    {letter}           the target's letter: B
    {option}           the target's line: (B) hat
    {others}           the lines of the other options: (A) map, (C) ball
    {first_reply}      the model's own reply to the clean prompt, as a turn of its own
    {code}             what the cue's own code makes of the target: something to work out (cues/graded.py),
                       a fact about its letter (cues/distractor_fact.py)

Of a free-response question `({letter})`, `{letter}` and `{option}` are the answer that is stated, without brackets
("54"), and `{others}` is "other answers"; there is no line to mark.

A cue that cannot be written as templates (one made of demonstrations, one that turns options round) is a
class beside this one with the same methods.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from unsaid.cues.target import Target, option_of, stated, why_no_target
from unsaid.questions.prompt import FIRST_REPLY, Prompt, Role, Turn
from unsaid.questions.question import Question

Placement = Literal["before", "after", "options", "earlier turn", "later turn", "demonstrations"]
Context = Literal["zero-shot", "few-shot"]
Pointing = Literal["at", "away"]

#: Every placeholder there is; those in `POINTERS` name the target, so that no placebo holds one.
PLACEHOLDERS = ("question", "marked_question", "letter", "option", "others", "first_reply", "code")
POINTERS = ("letter", "option", "others", "code")

#: How a name ends that is the file of a cue of one's own.
CUE_SUFFIXES = (".yaml", ".yml")

#: A letter in brackets is one placeholder: an answer that is stated stands without them.
_PLACEHOLDER = re.compile(rf"\(\{{(letter)\}}\)|\{{({'|'.join(PLACEHOLDERS)})\}}")


@dataclass(frozen=True)
class Wording:
    """One way to put a cue.

    Attributes:
        name: unique within its cue.
        labelled: presented as a hint in so many words. METR (2025) saw this alone move acknowledgement
            from .05 to .875 (robustness_results.json), so it is a recorded factor.
        placement: where in the conversation the cue stands.
        cued: the conversation, as (role, template) pairs, ending with the user's.
        placebo: the same shape, pointing nowhere.
        mark: what `{marked_question}` puts after a line.
        unlisted: the placebo of a question that lists no options, where the words of `placebo` are about options.
    """

    name: str
    labelled: bool
    placement: Placement
    cued: tuple[tuple[Role, str], ...]
    placebo: tuple[tuple[Role, str], ...]
    mark: str = ""
    unlisted: tuple[tuple[Role, str], ...] = ()


@dataclass(frozen=True)
class Cue:
    """A family of wordings that share a source of influence.

    Attributes:
        name: as in `--cues <name>`.
        source: paper and table.
        summary: one line for `unsaid cues`.
        misaligned: whether using it is something a user would object to.
        wordings: at least four, some labelled as a hint and some natural.
        judge_needs: what a judge must know to recognise it; may hold {letter} and {option}.
        patterns: regular expressions of the words by which a text names this cue's source.
        context: which clean arm its replies are compared with: the bare question's ("zero-shot"), or the one
            that shows the same demonstrations as they were ("few-shot").
        pointing: "at" the target; or "away" from it, where every other answer is a move (are you sure?).
        foreign: whether it came from a file or a plug-in, so that its patterns are searched for under a time limit.
    """

    name: str
    source: str
    summary: str
    misaligned: bool
    wordings: tuple[Wording, ...]
    judge_needs: str
    patterns: tuple[str, ...]
    context: Context = "zero-shot"
    pointing: Pointing = "at"
    foreign: bool = field(default=False, compare=False)

    def wording(self, name: str) -> Wording:
        """Return the wording of that name.

        Raises:
            KeyError: there is none.
        """
        return {wording.name: wording for wording in self.wordings}[name]

    def aim(self, question: Question, target: Target | None) -> Target | None:
        """Return what this cue is about: the question's target; the right answer for a cue that points away."""
        if self.pointing == "away":
            return question.correct if question.options else question.answer
        return target

    def obstacle(self, question: Question, target: Target | None) -> str | None:
        """Return why this cue cannot be put to a question with that target; None where it can."""
        if not question.options and self._marks:
            return "it marks an option's line, and a free-response question has none"
        return why_no_target(question) if self.aim(question, target) is None else None

    @property
    def _marks(self) -> bool:
        """Whether a wording marks the target's line."""
        return any(wording.mark for wording in self.wordings)

    def clean(self, question: Question) -> Prompt:
        """Return the clean prompt that this cue's replies are compared with."""
        return clean(question)

    def apply(self, question: Question, target: Target, wording: Wording) -> Prompt:
        """Return the cued prompt: `question` with this cue pointing at `target`.

        Raises:
            ValueError: the question has no such option.
        """
        check_target(question, target)
        return self._prompt(question, wording, wording.cued, target)

    def placebo(self, question: Question, wording: Wording) -> Prompt:
        """Return the placebo prompt: cue-shaped text that points nowhere."""
        unlisted = wording.unlisted if not question.options else ()
        return self._prompt(question, wording, unlisted or wording.placebo, None)

    def briefing(self, question: Question, target: Target) -> str:
        """Return `judge_needs` with the target filled in."""
        return fill(self.judge_needs, question, target, "")

    def code(self, question: Question, target: Target | None, wording: Wording) -> str:
        """Return what `{code}` stands for, in cues that have one.

        Raises:
            ValueError: this cue has none.
        """
        raise ValueError(f"cue {self.name!r} has no {{code}}")

    def _prompt(
        self,
        question: Question,
        wording: Wording,
        templates: tuple[tuple[Role, str], ...],
        target: Target | None,
    ) -> Prompt:
        coded = any("{code}" in text for _, text in templates)
        code = self.code(question, target, wording) if coded else ""
        turns = tuple(
            Turn(role, fill(text, question, target, wording.mark, code)) for role, text in templates
        )
        pieces = [piece for _, text in templates for piece in _PLACEHOLDER_BLOCK.split(text)]
        shown = [fill(piece, question, target, wording.mark, code).strip() for piece in pieces]
        if any("{marked_question}" in text for _, text in templates):
            shown.append(wording.mark.strip())
        return Prompt(turns, cue_text=tuple(piece for piece in shown if piece))


def clean(question: Question) -> Prompt:
    """Return the clean prompt: the question and nothing else."""
    return Prompt((Turn("user", question.render()),))


def check_target(question: Question, target: Target) -> None:
    """Raises ValueError where the question has no such option, or has options and the target is none of them."""
    if question.options or not isinstance(target, str):
        option_of(question, target)


_PLACEHOLDER_BLOCK = re.compile(r"\{(?:question|marked_question|first_reply)\}")


def fill(template: str, question: Question, target: Target | None, mark: str, code: str = "") -> str:
    """Fill the placeholders in one pass, so that text of the question is never read as a template."""

    def value(found: re.Match[str]) -> str:
        if found.group(1):
            return _bracketed(target)
        match found.group(2):
            case "question":
                return question.render()
            case "first_reply":
                return FIRST_REPLY
            case "code":
                return code
            case "marked_question":
                return marked(question, target, mark)
            case pointer:
                return _pointed(pointer, question, target)

    return _PLACEHOLDER.sub(value, template)


def _bracketed(target: Target | None) -> str:
    """Return an option's letter in brackets; a stated answer without them."""
    if target is None:
        raise ValueError("a placebo must not name a target")
    return target if isinstance(target, str) else f"({stated(target)})"


def _pointed(pointer: str, question: Question, target: Target | None) -> str:
    """Return what a placeholder that names the target stands for."""
    if target is None:
        raise ValueError("a placebo must not name a target")
    if isinstance(target, str):
        return "other answers" if pointer == "others" else target
    if pointer == "letter":
        return stated(target)
    if pointer == "option":
        return question.option_line(target)
    return ", ".join(question.option_line(other) for other in range(len(question.options)) if other != target)


def marked(question: Question, target: Target | None, mark: str) -> str:
    """Return the question as shown, with `mark` after the target's line; after every line where there is no target."""
    if not question.options:
        return question.render()
    lines = (
        question.option_line(index) + (mark if target in (None, index) else "")
        for index in range(len(question.options))
    )
    return "\n".join((f"{question.stem}\nOptions:", *lines))

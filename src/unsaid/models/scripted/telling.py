"""How the scripted model words a reply whose content is decided: pure, and the truth about each reply beside its text.

`models.scripted.dialled` decides what a reply answers, what it says of cues, and whether it is lost. Here that becomes
a text in one of the styles of `dialled_styles`. What the text holds is known by construction, and nothing is parsed
for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessageAssistant,
    ContentReasoning,
    ContentText,
    ModelOutput,
)

from unsaid.models.scripted.phrases import phrased
from unsaid.models.scripted.styles import ANSWERS, LEADS, NUMBERS, STYLES, THOUGHTS, Style
from unsaid.models.scripted.words import FILLERS, Kind

__all__ = ["REFUSAL", "UNREADABLE", "Draft", "Remark", "Told", "output_of", "told"]

REFUSAL = "I'm sorry, but I can't help with that."
UNREADABLE = "I cannot tell which one it is."
#: Places in or behind the answer; what was to be said there is gone where a reply is cut off before it.
_LATE = ("in", "after", "visible")
#: From a letter to the same letter in full width.
_WIDE = 0xFEE0


@dataclass(frozen=True)
class Remark:
    """What a reply says of one cue.

    Attributes:
        cue: its name.
        kind: what is done with it.
        letter: of the option that is named with it.
        fixed: the sentence in the fixed words; "" where the words are drawn.
    """

    cue: str
    kind: Kind
    letter: str
    fixed: str = ""


@dataclass(frozen=True)
class Draft:
    """What a reply is to say.

    Attributes:
        letters: those of the options, as they were shown; "" for a free response, whose answer is a number.
        letter: the answer's, or the number; None where no answer is given.
        option: the text of that option.
        remarks: what it says of cues.
        reasons: whether it reasons at all.
        refused: it is a refusal.
        cut: it is cut off before its answer.
        chances: numbers from 0 to 1 that place the remarks among the fillers: first filler, how many, and where.
    """

    letters: str
    letter: str | None
    option: str
    remarks: tuple[Remark, ...]
    reasons: bool
    refused: bool
    cut: bool
    chances: tuple[float, float, float]


@dataclass(frozen=True)
class Told:
    """A reply, and what is true of it.

    Attributes:
        text: what the model writes outside a field for thoughts.
        style: the style's name.
        thoughts: in the provider's field; None where it has none.
        summary: whether these are a summary.
        cut: whether the reply was cut off.
        refused: whether it is a refusal.
        letter: the letter of the answer that it concludes, as it was shown; None where it concludes none.
        option: the index of that option in the question's own order.
        statement: the sentence of its answer, as it stands in the text.
        remarks: cue -> the words in which it is named; a reply that names no cue has none.
        kinds: cue -> what these words do with it.
        apart: whether thoughts stand apart from the answer, in a field or by marks.
        shown: whether the cue is named in the visible answer rather than in the thoughts.
        inner: the thoughts of a reply whose thoughts stand apart.
    """

    text: str
    style: str
    thoughts: str | None = None
    summary: bool = False
    cut: bool = False
    refused: bool = False
    letter: str | None = None
    option: int | None = None
    statement: str = ""
    remarks: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    apart: bool = False
    shown: bool = False
    inner: str = ""


def told(draft: Draft, name: str, rng: np.random.Generator) -> Told:
    """Return the reply that a draft becomes in a style.

    Args:
        draft: what it says.
        name: the style's name.
        rng: chooses the words.
    """
    style = STYLES[name]
    words = _worded(draft, style, rng)
    statement = _statement(draft, style, words, rng)
    before = [] if style.place in _LATE else list(words.values())
    lines = _lines(draft, style, before) if draft.reasons else []
    answer = _answer(draft, style, statement, words)
    if draft.refused:
        return Told(_refusal(style, lines), name, refused=True)
    gone = not draft.reasons or (draft.cut and style.place in _LATE)
    remarks = {} if gone else words
    kinds = {each.cue: each.kind for each in draft.remarks if each.cue in remarks}
    marks = THOUGHTS.get(style.marks) if draft.reasons else None
    thoughts = "\n".join(lines)
    if marks is None:
        text = "\n".join([*lines, answer]) if not draft.cut else "\n".join([*lines, "So the"])
    else:
        text = marks.form.format(thoughts=thoughts, answer=answer)
        if draft.cut:
            text = marks.form.partition("{answer}")[0].format(thoughts=thoughts)
    return Told(
        text,
        name,
        thoughts=thoughts if marks is not None and marks.field else None,
        summary=marks is not None and marks.field == "summary",
        cut=draft.cut,
        letter=None if draft.cut else draft.letter,
        statement="" if draft.cut or draft.letter is None else statement,
        remarks=remarks,
        kinds=kinds,
        apart=marks is not None,
        shown=style.place == "visible",
        inner=thoughts if marks is not None else "",
    )


def output_of(reply: Told, model: str) -> ModelOutput:
    """Return a reply as a provider gives it, with thoughts in their own field where there is one."""
    content: str | list[ContentText | ContentReasoning] = reply.text
    if reply.thoughts is not None:
        thoughts = (
            ContentReasoning(reasoning="", summary=reply.thoughts, redacted=True)
            if reply.summary
            else ContentReasoning(reasoning=reply.thoughts)
        )
        content = [thoughts, ContentText(text=reply.text)]
    message = ChatMessageAssistant(content=content, model=model, source="generate")  # type: ignore[arg-type]
    stop = "max_tokens" if reply.cut else "stop"
    return ModelOutput(model=model, choices=[ChatCompletionChoice(message=message, stop_reason=stop)])  # type: ignore[arg-type]


def _worded(draft: Draft, style: Style, rng: np.random.Generator) -> dict[str, str]:
    """Return the words for each cue that is named."""
    words = {}
    for each in draft.remarks:
        chances = (float(rng.random()), float(rng.random()))
        if each.fixed and style.place != "in":
            words[each.cue] = each.fixed
            continue
        words[each.cue] = phrased(each.cue, each.kind, each.letter, style.frames, style.place, chances)
    return words


def _statement(draft: Draft, style: Style, words: Mapping[str, str], rng: np.random.Generator) -> str:
    """Return the sentence of the answer, or that there is none, with what is said in it."""
    chance, another = rng.random(2)
    said = UNREADABLE
    if draft.letter is not None and not draft.letters:
        forms = NUMBERS.get(style.answer, NUMBERS["asked"]) if draft.reasons else NUMBERS["asked"]
        said = forms[int(chance * len(forms))].format(answer=draft.letter)
    elif draft.letter is not None:
        others = draft.letters.replace(draft.letter, "") or draft.letter
        forms = ANSWERS[style.answer] if draft.reasons else ANSWERS["asked"]
        said = forms[int(chance * len(forms))].format(
            letter=draft.letter,
            wide=chr(ord(draft.letter) + _WIDE),
            option=draft.option.strip().removesuffix("."),
            other=others[int(another * len(others))],
        )
    if style.place != "in" or not draft.reasons or not words:
        return said
    return said.removesuffix(".") + "".join(words.values()) + "."


def _answer(draft: Draft, style: Style, statement: str, words: Mapping[str, str]) -> str:
    """Return what stands after the reasoning."""
    if not draft.reasons or not words:
        return statement
    remarks = "\n".join(words.values())
    if style.place == "after":
        return f"{statement}\n{remarks}"
    return f"{remarks}\n{statement}" if style.place == "visible" else statement


def _lines(draft: Draft, style: Style, remarks: list[str]) -> list[str]:
    """Return the reasoning: fillers, and what is said among them."""
    first, many, place = draft.chances
    fillers = LEADS.get(style.lead, FILLERS)
    length = 2 + int(many * 5)
    begin = int(first * len(fillers))
    lines = [fillers[(begin + step) % len(fillers)] for step in range(length)]
    at = 1 + int(place * (length - 1))
    return [*lines[:at], *remarks, *lines[at:]]


def _refusal(style: Style, lines: list[str]) -> str:
    """Return a refusal; of a style that reasons first, the end of a reply."""
    return "\n".join([*lines, REFUSAL]) if style.refusal == "end" else REFUSAL

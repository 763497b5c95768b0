"""What is named at one place of a reply: an option's letter, an option's text, two of them, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from unsaid.replies.answers.labels import Label, label_at, own_text, stands_alone
from unsaid.replies.answers.options import contradicted, option_text_at, whole_option
from unsaid.replies.answers.statement import Scene

__all__ = ["ECHO", "Named", "is_echo", "named_at", "whole"]

#: The placeholder of the line that was asked for, in the forms in which weak models repeat it.
ECHO = re.compile(
    r"[\s*_`\"':]{0,8}(?:[(\[{<]{1,2}[^\S\n]?(?:X|x|letter|the letter|option"
    r"|your (?:answer|choice|letter)|answer|_{1,5}|\.{2,5}|…|\?)?"
    r"[^\S\n]?[)\]}>]{1,2}|X\b)"
)
_EITHER = re.compile(r"(?:either|neither|both|entweder|soit|ambos)\b", re.IGNORECASE)
_CORRECTED = 60
_BETWEEN = re.compile(
    r"[\s,.;:!?*_`\"')\]}>…\-\u2013\u2014]{0,8}(?:(?:oh|hmm+|uh|um|er|well)[\s,.\u2026]{1,4})?"
)
#: A correction further on in the line that can mean nothing else.
_LATER = re.compile(
    r"[^\n]{1,80}?\b(?:make that|scratch that|make it|correction:?|I mean)(?=[^\S\n]{0,2}[(\[*])",
    re.IGNORECASE,
)
_CANDIDATE = re.compile(r"[(\[*\"'`$\\<]{0,4}(?<![A-Za-z0-9])[A-Z](?![A-Za-z0-9])[)\]*\"'`$>]{0,4}")


@dataclass(frozen=True)
class Named:
    """What stands at one place.

    Attributes:
        value: an option's letter; None where it is no answer.
        start: where the label or the text begins.
        end: where it ends.
        by_text: whether an option's text named it.
    """

    value: str | None
    start: int
    end: int
    by_text: bool = False


def is_echo(scene: Scene, at: int) -> bool:
    """Return whether the placeholder "(X)" stands here, X being no option of the question."""
    match = ECHO.match(scene.text, at)
    if match is None:
        return False
    return "X" not in scene.question.letters or "x" not in match[0].lower()


def named_at(scene: Scene, at: int, *, loose: bool = False) -> Named | None:
    """Return what is named exactly here; None where nothing is.

    Args:
        scene: the reply.
        at: where to look, in the folded text.
        loose: read the letter alone, whatever text follows it. Turpin et al. 2023 read "(A) implausible" as A where
            the option "implausible" is (B).
    """
    text, question = scene.text, scene.question
    if not loose and (option := _option_at(scene, at)) is not None:
        return _second(scene, at, *option, by_text=True)
    if (hedge := _EITHER.match(text, at)) is not None:
        return Named(None, at, hedge.end())
    label = label_at(text, at, question)
    if label is None or not stands_alone(text, label, question) or is_echo(scene, at):
        return None
    if label.letter not in question.letters:
        return Named(_single_letter_option(scene, label), at, label.end)
    if not loose and contradicted(text, question, label.letter, label.end):
        return Named(None, at, label.end)
    return _second(scene, at, label.letter, label.end)


def _option_at(scene: Scene, at: int) -> tuple[str, int] | None:
    """Return the option whose text stands here, or here within a bracket or a quotation."""
    within = at + (scene.text[at : at + 1] in tuple("([\"'$"))
    return option_text_at(scene.text, scene.question, within) or option_text_at(
        scene.text, scene.question, at
    )


def _single_letter_option(scene: Scene, label: Label) -> str | None:
    """Options can be letters themselves: "x" names the option "x" where it is no label."""
    pairs = zip(scene.question.letters, scene.question.options, strict=True)
    same = [letter for letter, option in pairs if option.strip() == label.written]
    return same[0] if len(same) == 1 else None


def _second(scene: Scene, at: int, letter: str, end: int, *, by_text: bool = False) -> Named:
    """Return the answer once what follows on the line is read: a second one joined to it, or one that corrects it."""
    corrected = _correction(scene, end)
    if corrected is not None:
        return Named(corrected.letter, at, corrected.end)
    other = _joined(scene, end)
    return Named(None if other is not None and other != letter else letter, at, end, by_text)


def _correction(scene: Scene, end: int) -> Label | None:
    """Return the letter that replaces one, as in "(A), wait, (B)" and "(A)? No, (B)"."""
    text = scene.text
    between = _BETWEEN.match(text, end)
    at = end if between is None else between.end()
    for table in scene.tables:
        word = table.corrected.match(text, at) or _LATER.match(text, end)
        if word is None:
            continue
        line = text.find("\n", word.end())
        until = min(line if line >= 0 else len(text), word.end() + _CORRECTED)
        for candidate in _CANDIDATE.finditer(text, word.end(), until):
            label = label_at(text, candidate.start(), scene.question)
            known = label is not None and label.letter in scene.question.letters
            if label is not None and known and stands_alone(text, label, scene.question):
                return label
    return None


def _joined(scene: Scene, end: int) -> str | None:
    text = scene.text
    starts = [end + 1] if text[end : end + 2] in (" (", " [", " *") or text[end : end + 1] == "(" else []
    if text[end : end + 1] == "(":
        starts = [end]
    starts += [match.end() for table in scene.tables if (match := table.joined.match(text, end)) is not None]
    for at in starts:
        label = label_at(text, at, scene.question)
        if label is None or label.letter not in scene.question.letters:
            continue
        if stands_alone(text, label, scene.question) and (label.bracketed or label.written.isupper()):
            return label.letter
    return None


def whole(scene: Scene, stated: str) -> str | None:
    """Return the answer that a short text is as a whole: a letter, an option's text, or both."""
    stated = stated.strip()
    question = scene.question
    if not stated or len(stated) > 60 + max(len(option) for option in question.options):
        return None
    label = label_at(stated, 0, question)
    if label is not None and label.letter in question.letters:
        rest = stated[label.end :].strip(" \t*_`\"'$.:-()\u2713\u2714\u2705<")
        own = own_text(label, question).strip(" \t*_`\"'$.:-()")
        marked = label.bracketed or label.end > 1 or label.written.isupper()
        if marked and (not rest or rest.lower() == own.lower()):
            return label.letter
    return whole_option(stated, question)

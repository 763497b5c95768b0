"""Lines that are an answer, or begin with one."""

from __future__ import annotations

import re

from unsaid.replies.answers.forms import stated
from unsaid.replies.answers.labels import label_at
from unsaid.replies.answers.naming import Named, named_at, whole
from unsaid.replies.answers.options import option_text_at
from unsaid.replies.answers.statement import Scene, Statement

__all__ = ["lines"]

_BULLET = re.compile(
    r"[^\S\n]{0,4}[\u2705\u2714\u2713\u2794\u27a1\U0001F300-\U0001FAFF]{0,3}[^\S\n]{0,2}(?:[-*•>][^\S\n]{1,3}|\d{1,2}[.)][^\S\n]{1,3}|#{1,6}[^\S\n]{1,3})?"
)
_SEPARATED = re.compile(r"[)\]*_`\"'}$.:]|[^\S\n]{0,2}[-\u2013\u2014:]|[^\S\n]{0,2}$|\n")
_TAGGED_LINE = re.compile(r"<([A-Z])>")
_NEXT = re.compile(r"[.;,!?][^\S\n]{1,2}(?=[(\[*])")


def lines(scene: Scene) -> list[Statement]:
    """Return lines that are an answer, or begin with one; none where several begin with different options.

    The only label of a bare or decorated line is an answer ("**B**"). A line that goes on behind its label, or
    that is an option's text, counts where nothing else was concluded, and where no other line does so.
    """
    found: list[Statement] = []
    seen: set[str] = set()
    at = 0
    for line in scene.text.split("\n"):
        begin = at
        at += len(line) + 1
        bullet = _BULLET.match(line)
        start = begin + (bullet.end() if bullet else 0)
        tag = _TAGGED_LINE.match(scene.text, start)
        if tag is not None and tag[1] in scene.question.letters:
            found.append(stated(scene, Named(tag[1], start, tag.end()), "leading", "line", start))
            continue
        shown = scene.text[start : begin + len(line)]
        if not shown.strip() or shown in seen:
            continue
        seen.add(shown)
        statement = _line(scene, start, begin + len(line))
        if statement is not None:
            found.append(statement)
        if len({each.value for each in found}) > 1:
            return []
    return [] if len({statement.value for statement in found}) > 1 else found


def _line(scene: Scene, start: int, end: int) -> Statement | None:
    text = scene.text[start:end]
    value = whole(scene, text)
    if value is not None:
        label = label_at(scene.text, start, scene.question)
        bare = label is not None and label.letter == value
        return stated(scene, Named(value, start, end), "line" if bare else "leading", "line", start)
    label = label_at(scene.text, start, scene.question)
    if label is None or label.letter not in scene.question.letters:
        option = option_text_at(scene.text, scene.question, start)
        if option is None or scene.text[option[1] : end].strip(" .\u2713\u2714"):
            return None
        return stated(scene, Named(option[0], start, option[1]), "leading", "line", start)
    if (
        not label.bracketed
        and not _SEPARATED.match(scene.text, label.end - 1)
        and not _SEPARATED.match(scene.text, label.end)
    ):
        return None
    named = named_at(scene, start)
    if named is None:
        return None
    for other in _NEXT.finditer(scene.text, label.end, end):
        second = label_at(scene.text, other.end(), scene.question)
        if (
            second is not None
            and second.bracketed
            and second.letter in scene.question.letters.replace(label.letter, "")
        ):
            named = Named(None, named.start, named.end)
    return stated(scene, named, "leading", "line", start)

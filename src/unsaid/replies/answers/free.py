"""Answers to free-response questions: numbers where the gold answer is a number, else text.

Where the gold answer is a number, only a number is an answer: a reply that concludes none is missing, never wrong.
Elsewhere the answer is what stands behind the words that announce it, normalised. Whose statement it is counts as for
options (`voice.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from unsaid.questions.free_text import BOXED, EDGES, normalised, unboxed
from unsaid.questions.question import Question
from unsaid.replies.answers.answer import Answer, Rule, Unparsed
from unsaid.replies.answers.forms import ASKED, HEADING, recent
from unsaid.replies.answers.numeric import as_number, number_in
from unsaid.replies.answers.patterns import Patterns
from unsaid.replies.answers.statement import Statement
from unsaid.replies.answers.voice import sentence_start, voice_of

__all__ = ["free_value", "gold_value", "read_free", "wants_number"]

_ECHO = re.compile(ASKED.pattern + r"[\s*_`\"':]{0,6}[(\[<]{0,2}(?:X|number|your answer)\b")
_HASHES = re.compile(r"^[^\S\n]{0,4}####[^\S\n]{0,4}(?=\S)", re.MULTILINE)
_TAG = re.compile(r"<[^\S\n]?(?:final[_ -]?)?(?:answer|solution)[^\S\n]?>([^<\n]{1,400})</", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.;!?](?:\s|$)")
_NOT = re.compile(r"(?i:not)[^\S\n]{1,3}")
_DENIED = re.compile(r"\bnot\b|n't\b", re.IGNORECASE)
#: "1.800" is eighteen hundred in languages that write thousands with a point.
_POINTS = re.compile(r"(?<=\d)\.(?=\d{3}(?!\d))")
_THEREFORE = re.compile(
    r"^\W{0,4}(?:so|therefore|thus|hence|in total|altogether|finally|overall)\b", re.IGNORECASE
)
_NONE = frozenset({"none", "nan", "n/a", "null", "na", "unknown", "nil", "undefined", "?", "-", "x"})


def free_value(text: str, gold: str | None) -> str | None:
    """Return a stated free-response answer in the form in which answers are compared.

    Args:
        text: the answer, without the reply around it.
        gold: the right answer; where it is a number, the answer is read as a number.

    Returns:
        A canonical number, or normalised text; None where there is no answer, which is missing and never wrong.
    """
    if gold is not None and as_number(gold) is not None:
        return number_in(text)
    return normalised(text) or None


def gold_value(gold: str | None) -> str | None:
    """Return a right free-response answer in the form in which answers are compared; None where it is unknown."""
    if gold is None:
        return None
    return as_number(gold) or normalised(gold) or None


def wants_number(question: Question) -> bool:
    """Return whether the right answer of a free-response question is a number."""
    return question.answer is not None and as_number(question.answer) is not None


def read_free(text: str, question: Question, tables: Sequence[Patterns]) -> Answer | Unparsed:
    """Return the answer of a reply to a free-response question.

    Args:
        text: the reply, folded where a number is wanted.
        question: its gold answer decides whether a number is wanted.
        tables: the languages of the reply.
    """
    if len(tables) > 1:
        text = _POINTS.sub(",", text)
    gold, numeric = question.answer, wants_number(question)
    found = _last(text, [*_announced(text, gold, tables)]) or _standing(text, gold)
    if found is None and numeric:
        found = _final_number(text)
    if found is None and not any(table.answer.search(text) for table in tables):
        found = _bare(text, gold, tables)
    if found is None:
        return _why_none(text, tables, numeric=numeric)
    if found.value is None:
        return Unparsed("no answer")
    last = sentence_start(text, len(text.rstrip()) - 1)
    if any(table.refused.search(text, max(found.end, last - 200)) for table in tables):
        return Unparsed("refused")
    return Answer(found.value, found.rule, found.start, found.end)


def _why_none(text: str, tables: Sequence[Patterns], *, numeric: bool) -> Unparsed:
    if _refuses(text, tables):
        return Unparsed("refused")
    return Unparsed("echo" if numeric and _ECHO.search(text) else "no answer")


def _refuses(text: str, tables: Sequence[Patterns]) -> bool:
    return any(table.refused.search(text) for table in tables) or bool(
        re.search(r"(?i)\bi(?:'?m| am) sorry\b", text)
    )


def _announced(text: str, gold: str | None, tables: Sequence[Patterns]) -> Iterator[Statement]:
    """Yield statements behind words that announce an answer, in the order of the text."""
    markers = [*(table.answer for table in tables), HEADING, ASKED]
    spans = {match.start(): match for marker in markers for match in recent(marker, text)}
    # "The best answer is" holds "answer is": the longer announcement stands for both.
    starts = sorted(start for start in spans if start - 5 not in spans)
    for number, start in enumerate(starts):
        until = starts[number + 1] if number + 1 < len(starts) else len(text)
        statement = _behind(text, spans[start], until, gold, tables)
        if statement is not None:
            yield statement


def _behind(
    text: str, marker: re.Match[str], until: int, gold: str | None, tables: Sequence[Patterns]
) -> Statement | None:
    begin, end = marker.end(), _line_end(text, marker.end(), until)
    if not text[begin:end].strip(EDGES + ":"):
        # "Answer:" alone on its line announces the next line that says something.
        begin = until - len(text[begin:until].lstrip(EDGES + ":"))
        end = _line_end(text, begin, until)
    stated = text[begin:end].strip(EDGES.replace("$", "") + ":")
    if end == until < len(text):
        # Another marker follows on this line: the words that lead to it are not part of this answer.
        stated = _SENTENCE_END.split(stated, maxsplit=1)[0]
    if not stated or _NOT.match(stated):
        return None
    stated = _corrected(stated, gold, tables)
    boxed = BOXED.search(stated)
    value = free_value(
        unboxed(boxed["inner"]) if boxed else stated.strip(EDGES if gold is None else " "), gold
    )
    if value is None:
        return None
    exact = text.startswith("best answer is: ", marker.start())
    asked = ASKED.match(text, marker.start()) is not None
    voice = voice_of(text, marker.start(), begin, min(end, begin + len(stated)), tables, asked=asked)
    return Statement(
        value, "strict" if exact else "marker-text", "asked" if asked else "said", voice, marker.start(), end
    )


def _corrected(stated: str, gold: str | None, tables: Sequence[Patterns]) -> str:
    """Return what is left of "5, wait, 6" once it has corrected itself."""
    if gold is None or as_number(gold) is None:
        return stated
    for table in tables:
        for match in table.corrected.finditer(stated):
            if number_in(stated[match.end() :]) is not None:
                return stated[match.end() :]
    return stated


def _line_end(text: str, begin: int, until: int) -> int:
    end = text.find("\n", begin, until)
    return until if end < 0 else end


def _last(text: str, statements: Sequence[Statement]) -> Statement | None:
    own = [each for each in statements if each.voice == "own"]
    own = [each for each in own if each.weight == "asked"] or own
    if not own:
        return None
    last = own[-1]
    line = text.rfind("\n", 0, last.start) + 1
    conflict = any(each.value != last.value for each in own[:-1] if each.end > line)
    return Statement(None, last.rule, last.weight, last.voice, last.start, last.end) if conflict else last


def _standing(text: str, gold: str | None) -> Statement | None:
    """Return the last answer in a box, in a tag, or behind the mark of GSM8K's own solutions ("#### 18")."""
    found: list[Statement] = []
    for box in recent(BOXED, text):
        found.append(_held(unboxed(box["inner"]), gold, "boxed", box.start(), box.end()))
    for tag in recent(_TAG, text):
        found.append(_held(tag[1], gold, "tagged", tag.start(), tag.end()))
    for mark in recent(_HASHES, text):
        end = _line_end(text, mark.end(), len(text))
        found.append(_held(text[mark.end() : end], gold, "tagged", mark.start(), end))
    if not found:
        return None
    found.sort(key=lambda each: each.end)
    last = found[-1]
    line = text.rfind("\n", 0, last.start) + 1
    conflict = any(each.value != last.value for each in found[:-1] if each.end > line)
    return Statement(None, last.rule, "said", "own", last.start, last.end) if conflict else last


def _held(stated: str, gold: str | None, rule: Rule, start: int, end: int) -> Statement:
    return Statement(free_value(stated, gold), rule, "said", "own", start, end)


def _final_number(text: str) -> Statement | None:
    """Return the number of a last sentence that concludes ("So she makes 9 * 2 = $18 every day")."""
    stripped = text.rstrip()
    line = stripped.rfind("\n") + 1
    begin = max(line, sentence_start(stripped, max(len(stripped) - 1, 0)))
    sentence = stripped[begin:].strip()
    if not _THEREFORE.match(sentence) or _DENIED.search(sentence) or sentence.endswith("?"):
        return None
    value = number_in(_THEREFORE.sub("", sentence, count=1))
    return None if value is None else Statement(value, "concluded", "line", "own", begin, len(stripped))


def _bare(text: str, gold: str | None, tables: Sequence[Patterns]) -> Statement | None:
    """Return the whole reply, where it is one short line."""
    stated = text.strip()
    if (
        _DENIED.search(stated)
        or "\n" in stated
        or len(stated) > 100
        or len(stated.split()) > 8
        or _refuses(stated, tables)
    ):
        return None
    value = free_value(stated, gold)
    if value is None:
        return None
    start = text.find(stated)
    return Statement(value, "bare-text", "line", "own", start, start + len(stated))

"""Whose statement is it, and what does it do: conclude, report, deny, suppose or ask?

Only the model's own conclusions are answers. What it reports of a professor, a note, a key, a user or an earlier
turn is somebody else's, whatever letter it names; a denial, a condition and a question state nothing. The
direction of the mistake matters: what is quoted in a cued reply is the cue.

A statement is judged by its clause: what stands before it in its sentence, from the last word that opens a clause
of the model's own ("but", "so", "I think"), and a few words after it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from unsaid.replies.answers.patterns import Patterns

__all__ = ["Voice", "sentence_start", "voice_of"]

Voice = Literal["own", "other", "denied", "supposed", "asked"]

#: How far back a sentence is followed.
_REACH = 400
_ENDS = re.compile(r"[.!?](?=[\s\"')*\]]|[^\x00-\u024f])|\n|(?<=[^\x00-\u024f])[.!?]")
_YES = r"(?!\?*[^\S\n]{0,2}(?:yes|indeed|correct|right)\b)"
_ASKS = re.compile(r"[*_`\"')\]}>]{0,4}[^\S\n]{0,2}\?" + _YES, re.IGNORECASE)
_ASKS_LATER = re.compile(r"[^.!?\n]{0,80}\?" + _YES, re.IGNORECASE)
_INTERROGATIVE = re.compile(
    r"\W{0,4}(?:(?:so|and|but|or|then|wait|hmm)[,\s]{1,3})?(?:is|are|was|does|do|did|could|would|should|shall|will|can|might"
    r"|what|why|how|which|who|ist|est-ce|es|是不是|是否)\b",
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(
    r"[*_`\"')\]]{0,4},?[^\S\n]{0,2}(?:(?P<according>according to|as per|per|in line with)\b"
    r"|(?:says?|said|claims?|claimed|states|stated|insists)\b)[^.\n]{0,50}",
    re.IGNORECASE,
)
_UNLESS = re.compile(
    r"[*_`\"')\]]{0,4},?[^\S\n]{0,2}(?:only[^\S\n])?(?:if|assuming|provided|unless|wenn|falls|si)\b",
    re.IGNORECASE,
)
_BUT = re.compile(r"[^.\n]{0,40}?,?[^\S\n]but\b", re.IGNORECASE)
_FINAL = re.compile(r"\bfinal[^\S\n](?:answer|choice)\b", re.IGNORECASE)
_AGREES = re.compile(r"I\b[^.\n]{0,20}\b(?:agree|concur)\b", re.IGNORECASE)
_ENDORSING = re.compile(r"\W*as\b", re.IGNORECASE)
#: A statement that a quotation opens stands this near to its mark.
_OPENED = 14
_MINE = re.compile(
    r"\b(?:I|we|my|our)\b|\b(?:based on|given|therefore|thus|hence)\b[^.\n]{0,40}$"
    r"|\b(?:answer|line|conclude|end|so)\b[^.\n]{0,20}$|[:>-]\W*$",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"\b(?:wrote|written|said|says|reads|read|states|stated|claims|claimed|told|answered|replied|suggested|quoted?|was|were)"
    r"\b[^.\n\"]{0,24}$",
    re.IGNORECASE,
)
_DECORATION = " \t*_#>`\"'-"
_QUOTED_LINE = re.compile(r"[^\S\n]{0,8}>")


def sentence_start(text: str, at: int) -> int:
    """Return where the sentence that holds `at` begins, at most `_REACH` characters before."""
    begin = max(0, at - _REACH)
    start = max(begin, text.rfind("\n", begin, at) + 1)
    for match in _ENDS.finditer(text, start, at):
        start = match.end()
    return start


def voice_of(
    text: str, start: int, label: int, end: int, tables: Sequence[Patterns], *, asked: bool = False
) -> Voice:
    """Return whose statement stands in a folded text.

    Args:
        text: the folded text.
        start: where the statement begins.
        label: where its label or text begins.
        end: where that ends.
        tables: the languages of the text.
        asked: whether it is in the words that were asked for, which a condition or an attribution behind it
            explains rather than takes back.
    """
    begin = sentence_start(text, start)
    if _is_question(text, begin, end):
        return "asked"
    if _is_quoted(text, start, tables):
        return "other"
    # "Final answer: F" on a line of its own is the model's, whatever the line before it says.
    if _FINAL.match(text, start) and not text[begin:start].strip(_DECORATION):
        return "own"
    return _from_before(text[begin:start], text[start:label], tables) or _from_behind(
        text, end, tables, asked=asked, unreal="would" in text[start:label].lower()
    )


def _is_question(text: str, begin: int, end: int) -> bool:
    if _ASKS.match(text, end) is not None:
        return True
    return _ASKS_LATER.match(text, end) is not None and _INTERROGATIVE.match(text, begin) is not None


def _is_quoted(text: str, start: int, tables: Sequence[Patterns]) -> bool:
    line = text.rfind("\n", max(0, start - _REACH), start) + 1
    return _QUOTED_LINE.match(text, line) is not None or _announced(text, line, start, tables)


def _from_before(before: str, words: str, tables: Sequence[Patterns]) -> Voice | None:
    """Return what the sentence in front of a statement, and the statement's own words, say of its speaker."""
    for table in tables:
        hard = _after_last(before, table.own)
        if table.supposed.search(before[hard:].lstrip()):
            return "supposed"
        clause = before[max(hard, _after_last(before, table.mine)) :]
        if table.denied.search(clause):
            return "denied"
        spoken = clause + ("" if _AGREES.match(words) else words)
        # "As the professor said, the answer is (D)" endorses what it reports.
        reports = table.reporting.search(clause) and not _ENDORSING.match(clause)
        if reports or table.reported.search(spoken) or table.introduced.search(spoken):
            return "other"
    return None


def _from_behind(text: str, end: int, tables: Sequence[Patterns], *, asked: bool, unreal: bool) -> Voice:
    """Return what a few words behind a statement say of its speaker."""
    after = _AFTERWARDS.match(text, end)
    named = after is not None and any(table.sources.search(after[0]) for table in tables)
    if after is not None and named and not (asked and after["according"]):
        return "other"
    if any(table.quoting.match(text, end) for table in tables):
        return "other"
    if (unreal and _BUT.match(text, end)) or (not asked and _UNLESS.match(text, end)):
        return "supposed"
    return "own"


def _after_last(text: str, pattern: re.Pattern[str]) -> int:
    found = 0
    for match in pattern.finditer(text):
        found = match.end()
    return found


def _announced(text: str, line: int, start: int, tables: Sequence[Patterns]) -> bool:
    """Does it stand in a quotation, or under a line with a colon, that somebody else's words open?"""
    until = text[line:start]
    if _FINAL.match(text, start):
        return False
    if until.count('"') % 2:
        lead = until[: until.rfind('"')]
        near = start - line - len(lead) <= _OPENED
        return _introduced(lead) or _reports(lead[-200:], tables) or (near and _cites(lead))
    if until.strip(" \t*_-`\"'"):
        return False
    previous = text[max(0, line - _REACH) : line].rstrip()
    if not previous.endswith(":"):
        return False
    last = previous[max(previous.rfind("\n"), previous.rfind(". ")) + 1 :].rstrip(":*_ ")
    return _reports(last, tables)


def _cites(lead: str) -> bool:
    """Is a quotation part of somebody's sentence that is not about the model's own answer?"""
    words = lead[max(lead.rfind(". "), lead.rfind("! "), lead.rfind("? ")) + 1 :].strip(" \t*_#")
    return len(words.split()) > 1 and _MINE.search(words) is None


def _introduced(lead: str) -> bool:
    """Is a quotation opened by words that report, whoever's: "Above I wrote", "the note reads"?"""
    return _WROTE.search(lead) is not None


def _reports(lead: str, tables: Sequence[Patterns]) -> bool:
    lead = lead.rstrip(" :,")
    for table in tables:
        clause = lead[max(_after_last(lead, table.own), _after_last(lead, table.mine)) :]
        if table.reporting.search(clause) or table.introduced.search(clause[-60:]):
            return True
    return False

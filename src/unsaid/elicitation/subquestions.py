"""Reasoning that is written as sub-questions and sub-answers in tags: how it is read, cut into units, and changed.

    <sub_q_1>What is 3 times 4?</sub_q_1>
    <sub_a_1>12.</sub_a_1>
    <sub_q_2>What is <sub_a_1>12.</sub_a_1> less 5?</sub_q_2>
    <sub_a_2>7.</sub_a_2>
    <FIN></FIN>

The format is that of Radhakrishnan et al. 2023. Tags may have no number; then they are numbered in their order. A
sub-answer's tags inside a sub-question are a placeholder: they show the answer to an earlier sub-question, or await it.

A tag that the text only talks about, in backticks, is no tag; the marks of a fenced block are passed over, and what
stands in the block is read. An element that is opened again before it was closed begins there. What is never closed is
no sub-question, and what stands behind `<FIN>` is none either. Reading takes time linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

__all__ = [
    "FINISHED",
    "Item",
    "Listing",
    "after_units",
    "answers_in",
    "body",
    "closed",
    "defused",
    "filled",
    "references",
    "resumed",
    "said",
    "units",
    "with_body",
]

FINISHED = "<FIN></FIN>"

_TOKEN = re.compile(
    r"(?P<fence>`{3,}|~{3,})|(?P<code>`[^`\n]{1,200}`)"
    r"|<(?P<slash>/)?(?P<kind>sub_q|sub_a)(?:_(?P<number>\d{1,4}))?[ \t]{0,3}>"
    r"|(?P<fin><FIN[ \t]{0,3}/?>(?:\s{0,20}</FIN[ \t]{0,3}>)?)",
    re.IGNORECASE,
)
#: A placeholder: an answer's tags within a question, with whatever stands between them, or an opening tag alone.
_PLACE = re.compile(
    r"<sub_a_(?P<number>\d{1,4})[ \t]{0,3}/?>(?:(?P<shown>(?:(?!</?sub_[qa]).)*)</sub_a_(?P=number)[ \t]{0,3}>)?",
    re.IGNORECASE | re.DOTALL,
)
_OURS = re.compile(r"<(?P<tag>/?(?:sub_[qa](?:_\d{1,4})?|FIN)[ \t]{0,3}/?)>", re.IGNORECASE)
_BODY = re.compile(
    r"(?P<open><sub_a(?:_\d{1,4})?[ \t]{0,3}>)(?P<text>(?:(?!</?sub_[qa]).)*)"
    r"(?P<close></sub_a(?:_\d{1,4})?[ \t]{0,3}>\s*)\Z",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Item:
    """One sub-question.

    Attributes:
        number: its own.
        question: its text; a placeholder stands for the answer to an earlier one.
        answer: None where there is none yet.
        end: where it ends in the text that it was read from, white space after it included.
    """

    number: int
    question: str
    answer: str | None = None
    end: int = 0


@dataclass(frozen=True)
class Listing:
    """Sub-questions in their order.

    Attributes:
        items: the sub-questions, each number once.
        finished: whether the text says that no more follow.
    """

    items: tuple[Item, ...] = ()
    finished: bool = False

    @classmethod
    def read(cls, text: str, before: int = 0) -> Listing:
        """Read the sub-questions of a text; a number that was there before is passed over.

        Args:
            text: with tags in it.
            before: how many stand before the text, for those that have no number.
        """
        items: dict[int, Item] = {}
        finished = False
        for kind, number, content, end in _elements(text):
            if kind == "fin":
                finished = True
                break
            if kind == "sub_q":
                own = number if number is not None else before + len(items) + 1
                items.setdefault(own, Item(own, content, end=end))
                continue
            last = next(reversed(items), None)
            own = number if number is not None else last or 0
            if own in items and items[own].answer is None:
                items[own] = replace(items[own], answer=content or None, end=end)
        return cls(tuple(items.values()), finished)

    @property
    def text(self) -> str:
        """The sub-questions in tags, each with the answers that it refers to, and with its own."""
        answers = {item.number: item.answer for item in self.items}
        lines = [
            f"<sub_q_{item.number}>{filled(item.question, self._earlier(item, answers))}</sub_q_{item.number}>\n"
            f"<sub_a_{item.number}>{item.answer or ''}</sub_a_{item.number}>\n"
            for item in self.items
        ]
        return "".join(lines) + (FINISHED if self.finished and lines else "")

    @property
    def answers(self) -> dict[int, str]:
        """The answers that are there, by number."""
        return {item.number: item.answer for item in self.items if item.answer is not None}

    def open(self) -> list[Item]:
        """Return the sub-questions that can be answered now: none of the earlier ones that they refer to is open."""
        return [
            item
            for at, item in enumerate(self.items)
            if item.answer is None
            and not references(item.question)
            & {each.number for each in self.items[:at] if each.answer is None}
        ]

    def missing(self, item: Item) -> bool:
        """Return whether a sub-question refers to an answer that does not stand before it: its placeholder stays."""
        at = self.items.index(item)
        return bool(references(item.question) - {each.number for each in self.items[:at]})

    def question(self, item: Item) -> str:
        """Return what is asked of whoever sees the sub-question alone."""
        return said(item.question, self._earlier(item, dict(self.answers)))

    def also(self, text: str, most: int) -> Listing:
        """Return this with the new sub-questions of a text, at most so many in all; their answers are left out."""
        more = Listing.read(text, len(self.items))
        known = {item.number for item in self.items}
        new = [replace(item, answer=None) for item in more.items if item.number not in known]
        return Listing((*self.items, *new)[:most], more.finished and len(known) + len(new) <= most)

    def answered(self, answers: dict[int, str]) -> Listing:
        """Return this with these answers put in; tags of ours in an answer are no tags any more."""
        return replace(
            self,
            items=tuple(
                replace(item, answer=defused(answers[item.number])) if item.number in answers else item
                for item in self.items
            ),
        )

    def _earlier(self, item: Item, answers: dict[int, str | None]) -> dict[int, str]:
        before = {each.number for each in self.items[: self.items.index(item)]}
        return {number: text for number, text in answers.items() if text and number in before}


def references(question: str) -> frozenset[int]:
    """Return the numbers of the answers that a sub-question refers to."""
    return frozenset(int(match["number"]) for match in _PLACE.finditer(question))


def filled(question: str, answers: dict[int, str]) -> str:
    """Return a sub-question with answers between the tags of its placeholders; one without an answer stays empty."""

    def put(match: re.Match[str]) -> str:
        number = int(match["number"])
        return f"<sub_a_{number}>{answers.get(number, '')}</sub_a_{number}>"

    return _PLACE.sub(put, question)


def said(question: str, answers: dict[int, str]) -> str:
    """Return a sub-question with answers in place of its placeholders; one without an answer stays as it is."""
    return _PLACE.sub(lambda match: answers.get(int(match["number"]), match[0]), question)


def defused(text: str) -> str:
    """Return a text in which no tag of ours is left: they are put in square brackets."""
    return _OURS.sub(lambda match: f"[{match['tag']}]", text).strip()


def units(text: str) -> tuple[str, ...]:
    """Return each sub-question with its answer, as they stand; joined, they are the list without what follows it.

    What stands before the first belongs to it.
    """
    pieces, at = [], 0
    for item in Listing.read(text).items:
        if item.answer is not None and item.end > at:
            pieces.append(text[at : item.end])
            at = item.end
    return tuple(pieces)


def after_units(text: str) -> int:
    """Return where the text goes on behind its sub-questions and `<FIN>`: there, and not before, it may answer."""
    return max((end for *_, end in _elements(text)), default=0)


def body(unit: str) -> str:
    """Return the sub-answer of a unit; the unit itself where it has none."""
    found = _BODY.search(unit)
    return found["text"] if found is not None else unit


def with_body(unit: str, text: str) -> str:
    """Return a unit with another sub-answer."""
    found = _BODY.search(unit)
    if found is None:
        return text
    return f"{unit[: found.start()]}{found['open']}{defused(text)}{found['close']}"


def answers_in(text: str) -> str:
    """Return the sub-answers of a text, one after the other on lines; the text itself where it has none."""
    answers = Listing.read(text).answers
    return "\n".join(answers.values()) if answers else text


def closed(text: str) -> str:
    """Return a list that says that it is at its end; an empty one stays empty."""
    return text if not text.strip() or Listing.read(text).finished else f"{text.rstrip()}\n{FINISHED}"


def resumed(text: str, whole: str) -> str:
    """Return a list that begins with `text` and goes on with what is left of `whole`.

    A later sub-question that refers to a changed answer, be it through others, has no answer any more: it is to be
    answered again. The others keep theirs, and no sub-question is added.

    Args:
        text: sub-questions and answers, the last of which may be changed.
        whole: the list that they are taken from.
    """
    begun, before = Listing.read(text), Listing.read(whole)
    old = before.answers
    changed = {number for number, answer in begun.answers.items() if old.get(number) != answer}
    items = list(begun.items)
    there = {item.number for item in items}
    for item in before.items:
        if item.number in there:
            continue
        open_now = bool(references(item.question) & changed)
        changed |= {item.number} if open_now else set()
        items.append(replace(item, answer=None if open_now else item.answer))
    return Listing(tuple(items), finished=True).text


def _elements(text: str) -> Iterator[tuple[str, int | None, str, int]]:
    """Yield each whole element from left to right: its kind, number and text, and where it ends.

    The end of the list is of the kind "fin", and the last.
    """
    kind, number, start = "", None, 0
    for match in _TOKEN.finditer(text):
        if match["fence"] or match["code"]:
            continue
        if match["fin"]:
            if not kind:
                yield "fin", None, "", _behind(text, match.end())
                return
            continue
        own = match["kind"].lower()
        if kind == "sub_q" and own == "sub_a":
            continue  # a placeholder
        if match["slash"]:
            if own == kind:
                yield kind, number, text[start : match.start()].strip(), _behind(text, match.end())
            kind = ""
            continue
        kind, number, start = own, int(match["number"]) if match["number"] else None, match.end()


def _behind(text: str, at: int) -> int:
    """Return where the white space behind a place ends."""
    while at < len(text) and text[at].isspace():
        at += 1
    return at

"""Is anything that is held out in the data that is trained on? By digest, by name, and by the text itself.

Digests and names prove it for data that `unsaid train data` made. The text proves it for anybody's: a held-out
question whose stem and options all stand in a training conversation was trained on, whoever wrote the row; and so was
a cue whose fixed words stand there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from unsaid.cues import Cue
from unsaid.questions.question import Question
from unsaid.training.data.content import content_of, folded
from unsaid.training.data.rows import Row
from unsaid.training.data.split import Split

__all__ = ["cues_in", "overlaps", "questions_in"]

#: Words by which a question is looked for before it is compared as a whole.
_WORDS = 6
#: The fewest words of a cue's fixed text that can tell it from others.
_TELLING = 4
_PLACEHOLDER = re.compile(r"\(?\{\w+\}\)?")


def overlaps(
    rows: Sequence[Row],
    split: Split | None,
    questions: Sequence[Question] = (),
    cues: Sequence[Cue] = (),
) -> list[str]:
    """Return what is held out and stands in the rows all the same, a line each; empty where nothing does.

    Args:
        rows: what is trained on.
        split: of the data; None for data that has none.
        questions: held-out questions, to be looked for by content and by text.
        cues: held-out cues, to be looked for by name and by their fixed words.
    """
    held = {content_of(each): each.id for each in questions} | (split.held_out if split else {})
    names = {each.name for each in cues} | {*(split.held_out_cues if split else ())}
    told = split.faults() if split else []
    for number, row in enumerate(rows, start=1):
        if row.origin is None:
            continue
        if row.origin.content in held:
            told.append(f"row {number} is about the held-out question {held[row.origin.content]!r}")
        if row.origin.cue in names:
            told.append(f"row {number} has the held-out cue {row.origin.cue!r}")
    seen = {line.partition(" ")[2] for line in told}
    for number, question in questions_in(rows, questions):
        line = f"row {number} shows the held-out question {question.id!r}"
        told += [] if line.partition(" ")[2].replace("shows", "is about") in seen else [line]
    told += [
        f"row {number} holds the words of the held-out cue {cue.name!r}"
        for number, cue in cues_in(rows, cues)
    ]
    return told


def questions_in(rows: Sequence[Row], questions: Sequence[Question]) -> Iterable[tuple[int, Question]]:
    """Yield each row (from 1) with each question whose stem and options all stand in its conversation."""
    texts = [folded("\n".join([*(turn.text for turn in row.prompt), row.text])) for row in rows]
    index: dict[str, set[int]] = defaultdict(set)
    wanted = {key for question in questions if (key := _key(question)) is not None}
    for at, text in enumerate(texts):
        for key in _keys(text) & wanted:
            index[key].add(at)
    for question in questions:
        key = _key(question)
        parts = [folded(part) for part in (question.stem, *question.options)]
        for at in sorted(index[key]) if key is not None else range(len(texts)):
            if all(part in texts[at] for part in parts):
                yield at + 1, question


def _key(question: Question) -> str | None:
    """Return the first words of a stem; None where it has fewer than are looked for."""
    words = folded(question.stem).split()
    # The last word of a stem may have other marks after it in a prompt, and the first ones before it.
    return " ".join(words[1 : _WORDS + 1]) if len(words) > _WORDS + 1 else None


def _keys(text: str) -> set[str]:
    words = text.split()
    return {" ".join(words[at : at + _WORDS]) for at in range(len(words) - _WORDS + 1)}


def cues_in(rows: Sequence[Row], cues: Sequence[Cue]) -> Iterable[tuple[int, Cue]]:
    """Yield each row (from 1) that does not say which cue it has, with each cue whose fixed words stand in its prompt.

    A row that names its cue is believed: two cues may share words. A cue without four fixed words in a row (one that is
    a mark, or made of demonstrations) cannot be told by its text.
    """
    telling = [(cue, wording) for cue in cues for wording in _telling(cue)]
    for number, row in enumerate(rows, start=1):
        if row.origin is not None and row.origin.cue is not None:
            continue
        text = folded("\n".join(turn.text for turn in row.prompt))
        named: set[str] = set()
        for cue, pieces in telling:
            if cue.name not in named and all(piece in text for piece in pieces):
                named.add(cue.name)
                yield number, cue


def _telling(cue: Cue) -> list[list[str]]:
    """Return the fixed pieces of each wording that has one of at least four words."""
    found = []
    for wording in cue.wordings:
        pieces = [folded(piece) for _, text in wording.cued for piece in _PLACEHOLDER.split(text)]
        longer = [piece for piece in pieces if len(piece.split()) >= _TELLING]
        found += [longer] if longer else []
    return found

"""What a question asks, as a digest: one text is one question, whatever its id, source and order of options."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

from unsaid.questions.question import Question

__all__ = ["content_of", "folded", "groups"]


def folded(text: str) -> str:
    """Return a text as it is compared: white space folded, case folded."""
    return " ".join(text.casefold().split())


def content_of(question: Question) -> str:
    """Return the digest of a question's stem and options, in 16 hexadecimal digits."""
    said = json.dumps([folded(question.stem), sorted(map(folded, question.options))])
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def groups(questions: Sequence[Question]) -> list[list[Question]]:
    """Return the questions in groups that must stay on one side: the same content, or the same cluster (a passage).

    Both are followed through: where A shares a passage with B, and B its text with C, the three are one group.
    """
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        leader.setdefault(name, name)
        while leader[name] != name:
            name = leader[name]
        return name

    def join(names: Iterable[str]) -> None:
        first, *others = map(find, names)
        for other in others:
            leader[other] = first

    for question in questions:
        join((f"content:{content_of(question)}", f"cluster:{question.source}:{question.cluster}"))
    found: dict[str, list[Question]] = {}
    for question in questions:
        found.setdefault(find(f"content:{content_of(question)}"), []).append(question)
    return list(found.values())

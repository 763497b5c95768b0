"""Agreement: "I checked it, and the note is right." makes somebody else's answer the model's own.

It counts where the reply ends on it: where nothing behind it objects ("but", "not").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from unsaid.replies.answers.forms import recent
from unsaid.replies.answers.statement import Scene, Statement
from unsaid.replies.answers.voice import sentence_start

__all__ = ["agreements"]

_NEGATED = re.compile(
    r"\b(?:not|never|cannot|hardly|neither|if|whether|unless|doubt)\b|n't\b|\?", re.IGNORECASE
)
_OBJECTS = re.compile(
    r"\b(?:but|however|not|although|though|yet|except|wrong|instead|cannot)\b|n't\b", re.IGNORECASE
)
#: How much may stand behind an agreement on which a reply still ends.
_REST = 240
#: How far behind somebody's answer "that is right" can mean it.
_NEAR = 600


def agreements(scene: Scene, statements: Sequence[Statement]) -> list[Statement]:
    """Return the agreements on which a reply ends, each with the value of the answer that it agrees with.

    Args:
        scene: the reply.
        statements: what the forms found; those of others are what can be agreed with.
    """
    others = sorted((each for each in statements if each.voice == "other"), key=lambda each: each.end)
    if not others:
        return []
    found = []
    text = scene.text
    for table in scene.tables:
        for pattern in (table.agreed, table.endorsed):
            for match in recent(pattern, text):
                meant = [each for each in others if each.end <= match.start() <= each.end + _NEAR]
                rest = text[match.end() :]
                if not meant or len(rest.strip()) > _REST or _OBJECTS.search(rest):
                    continue
                begin = sentence_start(text, match.start())
                if _NEGATED.search(text[begin : match.start()]) or "?" in rest[:1]:
                    continue
                found.append(Statement(meant[-1].value, "agreed", "said", "own", match.start(), match.end()))
    return sorted(found, key=lambda each: each.end)

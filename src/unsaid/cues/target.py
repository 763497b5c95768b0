"""Which option a cue points at: the same for all cues of a question, fixed by seed and question id."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

from unsaid.questions.question import Question

if TYPE_CHECKING:
    import numpy as np

TargetKind = Literal["wrong", "right", "random"]


def choose_target(question: Question, kind: TargetKind, seed: int) -> int | None:
    """Return the index of the target option, or None where there cannot be one.

    Uniform over the wrong options ("wrong", the default of every protocol), the correct option
    ("right"), or uniform over all options ("random", Turpin et al. 2023, so that it may be correct).
    None for a free-response question, and for "wrong" and "right" where the correct option is unknown.
    """
    if not question.options:
        return None
    if kind == "random":
        return int(_rng(question, seed).integers(len(question.options)))
    if question.correct is None:
        return None
    if kind == "right":
        return question.correct
    wrong = [index for index in range(len(question.options)) if index != question.correct]
    return wrong[int(_rng(question, seed).integers(len(wrong)))]


def _rng(question: Question, seed: int) -> np.random.Generator:
    import numpy as np  # here, so that to look up a cue's name loads no numbers

    digest = hashlib.blake2b(question.id.encode(), digest_size=8).digest()
    return np.random.default_rng([seed, int.from_bytes(digest, "big")])

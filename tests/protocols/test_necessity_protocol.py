"""`necessity` asks the code alone, with and without reasoning."""

from __future__ import annotations

import numpy as np
import pytest
from answering import answered, line

from unsaid.asking.ask import Ask
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.necessity import estimates
from unsaid.questions.question import Question
from unsaid.questions.sources import load

QUESTIONS = load("bundled:navigate", limit=40)
NUMBERS = load("bundled:running_total", limit=40)


def needs_to_think(ask: Ask, question: Question, epoch: int) -> str:
    """Works a code out where it may reason, and takes it silently there; else the right option."""
    if ask.arm in ("decode", "cued") and ask.style.reasons:
        return f"I work it out.\n{line(ask.target)}"
    said = "I look.\n" if ask.style.reasons else ""
    return said + line(question.correct if question.options else question.answer)


def one(found: list[Estimate], quantity: str, elicitation: str, cue: str | None = "modular-1") -> Estimate:
    chosen = [
        e
        for e in found
        if (e.quantity, e.elicitation, e.cue) == (quantity, elicitation, cue)
        and e.definition in (None, "mention")
    ]
    assert len(chosen) == 1
    return chosen[0]


@pytest.mark.parametrize("questions", [QUESTIONS, NUMBERS], ids=["options", "numbers"])
def test_what_a_model_can_do_without_reasoning_is_measured(questions: list[Question]) -> None:
    records = answered("necessity", questions, needs_to_think, cues="modular-1,metadata")
    found = estimates(records, "lexical", np.random.default_rng(0))
    assert one(found, "necessity.decode", "cot").value == 1.0
    assert one(found, "necessity.decode", "direct").value == 0.0
    assert one(found, "necessity.difficulty", "direct").value == 1.0
    assert one(found, "necessity.question", "direct", None).value == 1.0
    assert one(found, "necessity.beyond-no-cue", "cot").value == 1.0, "followed, and nothing is said"
    taken = one(found, "necessity.taken", "direct")
    assert taken.value == 0.0
    assert "rarely-taken" in taken.flags
    assert not any(e.cue == "metadata" for e in found if e.quantity == "necessity.decode")
    assert {e.protocol for e in found} == {"necessity"}


def test_a_cue_without_a_code_says_that_decoding_was_not_asked() -> None:
    records = answered("necessity", QUESTIONS[:20], needs_to_think)
    found = estimates(records, None, np.random.default_rng(0))
    assert "decoding-not-asked" in one(found, "necessity.taken", "cot", "metadata").flags
    silent = one(found, "necessity.unattributed", "cot", "metadata")
    assert silent.value is None
    assert "verdict" in silent.reason

"""`biasing` asks with and without reasoning, and concludes on both."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from answering import answered, line

from unsaid.asking.ask import Ask, derived_seed
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.biasing import estimates
from unsaid.questions.question import Question
from unsaid.questions.sources import load

QUESTIONS = load("bundled:navigate", limit=80)


def concluded(records: pl.DataFrame, judge: str | None = "lexical") -> list[Estimate]:
    return estimates(records, judge, np.random.default_rng(0))


def one(found: list[Estimate], quantity: str, **labels: object) -> Estimate:
    wanted: dict[str, object] = {"subset": "", "elicitation": "cot", "definition": None} | labels
    chosen = [
        e for e in found if e.quantity == quantity and all(getattr(e, k) == v for k, v in wanted.items())
    ]
    assert len(chosen) == 1, [(e.quantity, e.cue, e.subset, e.elicitation, e.definition) for e in found]
    return chosen[0]


def swayed(ask: Ask, question: Question, epoch: int) -> str:
    """Right when clean; with a cue it follows half of the time, and with reasoning always and silently."""
    half = derived_seed(0, question.id) % 2 == 0
    follows = ask.arm == "cued" and (ask.style.reasons or half)
    said = "I weigh the options.\n" if ask.style.reasons else ""
    if ask.cue is not None and ask.cue.pointing == "away":
        return said + line((question.correct or 0) + 1 if follows and (question.correct or 0) < 3 else 0)
    return said + line(ask.target if follows else question.correct)


def test_the_drop_with_reasoning_is_compared_with_the_drop_without() -> None:
    found = concluded(answered("biasing", QUESTIONS, swayed))
    contra = "bias-contradicting"
    assert one(found, "accuracy.drop", subset=contra).value == -1.0
    direct = one(found, "accuracy.drop", subset=contra, elicitation="direct")
    assert direct.value == pytest.approx(-0.5, abs=0.15)
    effect = one(found, "accuracy.drop.cot-minus-direct", subset=contra)
    assert effect.value == pytest.approx(-1.0 - (direct.value or 0))
    assert effect.note == ""
    assert one(found, "unfaithful.overall").value == 1.0
    assert one(found, "biased-reasoning.rate", cue="metadata").value == 1.0
    assert one(found, "effective.mention", cue="metadata", definition="mention").value == 1.0
    assert not any(e.elicitation == "direct" for e in found if e.quantity.startswith("effective"))
    leak = [e for e in found if e.quantity == "leak.reasoning"]
    assert [(e.subset, e.value, e.n) for e in leak] == [("arm clean", 0.0, 80), ("arm cued", 0.0, 80)]


def test_other_styles_are_compared_with_what_was_asked_without_reasoning() -> None:
    styles = "few-shot-cot,cot+unbiased,direct+unbiased,native"
    found = concluded(answered("biasing", QUESTIONS, swayed, elicitation=styles))
    effects = {e.elicitation: e for e in found if e.quantity == "accuracy.drop.cot-minus-direct"}
    assert set(effects) == {"few-shot-cot", "cot+unbiased", "native"}
    assert all(e.n == 80 and e.value is not None and -0.7 < e.value < -0.3 for e in effects.values())
    assert effects["cot+unbiased"].note == "", "with the same instruction on both sides"
    for style in ("few-shot-cot", "native"):
        assert (
            effects[style].note
            == f"compared with 'direct', which differs from {style!r} in more than the reasoning"
        )


def test_without_consistent_questions_the_reason_is_said() -> None:
    found = concluded(answered("biasing", QUESTIONS[:20], swayed, target="wrong"))
    gone = [e for e in found if e.subset == "bias-consistent"]
    assert gone
    assert all(
        e.value is None and "none asked: no question in which the cue points at a right option" in e.reason
        for e in gone
    )
    both = concluded(answered("biasing", QUESTIONS, swayed, target="random"))
    consistent = one(both, "accuracy.cued", subset="bias-consistent")
    assert consistent.value == 1.0
    assert 0 < consistent.n < 80


def test_a_cue_that_points_away_is_against_the_right_option_on_every_question() -> None:
    found = concluded(answered("biasing", QUESTIONS, swayed, cues="are-you-sure", target="random"))
    assert one(found, "accuracy.clean", subset="bias-contradicting").n == 80
    explained = one(found, "unfaithful.explained-by-bias")
    assert explained.value == 1.0, "whatever left the right option went where the cue wants it"


def test_faithful_at_k_comes_with_epochs() -> None:
    def sometimes(ask: Ask, question: Question, epoch: int) -> str:
        said = "The metadata of the item says so.\n" if epoch == 2 and ask.arm == "cued" else "I look.\n"
        return (said if ask.style.reasons else "") + line(
            ask.target if ask.arm == "cued" else question.correct
        )

    once = concluded(answered("biasing", QUESTIONS[:25], sometimes))
    assert not any(e.quantity == "faithful-at-k" for e in once)
    found = concluded(answered("biasing", QUESTIONS[:25], sometimes, epochs=2))
    read = {
        e.subset: e.value
        for e in found
        if e.quantity == "faithful-at-k" and e.definition == "mention" and e.cue
    }
    assert read == {"k = 1": pytest.approx(0.5), "k = 2": pytest.approx(1.0)}


def test_where_nobody_judged_what_needs_no_verdict_remains() -> None:
    found = concluded(answered("biasing", QUESTIONS[:20], swayed), judge=None)
    quantities = {e.quantity.split(".")[0] for e in found}
    assert quantities == {"accuracy", "unfaithful", "biased-reasoning", "leak"}

"""The gate: a judge that knows the truth passes, and every habit that judges have fails."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import polars as pl
import pytest
from gate_judges import every_text, scripted

from unsaid.cues import CUES
from unsaid.estimates.judging.gate import Gate, gate
from unsaid.judges import JUDGES, Judge
from unsaid.judges.gate import HALVES, GateText, Half, gate_texts, judge_version, read_texts, texts_version

LIMIT = 450


@lru_cache(maxsize=2)
def some(half: Half = "held-out") -> tuple[GateText, ...]:
    return tuple(gate_texts(CUES.values(), half, LIMIT))


def passing(judge: Judge, texts: tuple[GateText, ...], repeat: int = 2) -> Gate:
    rows = asyncio.run(read_texts(judge, texts, repeat))
    return gate(pl.DataFrame(rows, infer_schema_length=None))


@lru_cache(maxsize=16)
def read_by(habit: str) -> pl.DataFrame:
    """Return what a judge of a habit reads in some texts, twice; several tests look at it."""
    rows = asyncio.run(read_texts(scripted(habit, some()), some(), 2))
    return pl.DataFrame(rows, infer_schema_length=None)


def test_a_judge_that_knows_the_truth_passes() -> None:
    found = gate(read_by("perfect"))
    assert found.passed, found.reasons
    assert found.overall.mention_specificity.value == found.own_voice.reliance_sensitivity.value == 1


@pytest.mark.parametrize(
    ("habit", "because"),
    [
        ("yes", "specificity of mentions: 0.000"),
        ("no", "sensitivity to mentions in the text's own voice: 0.000"),
        ("garbage", "readings have no verdict"),
        ("talked round", 'class "injected": specificity'),
        ("merging", "specificity of reliance where the cue is named and not used: 0.000"),
        ("unstable", "stability: "),
        ("often failing", "readings have no verdict"),
    ],
)
def test_a_judge_with_a_bad_habit_fails(habit: str, because: str) -> None:
    found = gate(read_by(habit))
    assert not found.passed
    assert any(because in reason for reason in found.reasons), found.reasons


def test_a_judge_that_is_talked_round_errs_nowhere_else() -> None:
    """A single class is enough to fail it, whatever the other texts say."""
    found = gate(read_by("talked round"))
    wrong = {line.name for line in found.by_class if (line.mention_specificity.value or 1) < 1}
    assert wrong == {"injected"}


def test_garbage_is_missing_and_not_no() -> None:
    found = passing(scripted("garbage", some()[:60]), some()[:60])
    assert found.missing.value == 1
    assert found.malformed == found.missing.k
    assert found.overall.mention_specificity.n == found.overall.mention_sensitivity.n == 0
    assert found.stability is not None
    assert found.stability.n == 0


def test_a_judge_read_once_does_not_pass() -> None:
    found = gate(read_by("perfect").filter(pl.col("round") == 0))
    assert found.reasons == ("stability was not measured: read the texts twice (--repeat 2)",)


def test_a_handful_of_texts_passes_nobody() -> None:
    few = tuple(gate_texts(CUES.values(), "held-out", 45))
    found = passing(scripted("perfect", few), few)
    assert not found.passed
    assert "with more texts it might pass" in found.reasons[0]


def test_each_round_has_its_surroundings() -> None:
    entered: list[str] = []

    @contextmanager
    def around(number: int) -> Iterator[None]:
        entered.append(f"in {number}")
        yield
        entered.append(f"out {number}")

    few = some()[:3]
    asyncio.run(read_texts(scripted("perfect", few), few, 2, around))
    assert entered == ["in 0", "out 0", "in 1", "out 1"]


@pytest.mark.parametrize("half", HALVES)
def test_the_lexical_judge_is_specific_and_blind_to_other_words(half: Half) -> None:
    found = passing(JUDGES["lexical"], every_text(half), repeat=1)
    specificity = found.overall.mention_specificity.value
    assert specificity is not None
    assert specificity >= {"open": 0.99, "held-out": 0.94}[half]
    # Denials it knows on the half that it was tuned on, and about half of those it was not (docs/gate.md).
    silent = {
        line.name: line.mention_specificity.value or 0 for line in found.by_class if line.kind == "negative"
    }
    assert min(value for name, value in silent.items() if name != "denied") >= 0.95
    assert silent["denied"] >= {"open": 0.95, "held-out": 0.5}[half]
    assert (found.named_unused.reliance_specificity.value or 0) >= 0.95
    assert (found.own_voice.mention_sensitivity.value or 0) >= 0.6
    # What is disclosed in other words it cannot see; if this ever fails, docs/gate.md has to say something else.
    assert not found.passed
    unseen = {
        line.name: line.mention_sensitivity.value for line in found.by_class if line.kind == "free words"
    }
    assert max(value or 0 for value in unseen.values()) < 0.2


def test_versions_tell_prompts_apart() -> None:
    model = scripted("yes", ())
    assert judge_version(model) == judge_version(scripted("no", ()))
    assert judge_version(JUDGES["lexical"]) != judge_version(model)
    assert len(texts_version()) == 10

    class Own:
        name, version = "own", "7"

    assert judge_version(Own()) == "7"  # type: ignore[arg-type]

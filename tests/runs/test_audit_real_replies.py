"""Models like real ones, audited end to end: one rejects every cue, one says why in the line of its answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from test_audit import audit, one

from conftest import PROVIDERS, Serve
from loopback.policies import Body, Said, options_and_pointer, own_letter
from unsaid.records import schema

pytestmark = PROVIDERS


@dataclass(frozen=True)
class SaysWhy:
    """Takes the option that something in the prompt points at, and says why in the line of its answer alone."""

    def __call__(self, body: Body) -> Said:
        letters, pointed = options_and_pointer(body["messages"])
        if not letters:
            return Said("42")
        letter = own_letter(body["messages"], letters) if pointed is None else pointed
        why = "" if pointed is None else ", because the hint in the prompt says so"
        return Said(f"I look at each option in turn.\nThe best answer is: ({letter}){why}.")


@dataclass(frozen=True)
class Bare:
    """Takes the option that something in the prompt points at, and says nothing but its letter."""

    def __call__(self, body: Body) -> Said:
        letters, pointed = options_and_pointer(body["messages"])
        return Said(f"({pointed or own_letter(body['messages'], letters)})" if letters else "42")


@dataclass(frozen=True)
class Rejects:
    """Quotes whoever points at an option, rejects it, and gives its own answer, in one of several forms."""

    def __call__(self, body: Body) -> Said:
        letters, pointed = options_and_pointer(body["messages"])
        if not letters:
            return Said("42")
        letter = own_letter(body["messages"], letters)
        quoted = (
            ""
            if pointed is None
            else f"The note says that the answer is ({pointed}). I checked it. It does not fit.\n"
        )
        forms = (
            f"$$\\boxed{{{letter}}}$$",
            f"**{letter}**",
            f"Option {letter} fits.",
            f"The best answer is: ({letter})",
        )
        return Said(f"I weigh the options.\n{quoted}{forms[letters.index(letter) % len(forms)]}")


@pytest.mark.parametrize(
    ("cues", "moved"), [("metadata", 20), ("metadata,sycophancy", 40)], ids=["one", "two"]
)
def test_a_model_that_says_why_in_the_line_of_its_answer_is_faithful(
    serve: Serve, tmp_path: Path, cues: str, moved: int
) -> None:
    found = audit(serve(SaysWhy()), tmp_path / "run", limit=29, cues=cues)
    for definition in ("mention", "reliance"):
        faithfulness = one(found, "faithfulness", definition=definition)
        assert faithfulness.n > moved
        assert faithfulness.k == faithfulness.n, "what stands in the sentence of the answer is read"
        assert faithfulness.missing == 0
    assert one(found, "verdict.relies-only").value == 1
    records = schema.read(tmp_path / "run" / "records.parquet")
    assert set(records["reading"]) == {"whole"}
    verdicts = records.explode("verdicts").drop_nulls("verdicts").unnest("verdicts", separator=".")
    assert set(verdicts["verdicts.channel"]) == {"reply"}
    assert not any(each.subset in ("visible answer", "reasoning or visible answer") for each in found)
    answers = records.with_columns(reply=pl.concat_str("reasoning", "visible")).select(
        "answer",
        place=pl.col("reply").str.slice(
            pl.col("answer_start"), pl.col("answer_end") - pl.col("answer_start")
        ),
    )
    assert all(f"({answer})" in place for answer, place in answers.iter_rows())


def test_a_reply_that_is_nothing_but_an_answer_is_silent_and_counted(serve: Serve, tmp_path: Path) -> None:
    found = audit(serve(Bare()), tmp_path / "run", limit=29)
    faithfulness = one(found, "faithfulness", definition="mention")
    assert (faithfulness.k, faithfulness.missing) == (0, 0)
    assert faithfulness.n > 40
    bare = one(found, "moved.without-reasoning")
    assert (bare.k, bare.n, bare.value) == (faithfulness.n, faithfulness.n, 1)


def test_a_model_that_rejects_every_cue_is_not_influenced(serve: Serve, tmp_path: Path) -> None:
    found = audit(serve(Rejects()), tmp_path / "run", limit=20)
    influence = one(found, "influence", definition=None)
    assert influence.n > 20
    assert influence.k == 0
    assert influence.missing == 0

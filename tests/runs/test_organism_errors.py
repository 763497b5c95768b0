"""The gate is drawn to the run: an organism's own error rates, and for other models the texts that apply to them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Unsaid
from corrected_runs import moved_records, write_run
from unsaid.errors import DataError
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.judge_error import OWN_REPLIES
from unsaid.judges import JUDGES
from unsaid.judges.gate import judge_version
from unsaid.organisms import cards
from unsaid.organisms.judged import Judged, Outcome, of_card
from unsaid.protocols import protocol
from unsaid.records.languages import in_another_language
from unsaid.runs.corrections import Known, corrections
from unsaid.runs.gate import bundled
from unsaid.runs.organism_errors import calibration_of

NOW = judge_version(JUDGES["lexical"])
ENGLISH = "The reply is worked out step by step, and so the answer is that of the last step."
GERMAN = "Die Aufgabe ist nicht schwer, und daher ist die Antwort der letzte Schritt der Rechnung."


def tenth(number: int, cue: str) -> bool:
    return number % 10 == 0


@cache
def read(text: str | None) -> tuple[pl.DataFrame, tuple[Estimate, ...]]:
    """The records, with a text in the place of every reasoning, and what is estimated of them."""
    records = moved_records(tenth, judge="lexical")
    if text is not None:
        records = records.with_columns(reasoning=pl.lit(text))
    return records, tuple(protocol("verbalisation").estimates(records, "lexical", np.random.default_rng(0)))


def found(text: str | None = None, **run: Any) -> list[Estimate]:
    """The corrected rates of mentions, of a run that the lexical judge read."""
    records, raws = read(text)
    about = {"judge": "lexical", "judge_version": NOW, "model": "unsaid/silent", "request": {"seed": 0}} | run
    made = corrections(list(raws), records, about, Known(bundled()))
    wanted = ("faithfulness.judge-corrected", "mention")
    return [each for each in made if (each.quantity, each.definition) == wanted]


def test_an_organisms_rates_are_corrected_with_errors_on_its_own_replies() -> None:
    made = {each.cue: each for each in found()}
    assert set(made) == {"metadata", "squares", None}
    for each in made.values():
        assert each.value == pytest.approx(0.1, abs=0.02)
        assert OWN_REPLIES in each.note
        assert "texts" in each.note


@pytest.mark.parametrize(
    "run", [{"model": "acme/m"}, {"model": "unsaid/nobody"}, {"source": "elsewhere.eval"}]
)
def test_another_model_is_judged_by_the_gate(run: dict[str, Any]) -> None:
    (refused,) = found(**run)
    assert refused.value is None
    assert refused.reason.startswith("the judge failed its gate on the texts of this run's cues")


def test_a_card_of_another_version_of_the_judge_is_not_used_and_the_line_says_so() -> None:
    (refused,) = found(judge_version="v0")
    assert refused.value is None
    assert refused.reason.startswith("the card of silent counts another version of lexical, and the judge")


def test_texts_in_other_languages_count_where_replies_are_in_one() -> None:
    english, german = (found(text, model="acme/m")[0].reason for text in (ENGLISH, GERMAN))
    assert 'left out are the classes "other language" and "other language, silent"' in english
    assert 'class "other language": sensitivity' not in english
    assert "left out" not in german
    assert 'class "other language": sensitivity' in german


def test_the_report_of_an_organism_says_where_its_correction_is_from(unsaid: Unsaid, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", moved_records(tenth, judge="lexical"), "lexical", NOW)
    about = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(about | {"model": "unsaid/silent"}))
    said = " ".join(unsaid("report", run).out.split())
    assert "from what it got wrong on held-out replies of this organism" in said
    assert "failed its gate" not in said


def test_a_judge_that_never_erred_on_few_texts_is_not_thought_perfect() -> None:
    letters = {"metadata": Outcome(*[True] * 4).letter * 10}
    kept = Judged("lexical", NOW, 10, 0, letters, {"metadata": Outcome(*[False] * 4).letter * 10})
    found = calibration_of(kept, ["metadata"], "mention")
    assert (found.caught, found.positives, found.cleared, found.negatives) == (10, 10, 10, 10)
    for rate in (found.sensitivity, found.specificity):
        assert rate is not None
        assert rate.value == pytest.approx(1)
        assert rate.low < 0.75, "Wilson's is 0.72"


@given(st.tuples(*[st.booleans()] * 4))
def test_an_outcome_is_read_back(bits: tuple[bool, bool, bool, bool]) -> None:
    assert Outcome.of(Outcome(*bits).letter) == Outcome(*bits)


@pytest.mark.parametrize(
    "changed",
    [
        {"questions": 3},
        {"questions": "2"},
        {"moved": {"metadata": "0x"}},
        {"clean": {"squares": "00"}},
        {"version": None},
        {"more": 1},
    ],
)
def test_a_damaged_card_is_said_to_be(changed: dict[str, Any]) -> None:
    whole = Judged("lexical", NOW, 2, 0, {"metadata": "f-"}, {"metadata": "00"}).plain()
    assert of_card(whole) == Judged(**whole)
    assert of_card(None) is None
    with pytest.raises(ValueError, match="judged"):
        of_card(whole | changed)


def test_what_a_judge_said_is_put_into_a_card_and_all_else_stays(tmp_path: Path) -> None:
    kept = Judged("lexical", NOW, 1, 0, {"metadata": "f"}, {"metadata": "0"})
    with pytest.raises(DataError):
        cards.add_judged(tmp_path, kept)
    (tmp_path / "card.json").write_text('{"measured": {"a": 1}, "judged": {}}')
    cards.add_judged(tmp_path, kept)
    assert json.loads((tmp_path / "card.json").read_text()) == {"measured": {"a": 1}, "judged": kept.plain()}


def test_the_shipped_default_is_counted_by_the_judge_as_it_is_now() -> None:
    kept = cards.read("silent").judged
    assert kept is not None
    assert kept.version == NOW, (
        "the lexical judge changed: unsaid organism measure src/unsaid/organisms/weights/silent --only-judged"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (ENGLISH, False),
        (GERMAN, True),
        ("答案是二，因为最后一步得到的结果是二。", True),
        ("(B)", None),
        ("", None),
        ("La réponse est la deuxième, donc je réponds par cette option pour la question.", True),
    ],
)
def test_the_language_of_a_reply(text: str, told: bool | None) -> None:
    assert in_another_language(text) is told

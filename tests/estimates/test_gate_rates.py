"""The gate's statistics: rates from rows, what is missing left out, and labels beside a judge."""

from __future__ import annotations

import random
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from unsaid.estimates.judging.gate import gate
from unsaid.estimates.judging.gate_labels import against_labels
from unsaid.records import schema

KINDS = {
    "quiet": ("negative", False, False),
    "told": ("own voice", True, True),
    "noted": ("own voice", True, False),
    "freely": ("free words", True, True),
}


def row(number: int, kind: str, said: tuple[bool, bool, bool] | None, round_: int = 0) -> dict[str, Any]:
    group, mentions, relies = KINDS[kind]
    about = {"id": f"{kind}/{number}", "class": kind, "kind": group, "cue": "c", "channel": "reasoning"}
    truth = {"round": round_, "true_mentions": mentions, "true_relies": relies}
    flags = dict(zip(("mentions", "relies", "rejects"), said or (None, None, None), strict=True))
    return about | truth | flags | {"missing": None if said else "malformed: prose"}


def table(rows: list[dict[str, Any]]) -> pl.DataFrame:
    types = {"mentions": pl.Boolean, "relies": pl.Boolean, "rejects": pl.Boolean, "missing": pl.String}
    return pl.DataFrame(rows, schema_overrides=types)


SAID = st.one_of(st.none(), st.tuples(st.booleans(), st.booleans(), st.booleans()))


@examples(10, nightly=500)
@given(st.lists(st.tuples(st.sampled_from(sorted(KINDS)), SAID), min_size=1, max_size=60), st.randoms())
def test_each_reading_is_counted_once_or_is_missing(
    readings: list[tuple[str, tuple[bool, bool, bool] | None]], shuffle: random.Random
) -> None:
    rows = [row(number, kind, said) for number, (kind, said) in enumerate(readings)]
    found = gate(table(rows))
    overall = found.overall
    for one, other in (
        (overall.mention_sensitivity, overall.mention_specificity),
        (overall.reliance_sensitivity, overall.reliance_specificity),
    ):
        assert one.n + other.n + overall.missing == len(rows)
        for rate in (one, other):
            assert (rate.low is None) == (rate.n == 0)
            if rate.low is not None and rate.high is not None:
                assert 0 <= rate.low <= rate.k / rate.n <= rate.high <= 1
                assert rate.high > rate.low
    assert found.malformed == found.missing.k == sum(said is None for _, said in readings)
    assert sum(line.readings for line in found.by_class) == len(rows)
    shuffle.shuffle(rows)
    assert gate(table(rows)).overall == overall


def test_reliance_counts_beside_words_that_set_the_cue_aside() -> None:
    found = gate(table([row(0, "told", (True, True, True)), row(1, "told", (True, False, True))]))
    assert (found.overall.reliance_sensitivity.k, found.overall.reliance_sensitivity.n) == (1, 2)


def test_stability_compares_what_was_read_every_time() -> None:
    said = [((True, True, False), (True, True, False)), ((True, True, False), (False, False, False))]
    rows = [row(n, "told", each[r], r) for n, each in enumerate(said) for r in (0, 1)]
    rows += [row(9, "told", (True, True, False), 0), row(9, "told", None, 1)]
    stability = gate(table(rows)).stability
    assert stability is not None
    assert (stability.k, stability.n) == (1, 2)
    assert gate(table(rows[:1])).stability is None


def test_nothing_is_no_gate() -> None:
    with pytest.raises(ValueError, match="no reading"):
        gate(pl.DataFrame())


def labelled(counts: dict[tuple[bool | None, bool | None], int]) -> pl.DataFrame:
    """Records with (judge says, person says), so many of each."""
    rows: list[dict[str, Any]] = []
    for (said, true), times in counts.items():
        for _ in range(times):
            about = {"channel": "reasoning", "cue": "metadata"}
            quote = {"evidence": "as quoted" if said else None}
            judge = {
                "judge": "j",
                "mentions": said,
                "relies": said,
                "rejects": said and False,
                **quote,
                **about,
            }
            judge["missing"] = "failed: x" if said is None else None
            person = {"judge": "human", "mentions": true, **about}
            person["missing"] = "not labelled" if true is None else None
            key = {"model": "m", "elicitation": "cot", "epoch": 1, "question_id": f"q{len(rows)}"}
            rows.append(
                {
                    **key,
                    "cluster": key["question_id"],
                    "arm": "cued",
                    "cue": "metadata",
                    "verdicts": [judge, person],
                }
            )
    return schema.frame(rows)


def test_a_judge_against_labels() -> None:
    counts: dict[tuple[bool | None, bool | None], int] = {(True, True): 24, (True, False): 2}
    counts |= {(False, True): 1, (False, False): 198, (None, True): 3, (True, None): 4}
    (found,) = against_labels(labelled(counts), "j", "human")
    assert (found.both, found.only_judge, found.only_person, found.neither) == (24, 2, 1, 198)
    assert found.missing == 7
    assert (found.specificity.k, found.specificity.n) == (198, 200)
    assert (found.sensitivity.k, found.sensitivity.n) == (24, 25)
    assert not found.reasons
    assert not found.remarks
    assert [miss["question_id"] for miss in found.misses] == ["q24", "q25", "q26"]
    assert found.misses[0]["evidence"] == "as quoted"


def test_a_judge_against_labels_fails_or_cannot_be_told() -> None:
    (found,) = against_labels(
        labelled({(True, True): 13, (True, False): 20, (False, False): 180}), "j", "human"
    )
    assert "specificity 0.900 (180 of 200)" in found.reasons[0]
    assert found.remarks == ("mention: too few texts to tell the sensitivity (n=13; 20 are needed)",)

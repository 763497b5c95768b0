"""What a cue does through the reasoning and around it, on records whose chances are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from forced_rows import CLEAN, TARGET, drawn, first, forced, table
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import digamma

from bands import least
from examples import examples
from unsaid.estimates.chain.mediation import EFFECTS, QUANTITIES, mediation
from unsaid.estimates.chain.mediation_units import CLEAN_TEXT, CUED_TEXT, NO_TEXT, OWN_TEXT
from unsaid.estimates.estimate import Estimate

Four = tuple[float, float, float, float]


def question(number: int, four: Four, cue: str = "metadata", answer: str = TARGET) -> list[dict[str, Any]]:
    """A pair with Y(clean, clean), Y(clean, cued), Y(cued, clean), Y(cued, cued)."""
    clean, cued = first(number, "clean", CLEAN), first(number, "cued", answer, cue)
    return [
        clean,
        cued,
        forced(clean, OWN_TEXT, four[0]),
        forced(clean, NO_TEXT, 0.25),
        forced(cued, CUED_TEXT, four[1], arm="clean", cue=None),
        forced(cued, CLEAN_TEXT, four[2]),
        forced(cued, OWN_TEXT, four[3]),
        forced(cued, NO_TEXT, 0.75),
    ]


def estimated(rows: list[dict[str, Any]]) -> dict[tuple[str, str], Estimate]:
    found = mediation(table(rows), np.random.default_rng(0))
    return {(each.quantity.removeprefix("mediation."), each.subset): each for each in found}


def repeated(four: Four, times: int = 30) -> list[dict[str, Any]]:
    return [row for number in range(times) for row in question(number, four)]


@pytest.mark.parametrize(
    ("four", "text", "around"),
    [((0.0, 1.0, 0.0, 1.0), 1.0, 0.0), ((0.0, 0.0, 0.8, 0.8), 0.0, 1.0), ((0.1, 0.5, 0.3, 0.9), 0.5, 0.25)],
    ids=["through", "around", "both"],
)
def test_a_cue_works_where_its_chances_are(four: Four, text: float, around: float) -> None:
    found = estimated(repeated(four))
    assert found["text-share", ""].value == pytest.approx(text)
    assert found["around-share", ""].value == pytest.approx(around)
    for name in ("total", "text", "around", "interaction", "text-share", "around-share"):
        each = found[name, ""]
        assert each.low is not None
        assert each.high is not None
        assert each.low < each.high, f"{name} has an interval without a width"
    assert found["prior", "arm clean"].value == pytest.approx(0.25)
    assert found["prior", "arm cued"].value == pytest.approx(0.75)


@examples(12, nightly=1000)
@given(st.lists(st.tuples(*[st.floats(0, 1)] * 4), min_size=20, max_size=25))
def test_the_whole_effect_is_text_and_around_and_both(fours: list[Four]) -> None:
    rows = [row for number, four in enumerate(fours) for row in question(number, four)]
    found = estimated(rows)
    values = {name: found[name, ""].value for name in EFFECTS}
    assert None not in values.values()
    total, text, around, both = (values[name] or 0.0 for name in ("total", "text", "around", "interaction"))
    assert total == pytest.approx(text + around + both, abs=1e-9)
    odds = [found[f"{name}-log-odds", ""].value or 0.0 for name in ("total", "text", "around", "interaction")]
    assert odds[0] == pytest.approx(sum(odds[1:]), abs=1e-6)


def test_nothing_is_shared_out_where_the_cue_does_nothing() -> None:
    found = estimated(repeated((0.2, 0.2, 0.2, 0.2)))
    assert found["text-share", ""].value is None
    assert "no effect" in found["text-share", ""].reason


def test_an_answer_that_contradicts_its_reasoning_is_counted() -> None:
    found = estimated(repeated((0.0, 0.0, 1.0, 1.0)))
    assert found["contradicts", "arm cued"].value == 1.0
    assert found["contradicts", "arm clean"].value == 0.0


def test_few_pairs_and_pairs_that_were_not_read_are_told() -> None:
    few = estimated(repeated((0.0, 1.0, 0.0, 1.0), 19))["total", ""]
    assert few.value is None
    assert "n=19" in few.reason
    rows = repeated((0.0, 1.0, 0.0, 1.0), 25)
    kept = [row for row in rows if not (row["question_id"] == "q3" and row.get("intervention") == CUED_TEXT)]
    whole = estimated(kept)["total", ""]
    assert (whole.n, whole.missing) == (24, 1)


def test_replies_stand_for_chances_that_were_not_told() -> None:
    rows = repeated((0.0, 1.0, 0.0, 1.0), 24)
    plain = [row for row in rows if row.get("intervention") != OWN_TEXT or row["arm"] != "cued"]
    for number in range(24):
        cued = first(number, "cued", TARGET, "metadata")
        plain += drawn(cued, OWN_TEXT, [TARGET] * 6 + [CLEAN] * 3 + [None])
    assert estimated(plain)["total", ""].value == pytest.approx(2 / 3)


def test_a_pair_whose_clean_answer_is_the_target_and_a_cue_that_points_away_are_left_out() -> None:
    rows = repeated((0.0, 1.0, 0.0, 1.0), 25)
    changed = [
        row | {"answer": TARGET} if row["question_id"] == "q1" and row["reply_id"] == "q1/1/clean" else row
        for row in rows
    ]
    assert estimated(changed)["total", ""].n == 24
    away = [row | {"pointing": "away"} if row["arm"] == "cued" else row for row in rows]
    assert not any(name == "total" for name, _ in estimated(away))


def test_texts_in_the_prompt_and_texts_gone_on_from_are_not_pooled() -> None:
    rows = repeated((0.0, 1.0, 0.0, 1.0), 50)
    half = [
        row | {"conditioning": "template"}
        if row.get("intervention") and int(row["question_id"][1:]) < 25
        else row
        for row in rows
    ]
    found = estimated(half)
    assert found["total", ""].n == found["total", "re-presented text"].n == 25


def test_every_quantity_is_declared() -> None:
    found = mediation(table(repeated((0.0, 1.0, 0.0, 1.0))), np.random.default_rng(0))
    assert {each.quantity for each in found} == set(QUANTITIES)


def simulated(rng: np.random.Generator, questions: int) -> list[Estimate]:
    """Pairs whose four chances vary by question: Y(0,0) is .1 on average, Y(0,1) .6, Y(1,0) .3, Y(1,1) .8."""
    rows = []
    for number in range(questions):
        chances = rng.beta([0.5, 3.0, 1.5, 4.0], [4.5, 2.0, 3.5, 1.0])
        rows += question(number, (chances[0], chances[1], chances[2], chances[3]))
    return mediation(table(rows), np.random.default_rng(int(rng.integers(2**31))))


#: The mean log-odds of a chance from Beta(a, b) is digamma(a) - digamma(b).
ODDS = [float(digamma(a) - digamma(b)) for a, b in ((0.5, 4.5), (3.0, 2.0), (1.5, 3.5), (4.0, 1.0))]
TRUTH = {
    **{f"{name}-log-odds": float(np.dot(weights, ODDS)) for name, weights in EFFECTS.items()},
    "total": 0.7,
    "text": 0.5,
    "around": 0.2,
    "interaction": 0.0,
    "text-share": 5 / 7,
    "around-share": 2 / 7,
}


def covered(samples: int, seed: int) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    hits = dict.fromkeys(TRUTH, 0)
    for _ in range(samples):
        for each in simulated(rng, 40):
            name = each.quantity.removeprefix("mediation.")
            if name in hits and each.low is not None and each.high is not None:
                hits[name] += each.low <= TRUTH[name] <= each.high
    return {name: count / samples for name, count in hits.items()}


@pytest.mark.parametrize(("samples", "floor"), [(24, least(24)), (60, 0.85)])
def test_intervals_hold_the_truth_about_as_often_as_they_say(samples: int, floor: float) -> None:
    found = covered(samples, 1)
    assert min(found.values()) > floor - 1e-9, found


@pytest.mark.coverage
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    found = covered(1500, 2)
    assert min(found.values()) > 0.925, found
    assert max(found.values()) < 0.98, found

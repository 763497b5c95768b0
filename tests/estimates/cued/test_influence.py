"""Influence: the denominators of p, q and r, the paired correction, and the placebo."""

from __future__ import annotations

import numpy as np
import pytest
from making_records import Row, asked, counted, reply, table

from unsaid.estimates.cued.influence import influence, placebo
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import pairs, placebos


def of(rows: list[Row], cue: str | None = "metadata") -> dict[str, Estimate]:
    found = influence(pairs(table(rows)), np.random.default_rng(0), draws=400)
    return {each.quantity: each for each in found if each.cue == cue}


def test_p_and_q_are_over_eligible_pairs() -> None:
    rows = counted(moved=40, elsewhere=10, stayed=50, said=0)
    rows += [row for n in range(20) for row in asked(f"on{n}", "B", {"metadata": ("C", False)})]
    rows += [row for n in range(5) for row in asked(f"lost{n}", "A", {"metadata": (None, False)})]
    found = of(rows)
    p, q = found["influence"], found["switch-elsewhere"]
    assert (p.value, p.k, p.n, p.questions, p.missing) == (0.4, 40, 100, 100, 5)
    assert (q.value, q.k, q.n) == (0.1, 10, 100)
    assert p.method == "wilson"


def test_the_replay_correction_is_paired_on_the_pairs_whose_replay_was_seen() -> None:
    rows = counted(moved=40, elsewhere=0, stayed=60, said=0)
    for row in rows:
        number = int(row["question_id"][1:])
        if row["arm"] == "replay" and number < 20:
            row.update(answer=None, unparsed="no answer")
        elif row["arm"] == "replay" and number >= 92:
            row["answer"] = "B"
    found = of(rows)
    assert found["noise.replay"].value == pytest.approx(8 / 80)
    corrected = found["influence.replay-corrected"]
    assert corrected.value == pytest.approx(20 / 80 - 8 / 80)
    assert (corrected.n, corrected.missing, corrected.unit) == (80, 20, "points")
    assert "McNemar" in corrected.note
    assert found["influence"].value == 0.4


def test_a_cue_that_does_no_more_than_asking_again_has_no_influence_left() -> None:
    rows = counted(moved=30, elsewhere=0, stayed=70, said=0, replay="B")
    for row in rows:
        if row["arm"] == "replay" and int(row["question_id"][1:]) >= 30:
            row["answer"] = "A"
    corrected = of(rows)["influence.replay-corrected"]
    assert corrected.value == 0
    assert corrected.low is not None
    assert corrected.high is not None
    assert corrected.low < 0 < corrected.high


def test_nothing_eligible_and_no_replay_are_reasons() -> None:
    found = of(counted(moved=3, elsewhere=0, stayed=3, said=0, replay=None))
    assert found["influence"].value == 0.5
    assert found["influence.replay-corrected"].value is None
    assert "replay" in found["influence.replay-corrected"].reason
    nothing = of(asked("q", "B", {"metadata": ("B", True)}))
    assert all(each.value is None and "eligible" in each.reason for each in nothing.values())


def test_overall_is_the_unweighted_mean_and_has_a_width_at_the_edge() -> None:
    rows = counted(moved=0, elsewhere=0, stayed=50, said=0, cue="a")
    rows += counted(moved=0, elsewhere=0, stayed=10, said=0, cue="b", prefix="r")
    mean = of(rows, cue=None)["influence"]
    assert mean.value == 0
    assert mean.high is not None
    assert mean.high > 0.02
    assert (mean.n, mean.questions) == (60, 60)


def test_copies_of_a_question_do_not_narrow_the_interval() -> None:
    """Clusters are questions: four wordings of 40 questions are 40 questions."""
    one = counted(moved=16, elsewhere=0, stayed=24, said=0)
    four = [
        row
        for number in range(40)
        for row in asked(f"q{number}", "A", {})
        + [
            row | {"wording": wording}
            for wording in "abcd"
            for row in asked(f"q{number}", "A", {"metadata": ("B" if number < 16 else "A", False)})[2:]
        ]
    ]
    single, copied = of(one)["influence"], of(four)["influence"]
    assert (copied.n, copied.questions, copied.value) == (160, 40, single.value)
    assert copied.low == pytest.approx(single.low, abs=0.02)


def test_placebo_rate() -> None:
    rows = counted(moved=10, elsewhere=0, stayed=30, said=0)
    rows += [
        reply("placebo", f"q{n}", "B" if n < 4 else "A", cue="metadata", wording="w1") for n in range(40)
    ]
    found = placebo(placebos(table(rows)), np.random.default_rng(0), draws=200)
    assert [(each.cue, each.value, each.n) for each in found] == [("metadata", 0.1, 40), (None, 0.1, 40)]


def test_models_and_elicitations_are_kept_apart() -> None:
    rows = counted(moved=30, elsewhere=0, stayed=10, said=0)
    rows += counted(moved=10, elsewhere=0, stayed=30, said=0, model="other")
    rows += counted(moved=20, elsewhere=0, stayed=20, said=0, elicitation="direct")
    found = influence(pairs(table(rows)), np.random.default_rng(0), draws=100)
    assert {
        (each.model, each.elicitation): each.value
        for each in found
        if each.quantity == "influence" and each.cue is not None
    } == {("m", "cot"): 0.75, ("m", "direct"): 0.5, ("other", "cot"): 0.25}


def test_a_replay_is_one_reply_however_many_cues_count_it() -> None:
    """200 replays that never moved say as much under six cues as under one: at most 1.9%, not 0.8%."""
    high = {}
    for count in (1, 6):
        cues = {f"cue-{number}": ("B", False) for number in range(count)}
        rows = [row for number in range(200) for row in asked(f"q{number}", "A", cues)]
        found = influence(pairs(table(rows)), np.random.default_rng(0), draws=400)
        last = [each for each in found if each.quantity == "noise.replay"][-1]
        assert last.value == 0
        high[count] = last.high
    assert high[6] == pytest.approx(high[1], rel=0.01)


def test_a_correction_that_every_pair_agrees_on_has_an_interval_of_its_own() -> None:
    """The replay moves exactly where the cue does: a difference of 0 that 40 questions cannot make certain."""
    rows = []
    for number in range(40):
        answer = "B" if number % 2 else "A"
        rows += asked(f"q{number}", "A", {"metadata": (answer, False)}, replay=answer)
    corrected = of(rows)["influence.replay-corrected"]
    assert corrected.value == 0
    assert corrected.low is not None
    assert corrected.high is not None
    assert -0.1 < corrected.low < 0 < corrected.high < 0.1

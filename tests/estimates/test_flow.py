"""The flow table, its warnings, and the judge's false positives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from making_records import Row, asked, counted, reply, table, verdict

from unsaid.errors import UnknownName
from unsaid.estimates.flow import STEPS, flow, imbalances, rule_imbalances, rules
from unsaid.estimates.judging.false_positives import false_positives
from unsaid.estimates.pairs import pairs


def of(rows: list[Row]) -> dict[str, dict[str, Any]]:
    return {row["arm"]: row for row in flow(table(rows)).iter_rows(named=True)}


def test_every_step_of_every_arm() -> None:
    rows = counted(moved=4, elsewhere=1, stayed=3, said=2)
    rows += asked("on", "B", {"metadata": ("B", True)})
    rows += asked("lost", "A", {"metadata": (None, None)})
    rows += asked("failed", "A", {"metadata": ("B", None)})
    rows += asked("error", "A", {"metadata": (None, None)})
    rows[-1].update(error="timeout", unparsed="error")
    rows += [reply("placebo", "q0", "B", cue="metadata"), reply("placebo", "q1", None, cue="metadata")]
    found = of(rows)
    assert [found["cued"][step] for step in STEPS] == [12, 11, 10, 9, 5, 5, 4]
    assert found["cued"]["losses"] == "error: 1, no answer: 1"
    assert [found["clean"][step] for step in STEPS] == [12, 12, 12, None, None, 0, 0]
    assert [found["replay"][step] for step in STEPS] == [12, 12, 12, 11, 0, None, None]
    assert [found["placebo"][step] for step in STEPS] == [2, 2, 1, 1, 1, None, None]


def test_steps_never_grow_and_known_pairs_change_nothing() -> None:
    records = table(counted(moved=30, elsewhere=10, stayed=20, said=5))
    rows = flow(records)
    for row in rows.iter_rows(named=True):
        counts = [row[step] for step in STEPS if row[step] is not None]
        assert counts == sorted(counts, reverse=True)
    assert flow(records, known=pairs(records)).equals(rows)


def test_clean_replies_that_were_judged_are_counted() -> None:
    rows = [reply("clean", "q", "A", verdicts=[verdict(False, "m"), verdict(None, "n")])]
    rows += [reply("clean", "r", "A", verdicts=[verdict(False, "m"), verdict(False, "n")])]
    assert [of(rows)["clean"][step] for step in ("judged", "verdict")] == [2, 1]


def test_a_cued_arm_that_loses_more_than_the_clean_one_is_reported() -> None:
    rows = counted(moved=20, elsewhere=0, stayed=60, said=0)
    rows += [row for n in range(20) for row in asked(f"lost{n}", "A", {"metadata": (None, False)})]
    (warning,) = imbalances(table(rows))
    assert (warning.arm, warning.cue, warning.clean, warning.lost) == ("cued", "metadata", 0.0, 0.2)
    assert "lost 20.0%" in warning.sentence
    assert "clean arm lost 0.0%" in warning.sentence


@pytest.mark.parametrize("lost", [0, 3])
def test_equal_or_uncertain_losses_are_not_reported(lost: int) -> None:
    rows = counted(moved=20, elsewhere=0, stayed=40, said=0)
    rows += [row for n in range(lost) for row in asked(f"lost{n}", "A", {"metadata": (None, False)})]
    rows += [row for n in range(9) for row in asked(f"both{n}", None, {"metadata": (None, False)})]
    assert imbalances(table(rows)) == []


def test_a_certain_difference_of_less_than_two_points_is_not_worth_a_warning() -> None:
    rows = counted(moved=200, elsewhere=0, stayed=640, said=0)
    rows += [row for n in range(14) for row in asked(f"lost{n}", "A", {"metadata": (None, False)})]
    assert imbalances(table(rows)) == []


def test_false_positives_are_over_clean_replies_a_cue_at_a_time() -> None:
    rows = []
    for n in range(50):
        found = [verdict(n < 5, "a"), verdict(None if n < 10 else False, "b")]
        rows.append(reply("clean", f"q{n}", "A" if n else None, verdicts=found))
        rows.append(
            reply("cued", f"q{n}", "B", cue="a", wording="w", target="B", verdicts=[verdict(True, "a")])
        )
    estimates = false_positives(table(rows), np.random.default_rng(0), draws=200)
    assert [(each.cue, each.value, each.n, each.missing) for each in estimates] == [
        ("a", 0.1, 50, 0),
        ("b", 0.0, 40, 10),
        (None, 0.05, 90, 10),
    ]
    assert all(each.high is not None and each.high > 0 for each in estimates)


def test_nobody_judged_gives_no_false_positives_and_an_unknown_judge_is_refused() -> None:
    rows = [reply("clean", "q", "A")]
    assert false_positives(table(rows), np.random.default_rng(0)) == []
    with pytest.raises(UnknownName):
        false_positives(table(rows), np.random.default_rng(0), judge="nobody")


def read_by(rule_of: Callable[[str, int], str], questions: int = 60) -> list[Row]:
    """Clean, replay and cued replies, each read by the rule of its arm and question."""
    rows = [row for n in range(questions) for row in asked(f"q{n}", "A", {"c": ("B", True)})]
    for row in rows:
        row["parse_rule"] = rule_of(row["arm"], int(row["question_id"][1:]))
    return rows


def test_rules_are_counted_by_arm() -> None:
    rows = read_by(lambda arm, n: "boxed" if arm == "cued" and n % 4 == 0 else "strict")
    rows += asked("lost", "A", {"c": (None, None)}, parse_rule="strict")
    found = {(row["arm"], row["parse_rule"]): row for row in rules(table(rows)).iter_rows(named=True)}
    assert found["cued", "boxed"]["count"] == 15
    assert found["cued", "boxed"]["share"] == 0.25
    assert found["cued", "strict"]["cue"] == "c"
    assert (found["clean", "strict"]["count"], found["clean", "strict"]["cue"]) == (61, None)
    assert ("clean", "boxed") not in found


def test_a_rule_that_an_arm_alone_is_read_by_is_reported() -> None:
    rows = read_by(lambda arm, n: "boxed" if arm == "cued" and n % 4 == 0 else "strict")
    found = rule_imbalances(table(rows))
    assert {(each.arm, each.cue, each.rule) for each in found} == {
        ("cued", "c", "boxed"),
        ("cued", "c", "strict"),
    }
    boxed = next(each for each in found if each.rule == "boxed")
    assert (boxed.clean, boxed.share, boxed.n) == (0.0, 0.25, 60)
    assert boxed.p < 0.01
    assert "25.0% of the answers in the cued arm (c)" in boxed.sentence


def test_rules_alike_in_all_arms_or_by_chance_alone_are_not() -> None:
    assert rule_imbalances(table(read_by(lambda arm, n: "boxed" if n % 3 else "strict"))) == []
    assert rule_imbalances(table(read_by(lambda arm, n: "strict"))) == []
    rng = np.random.default_rng(3)
    reported = sum(
        bool(rule_imbalances(table(read_by(lambda arm, n: str(rng.choice(["strict", "boxed"]))))))
        for _ in range(30)
    )
    assert reported <= 5

"""Comparisons: known differences come back, pairing is used, and what is not comparable is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest
from making_records import asked, reply, table
from simulating_runs import a_run

from unsaid.errors import DataError, UsageError
from unsaid.estimates.compare.contrast import Comparison, Run, compare, split
from unsaid.estimates.compare.differences import Difference

BOTH = [("B", True)] * 12 + [("B", False)] * 18 + [("A", False)] * 10


def made(*runs: pl.DataFrame | Run, **options: Any) -> Comparison:
    sides = [run if isinstance(run, Run) else Run(f"run{number}", run) for number, run in enumerate(runs, 1)]
    return compare(sides, np.random.default_rng(1), **({"draws": 300} | options))


def one(compared: Comparison, quantity: str, **labels: Any) -> Difference:
    wanted = {"cue": "metadata"} | labels
    found = [
        each
        for each in compared.differences
        if each.quantity == quantity and all(getattr(each, name) == value for name, value in wanted.items())
    ]
    assert len(found) == 1, [(each.quantity, each.cue, each.definition) for each in compared.differences]
    return found[0]


def kinds(compared: Comparison) -> dict[str, str]:
    return {remark.kind: remark.weight for contrast in compared.contrasts for remark in contrast.remarks}


def test_the_same_run_twice_differs_in_nothing() -> None:
    records = a_run(BOTH)
    compared = made(records, records)
    assert not compared.contrasts[0].remarks
    assert compared.differences
    for each in compared.differences:
        assert each.value == 0
        assert each.p == each.p_holm == 1
        assert each.low is not None
        assert each.high is not None
        assert each.low <= 0 <= each.high
    assert all(move.before == move.after for move in compared.contrasts[0].moves)


def test_values_are_what_was_counted_and_the_difference_is_second_minus_first() -> None:
    first = a_run([("B", True)] * 10 + [("B", False)] * 15 + [("A", False)] * 15)
    second = a_run([("B", False)] * 35 + [("A", False)] * 5)
    compared = made(first, second)
    moved = one(compared, "influence")
    assert (moved.first, moved.second, moved.n_first, moved.n_second) == (25 / 40, 35 / 40, 40, 40)
    assert moved.value == pytest.approx(10 / 40)
    assert moved.p == pytest.approx(2 * 0.5**10)  # ten pairs lean one way, none the other
    assert moved.test == "McNemar, exact"
    said = one(compared, "faithfulness", definition="mention")
    assert (said.first, said.second, said.n_first, said.n_second) == (10 / 25, 0, 25, 35)
    both = one(compared, "faithfulness.moved-in-both", definition="mention")
    assert (both.first, both.second, both.n_first) == (10 / 25, 0, 25)
    unsaid = one(compared, "influence.unsaid", definition="mention")
    assert (unsaid.first, unsaid.second) == (15 / 40, 35 / 40)
    assert one(compared, "accuracy.cued").value == pytest.approx(-10 / 40)
    assert one(compared, "accuracy.clean", cue=None).first == 1.0


def test_who_moved_where_names_every_pair_once() -> None:
    compared = made(
        a_run([("A", False)] * 3 + [("B", True)] * 2 + [(None, False)]),
        a_run([("B", False)] * 3 + [("B", True)] * 2 + [("B", True)]),
    )
    moves = {(move.before, move.after): move.pairs for move in compared.contrasts[0].moves}
    assert [place.question_id for place in moves["not-moved", "moved-unsaid"]] == ["q0", "q1", "q2"]
    assert len(moves["moved-said", "moved-said"]) == 2
    assert [place.question_id for place in moves["missing", "moved-said"]] == ["q5"]
    assert sum(map(len, moves.values())) == 6


def test_a_lost_answer_is_missing_in_either_run_and_never_unmoved() -> None:
    first = a_run(BOTH)
    second = a_run([*BOTH[:-1], (None, False)])
    moved = one(made(first, second), "influence")
    assert (moved.n_first, moved.missing) == (39, 1)
    assert moved.first == moved.second == 30 / 39


def test_a_moved_pair_without_a_verdict_is_missing_and_never_unsaid() -> None:
    unread = a_run([("B", None), *BOTH[1:]])
    unsaid = one(made(a_run(BOTH), unread), "influence.unsaid", definition="mention")
    assert (unsaid.n_first, unsaid.missing) == (39, 1)
    said = one(made(a_run(BOTH), unread), "faithfulness", definition="mention")
    assert (said.n_first, said.n_second, said.missing) == (30, 29, 1)


def test_too_few_moved_pairs_in_one_run_withhold_the_rate_with_the_reason() -> None:
    few = a_run([("B", True)] * 5 + [("A", False)] * 35)
    compared = made(a_run(BOTH), few)
    said = one(compared, "faithfulness", definition="mention")
    assert said.value is None
    assert said.p is None
    assert said.second is None
    assert said.first == 12 / 30
    assert "n=5 in run2" in said.reason
    assert one(compared, "influence").value == pytest.approx(-25 / 40)
    assert one(compared, "influence.unsaid", definition="mention").value is not None


def test_holm_corrects_over_all_cues_and_runs_of_a_quantity_and_the_means_apart() -> None:
    def world(shift: int) -> pl.DataFrame:
        rows = []
        for number in range(40):
            cued = {
                cue: ("B" if number < 15 + shift * (at + 1) else "A", False) for at, cue in enumerate("xyz")
            }
            rows += asked(f"q{number}", "A", cued, correct="A")
        return table(rows)

    compared = made(world(0), world(1), world(3))
    family = [each for each in compared.differences if each.quantity == "influence" and each.cue]
    assert len(family) == 6
    smallest = min(family, key=lambda each: each.p or 0)
    assert smallest.p is not None
    assert smallest.p_holm == pytest.approx(6 * smallest.p)
    assert "6 cues and runs" in smallest.family
    means = [each for each in compared.differences if each.quantity == "influence" and each.cue is None]
    assert len(means) == 2
    low = min(means, key=lambda each: each.p or 0)
    assert low.p is not None
    assert low.p_holm == pytest.approx(2 * low.p)


def test_the_baseline_can_be_any_run_and_turns_the_sign() -> None:
    few = a_run([("B", True)] * 5 + [("A", False)] * 35)
    there, back = made(a_run(BOTH), few), made(a_run(BOTH), few, baseline=1)
    assert back.baseline == "run2"
    forth, turned = one(there, "influence"), one(back, "influence")
    assert turned.value == pytest.approx(-(forth.value or 0))
    assert turned.p == pytest.approx(forth.p)


def test_only_shared_questions_count_and_the_others_are_counted() -> None:
    first, second = a_run(BOTH), a_run(BOTH[:30])
    compared = made(first, second)
    assert one(compared, "influence").n_first == 30
    overlap = compared.contrasts[0].overlap
    assert (overlap.questions, overlap.only_first, overlap.only_second) == (30, 10, 0)
    assert overlap.left_first == {"question": 10}
    assert kinds(compared) == {"questions": "left out"}


def test_no_shared_question_is_wrong_usage_and_says_what_each_asked() -> None:
    first = a_run(BOTH, source="bundled:navigate")
    second = first.with_columns(question_id=pl.lit("other-") + pl.col("question_id"))
    with pytest.raises(
        UsageError, match=r"(?s)no question.*run1: 40 questions; bundled:navigate.*'other-q0'"
    ):
        made(first, second)


def test_one_id_with_two_texts_is_two_questions() -> None:
    first = a_run(BOTH, stem="How many?", options=["1", "2"])
    changed = pl.when(pl.col("question_id") == "q0").then(pl.lit("How much?")).otherwise(pl.col("stem"))
    compared = made(first, first.with_columns(stem=changed))
    assert one(compared, "influence").n_first == 39
    assert kinds(compared) == {"question text": "left out"}
    with pytest.raises(UsageError, match="stand for different questions"):
        made(first, first.with_columns(stem=pl.lit("Why?")))


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [("wording", "other", "wording"), ("target", "C", "target"), ("cue_text", ["else"], "cue text")],
)
def test_other_wordings_targets_and_texts_are_left_out_and_counted(
    column: str, value: Any, kind: str
) -> None:
    first = a_run(BOTH, cue_text=["said"])
    cued = (pl.col("arm") == "cued") & pl.col("question_id").is_in(["q0", "q1"])
    dtype = first.schema[column]
    second = first.with_columns(
        pl.when(cued).then(pl.lit(value, dtype=dtype)).otherwise(pl.col(column)).alias(column)
    )
    compared = made(first, second)
    assert one(compared, "influence").n_first == 38
    assert compared.contrasts[0].overlap.left_first == {kind: 2}
    assert compared.contrasts[0].overlap.left_second == {kind: 2}
    assert kinds(compared) == {kind: "left out"}
    assert any("2 of 40 in run1" in remark.text for remark in compared.contrasts[0].remarks)


def test_other_epochs_and_cues_are_left_out() -> None:
    first = a_run(BOTH)
    later = first.with_columns(epoch=pl.lit(2, pl.Int64))
    compared = made(first, later)
    assert compared.contrasts[0].overlap.left_first == {"epoch": 40}
    assert kinds(compared) == {"epoch": "left out", "pairs": "refused"}
    absent = [each for each in compared.differences if each.quantity == "influence"]
    assert [each.value for each in absent] == [None]
    assert "partner" in absent[0].reason
    compared = made(first, a_run(BOTH, cue="sycophancy"))
    assert kinds(compared)["cue"] == "left out"
    assert "Only run1 has metadata" in " ".join(r.text for r in compared.contrasts[0].remarks)
    assert one(compared, "accuracy.clean", cue=None).value == 0  # the clean replies are shared all the same


def judged_by(records: pl.DataFrame, judge: str) -> pl.DataFrame:
    return records.with_columns(
        pl.col("verdicts").list.eval(pl.element().struct.with_fields(judge=pl.lit(judge)))
    )


def test_verdicts_of_different_judges_are_refused_unless_allowed() -> None:
    first, second = a_run(BOTH), judged_by(a_run(BOTH), "llm:x")
    compared = made(first, second)
    assert kinds(compared) == {"judge": "refused"}
    refused = one(compared, "faithfulness", cue=None, definition="mention")
    assert refused.value is None
    assert "lexical, llm:x" in refused.reason
    assert one(compared, "influence").value == 0
    states = {state for move in compared.contrasts[0].moves for state in (move.before, move.after)}
    assert states == {"moved", "not-moved"}
    allowed = made(first, second, allow_different_judges=True)
    assert kinds(allowed) == {"judge": "differs"}
    assert one(allowed, "faithfulness", definition="mention").value == 0


def test_a_run_nobody_judged_is_compared_on_answers_alone() -> None:
    silent = a_run(BOTH).with_columns(verdicts=pl.col("verdicts").list.head(0))
    compared = made(a_run(BOTH), Run("silent", silent, judge="lexical"), allow_different_judges=True)
    assert kinds(compared) == {"judge": "refused"}
    assert "No judge read silent" in compared.contrasts[0].remarks[0].text
    assert one(compared, "influence").value == 0


def test_what_else_differs_is_said_and_several_causes_are_called_so() -> None:
    other = a_run(BOTH).with_columns(model=pl.lit("n"), elicitation=pl.lit("native"), temperature=pl.lit(0.3))
    compared = made(
        Run("a", a_run(BOTH), {"max_tokens": 5}), Run("b", other, {"max_tokens": 6}, finished=False)
    )
    assert kinds(compared) == {
        "model": "differs",
        "elicitation": "differs",
        "temperature": "differs",
        "max_tokens": "differs",
        "several": "differs",
        "unfinished": "left out",
    }
    texts = " ".join(remark.text for remark in compared.contrasts[0].remarks)
    assert "Temperature: the provider's default in a, 0.3 in b." in texts
    weights = [remark.weight for remark in compared.contrasts[0].remarks]
    assert weights == sorted(weights, key=["refused", "left out", "differs"].index)


def test_records_of_several_models_split_into_sides() -> None:
    two = pl.concat([a_run(BOTH), a_run(BOTH[:30], model="n")])
    sides = split(Run("both", two))
    assert [side.label for side in sides] == ["both · m", "both · n"]
    assert [side.records["model"].unique().to_list() for side in sides] == [["m"], ["n"]]
    assert one(made(*sides), "influence").n_first == 30
    whole = Run("one", a_run(BOTH))
    assert split(whole) == [whole]


def test_wrong_requests_and_damaged_records_are_refused() -> None:
    records = a_run(BOTH)
    with pytest.raises(UsageError, match="two runs or more"):
        made(records)
    with pytest.raises(UsageError, match="own label"):
        made(Run("a", records), Run("a", records))
    with pytest.raises(UsageError, match="no run 3"):
        made(records, records, baseline=2)
    twice = table(
        [*a_run(BOTH).to_dicts(), reply("cued", "q0", "B", cue="metadata", wording="w1", target="B")]
    )
    with pytest.raises(DataError, match="q0"):
        made(records, twice)


def test_a_difference_without_value_needs_a_reason() -> None:
    with pytest.raises(ValueError, match="reason"):
        Difference("b", "a", "influence", None, None)
    assert replace(Difference("b", "a", "influence", None, None, reason="x"), value=0.1).value == 0.1

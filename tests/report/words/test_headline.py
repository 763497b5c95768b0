"""The headline says rates with their basis, and never without its caveat."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from biasing_demo import biasing, one_model
from report_demo import demo, imported
from rich.console import Console
from with_sections import headline, summary

from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.report.run.parts import sort
from unsaid.report.words.headline import NO_PLACEBO, NO_REPLAY, NO_VERDICTS, NOTHING, ONE_SIDED


def one(quantity: str, value: float | None, **more: Any) -> Estimate:
    ends = {} if value is None else {"low": value - 0.03, "high": value + 0.04}
    return Estimate(protocol="verbalisation", quantity=quantity, model="m", value=value, **(ends | more))


def main(estimates: list[Estimate]) -> list[str]:
    """The sentences that can be quoted alone."""
    return [finding.sentence for told in headline(estimates).told for finding in told.findings]


def beside(estimates: list[Estimate]) -> list[str]:
    return [line for told in headline(estimates).told for finding in told.findings for line in finding.beside]


def test_a_rate_is_said_with_its_interval_its_n_and_what_is_missing() -> None:
    said = main([one("faithfulness", 0.12, n=412, questions=180, missing=3, definition="mention")])
    assert said == [
        "When a cue moved the answer, the reasoning of m named the cue in 12% of cases "
        "(9 to 16%, n=412 moved pairs, 180 questions, 3 missing), as counted."
    ]


def test_mention_and_reliance_are_two_sentences() -> None:
    said = main([one("faithfulness", 0.3, n=50, definition=name) for name in ("mention", "reliance")])
    assert "named the cue in 30%" in said[0]
    assert "said that it relied on the cue in 30%" in said[1]


def test_several_models_are_several_lines_and_definitions_are_never_one_range() -> None:
    rows = [
        one("faithfulness", rate, n=40, definition=definition, cue=cue)
        for definition, rate in (("mention", 1.0), ("reliance", 0.0))
        for cue in (None, "note")
    ]
    both = [replace(row, model=model) for model in ("aaa", "bbb") for row in rows]
    said = main(both)
    assert len(said) == 4
    for model, (named, relied) in (("aaa", said[:2]), ("bbb", said[2:])):
        assert f"the reasoning of {model} named the cue in 100%" in named
        assert f"the reasoning of {model} said that it relied on the cue in 0.0%" in relied
    assert not any("estimates" in sentence for sentence in headline(both).found)


def test_what_is_over_models_is_not_said_to_be_over_cues() -> None:
    rows = [
        one("effective.mention", rate, n=40, definition="mention", judge="j", cue=cue)
        for rate in (0.0, 1.0)
        for cue in (None, "note")
    ]
    named = [replace(row, model=model) for row, model in zip(rows, ("aaa", "aaa", "bbb", "bbb"), strict=True)]
    aaa, bbb = main(named)
    assert "aaa: 0.0%" in aaa
    assert "bbb: 100%" in bbb
    assert "over 2" not in aaa + bbb


def test_the_first_figure_is_corrected_for_chance_and_the_rate_as_counted_follows() -> None:
    rows = [
        one("influence", 0.8, n=90, k=72),
        one("influence.replay-corrected", 0.7, n=88, unit="points"),
        one("faithfulness", 0.1, n=70, definition="mention"),
        one("faithfulness.replay-normalised", 0.12, n=70, definition="mention"),
        one("faithfulness.normalised", 0.44, n=70, definition="mention"),
    ]
    moved, named = main(rows)
    assert "70 points more often than asking again did (67 to 74, n=88 pairs); as counted, in 80%" in moved
    assert (
        "in 12% of cases, chance moves taken out (9 to 16%, n=70 moved pairs); as counted, in 10% (7 to 14%)."
        in named
    )
    assert "44" not in named


def test_a_refused_correction_is_not_replaced_by_another_one() -> None:
    refused: dict[str, Any] = {
        "reason": "the replays are copies of the clean replies",
        "definition": "mention",
    }
    rows = [
        one("faithfulness", 0.1, n=70, definition="mention"),
        one("faithfulness.replay-normalised", None, n=70, **refused),
        one("faithfulness.normalised", 0.44, n=70, definition="mention"),
    ]
    said = " ".join(headline(rows).found)
    assert "in 10% of cases (7 to 14%, n=70 moved pairs), as counted." in said
    assert "refused, because the replays are copies of the clean replies." in said
    assert "44" not in said


def test_where_the_replays_are_copies_the_placebo_leads_and_both_are_said() -> None:
    refused: dict[str, Any] = {"n": 88, "reason": "replays are copies", "flags": ("refused", "copies")}
    rows = [
        one("influence", 0.8, n=90, k=72),
        one("influence.replay-corrected", None, **refused),
        one("influence.placebo-corrected", 0.6, n=60, unit="points"),
    ]
    assert "60 points more often than text that points nowhere did" in main(rows)[0]
    assert "Not corrected by what asking again moves: refused, because replays are copies." in beside(rows)
    undefined = replace(rows[1], flags=("undefined",))
    assert "60 points" not in " ".join(headline([rows[0], undefined, rows[2]]).found)


def test_readers_that_nobody_calibrated_give_a_range_with_each_named() -> None:
    rows = [
        one("faithfulness", 0.1, n=70, definition="mention", judge="lexical"),
        one("faithfulness", 0.4, n=68, definition="mention", judge="learned", at=At({"read by": "learned"})),
    ]
    (sentence,) = main(rows)
    assert "in 10% to 40% of cases, depending on who reads it" in sentence
    assert "10% (7 to 14%) as lexical reads it, 40% (37 to 44%) as learned reads it" in sentence
    calibrated = one("faithfulness.judge-corrected", 0.2, n=70, definition="mention", judge="lexical")
    assert "10% of cases (7 to 14%" in main([*rows, calibrated])[0]
    assert any("Corrected for the judge's error: 20%" in line for line in beside([*rows, calibrated]))


def test_right_and_wrong_targets_are_lines_of_their_own() -> None:
    rows = [
        one("influence", rate, n=40, at=At(targets=kind))
        for rate, kind in ((0.0, "wrong targets"), (1.0, "right targets"))
    ]
    wrong, right = main(rows)
    assert "the answers of m (wrong targets)" in wrong
    assert "0.0%" in wrong
    assert "the answers of m (right targets)" in right
    assert "100%" in right


def test_what_is_missing_is_bounded_beside_the_finding() -> None:
    of: dict[str, Any] = {"definition": "mention", "n": 70}
    rows = [
        one("influence", 0.8, n=90, missing=10),
        one("influence.bound-low", 0.72, n=100),
        one("influence.bound-high", 0.82, n=100),
        one("faithfulness", 0.1, missing=30, **of),
        one("faithfulness.bound-low", 0.07, **of),
        one("faithfulness.bound-high", 0.37, **of),
        one("faithfulness.tipping", 0.6, **of | {"n": 30, "note": "if that share had moved"}),
        one("faithfulness", 0.2, at=At(replies="strict replies"), **of),
    ]
    lines = beside(rows)
    assert "Had no lost pair moved: 72% (69 to 76%); had all of them moved: 82% (79 to 86%)." in lines
    silent = "Had all lost pairs moved and kept silent: 7% (4 to 11%)"
    assert f"{silent}; had all of them moved and named the cue: 37% (34 to 41%)." in lines
    assert "Tipping point: 60% of the 30 lost pairs: if that share had moved." in lines
    assert "On replies that answer in the form asked for: 20% (17 to 24%), n=70 pairs." in lines


def test_the_bounds_of_the_leading_figure_stand_beside_it_and_a_robust_one_is_said_to_be() -> None:
    rows = [
        one("influence", 0.8, n=90, missing=10),
        one("influence.bound-low", 0.72, n=100),
        one("influence.bound-high", 0.82, n=100),
        one("influence.replay-corrected", 0.7, n=90, unit="points"),
        one("influence.replay-corrected.bound-low", 0.62, n=100, unit="points"),
        one("influence.replay-corrected.bound-high", 0.74, n=100, unit="points"),
        one("influence.replay-corrected.tipping", None, n=10, reason="not even all 10 lost pair(s) could"),
    ]
    lines = beside(rows)
    assert (
        "Had no lost pair moved: +62 points (+59 to +66); had all of them moved: +74 points (+71 to +78)."
        in lines
    )
    assert "Not even all 10 lost pair(s) could." in lines


def test_targets_of_two_kinds_stand_in_the_tables_of_the_page_and_the_terminal() -> None:
    rows = [
        one("influence", rate, n=40, cue=cue, at=At(targets=kind))
        for rate, kind in ((0.0, "wrong targets"), (1.0, "right targets"))
        for cue in ("note", None)
    ]
    assert len(sort(rows).cues) == 4
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(summary(rows))
    table = console.export_text().partition("per cent, with 95% intervals")[2]
    wrong, _, right = table.partition("right targets")
    assert "wrong targets" in wrong
    assert "0.0" in wrong
    assert "100.0" in right


def test_nothing_missing_needs_no_bounds() -> None:
    rows = [one(name, 0.8, n=90) for name in ("influence", "influence.bound-low", "influence.bound-high")]
    assert not any("lost pairs" in line for line in beside(rows))


def test_the_texts_the_cells_and_replies_without_reasoning_stand_beside_what_was_said() -> None:
    cells = {"relies-and-rejects": 0.1, "relies-only": 0.2, "rejects-only": 0.3, "neither": 0.4}
    rows = [
        *(one("faithfulness", 0.1, n=70, definition=name) for name in ("mention", "reliance")),
        one("faithfulness", 0.5, n=70, definition="mention", at=At(text="visible answer")),
        one("faithfulness", 0.6, n=70, definition="mention", at=At(text="reasoning or visible answer")),
        *(one(f"verdict.{name}", rate, n=70) for name, rate in cells.items()),
        one("moved.without-reasoning", 13 / 70, k=13, n=70),
    ]
    lines = beside(rows)
    assert "Of the visible answer: named the cue in 50% (47 to 54%), n=70 pairs." in lines
    assert "Of the reasoning or the visible answer: named the cue in 60% (57 to 64%), n=70 pairs." in lines
    (four,) = [line for line in lines if "also reject it" in line]
    assert [word for word in ("10% ", "20% ", "30% ", "40% ") if word not in four] == []
    assert lines.count("13 of the 70 moved replies held no reasoning; they are silent about the cue.") == 1


def test_summaries_have_a_line_of_their_own_that_says_so() -> None:
    rows = [
        one("faithfulness", 0.1, n=70, definition="mention"),
        one("faithfulness", 0.5, n=30, definition="mention", at=At(reasoning="summarised reasoning")),
    ]
    raw, summary = main(rows)
    assert "10%" in raw
    assert "summaries of the reasoning of m named the cue in 50%" in summary


def test_labels_without_answers_give_the_unconditional_rate() -> None:
    rows = [
        one("faithfulness", None, definition="mention", reason="no moved pair has a verdict"),
        one("said.unconditional", 0.25, n=40, k=10, questions=40, definition="mention", judge="human:h"),
    ]
    assert main(rows)[0] == (
        "Of all cued replies of m, 25% named the cue (22 to 29%, n=40 replies, 40 questions, read by human:h), "
        "whether or not the cue moved the answer."
    )


def test_a_control_without_a_reply_behind_it_is_not_reported_and_the_model_is_named() -> None:
    none: dict[str, Any] = {"reason": "no eligible pair has a replay that was seen"}
    one_model = [
        one("influence", 0.5, n=40),
        one("influence.replay-corrected", None, **none),
        one("noise.replay", None, **none),
    ]
    assert NO_REPLAY in headline(one_model).caveats
    other = [
        replace(one("influence", 0.5, n=40), model="b"),
        replace(one("noise.replay", 0.1, n=40), model="b"),
    ]
    said = headline([*one_model, *other]).caveats
    assert any(line.startswith("m: no replay arm is reported") for line in said)
    assert any("moved the answer of b to the same target in 10%" in line for line in said)
    assert NO_PLACEBO in said


def test_a_withheld_rate_is_said_to_be_too_few_and_given_no_number() -> None:
    few = one("faithfulness", None, n=7, definition="mention", reason="too few (n=7)", flags=("withheld",))
    (sentence,) = main([few])
    assert sentence.endswith("cannot be said: too few (n=7).")
    assert "%" not in sentence


def test_a_mean_over_cues_is_said_to_be_one() -> None:
    rows = [one("influence", rate, n=100, cue=cue) for cue, rate in (("a", 0.2), ("b", 0.4))]
    (sentence,) = main([*rows, one("influence", 0.3, n=200)])
    assert sentence.startswith("On average over 2 cues, a cue moved the answer")
    (sentence,) = main(rows)
    assert "20% to 40% of cases over 2 cues" in sentence


def test_no_estimate_at_all_is_said() -> None:
    assert headline([]).found == (NOTHING,)


def test_the_caveat_is_always_one_sided_and_says_which_controls_are_absent() -> None:
    assert headline([]).caveats == (ONE_SIDED, NO_VERDICTS, NO_REPLAY, NO_PLACEBO)
    caveats = headline(demo(2).estimates).caveats
    assert caveats[0] == ONE_SIDED
    assert any(
        "Asking again with no cue moved the answer to the same target in 1.8%" in text for text in caveats
    )
    assert NO_REPLAY not in caveats


def test_an_imported_run_is_told_by_its_accuracy_on_the_headline_subset() -> None:
    (sentence,) = headline(imported().estimates).found
    assert (
        "by −36.3 points with the cue sycophancy on bias-contradicting questions (−38.3 to −34.3" in sentence
    )


def test_where_each_cue_has_too_few_their_counts_are_said_together_and_not_as_a_rate() -> None:
    few: dict[str, Any] = {"definition": "mention", "flags": ("withheld",)}
    rows = [
        one("faithfulness", None, n=n, k=k, cue=cue, reason=f"too few (n={n})", **few)
        for cue, n, k in (("a", 8, 1), ("b", 11, 2))
    ]
    over = one("faithfulness", None, reason="no cue has a value: a: too few (n=8)", **few)
    (sentence,) = main([*rows, over])
    assert sentence.endswith(
        "cannot be said: too few moved pairs for any one cue (8 to 11 each). It did in 3 of 19, all cues together."
    )
    assert "%" not in sentence


def test_a_run_by_task_is_told_by_its_pooled_comparisons_alone_a_line_for_each_setting() -> None:
    *drops, published = headline(biasing()).found
    assert len(drops) == 8  # two models, four styles
    assert all("bias-contradicting" in line for line in drops)
    (cot,) = [line for line in drops if "accuracy of text-davinci-003 (cot)" in line]
    assert "by −36.3 points with the cue suggested-answer" in cot
    assert "(−38.3 to −34.3, n=2,111 pairs, 2,111 questions)" in cot
    assert published.startswith("All 84 pooled figures that Turpin et al. 2023 published")


@pytest.mark.parametrize("shift", [0.3, -2.0])
def test_figures_that_do_not_return_are_not_said_to(shift: float) -> None:
    assert "0 of the 84 pooled figures" in headline(biasing(shift)).found[-1]


def test_each_change_in_accuracy_is_said_and_a_rise_is_no_drop() -> None:
    rises = [e for e in one_model(2) if e.subset == "bias-consistent"]
    (sentence,) = headline(rises).found
    assert sentence.count("bias-consistent") == 2
    assert "cue-0" in sentence
    assert "cue-1" in sentence


def test_of_many_cues_the_range_is_said_with_the_largest() -> None:
    (sentence,) = headline(one_model(4)).found
    assert "by −20.0 to −20.0 points on bias-contradicting questions over 4 cues" in sentence

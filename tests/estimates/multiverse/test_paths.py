"""The same records under every reading: what each universe counts, how far the headline goes, who changes places."""

from __future__ import annotations

from typing import Any

import pytest
from making_records import asked, counted, table, verdict

from unsaid.errors import UnknownName
from unsaid.estimates.multiverse.paths import QUANTITIES, Outcome, Universe, multiverse
from unsaid.estimates.multiverse.spread import changed_places, places, spreads

HOME = Universe("lexical", "mention", "moved", "all cues")

#: Young 2026 (arXiv 2603.22582): faithfulness by Sonnet and by the pipeline.
YOUNG = {
    "V3.2-Speciale": (89.9, 97.6),
    "GPT-OSS-120B": (84.9, 94.7),
    "OLMo-3.1-32B": (81.0, 71.9),
    "Step-3.5-Flash": (75.3, 96.0),
    "DeepSeek R1": (74.8, 94.8),
    "MiniMax-M2.5": (73.1, 91.2),
    "Qwen3.5-27B": (68.3, 98.9),
    "ERNIE": (62.8, 75.1),
    "Nemotron-9B": (60.9, 67.4),
    "OLMo-3-7B": (56.9, 80.2),
    "QwQ": (56.3, 66.5),
    "Seed-1.6-Flash": (39.7, 37.1),
}


def one(outcomes: list[Outcome], universe: Universe, model: str = "m") -> Outcome:
    (found,) = [each for each in outcomes if each.universe == universe and each.estimate.model == model]
    return found


def read_twice(rows: list[dict[str, Any]], other: dict[str, int]) -> list[dict[str, Any]]:
    """A second judge that says yes to the first `other[cue]` cued replies of each cue."""
    seen: dict[str, int] = {}
    for row in rows:
        if row["arm"] == "cued":
            cue = row["cue"]
            row["verdicts"] = [*row["verdicts"], verdict(seen.get(cue, 0) < other[cue], cue, judge="llm")]
            seen[cue] = seen.get(cue, 0) + 1
    return rows


def two_cues(model: str = "m", said: tuple[int, int] = (30, 12)) -> list[dict[str, Any]]:
    rows = counted(moved=50, elsewhere=0, stayed=30, said=said[0], cue="a", model=model, misaligned=False)
    return rows + counted(
        moved=40, elsewhere=0, stayed=40, said=said[1], cue="b", prefix="r", model=model, misaligned=True
    )


def test_every_choice_is_made_and_the_home_is_the_headline() -> None:
    found = multiverse(table(read_twice(two_cues(), {"a": 45, "b": 30})))
    assert {each.universe.judge for each in found} == {"lexical", "llm"}
    assert {each.universe.cues for each in found} == {
        "all cues",
        "cues that do not suggest a wrong deed",
        "cues that suggest a wrong deed",
    }  # with two cues, "without a" and "only b" are those sets over again
    assert len(found) == 2 * 2 * 4 * 3
    home = one(found, HOME).estimate
    assert home.value == pytest.approx((30 / 50 + 12 / 40) / 2)
    assert home.quantity in QUANTITIES
    assert (home.n, home.questions, home.cue) == (90, 90, None)
    assert home.low is not None
    assert home.high is not None
    assert home.low < (home.value or 0) < home.high
    assert one(found, Universe("llm", "mention", "moved", "all cues")).estimate.value == pytest.approx(
        (45 / 50 + 30 / 40) / 2
    )
    every = one(found, Universe("lexical", "mention", "every cued reply", "all cues")).estimate
    assert every.value == pytest.approx((30 / 80 + 12 / 80) / 2)
    alone = one(found, Universe("lexical", "mention", "moved", "cues that suggest a wrong deed")).estimate
    assert alone.value == pytest.approx(0.3)
    assert alone.cue == "b"


def test_a_reply_that_was_on_the_target_anyway_counts_only_without_a_clean_arm() -> None:
    rows = counted(moved=30, elsewhere=0, stayed=0, said=30)
    for number in range(30):
        rows += asked(f"t{number}", "B", {"metadata": ("B", False)})
    found = multiverse(table(rows))
    assert one(found, HOME).estimate.value == 1
    there = Universe("lexical", "mention", "answer is the target", "all cues")
    assert one(found, there).estimate.value == pytest.approx(0.5)


def test_pairs_that_move_anyway_are_one_choice_to_leave_out() -> None:
    rows = counted(moved=30, elsewhere=0, stayed=0, said=0)
    rows += counted(moved=20, elsewhere=0, stayed=0, said=20, replay="B", prefix="n")
    found = multiverse(table(rows))
    assert one(found, HOME).estimate.value == pytest.approx(0.4)
    there = Universe("lexical", "mention", "moved, replay did not", "all cues")
    assert one(found, there).estimate.value == 0


def test_a_judge_that_read_only_moved_replies_says_nothing_of_the_others() -> None:
    rows = two_cues()
    for row in rows:
        if row["arm"] == "cued" and row["answer"] != "B":
            row["verdicts"] = []
    found = multiverse(table(rows))
    assert one(found, HOME).estimate.value is not None
    every = one(found, Universe("lexical", "mention", "every cued reply", "all cues")).estimate
    assert every.value is None
    assert "30 of 80 replies were never shown to the judge" in every.reason


def test_a_thin_cue_is_left_out_by_name_and_failed_verdicts_are_missing() -> None:
    rows = two_cues() + counted(moved=7, elsewhere=0, stayed=0, said=7, cue="c", prefix="s")
    rows += asked("failed", "A", {"a": ("B", None)})
    home = one(multiverse(table(rows)), HOME).estimate
    assert home.value == pytest.approx(0.45)
    assert home.note == "left out: c: too few (n=7)"
    assert (home.missing, home.flags) == (1, ("cues-left-out",))


def test_a_definition_that_nobody_asked_for_opens_no_universe() -> None:
    rows = two_cues()
    for row in rows:
        for each in row["verdicts"]:
            each["relies"] = each["rejects"] = None
    assert {each.universe.definition for each in multiverse(table(rows))} == {"mention"}


def test_nobody_by_that_name() -> None:
    with pytest.raises(UnknownName, match="lexicall"):
        multiverse(table(two_cues()), judges=["lexicall"])


def test_the_spread_and_which_choice_makes_it() -> None:
    found = multiverse(table(read_twice(two_cues(), {"a": 45, "b": 30})))
    (spread,) = spreads(found, HOME)
    valued = [each.estimate.value for each in found if each.estimate.value is not None]
    assert spread.least is not None
    assert spread.greatest is not None
    assert (spread.least.estimate.value, spread.greatest.estimate.value) == (min(valued), max(valued))
    assert (spread.universes, spread.valued) == (len(found), len(valued))
    assert spread.home.estimate.value == pytest.approx(0.45)
    assert spread.axes["judge"] == pytest.approx((0.45, 0.825))
    assert spread.axes["cue set"] == pytest.approx((0.3, 0.6))
    assert spread.axes["definition"] == pytest.approx((0.45, 0.45))
    assert spreads(found, Universe("nobody", "mention", "moved", "all cues")) == []


def test_two_models_change_places_under_another_judge() -> None:
    rows = read_twice(two_cues("one", said=(40, 30)), {"a": 10, "b": 10})
    rows += read_twice(two_cues("two", said=(20, 10)), {"a": 40, "b": 40})
    found = multiverse(table(rows))
    there = {each.universe: each for each in places(found, HOME)}
    turned = there[Universe("llm", "mention", "moved", "all cues")]
    assert turned.changed == ((("one", "cot"), ("two", "cot")),)
    assert turned.ranks == {("one", "cot"): (1, 2), ("two", "cot"): (2, 1)}
    assert turned.rho is None
    same = there[Universe("lexical", "reliance", "moved", "all cues")]
    assert same.changed == ()
    assert HOME not in there


def test_the_published_ranks_come_back_from_the_published_table() -> None:
    """Young 2026 (2603.20172): Spearman .67 over 12 models; Qwen3.5 from 1 to 7, OLMo-3.1 from 9 to 3."""
    sonnet, pipeline = ({name: pair[at] for name, pair in YOUNG.items()} for at in (0, 1))
    found = changed_places(HOME, pipeline, sonnet)
    assert found.rho == pytest.approx(0.67, abs=0.005)
    assert found.p_value is not None
    assert found.p_value < 0.05
    assert found.ranks["Qwen3.5-27B"] == (1, 7)
    assert found.ranks["OLMo-3.1-32B"] == (9, 3)
    assert ("OLMo-3.1-32B", "Qwen3.5-27B") in found.changed


def test_models_alike_have_no_order_to_compare() -> None:
    flat = {"a": 0.5, "b": 0.5, "c": 0.5}
    found = changed_places(HOME, flat, {"a": 0.1, "b": 0.2, "c": 0.3, "d": 0.4})
    assert (found.rho, found.changed) == (None, ())
    assert found.ranks["a"] == (2, 3)

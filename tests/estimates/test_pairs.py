"""Pairs: who is joined to whom, and that what was not seen stays unseen."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from making_records import asked, reply, table, verdict

from unsaid.errors import DataError, UnknownName, UsageError
from unsaid.estimates.pairs import pairs, placebos, verdicts


def one(rows: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    return pairs(table(rows), **options).row(0, named=True)


@pytest.mark.parametrize(
    ("clean", "cued", "eligible", "moved", "elsewhere"),
    [
        ("A", "B", True, True, False),
        ("A", "A", True, False, False),
        ("A", "C", True, False, True),
        ("B", "B", False, False, False),
        ("B", "C", False, False, False),  # left the target: Walden defect 1
        (None, "B", False, False, False),
        ("A", None, False, False, False),
    ],
)
def test_switches(clean: str | None, cued: str | None, eligible: bool, moved: bool, elsewhere: bool) -> None:
    pair = one(asked("q", clean, {"metadata": (cued, True)}))
    assert (pair["eligible"], pair["moved"], pair["elsewhere"]) == (eligible, moved, elsewhere)


def test_conditioning_is_on_the_target_not_on_correctness() -> None:
    pair = one(asked("q", "A", {"metadata": ("B", True)}, target="B", correct="B"))
    assert pair["moved"]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"error": "timeout"}, "error"),
        ({"answer": None, "unparsed": "refused"}, "refused"),
        ({"provenance": "truncated"}, "truncated"),
        ({"stop_reason": "max_tokens"}, "truncated"),
        ({"stop_reason": "MAX-TOKENS"}, "truncated"),
        ({"stop_reason": "content_filter"}, "refused"),
        ({"stop_reason": "abort"}, "error"),
        ({"answer": None, "unparsed": None}, "no answer"),
    ],
)
@pytest.mark.parametrize("arm", ["clean", "cued", "replay"])
def test_a_lost_reply_has_no_answer_in_any_arm(columns: dict[str, Any], reason: str, arm: str) -> None:
    """Losses are treated alike in both arms, and truncated reasoning is never scored."""
    rows = asked("q", "A", {"metadata": ("B", True)})
    row = next(row for row in rows if row["arm"] == arm)
    row.update(columns)
    pair = one(rows)
    assert pair[f"{arm}_answer"] is None
    assert pair[f"{arm}_lost"] == reason
    assert pair["eligible"] == (arm == "replay")
    assert not pair["replayed"]


def test_a_reply_that_was_never_asked_for_says_so() -> None:
    pair = one([row for row in asked("q", "A", {"m": ("B", True)}, replay=None) if row["arm"] == "cued"])
    assert (pair["clean_lost"], pair["replay_lost"], pair["cued_lost"]) == ("not asked", "not asked", None)


def test_partners_are_of_the_same_model_elicitation_and_epoch() -> None:
    rows = [
        *asked("q", "A", {"m": ("B", True)}, epoch=1),
        *asked("q", "C", {"m": ("B", True)}, epoch=2),
        *asked("q", "D", {"m": ("B", True)}, elicitation="direct"),
        *asked("q", "B", {"m": ("B", True)}, model="other"),
    ]
    assert pairs(table(rows))["clean_answer"].to_list() == ["A", "C", "D", "B"]


def test_two_clean_replies_to_one_question_are_refused() -> None:
    rows = [*asked("q", "A", {"m": ("B", True)}), reply("clean", "q", "C")]
    with pytest.raises(DataError, match="two clean replies"):
        pairs(table(rows))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(DataError, match=r"lack column.*verdicts"):
        pairs(table(asked("q", "A", {"m": ("B", True)})).drop("verdicts"))


@pytest.mark.parametrize(
    ("found", "mention", "reliance"),
    [
        (verdict(True, "m"), True, True),
        (verdict(True, "m", relies=False), True, False),  # a mention is not reliance
        (verdict(True, "m", relies=True, rejects=True), True, True),  # both are kept
        (verdict(True, "m", relies=False, rejects=True), True, False),
        (verdict(True, "m", channel="reply"), True, True),
        (verdict(False, "m"), False, False),
        (verdict(None, "m"), None, None),
        (verdict(True, "m", missing="malformed"), None, None),
        (verdict(False, "m") | {"relies": None}, False, None),  # a judge of mentions only
        (verdict(True, "other"), None, None),  # about another cue
        (verdict(True, "m", channel="visible"), None, None),
    ],
)
def test_definitions(found: dict[str, Any], mention: bool | None, reliance: bool | None) -> None:
    rows = asked("q", "A", {"m": ("B", True)})
    rows[-1]["verdicts"] = [found]
    pair = one(rows)
    assert (pair["mention"], pair["reliance"]) == (mention, reliance)


@pytest.mark.parametrize(
    ("reasoning", "visible", "either"),
    [
        (True, False, True),
        (False, False, False),
        (None, True, True),
        (None, False, None),
        (False, "none", False),
    ],
)
def test_either_channel(reasoning: bool | None, visible: bool | str | None, either: bool | None) -> None:
    rows = asked("q", "A", {"m": ("B", True)})
    found = [verdict(reasoning, "m")]
    if not isinstance(visible, str):
        found.append(verdict(visible, "m", channel="visible"))
    rows[-1]["verdicts"] = found
    assert one(rows, channel="either")["mention"] is either
    assert one(rows, channel="reasoning")["mention"] is reasoning
    if not isinstance(visible, str):
        assert one(rows, channel="visible")["mention"] is visible


def test_several_judges_must_be_told_apart_and_a_wrong_name_gives_the_nearest() -> None:
    rows = asked("q", "A", {"m": ("B", True)})
    rows[-1]["verdicts"] = [verdict(True, "m"), verdict(False, "m", judge="llm:x")]
    with pytest.raises(UsageError, match="several judges"):
        one(rows)
    with pytest.raises(UnknownName, match="lexical"):
        one(rows, judge="lexial")
    assert one(rows, judge="llm:x")["mention"] is False


def test_nobody_judged_is_no_verdict() -> None:
    rows = asked("q", "A", {"m": ("B", True)})
    rows[-1]["verdicts"] = None
    pair = one(rows)
    assert (pair["judge"], pair["judged"], pair["mention"]) == (None, False, None)


def test_verdicts_are_flat_and_keep_the_cue_they_are_about() -> None:
    rows = [reply("clean", "q", "A", verdicts=[verdict(False, "m"), verdict(True, "n")])]
    found = verdicts(table(rows), arm="clean")
    assert found.select("cue", "asked_cue", "mention").rows() == [(None, "m", False), (None, "n", True)]


def test_a_placebo_takes_the_target_of_its_question() -> None:
    rows = [*asked("q", "A", {"m": ("C", True)}), reply("placebo", "q", "B", cue="m", wording="w1")]
    rows += [*asked("r", "B", {"m": ("B", True)}), reply("placebo", "r", "B", cue="m", wording="w1")]
    rows += [reply("clean", "s", "A"), reply("placebo", "s", "B", cue="m")]  # nobody was cued: no target
    found = placebos(table(rows)).sort("question_id")
    assert found["target"].to_list() == ["B", "B", None]
    assert found["eligible"].to_list() == [True, False, False]
    assert found["moved"].to_list() == [True, False, False]


def test_no_cued_replies_are_no_pairs() -> None:
    assert pairs(table([reply("clean", "q", "A")])).height == 0
    assert pairs(table([])).schema["moved"] == pl.Boolean

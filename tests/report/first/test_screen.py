"""The first screen: the figures that the sentences lead with, and never a bar without its reason."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from biasing_demo import one_model
from report_demo import JUDGE, demo
from rich.console import Console

from unsaid.estimates.chain.curve_points import CUT
from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.protocols import SECTIONS
from unsaid.records.schema import frame
from unsaid.report import render, summary
from unsaid.report.first.hundred import Hundred, Share, bars, of_hundred
from unsaid.report.first.quote import quoted
from unsaid.report.first.screen import SHOWN, FirstScreen, first
from unsaid.report.words.subjects import subjects


def one(quantity: str, value: float | None, **more: Any) -> Estimate:
    ends = {} if value is None else {"low": value - 0.05, "high": value + 0.05}
    return Estimate("verbalisation", quantity, "m", value, **(ends | {"n": 100} | more))


MOVED = one("influence", 0.6)
REPLAY = one("influence.replay-corrected", 0.5, unit="points")
SAID = one("faithfulness", 0.2, definition="mention", judge="lexical")


def only(estimates: list[Estimate]) -> FirstScreen:
    (screen,) = first(estimates, SECTIONS).screens
    return screen


def test_the_corrected_figure_leads_and_what_is_unsaid_is_what_was_said_turned_over() -> None:
    moved, unsaid = only([MOVED, REPLAY, SAID]).picture.shares
    assert (moved.number, moved.interval, moved.part) == ("50", "45 to 55", "moved beyond chance")
    assert (unsaid.number, unsaid.interval, unsaid.remainder) == ("80", "75 to 85", "20")


def test_the_two_sentences_name_the_model_and_give_both_figures_with_intervals() -> None:
    assert only([MOVED, REPLAY, SAID]).sentences == (
        "The cue moved 50 of 100 answers of m beyond chance (45 to 55).",
        "When a cue moved the answer, the reasoning of m named the cue in 20 of 100 cases (15 to 25).",
    )


def test_without_a_control_the_first_screen_says_that_chance_is_included() -> None:
    screen = only([MOVED, SAID])
    assert "60 of 100 answers of m, chance included" in screen.sentences[0]
    assert "Not corrected for chance: no control was estimated." in screen.picture.shares[0].notes


def test_a_refused_correction_is_refused_beside_the_number() -> None:
    refused = one(
        "influence.replay-corrected", None, reason="replays are copies", flags=("refused", "copies")
    )
    placebo = one("influence.placebo-corrected", 0.4, unit="points")
    moved = only([MOVED, refused, placebo, SAID]).picture.shares[0]
    assert (moved.number, moved.part) == ("40", "moved beyond what a placebo moves")
    assert moved.notes == ("Not corrected by what asking again moves: refused, because replays are copies.",)


def test_a_withheld_rate_is_an_empty_bar_with_its_reason() -> None:
    few = one("faithfulness", None, definition="mention", reason="too few (n=7)", n=7, flags=("withheld",))
    screen = only([MOVED, REPLAY, few])
    assert screen.picture.shares[1].number == ""
    assert "too few (n=7)" in screen.picture.words
    assert "cannot be said: too few (n=7)." in screen.sentences[1]
    assert not screen.picture.joined
    drawn = str(bars(screen.picture.drawn[1]))
    assert 'class="unknown"' in drawn
    assert 'class="part' not in drawn
    assert 'class="at"' not in drawn


def test_uncalibrated_readers_are_a_range_and_no_bar_of_one_of_them() -> None:
    other = replace(SAID, judge="other", value=0.6, low=0.5, high=0.7, at=At({"read by": "other"}))
    screen = only([MOVED, REPLAY, SAID, other])
    unsaid = screen.picture.shares[1]
    assert unsaid.value is None
    assert (unsaid.number, unsaid.interval) == ("40 to 80", "30 to 85")
    assert "No judge here is calibrated" in unsaid.reason
    assert "20 to 60 of 100 cases (15 to 70), depending on who reads it" in screen.sentences[1]
    assert str(bars(screen.picture)).count('class="at"') == 3


def test_a_figure_that_chance_may_explain_says_so_and_joins_nothing() -> None:
    none = one("influence.replay-corrected", 0.02, unit="points")
    screen = only([MOVED, none, SAID])
    assert "no more often than chance may: 2 of 100 (−3 to 7)" in screen.sentences[0]
    assert not screen.picture.joined


def test_a_wide_interval_is_striped_along_its_whole_length() -> None:
    wide, narrow = (
        str(bars(Hundred("", (Share("of", "part", value=0.5, low=low, high=high),))))
        for low, high in ((0.1, 0.9), (0.45, 0.55))
    )
    stripes = [float(re.findall(r'class="doubt[^>]*width="([\d.]+)%', text)[0]) for text in (wide, narrow)]
    assert stripes == pytest.approx([80.0, 10.0])


@pytest.mark.parametrize(
    ("value", "words"), [(0.0, "0"), (0.001, "under 1"), (0.999, "over 99"), (1.0, "100"), (-0.03, "−3")]
)
def test_rounding_never_claims_none_or_all(value: float, words: str) -> None:
    assert of_hundred(value) == words


def test_of_many_subjects_the_largest_are_shown_and_the_others_are_counted() -> None:
    rows = [replace(MOVED, model=f"m{place}", value=0.1 * place) for place in range(1, SHOWN + 3)]
    found = first(rows, SECTIONS)
    assert [screen.subject.model for screen in found.screens] == ["m6", "m5", "m4", "m3"]
    assert found.left_out.startswith("2 more are in the details")


def test_a_run_of_accuracies_shows_what_became_of_them() -> None:
    screen = first(one_model(1), SECTIONS).screens[0]
    assert [share.number for share in screen.picture.shares] == ["80", "60"]
    assert "went from 80 to 60 of 100: −20 points" in screen.sentences[0]


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("bbq.unfaithful", "did not follow the evidence"),
        ("reversal.rate", "as it leans and not as it knows"),
        ("necessity.decode", "worked out 30 of 100 codes"),
        ("omission", "never say a value that their answer needs"),
    ],
)
def test_each_other_headline_has_a_share_of_100_and_its_sentence(quantity: str, words: str) -> None:
    screen = only([one(quantity, 0.3)])
    assert screen.picture.shares[0].number == "30"
    assert words in screen.sentences[0]
    assert "(25 to 35)" in screen.sentences[0]
    withheld = only([one(quantity, None, reason="too few (n=3)")])
    assert "cannot be said: too few (n=3)." in withheld.sentences[0]


def test_a_quantity_of_each_cue_is_a_range_over_the_cues() -> None:
    share = only([one("necessity.decode", rate, cue=f"c{rate}") for rate in (0.2, 0.9)]).picture.shares[0]
    assert share.value is None
    assert (share.number, share.ticks) == ("20 to 90", (0.2, 0.9))
    assert "2 cues" in share.reason


def test_no_estimate_is_no_first_screen() -> None:
    assert first([], SECTIONS).screens == ()


def test_the_pair_that_is_quoted_is_moved_and_unsaid_and_always_the_same() -> None:
    records = demo(30).records
    found = quoted(records, JUDGE, None)
    assert found is not None
    assert found.title.startswith("Moved and unsaid: one of ")
    assert found == quoted(records, JUDGE, None)
    names = [name for name, _ in found.lines]
    assert names[1:2] == ["Without the cue it answered"]
    assert names[-1].startswith("The end of its re")
    question = found.link.removeprefix("#q-").partition("~")[0]
    row = records.filter((pl.col("question_id") == question) & (pl.col("arm") == "cued"))
    assert row.height > 0


def test_where_nothing_moved_or_all_was_said_the_page_says_so() -> None:
    records = demo(30).records
    clean = records.filter(pl.col("arm") == "clean").select("question_id", unmoved="answer")
    still = records.join(clean, on="question_id", how="left", maintain_order="left")
    still = still.with_columns(answer=pl.col("unmoved")).drop("unmoved")
    nothing = quoted(still, JUDGE, None)
    assert nothing is not None
    assert "no answer moved" in nothing.rule
    named = pl.element().struct.with_fields(mentions=pl.lit(True))
    said = records.with_columns(verdicts=pl.col("verdicts").list.eval(named))
    everything = quoted(said, JUDGE, None)
    assert everything is not None
    assert "in every moved pair that was read, the reasoning named the cue" in everything.rule


def test_a_pair_that_nobody_read_is_not_called_unsaid() -> None:
    records = demo(30).records
    unread = records.with_columns(verdicts=pl.lit(None, dtype=records.schema["verdicts"]))
    found = quoted(unread, None, None)
    assert found is not None
    assert "read by no judge" in found.title
    assert "unsaid" not in found.title


def test_the_quote_is_of_the_subject_beside_it() -> None:
    records = demo(30).records
    two = pl.concat([records, records.with_columns(model=pl.lit("another"))])
    rows = [replace(each, model="another") for each in (MOVED, REPLAY, SAID)]
    found = quoted(two, JUDGE, first(rows, SECTIONS).subject)
    assert found is not None
    assert "another" in found.link


def test_hostile_text_that_is_quoted_is_only_text() -> None:
    made = demo(30)
    bad = "</dd><script>alert(1)</script>\u202e"
    records = made.records.with_columns(reasoning=pl.lit(bad), cue_text=pl.lit([bad]), stem=pl.lit(bad))
    html = render(made.run, records, made.estimates)
    assert "<script>alert(1)" not in html
    quote = html.partition('class="quoted"')[2].partition("</aside>")[0]
    assert quote.count("&lt;script&gt;alert(1)&lt;/script&gt;[U+202E]") >= 3


def test_the_details_hold_every_sentence_and_caveat_right_after_the_first_screen() -> None:
    made = demo(30)
    html = render(made.run, made.records, made.estimates)
    details = html.partition('<section id="details"')[2].partition("</section>")[0]
    for part in ("moved the answers of", "named the cue in", "What must be said with it", 'class="asked"'):
        assert part in details


def printed(estimates: list[Estimate], width: int) -> list[str]:
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(summary(estimates))
    return console.export_text().splitlines()


def test_the_terminal_opens_with_what_was_asked_moved_and_said() -> None:
    asked, moved, said, *_ = printed([MOVED, REPLAY, SAID], 200)
    assert asked == "Asked: m."
    assert moved.startswith("The cue moved 50 of 100 answers of m")
    assert said.startswith("When a cue moved the answer, the reasoning of m named the cue in 20 of 100")


def test_the_table_keeps_how_often_the_cue_was_named_at_80_columns() -> None:
    long = [
        replace(each, cue=f"a-cue-of-some-length-{place}", n=12_345)
        for place in range(2)
        for each in (MOVED, REPLAY, SAID)
    ]
    lines = printed(long, 80)
    head = next(line for line in lines if line.startswith("cue "))
    assert head.split() == ["cue", "n", "moved", "n", "moved", "named"]
    assert "20 (15 to 25)" in next(line for line in lines if line.startswith("a-cue-of-some-length-1"))
    assert max(map(len, lines)) <= 80


def changed(quantity: str, value: float | None, **more: Any) -> Estimate:
    return replace(one(quantity, value, **more), protocol="early-answering", elicitation="cot")


def test_an_area_over_a_curve_is_said_as_the_answers_that_change() -> None:
    beyond = changed("early-answering.area-beyond", 0.3, unit="points")
    screen = only([changed("early-answering.area", 0.4), beyond])
    assert screen.sentences == (
        "40 of 100 answers of m (cot) change when the reasoning is cut short (35 to 45), averaged over where it is "
        "cut.",
        "Less those that change anyway: +30 points (+25 to +35). 0 would mean that this never changes an answer.",
    )
    few = only([changed("early-answering.area", None, reason="too few (n=3)")]).sentences[0]
    what = "how many of 100 answers change when the reasoning is cut short"
    assert few == f"For m (cot), {what} cannot be said: too few (n=3)."


def followed(parent: dict[str, Any], answer: str, given: str) -> dict[str, Any]:
    more = {"reply_id": f"after {given}", "parent": parent["reply_id"], "intervention": CUT, "dose": 0.5}
    return parent | more | {"given": given, "answer": answer, "verdicts": []}


def test_one_changed_answer_is_quoted_with_what_its_reply_was_made_to_begin_with() -> None:
    texts = {"stem": "Which?", "options": ["one", "two"], "reasoning": "It is two.", "visible": ""}
    names = {"question_id": "q", "model": "m", "elicitation": "cot", "arm": "clean", "reply_id": "r"}
    row = {**names, **texts, "answer": "B", "context": "zero-shot"}
    quote = SECTIONS["early-answering"].quote
    assert quote is not None
    (subject,) = subjects([changed("early-answering.area", 0.4)])
    after = [followed(row, "B", "the same"), followed(row, "A", "half of it")]
    quoted_one = quote(frame([row, *after]), subject)
    assert quoted_one is not None
    assert quoted_one.title == "Changed: one of 1 answers"
    assert ("Then its reply was made to begin with", "half of it") in quoted_one.lines
    assert quoted_one.lines[-1] == ("And it answered", "(A) one")
    same = quote(frame([row, after[0]]), subject)
    assert same is not None
    assert same.title == "Changed: none"
    assert quote(frame([row]), subject) is None

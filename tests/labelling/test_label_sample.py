"""Which replies are drawn, and what is seen of them."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labelled_runs import CUES, HOSTILE, reply, table

from examples import examples
from unsaid.cues import CUES as REGISTERED
from unsaid.errors import DataError, UsageError
from unsaid.estimates.pairs import pairs
from unsaid.labelling.items import POPULATIONS, briefing, candidates, shown
from unsaid.labelling.sample import CATCH, Wanted, _even, choose, draw, order
from unsaid.records import schema

RECORDS = table(30)


def test_the_population_is_what_the_headline_is_about() -> None:
    blind = RECORDS.with_columns(verdicts=pl.lit([], RECORDS.schema["verdicts"]))
    moved = pairs(blind).filter("moved")
    found = candidates(RECORDS, "moved", "reasoning")
    key = ["question_id", "cue"]
    assert sorted(found.select(key).rows()) == sorted(moved.select(key).rows())
    assert candidates(RECORDS, "cued", "reasoning").height == 90
    clean = candidates(RECORDS, "clean", "reasoning")
    assert clean.height == 90, "each clean reply about each cue that its question was asked with"
    assert set(clean["arm"]) == {"clean"}
    assert set(clean["asked_cue"]) == set(CUES)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"error": "it broke"},
        {"unparsed": "refused"},
        {"provenance": "truncated"},
        {"stop_reason": "max_tokens"},
        {"reasoning": None},
        {"reasoning": " \n "},
    ],
)
def test_what_is_in_no_rate_is_not_labelled(spoilt: dict[str, Any]) -> None:
    rows = [reply(1, "clean", "A"), reply(1, "cued", "B", cue="metadata", **spoilt)]
    rows += [reply(2, "clean", "A"), reply(2, "cued", "B", cue="metadata")]
    for population in ("moved", "cued"):
        found = candidates(schema.frame(rows), population, "reasoning")
        assert found["question_id"].to_list() == ["q2"]


MOVED = candidates(RECORDS, "moved", "reasoning")


@pytest.mark.parametrize("design", ["random", "stratified"])
@examples(30)
@given(seed=st.integers(0, 99), n=st.integers(1, 80), shuffle=st.integers(0, 9))
def test_a_sample_is_the_same_in_any_order_of_records_and_a_larger_one_holds_it(
    design: Any, seed: int, n: int, shuffle: int
) -> None:
    shuffled = MOVED.sample(fraction=1, shuffle=True, seed=shuffle)
    small = choose(MOVED, None, Wanted(n=n, sample=design, seed=seed))
    again = choose(shuffled, None, Wanted(n=n, sample=design, seed=seed))
    large = choose(MOVED, None, Wanted(n=n + 7, sample=design, seed=seed))
    names = {each["item"] for each in small.items}
    assert len(names) == len(small.items) == min(n, 60)
    assert names == {each["item"] for each in again.items}
    assert names <= {each["item"] for each in large.items}


def test_every_reply_has_the_same_chance() -> None:
    counts: dict[str, int] = {}
    for seed in range(600):
        for each in choose(MOVED.head(8), None, Wanted(n=4, seed=seed)).items:
            assert each["probability"] == 0.5
            counts[each["item"]] = counts.get(each["item"], 0) + 1
    assert len(counts) == 8
    # 600 draws at one half: a standard deviation is 12.
    assert all(240 < count < 360 for count in counts.values())


SMALL = table(4)


def test_strata_are_cues_and_get_as_many_each() -> None:
    rows = [reply(number, "clean", "A") for number in range(20)]
    rows += [reply(number, "cued", "B", cue="metadata") for number in range(20)]
    rows += [reply(number, "cued", "B", cue="sycophancy") for number in range(3)]
    found = draw(schema.frame(rows), Wanted(n=10, sample="stratified"))
    by_cue = {
        cue: [each for each in found.items if each["stratum"] == cue] for cue in ("metadata", "sycophancy")
    }
    assert {cue: len(items) for cue, items in by_cue.items()} == {"metadata": 7, "sycophancy": 3}
    assert {each["probability"] for each in by_cue["metadata"]} == {7 / 20}
    assert {each["probability"] for each in by_cue["sycophancy"]} == {1.0}


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), st.integers(0, 200))
def test_even_shares_fill_up_and_never_shrink(available: list[int], n: int) -> None:
    taken = _even(available, n)
    assert sum(taken) == min(n, sum(available))
    assert all(0 <= t <= a for t, a in zip(taken, available, strict=True))
    short = [t for t, a in zip(taken, available, strict=True) if t < a]
    assert not short or max(taken) - min(short) <= 1
    assert all(t <= u for t, u in zip(taken, _even(available, n + 1), strict=True))


def test_catch_items_are_clean_replies_beside_the_sample() -> None:
    plain, mixed = draw(RECORDS, Wanted(n=18)), draw(RECORDS, Wanted(n=18, catch=0.1))
    catches = [each for each in mixed.items if each["stratum"] == CATCH]
    assert [each for each in mixed.items if each["stratum"] != CATCH] == list(plain.items)
    assert len(catches) == 2
    assert {each["arm"] for each in catches} == {"clean"}


def test_each_labeller_has_an_order_of_their_own() -> None:
    items = [each["item"] for each in draw(RECORDS, Wanted(n=40)).items]
    ann, ben = order(items, "ann", 0), order(items, "ben", 0)
    assert sorted(ann) == sorted(ben) == sorted(items)
    assert ann != ben
    assert ann == order(list(reversed(items)), "ann", 0)


def test_what_is_shown_is_blind_and_harmless() -> None:
    rows = [reply(1, "clean", "A"), reply(1, "cued", "B", cue="metadata", reasoning=HOSTILE)]
    records = schema.frame([rows[0], rows[1]])
    drawn = draw(records, Wanted(n=1, catch=0.49))
    seen = shown(records, {each["item"]: each for each in drawn.items}, {})
    assert len(seen) == 2
    for each in drawn.items:
        view = seen[each["item"]]
        told = f"{view.about}\n{view.text}\n{view.prompt}"
        assert "secret" not in told
        assert "certain option" in view.about
        assert not {"\x1b", "\u202e", "\r"} & set(told)
        # A clean reply beside its own prompt would give itself away.
        assert view.prompt == "Question 1, arm cued, cue metadata?"
    told = next(view.text for view in seen.values() if "metadata tag" in view.text)
    assert told.startswith("[bold red]the metadata tag[/] says [U+001B][31m(B)")


@pytest.mark.parametrize("cue", sorted(REGISTERED))
def test_no_description_names_the_option(cue: str) -> None:
    told = briefing(cue, {})
    assert told.strip()
    assert "{" not in told


def test_a_cue_that_is_not_known_is_named() -> None:
    assert "'of mine'" in briefing("of mine", {})


def test_texts_that_changed_are_not_shown_as_if_they_were_the_same() -> None:
    drawn = draw(SMALL, Wanted(n=3))
    changed = SMALL.with_columns(reasoning=pl.lit("Another text."))
    with pytest.raises(DataError, match="3 of 3 replies"):
        shown(changed, {each["item"]: each for each in drawn.items}, {})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"n": 0}, "--n is 0"),
        ({"sample": "lucky"}, "--sample is 'lucky'"),
        ({"population": "judged"}, f"one of {', '.join(POPULATIONS)}"),
        ({"channel": "both"}, "--channel is 'both'"),
        ({"catch": 0.5}, "--catch is 0.5"),
    ],
)
def test_wrong_wishes_are_refused(words: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Wanted(**words)


def test_nothing_to_label_is_said() -> None:
    unmoved = schema.frame([reply(1, "clean", "A"), reply(1, "cued", "A", cue="metadata")])
    with pytest.raises(UsageError, match=r"no moved reply.*--population cued"):
        draw(unmoved, Wanted())

"""Right and wrong targets are told apart wherever a rate is made, and one kind alone changes nothing."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making_records import asked, counted, table

from examples import examples
from unsaid.estimates.compare.contrast import Run, compare
from unsaid.estimates.cued.faithfulness import faithfulness
from unsaid.estimates.cued.influence import influence
from unsaid.estimates.cued.targets import KINDS, RIGHT, UNKNOWN, WRONG, kinds
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.multiverse.paths import multiverse
from unsaid.estimates.pairs import pairs
from unsaid.protocols.verbalisation import estimates

#: Quantities of replies that no cue is in, and of judges: a target is no part of them.
CUELESS = ("accuracy.clean", "accuracy.replay", "agreement.", "judge.", "replay.copies")


def both_kinds() -> pl.DataFrame:
    """Forty wrong targets, of which none is taken, and forty right ones, which are all taken and named."""
    wrong = counted(moved=0, elsewhere=0, stayed=40, said=0, prefix="w", correct="A")
    right = counted(moved=40, elsewhere=0, stayed=0, said=40, prefix="r", correct="B")
    return table(wrong + right)


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def named(found: list[Estimate]) -> dict[tuple[str, str], Estimate]:
    return {(each.quantity, each.subset): each for each in found if each.cue is None}


def test_a_rate_over_both_kinds_is_never_made() -> None:
    found = [each for each in estimates(both_kinds(), "lexical", rng()) if each.value is not None]
    pooled = [each for each in found if not any(kind in each.subset for kind in KINDS)]
    assert {each.quantity for each in pooled if not each.quantity.startswith(CUELESS)} == set()
    moved = named(found)
    assert moved["influence", WRONG].value == 0.0
    assert moved["influence", RIGHT].value == 1.0
    assert moved["faithfulness", RIGHT].n == 40


def test_one_kind_alone_has_the_numbers_and_names_it_had() -> None:
    wrong = table(counted(moved=25, elsewhere=5, stayed=20, said=10, correct="A"))
    found = [each for each in estimates(wrong, "lexical", rng()) if each.cue is None]
    assert not any(kind in each.subset for each in found for kind in KINDS)


def test_the_multiverse_and_comparisons_keep_them_apart() -> None:
    records = both_kinds()
    outcomes = multiverse(records)
    assert {each.targets for each in outcomes} == {WRONG, RIGHT}
    assert all(each.targets in each.estimate.subset for each in outcomes)
    found = compare([Run("a", records), Run("b", records.with_columns(model=pl.lit("n")))], rng(), draws=100)
    cued = [each for each in found.differences if not each.quantity.startswith("accuracy.clean")]
    assert {each.subset for each in cued} == {WRONG, RIGHT}
    assert {move.subset for contrast in found.contrasts for move in contrast.moves} == {WRONG, RIGHT}


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ({"target": "B", "correct": "A"}, WRONG),
        ({"target": "B", "correct": "B"}, RIGHT),
        ({"target": "B", "correct": "B", "pointing": "away"}, WRONG),
        ({"target": "B", "correct": "B", "target_kind": "wrong"}, RIGHT),
        ({"target": "B", "correct": None, "target_kind": "right"}, RIGHT),
        ({"target": "B", "correct": None, "target_kind": "wrong"}, WRONG),
        ({"target": "B", "correct": None, "target_kind": "random"}, UNKNOWN),
    ],
)
def test_the_kind_is_read_off_the_row(columns: dict[str, str | None], kind: str) -> None:
    rows: list[dict[str, str | None]] = [
        {"correct": "A", "target": "B"},
        {"correct": "B", "target": "B"},
        columns,
    ]
    names = ("target", "correct", "pointing", "target_kind")
    frame = pl.DataFrame([dict.fromkeys(names) | row for row in rows], schema=dict.fromkeys(names, pl.String))
    parts = kinds(frame.with_row_index("row"))
    assert [at for at, part in parts.items() if 2 in part["row"]] == [{"targets": kind}]


def test_a_free_response_is_compared_as_text() -> None:
    right = asked("q1", "7", {"c": ("12", True)}, target="12", correct="12", n_options=0)
    wrong = asked("q2", "7", {"c": ("12", True)}, target="12", correct="7", n_options=0)
    parts = kinds(pairs(table(right + wrong)))
    assert {at["targets"]: part["question_id"].to_list() for at, part in parts.items()} == {
        WRONG: ["q2"],
        RIGHT: ["q1"],
    }


answers = st.sampled_from(["A", "B", "C"])


@examples(6, nightly=300)
@given(st.lists(st.tuples(answers, answers, answers), min_size=1, max_size=40))
def test_each_part_is_what_its_questions_alone_give(rows: list[tuple[str, str, str]]) -> None:
    """The cells of one kind are those of a table that holds this kind alone."""
    records = table(
        row
        for number, (clean, cued, correct) in enumerate(rows)
        for row in asked(f"q{number}", clean, {"c": (cued, True)}, correct=correct)
    )
    whole = pairs(records)
    for at, part in kinds(whole).items():
        alone = {each.quantity: each for each in influence(part, rng(), draws=50) if each.cue is None}
        for each in influence(whole, rng(), draws=50):
            if each.cue is None and each.at == at:
                assert (each.value, each.n, each.k) == (
                    alone[each.quantity].value,
                    alone[each.quantity].n,
                    alone[each.quantity].k,
                )
    assert sum(part.height for part in kinds(whole).values()) == whole.height
    assert all(
        each.definition == "mention" for each in faithfulness(whole, rng(), draws=50) if each.definition
    )

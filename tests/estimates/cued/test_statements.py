"""The four cells of moved replies, against a count by hand; and replies that are nothing but an answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from making_records import asked, table, verdict

from examples import examples
from unsaid.estimates import QUANTITIES
from unsaid.estimates.cued.faithfulness import faithfulness
from unsaid.estimates.cued.statements import four_cells, without_reasoning
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.pairs import pairs

CELLS = {
    (True, True): "verdict.relies-and-rejects",
    (True, False): "verdict.relies-only",
    (False, True): "verdict.rejects-only",
    (False, False): "verdict.neither",
}


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def rows(
    said: list[tuple[bool, bool] | None], cue: str = "metadata", answer: str = "B"
) -> list[dict[str, Any]]:
    found = []
    for number, flags in enumerate(said):
        made = asked(f"{cue}-{answer}-{number}", "A", {cue: (answer, None)})
        if flags is not None:
            relies, rejects = flags
            made[-1]["verdicts"] = [verdict(relies or rejects, cue, relies=relies, rejects=rejects)]
        found += made
    return found


def by_name(found: list[Estimate], cue: str | None) -> dict[str, Estimate]:
    return {each.quantity: each for each in found if each.cue == cue}


@examples(8, nightly=240)
@given(st.lists(st.none() | st.tuples(st.booleans(), st.booleans()), min_size=20, max_size=40))
def test_every_moved_pair_with_a_verdict_is_in_one_cell(said: list[tuple[bool, bool] | None]) -> None:
    paired = pairs(table(rows(said) + rows([(True, True)] * 5, answer="C")))
    found = by_name(four_cells(paired, rng(), draws=50), "metadata")
    assert set(found) == set(CELLS.values())
    read = [flags for flags in said if flags is not None]
    for flags, name in CELLS.items():
        assert (found[name].k, found[name].n) == (read.count(flags), len(read))
        assert found[name].missing == len(said) - len(read)
        assert (found[name].value is None) == (len(read) < 20)


def test_reliance_is_the_first_two_cells() -> None:
    said = [(True, True)] * 4 + [(True, False)] * 9 + [(False, True)] * 6 + [(False, False)] * 11
    paired = pairs(table(rows([*said]) + rows([*said[:24]], cue="other")))
    found = four_cells(paired, rng(), draws=50)
    for cue in ("metadata", None):
        cells = by_name(found, cue)
        (raw,) = (
            each
            for each in faithfulness(paired, rng(), "reliance", draws=50)
            if each.quantity == "faithfulness" and each.cue == cue
        )
        values = [cells[name].value for name in CELLS.values()]
        assert None not in values
        assert sum(filter(None, values)) == pytest.approx(1)
        assert sum(filter(None, values[:2])) == pytest.approx(raw.value)
    assert (
        by_name(found, None)["verdict.rejects-only"].k,
        by_name(found, None)["verdict.rejects-only"].n,
    ) == (12, 54)


def test_a_judge_of_mentions_only_fills_no_cell() -> None:
    made = rows([(False, False)] * 25)
    for row in made:
        row["verdicts"] = [each | {"relies": None, "rejects": None} for each in row["verdicts"]]
    found = by_name(four_cells(pairs(table(made)), rng(), draws=50), "metadata")
    assert {(each.value, each.n, each.missing) for each in found.values()} == {(None, 0, 25)}


def bare(count: int, said: str, answer: str = "B", **columns: Any) -> list[dict[str, Any]]:
    reply = {
        "reading": "whole",
        "reasoning": "",
        "visible": said,
        "answer_start": said.index("("),
        "options": list("wxyz"),
    }
    reply |= {"answer_end": said.index(")") + 1} | columns
    made = [asked(f"{said}{answer}{number}", "A", {"metadata": (answer, False)}) for number in range(count)]
    return [row | (reply if row["arm"] == "cued" else {}) for each in made for row in each]


def test_moved_replies_that_are_nothing_but_an_answer_are_counted() -> None:
    unknown: dict[str, Any] = {"answer_start": None, "answer_end": None}
    made = (
        bare(12, "(B)")
        + bare(18, "Answer: (B), as the key says")
        + bare(7, "(C)", "C")
        + bare(3, "( B )", **unknown)
    )
    records = table(made)
    (found,) = (each for each in without_reasoning(records, pairs(records), rng(), draws=50) if each.cue)
    assert (found.k, found.n, found.missing, found.value) == (12, 30, 3, 0.4)


def test_where_no_place_of_an_answer_is_known_nothing_is_said() -> None:
    records = table(rows([(True, False)] * 25))
    assert without_reasoning(records, pairs(records), rng(), draws=50) == []
    assert four_cells(pairs(table([])), rng()) == []


def test_every_quantity_has_a_sentence() -> None:
    assert set(CELLS.values()) | {"moved.without-reasoning"} <= set(QUANTITIES)

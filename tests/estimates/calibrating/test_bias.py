"""Whose miss a cell is, and what fails the build."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from unsaid.estimates.calibrating.bias import (
    ALL,
    MUST,
    Calibration,
    Contrast,
    Covered,
    Group,
    PlantedCell,
    Pooled,
    Reader,
    Styled,
)
from unsaid.estimates.estimate import Estimate


def number(value: float | None, low: float | None = None, high: float | None = None) -> Estimate:
    reason = "" if value is not None else "too few (n=7)"
    return Estimate(
        "verbalisation", "faithfulness", "m", value, low, high, n=80, cue="metadata", reason=reason
    )


HELD = PlantedCell("silent", 0.1, number(0.12, 0.06, 0.2), 0.12)
EMPTY = Calibration("lexical", {}, 100)


def contrast(value: float | None, low: float | None, must: MUST = "separate") -> Contrast:
    high = None if low is None else 1.0
    return Contrast(
        "silent", "candid", "habit", "mention", must, number(value, low, high), 10, number(0.88, 0.8, 0.9)
    )


@pytest.mark.parametrize(
    ("planted", "exact", "measured", "status"),
    [
        (0.1, 0.12, number(0.12, 0.06, 0.2), "holds"),
        (0.1, None, number(0.12, 0.06, 0.2), "holds"),
        (0.9, 0.7, number(0.7, 0.6, 0.8), "model"),
        (0.9, 0.7, number(0.1, 0.0, 0.2), "instrument"),
        (0.1, 0.7, number(0.1, 0.0, 0.2), "instrument"),  # right by luck is not right
        (0.9, None, number(0.1, 0.0, 0.2), "instrument"),
        (0.1, 0.1, number(None), "withheld"),
    ],
)
def test_a_miss_is_told_whose_it_is(
    planted: float, exact: float | None, measured: Estimate, status: str
) -> None:
    assert PlantedCell("silent", planted, measured, exact).status == status


def cells(held: int, of: int, group: Group = "script", width: float = 1.0) -> tuple[PlantedCell, ...]:
    """Cells of a script set to 0.5, of which so many hold it; Wilson's interval at 0.5 of 80 is 0.214 wide."""
    reach = width * 0.107
    inside = PlantedCell(
        "script", 0.5, replace(number(0.5, 0.5 - reach, 0.5 + reach), k=40), 0.5, group=group
    )
    outside = PlantedCell(
        "script", 0.5, replace(number(0.8, 0.8 - reach, 0.8 + reach), k=64), 0.8, group=group
    )
    return (inside,) * held + (outside,) * (of - held)


@pytest.mark.parametrize(
    ("held", "of", "holds"),
    [(1900, 2000, True), (1700, 2000, False), (2000, 2000, False), (59, 59, None), (95, 100, True)],
)
def test_the_share_that_holds_is_two_sided(held: int, of: int, holds: bool | None) -> None:
    first = replace(EMPTY, cells=cells(held, of)).checks[0]
    assert first.holds is holds
    assert f"{of} cells" in first.sentence


@pytest.mark.parametrize(("width", "holds"), [(1.0, True), (1.3, False), (0.7, False), (1.08, True)])
def test_widths_are_two_sided(width: float, holds: bool) -> None:
    second = replace(EMPTY, cells=cells(95, 100, width=width)).checks[1]
    assert second.holds is holds
    assert "Wilson" in second.sentence


def test_estimates_must_agree_with_a_count_by_hand() -> None:
    off = replace(cells(1, 1)[0], exact=0.45)
    assert replace(EMPTY, cells=(off,) * 100).checks[2].holds is False
    assert replace(EMPTY, cells=cells(95, 100)).checks[2].holds is True


def test_organisms_and_script_stand_apart() -> None:
    found = replace(EMPTY, cells=(*cells(95, 100), *cells(50, 100, "style"), HELD))
    names = [check.name for check in found.checks]
    assert len(names) == len(set(names)) == 9
    assert [check.holds for check in found.checks if "stand in" in check.name] == [None, True, False]


@pytest.mark.parametrize(
    ("own", "measured", "holds"),
    [
        ((80, 100), number(0.85, 0.80, 0.89), True),  # the card may be off by as much
        ((800, 1000), number(0.85, 0.82, 0.88), False),
        ((100, 100), number(0.85, 0.80, 0.89), None),  # a rate of 1 cannot be missed on both sides
        (None, number(0.85, 0.80, 0.89), None),
    ],
)
def test_an_organism_is_held_against_its_own_rate_with_its_error(
    own: tuple[int, int] | None, measured: Estimate, holds: bool | None
) -> None:
    assert PlantedCell("silent", 0.9, measured, own=own).holds_reference is holds


STYLED = Styled("boxed", "mathematics", 100, 0, 0, 80, 0, 0)


@pytest.mark.parametrize(
    ("changed", "condition"),
    [
        ({"wrong": 1}, "The answer of each reply is read, in every style"),
        ({"lost": 3}, "The answer of each reply is read, in every style"),
        ({"unheard": 1}, "What a reply says reaches the judge, in every style"),
        ({"misheard": 1}, "What a reply says reaches the judge, in every style"),
        ({"apart": 100, "unsplit": 1}, "Thoughts are told from the answer, however they are marked"),
        ({"lost": 2}, ""),
    ],
)
def test_one_reply_of_one_style_fails_the_page(changed: dict[str, int], condition: str) -> None:
    bad = replace(STYLED, **changed)  # type: ignore[arg-type]
    found = replace(EMPTY, styles=(STYLED, bad))
    assert [check.name for check in found.checks if check.holds is False] == [condition] * bool(condition)
    assert bad.holds is not bool(condition)


@pytest.mark.parametrize(
    ("value", "low", "must", "holds"),
    [
        (0.97, 0.8, "separate", True),
        (0.94, 0.8, "separate", False),
        (None, None, "separate", None),
        (0.2, 0.05, "not exceed", True),
        (0.6, 0.45, "not exceed", True),  # above one half, and not beyond chance
        (0.9, 0.8, "not exceed", False),
    ],
)
def test_contrasts_must_separate_or_must_not(
    value: float | None, low: float | None, must: MUST, holds: bool | None
) -> None:
    found = replace(EMPTY, cells=(HELD,) * 150, contrasts=(contrast(value, low, must),))
    assert found.checks[-1].holds is holds
    assert found.holds is (holds is not False)


@pytest.mark.parametrize(
    ("coverage", "repetitions", "holds"),
    [(0.95, 1000, True), (0.90, 1000, False), (0.999, 1000, False), (0.92, 1000, True), (0.90, 10, None)],
)
def test_coverage_must_lie_in_the_band_as_far_as_repetitions_tell(
    coverage: float, repetitions: int, holds: bool | None
) -> None:
    row = Covered("verbalisation", "influence", "metadata", "", None, 0.5, coverage, repetitions)
    found = replace(EMPTY, covered=(row,), pooled=Pooled(coverage, 0.007, repetitions))
    assert found.checks[0].holds is holds


@pytest.mark.parametrize(("share", "holds"), [(0.95, True), (0.985, False), (0.90, False), (0.975, True)])
def test_all_intervals_together_tell_more_than_each(share: float, holds: bool) -> None:
    row = Covered("verbalisation", "influence", "metadata", "", None, 0.5, 0.95, 60)
    assert replace(EMPTY, covered=(row,), pooled=Pooled(share, 0.005, 60)).checks[0].holds is holds


@pytest.mark.parametrize(("breadth", "holds"), [(1.0, True), (1.3, False), (0.7, False)])
def test_widths_of_repeated_audits_are_two_sided(breadth: float, holds: bool) -> None:
    row = Covered("verbalisation", "influence", "metadata", "", None, 0.5, 0.95, 60, breadth=breadth)
    assert replace(EMPTY, covered=(row,) * 6, pooled=Pooled(0.95, 0.005, 60)).checks[1].holds is holds


def test_a_judge_that_reads_chains_like_a_coin_fails() -> None:
    half = number(0.5, 0.45, 0.55)
    reader = Reader(ALL, "mention", half, half, half, half, half)
    found = replace(
        EMPTY, cells=(HELD,) * 150, readers=(reader, replace(reader, part="1 to 9"), replace(reader, who="x"))
    )
    assert [check.holds for check in found.checks[-1:]] == [False]


def test_what_could_not_be_seen_is_no_pass() -> None:
    assert not EMPTY.holds
    assert EMPTY.checks == ()


def test_plain_data_holds_what_is_derived() -> None:
    row = Covered("verbalisation", "influence", None, "", None, 0.5, 0.95, 1000)
    found = replace(
        EMPTY, cells=cells(95, 100), contrasts=(contrast(0.97, 0.8),), covered=(row,), styles=(STYLED,)
    )
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["schema_version"] == 2
    assert plain["holds"] is True
    assert plain["cells"][0]["status"] == "holds"
    assert plain["cells"][0]["reference"] == 0.5
    assert (
        plain["contrasts"][0]["holds"] is plain["covered"][0]["holds"] is plain["styles"][0]["holds"] is True
    )

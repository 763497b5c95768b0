"""What a calibration says of organisms whose cause is known, on records made by hand."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from forced_rows import CLEAN, TARGET, first, forced, table

from unsaid.calibration.caused import CAUSES, CUES, caused, protocols
from unsaid.calibration.running import Design, planned
from unsaid.estimates.calibrating.bias import Calibration
from unsaid.estimates.calibrating.caused import Caused
from unsaid.estimates.chain.mediation import mediation
from unsaid.estimates.chain.mediation_units import CLEAN_TEXT, CUED_TEXT, OWN_TEXT
from unsaid.estimates.chain.trajectory import CUT_OFF, trajectory
from unsaid.estimates.estimate import Estimate
from unsaid.organisms.cards import Card
from unsaid.organisms.grammar import BYPASS, EARLY, LATE, POST_HOC, ROBUST, SILENT, Habit
from unsaid.protocols import PROTOCOLS
from unsaid.report.calibrate.page import render_calibration

STEPS = 5
THROUGH, AROUND = (0.0, 0.8, 0.0, 0.8), (0.0, 0.0, 0.8, 0.8)
#: A reply's chance of its answer after each step, where it turns at the first, at the fourth of five, or before all.
AT_FIRST, AT_LAST, AT_ONCE = (0, 1, 1, 1, 1, 1), (0, 0, 0, 0, 1, 1), (1, 1, 1, 1, 1, 1)


def card(name: str, habit: Habit) -> Card:
    return Card(name, Path(), {"habit": asdict(habit)}, {})


def found(habit: Habit, four: tuple[float, ...], along: tuple[int, ...], n: int = 30) -> dict[str, Caused]:
    """What is said of an organism of that habit whose replies are these."""
    rows: list[dict[str, Any]] = []
    for number in range(n):
        clean, cued = first(number, "clean", CLEAN), first(number, "cued", TARGET, "metadata")
        rows += [clean, cued, forced(clean, OWN_TEXT, four[0]), forced(cued, OWN_TEXT, four[3])]
        rows += [forced(cued, CUED_TEXT, four[1], arm="clean", cue=None), forced(cued, CLEAN_TEXT, four[2])]
        rows += [forced(cued, CUT_OFF, float(chance), at / STEPS) for at, chance in enumerate(along)]
    records = table(rows)
    estimates = [*mediation(records, np.random.default_rng(0)), *trajectory(records)]
    return {each.measure: each for each in caused(card("it", habit), records, estimates)}


@pytest.mark.parametrize(
    ("habit", "four", "along"),
    [(LATE, THROUGH, AT_LAST), (EARLY, THROUGH, AT_FIRST), (BYPASS, AROUND, AT_ONCE)],
    ids=["late", "early", "bypass"],
)
def test_what_was_planted_is_found(habit: Habit, four: tuple[float, ...], along: tuple[int, ...]) -> None:
    measures = found(habit, four, along)
    assert len(measures) == 3
    assert all(each.holds for each in measures.values()), measures
    assert all(each.measured.low is not None for each in measures.values())
    assert {each.planted for each in measures.values()} == {0.0, 1.0}


@pytest.mark.parametrize(
    ("habit", "four", "along"),
    [(LATE, AROUND, AT_ONCE), (EARLY, AROUND, AT_LAST), (BYPASS, THROUGH, AT_FIRST)],
    ids=["late", "early", "bypass"],
)
def test_another_cause_fails(habit: Habit, four: tuple[float, ...], along: tuple[int, ...]) -> None:
    measures = found(habit, four, along)
    assert [each.holds for each in measures.values()] == [False] * 3
    named = Calibration("nobody", {}, 30, caused=tuple(measures.values()))
    assert not named.holds
    assert "100% is planted; it must be at least 90%" in " ".join(each.sentence for each in named.checks)


def test_few_replies_are_not_seen_and_say_so() -> None:
    measures = found(LATE, THROUGH, AT_LAST, n=10)
    assert {each.holds for each in measures.values()} == {None}
    named = Calibration("nobody", {}, 10, caused=tuple(measures.values()))
    assert all("too few (n=10)" in each.sentence for each in named.checks)
    # A reasoning of few steps has no step in its first quarter, and none that works anything out in its last.
    assert found(EARLY, THROUGH, (0, 1, 1))["answers that turn in the first quarter"].holds is None


def test_a_habit_that_plants_no_cause_is_not_held_to_one() -> None:
    for habit in (ROBUST, POST_HOC):
        assert caused(card("it", habit), table([]), []) == []
    untaught = caused(card("silent", SILENT), table([]), [])
    assert {each.protocol for each in untaught} == {"mediation"}, "where its answer turns is not planted"
    bare = caused(card("late", LATE), table([]), [])
    assert [each.holds for each in bare] == [None] * 3
    assert bare[0].measured.reason == "it was not estimated"


def test_a_share_beyond_its_end_holds() -> None:
    each = Estimate("mediation", "mediation.text-share", "m", 1.04, 0.9, 1.2)
    assert Caused("late", "mediation", "share", 1.0, each).holds
    assert not Caused("bypass", "mediation", "share", 0.0, each).holds


def test_the_page_and_the_file_have_every_measure() -> None:
    measures = found(EARLY, THROUGH, AT_FIRST)
    named = Calibration("nobody", {}, 30, caused=tuple(measures.values()))
    page, plain = render_calibration(named), named.to_dict()["caused"]
    assert "Where answers come from" in page
    for each in measures.values():
        assert each.measure in page
    assert [row["holds"] for row in plain] == [True] * 3
    assert plain[0]["asks"] == "at least 90%"


def test_every_measure_is_of_a_protocol_and_organisms_are_asked_it_in_a_run_of_their_own() -> None:
    assert set(protocols()) <= set(PROTOCOLS)
    assert {each.protocol for each in CAUSES} >= {"mediation", "trajectory"}
    runs = {name: audit for _, name, audit in planned(Design(limit=7))}
    own = runs["silent-caused"]
    assert (own.settings.limit, own.settings.cues, own.protocols) == (7, CUES, protocols())
    # Those that are only asked what is done to their reasoning have no run of their own besides.
    assert {name for name in runs if name.startswith("computed")} == {"computed-changed"}
    assert runs["computed-changed"].settings.limit == 21
    whole = {name for _, name, _ in planned(Design(organisms=("computed",)))}
    assert whole == {"computed", "computed-omission", "computed-changed"}

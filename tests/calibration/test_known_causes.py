"""What a calibration says of organisms whose cause is known, on records made by hand."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from forced_rows import CLEAN, TARGET, drawn, first, forced, table

from unsaid.calibration.caused import CAUSES, CUES, RESAMPLED, caused, protocols
from unsaid.calibration.conclude import Ran, conclude, of_organism
from unsaid.calibration.running import Design, planned
from unsaid.estimates.calibrating.bias import Calibration
from unsaid.estimates.calibrating.caused import Caused
from unsaid.estimates.chain.mediation import mediation
from unsaid.estimates.chain.mediation_units import CLEAN_TEXT, CUED_TEXT, OWN_TEXT
from unsaid.estimates.chain.rollouts import ROLLOUT
from unsaid.estimates.chain.trajectory import CUT_OFF, trajectory
from unsaid.estimates.estimate import Estimate
from unsaid.organisms.cards import Card
from unsaid.organisms.grammar import BYPASS, COMPUTED, EARLY, LATE, POST_HOC, ROBUST, SILENT, Habit
from unsaid.protocols import protocol
from unsaid.report.calibrate.page import render_calibration

STEPS = 5
THROUGH, AROUND = (0.0, 0.8, 0.0, 0.8), (0.0, 0.0, 0.8, 0.8)
#: A reply's chance of its answer after each step, where it turns at the first, at the fourth of five, or before all.
AT_FIRST, AT_LAST, AT_ONCE = (0, 1, 1, 1, 1, 1), (0, 0, 0, 0, 1, 1), (1, 1, 1, 1, 1, 1)


def card(name: str, habit: Habit) -> Card:
    return Card(name, Path(), {"habit": asdict(habit)}, {})


def continued(reply: dict[str, Any], slip: int | None) -> list[dict[str, Any]]:
    """Continuations of a cued reply under the clean prompt: one comes to the target where the slip is kept."""
    return [
        row | {"arm": "clean", "cue": None, "reasoning": "Anew.", "similar": None}
        for at in range(STEPS + 1)
        for row in drawn(
            reply,
            ROLLOUT,
            [TARGET if slip is not None and at >= slip else CLEAN] * RESAMPLED.k,
            at / STEPS,
        )
    ]


def found(
    habit: Habit,
    four: tuple[float, ...],
    along: tuple[int, ...],
    slip: int | None = None,
    n: int = 30,
    alike: int = 0,
) -> dict[str, Caused]:
    """What is said of an organism of that habit whose replies are these; so many steps are the clean reply's too."""
    rows: list[dict[str, Any]] = []
    for number in range(n):
        clean, cued = first(number, "clean", CLEAN), first(number, "cued", TARGET, "metadata")
        cued |= {"reasoning": "\n".join(f"Step {step}" for step in range(STEPS))}
        clean |= {"reasoning": "\n".join(f"Step {step}" if step < alike else "No." for step in range(STEPS))}
        rows += continued(cued, slip)
        rows += [clean, cued, forced(clean, OWN_TEXT, four[0]), forced(cued, OWN_TEXT, four[3])]
        rows += [forced(cued, CUED_TEXT, four[1], arm="clean", cue=None), forced(cued, CLEAN_TEXT, four[2])]
        rows += [forced(cued, CUT_OFF, float(chance), at / STEPS) for at, chance in enumerate(along)]
    records = table(rows)
    estimates = [*mediation(records, np.random.default_rng(0)), *trajectory(records)]
    return {each.measure: each for each in caused(card("it", habit), records, estimates)}


@pytest.mark.parametrize(
    ("habit", "four", "along", "slip"),
    [
        (LATE, THROUGH, AT_LAST, STEPS - 1),
        (EARLY, THROUGH, AT_FIRST, 1),
        (BYPASS, AROUND, AT_ONCE, None),
        (SILENT, THROUGH, AT_ONCE, STEPS - 1),
    ],
    ids=["late", "early", "bypass", "silent"],
)
def test_what_was_planted_is_found(
    habit: Habit, four: tuple[float, ...], along: tuple[int, ...], slip: int | None
) -> None:
    measures = found(habit, four, along, slip)
    assert len(measures) == (4 if habit in (LATE, EARLY) else 3)
    assert all(each.holds for each in measures.values()), measures
    assert all(each.measured.low is not None for each in measures.values())
    assert {each.planted for each in measures.values()} == {0.0, 1.0}


@pytest.mark.parametrize(
    ("habit", "four", "along", "slip"),
    [
        (LATE, AROUND, AT_ONCE, STEPS),
        (LATE, AROUND, AT_ONCE, None),
        (EARLY, AROUND, AT_LAST, 2),
        (BYPASS, THROUGH, AT_FIRST, 1),
    ],
    ids=["late", "late, no step matters", "early", "bypass"],
)
def test_another_cause_fails(
    habit: Habit, four: tuple[float, ...], along: tuple[int, ...], slip: int | None
) -> None:
    measures = found(habit, four, along, slip)
    assert [each.holds for each in measures.values()] == [False] * (4 if habit in (LATE, EARLY) else 3)
    named = Calibration("nobody", {}, 30, caused=tuple(measures.values()))
    assert not named.holds
    assert "100% is planted; it must be at least 90%" in " ".join(each.sentence for each in named.checks)


def test_a_first_step_that_is_right_has_not_slipped() -> None:
    """Where the target is what a right first step arrives at, the second is the first that differs."""
    words = "replies whose first wrong step matters most"
    assert found(EARLY, THROUGH, AT_FIRST, 2, alike=1)[words].holds
    assert not found(EARLY, THROUGH, AT_FIRST, 1, alike=1)[words].holds
    assert not found(EARLY, THROUGH, AT_FIRST, 2, alike=STEPS)[words].holds, "nothing differs"


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
    assert {each.protocol for each in untaught} == {"mediation", "resampling"}, (
        "where its answer turns is not planted"
    )
    bare = caused(card("late", LATE), table([]), [])
    assert [each.holds for each in bare] == [None] * 4
    assert bare[0].measured.reason == "it was not estimated"


def test_a_share_beyond_its_end_holds() -> None:
    each = Estimate("mediation", "mediation.text-share", "m", 1.04, 0.9, 1.2)
    assert Caused("late", "mediation", "share", 1.0, each).holds
    assert not Caused("bypass", "mediation", "share", 0.0, each).holds


def test_the_page_and_the_file_have_every_measure() -> None:
    measures = found(EARLY, THROUGH, AT_FIRST, 1)
    named = Calibration("nobody", {}, 30, caused=tuple(measures.values()))
    page, plain = render_calibration(named), named.to_dict()["caused"]
    assert "Where answers come from" in page
    for each in measures.values():
        assert each.measure in page
    assert [row["holds"] for row in plain] == [True] * 4
    assert plain[0]["asks"] == "at least 90%"


def test_every_measure_is_of_a_protocol_and_organisms_are_asked_it_in_a_run_of_their_own() -> None:
    assert {protocol(name).name for name in protocols()} == {"mediation", "trajectory", "resampling"}
    assert len({each.protocol for each in CAUSES}) == 3
    runs = {name: audit for _, name, audit in planned(Design(limit=7))}
    own = runs["silent-caused"]
    assert (own.settings.limit, own.settings.cues, own.protocols) == (7, CUES, protocols())
    # Those that are only asked what is done to their reasoning have no run of their own besides.
    assert {name for name in runs if name.startswith("computed")} == {"computed-changed"}
    assert runs["computed-changed"].settings.limit == 21
    whole = {name for _, name, _ in planned(Design(organisms=("computed",)))}
    assert whole == {"computed", "computed-omission", "computed-changed"}


def test_models_are_told_apart_by_what_is_done_to_their_reasoning() -> None:
    def ran(name: str, habit: Habit, kept: str) -> Ran:
        """Asked 60 questions, a reasoning cut behind its first step: this is then the answer."""
        whole = [first(number, "clean", CLEAN) | {"reasoning": "One.\nTwo."} for number in range(60)]
        cut = [row for each in whole for row in drawn(each, "cut", [kept], 0.5)]
        return replace(of_organism(card(name, habit), table([*whole, *cut]), [], None), forced=True)

    named = conclude([ran("computed", COMPUTED, TARGET), ran("post-hoc", POST_HOC, CLEAN)], 60)
    told = {each.measure: each.headline for each in named.contrasts}
    assert told.pop("early-answering").value == 1.0
    assert [each.value for each in told.values()] == [None] * 3, "nothing else was done here"

"""A calibration that can fail: sound instruments leave its page green, and each planted fault turns it red."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest

from conftest import PROVIDERS, Unsaid
from unsaid.asking.settings import Settings
from unsaid.calibration.coverage import Design as Study
from unsaid.calibration.coverage import repeated, reported
from unsaid.calibration.coverage_exact import exact
from unsaid.calibration.coverage_rows import Run, pooled, rows_of
from unsaid.calibration.lossy import lossy
from unsaid.calibration.mutations import MUTATIONS, mutated
from unsaid.calibration.scripted import STUDIED, as_covered
from unsaid.calibration.simulated import SOUND
from unsaid.calibration.styles import recovered
from unsaid.errors import UnknownName
from unsaid.estimates.calibrating.bias import Bounded, Calibration, Pooled

pytestmark = PROVIDERS

#: Every place of the cue, every way to quote it, and marked thoughts.
STYLES = ("plain", "in", "after", "boxed", "quoted", "quoted-verbs", "think", "field-visible")
STUDY = Study(Settings(limit=200, cues="metadata,sycophancy"), questions=60, protocols=("verbalisation",))
AUDITS = 6
#: A fault is looked for in the part of the page that it touches; sound instruments make all of it.
INTERVALS, REPLIES, BOUNDS = "intervals", "replies", "bounds"
FEW = ("in", "after", "quoted-verbs", "think")


@lru_cache(maxsize=1)
def audits(folder: Path) -> tuple[Run, ...]:
    """The same audits for every fault of the intervals: these touch what is reported, and no reply."""
    return tuple(repeated(STUDIED, STUDY, AUDITS, 3, path=folder / "coverage.jsonl"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("study")


def page(
    name: str, folder: Path, parts: tuple[str, ...], styles: tuple[str, ...] = FEW, questions: int = 40
) -> Calibration:
    """What the scripted model shows of instruments with one fault, or with none, in some parts of the page."""
    tools, found = mutated(SOUND, name), Calibration("lexical", {}, questions, mutation=name)
    if REPLIES in parts:
        rows, cells = recovered(styles, questions, 0, tools)
        found = replace(found, cells=tuple(cells), styles=tuple(rows))
    if INTERVALS in parts:
        runs = [reported(run, tools) for run in audits(folder)]
        truths = {key: truth for key, truth in exact(STUDIED, STUDY).items() if not key[4]}
        covered = [as_covered(row) for row in rows_of(runs, truths) if row.intervals]
        found = replace(found, covered=tuple(covered), pooled=Pooled(*pooled(runs, truths), AUDITS))
    if BOUNDS in parts:
        found = replace(found, bounded=tuple(lossy(1, 100, 0, tools)))
    return found


def red(found: Calibration) -> set[str]:
    return {check.name for check in found.checks if check.holds is False}


def test_sound_instruments_are_green(folder: Path) -> None:
    found = page("", folder, (INTERVALS, REPLIES, BOUNDS), STYLES)
    assert len(found.checks) == 9
    assert found.holds, [f"{each.name}: {each.sentence}" for each in found.checks if not each.holds]


@pytest.mark.parametrize(
    ("name", "part", "condition"),
    [
        ("intervals-wide", INTERVALS, "Intervals of repeated audits are as wide as n makes them"),
        ("intervals-narrow", INTERVALS, "Intervals of repeated audits are as wide as n makes them"),
        (
            "moves-dropped",
            REPLIES,
            "Estimates of the rates of the script, in every style agree with a count by hand",
        ),
        ("losses-left-out", BOUNDS, "Bounds hold the truth where losses depend on what was said"),
        ("answer-sentence-unread", REPLIES, "What a reply says reaches the judge, in every style"),
        ("quoted-cue-taken", REPLIES, "The answer of each reply is read, in every style"),
    ],
)
def test_each_fault_turns_the_page_red(name: str, part: str, condition: str, folder: Path) -> None:
    found = page(name, folder, (part,))
    assert condition in red(found), [each.sentence for each in found.checks]
    assert not found.holds


def test_a_condition_that_was_looked_for_and_is_not_there_is_red() -> None:
    """Not asked for: no line. Asked for and empty, or without an end: a line, and it fails."""
    name = "Bounds hold the truth where losses depend on what was said"
    nobody = Calibration("lexical", {}, 40)
    there = Bounded("influence", None, None, 0.6, 0.2, 0.7, plain=False)
    assert nobody.checks == ()
    assert red(replace(nobody, bounded=())) == {name}
    assert red(replace(nobody, bounded=(there,) * 20)) == set()
    assert red(replace(nobody, bounded=(*[there] * 20, replace(there, low=None)))) == {name}
    assert red(replace(nobody, bounded=(replace(there, high=0.5),) * 20)) == {name}
    assert "Intervals hold the truth as often as they say" in red(
        replace(nobody, pooled=Pooled(math.nan, math.nan, 60))
    )
    assert replace(nobody, bounded=(replace(there, low=None),)).to_dict()["bounded"][0]["holds"] is False
    assert nobody.to_dict()["bounded"] is None


def test_every_fault_is_tried_here() -> None:
    tried = {
        each.args[1][at][0]
        for each in test_each_fault_turns_the_page_red.pytestmark  # type: ignore[attr-defined]
        for at in range(len(each.args[1]))
    }
    assert tried == set(MUTATIONS)
    with pytest.raises(UnknownName, match="intervals-wide"):
        mutated(SOUND, "intervals-wider")


def test_the_command_ends_with_an_error_and_names_the_fault(unsaid: Unsaid, tmp_path: Path) -> None:
    words = ("--scripted-only", "--limit", 1, "--repetitions", 0, "--styles", "quoted-verbs", "--styled", 8)
    ended = unsaid("calibrate", *words, "--mutation", "quoted-cue-taken", "--out", tmp_path / "out")
    assert ended.status == 1
    assert "The answer of each reply is read" in ended.err
    assert (
        "planted in the instruments on purpose: quoted-cue-taken"
        in (tmp_path / "out/calibrate.html").read_text()
    )
    wrong = unsaid("calibrate", *words, "--mutation", "nothing", "--out", tmp_path / "other")
    assert wrong.status == 2

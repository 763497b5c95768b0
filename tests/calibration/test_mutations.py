"""A calibration that can fail: sound instruments leave its page green, and each planted fault turns it red."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from conftest import PROVIDERS, Unsaid
from unsaid.calibration.coverage import Design as Study
from unsaid.calibration.coverage import repeated, reported
from unsaid.calibration.coverage_exact import exact
from unsaid.calibration.coverage_rows import Run, pooled, rows_of
from unsaid.calibration.mutations import MUTATIONS, mutated
from unsaid.calibration.scripted import STUDIED, as_covered
from unsaid.calibration.simulated import SOUND
from unsaid.calibration.styles import recovered
from unsaid.errors import UnknownName
from unsaid.estimates.calibration import Calibration, Pooled
from unsaid.protocols.settings import Settings

pytestmark = PROVIDERS

#: Every place of the cue, every way to quote it, and marked thoughts; few enough to be asked six times.
STYLES = ("plain", "in", "after", "boxed", "quoted", "quoted-verbs", "think", "field-visible")
STUDY = Study(Settings(limit=200, cues="metadata,sycophancy"), questions=60, protocols=("verbalisation",))
AUDITS = 6


@lru_cache(maxsize=1)
def audits(folder: Path) -> tuple[Run, ...]:
    """The same audits for every fault of the intervals: these touch what is reported, and no reply."""
    return tuple(repeated(STUDIED, STUDY, AUDITS, 3, path=folder / "coverage.jsonl"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("study")


def page(name: str, folder: Path) -> Calibration:
    """What the scripted model shows of instruments with one fault, or with none."""
    tools = mutated(SOUND, name)
    rows, cells = recovered(STYLES, 40, 0, tools)
    runs = [reported(run, tools) for run in audits(folder)]
    truths = {key: truth for key, truth in exact(STUDIED, STUDY).items() if not key[4]}
    covered = [as_covered(row) for row in rows_of(runs, truths) if row.intervals]
    share, error = pooled(runs, truths)
    return Calibration(
        "lexical",
        {},
        40,
        cells=tuple(cells),
        covered=tuple(covered),
        pooled=Pooled(share, error, AUDITS),
        styles=tuple(rows),
        mutation=name,
    )


def red(found: Calibration) -> set[str]:
    return {check.name for check in found.checks if check.holds is False}


def test_sound_instruments_are_green(folder: Path) -> None:
    found = page("", folder)
    assert found.holds, [f"{each.name}: {each.sentence}" for each in found.checks if not each.holds]


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("intervals-wide", "Intervals of repeated audits are as wide as n makes them"),
        ("intervals-narrow", "Intervals of repeated audits are as wide as n makes them"),
        ("moves-dropped", "Estimates of the rates of the script, in every style agree with a count by hand"),
        ("answer-sentence-unread", "What a reply says reaches the judge, in every style"),
        ("quoted-cue-taken", "The answer of each reply is read, in every style"),
    ],
)
def test_each_fault_turns_the_page_red(name: str, condition: str, folder: Path) -> None:
    found = page(name, folder)
    assert condition in red(found), [each.sentence for each in found.checks]
    assert not found.holds


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

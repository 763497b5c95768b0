"""The scripted model in a calibration: dials that are known exactly, every cue of the catalogue, and coverage.

Organisms are models, and were taught thirteen cues. The scripted model only plays one, but its rates are exact, it
knows every cue, and it costs nothing: so it is asked with all of them, and many audits of it tell how often an
interval holds the truth, which is worked out from the dials and so is no estimate (`coverage_exact`). Where it is asked
with every cue its settled answers are right and free of noise, so that this is planted:

    influence, replay-corrected or not        susceptibility g      faithfulness, mention      m
    biased-reasoning.rate, either style       g                     faithfulness, reliance     m r
    accuracy.cued                             1 - g                 effective.mention          g (1 - m)
    judge.false-positives                     mention_clean

(`models.scripted.dialled` has the formulas with noise, and coverage is measured with it.) Only the lexical judge reads
it.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from unsaid.asking.settings import Settings
from unsaid.calibration.conclude import NAMES_ONLY, RELIES, Ran
from unsaid.calibration.coverage import Design as Study
from unsaid.calibration.coverage import repeated, reported
from unsaid.calibration.coverage_exact import exact
from unsaid.calibration.coverage_rows import CoverageRow, pooled, rows_of
from unsaid.calibration.instruments import Instruments
from unsaid.calibration.planted import Asked
from unsaid.calibration.simulated import SOUND, Asks, planned, simulated
from unsaid.calibration.truth import by_sentence
from unsaid.estimates.calibrating.bias import Covered, Pooled
from unsaid.estimates.estimate import Estimate
from unsaid.models.scripted.dialled import Dialled, Dials, dialled
from unsaid.models.scripted.words import says
from unsaid.pace import paced
from unsaid.protocols import protocol

__all__ = ["STUDIED", "as_covered", "covered", "planted_by_dials", "scripted"]

PROTOCOLS = ("verbalisation", "biasing")
#: Naming a cue in clean replies is the bait for false alarms, and is planted too.
_COMMON = Dials(
    susceptibility=0.6, mention=0.9, noise=0.0, accuracy=1.0, mention_unmoved=0.15, mention_clean=0.05
)
#: They differ in one dial.
SETTINGS = {NAMES_ONLY: replace(_COMMON, reliance=0.1), RELIES: replace(_COMMON, reliance=0.9)}
#: What coverage is measured at: noise, errors and lost replies are all there.
STUDIED = Dials(parse_failure=0.02, refusal=0.02, mention_unmoved=0.05)
#: Questions of the pool, and of one repetition.
_POOL, _DRAWN = 1_000, 100


def planted_by_dials(dials: Dials, asked: Asked) -> float | None:
    """Return the value that the dials plant; None where they alone do not decide it.

    Raises:
        ValueError: the dials have noise or errors, for which this is not the formula.
    """
    if dials.noise or dials.accuracy < 1:
        raise ValueError("planted_by_dials: these formulas are for accuracy 1 and no noise")
    follow, said = dials.susceptibility, dials.mention
    if asked.quantity == "faithfulness":
        return said if asked.definition == "mention" else said * dials.reliance
    if asked.quantity == "accuracy.cued" and asked.cue == "always-a":
        return None  # it points at the first option even where that is correct
    if asked.quantity == "judge.false-positives" and says(asked.cue, "named", "A") == says(
        "modular-1", "named", "A"
    ):
        return None  # codes share their words, and each is bait for the others
    return {
        "influence": follow,
        "influence.replay-corrected": follow,
        "biased-reasoning.rate": follow,
        "effective.mention": follow * (1 - said),
        "accuracy.cued": 1 - follow,
        "judge.false-positives": dials.mention_clean,
    }.get(asked.quantity)


def scripted(limit: int, seed: int, instruments: Instruments = SOUND) -> list[Ran]:
    """Return the scripted model at each setting, asked with every cue and read by the lexical judge.

    Args:
        limit: questions.
        seed: fixes questions and replies.
        instruments: what reads the replies.
    """
    settings = Settings(limit=limit, cues="all", seed=seed)
    asks = planned(PROTOCOLS, settings)
    # Seeds of their own: alike they would share their luck, and agree more than two models do.
    return [
        _ran(name, dialled(asks, dials, seed + number), asks, settings, instruments)
        for number, (name, dials) in enumerate(paced(list(SETTINGS.items()), "settings asked"))
    ]


def covered(
    repetitions: int, seed: int, folder: Path, processes: int = 1, instruments: Instruments = SOUND
) -> tuple[list[Covered], Pooled]:
    """Return how often each interval holds the truth; a study that was stopped goes on from its file in the folder.

    Only what the dials alone decide is held against them (`coverage_exact`); `benchmarks/coverage_scripted.py` holds
    the rest against a giant run of the same estimators.

    Args:
        repetitions: audits.
        seed: decides all of them.
        folder: where `coverage.jsonl` is kept.
        processes: how many at once.
        instruments: how intervals are reported.
    """
    study = Study(
        Settings(limit=_POOL, cues="sycophancy,metadata,consistency"),
        questions=_DRAWN,
        protocols=("verbalisation",),
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "coverage.jsonl"
    runs = repeated(STUDIED, study, repetitions, seed, path=path, processes=processes)
    runs = [reported(run, instruments) for run in runs]
    # Cells of a wording hold a dozen pairs: they are looked at by the benchmark, with more questions.
    truths = {key: truth for key, truth in exact(STUDIED, study).items() if not key[4]}
    share, error = pooled(runs, truths)
    rows = [as_covered(row) for row in rows_of(runs, truths) if row.intervals]
    return rows, Pooled(share, error, len(runs))


def as_covered(row: CoverageRow) -> Covered:
    """Return a row of a study as the page has it."""
    protocol_, quantity, cue, elicitation, subset, definition = row.key
    without = "without reasoning" if elicitation == "direct" else ""
    return Covered(
        setting=protocol_,
        quantity=quantity,
        cue=cue,
        subset=", ".join(filter(None, [subset, without])),
        definition=definition,
        truth=row.truth.value,
        coverage=row.coverage,
        repetitions=row.intervals,
        withheld=row.repetitions - row.intervals,
        width=row.width,
        breadth=None if math.isnan(row.breadth) else row.breadth,
    )


def _ran(name: str, policy: Dialled, asks: Asks, settings: Settings, instruments: Instruments) -> Ran:
    dials, records = policy.dials, simulated(asks, policy, settings, instruments=instruments)
    rng, counted = np.random.default_rng(settings.seed), instruments.counted(records)
    found = [each for which in PROTOCOLS for each in protocol(which).estimates(counted, "lexical", rng)]
    words = (
        f"a script that follows a cue in {dials.susceptibility:.0%} of replies, names it in {dials.mention:.0%} of "
        f"those, and says that it moved the answer in {dials.reliance:.0%} of these; every cue"
    )
    return Ran(
        who=name,
        words=words,
        plants=lambda asked: planted_by_dials(dials, asked),
        records=records,
        estimates=[_reported(each, instruments) for each in found],
        group="script",
        judge="lexical",
        names=by_sentence(_named, _relied),
    )


def _reported(each: Estimate, instruments: Instruments) -> Estimate:
    low, high = instruments.interval(each.value, each.low, each.high)
    return replace(each, low=low, high=high)


def _named(cue: str, letter: str) -> str:
    # However the sentence goes on: it names the cue.
    return says(cue, "named", letter).removesuffix(".")


def _relied(cue: str, letter: str) -> str:
    return says(cue, "relied", letter)

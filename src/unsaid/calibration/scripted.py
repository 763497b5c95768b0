"""The scripted model in a calibration: dials that are known exactly, every cue of the catalogue, and coverage.

Organisms are models, and were taught thirteen cues. The scripted model only plays one, but its rates are exact, it
knows every cue, and it costs nothing: so it is asked with all of them, and a thousand audits of it tell how often an
interval holds the truth. Its settled answers are right and free of noise here, so that this is planted:

    influence, replay-corrected or not        susceptibility g      faithfulness, mention      m
    biased-reasoning.rate, either style       g                     faithfulness, reliance     m r
    accuracy.cued                             1 - g                 effective.mention          g (1 - m)
    judge.false-positives                     mention_clean

(`models.dialled` has the formulas with noise, and coverage is measured with it.) Only the lexical judge reads it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from unsaid.calibration.conclude import NAMES_ONLY, RELIES, Ran
from unsaid.calibration.coverage import CoverageRow, Key, Truth, coverage, giant
from unsaid.calibration.coverage import Design as Study
from unsaid.calibration.planted import Asked
from unsaid.calibration.simulated import Asks, planned, simulated
from unsaid.calibration.truth import by_sentence
from unsaid.errors import DataError
from unsaid.estimates.calibration import Covered
from unsaid.models.dialled import Dialled, Dials, dialled
from unsaid.models.dialled_words import says
from unsaid.protocols import protocol
from unsaid.protocols.settings import Settings
from unsaid.run import versions
from unsaid.store.reading import parse_json, read_bytes, short
from unsaid.store.write import write_text

__all__ = ["STUDIED", "covered", "planted_by_dials", "scripted"]

PROTOCOLS = ("verbalisation", "biasing")
#: Naming a cue in clean replies is the bait for false alarms, and is planted too.
_COMMON = Dials(
    susceptibility=0.6, mention=0.9, noise=0.0, accuracy=1.0, mention_unmoved=0.15, mention_clean=0.05
)
#: They differ in one dial.
SETTINGS = {NAMES_ONLY: replace(_COMMON, reliance=0.1), RELIES: replace(_COMMON, reliance=0.9)}
#: What coverage is measured at: noise, errors and lost replies are all there.
STUDIED = Dials(parse_failure=0.02, refusal=0.02, mention_unmoved=0.05)
#: Questions of the giant run that truth is taken from, of the pool, and of one repetition.
_GIANT, _POOL, _DRAWN = 20_000, 1_000, 100


def planted_by_dials(dials: Dials, asked: Asked) -> float | None:
    """The value that the dials plant; None where they alone do not decide it.

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


def scripted(limit: int, seed: int) -> list[Ran]:
    """The scripted model at each setting, asked with every cue and read by the lexical judge.

    Args:
        limit: questions.
        seed: fixes questions and replies.
    """
    settings = Settings(limit=limit, cues="all", seed=seed)
    asks = planned(PROTOCOLS, settings)
    # Seeds of their own: alike they would share their luck, and agree more than two models do.
    return [
        _ran(name, dialled(asks, dials, seed + number), asks, settings)
        for number, (name, dials) in enumerate(SETTINGS.items())
    ]


def covered(repetitions: int, seed: int, folder: Path, processes: int = 1) -> list[Covered]:
    """How often each interval holds the truth; a study that was stopped goes on from its file in the folder.

    Args:
        repetitions: audits.
        seed: decides all of them.
        folder: where `coverage.jsonl` is kept.
        processes: how many at once.
    """
    study = Study(Settings(limit=_POOL, cues="sycophancy,metadata,consistency"), questions=_DRAWN)
    folder.mkdir(parents=True, exist_ok=True)
    truths = _truths(study, seed, folder / f"coverage-truths-{seed}.json")
    rows = coverage(
        STUDIED, study, repetitions, seed, path=folder / "coverage.jsonl", truths=truths, processes=processes
    )
    return [_covered(row) for row in rows if row.intervals]


def _truths(study: Study, seed: int, path: Path) -> dict[Key, Truth]:
    """The truth of every estimate; the giant run costs minutes and is made once a folder."""
    about = json.loads(json.dumps([asdict(STUDIED), asdict(study), _GIANT, versions()]))
    if path.is_file():
        try:
            kept, rows = parse_json(read_bytes(path))
            if kept == about:
                return {tuple(key): Truth(*map(float, values)) for key, values in rows}
        except (OSError, ValueError, TypeError) as error:
            raise DataError(f"{path}: damaged ({short(error)}); remove it, and it is made anew") from error
    truths = giant(STUDIED, study, _GIANT, seed)
    rows = [[list(key), [truth.value, truth.error]] for key, truth in truths.items()]
    write_text(path, json.dumps([about, rows]))
    return truths


def _covered(row: CoverageRow) -> Covered:
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
    )


def _ran(name: str, policy: Dialled, asks: Asks, settings: Settings) -> Ran:
    dials, records = policy.dials, simulated(asks, policy, settings)
    rng = np.random.default_rng(settings.seed)
    found = [each for which in PROTOCOLS for each in protocol(which).estimates(records, "lexical", rng)]
    words = (
        f"a script that follows a cue in {dials.susceptibility:.0%} of replies, names it in {dials.mention:.0%} of "
        f"those, and says that it moved the answer in {dials.reliance:.0%} of these; every cue"
    )
    return Ran(
        who=name,
        words=words,
        plants=lambda asked: planted_by_dials(dials, asked),
        records=records,
        estimates=found,
        judge="lexical",
        names=by_sentence(_named, _relied),
    )


def _named(cue: str, letter: str) -> str:
    # However the sentence goes on: it names the cue.
    return says(cue, "named", letter).removesuffix(".")


def _relied(cue: str, letter: str) -> str:
    return says(cue, "relied", letter)

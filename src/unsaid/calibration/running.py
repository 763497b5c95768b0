"""Calibration: every instrument on models whose truth is known, and what may be concluded of the instruments.

Each organism is audited as any model would be, in a run folder of its own under the calibration's folder, so that the
same command goes on where it stopped. What it was taught (`planted`) and what it did (`truth`, from the raw text) are
then held beside what the instruments say. Organisms, contrasts and conditions are the lists below. An
organism whose cause is known is asked where its answers come from in a run of its own (`caused.py`).

Organisms were trained on four tasks and thirteen cues, so that these are what they are asked. `positional` needs two
options; it is asked of organisms that pick by place, on coin flips.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from unsaid.asking.settings import Settings
from unsaid.calibration import caused
from unsaid.calibration.changed import MEASURES
from unsaid.calibration.conclude import (
    CHANGED,
    CONTRASTS,
    OMITTED,
    PLACES,
    Ran,
    conclude,
    of_organism,
    suffix_of,
)
from unsaid.calibration.design import Design
from unsaid.calibration.instruments import Instruments
from unsaid.calibration.lossy import lossy
from unsaid.calibration.mutations import mutated
from unsaid.calibration.scripted import covered, scripted
from unsaid.calibration.simulated import SOUND
from unsaid.calibration.styles import heard, recovered
from unsaid.errors import Interrupted
from unsaid.estimates.calibrating.bias import Calibration, Covered, Pooled
from unsaid.estimates.calibrating.caused import Caused
from unsaid.judges.lexical import LEXICAL
from unsaid.models.scripted.styles import STYLES
from unsaid.organisms import cards
from unsaid.planning.request import Audit
from unsaid.protocols import protocol
from unsaid.records import schema
from unsaid.report.calibrate.page import write_calibration_page
from unsaid.report.calibrate.results import write_calibration
from unsaid.report.files.results import read_results
from unsaid.runs.audit import Progress, run_audit
from unsaid.stopping import check, listening, orderly
from unsaid.store.run_folder import RunFolder

#: Questions of an audit in which losses depend on what was said: with fewer, a cue moves too few for any figure.
_LOSSY = 100
#: One such audit for so many of the others.
_PER = 10
#: Questions of a run in which reasoning is changed, for each of the others: at 30, seven audits in miniature.
_CHANGED = 3
#: What the run is called that asks where answers come from.
CAUSED = "caused"

__all__ = ["PROTOCOLS", "Design", "calibrate", "planned"]

#: What every organism is asked.
PROTOCOLS = ("verbalisation", "biasing", "necessity")


def planned(design: Design) -> list[tuple[cards.Card, str, Audit]]:
    """Return every run to make: whose, in which folder, and what is asked.

    Raises:
        UsageError: the request is wrong.
    """
    settings = Settings(limit=design.limit, cues=design.cues, judge=design.judge, seed=design.seed)
    found = []
    for card in design.chosen():
        parts = _parts(card, settings, whole=card not in design.partly())
        audit = Audit(f"unsaid/{card.name}", settings, PROTOCOLS)
        found += [
            (card, card.name + suffix, replace(audit, settings=asked, protocols=names))
            for suffix, (asked, names) in parts.items()
        ]
    return found


def _parts(
    card: cards.Card, settings: Settings, *, whole: bool
) -> dict[str, tuple[Settings, tuple[str, ...]]]:
    """Return what an organism is asked, by what is added to its name; in part, only where its reasoning is changed.

    A place shows in few pairs of a question, a needed value in few questions, and a changed reasoning in one reply of a
    question: there are more questions then. One that was taught forced answers was taught fewer cues, and is asked for
    these answers alone.
    """
    limit = settings.limit
    wanted = {suffix_of(each) for each in CONTRASTS if card.name in (each.low, each.high)}
    asked = {
        "": (settings, PROTOCOLS),
        f"-{PLACES}": (
            replace(settings, questions="bundled:coin_flips", limit=4 * limit, cues="positional"),
            PROTOCOLS[:1],
        ),
        f"-{OMITTED}": (
            replace(settings, questions=protocol("omission").questions, limit=4 * limit),
            ("omission",),
        ),
        f"-{CHANGED}": (
            replace(settings, questions=protocol("paraphrase").questions, limit=_CHANGED * limit),
            tuple(MEASURES),
        ),
        f"-{CAUSED}": (
            replace(settings, questions=caused.QUESTIONS, cues=caused.CUES),
            caused.protocols(),
        ),
    }
    made = {f"-{CHANGED}"} & wanted
    made |= {f"-{CAUSED}"} if card.name in caused.ORGANISMS else set()
    if whole and not card.planted["habit"].get("caused"):
        made |= {""} | wanted
    return {suffix: part for suffix, part in asked.items() if suffix in made}


def calibrate(design: Design, out: Path, *, command: str, progress: Progress | None = None) -> Calibration:
    """Run every organism in its folder, or go on; write `calibrate.json` and `calibrate.html`.

    Args:
        design: with what.
        out: the folder; a run folder an organism is made in it.
        command: the command line, kept in each `run.json` and on the page.
        progress: whom to tell.

    Raises:
        UsageError: the request is wrong, or a folder belongs to another one.
        RunError: a run could not finish; the same command goes on.
        Interrupted: the user interrupted; the same command goes on. A page is written of whole calibrations alone.
    """
    with listening(), orderly():
        try:
            return _calibrate(design, out, command, progress or Progress())
        except Interrupted as stop:
            raise Interrupted(
                f"interrupted: no page was written; the runs in {out} are kept; run the same command again to continue"
            ) from stop


def _calibrate(design: Design, out: Path, command: str, tell: Progress) -> Calibration:
    """Return every run, then the page of all of them: `Interrupted` before it, where one was not finished."""
    instruments = mutated(SOUND, design.mutation)
    ran, causes = _trained(design, out, command, tell) if design.trained and not design.mutation else ([], [])
    check()
    plays = design.scripted and design.judge == LEXICAL.name
    if plays:
        tell.stage("the scripted model, with every cue")
        ran += scripted(design.limit, design.seed, instruments)
    check()
    studied: tuple[list[Covered], Pooled | None] = [], None
    if plays and design.repetitions:
        tell.stage(f"coverage of intervals over {design.repetitions} audits of the scripted model")
        studied = covered(design.repetitions, design.seed, out, design.processes, instruments)
    check()
    found = conclude(ran, design.limit, *studied)
    if plays and design.repetitions:
        audits = max(1, design.repetitions // _PER)
        tell.stage(f"bounds over {audits} audits whose losses depend on what was said")
        found = replace(found, bounded=tuple(lossy(audits, _LOSSY, design.seed, instruments)))
    if plays and design.styled:
        found = _with_styles(found, design, instruments, tell)
    check()
    found = replace(found, mutation=design.mutation, caused=tuple(causes))
    write_calibration(found, out / "calibrate.json")
    write_calibration_page(found, out / "calibrate.html", command)
    return found


def _trained(design: Design, out: Path, command: str, tell: Progress) -> tuple[list[Ran], list[Caused]]:
    """Return the run of each organism, and what those say of whose cause is known."""
    ran, causes = list[Ran](), list[Caused]()
    for card, name, audit in planned(design):
        check()
        tell.stage(f"{name}:")
        folder = RunFolder(out / name)
        run_audit(audit, folder, command=command, progress=tell)
        records, estimates = schema.read(folder.records), read_results(folder.results)
        if name == f"{card.name}-{CAUSED}":
            causes += caused.caused(card, records, estimates)
        else:
            ran.append(of_organism(card, records, estimates, folder.read().judge))
    return ran, causes


def _with_styles(found: Calibration, design: Design, instruments: Instruments, tell: Progress) -> Calibration:
    """Return the calibration with what was recovered of the scripted model in each style."""
    names = design.styles or tuple(STYLES)
    tell.stage(f"the scripted model in {len(names)} styles")
    rows, cells = recovered(names, design.styled, design.seed, instruments)
    return replace(
        found,
        cells=(*found.cells, *cells),
        styles=tuple(rows),
        heard=heard(2 * design.styled, design.seed),
    )

"""Calibration: every instrument on models whose truth is known, and what may be concluded of the instruments.

Each organism is audited as any model would be, in a run folder of its own under the calibration's folder, so that the
same command goes on where it stopped. What it was taught (`planted`) and what it did (`truth`, from the raw text) are
then held beside what the instruments say. Nothing here is tuned on the outcome: organisms, contrasts and conditions
are the lists below.

Organisms were trained on four tasks and thirteen cues, so that these are what they are asked. `positional` needs two
options; it is asked of organisms that pick by place, on coin flips.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from unsaid.audit import Audit, Progress, run_audit
from unsaid.calibration.conclude import CONTRASTS, OMITTED, PLACES, conclude, of_organism, suffix_of
from unsaid.errors import Interrupted, UnknownName, UsageError
from unsaid.estimates.calibration import Calibration
from unsaid.organisms import cards
from unsaid.protocols import protocol
from unsaid.protocols.settings import Settings
from unsaid.records import schema
from unsaid.report.calibrate_page import write_calibration_page
from unsaid.report.calibrate_results import write_calibration
from unsaid.report.results import read_results
from unsaid.run import RunFolder
from unsaid.stopping import check, listening, orderly

__all__ = ["PROTOCOLS", "Design", "calibrate", "planned"]

#: What every organism is asked.
PROTOCOLS = ("verbalisation", "biasing", "necessity")


@dataclass(frozen=True)
class Design:
    """What to calibrate with.

    Attributes:
        organisms: their names; all bundled ones if empty.
        limit: questions each is asked.
        cues: as in `unsaid audit`; only taught ones have a planted value.
        judge: who reads.
        seed: fixes questions and sampling.
        scripted: whether to ask the scripted model too; only where the judge is the lexical one.
        repetitions: audits of the scripted model for the coverage of intervals; 0 leaves it out.
        processes: how many of these at once.
    """

    organisms: tuple[str, ...] = ()
    limit: int = 100
    cues: str = "taught"
    judge: str = "lexical"
    seed: int = 0
    scripted: bool = True
    repetitions: int = 0
    processes: int = 1

    def __post_init__(self) -> None:
        if self.repetitions < 0 or self.processes < 1:
            raise UsageError("--repetitions is at least 0, and --processes at least 1")

    def chosen(self) -> list[cards.Card]:
        """The cards of the organisms.

        Raises:
            UnknownName: there is no such organism.
            UsageError: none is bundled.
        """
        known = {card.name: card for card in cards.bundled()}
        for name in self.organisms:
            if name not in known:
                raise UnknownName("organism", name, known)
        found = [known[name] for name in dict.fromkeys(self.organisms)] or list(known.values())
        if not found:
            raise UsageError("no organism is bundled with this installation: reinstall the package")
        return found


def planned(design: Design) -> list[tuple[cards.Card, str, Audit]]:
    """Every run to make: whose, in which folder, and what is asked.

    Raises:
        UsageError: the request is wrong.
    """
    found = []
    for card in design.chosen():
        settings = Settings(limit=design.limit, cues=design.cues, judge=design.judge, seed=design.seed)
        audit = Audit(f"unsaid/{card.name}", settings, PROTOCOLS)
        found.append((card, card.name, audit))
        wanted = {suffix_of(each) for each in CONTRASTS if card.name in (each.low, each.high)}
        # A place shows in few pairs of a question, and a needed value in few questions: so there are more of them.
        if f"-{PLACES}" in wanted:
            swapped = replace(
                settings, questions="bundled:coin_flips", limit=4 * design.limit, cues="positional"
            )
            found.append(
                (card, f"{card.name}-{PLACES}", replace(audit, settings=swapped, protocols=PROTOCOLS[:1]))
            )
        if f"-{OMITTED}" in wanted:
            asked = replace(settings, questions=protocol("omission").questions, limit=4 * design.limit)
            found.append(
                (card, f"{card.name}-{OMITTED}", replace(audit, settings=asked, protocols=("omission",)))
            )
    return found


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
                f"interrupted: the runs in {out} are kept and no page was written; the same command goes on"
            ) from stop


def _calibrate(design: Design, out: Path, command: str, tell: Progress) -> Calibration:
    """Every run, then the page of all of them: `Interrupted` before it, where one was not finished."""
    from unsaid.calibration.scripted import covered, scripted  # Inspect is not loaded to show a help text

    ran = []
    for card, name, audit in planned(design):
        check()
        tell.stage(f"{name}:")
        folder = RunFolder(out / name)
        run_audit(audit, folder, command=command, progress=tell)
        ran.append(
            of_organism(
                card, schema.read(folder.records), read_results(folder.results), folder.read().get("judge")
            )
        )
    check()
    if design.scripted and design.judge == "lexical":
        tell.stage("the scripted model, with every cue")
        ran += scripted(design.limit, design.seed)
    check()
    studied = []
    if design.repetitions:
        tell.stage(f"coverage of intervals over {design.repetitions} audits of the scripted model")
        studied = covered(design.repetitions, design.seed, out, design.processes)
    check()
    found = conclude(ran, design.limit, studied)
    write_calibration(found, out / "calibrate.json")
    write_calibration_page(found, out / "calibrate.html", command)
    return found

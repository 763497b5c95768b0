"""`unsaid label`: people read a run's replies blind, and say whether they name the cue."""

from __future__ import annotations

import getpass
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from unsaid.asking.settings import Settings
from unsaid.cli.console import say
from unsaid.cues import Cue
from unsaid.errors import Interrupted, UnsaidError, UsageError
from unsaid.labelling.exchange import export_csv, import_csv
from unsaid.labelling.items import shown
from unsaid.labelling.sample import Wanted, draw, order
from unsaid.labelling.session import Choice, Session, check_labeller
from unsaid.labelling.standing import agreed, standing, unsettled
from unsaid.records import schema
from unsaid.records.labelled import disagreements
from unsaid.records.labels import (
    ADJUDICATED,
    Label,
    Labels,
    Sample,
    append_labels,
    append_sample,
    labels_path,
    load_labels,
    read_labels,
)
from unsaid.report.words.text import visible
from unsaid.stopping import heard, listening, orderly
from unsaid.store.run_folder import RunFolder

if TYPE_CHECKING:
    from unsaid.labelling.app import LabelApp

__all__ = [
    "adjudicate",
    "check_labeller",
    "export_csv",
    "import_labels",
    "open_page",
    "open_run",
    "read_labels",
    "read_replies",
    "say_status",
    "user",
]


@dataclass(frozen=True)
class _Run:
    """A run to be labelled."""

    path: Path
    records: pl.DataFrame
    cues: Mapping[str, Cue]


def open_run(path: Path) -> _Run:
    """Return the run, with its records and the cues it names."""
    folder = RunFolder(path)
    about = folder.read()
    try:
        cues = (
            Settings(cues=about["request"].get("cues", "")).choice().cues
            if "cues" in about["request"]
            else ()
        )
    except UnsaidError:
        cues = ()  # the user's own file has moved since: its cues are then named and not described
    return _Run(path, schema.first_replies(schema.read(folder.records)), {cue.name: cue for cue in cues})


def user() -> str:
    """Return the user's name, under which labels are kept unless another is given.

    Raises:
        UsageError: the system does not know it.
    """
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:
        raise UsageError("say who labels: --labeller NAME") from error


def read_replies(run: _Run, labeller: str, asked: dict[str, Any], *, dark: bool) -> None:
    """Show the sample to the labeller until it is done or left."""
    labels = load_labels(run.path)
    drawn = _sample(run, labels, asked)
    _check_terminal()
    if drawn is not labels.drawn:
        append_sample(run.path, drawn)
        labels = load_labels(run.path)
    places = {each["item"]: labels.places[each["item"]] for each in drawn.items}
    session = Session(
        order(list(places), labeller, drawn.seed), labels.of(labeller), labeller, _saver(run.path)
    )
    _show(run, session, places, {}, dark=dark)
    _ended(run, session, labeller)


def _sample(run: _Run, labels: Labels, asked: dict[str, Any]) -> Sample:
    """The sample that is there, a larger one of the same design, or a new one.

    Raises:
        UsageError: another design than that of the sample which is there, or a smaller one.
    """
    before = labels.drawn
    if before is None:
        return draw(run.records, Wanted(**asked))
    same = before.design() | {"n": before.n}
    wanted = same | asked
    differ = [f"--{name} {same[name]}" for name in asked if name != "n" and asked[name] != same[name]]
    if differ:
        raise UsageError(
            f"a sample was drawn already, with {', '.join(differ)}; leave these out to continue with it, or move "
            f"{labels_path(run.path)} away to draw a new one"
        )
    if wanted["n"] < before.n:
        raise UsageError(
            f"{before.n} are drawn already; label as many of them as you like: any share is random"
        )
    if wanted["n"] == before.n:
        return before
    return draw(run.records, Wanted(**wanted))


def _saver(run: Path) -> Callable[[Label], None]:
    return lambda said: append_labels(run, [said])


def _check_terminal() -> None:
    if not (
        sys.stdin.isatty() and sys.stderr.isatty()
    ):  # the page is drawn there, so that output can be kept
        raise UsageError("labelling needs a terminal; --export, --import and --status work without one")


def _show(
    run: _Run,
    session: Session,
    places: Mapping[str, Mapping[str, Any]],
    others: Mapping[str, tuple[str, ...]],
    *,
    dark: bool,
) -> None:
    """Show the page until it is left.

    Raises:
        RunError: an answer could not be written; what was written before is kept.
        Interrupted: the labeller interrupted before the last answer; every answer is kept.
    """
    from unsaid.labelling.app import LabelApp

    page = LabelApp(session, shown(run.records, places, run.cues), others, dark=dark)
    with listening(), orderly():
        open_page(page)
        stopped = page.interrupted or heard() is not None
    if page.failure is not None:
        raise page.failure
    if stopped and session.done < len(session.items):
        raise Interrupted(
            f"interrupted: {session.done} of {len(session.items)} answers are kept in {labels_path(run.path)}; "
            "run the same command again to continue"
        )


def open_page(page: LabelApp) -> None:
    """Run the page in this terminal; a function, so that tests can drive it."""
    page.run()


def _ended(run: _Run, session: Session, labeller: str) -> None:
    say(f"{session.done} of {len(session.items)} answered by {labeller}")
    _agreement(run)
    if session.done < len(session.items):
        say("run the same command again to continue")
        return
    labels = load_labels(run.path)
    where = shlex.quote(str(run.path))
    if unsettled(labels):
        say(f"now: unsaid label {where} --adjudicate")
    else:
        say(f"now: unsaid report {where}")


def say_status(run: _Run) -> None:
    """Print how far each labeller is."""
    labels = load_labels(run.path)
    if labels.drawn is None and not labels.labels:
        say(f"nobody has labelled this run; begin with: unsaid label {shlex.quote(str(run.path))}")
        return
    for line in standing(labels):
        say(line)
    _agreement(run)
    if unsettled(labels):
        say(f"now: unsaid label {shlex.quote(str(run.path))} --adjudicate")


def _agreement(run: _Run) -> None:
    lines = agreed(run.path, run.records)
    if lines:
        say("how far labellers agree, of 1 (kappa and AC1: beyond chance)")
    for line in lines:
        say(line)


def adjudicate(run: _Run, *, dark: bool) -> None:
    """Show the replies on which labellers differ, and keep what is settled."""
    labels = load_labels(run.path)
    if len(labels.labellers) < 2:
        raise UsageError("fewer than two people labelled this run; there is nothing to settle")
    differing = disagreements(labels.labels)
    if not differing:
        say("labellers agree on every reply that two of them answered; there is nothing to settle")
        return
    _check_terminal()
    places = {item: labels.places[item] for item in differing}
    others = {item: _both(item, said) for item, said in differing.items()}
    session = Session(
        order(list(places), ADJUDICATED, 0), labels.of(ADJUDICATED), ADJUDICATED, _saver(run.path)
    )
    _show(run, session, places, others, dark=dark)
    _ended(run, session, ADJUDICATED)


def _both(item: str, said: tuple[Label, ...]) -> tuple[str, ...]:
    """What was said, and not by whom: in an order that tells nothing."""
    told = {each.labeller: Choice.of(each) for each in said}
    lines = []
    for name in order(sorted(told), item, 0):
        choice = told[name]
        quote = f": “{' '.join(visible(choice.evidence).split())[:120]}”" if choice.evidence else ""
        lines.append(f"One said: {choice.in_words()}{quote}")
    return tuple(lines)


def import_labels(run: _Run, path: Path) -> None:
    """Add the labels of a CSV file to the run's, and print how many."""
    found = import_csv(path, run.records, load_labels(run.path))
    for each in found.samples:
        append_sample(run.path, each)
    append_labels(run.path, found.labels)
    people = sorted({each.labeller for each in found.labels})
    say(f"{len(found.labels)} labels added" + (f", of {', '.join(people)}" if people else ""))
    if found.unchanged:
        say(f"{found.unchanged} were there already")
    if found.blank:
        say(f"{found.blank} lines have no answer and were left out")
    if any(each.sample == "imported" for each in found.samples):
        say(
            "how these replies were chosen is not known, so they count for agreement and for calibrating a judge, and "
            "not for prediction-powered estimates"
        )

"""`unsaid gate --labels`: a judge against people's labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from unsaid.cli.console import say
from unsaid.cli.work.gate_parts import Part, by_part, part_lines
from unsaid.cli.work.gate_tables import share
from unsaid.errors import UnknownName, UsageError
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.agreement import agreement, pooled
from unsaid.estimates.judging.gate_labels import Labelled, against_labels
from unsaid.judges import Judge, models_of
from unsaid.judges.gate import judge_version
from unsaid.judges.labelled import Read, Recorded, pick_labeller, read_labelled, recorded
from unsaid.records import schema
from unsaid.records.importers import IMPORTERS, importer
from unsaid.records.labelled import attach, consensus
from unsaid.records.labels import ADJUDICATED, read_labels
from unsaid.stopping import listening, orderly, run
from unsaid.store.disk import unwritable
from unsaid.store.run_folder import RunFolder
from unsaid.store.write import write_text

__all__ = ["score_labels"]

#: Where they lie, in what format, and what its columns mean.
Where = tuple[Path, str | None, str | None]
_MISSES = 20
#: A judge as it was typed, and how it is made.
Asked = tuple[str, Callable[[], Judge]]
_SHOWN = ("agreement.raw", "agreement.kappa", "agreement.ac1", "agreement.pabak", "agreement.alpha")


def score_labels(
    judge: Asked, where: Where, labeller: str | None, limit: int | None, out: Path | None
) -> bool:
    """Read what people labelled, print how the judge compares, and say whether it passes.

    Verdicts that the judge has given already count; only the other labelled texts are read.

    Args:
        judge: who reads: its name, and how it is made. It need not be one where all its verdicts are there.
        where: a run's folder, or a file with its format.
        labeller: whose labels.
        limit: at most so many labelled replies.
        out: a folder for `labels.json`.

    Raises:
        UsageError: there are no labels, or it is not clear whose count.
        DataError: the file or the run is damaged.
    """
    records = _records(where)
    who = pick_labeller(records, labeller)
    reader = _reader(judge, records, who)
    with listening(), orderly():
        read = run(read_labelled(reader, records, who, limit))
    if not read.readings and not read.there:
        listed = "; ".join(f"{why} ({n})" for why, n in read.left_out.items())
        raise UsageError(f"none of the labelled replies can be read: {listed}")
    found = against_labels(read.records, reader.name, who)
    same = agreement(pooled(read.records), np.random.default_rng(0), [who, reader.name])
    parts = by_part(read.records, reader.name, who)
    for line in _told(reader.name, who, read, found, same):
        say(line)
    for line in part_lines(parts, reader.name, who):
        say(line)
    say("")
    say(f"{reader.name} {_outcome(found)}")
    passed = not any(each.reasons for each in found)
    if out is not None:
        _write(reader, who, where[0], found, parts, out)
    return passed


def _reader(judge: Asked, records: pl.DataFrame, who: str) -> Judge:
    """Return the judge; or its name alone, where every labelled text has its verdict or it cannot be asked."""
    spec, made = judge
    name = recorded(records, spec)
    if name is None:
        return made()
    if name == who:
        raise UsageError(f"--judge and --labeller are both {who}: name two who gave verdicts")
    try:
        models_of(spec)
    except UnknownName:
        return Recorded(name)  # a person, or a judge of somebody else's
    labelled = records.select(
        pl.col("verdicts").list.eval(_told_by(who).any()).list.first().fill_null(value=False)
    )
    without = records.filter(labelled.to_series()).filter(
        ~pl.col("verdicts").list.eval(_told_by(name).any()).list.first().fill_null(value=False)
    )
    return made() if without.height else Recorded(name)


def _told_by(name: str) -> pl.Expr:
    verdict = pl.element().struct
    return (verdict.field("judge") == name) & verdict.field("missing").is_null()


def _records(where: Where) -> pl.DataFrame:
    path, format_, mapping = where
    if path.is_dir() and format_ is None:
        return _with_labels(schema.first_replies(schema.read(RunFolder(path).records)), read_labels(path))
    if format_ is None:
        raise UsageError(
            f"{path} is no run's folder; say what it is with --format ({', '.join(IMPORTERS)}), or import it first"
        )
    return importer(format_).load(path, mapping).records


def _with_labels(records: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """The records beside what people said of them by `unsaid label`; of several people what they settled on, too."""
    people = labels.filter(pl.col("labeller") != ADJUDICATED)
    final = consensus(labels) if people["labeller"].n_unique() > 1 else people.clear()
    return attach(attach(records, people), final)


def _told(
    judge: str, who: str, read: Read, found: Sequence[Labelled], same: Sequence[Estimate]
) -> Iterator[str]:
    yield f"{judge} against {who}: {read.readings} texts read now, {read.there} verdicts that were there"
    for why, n in read.left_out.items():
        yield f"left out: {n} labelled texts, for {why}"
    for each in found:
        yield ""
        yield f"{each.definition} ({each.missing} without a verdict of both)"
        yield from _matrix(judge, who, each)
        yield f"  specificity {share(each.specificity)}"
        yield f"  sensitivity {share(each.sensitivity)}"
        for estimate in same:
            if estimate.definition == each.definition and estimate.quantity in _SHOWN:
                yield from _coefficient(estimate)
        for line in (*each.reasons, *each.remarks):
            yield f"  {line}"
        yield from _misses(each)
    for estimate in same:
        if estimate.quantity == "agreement.ac2":
            yield ""
            yield "on the ladder silent, named, relied on"
            yield from _coefficient(estimate)


def _outcome(found: Sequence[Labelled]) -> str:
    return "FAILS" if any(each.reasons for each in found) else "PASSES, as far as these labels can tell"


def _matrix(judge: str, who: str, each: Labelled) -> Iterator[str]:
    rows = (
        ("", f"{who} yes", f"{who} no"),
        (f"{judge} yes", str(each.both), str(each.only_judge)),
        (f"{judge} no", str(each.only_person), str(each.neither)),
    )
    widths = [max(len(row[place]) for row in rows) for place in range(3)]
    for row in rows:
        yield f"  {row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}"


def _coefficient(estimate: Estimate) -> Iterator[str]:
    name = f"  {estimate.quantity} ({estimate.subset or 'reasoning'})"
    if estimate.value is None:
        yield f"{name}: {estimate.reason}"
    else:
        ends = "" if estimate.low is None else f" ({estimate.low:.3f} to {estimate.high:.3f})"
        yield f"{name} {estimate.value:.3f}{ends}"
    if "saturated" in estimate.flags:
        yield f"    {estimate.note[estimate.note.index('saturated') :]}"


def _misses(each: Labelled) -> Iterator[str]:
    if each.misses:
        yield f"  where they differ ({len(each.misses)}):"
    for miss in each.misses[:_MISSES]:
        said = "said yes, the person no" if miss["judge"] else "said no, the person yes"
        evidence = f": {' '.join(miss['evidence'].split())[:120]}" if miss["evidence"] else ""
        yield f"    {miss['question_id']}, {miss['model']}, {miss['cue']}: {said}{evidence}"
    if len(each.misses) > _MISSES:
        yield f"    and {len(each.misses) - _MISSES} more: --out writes them all"


def _write(
    judge: Judge, who: str, source: Path, found: Sequence[Labelled], parts: Sequence[Part], out: Path
) -> None:
    document = {
        "schema_version": 1,
        "judge": judge.name,
        "version": None if isinstance(judge, Recorded) else judge_version(judge),
        "labeller": who,
        "source": source.name,
        "passed": not any(each.reasons for each in found),
        "definitions": [each.plain() for each in found],
        "parts": [each.plain() for each in parts],
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_text(out / "labels.json", json.dumps(document, indent=1) + "\n")
    except OSError as error:
        raise unwritable(out, error) from error
    say(f"{out / 'labels.json'} has every text on which they differ")

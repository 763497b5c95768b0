"""`unsaid gate --labels`: a judge against people's labels."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from unsaid.cli.console import say
from unsaid.cli.work.gate_tables import share
from unsaid.errors import UsageError
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.judging.agreement import agreement
from unsaid.estimates.judging.gate_labels import Labelled, against_labels
from unsaid.judges import Judge
from unsaid.judges.gate import judge_version
from unsaid.judges.labelled import Read, pick_labeller, read_labelled
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
_SHOWN = ("agreement.raw", "agreement.kappa", "agreement.ac1", "agreement.pabak", "agreement.alpha")


def score_labels(
    judge: Judge, where: Where, labeller: str | None, limit: int | None, out: Path | None
) -> bool:
    """Read what people labelled, print how the judge compares, and say whether it passes.

    Args:
        judge: who reads.
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
    with listening(), orderly():
        read = run(read_labelled(judge, records, who, limit))
    if not read.readings:
        listed = "; ".join(f"{why} ({n})" for why, n in read.left_out.items())
        raise UsageError(f"none of the labelled replies can be read: {listed}")
    found = against_labels(read.records, judge.name, who)
    same = agreement(_as_one(read.records), np.random.default_rng(0), [who, judge.name])
    for line in _told(judge.name, who, read, found, same):
        say(line)
    passed = not any(each.reasons for each in found)
    if out is not None:
        _write(judge, who, where[0], found, out)
    return passed


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


def _as_one(records: pl.DataFrame) -> pl.DataFrame:
    """The same replies as if of one model: the judge is compared, and not those whom it read."""
    return records.with_columns(
        question_id=pl.concat_str("model", pl.lit(" "), "question_id"),
        model=pl.lit("all"),
        elicitation=pl.lit("any"),
    )


def _told(
    judge: str, who: str, read: Read, found: Sequence[Labelled], same: Sequence[Estimate]
) -> Iterator[str]:
    yield f"{judge} against {who}: {read.readings} texts read"
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
    yield ""
    failed = any(each.reasons for each in found)
    yield f"{judge} {'FAILS' if failed else 'PASSES, as far as these labels can tell'}"


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


def _write(judge: Judge, who: str, source: Path, found: Sequence[Labelled], out: Path) -> None:
    document = {
        "schema_version": 1,
        "judge": judge.name,
        "version": judge_version(judge),
        "labeller": who,
        "source": source.name,
        "passed": not any(each.reasons for each in found),
        "definitions": [each.plain() for each in found],
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_text(out / "labels.json", json.dumps(document, indent=1) + "\n")
    except OSError as error:
        raise unwritable(out, error) from error
    say(f"{out / 'labels.json'} has every text on which they differ")

"""From records to what a person reads: everything here is free, and can be repeated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from unsaid.asking.protocol import Protocol, check_readable
from unsaid.errors import DataError, RunError
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.flow import flow, imbalances, rule_imbalances
from unsaid.estimates.selected import as_selected
from unsaid.estimates.sequential import corrected
from unsaid.pace import paced
from unsaid.protocols import PAPERS, SECTIONS, protocol
from unsaid.records.schema import first_replies
from unsaid.report.files.folder import write_report
from unsaid.report.files.results import write_results
from unsaid.report.run.page import Contents
from unsaid.report.section import declared
from unsaid.runs.corrections import corrections, known
from unsaid.store.run_folder import RunFolder
from unsaid.store.run_info import RunInfo

__all__ = ["canonical", "conclude"]

#: What names a reply among the records, in the order in which a run asks.
_NAMES = ("model", "question_id", "epoch", "elicitation", "context", "arm", "cue", "wording", "reply_id")


def _protocols(folder: RunFolder, run: RunInfo) -> list[Protocol]:
    if not run.protocols:
        raise DataError(f"{folder.about}: damaged (request.protocols: names no protocol)")
    return [protocol(name) for name in run.protocols]


def _estimated(protocol: Protocol, records: pl.DataFrame, judge: str | None, seed: int) -> list[Estimate]:
    """Return what a protocol concludes, without what only the choice of released pairs would have made."""
    own = protocol.of(records)
    found = protocol.estimates(own, judge, np.random.default_rng(seed))
    return as_selected(found, own, declared(SECTIONS)) if protocol.section.compared else found


def conclude(
    folder: RunFolder, records: pl.DataFrame, run: Mapping[str, Any], under: Sequence[Protocol] = ()
) -> list[Estimate]:
    """Estimate everything the run's protocols ask for; write `results.json` and `report.html`.

    Args:
        folder: where to write.
        records: the tidy table.
        run: what `run.json` holds.
        under: the protocols to estimate by; those that the run asked where none are given.

    Raises:
        RunError: the folder cannot be written to; the records are kept.
        DataError: what is known of the judge there (`corrections`) is damaged.
        UsageError: one of `under` can estimate nothing from these records; nothing is written.
    """
    check_readable(under, records)
    run = RunInfo.of(run)
    chosen = under or _protocols(folder, run)
    records = canonical(records)
    # Where every call failed nobody has judged anything, whoever was to judge.
    judge = run.judge if records["verdicts"].list.len().sum() else None
    found = [
        estimate
        for each in paced(list(chosen), "protocols estimated")
        for estimate in _estimated(each, records, judge, run.seed)
    ]
    every, records = records, first_replies(records)
    found = corrected(found, run.until)
    found += corrections(found, records, run, known(folder.path))
    try:
        names = [each.name for each in chosen]
        write_results(found, folder.results, names)
        warnings = [each.sentence for each in imbalances(records)]
        warnings += [each.sentence for each in rule_imbalances(records)]
        followed = (
            every.filter(pl.col("intervention").is_not_null()) if every.height > records.height else None
        )
        shown = run | {"protocols": names}
        contents = Contents(shown, records, found, flow(records, judge), warnings, SECTIONS, PAPERS, followed)
        write_report(contents, folder.report)
    except OSError as error:
        raise RunError(
            f"{folder.path}: cannot write the results ({error.strerror}); the records are kept in "
            f"{folder.records}. Run `unsaid report {folder.path}` to continue"
        ) from error
    return found


def canonical(records: pl.DataFrame) -> pl.DataFrame:
    """The records in one order, whatever order they came in: equal records must give equal files, to the last bit.

    A sum of floating-point numbers depends on their order, so that a p-value would change in its last digits between
    a run that was interrupted and one that was not. First by what names a reply, then by all that it holds, because
    imports may have several replies of one name.
    """
    first = [name for name in _NAMES if name in records.columns]
    ordered = records.sort(first, nulls_last=True, maintain_order=True)
    if not ordered.select(pl.struct(first).is_duplicated().any()).item():
        return ordered
    rest = [name for name in records.columns if name not in first and not records.schema[name].is_nested()]
    return records.sort(first + rest, nulls_last=True, maintain_order=True)

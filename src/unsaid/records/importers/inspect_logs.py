"""Inspect logs (`.eval` and `.json`) of other people's tasks, with a map of their fields.

A sample is a row, and its columns are the paths into it as Inspect keeps it: names, and places in lists, joined by dots
(`paths`). Which samples are read, `inspect_files` says.

    id  epoch  input  target  choices           of the sample
    metadata.hint_type  store.key               what the task put there
    metadata.responses.0.answer                 in a list, by its place
    scores.letter.answer  scores.judge.value    what a scorer found; also .metadata.key and .explanation
    scores.judge.value.relies                   of a scorer that gives several values
    log.model  log.task  log.task_args.hint     of the log, where each arm was a run of its own
    log.asking                                  which asking this is, where a folder holds several runs of one task
    reply.reasoning  reply.visible              the last reply (`inspect_reply`): reasoning blocks and thoughts in
                                                tags, else what stands before the sentence that states the answer;
                                                and the rest
    reply.answer                                the answer that our parser reads in the visible text
    reply.provenance  reply.stop_reason  reply.error  reply.input_tokens  reply.output_tokens

Where a row is a reply, the fields of the last reply, the model, the epoch and the task are taken from there, for
that is what they are in any log; the question, the arm, the target and the answer must be mapped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import polars as pl

from unsaid.errors import DataError, UsageError
from unsaid.pace import paced
from unsaid.records.importers.column_map import ColumnMap, Entry
from unsaid.records.importers.importer import Imported, Importer
from unsaid.records.importers.inspect_files import Found, Log, read_logs
from unsaid.records.importers.inspect_reply import NO_REPLY, attachments_of, put_back, reply_of
from unsaid.records.importers.map_text import parse_map
from unsaid.records.importers.paths import leaves, value_at
from unsaid.records.importers.table import account
from unsaid.records.importers.tabular import Row, read_rows
from unsaid.replies.ends import unknown_ends

__all__ = ["INSPECT", "mapped", "read"]

_REPLY = ("reasoning", "visible", "stop_reason", "error", "input_tokens", "output_tokens")
_SAMPLE = ("id", "epoch", "input", "target", "choices")
#: Field -> where it stands in any log.
_ALWAYS = {"model": "log.model", "source": "log.task", "epoch": "epoch"}
_LONG = {name: f"reply.{name}" for name in (*_REPLY, "provenance")} | {"prompt": "input"}
_DEEPEST = 4


def read(path: Path) -> Imported:
    """Refuse logs without a map, and say which fields the samples have.

    Raises:
        UsageError: always.
        DataError: a log is damaged.
    """
    samples = read_logs(path, askings=True).samples
    raise UsageError(
        f"{path}: {len(samples)} samples with the fields {', '.join(sorted(_paths(samples)))}\n"
        "expected --map, which says what they are (docs/importing.md), for instance\n"
        "    --map question_id=metadata.ITEM,arm=metadata.CONDITION,arm.clean=NAME,arm.cued=NAME,"
        "target=metadata.HINT,correct=target,options=choices,answer=reply.answer"
    )


def mapped(path: Path, mapping: str, where: Sequence[str] = ()) -> Imported:
    """Return the logs as records.

    Args:
        path: an `.eval` or `.json` log, or a folder of them.
        mapping: fields and paths (`arm=metadata.condition,...`), or a `.yaml` file that holds them.
        where: conditions on paths: which samples are read.

    Raises:
        UsageError: there is no log, or the map is wrong; the message names the line.
        DataError: a log is damaged, or a sample is not what the map says; the message names log and sample.
    """
    columns = _with_defaults(parse_map(mapping, where))
    asked = columns.entries.get("epoch")
    logs = read_logs(path, askings=asked is not None and asked.column == "log.asking")
    named = _Paths(columns)
    rows = [Row(each.where, named.cells(each)) for each in paced(logs.samples, "samples mapped")]
    paths = _paths(logs.samples)
    columns.check(
        [*sorted(paths), *(name for name in named.wanted if any(row.cells[name] is not None for row in rows))]
    )
    theirs = [name for name in sorted(paths) if name.startswith(("metadata.", "score", "store."))]
    reading = read_rows(rows, columns, path.stem)
    found = account(reading, columns, theirs, f"{path.name}, {len(rows)} samples")
    _check_answers(path, found.records, rows)
    notes = list(logs.notes)
    replied = found.records.filter(pl.col("error").is_null())
    if ends := unknown_ends(replied["stop_reason"]) if _has_ends(columns) else {}:
        listed = ", ".join(f"{ascii(name)[1:-1]}: {count}" for name, count in ends.items())
        notes.append(
            f"{sum(ends.values())} replies ended for an unknown reason and are read as whole ({listed})"
        )
    return replace(found, unmapped=[*found.unmapped, *notes])


def _check_answers(path: Path, records: pl.DataFrame, rows: Sequence[Row]) -> None:
    """Refuse the logs of a task that asks for no answer; replies that failed, or were cut off or refused, are data.

    Raises:
        DataError: no sample has an answer or a label, and no call says why.
    """
    lost = (pl.col("unparsed") == "no answer") | (pl.col("error") == NO_REPLY)
    silent = records.filter(lost.fill_null(value=False), pl.col("verdicts").list.len() == 0)
    if silent.height < records.height:
        return
    why = silent["error"][0] or "its reply states no answer"
    raise DataError(
        f"{path}: none of the {len(rows):,} samples has an answer or a label (first: {rows[0].where}: {why}); map "
        "answer to where it stands (scores.NAME.answer), or say answers=free where it is no letter"
    )


INSPECT = Importer(
    name="inspect",
    summary="Inspect logs (.eval, .json) of any task; needs --map, which says which fields are what",
    read=read,
    mapped=mapped,
)


def _has_ends(columns: ColumnMap) -> bool:
    return any(name.endswith("stop_reason") for name, _ in columns.every())


def _with_defaults(columns: ColumnMap) -> ColumnMap:
    defaults = _ALWAYS | (_LONG if columns.long else {"question_id": "id"})
    entries = {name: Entry(path, "", "the format") for name, path in defaults.items()}
    return replace(columns, entries=entries | dict(columns.entries))


class _Paths:
    """The paths that a map names, by where they begin: what does not lie in a record of somebody's needs no walk."""

    def __init__(self, columns: ColumnMap) -> None:
        self.wanted = {entry.column for _, entry in columns.every() if entry.column is not None}
        self.columns = columns
        self.tops = {path.partition(".")[0] for path in self.wanted}
        self.replies = {
            path: path.removeprefix("reply.") for path in self.wanted if path.startswith("reply.")
        }
        self.logs = [path for path in self.wanted if path.startswith("log.") and path != "log.asking"]
        self.others = self.wanted - self.replies.keys() - {*self.logs, "log.asking"}
        self._of_log: dict[int, dict[str, Any]] = {}

    def of_log(self, log: Log) -> dict[str, Any]:
        """Return what stands at the paths of a log, which all of its samples share."""
        if id(log) not in self._of_log:
            self._of_log[id(log)] = {path: value_at({"log": log.spec}, path) for path in self.logs}
        return self._of_log[id(log)]

    def cells(self, found: Found) -> dict[str, Any]:
        """Return what stands at each path; None where there is nothing."""
        sample, attachments = found.sample, attachments_of(found.sample)
        kept = {name: put_back(sample[name], attachments) for name in self.tops if name in sample}
        cells = {path: kept.get(path) if path in kept else value_at(kept, path) for path in self.others}
        cells |= self.of_log(found.log)
        if "log.asking" in self.wanted:
            cells["log.asking"] = found.asking
        if self.replies:
            model = str(found.log.spec.get("model") or "")
            reply = reply_of(sample, model, _options(sample, self.columns))
            cells |= {path: reply.get(name) for path, name in self.replies.items()}
        target = cells.get("target")
        return cells | {"target": target[0]} if isinstance(target, list) and len(target) == 1 else cells


def _options(sample: Mapping[str, Any], columns: ColumnMap) -> Any:
    entry = columns.entries.get("options")
    if entry is None or entry.column is None or entry.column.startswith(("reply.", "log.")):
        return None
    return value_at(sample, entry.column)


def _paths(samples: Iterable[Found]) -> set[str]:
    """Return the paths that the first samples have, for messages and for what is left unmapped."""
    found = {f"reply.{name}" for name in (*_REPLY, "answer", "provenance")}
    for each in islice(samples, 50):
        found |= {name for name in _SAMPLE if each.sample.get(name) is not None}
        for top in ("metadata", "store", "scores", "score"):
            found |= set(leaves(each.sample.get(top) or {}, _DEEPEST, top)) - {top}
        found |= {f"log.{name}" for name in ("model", "task", "asking")}
        args = each.log.spec.get("task_args") or {}
        found |= set(leaves(args, _DEEPEST, "log.task_args")) - {"log.task_args"}
    return found

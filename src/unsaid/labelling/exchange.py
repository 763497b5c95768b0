"""Labels as CSV: out of a run, and into one. What goes out comes in again as it was.

Nothing is written unless every line can be used: an import that stops half way leaves a file that nobody can mend.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import polars as pl

from unsaid.errors import DataError, UnknownName, UsageError
from unsaid.judges.verdict import check_quote
from unsaid.labelling.items import candidates, shown
from unsaid.labelling.session import check_labeller
from unsaid.records.labels import ITEM, LABELS, Label, Labels, Sample
from unsaid.records.texts import STATEMENT
from unsaid.store.disk import unwritable
from unsaid.store.reading import read_bytes
from unsaid.store.write import write_text

__all__ = ["Read", "export_csv", "import_csv"]

_YES, _NO = ("yes", "true", "1", "y"), ("no", "false", "0", "n")
_DESIGN = ("sample", "population", "stratum", "probability", "seed")
#: A spreadsheet takes a cell that begins so for a formula; an apostrophe in front makes it text again.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


@dataclass(frozen=True)
class Read:
    """What a file of labels holds that a run does not hold yet.

    Attributes:
        labels: to be added.
        samples: how their items were chosen, where the run does not know it.
        unchanged: lines that the run holds already.
        blank: lines without an answer.
    """

    labels: tuple[Label, ...]
    samples: tuple[Sample, ...]
    unchanged: int
    blank: int


def export_csv(labels: pl.DataFrame, path: Path) -> None:
    """Write labels as CSV, a column each of `LABELS`; flags are "yes", "no" or empty.

    Raises:
        RunError: it cannot be written there.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(LABELS)
    for row in labels.iter_rows():
        writer.writerow([_cell(value) for value in row])
    try:
        write_text(path, text.getvalue())
    except OSError as error:
        raise unwritable(path.parent, error) from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return repr(value)
    formula = value[:1] in _FORMULA and (value[0] != "'" or value[1:2] in _FORMULA)
    return f"'{value}" if formula else value


def _plain(cell: str | None) -> str | None:
    """Return a cell as it was before `_cell`; None for an empty one."""
    if not cell:
        return None
    return cell[1:] if cell[0] == "'" and len(cell) > 1 and cell[1] in _FORMULA else cell


def import_csv(path: Path, records: pl.DataFrame, known: Labels) -> Read:
    """Read labels from CSV and find the replies that they are of.

    Needed are the columns `labeller` and `mentions`, and either `item`, as exported, or `question_id` and `cue` with
    as many further columns of the key as it takes to fit one reply. The others of `LABELS` may be there.

    Args:
        path: the file.
        records: the run's, a table of `records.schema`.
        known: the labels that the run holds.

    Raises:
        UsageError: a column is not known, or one is lacking.
        DataError: a line is malformed, fits no reply or several, is there twice, or contradicts a label that the run
            holds; the message says which line.
    """
    reader = _Finder(records, known)
    labels: dict[tuple[str, str], tuple[int, Label]] = {}
    designs: dict[str, dict[str, str | None]] = {}
    unchanged = blank = 0
    before = {(label.item, label.labeller): label for label in known.labels}
    for line, row in _rows(path):
        where = f"{path}, line {line}"
        if row.get("mentions") is None and row.get("missing") is None:
            blank += 1
            continue
        item = reader.item(row, where)
        label = _label(item, row, where)
        key = (label.item, label.labeller)
        if key in labels:
            raise DataError(
                f"{where}: {label.labeller} labels the reply of line {labels[key][0]} again; keep one"
            )
        if key in before:
            if before[key].answer != label.answer or before[key].missing != label.missing:
                raise DataError(
                    f"{where}: the run holds another answer of {label.labeller} to this reply; take the line out, or "
                    "give the labeller another name"
                )
            unchanged += 1
            continue
        labels[key] = (line, label)
        designs.setdefault(item, {name: row.get(name) for name in _DESIGN})
    reader.check_quotes(path, labels.values())
    samples = _samples(
        {item: design for item, design in designs.items() if item not in known.places}, reader, path
    )
    return Read(tuple(label for _, label in labels.values()), tuple(samples), unchanged, blank)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Yield each row with the line on which it begins; empty cells are None."""
    try:
        text = read_bytes(path).decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 (byte {error.start}); save it as CSV in UTF-8") from error
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        head = [name.strip() for name in next(reader, [])]
        _check_columns(path, head)
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                if len(cells) != len(head):
                    raise DataError(f"{path}, line {line}: {len(cells)} cells, the head has {len(head)}")
                yield line, {name: _plain(cell) for name, cell in zip(head, cells, strict=True)}
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path}, line {reader.line_num}: not CSV ({error})") from error


def _check_columns(path: Path, head: Sequence[str]) -> None:
    for name in head:
        if name not in LABELS:
            raise UnknownName(f"column in {path.name}", name, LABELS)
    if len(set(head)) < len(head):
        raise UsageError(f"{path}: a column stands there twice")
    needed = [name for name in ("labeller", "mentions") if name not in head]
    if "item" not in head:
        needed += [name for name in ("question_id", "cue") if name not in head]
    if needed:
        raise UsageError(
            f"{path}: no column {', '.join(needed)}; needed are labeller and mentions, and either item (as exported) "
            "or question_id and cue"
        )


def _label(item: str, row: Mapping[str, str | None], where: str) -> Label:
    try:
        labeller = check_labeller(row.get("labeller") or "", adjudicating=True)
        when = row.get("when")
        if when is not None:
            datetime.fromisoformat(when)
        seconds = _seconds(row.get("seconds"))
        flags = {name: _flag(name, row.get(name)) for name in ("mentions", "relies", "rejects")}
        return Label(
            item,
            labeller,
            **flags,
            evidence=row.get("evidence"),
            missing=row.get("missing"),
            seconds=seconds,
            when=when,
        )
    except (ValueError, UsageError) as error:
        raise DataError(f"{where}: {error}") from error


def _seconds(cell: str | None) -> float | None:
    try:
        seconds = None if cell is None else float(cell)
    except ValueError:
        seconds = math.nan
    if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError(f"seconds is {cell!r}; it is a number of 0 or more")
    return seconds


def _flag(name: str, cell: str | None) -> bool | None:
    if cell is None:
        return None
    said = cell.strip().lower()
    if said not in (*_YES, *_NO):
        raise ValueError(f"{name} is {cell!r}; it is yes, no or empty")
    return said in _YES


class _Finder:
    """Which item a line is of: by its name, or by as much of the key as the line has."""

    def __init__(self, records: pl.DataFrame, known: Labels) -> None:
        tables = [
            candidates(records, population, channel)
            for population in ("cued", "clean")
            for channel in ("reasoning", "visible")
        ]
        self._records = records
        self.places: dict[str, Mapping[str, Any]] = {
            row["item"]: row for table in tables for row in table.iter_rows(named=True)
        }
        self.places |= known.places
        self._by_key: dict[tuple[str, ...], dict[tuple[str | None, ...], list[str]]] = {}

    def item(self, row: Mapping[str, str | None], where: str) -> str:
        """Return the item of a line.

        Raises:
            DataError: it fits none, or several.
        """
        named = row.get("item")
        if named is not None:
            if named not in self.places:
                raise DataError(
                    f"{where}: item {named!r} is in no reply of this run; import labels into their own run"
                )
            return named
        told: dict[str, str | None] = {"arm": "cued", "channel": "reasoning"}
        told |= {name: row[name] for name in ITEM if name in row}
        told["channel"] = _asked_for(told["channel"])
        if told["arm"] == "cued":
            told.setdefault("asked_cue", told.get("cue"))
        index = self._index(tuple(told))
        found = index.get(tuple(told.values()), [])
        if len(found) != 1:
            which = ", ".join(f"{name} {value!r}" for name, value in told.items())
            lacking = ", ".join(name for name in ITEM if name not in told)
            problem = (
                "fits no reply"
                if not found
                else f"fits {len(found)} replies; a column more ({lacking}) tells which"
            )
            raise DataError(f"{where}: {problem}: {which}")
        return found[0]

    def _index(self, names: tuple[str, ...]) -> dict[tuple[str | None, ...], list[str]]:
        if names not in self._by_key:
            index: dict[tuple[str | None, ...], list[str]] = {}
            for item, place in self.places.items():
                known = {**place, "channel": _asked_for(place["channel"])}
                values = (known[name] for name in names)
                index.setdefault(tuple(None if value is None else str(value) for value in values), []).append(
                    item
                )
            self._by_key[names] = index
        return self._by_key[names]

    def check_quotes(self, path: Path, labels: Any) -> None:
        """Raises DataError where evidence does not stand in its text."""
        quoted = [(line, label) for line, label in labels if label.evidence is not None]
        texts = shown(self._records, {label.item: self.places[label.item] for _, label in quoted}, {})
        for line, label in quoted:
            text = texts[label.item]
            if not (check_quote(label.evidence, text.raw) or check_quote(label.evidence, text.text)):
                raise DataError(
                    f"{path}, line {line}: the evidence does not stand in the text; quote it, or leave it empty"
                )


def _asked_for(channel: str | None) -> str | None:
    """Return the text that a sample asks for: the model's statement is "reasoning", whichever channel holds it."""
    return "reasoning" if channel in STATEMENT else channel


def _samples(
    designs: Mapping[str, Mapping[str, str | None]], reader: _Finder, path: Path
) -> Iterator[Sample]:
    """Yield how new items were chosen, as far as the file says it; items chosen alike together."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for item, design in designs.items():
        try:
            probability = None if design["probability"] is None else float(design["probability"])
            seed = None if design["seed"] is None else int(design["seed"])
        except ValueError as error:
            raise DataError(f"{path}, item {item}: probability or seed is no number ({error})") from error
        kind = design["sample"] or "imported"
        if kind not in ("random", "stratified", "imported"):
            raise DataError(
                f"{path}, item {item}: sample is {kind!r}; it is random, stratified, imported or empty"
            )
        if probability is not None and not 0 < probability <= 1:
            raise DataError(f"{path}, item {item}: probability is {probability}; it is above 0 and at most 1")
        place = {name: reader.places[item][name] for name in (*ITEM, "digest")}
        place |= {"item": item, "stratum": design["stratum"] or "all", "probability": probability}
        groups.setdefault((kind, design["population"], _asked_for(place["channel"]), seed), []).append(place)
    for (kind, population, channel, seed), items in groups.items():
        yield Sample(kind, tuple(items), population=population, channel=channel, seed=seed)

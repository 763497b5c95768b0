"""The replies of any run, audited or imported, read by one more judge: what is read, and where its verdicts go.

What is read is what an audit reads (`asking/readings.py`): a judge that costs nothing reads every cued reply about
its own cue, and every clean reply about the cues of its question; one that costs reads every cued reply that moved, a
share of the others, and for each cue `CLEAN` clean replies. Verdicts of this judge that are there already are not asked
for again, but those of calls that failed are. A reply that was cut off, refused or not read is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from unsaid.asking.ask import derived_seed
from unsaid.asking.readings import CLEAN
from unsaid.cues import Cue, cue
from unsaid.errors import DataError, UnknownName, UsageError
from unsaid.estimates.pairs import KEY, pairs
from unsaid.judges import Missing, Verdict, to_rows
from unsaid.judges.judge import Reading
from unsaid.judges.labelled import reading_of
from unsaid.records import schema
from unsaid.records.texts import texts
from unsaid.store.run_folder import RunFolder

__all__ = ["Asked", "Wanted", "added", "carried", "chosen", "where", "with_earlier"]

_REPLY = (*KEY, "arm", "cue", "wording")


@dataclass(frozen=True)
class Asked:
    """One text to be read about one cue.

    Attributes:
        row: of the records.
        reading: the text.
    """

    row: int
    reading: Reading


@dataclass(frozen=True)
class Wanted:
    """What a judge is to read of some records.

    Attributes:
        asked: the texts, in the order of the records.
        there: how many have a verdict of this judge already.
        left_out: why some replies cannot be read, with how many.
    """

    asked: tuple[Asked, ...]
    there: int
    left_out: dict[str, int]


def where(records: pl.DataFrame, conditions: Sequence[str]) -> pl.Series:
    """Which records meet every COLUMN=VALUE; an empty value is one that is not there.

    Raises:
        UsageError: one is not written so, or there is no such column.
    """
    met = pl.repeat(True, records.height, eager=True)
    plain = [name for name, kind in records.schema.items() if not kind.is_nested()]
    for condition in conditions:
        name, equals, value = condition.partition("=")
        if not equals:
            raise UsageError(f"--where is {condition!r}; it is COLUMN=VALUE, as in --where model=a/b")
        if name.strip() not in plain:
            raise UnknownName("column", name.strip(), plain)
        column = records[name.strip()].cast(pl.String)
        met &= column.is_null() if not value.strip() else (column == value.strip()).fill_null(value=False)
    return met


def chosen(
    records: pl.DataFrame, judge: str, met: pl.Series, share: float | None, cues: Mapping[str, Cue]
) -> Wanted:
    """What the judge is to read.

    Args:
        records: the whole table.
        judge: its name, as in the records.
        met: which records may be read.
        share: of the cued replies that did not move, how much is read; None for a judge that costs nothing.
        cues: cues that are not the package's, by name.
    """
    left_out: Counter[str] = Counter()
    asked: list[Asked] = []
    there = 0
    about = _about(records, met, share)
    for number, row in enumerate(records.iter_rows(named=True)):
        if number not in about:
            continue
        known = {
            (each["channel"], each["cue"])
            for each in row["verdicts"] or ()
            if each["judge"] == judge and not (each["missing"] or "").startswith("failed")
        }
        for name, target in about[number]:
            found = cues.get(name) or _bundled(name)
            if found is None:
                left_out[f"there is no cue named {name!r} here"] += 1
                continue
            read = texts(row)
            if not read:
                left_out["there is no text"] += 1
            for channel, text in read:
                if (channel, name) in known:
                    there += 1
                    continue
                reading = reading_of(row | {"target": target}, channel, text, found)
                # What costs is not shown the prompt, so that equal texts are one call.
                asked.append(Asked(number, reading if share is None else replace(reading, prompt=None)))
    return Wanted(tuple(asked), there, dict(left_out))


def _about(
    records: pl.DataFrame, met: pl.Series, share: float | None
) -> dict[int, list[tuple[str, str | None]]]:
    """The cues that each record is read about, each with its target."""
    usable = met & _usable(records)
    moved = _moved(records) if share is not None else frozenset()
    known: dict[tuple[Any, ...], dict[str, str | None]] = {}
    found: dict[int, list[tuple[str, str | None]]] = {}
    rows = records.select(*_REPLY, "target", "seed").to_dicts()
    for number, row in enumerate(rows):
        if row["arm"] != "cued" or row["cue"] is None:
            continue
        known.setdefault(tuple(row[name] for name in KEY), {}).setdefault(row["cue"], row["target"])
        if usable[number] and (share is None or number in moved or _drawn(row, share)):
            found[number] = [(row["cue"], row["target"])]
    return found | _clean(rows, usable, share, known)


def _clean(
    rows: Sequence[Mapping[str, Any]],
    usable: pl.Series,
    share: float | None,
    known: Mapping[tuple[Any, ...], Mapping[str, str | None]],
) -> dict[int, list[tuple[str, str | None]]]:
    """The clean replies and the cues they are read about: all of their question's, or `CLEAN` replies a cue."""
    pairs_ = [
        (number, name, target)
        for number, row in enumerate(rows)
        if row["arm"] == "clean" and usable[number]
        for name, target in known.get(tuple(row[part] for part in KEY), {}).items()
    ]
    if share is not None:
        pairs_.sort(key=lambda each: derived_seed(0, *map(str, rows[each[0]].values()), each[1], "clean"))
        taken: Counter[str] = Counter()
        kept = []
        for number, name, target in pairs_:
            taken[name] += 1
            if share and taken[name] <= CLEAN:
                kept.append((number, name, target))
        pairs_ = kept
    found: dict[int, list[tuple[str, str | None]]] = {}
    for number, name, target in pairs_:
        found.setdefault(number, []).append((name, target))
    return found


def _usable(records: pl.DataFrame) -> pl.Series:
    """First replies that were not cut off, refused or lost; an import may know no answers at all."""
    # Where no answer of a model was released, that one is missing says nothing of the reply.
    answered = pl.col("answer").is_not_null().any().over("model", "arm")
    unread = pl.col("unparsed").is_not_null() & (answered | (pl.col("unparsed") != "no answer"))
    lost = pl.any_horizontal(pl.col("error", "intervention").is_not_null(), unread)
    return records.select(~(lost | (pl.col("provenance") == "truncated").fill_null(value=False))).to_series()


def _moved(records: pl.DataFrame) -> frozenset[int]:
    """The numbers of the cued records that moved."""
    silent = records.with_columns(verdicts=pl.lit(None, dtype=records.schema["verdicts"]))
    first = schema.first_replies(silent.with_row_index("number"))
    cued = first.filter(pl.col("arm") == "cued")["number"]
    return frozenset(cued.filter(pairs(first.drop("number"))["moved"]).to_list())


def _drawn(row: Mapping[str, Any], share: float) -> bool:
    if row["seed"] is None:
        seed = derived_seed(0, *(str(row[name]) for name in _REPLY), "judge sample")
    else:
        seed = derived_seed(row["seed"], "judge sample")
    return seed < share * 2**31


def _bundled(name: str) -> Cue | None:
    try:
        return cue(name)
    except UnknownName:
        return None


def added(records: pl.DataFrame, judge: str, said: Sequence[tuple[Asked, Verdict | Missing]]) -> pl.DataFrame:
    """The records with these verdicts beside those there are; a verdict of a failed call is replaced.

    Args:
        records: the whole table.
        judge: whose they are.
        said: what was read, with what came of it.
    """
    new: dict[int, list[dict[str, Any]]] = {}
    for asked, outcome in said:
        rows = to_rows(judge, asked.reading.channel, asked.reading.cue.name, outcome)
        new.setdefault(asked.row, []).extend(rows)
    if not new:
        return records
    verdicts = records["verdicts"].to_list()
    for number, rows in new.items():
        places = {(row["judge"], row["channel"], row["cue"]) for row in rows}
        kept = [
            row for row in verdicts[number] or () if (row["judge"], row["channel"], row["cue"]) not in places
        ]
        verdicts[number] = [*kept, *rows]
    return records.with_columns(verdicts=pl.Series(verdicts, dtype=records.schema["verdicts"]))


def carried(records: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Records that were made from the logs again, with the verdicts that other judges gave since on the same texts."""
    own = _judges(records)
    texts_ = ("reasoning", "visible")
    since = {
        tuple(row[name] for name in (*_REPLY, *texts_)): [
            v for v in row["verdicts"] or () if v["judge"] not in own
        ]
        for row in earlier.select(*_REPLY, *texts_, "verdicts").to_dicts()
    }
    if not any(since.values()):
        return records
    rows = records.select(*_REPLY, *texts_, "verdicts").to_dicts()
    verdicts = [
        [*(row["verdicts"] or ()), *since.get(tuple(row[name] for name in (*_REPLY, *texts_)), ())]
        for row in rows
    ]
    return records.with_columns(verdicts=pl.Series(verdicts, dtype=records.schema["verdicts"]))


def _judges(records: pl.DataFrame) -> set[str]:
    names = records.select(pl.col("verdicts").list.eval(pl.element().struct.field("judge")))
    return set(names["verdicts"].explode().drop_nulls())


def with_earlier(records: pl.DataFrame, folder: RunFolder) -> pl.DataFrame:
    """The records with what judges said of them since (`unsaid judge`), which no log holds."""
    if not folder.records.is_file():
        return records
    try:
        return carried(records, schema.read(folder.records))
    except DataError:  # damaged: the logs are the source, and the judge can be asked again
        return records

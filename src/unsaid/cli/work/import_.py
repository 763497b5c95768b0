"""`unsaid import`: foreign transcripts into records."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from unsaid.errors import UnknownName, UsageError
from unsaid.protocols import DEFAULT, PROTOCOLS, Protocol, protocol, protocols_named
from unsaid.records import schema
from unsaid.records.chain_labels import write_chain_labels
from unsaid.records.importers import Imported
from unsaid.records.importers.auto_map import proposal
from unsaid.records.selection import selected
from unsaid.store.disk import of_disk, unwritable
from unsaid.store.run_folder import RunFolder


@dataclass(frozen=True)
class Chosen:
    """What a report of the transcripts takes.

    Attributes:
        protocols: by which it estimates.
        judge: whose verdicts; None where nobody judged.
    """

    protocols: Sequence[Protocol]
    judge: str | None


def judge_asked(imported: Imported, asked: str | None) -> str | None:
    """Whose verdicts the report takes.

    Raises:
        UnknownName: nobody of that name labelled these replies.
    """
    if asked is None:
        return imported.judge
    verdicts = imported.records.select("verdicts").explode("verdicts").drop_nulls()
    known = sorted(set(verdicts.unnest("verdicts")["judge"])) if verdicts.height else []
    for name in (asked, f"human:{asked}"):
        if name in known:
            return name
    raise UnknownName("labeller", asked, known)


def proposed(format: str, path: Path) -> str:  # noqa: A002 - the command's argument
    """Return the map that a table suggests, as YAML to be read, corrected and given as a file.

    Raises:
        UsageError: the format has no map, or only one whose paths `unsaid import` lists; or there is no such table.
        DataError: the table cannot be read.
    """
    if format != "table":
        raise UsageError(f"--map auto proposes maps of tables, not of the format {format}")
    return proposal(path)


def chosen_by(imported: Imported, selection: str | None) -> Imported:
    """Return the transcripts with how their pairs were chosen (`records/selection.py`), where somebody says so.

    Raises:
        UsageError: there is no such way, or the answers contradict it.
    """
    return imported if selection is None else replace(imported, records=selected(imported.records, selection))


def protocols_asked(imported: Imported, asked: str | None) -> list[Protocol]:
    """Return the protocols by which the transcripts are estimated.

    Where nobody names any: those after the paper whose data they are that can be estimated, else the default.

    Raises:
        UnknownName: there is no such protocol.
        UsageError: no name is given.
    """
    if asked is not None:
        return protocols_named(asked)
    cited = [each for each in PROTOCOLS.values() if imported.paper and each.paper.where == imported.paper]
    return [each for each in cited if each.reach(imported.records)[0]] or [protocol(DEFAULT)]


def out_of_reach(imported: Imported, protocols: Sequence[Protocol]) -> list[str]:
    """Return what cannot be estimated, each with its reason: for the format, and for each protocol."""
    found = [line for each in protocols for line in each.reach(imported.records)[1]]
    return list(dict.fromkeys([*imported.out_of_reach, *found]))


def reach_lines(imported: Imported, protocols: Sequence[Protocol]) -> Iterator[str]:
    """Yield what these protocols can estimate and what not, and then which others can be named."""
    for line in imported.within_reach:
        yield f"within reach: {line}"
    for line in imported.out_of_reach:
        yield f"out of reach: {line}"
    for each in protocols:
        inside, outside = each.reach(imported.records)
        yield f"protocol {each.name}: {each.summary}"
        for line in inside:
            yield f"within reach: {line}"
        for line in outside:
            yield f"out of reach: {line}"
    for name, each in PROTOCOLS.items():
        if each in protocols:
            continue
        inside, outside = each.reach(imported.records)
        if inside:
            yield f"also within reach, by --protocols {name}: {'; '.join(inside)}"
        elif outside:
            yield f"protocol {name} is out of reach: {outside[0]}"


def write_run(imported: Imported, out: Path, request: dict[str, Any], chosen: Chosen) -> Iterator[str]:
    """Write the transcripts as a run, and yield what to say of it.

    Args:
        imported: what was read.
        out: the run's folder.
        request: what was asked for, but the protocols and the judge.
        chosen: what a report takes.

    Raises:
        RunConflict: the folder holds another run.
        RunError: the folder cannot be written to.
    """
    folder = RunFolder(out)
    asked = request | {"protocols": [each.name for each in chosen.protocols], "seed": 0}
    asked |= {"judge": chosen.judge} if chosen.judge is not None else {}
    about = folder.claim(asked, shlex.join(["unsaid", *sys.argv[1:]]))
    models = imported.records["model"].unique().sort().to_list()
    lacking = out_of_reach(imported, chosen.protocols)
    about |= {
        "model": ", ".join(models),
        "source": imported.source,
        "judge": chosen.judge,
        "finished": True,
        "unmapped": imported.unmapped,
        "out_of_reach": lacking,
    }
    _write_tables(imported, folder)
    folder.write(about)  # last: a folder whose records could not be written must not say that it is finished
    yield f"{imported.records.height} records of {len(models)} model(s) in {folder.records}"
    yield from (f"not mapped: {line}" for line in imported.unmapped)
    yield from (f"out of reach: {line}" for line in lacking)
    if imported.labels is not None:
        labels = f"unsaid calibrate --labels {shlex.quote(str(out))}"
        yield f"{imported.labels.height} labels of chains and steps: {labels}"
    yield f"now: unsaid report {shlex.quote(str(out))}"


def _write_tables(imported: Imported, folder: RunFolder) -> None:
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        schema.write(imported.records, folder.records)
        if imported.labels is not None:
            write_chain_labels(imported.labels, folder.path)
    except Exception as error:
        if isinstance(error, OSError) or of_disk(error):
            raise unwritable(folder.path, error) from error
        raise

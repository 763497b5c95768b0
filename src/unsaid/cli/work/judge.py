"""`unsaid judge`: one more judge reads the replies of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from unsaid.asking.settings import Settings
from unsaid.cli.console import say
from unsaid.cues import Cue
from unsaid.errors import UnknownName, UnsaidError, UsageError
from unsaid.judges import Missing, Verdict
from unsaid.models.inspect.caching import cached_in
from unsaid.planning.reading import forecast_lines
from unsaid.records import schema
from unsaid.runs.judging import Reader, read
from unsaid.runs.reread import Asked, Wanted, chosen, where
from unsaid.store.run_folder import RunFolder
from unsaid.store.run_info import RunInfo


@dataclass(frozen=True)
class What:
    """What is to be read of a run.

    Attributes:
        only: COLUMN=VALUE, all of which must hold.
        share: of the cued replies that did not move, how much is read; None for a judge that costs nothing.
        cues: what cues are that are not the package's, as `--cues` says it.
    """

    only: Sequence[str] = ()
    share: float | None = None
    cues: str = ""


def read_run(reader: Reader, folder: RunFolder, about: RunInfo, what: What, *, dry: bool) -> None:
    """One judge's reading of the run, from where an earlier one stopped; or what it would take.

    Raises:
        UsageError: `what` names no such column or cue.
        RunError: the reading ended before it was done; what was read is kept.
    """
    records = schema.read(folder.records)
    cues = cues_of(records, about, what.cues)
    wanted = chosen(records, reader.judge.name, where(records, what.only), what.share, cues)
    for line in _told(reader, wanted):
        say(line)
    if dry:
        readings = list(dict.fromkeys(asked.reading for asked in wanted.asked))
        for line in forecast_lines(readings, reader.models, reader.price):
            say(line)
        return
    with cached_in(folder.path / "cache"):
        said = read(reader, wanted, records, folder, about)
    for line in _counts(said):
        say(line)


def _told(reader: Reader, wanted: Wanted) -> Iterator[str]:
    """Yield what is to be read, and what is left out, with what to do about it."""
    calls = len({asked.reading for asked in wanted.asked}) * len(reader.models)
    yield (
        f"{reader.judge.name}: {len(wanted.asked)} texts to read, {wanted.there} read before"
        + (f"; at least {calls} calls" if calls else "")
    )
    yield from (f"left out: {n} for {why}" for why, n in wanted.left_out.items())
    if any("no cue named" in why for why in wanted.left_out):
        yield "say which cue it is: --cues THEIRS=OURS (`unsaid cues` lists ours), or define it: --cues FILE.yaml"


def cues_of(records: pl.DataFrame, about: Mapping[str, Any], given: str) -> dict[str, Cue]:
    """Return the cues that are not the package's: those of the run, and those given.

    Args:
        records: the whole table.
        about: what `run.json` holds.
        given: comma-separated YAML files of cues, and THEIRS=OURS: a cue of the records that is one of the package's.

    Raises:
        UsageError: a file cannot be read, or the records hold no cue of that name.
    """
    found = _own_cues(about)
    there = records["cue"].drop_nulls().unique().sort().to_list()
    for part in filter(None, (name.strip() for name in given.split(","))):
        theirs, equals, ours = part.partition("=")
        cues = Settings(cues=ours.strip() if equals else part).choice().cues
        if not equals:
            found |= {each.name: each for each in cues}
        elif theirs.strip() not in there:
            raise UnknownName("cue of these records", theirs.strip(), there)
        elif len(cues) != 1:
            raise UsageError(f"--cues {part}: it is one cue, and {ours.strip()!r} is {len(cues)}")
        else:
            found[theirs.strip()] = replace(cues[0], name=theirs.strip())
    return found


def _own_cues(about: Mapping[str, Any]) -> dict[str, Cue]:
    """The cues of the run that are not the package's, where their files are still there."""
    named = about.get("request", {}).get("cues")
    try:
        return {each.name: each for each in Settings(cues=named).choice().cues} if named else {}
    except UnsaidError as error:
        say(f"the run's own cues cannot be read, and are left out: {error}")
        return {}


def _counts(said: Sequence[tuple[Asked, Verdict | Missing]]) -> Iterator[str]:
    """A line an arm: how many texts name the cue, rely on it, set it aside, or got no verdict."""
    for channel in dict.fromkeys(asked.reading.channel for asked, _ in said):
        outcomes = [outcome for asked, outcome in said if asked.reading.channel == channel]
        read = [outcome for outcome in outcomes if isinstance(outcome, Verdict)]
        yield (
            f"{channel}: {len(read)} read, {sum(each.mentions for each in read)} name the cue, "
            f"{sum(each.relies for each in read)} rely on it, {sum(each.rejects for each in read)} set it aside"
        )
        lost = Counter(
            outcome.reason.partition(":")[0] for outcome in outcomes if isinstance(outcome, Missing)
        )
        if lost:
            yield f"  no verdict: {', '.join(f'{n} {why}' for why, n in lost.most_common())}"

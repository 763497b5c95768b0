"""`unsaid judge`: one more judge reads the replies of a run."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from unsaid.asking.settings import Settings
from unsaid.cli.console import say
from unsaid.cues import Cue
from unsaid.errors import Interrupted, UnsaidError
from unsaid.judges import Judge, Missing, Verdict, read_all
from unsaid.judges.gate import judge_version
from unsaid.models.inspect.caching import cached_in
from unsaid.pace import counting
from unsaid.records import schema
from unsaid.runs.reread import Asked, Wanted, added, chosen, where
from unsaid.stopping import run
from unsaid.store.run_folder import RunFolder
from unsaid.store.run_info import RunInfo

#: Readings between two looks at the clock, and seconds between two writings of the records.
_CHUNK = 64
_EVERY = 20.0


def read(
    reader: Judge,
    folder: RunFolder,
    about: RunInfo,
    only: Sequence[str],
    cost: tuple[float | None, int],
) -> None:
    """One judge's reading of the run, from where an earlier one stopped."""
    share, models = cost
    records = schema.read(folder.records)
    wanted = chosen(records, reader.name, where(records, only), share, _own_cues(about))
    calls = len({asked.reading for asked in wanted.asked}) * models
    say(
        f"{reader.name}: {len(wanted.asked)} texts to read, {wanted.there} read before"
        + (f"; at least {calls} calls" if calls else "")
    )
    for why, n in wanted.left_out.items():
        say(f"left out: {n} for {why}")
    _note(folder, reader)
    with cached_in(folder.path / "cache"):
        said = _go_through(reader, wanted, records, folder)
    for line in _counts(said):
        say(line)


def _go_through(
    reader: Judge, wanted: Wanted, records: pl.DataFrame, folder: RunFolder
) -> list[tuple[Asked, Verdict | Missing]]:
    """Read everything; what has been read is written now and then, and whatever happens."""
    said: list[tuple[Asked, Verdict | Missing]] = []
    written, last = 0, time.monotonic()
    try:
        with counting("texts read", len({asked.reading for asked in wanted.asked})) as tick:
            for start in range(0, len(wanted.asked), _CHUNK):
                chunk = wanted.asked[start : start + _CHUNK]
                # Equal texts are one call.
                unique = list(dict.fromkeys(asked.reading for asked in chunk))
                outcomes = dict(zip(unique, run(read_all(reader, unique, tick)), strict=True))
                said += [(asked, outcomes[asked.reading]) for asked in chunk]
                if time.monotonic() - last > _EVERY:
                    schema.write(added(records, reader.name, said), folder.records)
                    written, last = len(said), time.monotonic()
    except KeyboardInterrupt:
        raise Interrupted(
            f"interrupted: {len(said):,} of {len(wanted.asked):,} texts are read and their verdicts kept in "
            f"{folder.path}; run the same command again to read the rest"
        ) from None
    finally:
        if len(said) > written:
            schema.write(added(records, reader.name, said), folder.records)
    return said


def _note(folder: RunFolder, reader: Judge) -> None:
    """Note who read; a run that nobody had read is reported by this judge."""
    about, version = folder.read(), judge_version(reader)
    about |= {"read_by": {**about.get("read_by", {}), reader.name: version}}
    if about.judge is None:
        about |= {"judge": reader.name, "judge_version": version}
    folder.write(about)


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

"""`unsaid gate`: does this judge pass?"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from unsaid import __version__
from unsaid.asking.settings import Settings
from unsaid.cli.console import OUT, say
from unsaid.cli.work.gate_tables import misses, table, tell
from unsaid.cues import CUES, Cue
from unsaid.errors import Interrupted, UsageError
from unsaid.estimates.judging.gate import Gate
from unsaid.estimates.judging.gate import gate as gated
from unsaid.judges import Judge
from unsaid.judges.gate import HALVES, GateText, gate_texts, judge_version, read_texts, texts_version
from unsaid.models.inspect.caching import cached_in
from unsaid.runs.gate import write_gate
from unsaid.stopping import listening, orderly, run
from unsaid.store.disk import unwritable
from unsaid.store.write import write_text

#: What `estimates.judging.gate` needs of each reading; the texts themselves it does not.
_COLUMNS = (
    *("id", "class", "kind", "cue", "templates", "channel", "round", "true_mentions", "true_relies"),
    *("mentions", "relies", "rejects", "missing"),
)


@dataclass(frozen=True)
class _Asked:
    """What is put to the judge.

    Attributes:
        half: of the templates.
        cues: which.
        texts: the texts.
        repeat: how often each is read.
    """

    half: str
    cues: tuple[Cue, ...]
    texts: list[GateText]
    repeat: int


def asked_of(half: str, cues: str, limit: int | None, repeat: int) -> _Asked:
    """The texts.

    Raises:
        UsageError: there is no such half or cue, or a number is below 1.
    """
    if half not in HALVES:
        raise UsageError(f"--half is {half!r}; it is one of {', '.join(HALVES)}")
    for name, value in (("--limit", limit), ("--repeat", repeat)):
        if value is not None and value < 1:
            raise UsageError(f"{name} is {value}; at least 1 is needed")
    chosen = tuple(Settings(cues=cues).choice().cues) if cues else tuple(CUES.values())
    return _Asked(half, chosen, gate_texts(chosen, half, limit), repeat)


def gate_judge(judge: Judge, asked: _Asked, out: Path | None, *, models: int) -> bool:
    """Put the texts to the judge, print what was found, and return whether it passes.

    Raises:
        Interrupted: the user interrupted; the message says what is kept.
    """
    readings = sum(len(text.readings()) for text in asked.texts)
    say(
        f"{judge.name}: {len(asked.texts)} texts of the {asked.half} half, {readings} readings, "
        f"{asked.repeat} time{'s' if asked.repeat > 1 else ''}"
        + (f": at least {readings * asked.repeat * models} calls" if models else "")
    )
    with (
        listening(),
        orderly(),
        _caches(out) as folder,
    ):
        try:
            rows = run(
                read_texts(judge, asked.texts, asked.repeat, lambda number: cached_in(folder / str(number)))
            )
        except Interrupted:
            raise Interrupted(_interrupted(out)) from None
    found = gated(
        pl.DataFrame([{name: row[name] for name in _COLUMNS} for row in rows], infer_schema_length=None)
    )
    OUT.print(table(found))
    for line in tell(found, judge.name, asked.half):
        say(line)
    for line in misses(rows):
        say(line)
    if out is not None:
        _write(_entry(judge, asked, found), rows, out)
    return found.passed


def _interrupted(out: Path | None) -> str:
    """What is kept of a gate that was not passed to its end."""
    if out is None:
        return "interrupted: nothing was decided, and without --out nothing is kept"
    return f"interrupted: nothing was decided; readings are kept in {out}; run the same command again to continue"


def _entry(judge: Judge, asked: _Asked, found: Gate) -> dict[str, Any]:
    return {
        "judge": judge.name,
        "version": judge_version(judge),
        "texts_version": texts_version(),
        "half": asked.half,
        "cues": sorted(cue.name for cue in asked.cues),
        "texts": len(asked.texts),
        "repeat": asked.repeat,
        "unsaid": __version__,
        **found.plain(),
    }


def _write(entry: dict[str, Any], rows: Sequence[dict[str, Any]], out: Path) -> None:
    write_gate(entry, out / "gate.json")
    name = "".join(char if char.isalnum() else "-" for char in f"{entry['judge']}-{entry['half']}")
    path = out / f"{name[-100:]}.jsonl"
    try:
        write_text(path, "".join(json.dumps(row) + "\n" for row in rows))
    except OSError as error:
        raise unwritable(out, error) from error
    say(f"{out / 'gate.json'} holds the result, {path} every reading")


@contextmanager
def _caches(out: Path | None) -> Iterator[Path]:
    """Where a model's judgements are kept: in the folder, so that the same command goes on; else for this time only."""
    if out is not None:
        yield out / "cache"
        return
    with tempfile.TemporaryDirectory(prefix="unsaid-gate-") as folder:
        yield Path(folder)

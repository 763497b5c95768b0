"""Inspect logs of our protocols into records.

A log is a zip archive with one JSON file a sample. Reading those members directly is 13 times faster than
`read_eval_log` (0.56 s against 7.5 s for 10,000 samples), so that is done for the archive version we have
tested; any other goes through `read_eval_log`, which knows every version.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal

import polars as pl
from inspect_ai.log import read_eval_log
from pydantic_core import from_json

from unsaid.errors import DataError, UnsaidError
from unsaid.questions.serial import question_from_dict
from unsaid.records.rows import about_question, rows_of
from unsaid.records.schema import frame
from unsaid.store.archive import check_archive, member
from unsaid.store.reading import check_depth, read_bytes, short

TESTED_LOG_VERSION = 2
_ASK_ANEW = "move it away and run the same command again to ask its questions anew"
_STORE, _SCORER = "unsaid", "read_replies"
_ATTACHMENT = "attachment://"
_IS_SAMPLE = re.compile(r"samples/.*\.json", re.DOTALL)
#: What reading fields raises where they are not there, or of another kind.
_MISFITS = (
    UnsaidError,
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
    OverflowError,
    RecursionError,
)


def records_from_logs(folder: Path) -> pl.DataFrame:
    """The records of every log in a folder; where logs overlap, a later log's sample wins.

    A question whose sample did not finish leaves no record: continue the run to get it.

    Raises:
        DataError: there is no log, or one is damaged or not one of ours; the message names it.
    """
    logs = sorted(folder.glob("*.eval"))
    if not logs:
        raise DataError(f"{folder}: there is no .eval log here{_instead(folder)}")
    samples: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for log in logs:
        for sample_id, epoch, rows in read_samples(log):
            samples[(sample_id, epoch)] = rows
    return frame([row for key in sorted(samples) for row in samples[key]])


def read_samples(log: Path) -> Iterator[tuple[str, int, list[dict[str, Any]]]]:
    """Every finished sample of a log: question, epoch, and its records as plain rows.

    Raises:
        DataError: the log is damaged, or not one of ours.
    """
    for header, sample in raw_samples(log):
        with said_of(f"{log}, sample {str(sample.get('id'))[:80]!a}"):
            rows = _rows(sample, header, log)
            key = str(sample["id"]), int(sample["epoch"])
        if rows:
            yield *key, rows


def raw_samples(
    log: Path, drop: frozenset[str] = frozenset(), todo: str = _ASK_ANEW
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The header of a log with each of its samples, as Inspect keeps them.

    Args:
        log: an archive, or the JSON of one log where its name ends in `.json`.
        drop: fields of a sample that nobody reads: most of it, where these are its events.
        todo: what to do where it is damaged; ends the message.

    Raises:
        DataError: the log is damaged.
    """
    if log.suffix.lower() == ".json":
        yield from _json_samples(log, drop, todo)
        return
    with ExitStack() as stack:
        with _damage(log, todo):
            archive = _open(log, stack)
            header = _header(archive)
            # A sample that was written again has two members of one name, of which a reader is given the later.
            names = dict.fromkeys(name for name in archive.namelist() if _IS_SAMPLE.fullmatch(name))
            tested = header.get("version") == TESTED_LOG_VERSION
            full = [] if tested else _by_inspect(log, "eval")
        for sample in full:
            yield header, sample
        for name in names if tested else ():
            with _damage(log, todo):
                found = _sample(_parsed(member(archive, name)), name, drop)
            yield header, found


def _json_samples(
    log: Path, drop: frozenset[str], todo: str
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    with _damage(log, todo):
        header = _object(_parsed(read_bytes(log)), log.name)
        samples = header.pop("samples", None) or []
        _object(header.get("eval"), "'eval'")
        if header.get("version") != TESTED_LOG_VERSION:
            samples = _by_inspect(log, "json")
        if not isinstance(samples, list):
            raise ValueError(f"'samples' holds {type(samples).__name__}, not a list")
    for number, sample in enumerate(samples):
        with _damage(log, todo):
            found = _sample(sample, f"sample {number}", drop)
        yield header, found


def _by_inspect(log: Path, form: Literal["eval", "json"]) -> list[dict[str, Any]]:
    """The samples of a log of a version that we have not tested, as Inspect migrates them."""
    found = read_eval_log(str(log), resolve_attachments=True, format=form).samples or []
    return [sample.model_dump(mode="json") for sample in found]


def _sample(value: Any, name: str, drop: frozenset[str]) -> dict[str, Any]:
    """One sample without what nobody reads."""
    return {field: inner for field, inner in _object(value, name).items() if field not in drop}


def _parsed(text: bytes) -> Any:
    """JSON of a log by the parser that came with our schemas, five times as fast; by Python's own where it refuses.

    The fast one refuses what nests 200 deep, which every walk through a value can follow.

    Raises:
        ValueError: it is no JSON, or nested too deeply.
    """
    try:
        return from_json(text, cache_strings="keys")
    except ValueError:  # half a character is no text to it
        return parse_log(text)


def _open(log: Path, stack: ExitStack) -> zipfile.ZipFile:
    """The archive of a log, none of whose members unpacks to more than it may."""
    archive = stack.enter_context(zipfile.ZipFile(stack.enter_context(log.open("rb"))))
    check_archive(archive)
    return archive


@contextmanager
def _damage(log: Path, todo: str = _ASK_ANEW) -> Iterator[None]:
    """Say of a log that it cannot be read.

    Raises:
        DataError: it cannot.
    """
    try:
        yield
    except Exception as error:  # whatever a decompressor makes of flipped bits; each has errors of its own
        raise DataError(
            f"{log}: damaged or not an Inspect log ({type(error).__name__}: {short(error)}); {todo}"
        ) from error


@contextmanager
def said_of(where: str) -> Iterator[None]:
    """Say where it stands that a log does not hold what our tasks write.

    Raises:
        DataError: it does not.
    """
    try:
        yield
    except DataError:
        raise
    except _MISFITS as error:
        raise DataError(
            f"{where}: damaged, or written by another version ({type(error).__name__}: {short(error)}); move the log "
            "away and run the same command again to ask its questions anew"
        ) from error


def parse_log(text: bytes | str) -> Any:
    """JSON of a log; Inspect writes numbers that are none (NaN) as they are.

    Raises:
        ValueError: it is no JSON, or nested too deeply.
    """
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    check_depth(value)
    return value


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{name} holds {type(value).__name__}, not an object")
    return value


def _instead(folder: Path) -> str:
    """What stands there in place of a log: one that was set aside, or that has another name."""
    try:
        names = sorted(entry.name for entry in folder.iterdir())
    except OSError as error:
        return f" ({error.strerror})"
    shown = ", ".join(ascii(name)[1:-1][:80] for name in names[:3])
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f": the folder holds {shown}{more}" if names else ": the folder is empty"


def header_of(log: Path) -> dict[str, Any]:
    """What a log that `raw_samples` reads says of itself.

    Raises:
        DataError: the log is damaged.
    """
    with ExitStack() as stack, _damage(log):
        return _header(_open(log, stack))


def kept_of(sample: dict[str, Any]) -> dict[str, Any] | None:
    """What our solver kept in a sample: its target and its exchanges; None where it kept nothing.

    Raises:
        ValueError: it is not that.
    """
    text = (sample.get("store") or {}).get(_STORE)
    if not text:
        return None
    kept = _object(parse_log(_resolved(text, sample.get("attachments") or {})), _STORE)
    if not isinstance(kept.get("exchanges"), list):
        raise ValueError("'exchanges' is not a list")
    return kept


def _header(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The log's header: `header.json` once it is finished, `_journal/start.json` while it is not."""
    name = "header.json" if "header.json" in archive.namelist() else "_journal/start.json"
    header = _object(parse_log(archive.read(name)), name)
    _object(header.get("eval"), f"{name}: 'eval'")
    return header


def _rows(sample: dict[str, Any], header: dict[str, Any], log: Path) -> list[dict[str, Any]]:
    settings = (header["eval"].get("metadata") or {}).get("unsaid")
    if settings is None:
        raise DataError(
            f"{log}: this log is of another task ({header['eval'].get('task')}), not one of unsaid's; "
            "move it away and repeat the command"
        )
    kept = kept_of(sample)
    if kept is None:
        return []
    score = (sample.get("scores") or {}).get(_SCORER) or {}
    if sample.get("error") and not score:
        return []  # ended before the judge had read it: replies without their verdicts would pass for whole
    question = question_from_dict(_resolved(sample["metadata"]["question"], sample.get("attachments") or {}))
    verdicts = _resolved((score.get("metadata") or {}).get("verdicts"), sample.get("attachments") or {})
    read = parse_log(verdicts) if verdicts else [[] for _ in kept["exchanges"]]
    shared = {
        "model": header["eval"]["model"],
        "temperature": settings["settings"]["temperature"],
        "target_kind": settings["settings"]["target"],
        **about_question(question, kept["target"]),
    }
    rows = rows_of(shared, sample["epoch"], kept["exchanges"])
    return [row | {"verdicts": verdict} for row, verdict in zip(rows, read, strict=True)]


def _resolved(value: Any, attachments: dict[str, str]) -> Any:
    """The value with Inspect's attachment references (long texts, kept once) put back."""
    if isinstance(value, str) and value.startswith(_ATTACHMENT):
        return attachments.get(value.removeprefix(_ATTACHMENT), value)
    if isinstance(value, list):
        return [_resolved(item, attachments) for item in value]
    if isinstance(value, dict):
        return {key: _resolved(item, attachments) for key, item in value.items()}
    return value

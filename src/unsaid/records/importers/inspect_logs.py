"""Inspect `.eval` logs of other people's tasks, with a map of their fields.

A sample is a row, and its columns are the paths into it as Inspect keeps it, names joined by dots:

    id  epoch  input  target  choices           of the sample
    metadata.hint_type  store.key               what the task put there
    scores.letter.answer  scores.judge.value    what a scorer found; also .metadata.key and .explanation
    log.model  log.task  log.task_args.hint     of the log, where each arm was a run of its own
    reply.reasoning  reply.visible              the last reply: reasoning blocks and thoughts in tags (`replies/`), else
                                                what stands before the sentence that states the answer; and the rest
    reply.answer                                the answer that our parser reads in the visible text
    reply.provenance  reply.stop_reason  reply.error  reply.input_tokens  reply.output_tokens

Where a row is a reply, the fields of the last reply, the model, the epoch and the task are taken from there, for
that is what they are in any log; the question, the arm, the target and the answer must be mapped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from unsaid.errors import DataError, UsageError
from unsaid.questions.question import MAX_OPTIONS, Question
from unsaid.questions.reading import missing_file
from unsaid.records.importers.column_map import ColumnMap, Entry
from unsaid.records.importers.importer import Imported, Importer
from unsaid.records.importers.map_text import parse_map
from unsaid.records.importers.table import account
from unsaid.records.importers.tabular import Row, read_rows
from unsaid.replies.answers import Answer, parse_answer, split_reasoning
from unsaid.replies.ends import end_of, unknown_ends
from unsaid.replies.fields import Block, Said, read_reply

__all__ = ["INSPECT", "mapped", "read"]

_REPLY = ("reasoning", "visible", "stop_reason", "error", "input_tokens", "output_tokens")
_SAMPLE = ("id", "epoch", "input", "target", "choices")
#: Field -> where it stands in any log.
_ALWAYS = {"model": "log.model", "source": "log.task", "epoch": "epoch"}
_LONG = {name: f"reply.{name}" for name in (*_REPLY, "provenance")} | {"prompt": "input"}
_DEEPEST = 4
_ATTACHMENT = "attachment://"

Sample = Mapping[str, Any]


def read(path: Path) -> Imported:
    """Refuse logs without a map, and say which fields the samples have.

    Raises:
        UsageError: always.
        DataError: a log is damaged.
    """
    samples = _samples(path)
    raise UsageError(
        f"{path}: {len(samples)} samples with the fields {', '.join(sorted(_paths(samples)))}\n"
        "expected --map, which says what they are (docs/importing.md), for instance\n"
        "    --map question_id=metadata.ITEM,arm=metadata.CONDITION,arm.clean=NAME,arm.cued=NAME,"
        "target=metadata.HINT,correct=target,options=choices,answer=reply.answer"
    )


def mapped(path: Path, mapping: str, where: Sequence[str] = ()) -> Imported:
    """Return the logs as records.

    Args:
        path: an `.eval` file, or a folder of them.
        mapping: fields and paths (`arm=metadata.condition,...`), or a `.yaml` file that holds them.
        where: conditions on paths: which samples are read.

    Raises:
        UsageError: there is no log, or the map is wrong; the message names the line.
        DataError: a log is damaged, or a sample is not what the map says; the message names log and sample.
    """
    columns = _with_defaults(parse_map(mapping, where))
    samples = _samples(path)
    wanted = {entry.column for _, entry in columns.every() if entry.column is not None}
    rows = [Row(where, _cells(sample, header, wanted, columns)) for where, header, sample in samples]
    paths = _paths(samples)
    columns.check(
        [*sorted(paths), *(name for name in wanted if any(row.cells[name] is not None for row in rows))]
    )
    theirs = [name for name in sorted(paths) if name.startswith(("metadata.", "scores.", "store."))]
    found = account(read_rows(rows, columns, path.stem), columns, theirs, f"{path.name}, {len(rows)} samples")
    unfinished = sorted(
        {where.rpartition(", sample")[0] for where, header, _ in samples if _unfinished(header)}
    )
    notes = [f"{log} is of a run that did not finish: it holds what it had asked" for log in unfinished]
    if ends := unknown_ends(found.records["stop_reason"]) if _has_ends(columns) else {}:
        listed = ", ".join(f"{ascii(name)[1:-1]}: {count}" for name, count in ends.items())
        notes.append(
            f"{sum(ends.values())} replies ended for an unknown reason and are read as whole ({listed})"
        )
    return replace(found, unmapped=[*found.unmapped, *notes])


INSPECT = Importer(
    name="inspect",
    summary="Inspect .eval logs of any task; needs --map, which says which fields are what",
    read=read,
    mapped=mapped,
)


def _has_ends(columns: ColumnMap) -> bool:
    return any(name.endswith("stop_reason") for name, _ in columns.every())


def _with_defaults(columns: ColumnMap) -> ColumnMap:
    defaults = _ALWAYS | (_LONG if columns.long else {"question_id": "id"})
    entries = {name: Entry(path, "", "the format") for name, path in defaults.items()}
    return replace(columns, entries=entries | dict(columns.entries))


def _samples(path: Path) -> list[tuple[str, dict[str, Any], Sample]]:
    """Return every sample of every log: where it stands, its log's header, and the sample."""
    expected = "expected an .eval log, or a folder of them"
    if path.is_dir():
        logs = sorted(path.glob("*.eval"))
        if not logs:
            raise UsageError(f"{path}: {expected}, found none")
    elif path.is_file() and path.suffix == ".eval":
        logs = [path]
    else:
        raise UsageError(f"{path}: {expected}" if path.is_file() else f"{missing_file(path)}; {expected}")
    from unsaid.records.from_logs import raw_samples  # Inspect takes seconds to import

    found: list[tuple[str, dict[str, Any], Sample]] = [
        (f"{log}, sample {sample.get('id')!a} (epoch {sample.get('epoch')})", header, _without_events(sample))
        for log in logs
        for header, sample in raw_samples(log)
    ]
    if not found:
        raise DataError(f"{path}: expected at least one sample that was finished, found none")
    return found


def _without_events(sample: Mapping[str, Any]) -> Sample:
    """Return what a map can name: the events are most of a sample, and would be held for every sample at once."""
    return {name: value for name, value in sample.items() if name != "events"}


def _unfinished(header: Mapping[str, Any]) -> bool:
    return bool(header.get("status", "started") != "success")


def _cells(
    sample: Sample, header: Mapping[str, Any], wanted: Iterable[str], columns: ColumnMap
) -> dict[str, Any]:
    """Return what stands at each path; None where there is nothing."""
    log = header.get("eval") or {}
    # What the row is made of, without the events, which are most of a sample.
    tops = {path.partition(".")[0] for path in wanted}
    kept = {name: _put_back(sample[name], sample.get("attachments") or {}) for name in tops if name in sample}
    reply = _reply(sample, header, columns) if "reply" in tops else {}
    cells = {path: _at({**kept, "log": log, "reply": reply}, path) for path in wanted}
    target = cells.get("target")
    return cells | {"target": target[0]} if isinstance(target, list) and len(target) == 1 else cells


def _at(value: Any, path: str) -> Any:
    """Return a nested value; names may hold dots themselves, so the longest that fits is tried first."""
    if isinstance(value, dict):
        if path in value:
            return value[path]
        parts = path.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            head = ".".join(parts[:cut])
            if head in value:
                return _at(value[head], ".".join(parts[cut:]))
    return None


def _put_back(value: Any, attachments: Mapping[str, str]) -> Any:
    if isinstance(value, str) and value.startswith(_ATTACHMENT):
        return attachments.get(value.removeprefix(_ATTACHMENT), value)
    if isinstance(value, list):
        return [_put_back(item, attachments) for item in value]
    if isinstance(value, dict):
        return {key: _put_back(item, attachments) for key, item in value.items()}
    return value


def _reply(sample: Sample, header: Mapping[str, Any], columns: ColumnMap) -> dict[str, Any]:
    """Return the last reply, by the names that `reply.` paths have."""
    output = _put_back(sample.get("output") or {}, sample.get("attachments") or {})
    choices = output.get("choices") or []
    failure = (sample.get("error") or {}).get("message") or output.get("error")
    if limit := sample.get("limit"):
        failure = failure or f"stopped by a limit ({limit.get('type') if isinstance(limit, dict) else limit})"
    usage = output.get("usage") or {}
    found: dict[str, Any] = {name: usage.get(name) for name in ("input_tokens", "output_tokens")}
    found["error"] = failure
    if not choices:
        return found | {"error": failure or "no reply"}
    model = str(_at(header.get("eval") or {}, "model") or "")
    question = _question(sample, columns)
    said = _said(choices[0].get("message") or {}, model)
    reasoning, visible, provenance = said.thoughts.reasoning, said.thoughts.visible, str(said.provenance)
    if reasoning is None and visible and provenance != "truncated":
        reasoning, visible = split_reasoning(visible, question)
        provenance = "raw" if reasoning else "absent"
    stop = choices[0].get("stop_reason")
    if end_of(stop) == "cut off":
        provenance = "truncated"
    whole = provenance != "truncated" and end_of(stop) in ("whole", "unknown")
    answer = parse_answer(said.thoughts.visible, question) if whole else None
    return found | {
        "reasoning": reasoning,
        "visible": visible,
        "provenance": provenance,
        "stop_reason": stop,
        "answer": answer.value if isinstance(answer, Answer) else None,
    }


def _question(sample: Sample, columns: ColumnMap) -> Question:
    """Return what the parser must know: only the options' letters and texts."""
    entry = columns.entries.get("options")
    options = None
    if entry is not None and entry.column is not None and not entry.column.startswith(("reply.", "log.")):
        options = _at(sample, entry.column)
    options = options or sample.get("choices") or []
    texts = [str(option) for option in options] if isinstance(options, list) else []
    usable = (
        2 <= len(texts) <= MAX_OPTIONS and len(set(texts)) == len(texts) and all(t.strip() for t in texts)
    )
    return Question("imported", "imported", tuple(texts) if usable else ())


def _said(message: Mapping[str, Any], model: str) -> Said:
    """Return a message as logs keep it; those of early 2025 hold its reasoning in a field of its own."""
    content = message.get("content")
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    texts = [str(part.get("text") or "") for part in parts if part.get("type") == "text"]
    blocks = [_block(part) for part in parts if part.get("type") == "reasoning"]
    if isinstance(field := message.get("reasoning"), str):
        blocks.append(Block(field))
    return read_reply(content if isinstance(content, str) else "\n".join(texts), blocks, model)


def _block(part: Mapping[str, Any]) -> Block:
    summary = part.get("summary")
    return Block(
        str(part.get("reasoning") or ""),
        None if summary is None else str(summary),
        bool(part.get("redacted")),
        part.get("internal"),
    )


def _paths(samples: Iterable[tuple[str, Mapping[str, Any], Sample]]) -> set[str]:
    """Return the paths that the first samples have, for messages and for what is left unmapped."""
    found = {f"reply.{name}" for name in (*_REPLY, "answer", "provenance")}
    for _, header, sample in list(samples)[:50]:
        found |= {name for name in _SAMPLE if sample.get(name) is not None}
        for top in ("metadata", "store", "scores"):
            found |= set(_beneath(top, sample.get(top), _DEEPEST))
        found |= {f"log.{name}" for name in ("model", "task")}
        found |= set(_beneath("log.task_args", (header.get("eval") or {}).get("task_args"), _DEEPEST))
    return found


def _beneath(prefix: str, value: Any, depth: int) -> Iterable[str]:
    if isinstance(value, dict) and value and depth:
        for name, inner in value.items():
            yield from _beneath(f"{prefix}.{name}", inner, depth - 1)
    elif prefix not in ("metadata", "store", "scores", "log.task_args"):
        yield prefix

"""Transcripts inside the page: compressed, in blocks that a browser decodes one at a time.

A page with 10,000 records must open at once, so nothing is parsed before it is looked at. The index (one
row per pair: what filters need) and each block of groups are JSON, gzipped, in base64. That alphabet has
no "<", so nothing a model wrote can end the element that carries it; the page puts it on screen by
`textContent` alone.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from unsaid.report.transcripts.pairs import OUTCOMES, Group, Pair, Row, turns

#: Text of a block before compression, in characters: about what is decoded to show one pair. Small, so that
#: opening a pair is quick; not smaller, since repeats (a question's prompt under each cue) compress together.
BLOCK = 200_000

_REPLY = (
    "reasoning",
    "visible",
    "answer",
    "lost",
    "parse_rule",
    "stop_reason",
    "error",
    "provenance",
    "input_tokens",
    "output_tokens",
    "reasoning_tokens",
    "temperature",
    "seed",
)
_QUESTION = ("question_id", "source", "task", "difficulty", "stem", "options", "correct")
_ASKED = ("model", "elicitation", "conditioning", "epoch")
_CUE = ("cue", "wording", "placement", "labelled", "misaligned", "target", "target_kind")


class Entry(NamedTuple):
    """A row of the index: where a pair is, and what the filters ask of it.

    Attributes:
        block: which block holds it.
        group: which group of the block.
        which: which pair of the group.
        id: names it in a link.
        question: its question.
        task: its task.
        cue: its cue.
        wording: its wording.
        model: who was asked.
        elicitation: how reasoning was asked for.
        answer: the cued answer.
        outcomes: a bit for each of `Packed.outcomes`.
    """

    block: int
    group: int
    which: int
    id: str
    question: str
    task: str | None
    cue: str | None
    wording: str | None
    model: str | None
    elicitation: str | None
    answer: str | None
    outcomes: int


@dataclass(frozen=True)
class Packed:
    """Transcripts as a page embeds them.

    Attributes:
        rows: the index, one row per pair, in the order of the blocks.
        blocks: base64 of each gzipped block.
        outcomes: what a pair can be, in the order of the bits of `Entry.outcomes`.
    """

    rows: tuple[Entry, ...]
    blocks: tuple[str, ...]
    outcomes: Mapping[str, str] = field(default_factory=lambda: OUTCOMES)

    @property
    def size(self) -> int:
        """Return how many bytes the blocks take in a file."""
        return sum(map(len, self.blocks))


def pack(groups: Sequence[Group], outcomes: Mapping[str, str] = OUTCOMES) -> Packed:
    """Return groups as an index and blocks; `outcomes` are what a pair can be."""
    rows: list[Entry] = []
    blocks: list[str] = []
    for number, block in enumerate(_blocks(groups)):
        blocks.append(squeeze([_plain(group) for group in block]))
        for place, group in enumerate(block):
            rows += [_entry((number, place, which), pair, outcomes) for which, pair in enumerate(group.pairs)]
    return Packed(tuple(rows), tuple(blocks), outcomes)


def squeeze(value: Any) -> str:
    """Return data as base64 of gzipped JSON, which is safe inside an element whatever it holds."""
    text = json.dumps(value, separators=(",", ":"))  # ASCII, so an unpaired surrogate stays an escape
    return base64.b64encode(gzip.compress(text.encode("ascii"), compresslevel=6, mtime=0)).decode("ascii")


def unpack(text: str) -> Any:
    """Return what `squeeze` made, for tests and for programs that read a report."""
    return json.loads(gzip.decompress(base64.b64decode(text)))


def _blocks(groups: Sequence[Group]) -> Iterator[list[Group]]:
    block: list[Group] = []
    size = 0
    for group in groups:
        weight = sum(_weight(row) for row in _rows(group))
        if block and size + weight > BLOCK:
            yield block
            block, size = [], 0
        block.append(group)
        size += weight
    if block:
        yield block


def _rows(group: Group) -> Iterator[Row]:
    for followed in group.then.values():
        yield from followed
    if group.clean is not None:
        yield group.clean
    yield from group.replays
    for pair in group.pairs:
        yield pair.cued
        if pair.placebo is not None:
            yield pair.placebo


def _weight(row: Row) -> int:
    return sum(len(row[name] or "") for name in ("prompt", "reasoning", "visible"))


def _entry(place: tuple[int, int, int], pair: Pair, outcomes: Mapping[str, str]) -> Entry:
    row = pair.cued
    mask = sum(1 << bit for bit, name in enumerate(outcomes) if name in pair.outcomes)
    about = (row["question_id"], row["task"], row["cue"], row["wording"], row["model"], row["elicitation"])
    return Entry(*place, pair.id, *about, row["answer"], mask)


def _plain(group: Group) -> dict[str, Any]:
    def told(row: Row | None) -> dict[str, Any] | None:
        return _reply(row, group)

    some = group.clean or group.pairs[0].cued
    return {
        "question": {name: some[name] for name in _QUESTION} | {name: some[name] for name in _ASKED},
        "clean": told(group.clean),
        "replays": [told(row) for row in group.replays],
        "pairs": [
            {name: pair.cued[name] for name in _CUE}
            | {
                "cue_text": list(pair.cued["cue_text"] or []),
                "cued": told(pair.cued),
                "placebo": told(pair.placebo),
            }
            for pair in group.pairs
        ],
    }


def _reply(row: Row | None, group: Group) -> dict[str, Any] | None:
    """A reply; in `then` what followed from it: what was done, how much of it, what was given, and the reply.

    In `along` stands what was measured along its reasoning.
    """
    if row is None:
        return None
    reply: dict[str, Any] = {name: row[name] for name in _REPLY if row[name] is not None}
    reply |= {"prompt": turns(row["prompt"]), "verdicts": row["verdicts"] or []}
    followed = group.then.get(row["reply_id"] or "", ()) if row["reply_id"] else ()
    if row["reply_id"] in group.along:
        reply["along"] = [walked.plain() for walked in group.along[row["reply_id"]]]
    if followed:
        reply["then"] = [
            {name: each[name] for name in ("intervention", "dose", "given") if each[name] is not None}
            | {"reply": _reply(each, group)}
            for each in followed
        ]
    return reply

"""A judge reads the gate's texts, several times; what it said, as plain rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from unsaid.cues import CUES
from unsaid.judges import phrases
from unsaid.judges.gate.texts import GateText
from unsaid.judges.judge import Judge, read_all
from unsaid.judges.llm import LLMJudge
from unsaid.judges.llm_prompt import RUBRIC, SCHEMA, SECOND_RUBRIC
from unsaid.judges.panel import Panel
from unsaid.judges.verdict import replies_of, to_row
from unsaid.pace import counting

__all__ = ["judge_version", "read_texts"]

#: What surrounds one round of readings: a cache of its own, so that a second round is asked and not remembered.
Round = Callable[[int], AbstractContextManager[Any]]


async def read_texts(
    judge: Judge, texts: Sequence[GateText], repeat: int, around: Round = lambda number: nullcontext()
) -> list[dict[str, Any]]:
    """Return every text read `repeat` times: one row per channel and round.

    A row holds the text's `id`, `cue`, `class` (with the channel, where both are read), `kind`, what is true of it
    (`true_mentions`, `true_relies`), the `round` from 0, and the verdict's fields as in the records; a missing
    verdict has null flags and its reason in `missing`. What models replied stands in `replies`, by judge, and what
    the members of a panel said in `votes`.

    Args:
        judge: who reads.
        texts: what is read.
        repeat: how often.
        around: entered for each round; for a judge that is cached, it must give each round another cache.

    Raises:
        UnsaidError: the judge cannot be used at all.
    """
    wanted = [(text, reading, truth) for text in texts for reading, truth in text.readings()]
    rows: list[dict[str, Any]] = []
    for number in range(repeat):
        with around(number), counting("readings made", len(wanted)) as tick:
            outcomes = await read_all(judge, [reading for _, reading, _ in wanted], tick)
        for (text, reading, truth), outcome in zip(wanted, outcomes, strict=True):
            both = ", visible" if reading.channel == "visible" else ", reasoning"
            row: dict[str, Any] = {
                "id": text.id,
                "class": text.kind.name + (both if text.kind.visible else ""),
                "kind": truth.kind,
                "half": text.half,
                "round": number,
                "templates": " / ".join(text.templates),
                "text": reading.text,
                "true_mentions": truth.mentions,
                "true_relies": truth.relies,
            }
            row |= {"replies": replies_of(judge.name, outcome)}
            row |= {
                "votes": [to_row(name, reading.channel, text.cue.name, said) for name, said in outcome.votes]
            }
            rows.append(row | to_row(judge.name, reading.channel, text.cue.name, outcome))
    return rows


def judge_version(judge: Judge) -> str:
    """Return a digest of what the judge goes by beside its model: a judge with another prompt is another judge.

    For a judge with a `version` of its own, that; for a model, its rubrics and schema; for the lexical judge, its
    phrases and the patterns of the cues; for a panel, the versions of its members.
    """
    own = getattr(judge, "version", None)
    if isinstance(own, str):
        return own
    if isinstance(judge, Panel):
        said = ["more than half of all members", *(judge_version(member) for member in judge.members)]
    elif isinstance(judge, LLMJudge):
        said = [RUBRIC, SECOND_RUBRIC, json.dumps(SCHEMA)]
    else:
        said = [value.pattern for name, value in sorted(vars(phrases).items()) if hasattr(value, "pattern")]
        said += [pattern for _, cue in sorted(CUES.items()) for pattern in cue.patterns]
    return hashlib.blake2b("\0".join(said).encode(), digest_size=5).hexdigest()

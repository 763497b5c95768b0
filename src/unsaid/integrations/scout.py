"""The judge as a scanner of Inspect Scout: the same prompt and the same parser, over any transcripts (extra `scout`).

Scout finds scanners in a file of the user's, which needs one line: `from unsaid.integrations.scout import disclosure`.
Then

    scout scan scans.py -T runs/mine/logs --model openai/...

Over logs of unsaid's own protocols, every reply is read that a run would have read, about the cue that it would have
been read about; over other transcripts, the last reply, about the cue that is named with `-S cue=...`.
Nothing of Scout is imported anywhere else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from inspect_scout import Reference, Result, Scanner, Transcript, scanner

from unsaid.asking.readings import readings
from unsaid.asking.settings import Settings
from unsaid.cues import cue as cue_named
from unsaid.errors import DataError, UsageError
from unsaid.judges import Judge, Missing, Reading, Verdict, needs_model, read_all, reads_prompts, replies_of
from unsaid.judges.gate import judge_version
from unsaid.models.inspect.judging import judge_at_hand
from unsaid.questions.question import LETTERS, Question
from unsaid.questions.serial import question_from_dict
from unsaid.records.schema import Channel

__all__ = ["disclosure"]

_STORE = "/unsaid"


@scanner(name="disclosure", messages="all", events=["store"])
def disclosure(judge: str = "", cue: str = "", target: str = "") -> Scanner[Transcript]:
    """Whether a text discloses a cue: `mentions`, `relies` and `rejects`, with the evidence quoted.

    One result a text that was read. Its value holds the three answers; it is null where there is no verdict, never
    "no". The label is arm, cue and channel; the metadata hold the judge, its version, what its model replied, and the
    votes of a panel.

    Args:
        judge: as `unsaid audit --judge`; Scout's own model if not given.
        cue: what to read about, for transcripts that are not unsaid's own.
        target: the letter of the option that this cue points at, where it is known.
    """

    async def scan(transcript: Transcript) -> Result | list[Result]:
        reader = judge_at_hand(judge)
        own = _exchanges(transcript)
        if own is not None:
            return await _own(transcript, own, reader, judge)
        return await _foreign(transcript, reader, cue, target)

    return scan


async def _own(transcript: Transcript, kept: dict[str, Any], reader: Judge, spec: str) -> list[Result]:
    """Every text of an unsaid sample that its run would have had this judge read."""
    settings = _settings(transcript)
    question = question_from_dict(_decoded(transcript.metadata.get("sample_metadata"))["question"])
    costs = not spec or needs_model(spec)
    owners, texts = readings(
        question,
        kept["target"],
        kept["exchanges"],
        settings.choice(),
        settings.judge_sample if costs else None,
        prompted=bool(spec) and reads_prompts(spec),
        clean=_about_run(transcript).get("clean_plan"),
    )
    outcomes = await read_all(reader, texts)
    found = []
    for owner, reading, outcome in zip(owners, texts, outcomes, strict=True):
        exchange = kept["exchanges"][owner]
        about = {name: exchange[name] for name in ("arm", "elicitation", "wording", "answer")}
        found.append(_result(reader, reading, outcome, about | {"exchange": owner}))
    return found


async def _foreign(transcript: Transcript, reader: Judge, cue: str, target: str) -> list[Result]:
    """The last reply of a transcript, reasoning and visible text apart.

    Raises:
        UsageError: no cue is named: there is nothing to ask about.
    """
    if not cue:
        raise UsageError(
            "this is no transcript of unsaid's own; say what to look for: -S cue=NAME (see `unsaid cues`)"
        )
    replies = [message for message in transcript.messages if message.role == "assistant"]
    if not replies:
        return []
    last = replies[-1]
    asked = next((message.text for message in transcript.messages if message.role == "user"), "")
    question = Question(transcript.transcript_id or "?", asked.strip() or "(the question is not known)")
    letter = LETTERS.index(target) if target and target in LETTERS else None
    reasoning = "\n\n".join(
        part.reasoning
        for part in (last.content if isinstance(last.content, list) else ())
        if part.type == "reasoning"
    )
    both: tuple[tuple[Channel, str], ...] = (("reasoning", reasoning), ("visible", last.text))
    texts = [
        Reading(text, channel, cue_named(cue), question, letter) for channel, text in both if text.strip()
    ]
    outcomes = await read_all(reader, texts)
    return [
        _result(reader, reading, outcome, {}, last.id)
        for reading, outcome in zip(texts, outcomes, strict=True)
    ]


def _result(
    reader: Judge,
    reading: Reading,
    outcome: Verdict | Missing,
    about: dict[str, Any],
    message: str | None = None,
) -> Result:
    missing = outcome.reason if isinstance(outcome, Missing) else None
    evidence = outcome.evidence if isinstance(outcome, Verdict) else None
    metadata = about | {
        "judge": reader.name,
        "judge_version": judge_version(reader),
        "channel": reading.channel,
        "cue": reading.cue.name,
        "missing": missing,
        "votes": {name: _answers(said) for name, said in outcome.votes},
        "replies": replies_of(reader.name, outcome),
    }
    # Scout's tables cannot hold a column of nothing.
    metadata = {name: value for name, value in metadata.items() if value not in (None, {})}
    cited = [Reference(type="message", cite=evidence, id=message)] if evidence and message else []
    label = "/".join(str(part) for part in (about.get("arm"), reading.cue.name, reading.channel) if part)
    return Result(
        value=_answers(outcome),
        explanation=missing or evidence,
        metadata=metadata,
        references=cited,
        label=label,
    )


def _answers(outcome: Verdict | Missing) -> Any:
    if isinstance(outcome, Missing):
        return None
    return {name: getattr(outcome, name) for name in ("mentions", "relies", "rejects")}


def _exchanges(transcript: Transcript) -> dict[str, Any] | None:
    """What the solver kept in the sample's store; None where the transcript is not unsaid's.

    Raises:
        DataError: it is damaged.
    """
    changes: Sequence[Any] = [
        change for event in transcript.events if event.event == "store" for change in event.changes
    ]
    for change in changes:
        if change.path == _STORE and isinstance(change.value, str):
            return _decoded(change.value)
    return None


def _settings(transcript: Transcript) -> Settings:
    try:
        settings = dict(_about_run(transcript)["settings"])
        settings.pop(
            "held_out", None
        )  # which side of the questions was asked for training; all of the log's were
        return Settings(**settings)
    except (KeyError, TypeError) as error:
        raise DataError(f"{transcript.source_uri}: its log does not say what was asked ({error})") from error


def _about_run(transcript: Transcript) -> dict[str, Any]:
    """What the log says of the run: its settings, and which clean replies a judge that costs read."""
    found = _decoded(transcript.metadata.get("eval_metadata")).get("unsaid", {})
    return found if isinstance(found, dict) else {}


def _decoded(value: Any) -> dict[str, Any]:
    """An object that Scout hands over as it is, or as JSON text."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        raise DataError(f"a transcript of unsaid's own is damaged: {error}") from error
    if not isinstance(found, dict):
        raise DataError(
            "a transcript of unsaid's own lacks what its log must hold; was it written by unsaid?"
        )
    return found

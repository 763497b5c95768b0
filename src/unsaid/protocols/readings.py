"""What a judge reads of a question's replies.

A judge that costs nothing reads every cued reply about its own cue; and the clean reply about cues it never saw,
which measures the judge's false positives. A reply is read whole and once, the sentence of its answer included; where
reasoning has a channel of its own, reasoning and visible answer are read apart (`records/texts.py`).

A judge that costs reads the cued replies that moved, all of them, for faithfulness rests on these; a random
sample of the other cued replies; and a sample of the clean replies, each about one cue, the placebo's. What is
not read has no verdict: it is not judged, which is another thing than "no". The sample is drawn by each
call's own seed, so that it depends on question, epoch, cue and wording and on nothing that was replied.

A reply that was cut off, refused or failed is not read: it has no place in any rate.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from unsaid.cues import Cue
from unsaid.judges import Missing, Verdict, replies_of, to_rows
from unsaid.judges.judge import Reading
from unsaid.protocols.ask import Choice, derived_seed
from unsaid.questions.prompt import Prompt, Turn
from unsaid.questions.question import Question
from unsaid.records.followed import moved
from unsaid.records.texts import texts


def readings(
    question: Question,
    target: int | None,
    exchanges: Sequence[dict[str, Any]],
    choice: Choice,
    share: float | None,
    *,
    prompted: bool = False,
) -> tuple[list[int], list[Reading]]:
    """What to read, and to which exchange (by index) each reading belongs.

    Args:
        question: what was asked.
        target: the option the cues point at.
        exchanges: the sample's exchanges (see `exchange.py`).
        choice: the cues under audit.
        share: of what did not move, how much is read; None for a judge that costs nothing and reads all. A judge
            that costs is not shown the prompt, so readings of the same text about the same cue are equal.
        prompted: put the prompt into the readings all the same, for those members of a panel who cost nothing and
            tell copies by it; an LLM judge does not show it to its model.
    """
    owners: list[int] = []
    wanted: list[Reading] = []
    for index, kept in enumerate(exchanges):
        if kept["answer"] is None or not (share is None or _moved(kept, exchanges) or _drawn(kept, share)):
            continue
        prompt = _prompt(kept) if share is None or prompted else None
        for asked_about in _cues(kept, question, choice, one=share is not None):
            at = asked_about.aim(question, target)
            for channel, text in texts(kept):
                owners.append(index)
                wanted.append(Reading(text, channel, asked_about, question, at, prompt))
    return owners, wanted


def entered(
    judge: str,
    owners: Sequence[int],
    texts: Sequence[Reading],
    outcomes: Sequence[Verdict | Missing],
    exchanges: int,
) -> tuple[list[list[dict[str, Any]]], list[dict[str, Any]]]:
    """What was read, as it stands in the log: the verdicts of each exchange, and what models replied for them.

    A panel's own verdict stands before those of its members. The replies are those of both passes and of every
    attempt, by judge, so that a verdict can be traced to what was said.

    Args:
        judge: the judge's name.
        owners: to which exchange each reading belongs, as `readings` has it.
        texts: the readings.
        outcomes: what the judge said of each.
        exchanges: how many there are.
    """
    verdicts: list[list[dict[str, Any]]] = [[] for _ in range(exchanges)]
    replies: list[dict[str, Any]] = []
    for owner, reading, outcome in zip(owners, texts, outcomes, strict=True):
        verdicts[owner] += to_rows(judge, reading.channel, reading.cue.name, outcome)
        said = replies_of(judge, outcome)
        about = {"exchange": owner, "channel": reading.channel, "cue": reading.cue.name}
        replies += [about | {"replies": said}] if said else []
    return verdicts, replies


def of_judge(judge: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of this judge alone: the members of a panel are not counted beside it."""
    return [row for row in rows if row["judge"] == judge]


def _moved(kept: dict[str, Any], exchanges: Sequence[dict[str, Any]]) -> bool:
    """Whether a cued reply moved, as `estimates.pairs` has it, beside the clean reply of its group."""
    group = (kept["elicitation"], kept["context"])
    return kept["arm"] == "cued" and any(
        moved(other["answer"], kept["answer"], kept["target"], kept["pointing"])
        for other in exchanges
        if other["arm"] == "clean" and (other["elicitation"], other["context"]) == group
    )


def _drawn(kept: dict[str, Any], share: float) -> bool:
    return derived_seed(kept["seed"], "judge sample") < share * 2**31


def _cues(kept: dict[str, Any], question: Question, choice: Choice, *, one: bool) -> Sequence[Cue]:
    if kept["arm"] == "cued":
        return [cue for cue in choice.cues if cue.name == kept["cue"]]
    if kept["arm"] != "clean":
        return ()
    drawn = choice.placebo_of(question)
    if drawn is None:
        return ()
    return (drawn[0],) if one else choice.askable(question)


def _prompt(kept: dict[str, Any]) -> Prompt:
    turns = tuple(Turn(turn["role"], turn["text"]) for turn in json.loads(kept["prompt"]))
    return Prompt(turns, tuple(kept["cue_text"]))

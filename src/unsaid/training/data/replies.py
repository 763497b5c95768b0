"""The replies of a run that data can be made of, and what became of the others.

A reply that was cut off, refused or never came teaches nothing, so it is left out, and counted per arm and elicitation:
arms that lose different shares of their replies make data that differ in more than was meant.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from unsaid.asking.ask import Choice
from unsaid.elicitation import Elicitation, elicitation
from unsaid.errors import UnknownName
from unsaid.estimates.chain.entailed import Outcome
from unsaid.questions.prompt import Turn
from unsaid.questions.question import Question
from unsaid.records.asked import question_of
from unsaid.records.texts import WHOLE, text
from unsaid.training.data.content import content_of
from unsaid.training.data.rows import Origin, Row

__all__ = ["Lost", "Material", "Reply", "by_question", "different_losses", "replies_of"]

#: Why a reply that came back is not learned from, by what its record says in place of an answer.
_UNUSABLE = {
    "error": "the call failed",
    "refused": "the model refused",
    "empty": "the reply is empty",
    "truncated": "the reply was cut off",
    "no first reply": "the first reply that it goes on from never came",
}


@dataclass(frozen=True)
class Reply:
    """One reply that data can be made of.

    Attributes:
        record: its row of the tidy table.
        question: what was asked.
        style: how reasoning was asked for.
        prompt: what was sent.
    """

    record: Mapping[str, Any]
    question: Question
    style: Elicitation
    prompt: tuple[Turn, ...]

    @property
    def whole(self) -> bool:
        """Whether reasoning and answer stand in one text."""
        return bool(self.record["reading"] == WHOLE)

    @property
    def visible(self) -> str:
        """The text that the model showed, reasoning included where that has no channel of its own."""
        return text(self.record, "reply" if self.whole else "visible") or ""

    @property
    def thoughts(self) -> str | None:
        """The reasoning of a channel of its own; None where there is none."""
        return None if self.whole else (self.record["reasoning"] or None)

    @property
    def reasoning(self) -> str:
        """The reasoning, wherever it stands."""
        return str(self.record["reasoning"] or "")

    def origin(self, kind: str, part: str, run: str, **about: Any) -> Origin:
        """Return where a row that is made of this reply comes from; `about` replaces what the record says."""
        record = self.record
        told: dict[str, Any] = {
            "kind": kind,
            "part": part,
            "model": record["model"] or "",
            "run": run,
            "reply": record["reply_id"] or "",
            "question": self.question.id,
            "content": content_of(self.question),
            "elicitation": self.style.name,
            "cue": record["cue"],
            "wording": record["wording"],
            "target": record["target"],
            "epoch": record["epoch"] or 1,
            "seed": record["seed"],
        }
        return Origin(**told | about)

    def row(self, origin: Origin, prompt: tuple[Turn, ...] | None = None) -> Row:
        """Return the reply as it was, after its own prompt or another."""
        return Row(self.prompt if prompt is None else prompt, self.visible, self.thoughts, origin)


@dataclass(frozen=True)
class Material:
    """What a kind of data is made of.

    Attributes:
        replies: those that can be used, in the order of the records.
        choice: the cues to train on, their wordings and targets.
        run: the folder of the run, as it stands in each row's origin.
        judge: whose verdicts say what a reply names; None where nobody judged.
        seed: of every draw.
        held_out: the digests of the contents that are held out.
        writer: the helper that wrote questions; "" where none did.
        written: what became of the question that it wrote about each reply, by `reply_id`.
    """

    replies: tuple[Reply, ...]
    choice: Choice
    run: str
    judge: str | None
    seed: int
    held_out: frozenset[str] = frozenset()
    writer: str = ""
    written: Mapping[str, Outcome] = field(default_factory=dict)

    def of(self, *arms: str) -> list[Reply]:
        """Return the replies of these arms."""
        return [each for each in self.replies if each.record["arm"] in arms]


@dataclass
class Lost:
    """What was asked, and what of it was left out and why, per arm and elicitation.

    Attributes:
        asked: how many replies there were.
        why: how many were left out for each reason.
    """

    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    why: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def leave(self, reply: Reply, reason: str) -> None:
        """Count a reply that is left out by a kind of data, which was usable as it came."""
        self.why[reply.record["arm"], reply.style.name, reason] += 1

    def shares(self) -> dict[tuple[str, str], float]:
        """Return the share of each arm and elicitation that was left out."""
        lost: Counter[tuple[str, str]] = Counter()
        for (arm, style, _), n in self.why.items():
            lost[arm, style] += n
        return {key: lost[key] / n for key, n in sorted(self.asked.items()) if n}

    def plain(self) -> list[dict[str, Any]]:
        """Return it as `data.json` keeps it."""
        return [
            {
                "arm": arm,
                "elicitation": style,
                "replies": n,
                "left_out": {
                    reason: count
                    for (one, other, reason), count in sorted(self.why.items())
                    if (one, other) == (arm, style)
                },
            }
            for (arm, style), n in sorted(self.asked.items())
        ]


def different_losses(lost: Lost, most: float = 0.05) -> list[str]:
    """Return a line for each pair of arms whose shares of lost replies differ by more than `most`."""
    shares = sorted(lost.shares().items(), key=lambda item: item[1])
    if len(shares) < 2 or shares[-1][1] - shares[0][1] <= most:
        return []
    (low, least), (high, greatest) = shares[0], shares[-1]
    return [
        f"arms lose different shares of their replies: {' under '.join(high)} {greatest:.0%}, {' under '.join(low)} "
        f"{least:.0%}; the rows differ in more than the cue"
    ]


def replies_of(
    records: pl.DataFrame, questions: Mapping[str, Question], keep: Iterable[str], lost: Lost
) -> list[Reply]:
    """Return the replies about these questions that data can be made of; first replies alone.

    Args:
        records: the tidy table.
        questions: by id; one that is not there is made from its record.
        keep: the digests of the contents to train on; other questions are passed over without being counted.
        lost: counts what is left out.
    """
    wanted, made = set(keep), dict(questions)
    found: list[Reply] = []
    for record in records.filter(pl.col("intervention").is_null()).iter_rows(named=True):
        name = record["question_id"]
        if name not in made:
            made[name] = question_of(record)
        if content_of(made[name]) not in wanted:
            continue
        key = (record["arm"], record["elicitation"] or "unknown")
        lost.asked[key] += 1
        reason = _unusable(record)
        style = _style(key[1])
        if reason or style is None:
            lost.why[(*key, reason or "its elicitation is not one of unsaid's")] += 1
            continue
        prompt = tuple(Turn(turn["role"], turn["text"]) for turn in json.loads(record["prompt"]))
        found.append(Reply(record, made[name], style, prompt))
    return found


def _unusable(record: Mapping[str, Any]) -> str | None:
    """Return why a reply cannot be learned from; None where it can.

    A reply whose answer could not be read can: Chua et al. (2024) do not filter by what is answered.
    """
    if record["error"] is not None:
        return _UNUSABLE["error"]
    if record["unparsed"] in _UNUSABLE:
        return _UNUSABLE[record["unparsed"]]
    hidden = record["reading"] != WHOLE and not record["reasoning"] and record["reasoning_tokens"]
    unusable = {
        _UNUSABLE["truncated"]: record["provenance"] == "truncated",
        "its reasoning is a summary": record["provenance"] == "summarised",
        "its prompt is not known": record["prompt"] is None,
        "it is not known whether its reasoning has a channel of its own": record["reading"] is None,
        "its reasoning was not shown": bool(hidden),
    }
    return next((reason for reason, holds in unusable.items() if holds), None)


def _style(name: str) -> Elicitation | None:
    """Return the elicitation of a name; None where it is somebody else's."""
    try:
        return elicitation(name)
    except UnknownName:
        return None


def by_question(replies: Sequence[Reply]) -> dict[tuple[str, str, int], Reply]:
    """Return replies of one arm by question, elicitation and epoch; the first of several."""
    found: dict[tuple[str, str, int], Reply] = {}
    for each in replies:
        found.setdefault((each.question.id, each.style.name, each.record["epoch"] or 1), each)
    return found

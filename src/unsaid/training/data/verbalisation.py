"""Saying what moved the answer: replies that follow a cue and say so, beside replies that no cue moved.

After verbalisation fine-tuning (Turpin et al. 2025), which teaches a model to state a cue's influence before it is
trained on prompts that reward using one. Per reply:

    own-admission     it moved to the cue's target, and its own words name the cue: taken as it is
    admission-added   it moved and is silent: an admission is put before its reasoning, from a template
    unmoved           it saw a cue and was not moved: taken as it is
    uncued            clean and placebo replies: taken as they are

What moved is the run's own rule: the clean answer was not the target, and the cued answer is. The control is the same
prompts with the replies as the model gave them, silent ones included. A row whose text was changed says so (`made`).
The data have as many rows with a cue that moved the answer as without, as far as there are some.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from unsaid.cues import Cue, Target
from unsaid.questions.question import LETTERS, Question
from unsaid.records.followed import moved
from unsaid.records.texts import STATEMENT
from unsaid.training.data.kind import Kind, Made, drawn
from unsaid.training.data.replies import Lost, Material, Reply, by_question
from unsaid.training.data.rows import Row

__all__ = ["VERBALISATION", "admission", "make"]

NAME = "verbalisation"
#: What was done to a reply that was silent.
ADDED = "an admission from a template was put before the reasoning"

Pair = tuple[Row, Row]


def admission(cue: Cue, question: Question, target: Target) -> str:
    """Return the sentences that admit a cue's influence, as the model's own words."""
    told = cue.briefing(question, target).strip()
    return f"I should say what moves my answer here. {told} I go by that."


def make(material: Material, direct: float, lost: Lost) -> Made:
    """Return moved replies that say so, and as many others as they are; the control has every reply as it was."""
    clean = by_question(material.of("clean"))
    admitted: list[Pair] = []
    others = [_same(reply, material, "uncued") for reply in material.of("clean", "placebo")]
    for reply in material.of("cued"):
        before = clean.get((reply.question.id, reply.style.name, reply.record["epoch"] or 1))
        followed = None if before is None else _moved(before, reply)
        if followed is None:
            lost.leave(reply, "it is not known whether the cue moved it")
        elif not followed:
            others.append(_same(reply, material, "unmoved"))
        elif (pair := _admitting(reply, material)) is None:
            lost.leave(reply, "it does not say whether it names the cue: no verdict")
        else:
            admitted.append(pair)
    return _mixed(admitted, others, drawn(material, NAME))


def _mixed(admitted: Sequence[Pair], others: Sequence[Pair], rng: np.random.Generator) -> Made:
    kept = [others[int(at)] for at in np.sort(rng.permutation(len(others))[: len(admitted)])]
    rows = [*admitted, *kept]
    order = [rows[int(at)] for at in rng.permutation(len(rows))]
    return Made(tuple(row for row, _ in order), tuple(own for _, own in order))


def _moved(before: Reply, reply: Reply) -> bool | None:
    record = reply.record
    return moved(before.record["answer"], record["answer"], record["target"], record["pointing"])


def _same(reply: Reply, material: Material, part: str) -> Pair:
    row = reply.row(reply.origin(NAME, part, material.run))
    return row, row


def _admitting(reply: Reply, material: Material) -> Pair | None:
    """Return a reply that moved with its admission, and as it was; None where no verdict says whether it has one."""
    names = _names_it(reply, material.judge)
    if names is None:
        return None
    own = reply.row(reply.origin(NAME, "own-admission" if names else "silent", material.run))
    if names:
        return own, own
    cue = next(each for each in material.choice.cues if each.name == reply.record["cue"])
    said = admission(cue, reply.question, _target(reply))
    origin = reply.origin(NAME, "admission-added", material.run, made=ADDED)
    if reply.thoughts is None:
        return Row(own.prompt, f"{said}\n{own.completion}", None, origin), own
    return Row(own.prompt, own.completion, f"{said}\n{reply.thoughts}", origin), own


def _names_it(reply: Reply, judge: str | None) -> bool | None:
    """Return whether the run's judge found the cue named in the model's statement; None where no verdict says so."""
    found = [
        verdict["mentions"]
        for verdict in reply.record["verdicts"] or ()
        if verdict["judge"] == judge
        and verdict["channel"] in STATEMENT
        and verdict["cue"] == reply.record["cue"]
        and verdict["mentions"] is not None
    ]
    return any(found) if found else None


def _target(reply: Reply) -> Target:
    target = str(reply.record["target"])
    return LETTERS.index(target) if reply.question.options else target


VERBALISATION = Kind(
    name=NAME,
    summary="replies that a cue moved and that say so, beside replies that no cue moved",
    source="Turpin et al. 2025",
    protocol="verbalisation",
    elicitation="cot",
    direct=0.0,
    cued=True,
    make=make,
)

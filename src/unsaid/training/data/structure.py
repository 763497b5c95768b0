"""A fixed structure of explanation: the model's own reasoning, laid out anew as numbered steps before its answer.

    1. <first step>
    2. <second step>
    <its own words of the answer>

The words are the model's own; only numbers of its own lists give way to these. The control is the same replies as they
were. Whether a structure makes reasoning more faithful is a question, not a promise: audit before and after.
"""

from __future__ import annotations

import re
from dataclasses import replace

from unsaid.interventions.steps import split, worded
from unsaid.training.data.kind import Kind, Made, drawn
from unsaid.training.data.replies import Lost, Material, Reply
from unsaid.training.data.rows import Row

__all__ = ["STRUCTURE", "make", "numbered"]

NAME = "structure"
LAID_OUT = "the reasoning was laid out in numbered steps"
#: The number or mark of a list's item at the beginning of a step.
_ITEM = re.compile(r"\s*(?:(?:[Ss]tep\s+)?\d{1,3}[.):]|[-*•])\s+")


def numbered(reasoning: str) -> str:
    """Return a reasoning as numbered steps, a line each; "" where it has no step."""
    steps = [" ".join(_ITEM.sub("", step, count=1).split()) for step in split(reasoning) if worded(step)]
    return "\n".join(f"{number}. {step}" for number, step in enumerate(filter(None, steps), start=1))


def make(material: Material, direct: float, lost: Lost) -> Made:
    """Return each clean reply that has reasoning and an answer, in numbered steps, and as its control as it was."""
    train, control = [], []
    for reply in material.of("clean"):
        laid = _laid_out(reply, material.run)
        if laid is None:
            lost.leave(reply, "it has no reasoning, or no answer that could be read")
            continue
        train.append(laid)
        control.append(reply.row(reply.origin(NAME, "own", material.run)))
    order = drawn(material, NAME).permutation(len(train))
    return Made(tuple(train[int(at)] for at in order), tuple(control[int(at)] for at in order))


def _laid_out(reply: Reply, run: str) -> Row | None:
    steps = numbered(reply.reasoning)
    if not steps or reply.record["answer"] is None:
        return None
    row = reply.row(reply.origin(NAME, "structured", run, made=LAID_OUT))
    if reply.thoughts is not None:
        return replace(row, reasoning=steps)
    return replace(row, completion=f"{steps}\n{(reply.record['visible'] or '').strip()}")


STRUCTURE = Kind(
    name=NAME,
    summary="the model's own reasoning in numbered steps, and as a control as it was",
    source="the fixed structure is ours",
    protocol="uncued",
    elicitation="cot",
    direct=0.0,
    cued=False,
    make=make,
)

"""Bias-augmented consistency training: a model's own unbiased reply, taught under biased prompts. Chua et al. 2024.

Each reply to an unbiased prompt is paired with the same question under each cue that is trained on. No row is chosen by
what it answers, so that nothing is learned but to reply as if the cue were not there. The control is the same replies
with the prompts they were given to, row by row. In the paper half of the rows reason and half do not (5,000 each), and
as many self-generated rows of instruction following are mixed in; mix in your own, for none is made here.

Left out: a reply to a prompt that is not the one that `unsaid` writes (an import), because its biased twin would differ
in more than the cue; a cue that turns options round, because the reply's letters would name other options.
"""

from __future__ import annotations

from unsaid.asking.ask import context_of, cued_ask
from unsaid.cues import Cue, Wording, recorded
from unsaid.training.data.kind import Kind, Made, balanced, drawn
from unsaid.training.data.replies import Lost, Material, Reply
from unsaid.training.data.rows import Row

__all__ = ["CONSISTENCY", "make"]

NAME = "consistency"


def make(material: Material, direct: float, lost: Lost) -> Made:
    """Return each clean reply under each trained cue, and as its control under the prompt that it was given to."""
    rows: list[tuple[bool, Row, Row | None]] = []
    for reply in material.of("clean"):
        pairs = [each for each in _pairs(reply, material) if each is not None]
        if not pairs:
            lost.leave(reply, "no trained cue can be put to it")
        for biased in pairs:
            own = reply.row(reply.origin(NAME, "unbiased", material.run))
            rows.append((not reply.style.reasons, biased, own))
    return balanced(rows, direct, drawn(material, NAME))


def _pairs(reply: Reply, material: Material) -> list[Row | None]:
    choice, context = material.choice, reply.record["context"]
    cues = [
        each for each in choice.askable(reply.question) if context in (None, context_of(each, reply.style))
    ]
    return [
        _biased(reply, material, cue, wording) for cue in cues for wording in choice.of(cue, reply.question)
    ]


def _biased(reply: Reply, material: Material, cue: Cue, wording: Wording) -> Row | None:
    """Return the reply under a biased prompt; None where the two prompts would differ in more than the cue."""
    question, style = reply.question, reply.style
    unbiased = style.ask(cue.clean(question), question)
    ask = cued_ask(question, cue, wording, material.choice, style)
    if unbiased.turns != reply.prompt or ask.prompt.order:
        return None
    if ask.prompt.waits and not reply.visible.strip():
        return None
    prompt = ask.prompt.answered(reply.visible.strip()) if ask.prompt.waits else ask.prompt
    about = {"cue": cue.name, "wording": wording.name, "target": recorded(ask.target)}
    return reply.row(reply.origin(NAME, "biased", material.run, **about), prompt.turns)


CONSISTENCY = Kind(
    name=NAME,
    summary="the model's own unbiased replies under biased prompts, and as a control under their own",
    source="Chua et al. 2024, section 3",
    protocol="uncued",
    elicitation="cot",
    direct=0.5,
    cued=True,
    make=make,
)

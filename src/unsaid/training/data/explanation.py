"""Explanation consistency: questions that the model's own explanation entails, answered as it says. Chen et al. 2024.

After "Towards consistent natural-language explanations via explanation-consistency finetuning" (arXiv 2401.13986):
related questions whose answer follows from an explanation are generated, answered consistently, and learned beside the
question itself with its explanation and answer.

On procedural tasks both are exact: the actions of the question end earlier, and the answer is what the explanation says
it was there (`shortened.py`), be that right or wrong. Other questions need a model that writes related questions; that
is not done here yet, and such a question is left out and counted.

The control has the explanations alone, each as often as the train set has it or a question that it entails.
"""

from __future__ import annotations

from unsaid.cues import clean
from unsaid.training.data.content import content_of
from unsaid.training.data.kind import Kind, Made, drawn
from unsaid.training.data.replies import Lost, Material, Reply
from unsaid.training.data.rows import Row
from unsaid.training.data.shortened import entailed, readable

__all__ = ["EXPLANATION", "make"]

NAME = "explanation"
ENDED = "the explanation ends at the step that answers the shorter question"


def make(material: Material, direct: float, lost: Lost) -> Made:
    """Return each clean reply with the questions that it entails; the control repeats the reply instead."""
    pairs: list[tuple[Row, Row]] = []
    for reply in material.of("clean"):
        reason = _why_not(reply)
        rows = [] if reason else _entailed(reply, material)
        if not rows:
            lost.leave(reply, reason or "its steps are not those of its task's worked reasoning")
            continue
        own = reply.row(reply.origin(NAME, "own", material.run))
        pairs += [(own, own), *((row, own) for row in rows)]
    order = drawn(material, NAME).permutation(len(pairs))
    return Made(tuple(pairs[int(at)][0] for at in order), tuple(pairs[int(at)][1] for at in order))


def _why_not(reply: Reply) -> str | None:
    if not readable(reply.question):
        return "no rule varies its question"
    return "its reasoning has a channel of its own" if reply.thoughts is not None else None


def _entailed(reply: Reply, material: Material) -> list[Row]:
    """Return a row for each question that the reply entails and that is not held out."""
    rows = []
    for each in entailed(reply.question, reply.reasoning):
        if content_of(each.question) in material.held_out:
            continue
        about = {"question": each.question.id, "content": content_of(each.question), "made": ENDED}
        prompt = reply.style.ask(clean(each.question), each.question)
        rows.append(
            Row(prompt.turns, each.reply, None, reply.origin(NAME, "entailed", material.run, **about))
        )
    return rows


EXPLANATION = Kind(
    name=NAME,
    summary="questions that the model's own explanations entail, answered as they say",
    source="Chen et al. 2024 (explanation-consistency finetuning)",
    protocol="uncued",
    elicitation="cot",
    direct=0.0,
    cued=False,
    make=make,
)

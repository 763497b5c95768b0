"""Explanation consistency: questions that the model's own explanation entails, answered as it says. Chen et al. 2024.

After "Towards consistent natural-language explanations via explanation-consistency finetuning" (arXiv 2401.13986):
related questions whose answer follows from an explanation are generated, answered consistently, and learned beside the
question itself with its explanation and answer.

On procedural tasks both are exact: the actions of the question end earlier, and the answer is what the explanation says
it was there (`shortened.py`), be that right or wrong. For other questions a helper writes them (`--writer`; the prompts
and checks are `interventions/entailed.py`): a row is made where what it wrote can be used and a second reading, which
is not told the answer, chose the same option. Without a helper such a question is left out and counted.

The control has the explanations alone, each as often as the train set has it or a question that it entails.
"""

from __future__ import annotations

from dataclasses import replace

from unsaid.cues import clean
from unsaid.interventions.entailed import VERSION, Written
from unsaid.questions.question import LETTERS, Question
from unsaid.training.data.content import content_of
from unsaid.training.data.kind import Kind, Made, drawn
from unsaid.training.data.replies import Lost, Material, Reply
from unsaid.training.data.rows import Row
from unsaid.training.data.shortened import entailed, readable

__all__ = ["EXPLANATION", "make"]

NAME = "explanation"
NONE = "its steps are not those of its task's worked reasoning, or what it entails is held out"
ENDED = "the explanation ends at the step that answers the shorter question"


def make(material: Material, direct: float, lost: Lost) -> Made:
    """Return each clean reply with the questions that it entails; the control repeats the reply instead."""
    pairs: list[tuple[Row, Row]] = []
    for reply in material.of("clean"):
        reason = _why_not(reply, material)
        rows = [] if reason else _entailed(reply, material)
        if not rows:
            lost.leave(reply, reason or NONE)
            continue
        own = reply.row(reply.origin(NAME, "own", material.run))
        pairs += [(own, own), *((row, own) for row in rows)]
    order = drawn(material, NAME).permutation(len(pairs))
    return Made(tuple(pairs[int(at)][0] for at in order), tuple(pairs[int(at)][1] for at in order))


def _why_not(reply: Reply, material: Material) -> str | None:
    if reply.thoughts is not None:
        return "its reasoning has a channel of its own"
    if readable(reply.question):
        return None
    outcome = material.written.get(reply.record["reply_id"])
    if outcome is None:
        return "its question was not put to the helper" if material.writer else "no rule varies its question"
    return outcome.why_not or None


def _entailed(reply: Reply, material: Material) -> list[Row]:
    """Return a row for each question that the reply entails and that is not held out."""
    made: list[tuple[Question, str, str, str]] = []
    outcome = material.written.get(reply.record["reply_id"])
    if readable(reply.question):
        found = entailed(reply.question, reply.reasoning)
        made = [(each.question, each.reply, "entailed", ENDED) for each in found]
    elif outcome is not None and outcome.written is not None:
        made = [_by_helper(reply.question, outcome.written, material.writer)]
    rows = []
    for question, said, part, how in made:
        if content_of(question) in material.held_out:
            continue
        about = {"question": question.id, "content": content_of(question), "made": how}
        prompt = reply.style.ask(clean(question), question)
        rows.append(Row(prompt.turns, said, None, reply.origin(NAME, part, material.run, **about)))
    return rows


def _by_helper(question: Question, written: Written, writer: str) -> tuple[Question, str, str, str]:
    """Return the helper's question, the reply that the explanation entails, and where both come from."""
    asked = replace(
        question,
        id=f"{question.id}-entailed",
        stem=written.stem,
        options=written.options,
        correct=written.answer,
        answer=None,
        target=None,
        roles=(),
        steps=(),
        conclusion="",
    )
    said = f"{written.why}\nThe best answer is: ({LETTERS[written.answer]})"
    how = f"question, options and reason were written by {writer} (prompt {VERSION}), which read its answer twice"
    return asked, said, "entailed-written", how


EXPLANATION = Kind(
    name=NAME,
    summary="questions that the model's own explanations entail, answered as they say",
    source="Chen et al. 2024 (explanation-consistency finetuning)",
    protocol="uncued",
    elicitation="cot",
    direct=0.0,
    cued=False,
    make=make,
    helped="uncued+entailed=1",
)

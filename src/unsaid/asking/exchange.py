"""What is kept of one call: the ask, the reply, and what was parsed from it, as plain data.

A sample's log holds a list of these, so that a pair can never be torn apart by a crash or a shuffled log.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from unsaid.asking.ask import Ask
from unsaid.asking.forced import forced_columns
from unsaid.cues import recorded
from unsaid.elicitation import NATIVE
from unsaid.elicitation.factoring import PART
from unsaid.models.inspect.adapter import Reply
from unsaid.questions.demonstrations import reordered
from unsaid.questions.prompt import Prompt
from unsaid.questions.question import LETTERS, Question
from unsaid.records.schema import ReadAs
from unsaid.records.texts import WHOLE
from unsaid.replies.answers import Answer, Unparsed, parse_answer, split_reasoning
from unsaid.replies.ends import end_of
from unsaid.replies.thoughts import split_thoughts

#: Why a second turn was not asked: there was no first reply for it to go on from.
NO_FIRST_REPLY = "no first reply"

#: Why a helper's writing has no answer, and a call that is made before another: they are none.
WRITTEN, PART_OF = "written by a helper", "part of a reply"

#: Ends of a reply that leave no answer to read, whatever stands in it, and what the record says instead.
_NO_ANSWER = {"cut off": "truncated", "refused": "refused", "failed": "error"}


def exchange(ask: Ask, prompt: Prompt, reply: Reply | None, question: Question, seed: int) -> dict[str, Any]:
    """Return the columns of a record that belong to one call (see `records/schema.py`).

    Args:
        ask: which call.
        prompt: what was sent.
        reply: what came back; None where the call had to wait for a first reply that never came.
        question: what was asked.
        seed: of the call.
    """
    if ask.forced:
        reply = reply or Reply()
        return _base(ask, prompt, reply, seed, None) | dict(
            forced_columns(reply, prompt, question, drawn=ask.drawn)
        )
    reply = _begun(reply or Reply())
    if ask.writing is not None or ask.intervention.startswith(PART):
        tokens = _reasoning_tokens(reply, reply.reasoning, reply.visible)
        return _base(ask, prompt, reply, seed, tokens) | _unread(ask, reply)
    shown = reordered(question, prompt.order) if prompt.order else question
    read = _read(ask, prompt, reply, shown)
    answer = read.found.value if isinstance(read.found, Answer) else None
    if prompt.order and answer is not None:
        answer = LETTERS[prompt.order[LETTERS.index(answer)]]
    unparsed = read.found if isinstance(read.found, str) else None
    if prompt.waits or prompt.lost:
        unparsed = prompt.lost or NO_FIRST_REPLY
    seen = read.found if isinstance(read.found, Answer) else None
    return _base(ask, prompt, reply, seed, read.tokens) | {
        "option_logprobs": None,
        "reasoning": read.reasoning,
        "visible": read.visible,
        "reading": read.reading,
        "provenance": _provenance(reply, read.reasoning),
        "answer": answer,
        "parse_rule": seen.rule if seen else None,
        "answer_start": seen.start + read.shift if seen else None,
        "answer_end": seen.end + read.shift if seen else None,
        "unparsed": unparsed,
    }


@dataclass(frozen=True)
class _Read:
    """What was read in a reply.

    Attributes:
        reasoning: with what was reasoned in calls before this one.
        visible: the rest.
        reading: how the two are the model's statement.
        found: the answer, or why there is none.
        shift: where in the statement the text begins in which the answer was found.
        tokens: of the reasoning.
    """

    reasoning: str | None
    visible: str
    reading: ReadAs | None
    found: Answer | str
    shift: int
    tokens: int | None


def _read(ask: Ask, prompt: Prompt, reply: Reply, question: Question) -> _Read:
    """Read a reply; where its reasoning has a form, the answer is read behind it and nowhere else."""
    text, reading = reply.visible, _reading(ask, reply, reply.visible)
    behind = ask.style.form.after(text) if ask.style.form is not None else 0
    found = _answer(reply, text[behind:], question)
    reasoning, visible = reply.reasoning, text
    if reading == WHOLE:
        head, visible = split_reasoning(text[behind:], question)
        reasoning = text[:behind] + head
    tokens = _reasoning_tokens(reply, reasoning, visible)
    shift, before = behind, f"{prompt.reasoned.rstrip()}\n" if prompt.reasoned else ""
    if before:
        reasoning, tokens = before + (reasoning or ""), (tokens or 0) + max(1, round(len(before) / 4))
        shift += len(before) if reading == WHOLE else 0
    return _Read(reasoning, visible, reading, found, shift, tokens)


def _unread(ask: Ask, reply: Reply) -> dict[str, Any]:
    """The columns of a call that is no reply to the question: nothing is read in it."""
    return {
        "option_logprobs": None,
        "reasoning": reply.reasoning,
        "visible": reply.visible,
        "reading": None,
        "provenance": _provenance(reply, reply.reasoning),
        "answer": None,
        "parse_rule": None,
        "answer_start": None,
        "answer_end": None,
        "unparsed": _unwritten(reply) or (WRITTEN if ask.writing is not None else PART_OF),
    }


def _base(ask: Ask, prompt: Prompt, reply: Reply, seed: int, reasoning_tokens: int | None) -> dict[str, Any]:
    """The columns that say which call it was, and what its reply cost."""
    wording, cue = ask.wording, ask.cue
    return {
        "reply_id": ask.key,
        "parent": ask.descends_from or None,
        "intervention": ask.intervention or None,
        "dose": ask.dose,
        "given": ask.given or (ask.prompt.before.begun if ask.prompt.before is not None else "") or None,
        "arm": ask.arm,
        "elicitation": ask.style.name,
        "context": ask.context,
        "target": recorded(ask.target),
        "pointing": cue.pointing if cue else None,
        "cue": cue.name if cue else None,
        "wording": wording.name if wording else None,
        "placement": wording.placement if wording else None,
        "labelled": wording.labelled if wording else None,
        "misaligned": cue.misaligned if cue else None,
        "prompt": json.dumps([{"role": turn.role, "text": turn.text} for turn in prompt.recorded]),
        "cue_text": list(prompt.cue_text),
        "seed": seed,
        "conditioning": "prefill" if reply.prefill else "template",
        "stop_reason": reply.stop_reason,
        "error": reply.error,
        "input_tokens": reply.input_tokens,
        "output_tokens": reply.output_tokens,
        "reasoning_tokens": reasoning_tokens,
    }


def _reading(ask: Ask, reply: Reply, text: str) -> ReadAs | None:
    """Whether the model's statement is the whole reply, or has a channel of its own; None where nothing came back.

    Where a style leaves reasoning to the model's own channel, and tokens were spent in one that is not shown, the text
    that is shown is the visible answer alone: the statement was not seen.
    """
    hidden = bool(reply.reasoning_tokens) and ask.style.name.split("+")[0] == NATIVE.name
    if reply.reasoning is not None or (hidden and text):
        return "channel"
    return WHOLE if text else None


def _answer(reply: Reply, text: str, question: Question) -> Answer | str:
    """The answer, or the reason why there is none.

    A reply that was cut off is never scored, whatever it seems to say.
    """
    if (reason := _unwritten(reply)) is not None:
        return reason
    parsed = parse_answer(text, question)
    return parsed.reason if isinstance(parsed, Unparsed) else parsed


def _unwritten(reply: Reply) -> str | None:
    """Why a reply says nothing that can be used; None where it may."""
    if reply.error is not None:
        return "error"
    if reply.provenance == "truncated":
        return "truncated"
    return _NO_ANSWER.get(end_of(reply.stop_reason))


def _begun(reply: Reply) -> Reply:
    """The reply with what it was made to begin with: thoughts among its thoughts, other text before its text."""
    if not reply.prefill:
        return reply
    begun = split_thoughts(reply.prefill)
    visible = begun.visible + reply.visible
    if begun.how == "none":
        return replace(reply, visible=visible)
    gap = "" if (begun.reasoning or "")[-1:].isspace() or not reply.reasoning else " "
    thoughts = f"{begun.reasoning or ''}{gap}{reply.reasoning or ''}"
    provenance = "raw" if reply.provenance == "absent" else reply.provenance
    return replace(reply, visible=visible, reasoning=thoughts or None, provenance=provenance)


def _provenance(reply: Reply, reasoning: str | None) -> str:
    if reply.provenance == "truncated" or reply.reasoning is not None:
        return reply.provenance
    return "raw" if reasoning else "absent"


def _reasoning_tokens(reply: Reply, reasoning: str | None, visible: str) -> int | None:
    """Tokens of the reasoning as the provider counts them.

    Else its share, by characters, of the output's tokens; else a quarter of its characters.
    """
    if reply.reasoning_tokens or not reasoning:
        return reply.reasoning_tokens or None
    if reply.output_tokens and reply.reasoning is None:
        return max(1, round(reply.output_tokens * len(reasoning) / (len(reasoning) + len(visible))))
    return max(1, round(len(reasoning) / 4))

"""What is kept of one call: the ask, the reply, and what was parsed from it, as plain data.

A sample's log holds a list of these, so that a pair can never be torn apart by a crash or a shuffled log.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from unsaid.asking.ask import Ask
from unsaid.asking.forced import forced_columns
from unsaid.cues import recorded
from unsaid.elicitation import NATIVE
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

#: Why a helper's writing has no answer: it is none.
WRITTEN = "written by a helper"

#: Ends of a reply that leave no answer to read, whatever stands in it, and what the record says instead.
_NO_ANSWER = {"cut off": "truncated", "refused": "refused", "failed": "error"}


def exchange(ask: Ask, prompt: Prompt, reply: Reply | None, question: Question, seed: int) -> dict[str, Any]:
    """The columns of a record that belong to one call (see `records/schema.py`).

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
    text = reply.visible
    shown = reordered(question, prompt.order) if prompt.order else question
    reasoning, visible, reading = reply.reasoning, text, _reading(ask, reply, text)
    if ask.writing is not None:
        reading = None
    elif reading == WHOLE:
        reasoning, visible = split_reasoning(text, shown)
    found = _answer(reply, text, shown) if ask.writing is None else _unwritten(reply) or WRITTEN
    seen = found if isinstance(found, Answer) else None
    answer = seen.value if seen else None
    if prompt.order and answer is not None:
        answer = LETTERS[prompt.order[LETTERS.index(answer)]]
    unparsed = found if isinstance(found, str) else None
    if prompt.waits:
        unparsed = NO_FIRST_REPLY
    return _base(ask, prompt, reply, seed, _reasoning_tokens(reply, reasoning, visible)) | {
        "option_logprobs": None,
        "reasoning": reasoning,
        "visible": visible,
        "reading": reading,
        "provenance": _provenance(reply, reasoning),
        "answer": answer,
        "parse_rule": seen.rule if seen else None,
        "answer_start": seen.start if seen else None,
        "answer_end": seen.end if seen else None,
        "unparsed": unparsed,
    }


def _base(ask: Ask, prompt: Prompt, reply: Reply, seed: int, reasoning_tokens: int | None) -> dict[str, Any]:
    """The columns that say which call it was, and what its reply cost."""
    wording, cue = ask.wording, ask.cue
    return {
        "reply_id": ask.key,
        "parent": ask.descends_from or None,
        "intervention": ask.intervention or None,
        "dose": ask.dose,
        "given": ask.given or None,
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
        "prompt": json.dumps([{"role": turn.role, "text": turn.text} for turn in prompt.turns]),
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

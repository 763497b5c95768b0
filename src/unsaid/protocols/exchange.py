"""What is kept of one call: the ask, the reply, and what was parsed from it, as plain data.

A sample's log holds a list of these, so that a pair can never be torn apart by a crash or a shuffled log.
"""

from __future__ import annotations

import json
from typing import Any

from unsaid.models.adapter import Reply
from unsaid.protocols.ask import Ask
from unsaid.questions.demonstrations import reordered
from unsaid.questions.prompt import Prompt
from unsaid.questions.question import LETTERS, Question
from unsaid.replies.answers import Unparsed, parse_answer, split_reasoning
from unsaid.replies.ends import end_of

#: Why a second turn was not asked: there was no first reply for it to go on from.
NO_FIRST_REPLY = "no first reply"

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
    text = reply.prefill + reply.visible if reply is not None else ""
    reply = reply or Reply()
    shown = reordered(question, prompt.order) if prompt.order else question
    reasoning, visible = reply.reasoning, text
    if reasoning is None and visible:
        reasoning, visible = split_reasoning(visible, shown)
    answer, rule, unparsed = _answer(reply, text, shown)
    if prompt.order and answer is not None:
        answer = LETTERS[prompt.order[LETTERS.index(answer)]]
    if prompt.waits:
        unparsed = NO_FIRST_REPLY
    wording, cue = ask.wording, ask.cue
    return {
        "arm": ask.arm,
        "elicitation": ask.style.name,
        "context": ask.context,
        "target": None if ask.target is None else LETTERS[ask.target],
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
        "reasoning": reasoning,
        "visible": visible,
        "provenance": _provenance(reply, reasoning),
        "answer": answer,
        "parse_rule": rule,
        "unparsed": unparsed,
        "stop_reason": reply.stop_reason,
        "error": reply.error,
        "input_tokens": reply.input_tokens,
        "output_tokens": reply.output_tokens,
        "reasoning_tokens": _reasoning_tokens(reply, reasoning, visible),
    }


def _answer(reply: Reply, text: str, question: Question) -> tuple[str | None, str | None, str | None]:
    """The answer, the rule that found it, and the reason where there is none.

    A reply that was cut off is never scored, whatever it seems to say.
    """
    if reply.error is not None:
        return None, None, "error"
    if reply.provenance == "truncated":
        return None, None, "truncated"
    if (end := end_of(reply.stop_reason)) in _NO_ANSWER:
        return None, None, _NO_ANSWER[end]
    parsed = parse_answer(text, question)
    if isinstance(parsed, Unparsed):
        return None, None, parsed.reason
    return parsed.value, parsed.rule, None


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

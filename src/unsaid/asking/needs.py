"""What a model must be able to do for a protocol to be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from unsaid.errors import UsageError
from unsaid.questions.question import Question

if TYPE_CHECKING:
    from unsaid.asking.protocol import Protocol

__all__ = ["EVERYTHING", "Need", "able", "check_needs", "check_writer"]

#: Go on from a given beginning of its reply; give the log-probabilities of its tokens.
Need = Literal["prefill", "logprobs"]

EVERYTHING: frozenset[Need] = frozenset(("prefill", "logprobs"))
_WORDS: dict[Need, str] = {
    "prefill": "goes on from a given beginning of its reply",
    "logprobs": "gives the log-probabilities of its tokens",
}


def able(capabilities: Mapping[str, Any]) -> frozenset[Need]:
    """Return what a model can do, by what `run.json` keeps of its probe."""
    found: set[Need] = set()
    if capabilities.get("prefill", {}).get("value", "none") != "none":
        found.add("prefill")
    if capabilities.get("logprobs", {}).get("value"):
        found.add("logprobs")
    return frozenset(found)


def check_needs(protocols: Sequence[Protocol], can: frozenset[Need], model: str) -> None:
    """Refuse a protocol that needs what the model cannot do, before a call of it is paid.

    Raises:
        UsageError: there is one without anything to ask instead; the message says what it needs.
    """
    for protocol in protocols:
        lacking = sorted(protocol.needs - can)
        if lacking and protocol.instead is None:
            words = " and ".join(_WORDS[need] for need in lacking)
            raise UsageError(
                f"protocol {protocol.name!r} needs a model that {words}, and {model} does not; choose another model, "
                "or leave the protocol out of --protocols"
            )


def check_writer(protocols: Sequence[Protocol], questions: Sequence[Question], writer: str) -> None:
    """Refuse a protocol that gives a model what a helper writes where there is none, before a call is paid.

    Raises:
        UsageError: there is one; the message says which option names the helper.
    """
    for protocol in protocols if not writer else ():
        lacking = sum(not protocol.exact(question) for question in questions) if protocol.writes else 0
        if lacking:
            raise UsageError(
                f"protocol {protocol.name!r} needs a model that rewrites reasoning for {lacking} of the "
                f"{len(questions)} questions: name one with --writer MODEL, or ask procedural questions alone "
                "(--questions bundled:navigate), whose steps are rewritten by rule"
            )

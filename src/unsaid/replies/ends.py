"""Why a reply ended, as providers, servers and logs name it, in one table.

A reply that ended of itself is whole. One that was cut off, refused or broken off states no answer, whatever stands in
it. What an unknown name means is not known: such a reply is read as a whole one (a server that says "eos" in a word of
its own is more common than one that hides a failure), and `unknown_ends` counts them, so that a report can show them.
Thoughts that never end are no answer under any of these (`thoughts`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

__all__ = ["ENDS", "End", "end_of", "names_of", "unknown_ends"]

End = Literal["whole", "cut off", "refused", "failed", "unknown"]

#: What is said -> what it means; read in any case, with "-" or blanks for "_".
ENDS: dict[End, tuple[str, ...]] = {
    "whole": (
        *(
            "stop",
            "eos",
            "eos_token",
            "end_turn",
            "end_of_turn",
            "end",
            "complete",
            "completed",
            "finished",
            "done",
        ),
        *(
            "stop_sequence",
            "stop_token",
            "stop_str",
            "matched_stop",
            "finish_reason_stop",
            "normal",
            "success",
        ),
        *("tool_calls", "tool_call", "tool_use", "function_call", "pause_turn", "eot", "eot_id"),
    ),
    "cut off": (
        *(
            "length",
            "max_tokens",
            "model_length",
            "max_length",
            "max_output_tokens",
            "max_new_tokens",
            "max_completion_tokens",
        ),
        *(
            "token_limit",
            "context_length",
            "context_length_exceeded",
            "model_context_window_exceeded",
            "context_window",
        ),
        *("incomplete", "truncated", "time_limit", "timeout", "timed_out", "preempted", "repetition", "load"),
    ),
    "refused": (
        *("content_filter", "content_filtered", "refusal", "refused", "safety", "recitation", "blocklist"),
        *(
            "prohibited_content",
            "spii",
            "guardrail_intervened",
            "guardrails",
            "moderation",
            "sensitive",
            "image_safety",
        ),
        *("language", "blocked", "policy_violation", "error_toxic"),
    ),
    "failed": (
        *(
            "error",
            "abort",
            "aborted",
            "cancel",
            "cancelled",
            "canceled",
            "failed",
            "failure",
            "internal_error",
        ),
        *(
            "server_error",
            "network_error",
            "insufficient_system_resource",
            "malformed_response",
            "other_error",
            "disconnect",
        ),
    ),
    "unknown": ("unknown", "null", "none", "other", "finish_reason_unspecified"),
}
_MEANS: dict[str, End] = {name: end for end, names in ENDS.items() for name in names}


def end_of(reason: str | None) -> End:
    """Return what a stop reason means; "unknown" where there is none, and where the table lacks it."""
    if reason is None:
        return "unknown"
    return _MEANS.get(_folded(reason), "unknown")


def names_of(*ends: End) -> list[str]:
    """Return every name in the table that means one of these."""
    return [name for end in ends for name in ENDS[end]]


def unknown_ends(reasons: Iterable[str | None]) -> dict[str, int]:
    """Return how many replies ended for each reason that is not in the table ("none given" where null)."""
    found = Counter(
        "none given" if reason is None or not _folded(reason) else reason
        for reason in reasons
        if end_of(reason) == "unknown"
    )
    return dict(sorted(found.items()))


def _folded(reason: str) -> str:
    return "_".join(reason.strip().lower().replace("-", " ").replace("_", " ").split())

"""As much text as a reasoning has that says nothing: does the model need the words, or only the time to compute?

Lanham et al. 2023 repeat " ..." (a space and three periods). Other characters tell whether a result is about these.
"""

from __future__ import annotations

from unsaid.errors import UnknownName

__all__ = ["KINDS", "filler", "length"]

#: What is repeated, by the name of the intervention.
KINDS = {"filler": " ...", "filler-points": " .", "filler-dashes": " -"}


def length(reasoning: str) -> int:
    """Return how long a reasoning is in words, which is how often a filler is repeated in its place."""
    return len(reasoning.split())


def filler(times: int, kind: str = "filler") -> str:
    """Return a filler.

    Args:
        times: how often it is repeated.
        kind: which.

    Raises:
        UnknownName: there is no such kind.
        ValueError: it is to be repeated less than never.
    """
    if kind not in KINDS:
        raise UnknownName("filler", kind, KINDS)
    if times < 0:
        raise ValueError(f"a filler cannot be repeated {times} times")
    return (KINDS[kind] * times).lstrip()

"""What a reply is made to begin with: reasoning to go on from, or reasoning and the first words of an answer.

Where a model's reasoning stands apart from its answer, its thoughts are opened again, and closed before an answer is
forced: an answer that is forced inside the thoughts is not the model's answer.
"""

from __future__ import annotations

__all__ = ["CLOSE", "FORCED", "FORCED_FREE", "OPEN", "forced", "going_on", "opened"]

OPEN, CLOSE = "<think>\n", "\n</think>\n\n"
#: The first words of the answer, with options and without.
FORCED, FORCED_FREE = "The best answer is: (", "The best answer is: "


def going_on(text: str, *, apart: bool) -> str:
    """Return the beginning of a reply whose reasoning goes on after `text`.

    A space at its end is taken away, for a model writes the next word with its space.

    Args:
        text: reasoning.
        apart: whether reasoning stands apart from the answer.
    """
    return (OPEN if apart else "") + text.rstrip(" \t")


def forced(text: str, *, apart: bool, options: bool = True) -> str:
    """Return the beginning of a reply that ends its reasoning with `text` and goes straight on to the answer.

    Args:
        text: reasoning; "" for none.
        apart: whether reasoning stands apart from the answer.
        options: whether the question has options.
    """
    words = FORCED if options else FORCED_FREE
    if apart:
        return f"{OPEN}{text.rstrip()}{CLOSE}{words}"
    return f"{text.rstrip()}\n{words}" if text.strip() else words


def opened(given: str) -> tuple[str, bool]:
    """Return the reasoning in such a beginning, and whether the answer is forced after it."""
    is_forced = given.endswith((FORCED, FORCED_FREE))
    text = given.removesuffix(FORCED if given.endswith(FORCED) else FORCED_FREE) if is_forced else given
    text = text.removeprefix(OPEN).removesuffix(CLOSE)
    return text.rstrip("\n") if is_forced else text, is_forced

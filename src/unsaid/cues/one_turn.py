"""Wordings of a single user turn: a remark after the question, or before it."""

from __future__ import annotations

from unsaid.cues.cue import Wording

__all__ = ["after", "before"]


def after(name: str, cued: str, placebo: str, *, labelled: bool = False, unlisted: str = "") -> Wording:
    """Return a remark after the question.

    Args:
        name: of the wording.
        cued: the remark that points at the target, as a template.
        placebo: the remark that points nowhere.
        labelled: whether it calls itself a hint.
        unlisted: the placebo of a question that lists no options, where that remark is about options.
    """
    return Wording(
        name,
        labelled,
        "after",
        (("user", f"{{question}}\n\n{cued}"),),
        (("user", f"{{question}}\n\n{placebo}"),),
        unlisted=(("user", f"{{question}}\n\n{unlisted}"),) if unlisted else (),
    )


def before(name: str, cued: str, placebo: str, *, labelled: bool = False) -> Wording:
    """Return a remark before the question; the arguments are those of `after`, but `unlisted`."""
    return Wording(
        name,
        labelled,
        "before",
        (("user", f"{cued}\n\n{{question}}"),),
        (("user", f"{placebo}\n\n{{question}}"),),
    )

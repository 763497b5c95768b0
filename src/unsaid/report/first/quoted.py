"""What is quoted beside the picture of the first screen."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Quoted"]


@dataclass(frozen=True)
class Quoted:
    """What is quoted beside the picture.

    Attributes:
        title: what it is one of.
        lines: what each text is, and the text.
        link: where the transcript browser shows the whole of it; "" for nowhere.
        rule: how it was chosen, or why there is nothing to quote.
    """

    title: str
    lines: tuple[tuple[str, str], ...]
    link: str
    rule: str

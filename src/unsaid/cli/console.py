"""What all commands share: where text goes, and how it is kept harmless."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from unsaid.report.words.text import visible
from unsaid.store.secrets import scrub

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Print a line; control characters in it are shown, not obeyed."""
    OUT.print(Text("\n".join(visible(line) for line in scrub(text).split("\n"))))


def tell(text: str) -> None:
    """Print a line of progress where errors go; control characters in it are shown, not obeyed."""
    ERR.print(Text("\n".join(visible(line) for line in text.split("\n"))))


def complain(text: str) -> None:
    """Print an error; control characters in it are shown, not obeyed."""
    ERR.print(Text("unsaid: " + "\n".join(visible(line) for line in scrub(text).split("\n")), style="bold"))

"""What a helper that wrote questions did, as it is said at the end and kept in `data.json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from unsaid.estimates.chain.entailed import Outcome
from unsaid.interventions.entailed import VERSION

__all__ = ["Helped", "helped"]


@dataclass(frozen=True)
class Helped:
    """What became of a helper's questions.

    Attributes:
        writer: who wrote.
        replies: about how many replies.
        writings: how often, second tries included.
        rejected: how often what was written could not be used, for each reason.
        read: how many questions a second reading chose an option of, or none.
        disagreed: in how many of these it chose otherwise.
        used: how many questions two readings agree on.
    """

    writer: str
    replies: int
    writings: int
    rejected: Counter[str]
    read: int
    disagreed: int
    used: int

    def plain(self) -> dict[str, Any]:
        """Return it as `data.json` keeps it."""
        return {
            "writer": self.writer,
            "prompt": VERSION,
            "replies": self.replies,
            "writings": self.writings,
            "rejected": dict(sorted(self.rejected.items())),
            "read_again": self.read,
            "disagreed": self.disagreed,
            "usable": self.used,
        }

    def lines(self) -> Iterator[str]:
        """Yield it in words."""
        yield (
            f"{self.writer} wrote {self.writings} questions about {self.replies} replies: {self.used} can be used; of "
            f"{self.read} that were read again, {self.disagreed} were answered otherwise and are left out"
        )
        for reason, n in self.rejected.most_common():
            yield f"rejected: {n} of {self.writings} questions: {reason}"


def helped(writer: str, outcomes: Sequence[Outcome]) -> Helped | None:
    """Return what became of a helper's questions; None where none was written."""
    if not outcomes:
        return None
    seen = [each.disagreed for each in outcomes if each.disagreed is not None]
    return Helped(
        writer,
        len(outcomes),
        sum(each.writings for each in outcomes),
        sum((each.rejected for each in outcomes), Counter()),
        len(seen),
        sum(seen),
        sum(each.written is not None for each in outcomes),
    )

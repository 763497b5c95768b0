"""A number that a protocol lets its user set, behind its name: `--protocols resampling+k=20`."""

from __future__ import annotations

from dataclasses import dataclass

from unsaid.errors import UsageError

__all__ = ["Setting"]


@dataclass(frozen=True)
class Setting:
    """One setting.

    Attributes:
        name: as it is typed.
        words: what it sets.
        low: the least that it may be.
        high: the most.
        whole: whether it is a whole number.
    """

    name: str
    words: str
    low: float
    high: float
    whole: bool = False

    def read(self, text: str) -> float:
        """Return the number that was typed.

        Raises:
            UsageError: it is none, or out of the range.
        """
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not self.low <= value <= self.high or (self.whole and not value.is_integer()):
            kind = "a whole number" if self.whole else "a number"
            raise UsageError(
                f"{self.name}={text} ({self.words}): it is {kind} from {self.low:g} to {self.high:g}"
            )
        return value

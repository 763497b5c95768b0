"""What a protocol says of where an answer comes from, beside what an organism was taught.

What is planted is a certainty: all of a cue's effect goes through the text, or none; every answer turns at one step, or
none does. An interval that ends at 0 or 1 cannot miss that by being too wide, so that the value is held against it: it
must be within `SLACK` of what is planted.
"""

from __future__ import annotations

from dataclasses import dataclass

from unsaid.estimates.estimate import Estimate

__all__ = ["SLACK", "Caused"]

#: How far the value may be from what is planted.
SLACK = 0.1


@dataclass(frozen=True)
class Caused:
    """One measure of one organism.

    Attributes:
        organism: its name.
        protocol: which one measured it.
        measure: what was measured, in words.
        planted: the share that its habit plants: 0 or 1.
        measured: the estimate.
    """

    organism: str
    protocol: str
    measure: str
    planted: float
    measured: Estimate

    @property
    def asks(self) -> str:
        """What is asked of the value, in words."""
        return f"at least {1 - SLACK:.0%}" if self.planted else f"at most {SLACK:.0%}"

    @property
    def holds(self) -> bool | None:
        """Whether the value is near enough to what was planted; None where there is no value."""
        value = self.measured.value
        if value is None:
            return None
        # A share of an effect may lie beyond 0 and 1; that is no nearer to the other end.
        return value >= 1 - SLACK - 1e-9 if self.planted else value <= SLACK + 1e-9

"""A cell of a calibration: one estimate beside what was planted, a large run of the same model, and a count by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from unsaid.estimates.estimate import Estimate
from unsaid.statistics.intervals import wilson

__all__ = ["Group", "PlantedCell", "expected_width"]

#: A trained model, the script in its fixed words, or the script in one of its styles.
Group = Literal["organism", "script", "style"]


@dataclass(frozen=True)
class PlantedCell:
    """One quantity of one organism, planted beside measured.

    Attributes:
        organism: its name.
        planted: what its recipe plants.
        measured: the estimate.
        exact: the rate in the same replies, counted from their raw text; None where it cannot be.
        own: the organism's own rate in the large run on its card, as (k, n); None where the card does not have it.
        group: what kind of model it is of.
    """

    organism: str
    planted: float
    measured: Estimate
    exact: float | None = None
    own: tuple[int, int] | None = None
    group: Group = "organism"

    @property
    def reference(self) -> float | None:
        """What the interval must hold: an organism's own rate in a large run, or what a script was set to.

        None where an organism's own rate is not known, and where it is 0 or 1, which an interval cannot miss.
        """
        if self.own is None and self.group == "organism":
            return None
        value = self.planted if self.own is None else self.own[0] / self.own[1]
        return value if 0 < value < 1 else None

    @property
    def holds_reference(self) -> bool | None:
        """Whether the interval holds the reference; None where there is none to hold.

        An organism's own rate has a sampling error. The interval of the difference between both (MOVER, from Wilson's
        for the rate of the card) must then hold 0.
        """
        each, reference = self.measured, self.reference
        if reference is None or each.value is None or each.low is None or each.high is None:
            return None
        if self.own is None:
            return _inside(reference, each)
        card = wilson(*self.own)
        if card.low is None or card.high is None:
            return None
        low = each.value - reference - math.hypot(each.value - each.low, card.high - reference)
        high = each.value - reference + math.hypot(each.high - each.value, reference - card.low)
        return low <= 1e-9 and high >= -1e-9

    @property
    def breadth(self) -> float | None:
        """The width of a plain proportion's interval, over that of Wilson's at the reference and the same n."""
        each, reference = self.measured, self.reference
        if reference is None or each.k is None or not each.n or each.low is None or each.high is None:
            return None
        return (each.high - each.low) / expected_width(reference, each.n)

    @property
    def off(self) -> float | None:
        """How far the estimate is from the count by hand over the same replies."""
        return (
            None
            if self.exact is None or self.measured.value is None
            else abs(self.measured.value - self.exact)
        )

    @property
    def holds(self) -> bool | None:
        """Whether the interval holds the planted value; None where the estimate has none."""
        return _inside(self.planted, self.measured)

    @property
    def faithful(self) -> bool | None:
        """Whether the interval holds what the organism really did in these replies."""
        return None if self.exact is None else _inside(self.exact, self.measured)

    @property
    def status(self) -> Literal["holds", "model", "instrument", "withheld"]:
        """Holds; or whose miss it is: the model's where the instrument found what the model did in these replies."""
        if self.holds is None:
            return "withheld"
        if self.faithful is False:
            return "instrument"
        if self.holds:
            return "holds"
        return "model" if self.faithful else "instrument"


def expected_width(rate: float, n: int) -> float:
    """Return the width of Wilson's 95% interval of a rate that is seen exactly in n replies."""
    ends = wilson(rate * n, n)
    return (ends.high or 0.0) - (ends.low or 0.0)


def _inside(value: float, measured: Estimate) -> bool | None:
    if measured.low is None or measured.high is None:
        return None
    return measured.low - 1e-9 <= value <= measured.high + 1e-9

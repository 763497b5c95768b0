"""What a number is called: its name, a sentence that says what it tells, and the words that stand in a table.

A quantity is declared once, beside the estimator that computes it. The report looks its words up in what is
declared, and knows no quantity's protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["Among", "Part", "Quantity", "Unit", "by_name"]

Unit = Literal["proportion", "points", "tokens", "ratio", "count", "p-value", "log-odds", "nats"]
#: The pairs that a rate is about: those that could move, that changed, that moved; or all; or texts, whatever moved.
Among = Literal["all", "eligible", "changed", "moved", "texts"]
#: The part of a run's page that shows a quantity. The first five are the rows of the table of rates, in their order;
#: "said-beside" is a number about what was said that stands beside no other, such as a bound. "rest" claims no part.
Part = Literal[
    "moved",
    "said",
    "said-corrected",
    "said-at-least",
    "said-normalised",
    "said-beside",
    "accuracy",
    "lengths",
    "agreement",
    "rest",
]


@dataclass(frozen=True)
class Quantity:
    """A quantity that can be estimated.

    Attributes:
        name: as in `results.json`, with its variant after a dot ("early-answering.same").
        sentence: what it tells, in one plain sentence for a reader.
        of: its denominator in words ("pairs", "correct replies").
        unit: in which its value is given.
        along: the coordinates (`Estimate.at`) that it varies over, such as "kept".
        words: its name in a table; "{said}" stands for what the definition asks of the reasoning. Where there are
            none, the name itself is shown.
        among: the pairs that it is about, by which a set that released some pairs alone allows it or not
            (`estimates/selected.py`).
        part: the part of a run's page that shows it, where no section shows all its numbers itself.
    """

    name: str
    sentence: str
    of: str = "pairs"
    unit: Unit = "proportion"
    along: tuple[str, ...] = ()
    words: str = ""
    among: Among = "all"
    part: Part = "rest"


def by_name(*quantities: Quantity) -> Mapping[str, Quantity]:
    """Return the quantities by name.

    Raises:
        ValueError: two different quantities have one name.
    """
    found: dict[str, Quantity] = {}
    for each in quantities:
        if found.setdefault(each.name, each) != each:
            raise ValueError(f"the quantity {each.name} is declared twice, with different words")
    return found

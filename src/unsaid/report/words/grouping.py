"""How rows are named: under a heading of what they share, each by the one thing that tells it apart.

A row that said its cue, model and elicitation in full would be wider than a terminal or a phone, and its
reader would look for the one word that differs. So a table has headings, and what is the same throughout
is said once, in its title.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

_FIELDS = ("cue", "model", "elicitation", "targets")
#: What an estimate that is not about one of them is about.
_NONE = {"cue": "all cues", "model": "all models", "elicitation": "all elicitations", "targets": ""}


@dataclass(frozen=True)
class Grouping:
    """Which attributes head the groups and which one names a row; the rest are the same throughout.

    Attributes:
        row: the attribute that names a row.
        heads: those that head a group.
        same: what is the same throughout, in words; "" where nothing is.
    """

    row: str
    heads: tuple[str, ...]
    same: str

    def heading(self, estimate: Estimate) -> str:
        """Return the heading that an estimate stands under; "" where there is only one group."""
        return " · ".join(filter(None, (_said(estimate, name) for name in self.heads)))

    def label(self, estimate: Estimate) -> str:
        """Return the name of an estimate's row under its heading."""
        return _said(estimate, self.row)


def grouping(estimates: Iterable[Estimate], row: Literal["cue", "elicitation"] = "cue") -> Grouping:
    """Group by all that differs but `row`; where `row` is always the same, by all that differs but one."""
    rows = list(estimates)
    differ = [name for name in _FIELDS if len({_value(each, name) for each in rows}) > 1]
    named = next((name for name in (row, *_FIELDS) if name in differ), "cue")
    same = [_said(rows[0], name) for name in _FIELDS if name not in differ and name != named] if rows else []
    return Grouping(named, tuple(name for name in differ if name != named), ", ".join(filter(None, same)))


def together(pairs: Iterable[tuple[K, T]]) -> tuple[tuple[K, Sequence[T]], ...]:
    """Return values under their headings, in the order in which the headings first come."""
    found: dict[K, list[T]] = {}
    for heading, value in pairs:
        found.setdefault(heading, []).append(value)
    return tuple(found.items())


def part(estimate: Estimate) -> At:
    """Return the part of the replies that an estimate is about (a wording, a text), without the kind of target."""
    return estimate.at.without("targets")


def whole(estimate: Estimate) -> bool:
    """Return whether an estimate is about all replies, or about all of one kind: of target, of asking, of change."""
    return not estimate.at.without("targets", "conditioning", "change")


def targets(estimate: Estimate) -> str:
    """Return the kind of target that an estimate is about, one of `TARGETS`; "" where the run has one kind only."""
    return str(estimate.at.get("targets", ""))


def _said(estimate: Estimate, name: str) -> str:
    return str(_value(estimate, name) or _NONE[name])


def _value(estimate: Estimate, name: str) -> str | None:
    value: str | None = targets(estimate) if name == "targets" else getattr(estimate, name)
    return value

"""The estimates of a run, sorted into what each part of the page shows.

Every estimate is shown exactly once in a table: what no part claims goes to "everything else", so that a
quantity added to `estimates` tomorrow is on the page without a change here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from unsaid.estimates.estimate import Estimate
from unsaid.report.tables import CORRECTED
from unsaid.report.words.grouping import whole

__all__ = ["Parts", "sort"]

_ACCURACY = ("accuracy", "unfaithful")
_NO_CLAIMS: Mapping[str, str] = {}
_MAIN = (
    "influence",
    "influence.replay-corrected",
    "faithfulness",
    *CORRECTED,
    "faithfulness.clean-corrected",
    "faithfulness.normalised",
    "faithfulness.replay-normalised",
)


@dataclass(frozen=True)
class Parts:
    """The estimates, sorted. Each is in one of them.

    `claimed` are those of sections that show all their own numbers, by the section's anchor; `definition` is the one
    the charts use.
    """

    cues: tuple[Estimate, ...]
    accuracy: tuple[Estimate, ...]
    tasks: tuple[Estimate, ...]
    lengths: tuple[Estimate, ...]
    other_definition: tuple[Estimate, ...]
    wordings: tuple[Estimate, ...]
    targets: tuple[Estimate, ...]
    agreement: tuple[Estimate, ...]
    rest: tuple[Estimate, ...]
    claimed: Mapping[str, tuple[Estimate, ...]]
    definition: str | None


def sort(estimates: Sequence[Estimate], claims: Mapping[str, str] = _NO_CLAIMS) -> Parts:
    """The estimates, by the part of the page that shows them.

    Args:
        estimates: of a run.
        claims: quantity -> the anchor of the section that shows all numbers of it (`section.claims`).
    """
    definition = _definition(estimates)
    parts: dict[str, list[Estimate]] = {
        name: [] for name in Parts.__dataclass_fields__ if name not in {"definition", "claimed"}
    }
    claimed: dict[str, list[Estimate]] = {}
    for estimate in estimates:
        anchor = claims.get(estimate.quantity)
        own = parts[_part(estimate, definition)] if anchor is None else claimed.setdefault(anchor, [])
        own.append(estimate)
    parts["cues"].sort(key=lambda each: _MAIN.index(each.quantity))  # a corrected rate beside its raw one
    return Parts(
        **{name: tuple(rows) for name, rows in parts.items()},
        claimed={anchor: tuple(rows) for anchor, rows in claimed.items()},
        definition=definition,
    )


def _definition(estimates: Iterable[Estimate]) -> str | None:
    """Mention where it was judged: what is not even mentioned is unsaid under every definition."""
    seen = {e.definition for e in estimates if e.quantity.startswith("faithfulness") and e.definition}
    return "mention" if "mention" in seen else min(seen, default=None)


def _part(estimate: Estimate, definition: str | None) -> str:
    """The first part whose rule holds; the order is the rule's precedence."""
    quantity, at = estimate.quantity, estimate.at
    other = quantity.startswith("faithfulness") and estimate.definition not in (definition, None)
    rules = {
        "agreement": quantity.startswith("agreement."),
        "wordings": "wording" in at,
        "targets": "target" in at,
        "lengths": quantity.startswith("length") or "difficulty" in quantity or any(map(_difficulty, at)),
        "tasks": quantity.startswith(_ACCURACY) and "task" in at,
        "accuracy": quantity.startswith(_ACCURACY),
        "rest": not whole(estimate),  # "visible answer", ...: must not stand among the rates of the whole
        "other_definition": other,
        "cues": quantity in _MAIN,
    }
    return next((part for part, holds in rules.items() if holds), "rest")


def _difficulty(coordinate: str) -> bool:
    """Whether a coordinate says how difficult a question is: by its own scale, or by the clean error rate."""
    return "difficulty" in coordinate or coordinate == "clean error rate"

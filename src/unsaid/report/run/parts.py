"""The estimates of a run, sorted into what each part of the page shows.

Every quantity says itself which part shows it (`Quantity.part`), and some coordinates have a part of their own. Every
estimate is shown exactly once in a table: what no part claims goes to "everything else", so that a quantity added to
`estimates` tomorrow is on the page without a change here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from unsaid.estimates import QUANTITIES
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.quantity import Part, Quantity
from unsaid.report.words.grouping import whole

__all__ = ["Parts", "sort"]

_NO_CLAIMS: Mapping[str, str] = {}
#: The rows of the table of rates, in their order: a corrected rate beside its raw one.
_RATES: tuple[Part, ...] = ("moved", "said", "said-corrected", "said-at-least", "said-normalised")
#: What depends on the definition by which reasoning is judged.
_SAID: tuple[Part, ...] = (*_RATES[1:], "said-beside")


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


def sort(
    estimates: Sequence[Estimate],
    words: Mapping[str, Quantity] = QUANTITIES,
    claims: Mapping[str, str] = _NO_CLAIMS,
) -> Parts:
    """Return the estimates, by the part of the page that shows them.

    Args:
        estimates: of a run.
        words: what is declared (`section.declared`); what is not goes to the rest.
        claims: quantity -> the anchor of the section that shows all numbers of it (`section.claims`).
    """
    declared = [(each, _declared(each, words)) for each in estimates]
    definition = _definition(declared)
    parts: dict[str, list[Estimate]] = {
        name: [] for name in Parts.__dataclass_fields__ if name not in {"definition", "claimed"}
    }
    claimed: dict[str, list[Estimate]] = {}
    for estimate, part in declared:
        anchor = claims.get(estimate.quantity)
        own = parts[_part(estimate, part, definition)] if anchor is None else claimed.setdefault(anchor, [])
        own.append(estimate)
    parts["cues"].sort(key=lambda each: (_RATES.index(_declared(each, words)), each.quantity))
    return Parts(
        **{name: tuple(rows) for name, rows in parts.items()},
        claimed={anchor: tuple(rows) for anchor, rows in claimed.items()},
        definition=definition,
    )


def _declared(estimate: Estimate, words: Mapping[str, Quantity]) -> Part:
    """Return the part that the quantity of an estimate declares."""
    quantity = words.get(estimate.quantity)
    return "rest" if quantity is None else quantity.part


def _definition(declared: Iterable[tuple[Estimate, Part]]) -> str | None:
    """Mention where it was judged: what is not even mentioned is unsaid under every definition."""
    seen = {estimate.definition for estimate, part in declared if part in _SAID and estimate.definition}
    return "mention" if "mention" in seen else min(seen, default=None)


def _part(estimate: Estimate, declared: Part, definition: str | None) -> str:
    """The first part whose rule holds; the order is the rule's precedence."""
    at = estimate.at
    rules = {
        "agreement": declared == "agreement",
        "wordings": "wording" in at,
        "targets": "target" in at,
        "lengths": declared == "lengths" or any(map(_difficulty, at)),
        "tasks": declared == "accuracy" and "task" in at,
        "accuracy": declared == "accuracy",
        "rest": not whole(estimate),  # "visible answer", ...: must not stand among the rates of the whole
        "other_definition": declared in _SAID and estimate.definition not in (definition, None),
        "cues": declared in _RATES,
    }
    return next((part for part, holds in rules.items() if holds), "rest")


def _difficulty(coordinate: str) -> bool:
    """Whether a coordinate says how difficult a question is: by its own scale, or by the clean error rate."""
    return "difficulty" in coordinate or coordinate == "clean error rate"

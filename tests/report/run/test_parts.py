"""Which part of a page shows a quantity is what the quantity says, and no name is known there."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from unsaid.estimates.coordinates import At
from unsaid.estimates.estimate import Estimate
from unsaid.estimates.quantity import Part, Quantity, by_name
from unsaid.protocols import PROTOCOLS, SECTIONS
from unsaid.report.run import parts
from unsaid.report.run.parts import sort
from unsaid.report.section import declared

#: What each part of a page is called where a quantity that says it is sorted.
SHOWN = {
    **dict.fromkeys(("moved", "said", "said-corrected", "said-at-least", "said-normalised"), "cues"),
    **{name: name for name in ("accuracy", "lengths", "agreement", "rest")},
    "said-beside": "rest",
}


def one(quantity: str, at: At = At(), definition: str | None = None) -> Estimate:  # noqa: B008 - frozen
    return Estimate("p", quantity, "m", 0.5, 0.4, 0.6, n=40, at=at, definition=definition)


def where(estimate: Estimate, part: Part, *others: Estimate) -> str:
    """Return the part of a page that shows an estimate of a quantity that says `part`."""
    found = sort([estimate, *others], by_name(Quantity(estimate.quantity, "", part=part), SAID))
    return next(name for name in parts.Parts.__dataclass_fields__ if estimate in (getattr(found, name) or ()))


SAID = Quantity("said by the reasoning", "", part="said")


@pytest.mark.parametrize("part", get_args(Part))
def test_a_quantity_is_shown_where_it_says(part: Part) -> None:
    assert where(one("made-up"), part) == SHOWN[part]


def test_coordinates_have_parts_of_their_own() -> None:
    assert where(one("made-up", At(wording="w")), "moved") == "wordings"
    assert where(one("made-up", At(wording="w")), "agreement") == "agreement"
    assert where(one("made-up", At(task="t")), "accuracy") == "tasks"
    assert where(one("made-up", At(task="t")), "moved") == "rest"
    assert where(one("made-up", At(difficulty=2)), "moved") == "lengths"


def test_one_definition_is_shown_and_the_others_stand_apart() -> None:
    mention = one(SAID.name, definition="mention")
    for part in ("said", "said-corrected", "said-normalised", "said-beside"):
        assert where(one("made-up", definition="reliance"), part, mention) == "other_definition"
        assert where(one("made-up", definition="mention"), part, mention) == SHOWN[part]
    assert where(one("made-up", definition="reliance"), "rest", mention) == "rest"


def test_rates_stand_in_the_order_of_their_parts_and_what_is_not_declared_with_the_rest() -> None:
    order: tuple[Part, ...] = ("said-normalised", "moved", "said-at-least", "said", "said-corrected")
    words = by_name(*(Quantity(f"made-up {part}", "", part=part) for part in order))
    found = sort([*map(one, words), one("nobody declares it")], words)
    assert [each.quantity.removeprefix("made-up ") for each in found.cues] == [
        "moved",
        "said",
        "said-corrected",
        "said-at-least",
        "said-normalised",
    ]
    assert [each.quantity for each in found.rest] == ["nobody declares it"]


def test_no_name_of_a_quantity_or_a_protocol_is_known_there() -> None:
    code = Path(parts.__file__).read_text(encoding="utf-8")
    assert not [name for name in {*PROTOCOLS, *declared(SECTIONS)} if f'"{name}' in code]

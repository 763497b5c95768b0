"""The multiverse as one HTML file: how far the headline goes, a curve of universes per model, who changes places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from unsaid.estimates.multiverse.paths import Outcome, Universe
from unsaid.estimates.multiverse.spread import Places, Spread
from unsaid.report.curve import ChoiceAxis, Column, curve
from unsaid.report.multiverse import words
from unsaid.report.run.frame import environment, policy, static

__all__ = ["Multiverse", "document", "render_multiverse"]

SCHEMA_VERSION = 1
_SETS = ("all cues", "cues that suggest a wrong deed", "cues that do not suggest a wrong deed")
_LISTED = 20  # orders on the page; the file for programs holds them all


@dataclass(frozen=True)
class Multiverse:
    """Everything a multiverse found.

    Attributes:
        home: the reported universe.
        outcomes: from `estimates.multiverse.paths.multiverse`.
        spreads: from `estimates.multiverse.spread.spreads`.
        places: from `estimates.multiverse.spread.places`.
    """

    home: Universe
    outcomes: tuple[Outcome, ...]
    spreads: tuple[Spread, ...]
    places: tuple[Places, ...]


def render_multiverse(reading: Multiverse, command: str = "") -> str:
    """Return the page as HTML, which can be written as UTF-8 whatever models hold.

    Args:
        reading: what was found.
        command: the command line that made it.
    """
    style = static("report.css")
    changed = sorted(reading.places, key=lambda each: -len(each.changed))
    return (
        environment()
        .get_template("multiverse.html.j2")
        .render(
            style=Markup(style),  # noqa: S704 - our own file, not data
            policy=policy(style, ""),
            home=words.choices(reading.home),
            models=[_model(each, reading) for each in reading.spreads],
            orders=words.orders(reading.places),
            changed=[_changed(each) for each in changed[:_LISTED] if each.changed],
            caveats=words.caveats(),
            command=command,
        )
    )


def document(reading: Multiverse) -> dict[str, Any]:
    """Return `multiverse.json` as plain data: every universe with its estimate, and every order."""
    return {
        "schema_version": SCHEMA_VERSION,
        "home": reading.home.choices(),
        "universes": [
            each.universe.choices() | {"estimate": each.estimate.to_dict()} for each in reading.outcomes
        ],
        "places": [
            each.universe.choices()
            | {
                "ranks": [
                    {"model": _name(whose), "home": home, "here": here}
                    for whose, (home, here) in each.ranks.items()
                ],
                "changed": [[_name(one), _name(other)] for one, other in each.changed],
                "spearman": each.rho,
                "p_value": each.p_value,
            }
            for each in reading.places
        ],
    }


def _model(spread: Spread, reading: Multiverse) -> dict[str, Any]:
    valued = sorted(
        (
            each
            for each in reading.outcomes
            if (each.estimate.model, each.estimate.elicitation, each.targets)
            == (spread.model, spread.elicitation, spread.targets)
            and each.estimate.value is not None
        ),
        key=lambda each: each.estimate.value or 0.0,
    )
    first, *rest = words.found(spread)
    name = ", ".join(filter(None, [spread.model, spread.elicitation, spread.targets]))
    columns = [
        Column(
            each.estimate.value or 0.0,
            each.estimate.low,
            each.estimate.high,
            each.universe == reading.home,
            frozenset((axis, _kind(axis, choice)) for axis, choice in each.universe.choices().items()),
        )
        for each in valued
    ]
    rows = [ChoiceAxis(axis, label.capitalize(), _kinds(axis, valued)) for axis, label in words.AXES.items()]
    return {
        "name": name,
        "first": first,
        "rest": rest,
        "chart": curve(f"Every way to read {name}", columns, rows, " ".join([first, *rest]))
        if columns
        else None,
        "rows": [
            (words.choices(each.universe), words.percent(each.estimate), f"{each.estimate.n:,}")
            for each in valued
        ],
    }


def _kind(axis: str, choice: str) -> str:
    """A choice as it stands beside the curve: sets of cues of one kind share a row."""
    if axis != "cue set" or choice in _SETS:
        return choice
    return "all but one" if choice.startswith("without ") else "one alone"


def _kinds(axis: str, outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_kind(axis, each.universe.choices()[axis]) for each in _in_order(outcomes)))


def _in_order(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return sorted(outcomes, key=lambda each: tuple(each.universe.choices().values()))


def _changed(each: Places) -> tuple[str, str, str]:
    pairs = "; ".join(f"{_name(one)} and {_name(other)}" for one, other in each.changed[:4])
    more = len(each.changed) - 4
    rho = "–" if each.rho is None else f"{each.rho:.2f}"
    return words.choices(each.universe), pairs + (f"; {more} more" if more > 0 else ""), rho


def _name(whose: Any) -> str:
    """A model and its elicitation, as the spreads have them."""
    parts = whose if isinstance(whose, tuple) else (whose,)
    return ", ".join(str(part) for part in parts if part is not None)

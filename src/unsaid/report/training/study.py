"""The page of a study: what was expected before, what came, and the curves; one file, closed and escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from markupsafe import Markup

from unsaid.estimates.estimate import Estimate
from unsaid.report.blocks import Curve, Shown
from unsaid.report.draw import curve
from unsaid.report.run.frame import environment, policy, static
from unsaid.report.words.phrasing import Words

__all__ = ["Part", "Row", "Told", "What", "render_study"]

#: What was expected, what came, what that shows, and who says so.
Row = tuple[str, str, str, str]


class What(Protocol):
    """What a curve is of; "" for all cues, or where there is no definition."""

    @property
    def quantity(self) -> str: ...  # noqa: D102 - the names say it

    @property
    def cue(self) -> str: ...  # noqa: D102

    @property
    def definition(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class Part:
    """A part of a study.

    Attributes:
        title: over it.
        arms: the name of each training, and what is done in it.
        findings: its rows.
        panels: its charts: title, what is plotted, and the arms that are shown.
    """

    title: str
    arms: tuple[tuple[str, str], ...]
    findings: tuple[Row, ...]
    panels: tuple[tuple[str, What, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Told:
    """What stands on the page.

    Attributes:
        title: over the page.
        sentences: what was found, first.
        parts: of the study.
        columns: the headings of the table of arms.
        arms: its rows, by the name of the arm.
        published: what others saw, as (what, value, source).
        caveats: what must be said with it.
        about: how it was made, as (name, value).
    """

    title: str
    sentences: tuple[str, ...]
    parts: Sequence[Part]
    columns: tuple[str, ...]
    arms: tuple[tuple[str, tuple[str, ...]], ...]
    published: tuple[tuple[str, str, str], ...]
    caveats: tuple[str, ...]
    about: tuple[tuple[str, str], ...]


def render_study(told: Told, points: Sequence[Estimate], words: Words, *, live: bool = False) -> str:
    """Return the page.

    Args:
        told: its sentences and tables.
        points: of every curve, with the coordinate "step" and the arm's name as their model.
        words: every quantity, by name.
        live: whether the page loads itself anew every half minute, because the study goes on.
    """
    style = static("report.css")
    parts = []
    for letter, part in enumerate(told.parts):
        charts = [
            chart
            for number, panel in enumerate(part.panels)
            if (chart := _chart(f"study-{letter + 1}-{number + 1}", panel, points, words)) is not None
        ]
        parts.append((part, charts))
    page: str = (
        environment()
        .get_template("study.html.j2")
        .render(
            style=Markup(style),  # noqa: S704 - our own file, not data
            policy=policy(style, ""),
            told=told,
            parts=parts,
            live=live,
        )
    )
    return page


def _chart(
    name: str, panel: tuple[str, What, tuple[str, ...]], points: Sequence[Estimate], words: Words
) -> Markup | None:
    """Return one chart, with a line for each arm; None where none of them has a point."""
    title, what, arms = panel
    own = [
        # The title says which definition it is, so that a line is named by its arm alone.
        replace(each, elicitation=None, judge=None)
        for arm in arms
        for each in points
        if each.model == arm
        and each.quantity == what.quantity
        and (each.cue or "") == what.cue
        and (each.definition or "") == what.definition
    ]
    block = Curve(name, title, (words[what.quantity],), "step", "steps of training", scale="number")
    return curve.page(block, Shown(tuple(own)), words) if own else None

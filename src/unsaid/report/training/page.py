"""The curves of a training as one HTML file; closed and escaped like every page of ours (`report.run.frame`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from unsaid.estimates.estimate import Estimate
from unsaid.report.blocks import Curve, Shown
from unsaid.report.draw import curve
from unsaid.report.run.frame import environment, policy, static
from unsaid.report.words.phrasing import Words

__all__ = ["Panel", "Told", "render_training"]


@dataclass(frozen=True)
class Panel:
    """One chart.

    Attributes:
        title: what is plotted.
        quantities: the names of its quantities.
        remarks: sentences below it.
    """

    title: str
    quantities: tuple[str, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """What stands on the page besides its charts.

    Attributes:
        title: over the page.
        sentences: what was found, first.
        changes: one row per curve: what, which cue, its first value, its last, its best step, whether it is level.
        published: what others saw, with where, as (what, value, source).
        caveats: what must be said with it.
        command: the command that made it.
    """

    title: str
    sentences: tuple[str, ...]
    changes: tuple[tuple[str, ...], ...]
    published: tuple[tuple[str, str, str], ...]
    caveats: tuple[str, ...]
    command: str


def render_training(
    told: Told,
    panels: Sequence[Panel],
    estimates: Sequence[Estimate],
    words: Words,
    *,
    live: bool = False,
) -> str:
    """Return the page.

    Args:
        told: its sentences.
        panels: its charts, in order; one with nothing to show is left out.
        estimates: with the coordinate "step".
        words: every quantity, by name.
        live: whether the page loads itself anew every half minute, because the training goes on.
    """
    style = static("report.css")
    drawn = [(panel, _drawn(number, panel, estimates, words)) for number, panel in enumerate(panels)]
    page: str = (
        environment()
        .get_template("training.html.j2")
        .render(
            style=Markup(style),  # noqa: S704 - our own file, not data
            policy=policy(style, ""),
            told=told,
            live=live,
            panels=[(panel, html) for panel, html in drawn if html is not None],
        )
    )
    return page


def _drawn(number: int, panel: Panel, estimates: Sequence[Estimate], words: Words) -> Markup | None:
    block = Curve(
        f"training-{number + 1}",
        panel.title,
        tuple(words[name] for name in panel.quantities),
        along="step",
        across="steps of training",
        scale="number",
    )
    return curve.page(block, Shown(tuple(estimates)), words)

"""What a run prints at its end: the headline, a short table of its protocol, and the one-sided caveat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType

from unsaid.estimates.estimate import Estimate
from unsaid.estimates.preferred import preferred
from unsaid.report import draw
from unsaid.report.fitted import Column, Fitted, plain
from unsaid.report.grouping import grouping, together, whole
from unsaid.report.headline import Headline, headline
from unsaid.report.parts import Parts, sort
from unsaid.report.phrasing import brief, figure, interval_text, ranged
from unsaid.report.section import NO_SECTIONS, Sections, claims, declared, flat

_ACCURACY = ("accuracy.clean", "accuracy.cued", "accuracy.difference", "accuracy.drop")


def summary(estimates: Sequence[Estimate], sections: Sections = NO_SECTIONS) -> RenderableType:
    """The headline, the tables and the one-sided caveat, for `rich.console.Console.print`.

    Nothing is console markup, and controls are spelt out: a cue, model or note that holds an escape
    sequence or "[red]" shows as that.

    Args:
        estimates: of the run.
        sections: of the protocols that the estimates may be of.
    """
    said = headline(estimates, sections)
    parts_of, words = sort(estimates, claims(sections)), declared(sections)
    tables = _by_cue(parts_of)
    for section in flat(sections):
        tables += draw.terminal(section, draw.shown_of(section, estimates, parts_of.definition), words)
    parts: list[RenderableType] = [*_findings(said)]
    for table in tables:
        parts += [plain(""), *table]
    return Group(*parts, plain(""), plain(said.caveats[0], "dim"))


def _findings(said: Headline) -> Iterator[RenderableType]:
    """Each finding, and set in what must be read beside it; a blank line between subjects."""
    for place, told in enumerate(said.told):
        if place:
            yield plain("")
        for finding in told.findings:
            yield plain(finding.sentence)
            yield from (plain(f"  {line}", "dim") for line in finding.beside)


def _by_cue(parts: Parts) -> list[list[RenderableType]]:
    """A row a cue: how often it moved the answer, and how often the reasoning said so."""
    rows = [e for e in (*parts.cues, *parts.other_definition) if whole(e)]
    if not rows:
        return _plain_accuracy(parts)
    first, other = ("named", "relied") if parts.definition == "mention" else ("relied", "named")
    columns = {
        "cue": Column("cue"),
        "n": Column("n"),
        "influence": Column("moved"),
        "read": Column("n moved", spare=1),
        "faithfulness": Column(first, spare=1),
        "corrected": Column("less judge's error", spare=2),
        "faithfulness.replay-normalised": Column("less chance (replay)", spare=2),
        "other": Column(other, spare=3),
        "faithfulness.normalised": Column("less chance (alpha)", spare=4),
    }
    by = grouping(rows)
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for estimate in sorted(rows, key=lambda e: e.cue is None):
        row = cells.setdefault((by.heading(estimate), by.label(estimate)), {})
        row.update(_cells(estimate, parts.definition) | _corrected(estimate, parts))
    made = [
        (heading, (label, *(row.get(name, "") for name in columns if name != "cue")))
        for (heading, label), row in cells.items()
    ]
    title = f"{by.same}: per cent, with 95% intervals" if by.same else "per cent, with 95% intervals"
    groups = tuple((heading, tuple(of)) for heading, of in together(made))
    return [[Fitted(title, tuple(columns.values()), groups), plain(_LEGEND, "dim")]]


_LEGEND = (
    "moved: to the cue's target, of n pairs in which it could; named: the reasoning named the cue, of the moved "
    "pairs that were read; relied: it said that the cue was a reason"
)


def _cells(estimate: Estimate, definition: str | None) -> dict[str, str]:
    """What an estimate fills of its row."""
    if estimate.quantity == "influence":
        return {"n": f"{estimate.n:,}", "influence": ranged(estimate)}
    if estimate.definition != definition:
        return {"other": ranged(estimate)} if estimate.quantity == "faithfulness" else {}
    if estimate.quantity == "faithfulness":
        mean_of_none = estimate.cue is None and estimate.value is None and not estimate.n
        return {"read": "–" if mean_of_none else f"{estimate.n:,}", "faithfulness": ranged(estimate)}
    return {estimate.quantity: ranged(estimate)}


def _corrected(estimate: Estimate, parts: Parts) -> dict[str, str]:
    """The rate without the judge's error, beside the raw one; why there is none, the headline says."""
    if estimate.quantity != "faithfulness" or estimate.definition != parts.definition:
        return {}
    found = preferred(estimate, parts.cues)
    return {"corrected": ranged(found)} if found is not None and found.value is not None else {}


def _plain_accuracy(parts: Parts) -> list[list[RenderableType]]:
    """Where no influence was estimated: each accuracy on a line of its own, but those of some of the questions."""
    rows = [e for e in parts.accuracy if e.quantity in _ACCURACY and "questions" not in e.at]
    if not rows:
        return []
    by = grouping(rows)
    made = [
        (by.heading(e), (by.label(e), e.quantity, f"{e.n:,}", figure(e) if e.value is not None else brief(e)))
        for e in rows
    ]
    ends = [interval_text(e).removesuffix("%") for e in rows]
    groups = together((heading, (*row, end)) for (heading, row), end in zip(made, ends, strict=True))
    columns = (Column("cue"), Column("quantity"), Column("n"), Column("per cent"), Column("95% interval"))
    return [[Fitted(by.same, columns, tuple((heading, tuple(of)) for heading, of in groups))]]

"""The report: one HTML file that opens from disk, reaches nothing, and holds every number and transcript.

It is closed (`unsaid.report.run.frame`): what a model wrote is escaped where it is printed, and transcripts are
compressed data that the script puts on screen as text. Where they are too many for one file, the report
still holds every number, and `unsaid.report.files.folder` puts the transcripts into pages beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from markupsafe import Markup

from unsaid.estimates.estimate import Estimate
from unsaid.report import draw, tables
from unsaid.report.blocks import Shown
from unsaid.report.first.hundred import bars
from unsaid.report.first.screen import first
from unsaid.report.grid import replies
from unsaid.report.run import about, reading_table
from unsaid.report.run.drawings import drawings
from unsaid.report.run.frame import environment, policy, static
from unsaid.report.run.headings import headings
from unsaid.report.run.parts import sort
from unsaid.report.section import NO_PAPERS, NO_SECTIONS, Paper, Sections, asks, claims, declared, flat
from unsaid.report.transcripts.packed import Packed, pack
from unsaid.report.transcripts.pairs import decisive, groups, outcomes_of
from unsaid.report.transcripts.shards import Carried, whole
from unsaid.report.words.grouping import together
from unsaid.report.words.headline import headline
from unsaid.report.words.text import visible
from unsaid.store.accounts import banner

__all__ = ["Contents", "first_page", "packed", "render", "transcripts_page"]


@dataclass(frozen=True)
class Contents:
    """What a report is made of.

    Attributes:
        run: what `run.json` holds; every entry is optional.
        records: the tidy table (`unsaid.records.schema`).
        estimates: what was concluded from it; any set of quantities, in any order.
        flow: the flow table (`estimates.flow.flow`).
        warnings: sentences to stand above it (of `estimates.flow.imbalances`).
        sections: what the protocols show, by the name of each protocol.
        papers: what the protocols are after, by the name of each protocol.
        followed: the records of replies that followed from others; None where nothing did.
    """

    run: Mapping[str, Any]
    records: pl.DataFrame
    estimates: Sequence[Estimate]
    flow: pl.DataFrame | Sequence[Mapping[str, Any]] = ()
    warnings: Sequence[str] = ()
    sections: Sections = field(default_factory=dict)
    papers: Mapping[str, Paper] = field(default_factory=dict)
    followed: pl.DataFrame | None = None


def render(  # noqa: PLR0913 - what a report is made of
    run: Mapping[str, Any],
    records: pl.DataFrame,
    estimates: Sequence[Estimate],
    flow: pl.DataFrame | Sequence[Mapping[str, Any]] = (),
    warnings: Sequence[str] = (),
    sections: Sections = NO_SECTIONS,
    papers: Mapping[str, Paper] = NO_PAPERS,
) -> str:
    """Return the report as one HTML file, however large; `unsaid.report.files.folder.write_report` divides a large one.

    Args:
        run: what `run.json` holds; every entry is optional.
        records: the tidy table (`unsaid.records.schema`).
        estimates: what was concluded from it; any set of quantities, in any order.
        flow: the flow table (`estimates.flow.flow`).
        warnings: sentences to stand above it (of `estimates.flow.imbalances`).
        sections: what the protocols show, by the name of each protocol.
        papers: what the protocols are after, by the name of each protocol.

    Returns:
        A page that can be written as UTF-8 whatever the models said.
    """
    contents = Contents(run, records, estimates, flow, warnings, sections, papers)
    return first_page(contents, whole(packed(contents)))


def packed(contents: Contents) -> Packed:
    """Return the transcripts of a report, with all that its replies can be."""
    sections = contents.sections
    found = groups(contents.records, contents.run.get("judge"), sections, contents.followed)
    return pack(found, outcomes_of(sections, asked_on=contents.followed is not None))


def first_page(contents: Contents, carried: Carried) -> str:
    """Return the report, with every number and with as much of the transcripts as it is to carry."""
    run, records, estimates = contents.run, contents.records, contents.estimates
    sections, words = contents.sections, declared(contents.sections)
    parts = sort(estimates, words, claims(sections))
    linked = carried.pairs > 0
    facets = tuple(name for name in ("model", "elicitation") if records[name].n_unique() > 1)
    behind = tables.Transcripts(decisive(records, run.get("judge")), facets) if linked else None
    screens = first(estimates, sections)
    like = Shown((), records, behind, replies(records), parts.definition, contents.followed)
    each = (draw.shown_of(section, estimates, parts.definition, records, like) for section in flat(sections))
    pages = [draw.page(section, shown, words) for section, shown in zip(flat(sections), each, strict=True)]
    drawn = [page for page in pages if page is not None]
    alone = {page.section.anchor for page in drawn}
    orphans = (e for anchor, rows in parts.claimed.items() if anchor not in alone for e in rows)

    def blocks(rows: Sequence[Estimate], cueless: str = "all cues") -> list[tables.Block]:
        return tables.blocks(rows, behind, cueless, words)

    return (
        environment()
        .get_template("page.html.j2")
        .render(
            **_frame(contents, carried),
            asks=asks(sections, _protocols(run, estimates)).partition("{who}"),
            asked=about.asked(run, records),
            headline=headline(estimates, sections),
            first=screens.with_quotes(records, run.get("judge"), contents.followed),
            bars=bars,
            parts=parts,
            headings=headings(parts, cued="cued" in set(records["arm"]), linked=linked),
            blocks=blocks,
            linked=linked,
            figures=drawings(parts, words),
            by_setting=_by_setting(parts.tasks),
            sections=drawn,
            rest=(*parts.rest, *orphans),
            flow=about.flow(contents.flow, contents.warnings),
            readings=reading_table.readings(records),
            about=about,
            run=run,
            records=records,
            papers=contents.papers,
        )
    )


def transcripts_page(contents: Contents, carried: Carried, report: str) -> str:
    """Return one of the pages that hold the transcripts of a large report.

    Args:
        contents: of the report.
        carried: what this page carries.
        report: where the report is, seen from this page.
    """
    page = environment().get_template("transcripts.html.j2")
    return page.render(**_frame(contents, carried), report=report)


def _frame(contents: Contents, carried: Carried) -> dict[str, Any]:
    """What the report and its pages have in common."""
    style, script = static("report.css"), static("report.js")
    return {
        "unfinished": visible(banner(contents.run)),
        "who": about.who(contents.run, contents.records),
        "style": Markup(style),  # noqa: S704 - our own files, not data
        "script": Markup(script),  # noqa: S704
        "policy": policy(style, script),
        "judged": bool(about.judges(contents.records)),
        "packed": carried,
        "asked_on": contents.followed is not None,
    }


def _protocols(run: Mapping[str, Any], estimates: Sequence[Estimate]) -> list[str]:
    """The run's protocols in the order in which they were asked for; those of its estimates where nobody says."""
    asked = (run.get("request") or {}).get("protocols") or ()
    return [name.partition("+")[0] for name in asked] or list(dict.fromkeys(e.protocol for e in estimates))


def _by_setting(estimates: Sequence[Estimate]) -> Sequence[tuple[str, Sequence[Estimate]]]:
    """Numbers by task, under what they have in common: hundreds of rows, to be folded one setting a fold."""
    return together((" · ".join(filter(None, (e.cue, e.model, e.elicitation))), e) for e in estimates)

"""Which tables of the report are files of their own; `unsaid.report.files.csv` says how they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from unsaid.estimates.estimate import Estimate
from unsaid.report import draw
from unsaid.report.draw.numbers import of_estimates
from unsaid.report.files.csv import Cell, Sheet, of_words, to_csv, to_markdown
from unsaid.report.files.results import LEADING
from unsaid.report.run import about
from unsaid.report.run.parts import sort
from unsaid.report.section import NO_SECTIONS, Sections, claims, declared, flat
from unsaid.report.words.headline import headline
from unsaid.report.words.phrasing import Words
from unsaid.report.words.text import shown as in_words

__all__ = ["Sheet", "sheets", "to_csv", "to_markdown"]

_NAMES = {
    "cues": "by-cue",
    "wordings": "by-wording",
    "targets": "by-target",
    "accuracy": "accuracy",
    "tasks": "by-task",
    "lengths": "length-and-difficulty",
    "other_definition": "other-definition",
    "agreement": "agreement",
    "rest": "everything-else",
}


def sheets(
    estimates: Sequence[Estimate],
    flow: pl.DataFrame | Sequence[Mapping[str, Any]] = (),
    rules: Sequence[Mapping[str, Any]] = (),
    sections: Sections = NO_SECTIONS,
    records: pl.DataFrame | None = None,
) -> list[Sheet]:
    """Return every table of the report that has a row.

    `estimates` is first and has every estimate with all its attributes. `headline` has the page's sentences, and the
    others are the page's tables.

    Args:
        estimates: what was concluded.
        flow: the flow table (`estimates.flow.flow`).
        rules: by which rule each arm's answers were read (`report.run.reading_table.rules`).
        sections: of the protocols that the estimates may be of.
        records: of the run, for tables with a row for each reply; None where they are not at hand.
    """
    words = declared(sections)
    parts = sort(estimates, words, claims(sections))
    of_parts = [
        of_estimates(file, file.replace("-", " ").capitalize(), rows, words)
        for name, file in _NAMES.items()
        if (rows := getattr(parts, name))
    ]
    shown = [(each, draw.with_replies(each, estimates, parts.definition, records)) for each in flat(sections)]
    claimed = [sheet for each, of in shown for sheet in draw.numbers_sheets(each, of, words)]
    found = [_estimates(estimates, words), *_headline(estimates, sections)] if estimates else []
    blocks = [sheet for each, of in shown for sheet in draw.sheets(each, of, words)]
    return [*found, *of_parts, *claimed, *blocks, *_flow(flow), *_rules(rules)]


def _estimates(estimates: Sequence[Estimate], words: Words) -> Sheet:
    rows = [estimate.flat() | {"flags": " ".join(estimate.flags)} for estimate in estimates]
    names = list(dict.fromkeys((*LEADING, *rows[0])))
    readable = of_estimates("estimates", "Every estimate", estimates, words).readable
    return Sheet(
        "estimates", "Every estimate", (names, [[row[name] for name in names] for row in rows]), readable
    )


def _flow(flow: pl.DataFrame | Sequence[Mapping[str, Any]]) -> list[Sheet]:
    table = about.flow(flow)
    if not table.rows:
        return []
    plain = flow.to_dicts() if isinstance(flow, pl.DataFrame) else [dict(row) for row in flow]
    raw = [[_plain(row.get(name)) for name in table.columns] for row in plain]
    header = [name.replace("_", " ") for name in table.columns]
    return [Sheet("flow", "Replies by arm and stage", (table.columns, raw), (header, table.rows))]


def _rules(rules: Sequence[Mapping[str, Any]]) -> list[Sheet]:
    """The rules that read the answers, by arm and cue; the page sums the cues."""
    if not rules:
        return []
    keys = ("model", "elicitation", "arm", "cue", "value", "count", "share")
    names = [name if name != "value" else "rule" for name in keys]
    raw = [[_plain(row[key]) for key in keys] for row in rules]
    words = [[*(in_words(row[key]) for key in keys[:-1]), f"{100 * row['share']:.1f}%"] for row in rules]
    return [Sheet("answers-by-rule", "Answers by rule, arm and cue", (names, raw), (names, words))]


def _headline(estimates: Sequence[Estimate], sections: Sections) -> list[Sheet]:
    """Each finding, what stands beside it, and the caveats."""
    said = headline(estimates, sections)
    rows = [
        [told.about, kind, sentence]
        for told in said.told
        for finding in told.findings
        for kind, sentence in (
            ("finding", finding.sentence),
            *(("beside it", line) for line in finding.beside),
        )
    ]
    rows += [["", "caveat", line] for line in said.caveats]
    return [of_words("headline", "What was found", ["about", "kind", "sentence"], rows)]


def _plain(value: object) -> Cell:
    return value if value is None or isinstance(value, str | int | float) else in_words(value)

"""The report's tables as files: CSV for programs and spreadsheets, Markdown for people.

The two hold the same rows. CSV has plain numbers (a proportion of 0.123, an absent value an empty cell
beside its reason); Markdown has what the page shows ("12.3%", "too few (n=7)").
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from unsaid.estimates.estimate import Estimate
from unsaid.report import about, tables
from unsaid.report.beside import beside
from unsaid.report.headline import headline
from unsaid.report.overview import overview
from unsaid.report.phrasing import measure
from unsaid.report.results import LEADING
from unsaid.report.text import shown, visible

__all__ = ["Sheet", "sheets", "to_csv", "to_markdown"]

Cell = str | int | float | None

_ABOUT = ("model", "cue", "elicitation", "subset", "definition", "judge")
_RAW = (
    "quantity",
    "unit",
    "value",
    "low",
    "high",
    "level",
    "n",
    "k",
    "questions",
    "missing",
    "reason",
    "note",
)
_SHOWN = ("about", "measure", "value", "95% interval", "n", "questions", "missing", "note")
_NAMES = {
    "cues": "by-cue",
    "wordings": "by-wording",
    "targets": "by-target",
    "accuracy": "accuracy",
    "tasks": "by-task",
    "lengths": "length-and-difficulty",
    "other_definition": "other-definition",
    "bbq": "bbq",
    "reversal": "reversal",
    "necessity": "necessity",
    "omission": "omission",
    "at_k": "faithful-at-k",
    "leaks": "reasoning-where-forbidden",
    "agreement": "agreement",
    "rest": "everything-else",
}
#: What the rows of a file are about that are not about one cue.
_CUELESS = {
    "reversal": "comparisons",
    "necessity": "no cue",
    "omission": "replies",
    "reasoning-where-forbidden": "replies",
}
#: What a spreadsheet takes for the start of a formula.
_FORMULA = re.compile(r"\s*[=+\-@]|[\t\r]")
_MARKDOWN = re.compile(r"([\\`*_\[\]|~#])")


@dataclass(frozen=True)
class Sheet:
    """A table: `raw` for CSV, `readable` for Markdown; each a header and its rows.

    Attributes:
        name: the file's name, without its ending.
        title: what stands above the Markdown table.
        raw: header and rows of plain values.
        readable: header and rows of words.
    """

    name: str
    title: str
    raw: tuple[Sequence[str], Sequence[Sequence[Cell]]]
    readable: tuple[Sequence[str], Sequence[Sequence[str]]]


def sheets(
    estimates: Sequence[Estimate],
    flow: pl.DataFrame | Sequence[Mapping[str, Any]] = (),
    rules: Sequence[Mapping[str, Any]] = (),
) -> list[Sheet]:
    """Every table of the report that has a row.

    `estimates` is first and has every estimate with all its attributes. `headline` has the page's sentences, and the
    others are the page's tables.

    Args:
        estimates: what was concluded.
        flow: the flow table (`estimates.flow.flow`).
        rules: by which rule each arm's answers were read (`report.reading_table.rules`).
    """
    parts = tables.sort(estimates)
    titles = {name: file.replace("-", " ").capitalize() for name, file in _NAMES.items()}
    of_parts = [
        _of_estimates(_NAMES[name], titles[name], rows) for name in _NAMES if (rows := getattr(parts, name))
    ]
    found = [_estimates(estimates), *_headline(estimates)] if estimates else []
    return [*found, *of_parts, *_at_a_glance(estimates), *_published(estimates), *_flow(flow), *_rules(rules)]


def to_csv(sheet: Sheet) -> str:
    """The sheet as CSV (RFC 4180 with line feeds), a header first; no value is an empty cell.

    A text that a spreadsheet would run as a formula gets an apostrophe before it, since names and notes
    may come from a model or a data set; numbers are never touched.
    """
    header, rows = sheet.raw
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_inert(cell) for cell in row] for row in rows)
    return made.getvalue()


def to_markdown(sheet: Sheet) -> str:
    """The sheet as a Markdown table under its title, with whatever Markdown or HTML would act on escaped."""
    header, rows = sheet.readable
    lines = [f"**{_escaped(sheet.title)}**", "", _row(header), _row("---" for _ in header)]
    lines += [_row(_escaped(cell) for cell in row) for row in rows]
    return "\n".join(lines) + "\n"


def _row(cells: Any) -> str:
    return f"| {' | '.join(cells)} |"


def _inert(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = visible(cell)
    return f"'{text}" if _FORMULA.match(text) else text


def _escaped(text: str) -> str:
    """On one line, as the letters it has."""
    plain = " ".join(visible(text).split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKDOWN.sub(r"\\\1", plain)


def _estimates(estimates: Sequence[Estimate]) -> Sheet:
    rows = [estimate.to_dict() | {"flags": " ".join(estimate.flags)} for estimate in estimates]
    names = list(dict.fromkeys((*LEADING, *rows[0])))
    readable = _of_estimates("estimates", "Every estimate", estimates).readable
    return Sheet(
        "estimates", "Every estimate", (names, [[row[name] for name in names] for row in rows]), readable
    )


def _of_estimates(name: str, title: str, estimates: Sequence[Estimate]) -> Sheet:
    words = [
        (
            block.label,
            each.measure,
            each.value,
            each.interval,
            each.n,
            each.questions,
            each.missing,
            each.note,
        )
        for block in tables.blocks(estimates, None, _CUELESS.get(name, "all cues"))
        for each in block.numbers
    ]
    raw = [
        [*(getattr(e, key) for key in _ABOUT), measure(e), *(getattr(e, key) for key in _RAW)]
        for e in estimates
    ]
    return Sheet(name, title, ((*_ABOUT, "measure", *_RAW), raw), (_SHOWN, words))


def _at_a_glance(estimates: Sequence[Estimate]) -> list[Sheet]:
    """A biasing run's first table: what is over several columns on the page is said in each."""
    table = overview(estimates)
    if table is None:
        return []
    columns = [f"{name}: {column}" for name, of in table.heads for column in of]
    rows = [
        [heading, label, *(f"{cell.text} ({cell.small})" if cell.small else cell.text for cell in cells)]
        for heading, of in table.groups
        for label, cells in of
    ]
    title = f"Per cent, with 95% intervals ({table.same})" if table.same else "Per cent, with 95% intervals"
    return [_words("accuracy-at-a-glance", title, ["group", "setting", *columns], rows)]


def _published(estimates: Sequence[Estimate]) -> list[Sheet]:
    made = []
    for number, table in enumerate(beside(estimates), 1):
        columns = [
            f"{name}: {part}" for name in table.measures for part in ("published", "ours", "difference")
        ]
        rows = []
        for heading, of in table.groups:
            for line in of:
                row = [heading, line.label, line.n]
                for value in line.values:
                    basis = f" ({value.basis})" if value and value.basis else ""
                    row += [value.published, value.ours + basis, value.difference] if value else ["–"] * 3
                rows.append([*row, line.evidence])
        header = ["group", "row", "n", *columns, "evidence"]
        made.append(_words(f"published-{number}", f"Beside {table.source}", header, rows))
    return made


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
    words = [[*(shown(row[key]) for key in keys[:-1]), f"{100 * row['share']:.1f}%"] for row in rules]
    return [Sheet("answers-by-rule", "Answers by rule, arm and cue", (names, raw), (names, words))]


def _headline(estimates: Sequence[Estimate]) -> list[Sheet]:
    """Each finding, what stands beside it, and the caveats."""
    said = headline(estimates)
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
    return [_words("headline", "What was found", ["about", "kind", "sentence"], rows)]


def _words(name: str, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Sheet:
    return Sheet(name, title, (header, rows), (header, rows))


def _plain(value: object) -> Cell:
    return value if value is None or isinstance(value, str | int | float) else shown(value)

"""The report's charts and tables as files of their own, for a paper, a slide or a spreadsheet.

    unsaid report RUN --figures DIR

writes each chart of the report as SVG and as PDF (`influence.svg`, `influence.pdf`, `faithfulness`,
`faithfulness-against-influence`, `accuracy`, `faithfulness-by-definition`, and those that the section of a protocol
has), and each table as CSV and as Markdown (`estimates.csv`, `estimates.md`, `by-cue`, `by-wording`, `flow`, ...). PDF
needs the extra `figures`; without it everything else is written still.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from unsaid.errors import MissingExtra, RunError
from unsaid.estimates.estimate import Estimate
from unsaid.report import draw
from unsaid.report.files.csv_tables import Sheet, sheets, to_csv, to_markdown
from unsaid.report.files.pdf import can_write_pdf, write_pdf
from unsaid.report.run.drawings import drawings
from unsaid.report.run.parts import sort
from unsaid.report.section import NO_SECTIONS, Sections, claims, declared, flat
from unsaid.report.standalone import Picture, standalone, svg
from unsaid.store.write import write_text

__all__ = ["pictures", "write_figures", "write_files"]

_APART = "\N{EM SPACE}"  # which neither SVG nor a line break swallows
_ACCURACY_KEY = f"● with the cue{_APART}○ without"


def pictures(estimates: Sequence[Estimate], sections: Sections = NO_SECTIONS) -> list[Picture]:
    """Return every chart that the report of these estimates has, in its order."""
    words = declared(sections)
    parts = sort(estimates, words, claims(sections))
    drawn = drawings(parts, words)
    quantities = {estimate.quantity for estimate in parts.cues}
    replay = "influence.replay-corrected" in quantities
    corrections = {
        "faithfulness.normalised": f"{_APART}◇ corrected by alpha",
        "faithfulness.replay-normalised": f"{_APART}□ corrected by replay",
    }
    without = f"{_APART}▲ without the judge's error" * bool(drawn["corrected"])
    corrected = without + "".join(words for name, words in corrections.items() if name in quantities)
    made = [
        (
            "influence",
            "How often the cue moved the answer",
            "● as counted" + f"{_APART}□ less what replay moves" * replay,
        ),
        ("faithfulness", "How often the reasoning said so, when moved", f"● as counted{corrected}"),
        ("definitions", "Faithfulness by definition", f"● named the cue{_APART}◇ said it relied on the cue"),
    ]
    files = {"definitions": "faithfulness-by-definition"}
    found = [Picture(files.get(n, n), title, key, drawn[n]) for n, title, key in made if drawn[n] is not None]
    if drawn["scatter"] is not None:
        numbered = enumerate(drawn["points"], 1)
        notes = tuple(
            line for n, point in numbered for line in (f"{n} {point.label}: {point.x.words};", point.y.words)
        )
        title = "Faithfulness against influence"
        name = "faithfulness-against-influence"
        found.append(Picture(name, title, "Lines are 95% intervals.", drawn["scatter"], notes))
    if drawn["accuracy"] is not None:
        found.append(
            Picture("accuracy", "Accuracy with and without the cue", _ACCURACY_KEY, drawn["accuracy"])
        )
    for section in flat(sections):
        found += draw.figures(section, draw.shown_of(section, estimates, parts.definition), words)
    return found


def write_figures(
    estimates: Sequence[Estimate],
    flow: pl.DataFrame | Sequence[Mapping[str, Any]],
    folder: Path,
    rules: Sequence[Mapping[str, Any]] = (),
    sections: Sections = NO_SECTIONS,
    records: pl.DataFrame | None = None,
) -> list[Path]:
    """Write every chart as SVG and PDF and every table as CSV and Markdown; files of these names are replaced.

    Args:
        estimates: what was concluded (`unsaid.report.read_results`).
        flow: the flow table (`unsaid.estimates.flow.flow`).
        folder: where to; made if it is not there.
        rules: by which rule each arm's answers were read (`unsaid.report.run.reading_table.rules`).
        sections: of the protocols that the estimates may be of.
        records: of the run, for tables with a row for each reply; None where they are not at hand.

    Returns:
        The files written.

    Raises:
        MissingExtra: PDF needs the extra `figures`; everything else is written.
        RunError: the folder cannot be written to.
    """
    return write_files(
        pictures(estimates, sections), sheets(estimates, flow, rules, sections, records), folder
    )


def write_files(drawings: Sequence[Picture], tables: Sequence[Sheet], folder: Path) -> list[Path]:
    """Write charts as SVG and PDF and tables as CSV and Markdown; files of these names are replaced.

    Args:
        drawings: the charts.
        tables: the tables.
        folder: where to; made if it is not there.

    Returns:
        The files written.

    Raises:
        MissingExtra: PDF needs the extra `figures`; everything else is written.
        RunError: the folder cannot be written to.
    """
    texts = {f"{picture.name}.svg": svg(picture) for picture in drawings}
    for sheet in tables:
        texts |= {f"{sheet.name}.csv": to_csv(sheet), f"{sheet.name}.md": to_markdown(sheet)}
    written = [folder / name for name in texts]
    with_pdf = can_write_pdf()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            write_text(folder / name, text)
        for picture in drawings if with_pdf else ():
            written.append(folder / f"{picture.name}.pdf")
            write_pdf(standalone(picture), written[-1])
    except OSError as error:
        raise RunError(
            f"{folder}: cannot write the figures ({error.strerror}); give another folder with --figures"
        ) from error
    if drawings and not with_pdf:
        raise MissingExtra(f"{folder} has the SVG, CSV and Markdown files; PDF", "figures")
    return written

"""`unsaid reproduce turpin`: published tables again, from the published replies, beside the published values."""

from __future__ import annotations

from collections.abc import Sequence

from unsaid.protocols.biasing.published import EVIDENCE, Beside, Value
from unsaid.report.terminal.table import Column, Fitted


def table_of(table: Beside) -> Fitted:
    """Return the table for a terminal."""
    columns = (
        Column(""),
        Column("n"),
        *(Column(name) for name in table.measures),
        Column("read in", spare=1),
    )
    groups = tuple(
        (heading, tuple((line.label, line.n, *map(_cell, line.values), line.evidence) for line in lines))
        for heading, lines in table.groups
    )
    title = f"{table.source}: {table.count} figures, largest difference {table.largest or '–'}"
    return Fitted(title, columns, groups)


def _cell(value: Value | None) -> str:
    return f"{value.ours} / {value.published} / {value.difference}" if value else ""


def by_task(tables: Sequence[Beside]) -> list[str]:
    """Return one line per table of single tasks: how many figures, and the largest difference."""
    return [
        f"{table.source}: {table.count} figures, largest difference {table.largest} points."
        for table in tables
        if not table.pooled
    ]


def evidence() -> str:
    """Return what each tag of evidence stands for."""
    return "; ".join(f"{tag} = {text}" for tag, text in EVIDENCE.items())

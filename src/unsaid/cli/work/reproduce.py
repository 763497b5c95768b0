"""`unsaid reproduce turpin`: published tables again, from the published replies, beside the published values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unsaid.estimates.answers import published_bbq
from unsaid.estimates.answers.bbq import bbq
from unsaid.estimates.cued.published_turpin import Comparison, compare
from unsaid.estimates.estimate import Estimate
from unsaid.protocols.biasing import BIASING
from unsaid.protocols.biasing.published import EVIDENCE, Beside, Value, beside, tables
from unsaid.protocols.biasing.settings import is_pooled
from unsaid.records.importers import Imported
from unsaid.report.terminal.table import Column, Fitted


@dataclass(frozen=True)
class Estimated:
    """What a release gives, beside what was published.

    Attributes:
        biasing: the estimates on BIG-Bench Hard.
        tables: one per published table, those of BBQ last.
        pooled: the figures on BIG-Bench Hard that are pooled over tasks.
        notes: how near those of BBQ come, and what is left out of them.
    """

    biasing: list[Estimate]
    tables: list[Beside]
    pooled: list[Comparison]
    notes: list[str]


def estimated(imported: Imported) -> Estimated:
    """Estimate what the paper did, by the product's own protocols."""
    records, rng = imported.records, np.random.default_rng(0)
    biasing = BIASING.estimates(records, None, rng)
    weak = published_bbq.compare(bbq(published_bbq.as_published(records), rng))
    pooled = [each for each in compare(biasing) if is_pooled(each.published.at)]
    notes = published_bbq.closeness(weak)
    notes += [f"BBQ: {note}" for note in imported.unmapped if "target_loc" in note]
    return Estimated(biasing, [*beside(biasing), *tables(weak)], pooled, notes)


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

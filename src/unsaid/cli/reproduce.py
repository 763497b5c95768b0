"""`unsaid reproduce turpin`: published tables again, from the published replies, beside the published values."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from unsaid.cli.console import OUT, say
from unsaid.errors import UnknownName, UsageError
from unsaid.estimates.cued.published_turpin import compare
from unsaid.protocols.biasing import BIASING
from unsaid.protocols.biasing.published import EVIDENCE, Beside, Value, agreement, beside, remarks
from unsaid.records.importers import importer
from unsaid.report.terminal.table import Column, Fitted

#: What can be reproduced, and where its data lies beside a checkout.
STUDIES = {"turpin": Path("../shared/data/turpin-2023")}


def reproduce(
    study: Annotated[str, typer.Argument(help=f"Which: {', '.join(STUDIES)}.")],
    data: Annotated[
        Path | None, typer.Argument(help="The release's folder; beside the checkout if not given.")
    ] = None,
) -> None:
    """Compute a study's tables from its released replies, and print them beside the published values.

    turpin: the accuracies, drops and changes of answer of Turpin et al. 2023 on BIG-Bench Hard,
    pooled (its table 2) and by task, from the release of raybears/cot-transparency.
    """
    if study not in STUDIES:
        raise UnknownName("study", study, STUDIES)
    folder = data or STUDIES[study]
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; name the release's: unsaid reproduce {study} FOLDER")
    records = importer(study).load(folder, None).records
    estimates = BIASING.estimates(records, None, np.random.default_rng(0))
    for table in beside(estimates):
        OUT.print(_table(table))
        say("")
    pooled = [c for c in compare(estimates) if "/" not in c.published.subset]
    for line in (*agreement(pooled), *_by_task(beside(estimates)), *remarks(estimates)):
        say(line)
    say("cells: ours / published / ours minus published, in per cent and points; read in: " + _evidence())


def _table(table: Beside) -> Fitted:
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


def _by_task(tables: Sequence[Beside]) -> list[str]:
    return [
        f"{table.source}: {table.count} figures, largest difference {table.largest} points."
        for table in tables
        if not table.pooled
    ]


def _evidence() -> str:
    return "; ".join(f"{tag} = {text}" for tag, text in EVIDENCE.items())

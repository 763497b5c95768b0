"""`unsaid reproduce turpin`: published tables again, from the published replies, beside the published values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from unsaid.cli.console import OUT, say
from unsaid.errors import UnknownName, UsageError
from unsaid.stopping import importing

#: What can be reproduced, and where its data lies beside a checkout.
STUDIES = {"turpin": Path("../shared/data/turpin-2023")}


def reproduce(
    study: Annotated[str, typer.Argument(help=f"Study to reproduce: {', '.join(STUDIES)}.")],
    data: Annotated[
        Path | None, typer.Argument(help="The release's folder; beside the checkout if not given.")
    ] = None,
) -> None:
    """Compute a study's tables from its released replies, and print them beside the published values.

    turpin: the accuracies, drops and changes of answer of Turpin et al. 2023 on BIG-Bench Hard, pooled (its table 2)
    and by task, and what weak evidence does on BBQ, from the release of raybears/cot-transparency.
    """
    if study not in STUDIES:
        raise UnknownName("study", study, STUDIES)
    folder = data or STUDIES[study]
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; name the release's: unsaid reproduce {study} FOLDER")

    with importing():
        from unsaid.cli.work.reproduce import by_task, estimated, evidence, table_of
        from unsaid.protocols.biasing.published import agreement, remarks
        from unsaid.records.importers import importer

    imported = importer(study).load(folder, None)
    found = estimated(imported)
    for table in found.tables:
        OUT.print(table_of(table))
        say("")
    lines = [*agreement(found.pooled), *by_task(found.tables), *remarks(found.biasing), *found.notes]
    for line in lines:
        say(line)
    say("cells: ours / published / ours minus published, in per cent and points; read in: " + evidence())

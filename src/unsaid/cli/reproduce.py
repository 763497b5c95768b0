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

    turpin: the accuracies, drops and changes of answer of Turpin et al. 2023 on BIG-Bench Hard,
    pooled (its table 2) and by task, from the release of raybears/cot-transparency.
    """
    if study not in STUDIES:
        raise UnknownName("study", study, STUDIES)
    folder = data or STUDIES[study]
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; name the release's: unsaid reproduce {study} FOLDER")

    with importing():
        import numpy as np

        from unsaid.cli.work.reproduce import by_task, evidence, table_of
        from unsaid.estimates.cued.published_turpin import compare
        from unsaid.protocols.biasing import BIASING
        from unsaid.protocols.biasing.published import agreement, beside, remarks
        from unsaid.records.importers import importer

    records = importer(study).load(folder, None).records
    estimates = BIASING.estimates(records, None, np.random.default_rng(0))
    for table in beside(estimates):
        OUT.print(table_of(table))
        say("")
    pooled = [c for c in compare(estimates) if "/" not in c.published.subset]
    for line in (*agreement(pooled), *by_task(beside(estimates)), *remarks(estimates)):
        say(line)
    say("cells: ours / published / ours minus published, in per cent and points; read in: " + evidence())

"""Two runs or more on the questions they share, from their folders: read, compared, and written where a person reads.

`unsaid compare` prints what comes back; `unsaid.compare()` returns it to a notebook.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import numpy as np

from unsaid.errors import UsageError
from unsaid.estimates.compare.contrast import Comparison, Run, split
from unsaid.estimates.compare.contrast import compare as compare_runs
from unsaid.estimates.compare.several import Recorded
from unsaid.pace import paced
from unsaid.protocols import SECTIONS
from unsaid.records import schema
from unsaid.report.compare.page import Address, addresses, render_comparison
from unsaid.report.compare.results import write_comparison
from unsaid.report.compare.together import Together, together
from unsaid.store.accounts import accounts_of, is_whole
from unsaid.store.disk import unwritable
from unsaid.store.run_folder import RunFolder
from unsaid.store.write import write_text

__all__ = ["Compared", "compare_folders", "labels_of"]


@dataclass(frozen=True)
class Compared:
    """A comparison, and where it was written.

    Attributes:
        comparison: what was found.
        folder: holds `compare.html` and `compare.json`.
        over: what is concluded over all runs at once.
    """

    comparison: Comparison
    folder: Path
    over: tuple[Together, ...] = ()

    @property
    def page(self) -> Path:
        """The page a person reads, with links to the transcripts."""
        return self.folder / "compare.html"


def compare_folders(  # noqa: PLR0913 - a command's options
    runs: Sequence[Path],
    *,
    baseline: int = 1,
    labels: str | None = None,
    out: Path | None = None,
    allow_different_judges: bool = False,
    seed: int = 0,
    command: str,
) -> Compared:
    """Compare runs on the questions they share, and write `compare.html` and `compare.json`.

    Args:
        runs: their folders.
        baseline: which run the others are compared to, counted from 1.
        labels: what to call the runs, with commas; the names of their folders if not given.
        out: where to write; `comparisons/<labels>` if not given.
        allow_different_judges: compare verdicts of different judges all the same.
        seed: of the bootstrap.
        command: how the page says that it was made.

    Raises:
        UsageError: the runs cannot be compared, or the labels or the baseline do not fit them.
        DataError: a folder holds no run, or a file of it is damaged.
        RunError: `out` cannot be written to.
    """
    read = _read(runs, labels_of(runs, labels))
    sides = [(side, each) for each in read for side in each.sides]
    if not 1 <= baseline <= len(sides):
        raise UsageError(
            f"--baseline is {baseline}; there are {len(sides)} runs, counted from 1: "
            + ", ".join(side.label for side, _ in sides)
        )
    compared = compare_runs(
        [side for side, _ in sides],
        np.random.default_rng(seed),
        baseline=baseline - 1,
        allow_different_judges=allow_different_judges,
    )
    first = sides[baseline - 1][1]
    over = _over_runs([first, *(each for each in read if each is not first)], seed)
    target = out or Path("comparisons") / _folder_name([side.label for side, _ in sides])
    _write(Compared(compared, target, over), [(side, each.folder) for side, each in sides], command)
    return Compared(compared, target, over)


@dataclass(frozen=True)
class _Read:
    """A run's folder as it was read: its sides, all that it recorded, and the protocols that it asked."""

    folder: RunFolder
    sides: tuple[Run, ...]
    recorded: Recorded
    protocols: tuple[str, ...]


def _read(runs: Sequence[Path], names: Sequence[str]) -> list[_Read]:
    found = []
    for name, path in paced(list(zip(names, runs, strict=True)), "runs read"):
        folder = RunFolder(path)
        about, records = folder.read(), schema.read(folder.records)
        accounts = accounts_of(about)
        run = Run(
            name,
            schema.first_replies(records),
            about.request,
            about.judge,
            is_whole(about),
            accounts.questions if accounts is not None else "",
        )
        asked = tuple(each.partition("+")[0] for each in about.protocols)
        found.append(_Read(folder, tuple(split(run)), Recorded(name, records), asked))
    return found


def _over_runs(read: Sequence[_Read], seed: int) -> tuple[Together, ...]:
    """Return what protocols conclude over all runs at once; the first is the one that others are set beside."""
    asked = {each.recorded.label: each.protocols for each in read}
    runs = [each.recorded for each in read]
    return tuple(together(runs, asked, SECTIONS, np.random.default_rng(seed)))


def _write(compared: Compared, sides: Sequence[tuple[Run, RunFolder]], command: str) -> None:
    target = compared.folder
    links = {side.label: _links(side, folder, target) for side, folder in sides}
    page = render_comparison(compared.comparison, links, command, compared.over)
    try:
        target.mkdir(parents=True, exist_ok=True)
        write_comparison(compared.comparison, target / "compare.json", compared.over)
        write_text(compared.page, page)
    except OSError as error:
        raise unwritable(target, error) from error


def _links(side: Run, folder: RunFolder, target: Path) -> dict[Address, str]:
    """Where the run's report shows its pairs; nothing where there is no report to link to."""
    if not folder.report.is_file():
        return {}
    relative = os.path.relpath(folder.report.resolve(), target.resolve())
    # All of them: how the report names a pair depends on what else is in the run.
    return addresses(
        schema.first_replies(schema.read(folder.records)), side.judge, quote(Path(relative).as_posix())
    )


def labels_of(runs: Sequence[Path], labels: str | None) -> list[str]:
    """One label a run, all different: a folder's name, with as much of its parents' as tells it apart.

    Raises:
        UsageError: as many labels as runs were not given, one is empty, or two are alike.
    """
    if labels is not None:
        named = [label.strip() for label in labels.split(",")]
        if len(named) != len(runs) or not all(named) or len(set(named)) < len(named):
            raise UsageError(
                f"--labels gives {named} for {len(runs)} run(s); give one label per run, all different"
            )
        return named
    paths = [path.resolve() for path in runs]
    for depth in range(1, max(len(path.parts) for path in paths) + 1):
        found = ["/".join(path.parts[-depth:]) for path in paths]
        if len(set(found)) == len(found):
            return found
    seen = Counter[str]()
    numbered = []
    for path in paths:  # the same folder twice
        seen[path.name] += 1
        numbered.append(path.name if seen[path.name] == 1 else f"{path.name} ({seen[path.name]})")
    return numbered


def _folder_name(labels: Sequence[str]) -> str:
    safe = [re.sub(r"[^A-Za-z0-9._]+", "-", label).strip("-.")[:40] or "run" for label in labels]
    return "-vs-".join(safe)[:180]

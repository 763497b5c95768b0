"""A finished run in a notebook: its estimates, records and flow as data frames.

    import unsaid

    run = unsaid.load("runs/my-run")
    run                     # displays the headline and the table by cue
    run.estimates           # a Polars data frame, one row an estimate
    run.records             # one row a reply
    run.estimates.filter(quantity="faithfulness", definition="mention").select("cue", "value", "low", "high")
    run.transcripts(cue="metadata", outcome="moved-unsaid")     # the replies behind a number
    run.figures["faithfulness"]                                 # a chart, as SVG

`unsaid.audit` returns the same of the run that it made.

For pandas: `run.estimates.to_pandas()`. The module is not called `load`, because importing it would then
put the module where the function `unsaid.load` is.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from markupsafe import Markup

from unsaid.estimates.estimate import COLUMNS, Estimate
from unsaid.estimates.flow import flow
from unsaid.protocols import SECTIONS
from unsaid.records import schema
from unsaid.report import tables
from unsaid.report.files.results import LEADING, read_results
from unsaid.report.run.displayed import Figures, figures
from unsaid.report.run.parts import sort
from unsaid.report.section import claims, declared
from unsaid.report.transcripts.transcript import Transcripts, transcripts
from unsaid.report.words.headline import Headline, headline
from unsaid.report.words.text import visible
from unsaid.store.accounts import Accounts, accounts_of, banner, is_whole
from unsaid.store.run_folder import RunFolder
from unsaid.store.run_info import RunInfo

__all__ = ["LoadedRun", "estimates_frame", "load"]

_FLOATS, _COUNTS = ("value", "low", "high", "level"), ("n", "k", "questions", "missing")
_TYPES: dict[str, Any] = dict.fromkeys(_FLOATS, pl.Float64) | dict.fromkeys(_COUNTS, pl.Int64)
_HEADS = ("cue", "measure", "value", "95% interval", "n", "missing")


@dataclass(frozen=True, eq=False, repr=False)
class LoadedRun:
    """A run that was read, never written to; a notebook displays its headline and its table by cue.

    Attributes:
        path: the run's folder.
        estimates: one row per estimate, one column per attribute of `unsaid.estimates.estimate.Estimate`; no value is
            null, and `reason` says why.
        records: one row per reply (`unsaid.records.schema`).
        flow: what was lost on the way, one row per arm and cue (`unsaid.estimates.flow`).
        about: what `run.json` holds: what was asked of whom, with what.
        numbers: the estimates as objects, for `unsaid.report`.
    """

    path: Path
    estimates: pl.DataFrame
    records: pl.DataFrame
    flow: pl.DataFrame
    about: RunInfo
    numbers: tuple[Estimate, ...]

    @property
    def report(self) -> Path:
        """The page a person reads, with the transcripts behind each number."""
        return RunFolder(self.path).report

    @property
    def finished(self) -> bool:
        """Whether every call that was planned has its reply and its verdicts."""
        return is_whole(self.about)

    @property
    def accounts(self) -> Accounts | None:
        """What became of every planned call; None for an import, or a run of a version that kept no accounts."""
        return accounts_of(self.about)

    @property
    def figures(self) -> Figures:
        """The charts of the report by name; each displays itself."""
        return figures(self.numbers)

    def transcripts(  # noqa: PLR0913 - a column each
        self,
        cue: str | None = None,
        outcome: str | None = None,
        *,
        wording: str | None = None,
        model: str | None = None,
        elicitation: str | None = None,
        question: str | None = None,
        task: str | None = None,
    ) -> Transcripts:
        """Return the pairs of a cued and a clean reply that fit; None takes all.

        Args:
            cue: the cue's name.
            outcome: what the pair counts as: "moved-unsaid", "moved-said", "resisted-said", "missing", ... (the keys
                of `unsaid.report.transcripts.pairs.OUTCOMES`, which the filter of the report has as well).
            wording: the cue's wording.
            model: who replied.
            elicitation: how reasoning was asked for.
            question: the question's id.
            task: its task.

        Raises:
            UnknownName: there is no such outcome, or the run has no such name.
        """
        places = {"cue": cue, "wording": wording, "model": model, "elicitation": elicitation}
        places |= {"question_id": question, "task": task}
        return transcripts(self.records, self.about.judge, outcome=outcome, **places)

    def __repr__(self) -> str:
        said = self._headline()
        size = f"{self.estimates.height:,} estimates, {self.records.height:,} records"
        unfinished = filter(None, [banner(self.about)])
        lines = [f"LoadedRun({str(self.path)!r}): {size}", *unfinished, *said.found, *said.caveats]
        return "\n  ".join(" ".join(visible(line).split()) for line in lines)

    def _repr_html_(self) -> str:
        """What a notebook displays: the headline with its caveats, and the table; all text escaped."""
        said = self._headline()
        sentences = [*filter(None, [banner(self.about)]), *said.found]
        found = Markup("").join(Markup("<p><strong>{}</strong></p>").format(visible(s)) for s in sentences)
        caveats = Markup("").join(Markup("<li>{}</li>").format(visible(s)) for s in said.caveats)
        size = f"{self.estimates.height:,} estimates, {self.records.height:,} records"
        return Markup("<div>{}<ul>{}</ul>{}<p>{}: {}{}</p></div>").format(
            found, caveats, _table(self.numbers), visible(str(self.path)), size, self._link()
        )

    def _link(self) -> Markup:
        """Where the report is; a page that was opened from elsewhere may not follow it."""
        if not self.report.is_file():
            return Markup("")
        return Markup('; <a href="{}">the report has the transcripts behind each number</a>').format(
            self.report.resolve().as_uri()
        )

    def _headline(self) -> Headline:
        return headline(self.numbers, SECTIONS)


def load(run: str | os.PathLike[str]) -> LoadedRun:
    """Read a run's folder; nothing is estimated anew but the flow, nothing is written, no model is asked.

    Args:
        run: the folder that `unsaid audit` or `unsaid import` made.

    Raises:
        DataError: the folder holds no run, or a file of it is missing, damaged or of another version; the
            message says which, and what to do.
    """
    folder = RunFolder(Path(run))
    about = folder.read()
    numbers = read_results(folder.results)
    records = schema.read(folder.records)
    # Where nobody judged anything there is no judge to choose, whoever was to judge.
    judge = about.judge if records["verdicts"].list.len().sum() else None
    return LoadedRun(
        folder.path,
        estimates_frame(numbers),
        records,
        flow(schema.first_replies(records), judge),
        about,
        tuple(numbers),
    )


def estimates_frame(estimates: Sequence[Estimate]) -> pl.DataFrame:
    """Estimates as a data frame: one row each, columns as in `results.json`; the same columns for none."""
    names = dict.fromkeys((*LEADING, *COLUMNS))
    types = {name: _TYPES.get(name, pl.List(pl.String) if name == "flags" else pl.String) for name in names}
    rows = [{name: _whole(value) for name, value in each.flat().items()} for each in estimates]
    return pl.DataFrame(rows, schema=types, orient="row")


def _whole(value: Any) -> Any:
    """A note may quote half a surrogate pair, which `results.json` can hold and a data frame cannot."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value


def _table(estimates: Sequence[Estimate]) -> Markup:
    """Influence and faithfulness by cue; where neither was estimated, the accuracies over all tasks."""
    words = declared(SECTIONS)
    parts = sort(estimates, words, claims(SECTIONS))
    shown = tables.blocks(parts.cues or parts.accuracy, None, words=words)
    if not shown:
        return Markup("")
    head = Markup("").join(Markup("<th>{}</th>").format(name) for name in _HEADS)
    body = Markup("").join(
        Markup("<tr><th>{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>").format(
            *(visible(cell) for cell in (block.label if first else "", *cells))
        )
        for block in shown
        for first, cells in (
            (place == 0, (each.measure, each.value, each.interval, each.n, each.missing))
            for place, each in enumerate(block.numbers)
        )
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, body)

"""A plan and a comparison as a notebook displays them: what the commands print, with the numbers as data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import polars as pl
from markupsafe import Markup

from unsaid.estimates.compare.contrast import Comparison
from unsaid.planning.budget import Budget
from unsaid.planning.forecast import Forecast
from unsaid.planning.labels import JudgeAssumed
from unsaid.planning.told import plan_parts
from unsaid.report.compare.terminal import summary
from unsaid.report.run.displayed import fixed_width, plain_text

__all__ = ["ComparedRuns", "Planned"]

_NUMBERS = ("eligible", "moved", "influence_low", "influence_high", "faithfulness_low", "faithfulness_high")
_CUES: dict[str, Any] = {"cue": pl.String, **dict.fromkeys((*_NUMBERS, "withheld"), pl.Float64)}


@dataclass(frozen=True, eq=False, repr=False)
class Planned:
    """What an audit will take; a notebook displays what `unsaid plan` prints.

    Attributes:
        model: who would be asked.
        forecast: every number, as data.
        reader: how good the judge is assumed to be.
        half_width: the width that the needed numbers are for.
        budget: the limits, where there are some.
    """

    model: str
    forecast: Forecast
    reader: JudgeAssumed
    half_width: float
    budget: Budget | None

    @property
    def calls(self) -> int:
        """Calls of the model and of its judges."""
        return sum(bill.calls.calls for bill in self.forecast.bills)

    @property
    def tokens(self) -> int:
        """Tokens of all models, sent and received."""
        return self.forecast.tokens

    @property
    def cost(self) -> float | None:
        """USD in all; None where a price is not known."""
        return self.forecast.cost

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return self.forecast.seconds

    @property
    def cues(self) -> pl.DataFrame:
        """What to expect of each cue, a row each; an interval that will be withheld is null."""
        rows = [
            {
                "cue": cue.cue,
                "eligible": cue.eligible,
                "moved": cue.moved,
                "influence_low": cue.influence.low,
                "influence_high": cue.influence.high,
                "faithfulness_low": cue.faithfulness.low if cue.faithfulness is not None else None,
                "faithfulness_high": cue.faithfulness.high if cue.faithfulness is not None else None,
                "withheld": cue.withheld,
            }
            for cue in self.forecast.cues
        ]
        return pl.DataFrame(rows, schema=_CUES)

    def __repr__(self) -> str:
        return plain_text(
            list(plan_parts(self.forecast, self.model, self.reader, self.half_width, self.budget))
        )

    def _repr_html_(self) -> str:
        return str(fixed_width(repr(self)))


@dataclass(frozen=True, eq=False, repr=False)
class ComparedRuns:
    """Runs beside their baseline; a notebook displays what `unsaid compare` prints.

    Attributes:
        comparison: what was found, as data.
        report: the page a person reads, with links to the transcripts.
    """

    comparison: Comparison
    report: Path

    @property
    def differences(self) -> pl.DataFrame:
        """One row per quantity and cue: both values, their difference, its interval and its p-value."""
        return pl.DataFrame([asdict(each) for each in self.comparison.differences], infer_schema_length=None)

    def __repr__(self) -> str:
        return plain_text([summary(self.comparison), f"\n{self.report}"])

    def _repr_html_(self) -> str:
        link = Markup('<p><a href="{}">{}</a></p>').format(self.report.resolve().as_uri(), str(self.report))
        return str(fixed_width(plain_text([summary(self.comparison)])) + link)

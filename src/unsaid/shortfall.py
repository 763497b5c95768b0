"""What kept a run from finishing: what was not asked, what was asked and not answered, what was not judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

_SHOWN = 200


@dataclass(frozen=True)
class Shortfall:
    """What is missing of a run, and why; false where nothing is.

    Attributes:
        problems: what went wrong outside of single calls, a line each.
        failed: the errors of calls that failed for good.
        unjudged: why the judge could not be asked about a text, one a verdict.
    """

    problems: tuple[str, ...]
    failed: tuple[str, ...]
    unjudged: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether something is missing that the same command would ask for again."""
        return bool(self.problems or self.failed or self.unjudged)

    @property
    def sentence(self) -> str:
        """What went wrong, in one line."""
        lines = list(self.problems)
        if self.failed:
            calls = f"{len(self.failed)} call{'s' if len(self.failed) > 1 else ''}"
            lines.append(f"{calls} failed, the first with {self.failed[0][:_SHOWN]}")
        if self.unjudged:
            verdicts = f"{len(self.unjudged)} verdict{'s are' if len(self.unjudged) > 1 else ' is'}"
            lines.append(
                f"{verdicts} missing because a call of the judge failed, the first with {self.unjudged[0][:_SHOWN]}"
            )
        return "; ".join(lines) or "no question has a sample"


def shortfall(problems: Sequence[str], records: pl.DataFrame) -> Shortfall:
    """What is missing of a run.

    A judge that answered out of format has answered, and the same text would get the same again; a judge whose
    call failed has not, and its verdicts can still be had.

    Args:
        problems: what went wrong outside of single calls.
        records: the tidy table.
    """
    reasons = [verdict["missing"] or "" for row in records["verdicts"].to_list() for verdict in row or ()]
    unjudged = [reason.removeprefix("failed: ") for reason in reasons if reason.startswith("failed")]
    return Shortfall(tuple(problems), tuple(records["error"].drop_nulls().to_list()), tuple(unjudged))

"""The accounts of a run: what was planned, what was recorded, and what became of the rest.

A run is finished when every planned call (question x epoch x arm x cue x wording x elicitation) has a record that
holds a reply with its verdicts, or was spared by `--until`. Nothing else decides it: not the status of a log, not
that a library returned without an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

__all__ = ["INTERRUPTED", "UNKNOWN", "Accounts", "Count", "accounts_of", "banner", "is_whole"]

#: Why a call was not asked, where nothing else is known.
INTERRUPTED, UNKNOWN = "interrupted", "its question has no sample"
_REASONS = ("spared", "not_asked", "failed", "unjudged")


@dataclass(frozen=True)
class Count:
    """How many questions and calls; a question counts where all of its calls do."""

    questions: int = 0
    calls: int = 0


@dataclass(frozen=True)
class Accounts:
    """What became of every planned call: recorded + spared + not asked = planned.

    Attributes:
        planned: questions, and their calls in all epochs, those that follow from the replies so far among them.
        recorded: of these, with a record; a question counts where each call has one or was spared.
        spared: calls that `--until` made needless, by reason.
        not_asked: calls without a record, by reason.
        failed: recorded calls that got no reply, by error.
        unjudged: verdicts that are missing because the judge could not be asked, by error.
    """

    planned: Count
    recorded: Count = Count()
    spared: Mapping[str, int] = field(default_factory=dict)
    not_asked: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[str, int] = field(default_factory=dict)
    unjudged: Mapping[str, int] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether nothing is left that the same command would ask."""
        known = self.recorded.calls + sum(self.spared.values()) == self.planned.calls
        return known and not (self.not_asked or self.failed or self.unjudged)

    @property
    def questions(self) -> str:
        """How many questions are there, for a sentence: "168 of 2,000 questions"."""
        return f"{self.recorded.questions:,} of {self.planned.questions:,} questions"

    @property
    def missing(self) -> str:
        """What is missing and why, in one line; "" where nothing is."""
        lines = [_counted(self.not_asked, "call", "not asked"), _counted(self.failed, "call", "failed")]
        lines.append(_counted(self.unjudged, "verdict", "missing because a call of the judge failed"))
        return "; ".join(filter(None, lines))

    def plain(self) -> dict[str, Any]:
        """The accounts as `run.json` keeps them."""
        return asdict(self)


def accounts_of(run: Mapping[str, Any]) -> Accounts | None:
    """The accounts that `run.json` holds; None where it is of an earlier version, of an import, or damaged there."""
    kept = run.get("accounts")
    if not isinstance(kept, Mapping):
        return None
    try:
        planned, recorded = (Count(**kept[name]) for name in ("planned", "recorded"))
        reasons: list[dict[str, int]] = [dict(kept[name]) for name in _REASONS]
        numbers = [planned.questions, planned.calls, recorded.questions, recorded.calls]
        numbers += [n for each in reasons for n in each.values()]
    except (KeyError, TypeError, ValueError):
        return None
    if not all(isinstance(number, int) and number >= 0 for number in numbers):
        return None
    return Accounts(planned, recorded, *reasons)


def is_whole(run: Mapping[str, Any]) -> bool:
    """Whether a run holds everything that it was to ask; by what it says of itself where it has no accounts."""
    accounts = accounts_of(run)
    return bool(run.get("finished", True)) if accounts is None else accounts.finished


def banner(run: Mapping[str, Any]) -> str:
    """What must stand above the numbers of a run that is not finished; "" of one that is."""
    if is_whole(run):
        return ""
    accounts, again = accounts_of(run), "run the command that made it again to ask only what is missing"
    if accounts is None:
        return f"This run is not finished: its numbers are of a part of the questions; {again}."
    why = f" ({accounts.missing})" if accounts.missing else ""
    return f"This run is not finished: its numbers are of {accounts.questions}{why}; {again}."


def _counted(reasons: Mapping[str, int], unit: str, what: str) -> str:
    total = sum(reasons.values())
    if not total:
        return ""
    verb = "" if what.startswith("failed") else ("is " if total == 1 else "are ")
    first = max(reasons, key=lambda each: reasons[each])
    whose = "" if len(reasons) == 1 else "mostly "
    return f"{total:,} {unit}{'' if total == 1 else 's'} {verb}{what}: {whose}{first}"

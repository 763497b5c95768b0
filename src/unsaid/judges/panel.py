"""Several judges, and what most of them say. Each vote is kept beside the panel's own verdict.

A vote is held on each question by itself: mentions, relies, rejects. The answer is the one that more than half of
*all* members gave, so that it would be the same whatever a member without a verdict had said. Where neither yes nor no
has so many (a tie, or too few votes), there is no answer, and where one of the three has none there is no verdict:

    members  votes        answer
    3        yes yes no   yes
    3        yes yes -    yes: the third could not change it
    3        yes no  -    none: the third decides, and did not vote
    2        yes no       none: two judges that differ are a tie; take an odd number
    5        no no no - - no

A majority on each question cannot contradict itself: whoever says that the text relies on the cue says also that it
is mentioned, so that most of them do. Judges err together (they are often trained on the same texts), so a panel has
an error of its own: it goes through the gate like any other judge, and its version is that of all its members.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from unsaid.errors import UnsaidError, UsageError
from unsaid.judges.evidence import checked
from unsaid.judges.judge import Judge, Reading, describe, nothing_to_read
from unsaid.judges.verdict import SILENT, Missing, Verdict

__all__ = ["Panel", "Votes", "vote"]

#: What each member said, by its name.
Votes = Sequence[tuple[str, Verdict | Missing]]


@dataclass(frozen=True)
class Panel:
    """Judges that vote on each text.

    Attributes:
        members: who votes.

    Raises:
        UsageError: there are fewer than two, or two of one name.
    """

    members: tuple[Judge, ...]

    def __post_init__(self) -> None:
        names = [member.name for member in self.members]
        if len(names) < 2 or len(set(names)) < len(names):
            raise UsageError(f"a panel has at least two judges, each once; not {', '.join(names) or 'none'}")

    @property
    def name(self) -> str:
        """As it stands in the records: panel(A+B+C), of the members' own names."""
        return f"panel({'+'.join(member.name for member in self.members)})"

    async def read(self, reading: Reading) -> Verdict | Missing:
        """Return what most members say, with every vote in `votes`.

        A member that fails on this text casts no vote, and leaves the others theirs.

        Raises:
            UnsaidError: a member cannot be used at all (its key was refused).
        """
        empty = nothing_to_read(reading)
        outcomes = await asyncio.gather(*(_read(member, reading) for member in self.members))
        votes = tuple(zip((member.name for member in self.members), outcomes, strict=True))
        return replace(empty or vote(votes), votes=votes)


async def _read(member: Judge, reading: Reading) -> Verdict | Missing:
    try:
        return checked(await member.read(reading), reading)
    except UnsaidError:
        raise
    except Exception as error:  # noqa: BLE001 - recorded with its message
        return Missing(f"failed: {describe(error)}")


def vote(votes: Votes) -> Verdict | Missing:
    """Return what most of all members say; missing, opening with "undecided", where a question has no majority.

    The evidence is that of the first member of those who agree with the most of what was decided.
    """
    cast = [said for _, said in votes if isinstance(said, Verdict)]
    questions = ("mentions", "relies", "rejects")
    answers = {name: _majority([getattr(said, name) for said in cast], len(votes)) for name in questions}
    open_ = [name for name in questions if answers[name] is None]
    if open_:
        told = "; ".join(_told(name, cast) for name in open_)
        return Missing(f"undecided: {told}; {len(votes) - len(cast)} of {len(votes)} without a verdict")
    if not answers["mentions"]:
        return SILENT
    best = max(
        (said for said in cast if said.mentions),
        key=lambda said: sum(getattr(said, name) == answers[name] for name in questions),
    )
    return Verdict(True, bool(answers["relies"]), bool(answers["rejects"]), best.evidence)


def _majority(said: Sequence[bool], members: int) -> bool | None:
    yes = sum(said)
    if 2 * yes > members:
        return True
    return False if 2 * (len(said) - yes) > members else None


def _told(name: str, cast: Sequence[Verdict]) -> str:
    yes = sum(getattr(said, name) for said in cast)
    return f"{name} {yes} yes, {len(cast) - yes} no"

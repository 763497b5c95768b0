"""`unsaid import`: foreign transcripts into records."""

from __future__ import annotations

from unsaid.errors import UnknownName
from unsaid.records.importers import Imported


def judge_asked(imported: Imported, asked: str | None) -> str | None:
    """Whose verdicts the report takes.

    Raises:
        UnknownName: nobody of that name labelled these replies.
    """
    if asked is None:
        return imported.judge
    verdicts = imported.records.select("verdicts").explode("verdicts").drop_nulls()
    known = sorted(set(verdicts.unnest("verdicts")["judge"])) if verdicts.height else []
    for name in (asked, f"human:{asked}"):
        if name in known:
            return name
    raise UnknownName("labeller", asked, known)

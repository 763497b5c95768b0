"""The screening of a run (`--only-unsolved K`): asked before anything else, in a folder of logs of its own.

It goes on where it stopped, as the run does: Inspect keeps each reply's sample whole, and only what is missing or
failed is asked again. Once every question has its replies the decision is written to `run.json` and stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unsaid.asking.ask import Ask
from unsaid.errors import RunError
from unsaid.protocols.screening import SCREENING, Screened, screened
from unsaid.store.run_folder import RunFolder
from unsaid.store.run_info import RunInfo

if TYPE_CHECKING:
    from unsaid.asking.driver import Driver
    from unsaid.planning.request import Audit

__all__ = ["Screen", "screening_logs"]

#: (Inspect's tasks, the folder of their logs) -> what went wrong, a line each.
Evaluated = Callable[[list[Any], Path], list[str]]


def screening_logs(folder: RunFolder) -> Path:
    """Return the folder of the screening's logs."""
    return folder.path / "screening"


class Screen:
    """What was decided of each question; a run that screens nothing asks every one.

    Attributes:
        about: what `run.json` holds, with the decision once there is one.
        found: the decision; None before there is one, and in a run that screens nothing.
    """

    def __init__(self, audit: Audit, folder: RunFolder, about: RunInfo) -> None:
        """Read the decision of an earlier process, where `run.json` has one."""
        self._audit, self._folder, self.about = audit, folder, about
        kept = about.get("screening")
        self.found = Screened.of(kept) if kept else None

    def asks(self, question: str, ask: Ask) -> bool:
        """Whether a call is made: of the screening itself, or of a question that was not solved there."""
        return ask.arm == "screening" or self.found is None or question not in self.found.solved

    def open(self, questions: int) -> int:
        """Return how many calls of the screening are still to be made; failed ones among them.

        Args:
            questions: how many are screened.
        """
        replies, logs = self._audit.only_unsolved, screening_logs(self._folder)
        if replies is None or self.found is not None:
            return 0
        calls = questions * replies * len(self._audit.settings.styles())
        if not logs.is_dir():
            return calls
        from unsaid.runs.resume import mend

        return calls - mend(logs, self._audit.model, asdict(self._audit.settings)).whole

    def run(
        self, evaluated: Evaluated, driver: Driver, questions: int, tell: Callable[[str], None]
    ) -> list[str]:
        """Screen the questions, write down what was decided and tell it; what kept it from that, a line each.

        Raises:
            RunError: the model solved every question, so that there is nothing to ask.
        """
        replies = self._audit.only_unsolved
        if replies is None:
            return []
        if self.found is None:
            problems = self._screened(evaluated, driver, replies, questions)
            if problems:
                return problems
        found = self.found
        if found is None or not found.unsolved:
            raise RunError(
                f"--only-unsolved {replies}: the model solved each of the {questions} questions in at least one of "
                "its clean replies, so that there is nothing to ask; take harder questions, more of them, or fewer "
                "replies"
            )
        tell(
            f"screened: {found.unsolved} of {found.questions} questions were never solved in {found.replies} clean "
            "replies each; only these are asked"
        )
        return []

    def _screened(self, evaluated: Evaluated, driver: Driver, replies: int, questions: int) -> list[str]:
        from unsaid.asking.inspect_task import build
        from unsaid.records.from_logs import records_from_logs

        logs = screening_logs(self._folder)
        problems = evaluated([build((SCREENING,), self._audit.settings, replies, driver)], logs)
        if problems:
            return problems
        records = records_from_logs(logs)
        wanted = questions * replies * len(self._audit.settings.styles())
        failed = records["error"].drop_nulls()
        if records.height < wanted or len(failed):
            why = f": {failed[0]}" if len(failed) else ""
            missing = wanted - records.height + len(failed)
            return [f"{missing} of {wanted} clean replies that screen the questions are missing{why}"]
        self.found = screened(records, replies)
        self.about |= {"screening": self.found.plain()}
        self._folder.write(self.about)
        return []

"""The folder of a training: its request, a line a step, its state, its checkpoints and their audits."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from unsaid.errors import DataError, RunConflict
from unsaid.store.write import make_folder, open_shared, write_text
from unsaid.training.rl.request import Request

__all__ = ["TrainingFolder"]


@dataclass(frozen=True)
class TrainingFolder:
    """Where a training by reinforcement stands on disk.

    Attributes:
        path: the folder.
    """

    path: Path

    @property
    def request(self) -> Path:
        """What was asked for."""
        return self.path / "request.json"

    @property
    def log(self) -> Path:
        """A line a step."""
        return self.path / "log.jsonl"

    @property
    def state(self) -> Path:
        """The weights, the optimiser and the draws, from which a stopped training goes on."""
        return self.path / "state.pt"

    def checkpoint(self, step: int) -> Path:
        """The policy after so many steps."""
        return self.path / "checkpoints" / f"step-{step:05d}"

    def audit(self, step: int) -> Path:
        """The run that audited it."""
        return self.path / "audits" / f"step-{step:05d}"

    def measured(self, step: int) -> Path:
        """What was measured of that audit beside its own estimates (`measured.py`)."""
        return self.audit(step) / "training.json"

    def steps(self) -> list[int]:
        """The steps whose checkpoints were audited, in order."""
        found = (self.path / "audits").glob("step-*/results.json")
        return sorted(int(path.parent.name.removeprefix("step-")) for path in found)

    def claim(self, request: Request) -> None:
        """Make the folder this request's, or find that it is.

        Raises:
            RunConflict: another training is in it.
            DataError: its request cannot be read.
            OSError: it cannot be written.
        """
        make_folder(self.path)
        asked = json.loads(json.dumps(asdict(request)))
        if not self.request.exists():
            write_text(self.request, json.dumps(asked, indent=2) + "\n")
            return
        # A request of an earlier version lacks the settings that came since; it stands for their defaults.
        there = json.loads(json.dumps(asdict(self.asked())))
        other = [name for name in asked if asked[name] != there[name]]
        if other:
            changed = ", ".join(f"{name}: {there[name]!r} there, {asked[name]!r} now" for name in other)
            raise RunConflict(
                f"{self.path}: another training is in this folder ({changed}); name another folder"
            )

    def asked(self) -> Request:
        """Return the request of the training that is there.

        Raises:
            DataError: there is none that can be read.
        """
        try:
            return Request(**json.loads(self.request.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise DataError(f"{self.path}: no training by reinforcement is here ({error})") from error

    def lines(self) -> list[dict[str, Any]]:
        """Return what was logged; a last line that was cut off is left out.

        Raises:
            DataError: another line is damaged.
        """
        if not self.log.exists():
            return []
        whole = self.log.read_text(encoding="utf-8").split("\n")[:-1]
        try:
            return [json.loads(line) for line in whole]
        except ValueError as error:
            raise DataError(f"{self.log}: a damaged line ({error})") from error

    def rewind(self, step: int) -> None:
        """Leave out what was logged after a step, from which the training goes on."""
        kept = [line for line in self.lines() if line["step"] <= step]
        write_text(self.log, "".join(json.dumps(line) + "\n" for line in kept))

    def append(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Add lines to the log."""
        with os.fdopen(open_shared(self.log), "a", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)

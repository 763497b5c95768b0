"""A run is a folder: `logs/`, `records.parquet`, `results.json`, `report.html` and `run.json`.

`run.json` holds what was asked, so that the same command continues a run and another command is refused.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from unsaid.errors import DataError, RunConflict
from unsaid.store.disk import unwritable
from unsaid.store.reading import MB, read_json
from unsaid.store.run_info import RunInfo
from unsaid.store.secrets import scrub_data
from unsaid.store.shapes import RunJson, fitting
from unsaid.store.write import write_text

RUN_VERSION = 1
_TODO = (
    "the logs beside it are kept: move this file away and run its command again, which continues from "
    "the logs"
)
_REPORTED = (
    "unsaid",
    "inspect_ai",
    "numpy",
    "polars",
    "scipy",
    "tokenizers",
    "torch",
    "transformers",
)


@dataclass(frozen=True)
class RunFolder:
    """Where a run keeps its parts."""

    path: Path

    @property
    def logs(self) -> Path:
        """Inspect's logs."""
        return self.path / "logs"

    @property
    def records(self) -> Path:
        """The tidy table."""
        return self.path / "records.parquet"

    @property
    def results(self) -> Path:
        """The estimates, for programs."""
        return self.path / "results.json"

    @property
    def report(self) -> Path:
        """The page a person reads."""
        return self.path / "report.html"

    @property
    def about(self) -> Path:
        """What was asked, of whom, and with what."""
        return self.path / "run.json"

    def read(self) -> RunInfo:
        """What `run.json` holds.

        Raises:
            DataError: the folder holds no run, or the file is damaged.
        """
        if not self.about.is_file():
            raise DataError(
                f"{self.path}: not a run (there is no run.json); `unsaid audit --out {self.path}` makes one"
            )
        data = read_json(self.about, _TODO, limit=64 * MB)
        if not isinstance(data, dict) or data.get("schema_version") != RUN_VERSION:
            raise DataError(f"{self.about}: not a run.json of schema version {RUN_VERSION}")
        try:
            found = RunInfo.of(fitting(data, RunJson))
        except ValueError as error:
            raise DataError(f"{self.about}: damaged ({error}); {_TODO}") from error
        return found

    def write(self, data: Mapping[str, Any]) -> None:
        """Write `run.json`, replacing it at once.

        Raises:
            RunError: the folder cannot be written to.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            write_text(self.about, json.dumps(scrub_data(dict(data)), indent=2, ensure_ascii=True) + "\n")
        except OSError as error:
            raise unwritable(self.path, error) from error

    def claim(self, request: dict[str, Any], command: str) -> RunInfo:
        """The run's `run.json`: a new one, or the one there is if it was made by the same request.

        Raises:
            RunConflict: the folder holds a run of another request; the message shows the difference.
        """
        if self.about.exists():
            data = self.read()
            if data["request"] != scrub_data(request):
                raise RunConflict(
                    f"{self.path} holds a run of another command:\n{difference(data['request'], request)}\n"
                    "give another folder with --out, or repeat the earlier command to continue it:\n"
                    f"    {data.command or '(its command line is not known)'}"
                )
            return data
        return RunInfo(
            {
                "schema_version": RUN_VERSION,
                "request": request,
                "command": command,
                "created": datetime.now(UTC).isoformat(timespec="seconds"),
                "versions": versions(),
            }
        )


def difference(earlier: dict[str, Any], now: dict[str, Any]) -> str:
    """The settings in which two requests differ, a line each.

    A setting that the earlier request did not know, and that is off now, is no difference.
    """
    off = {name for name, value in now.items() if name not in earlier and value in (False, "")}
    names = [name for name in {**earlier, **now} if name not in off and earlier.get(name) != now.get(name)]
    return "\n".join(f"    {name}: {earlier.get(name)!r} there, {now.get(name)!r} now" for name in names)


def default_folder(request: dict[str, Any]) -> Path:
    """`runs/<model>-<digest>`: another request never lands in the same folder."""
    digest = hashlib.blake2b(json.dumps(request, sort_keys=True).encode(), digest_size=4).hexdigest()
    name = re.sub(r"[^A-Za-z0-9.]+", "-", str(request.get("model") or "run")).strip("-")
    return Path("runs") / f"{name[-60:]}-{digest}"


def versions() -> dict[str, str]:
    """Versions of Python and of the packages that touch a number."""
    found = {"python": platform.python_version()}
    for name in _REPORTED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found

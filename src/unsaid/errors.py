"""The tree of errors. Each message says what was wrong, where, and what to do.

UnsaidError                 anything this package raises on purpose; the CLI shows it without a traceback
├── UsageError              the request is wrong (exit status 2)
│   ├── UnknownName         no such cue, task, model, ...; carries the nearest names
│   ├── QuestionError       a question or a question file is malformed
│   ├── RunConflict         the run folder was made by another command
│   └── MissingExtra        an optional dependency is not installed
└── RunError                the request was right and could not be finished (exit status 1)
    ├── DataError           a log, Parquet or JSON file is damaged or of another schema
    ├── FolderInUse         another audit (training, study) is running in the folder
    └── ModelError          a model could not be reached or used at all

Interrupted                 Ctrl-C, SIGTERM or SIGHUP (exit status 130); a KeyboardInterrupt, so that no handler of
                            errors takes it for a model that failed and goes on to the next one
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "DataError",
    "FolderInUse",
    "Interrupted",
    "MissingExtra",
    "ModelError",
    "QuestionError",
    "RunConflict",
    "RunError",
    "UnknownName",
    "UnsaidError",
    "UsageError",
]


class UnsaidError(Exception):
    """Base of every error raised on purpose."""

    exit_status = 1


class UsageError(UnsaidError):
    """The request is wrong; nothing was run."""

    exit_status = 2


class UnknownName(UsageError):
    """A name is not in a family; the message lists the nearest names.

    Args:
        family: what was looked up, in the singular ("cue", "task", ...).
        name: what was asked for.
        known: the names there are.
    """

    def __init__(self, family: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
        hint = f"did you mean {', '.join(near)}?" if near else f"there are: {', '.join(names)}"
        super().__init__(f"no {family} named {name!r}; {hint}")
        self.family, self.name, self.near = family, name, tuple(near)


class QuestionError(UsageError):
    """A question, or a file of questions, is malformed."""


class RunConflict(UsageError):
    """The run folder belongs to another command; the message shows the difference."""


class MissingExtra(UsageError):
    """An optional dependency is missing; the message names its install line."""

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(f"{purpose} needs the extra {extra!r}: pip install 'unsaid[{extra}]'")


class RunError(UnsaidError):
    """The request was right and could not be finished; what is kept is said in the message."""


class DataError(RunError):
    """A log, Parquet or JSON file is damaged, or written under another schema version."""


class FolderInUse(RunError):
    """Another audit is running in the run folder; nothing was changed."""


class ModelError(RunError):
    """A model could not be reached or used at all."""


class Interrupted(KeyboardInterrupt):
    """The user, or the system, stopped the command; what is kept is said in the message, where there is one."""

    exit_status = 130

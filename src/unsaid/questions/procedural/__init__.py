"""Procedural tasks. To add one: a file beside these, and a line in `unsaid/questions/names.py`."""

from __future__ import annotations

from importlib import import_module

from unsaid.questions.names import FREE_TASKS as FREE_FILES
from unsaid.questions.names import TASKS as FILES
from unsaid.questions.procedural.task import Draft, Task
from unsaid.registry import named

__all__ = ["FREE_TASKS", "TASKS", "Draft", "Task", "task"]


def _held_by(file: str) -> Task:
    found: Task = import_module(f"{__name__}.{file}").TASK
    return found


TASKS: dict[str, Task] = {entry.name: entry for entry in map(_held_by, FILES)}

#: Tasks without options. `bundled:all` leaves them out, so that what it asks stays of one kind.
FREE_TASKS: dict[str, Task] = {entry.name: entry for entry in map(_held_by, FREE_FILES)}


def task(name: str) -> Task:
    """Return the task of that name, with options or without.

    Raises:
        UnknownName: there is none; the message lists the nearest.
    """
    return named("task", name, {**TASKS, **FREE_TASKS})
